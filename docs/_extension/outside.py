"""README, changelog, CONTRIBUTING and the notebooks stay where they are; the site reads copies."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TEXTS = {
    "README.md": "start.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
_LINK = re.compile(r"(?<=\]\()(?!https?:)([^)#]+)")


def bring_in(_app: Sphinx, _config: Config) -> None:
    """Copy what changed."""
    for source, target in TEXTS.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        if target == "start.md":
            text = re.sub(r"\A# .*", "# Start", text)
        _write(DOCS / target, _LINK.sub(_moved, text))
    wanted = {path.name: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    for name, path in wanted.items():
        _write(DOCS / "tutorials" / name, path.read_text(encoding="utf-8"))
    for stale in (DOCS / "tutorials").glob("*.ipynb"):
        if stale.name not in wanted:
            stale.unlink()


def _moved(link: re.Match[str]) -> str:
    """Where a link of a file at the top leads to within the site."""
    target = link[1].removeprefix("docs/")
    if target.startswith("notebooks/"):
        return target.replace("notebooks/", "tutorials/")
    return TEXTS.get(target, target)


def _write(target: Path, text: str) -> None:
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
