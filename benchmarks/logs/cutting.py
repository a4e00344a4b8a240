"""Rows: logs and answers that end too early, at many places."""

from __future__ import annotations

import io
import random
from typing import Any

import httpx
import pandas as pd

import toolkit
from benchmarks.logs.document import HEAD, TAIL, answer_of, entries

_EVENTS = 4
"""Thousands of events: two blocks of the readers."""
_PEER_TURN = 10


def document() -> bytes:
    """A log of some thousand events."""
    made = entries(seed=11)
    return (HEAD + "".join(next(made) for _ in range(_EVENTS)) + TAIL).encode()


def places(log: bytes, count: int) -> list[int]:
    """Where to cut: near both ends byte by byte, and anywhere."""
    last = len(log) - len("</Log>\n")  # behind it nothing is missing
    drawn = random.Random(5)  # noqa: S311
    near = [*range(40), *range(last - 40, last + 6)]
    return near + [drawn.randrange(20, last) for _ in range(max(0, count - len(near)))]


def _raises(read: Any, data: Any, *errors: type[Exception]) -> bool:
    try:
        read(data)
    except errors:
        return True
    return False


def logs(count: int, reader: str) -> dict[str, float]:
    """Shares of cut logs that raise; that are flagged, and have just the whole events, if kept."""
    log = document()
    cuts = places(log, count)
    raised = flagged = exact = peer = 0

    def strictly(data: bytes) -> pd.DataFrame:
        return toolkit.read_log(data, reader=reader)  # type: ignore[call-overload]

    for number, at in enumerate(cuts):
        data = log[:at]
        raised += _raises(strictly, data, toolkit.DocumentError)
        kept = toolkit.read_log(data, reader=reader, truncated="keep")  # type: ignore[call-overload]
        flagged += kept.attrs["truncated"] is True
        exact += len(kept) == data.count(b"</Entry>")
        if number % _PEER_TURN == 0:
            peer += _raises(pd.read_xml, io.BytesIO(data), Exception)
    asked = len(cuts)
    return {
        "raised": raised / asked,
        "flagged": flagged / asked,
        "exact": exact / asked,
        "read_xml": peer / len(range(0, asked, _PEER_TURN)),
        "places": asked,
    }


def answers(count: int) -> dict[str, float]:
    """The same for a gateway's answers that are cut, and for whole ones that bring a cut log."""
    log = document()
    whole = answer_of(log)
    good = asked = 0
    for at in places(log, count):
        share = at * len(whole) // len(log)
        for body, told in ((whole[:share], True), (answer_of(log[:at]), False)):
            asked += 1
            good += _is_noticed(body, is_cut=told)
    return {"noticed": good / asked, "places": asked}


def _is_noticed(body: bytes, *, is_cut: bool) -> bool:
    def answer(request: httpx.Request) -> httpx.Response:
        opens = b"hostOpenSession" in request.content
        content = answer_of(b"session-1") if opens else body
        return httpx.Response(200, content=content, headers={"content-type": "text/xml"})

    gateway = toolkit.sertainty.connect(
        "http://gateway.invalid/", transport=httpx.MockTransport(answer)
    )
    gateway.login_with("ada")

    def read(truncated: str) -> pd.DataFrame:
        return toolkit.read_log(gateway.stream("agentGetLog"), truncated=truncated)  # type: ignore[call-overload]

    if not _raises(read, "raise", toolkit.CallError, toolkit.DocumentError):
        return False
    try:
        kept = read("keep")
    except toolkit.CallError:  # cut before any result began: nothing to keep
        return is_cut and b"<Result>" not in body
    return kept.attrs["truncated"] is True
