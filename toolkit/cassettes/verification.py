"""What differs between a recorded answer and the one that a live service gives now."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.cassettes.canonical import canonical_text
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.matching import Masking

_LINES = 12
_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """One request whose answer is not what was recorded.

    Attributes
    ----------
    method, url : str
        The request, secrets redacted.
    parts : tuple of str
        What differs: ``status``, ``content type``, ``body``, ``failure``; or ``not recorded``.
    text : str
        The differences in a few lines, recorded (-) and now (+).
    """

    method: str
    url: str
    parts: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.method} {self.url}: {', '.join(self.parts)}\n{self.text}"


def compare(
    recorded: Interaction | None,
    live: Interaction,
    redactor: Masking | None = None,
    ignore: Sequence[re.Pattern[bytes]] = (),
) -> Difference | None:
    """Compare two interactions of one request, both redacted by ``redactor``'s like.

    JSON compares by value and XML by content; secrets count as equal; so does what ``ignore``
    matches. Headers other than Content-Type are not compared.
    """
    asked = live.request
    if recorded is None:
        return Difference(asked.method, asked.url, ("not recorded",), "")
    before, now = _facts(recorded, redactor, ignore), _facts(live, redactor, ignore)
    parts = tuple(name for name in before if before[name] != now[name])
    if not parts:
        return None
    lines = [line for name in parts for line in diff(before[name], now[name])]
    return Difference(asked.method, asked.url, parts, "\n".join(lines))


def _facts(
    interaction: Interaction, redactor: Masking | None, ignore: Sequence[re.Pattern[bytes]]
) -> dict[str, bytes]:
    response, failure = interaction.response, interaction.failure
    body = b""
    if response is not None:
        body = canonical_text(_masked(response, redactor))
        for pattern in ignore:
            body = pattern.sub(b"", body)
    kind = (response.header("content-type") or "") if response is not None else ""
    return {
        "failure": failure.kind.encode() if failure is not None else b"",
        "status": str(response.status).encode() if response is not None else b"",
        "content type": kind.partition(";")[0].strip().lower().encode(),
        "body": body,
    }


def _masked(response: Response, redactor: Masking | None) -> bytes:
    if redactor is None or not response.body:
        return response.body
    kind = [("content-type", response.header("content-type") or "")]
    return redactor.mask(Request("GET", "", kind, response.body)).body


def diff(before: bytes, now: bytes) -> list[str]:
    """Give a short unified diff of two texts, element by element and member by member."""
    if b"\0" in before or b"\0" in now:
        return [f"- {len(before):,} bytes", f"+ {len(now):,} bytes"]
    # difflib is quadratic: what differs stands near the first difference
    start = first_difference(before, now)
    before, now = (text[max(0, start - 2000) : start + 6000] for text in (before, now))
    lines = list(difflib.unified_diff(_lines(before), _lines(now), n=1, lineterm=""))[2:]
    short = [line if len(line) <= _WIDTH else line[:_WIDTH] + "…" for line in lines[:_LINES]]
    return [*short, f"… ({len(lines) - _LINES} more lines)"] if len(lines) > _LINES else short


def _lines(text: bytes) -> list[str]:
    shown = text.decode("utf-8", "replace")
    return re.sub(r"(?<=>)(?=<)|(?<=[,{\[])(?=[\"{\[])|(?<=&)", "\n", shown).splitlines()


def first_difference(before: bytes, now: bytes) -> int:
    """Give how many bytes two texts have in common from their start."""
    low, high = 0, min(len(before), len(now))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == now[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
