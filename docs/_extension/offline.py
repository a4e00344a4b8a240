"""The finished site fetches nothing: no script, style, font or picture of another host."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

_TAGS = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\b(?:src|data)=[\"']?"
    r"((?:https?:)?//[^\"'\s>]+)|<link\b[^>]*?\bhref=[\"']?((?:https?:)?//[^\"'\s>]+)",
    re.IGNORECASE,
)
_STYLES = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])((?:https?:)?//[^\"')\s]+)")
_SCRIPTS = re.compile(r"(?:import\(|fetch\(|\.src\s*=)\s*[\"'`](https?://[^\"'`]+)")
_KINDS = {".html": (_TAGS, _STYLES), ".css": (_STYLES,), ".js": (_SCRIPTS,)}


def fetched(site: Path) -> list[str]:
    """What pages, styles and scripts of a site would fetch from elsewhere."""
    found = []
    for path in sorted(site.rglob("*")):
        for pattern in _KINDS.get(path.suffix, ()):
            for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace")):
                address = next(group for group in match.groups() if group)
                found.append(f"{path.relative_to(site)}: {address}")
    return found


def check_offline(app: Sphinx, error: Exception | None) -> None:
    """Fail the build when the site would need a network."""
    if error is None and app.builder.format == "html":
        found = fetched(Path(app.outdir))
        if found:
            raise ExtensionError("the site fetches from elsewhere:\n" + "\n".join(found))
