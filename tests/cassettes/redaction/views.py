"""Every way in which a secret may still be read in a redacted interaction."""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import json
import re
import zlib
from urllib.parse import unquote, unquote_plus

from toolkit.cassettes.interaction import Interaction
from toolkit.cassettes.redaction import Redactor


def views(data: bytes, depth: int = 2) -> set[bytes]:
    """The data, and what it decodes to, again and again."""
    found = {data}
    if depth == 0:
        return found
    text = data.decode("utf-8", "surrogateescape")
    for plain in (unquote(text), unquote_plus(text), html.unescape(text)):
        found.add(plain.encode("utf-8", "surrogateescape"))
    found.add(
        re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text).encode("utf-8", "replace")
    )
    found.add(
        text.replace('\\"', '"')
        .replace("\\/", "/")
        .replace("\\\\", "\\")
        .encode("utf-8", "replace")
    )
    with contextlib.suppress(ValueError):
        found.add(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace"))
    if data.startswith(b"\x1f\x8b"):
        with contextlib.suppress(OSError, zlib.error):
            found.add(gzip.decompress(data))
    for codec in ("utf-16", "utf-16-be"):
        with contextlib.suppress(UnicodeError):
            found.add(data.decode(codec).encode())
    joined = re.sub(rb"(?<=[A-Za-z0-9+/])\r?\n(?=[A-Za-z0-9+/])", b"", data)
    for run in re.findall(rb"[A-Za-z0-9+/_-]{8,}", data + b" " + joined):
        for phase in range(4):
            part = run[phase:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            found.add(base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_"))
    return found.union(*(views(each, depth - 1) for each in found if each != data))


def parts(interaction: Interaction) -> list[bytes]:
    """Everything of an interaction that a cassette would hold."""
    request, response, failure = interaction.request, interaction.response, interaction.failure
    texts = [request.url, *(v for pair in request.headers for v in pair)]
    bodies = [request.body]
    if response is not None:
        texts += [response.reason, *(v for pair in response.headers for v in pair)]
        bodies.append(response.body)
    if failure is not None:
        texts.append(failure.message)
    return [*(text.encode("utf-8", "surrogatepass") for text in texts), *bodies]


def holds(interaction: Interaction, secret: str | bytes, depth: int = 2) -> bool:
    """Whether the secret can be read anywhere in the interaction, in any encoding."""
    raw = secret.encode() if isinstance(secret, str) else secret
    return any(raw in view for part in parts(interaction) for view in views(part, depth))


def check_clean(redactor: Redactor, interaction: Interaction, secret: str) -> Interaction:
    """Redact and assert what always holds: secret gone, keys equal, twice is once."""
    assert holds(interaction, secret), "the test itself must hold the secret"
    redacted = redactor.redact(interaction)
    assert not holds(redacted, secret)
    assert redactor.mask(interaction.request) == redactor.mask(redacted.request)
    assert Redactor(rules=[]).mask(redacted.request) == redactor.mask(redacted.request)
    assert redactor.redact(redacted) == redacted
    return redacted
