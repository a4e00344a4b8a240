"""Interactions for those who read many and look at few of their parts.

The same interactions as :func:`toolkit.cassettes.entries.read` gives; their headers are read only
when somebody asks for them. Half the time of reading a call goes into headers.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from toolkit.cassettes import flowline
from toolkit.cassettes.entries import FileEntries, ForeignLine, interaction_of, read_foreign
from toolkit.cassettes.interaction import Headers, Interaction, Request, Response
from toolkit.cassettes.vcrdict import header_pairs

_NO_HEADERS = msgspec.Raw(b"null")
_decode_headers: Any = msgspec.json.Decoder().decode


class _Asked(msgspec.Struct, gc=False):
    method: str
    uri: str
    body: str | None = None
    headers: msgspec.Raw = _NO_HEADERS


class Status(msgspec.Struct, gc=False):
    """The status of a usual response."""

    code: int
    message: str | None = None


class Body(msgspec.Struct, gc=False):
    """The body of a usual response: text, in the cassette itself."""

    string: str
    file: None = None  # else the body is kept beside the cassette


class _Answer(msgspec.Struct, gc=False):
    status: Status
    body: Body
    headers: msgspec.Raw = _NO_HEADERS
    http_version: str | None = None
    encoding: str | None = None
    recorded_at: dt.datetime | None = None
    elapsed: float | None = None
    failure: None = None


class _Entry(msgspec.Struct, gc=False):
    request: _Asked
    response: _Answer


_decode = msgspec.json.Decoder(_Entry).decode


class _Late:
    """Headers that are read when they are first asked for. The slots are in those who have it."""

    __slots__ = ()
    _found: Headers
    _raw: msgspec.Raw | None

    @property
    def headers(self) -> Headers:
        """Names and values."""
        raw = self._raw
        if raw is not None:
            self._found, self._raw = header_pairs(_decode_headers(raw)), None  # type: ignore[misc]
        return self._found

    @headers.setter
    def headers(self, value: Headers) -> None:
        self._found, self._raw = value, None  # type: ignore[misc]


class _QuickRequest(_Late, Request):
    __slots__ = ("_found", "_raw")

    def __init__(self, asked: _Asked) -> None:
        self.method = asked.method
        self.url = asked.uri
        self.body = asked.body.encode() if asked.body else b""
        self._raw = asked.headers


class _QuickResponse(_Late, Response):
    __slots__ = ("_found", "_raw")

    def __init__(self, answer: _Answer) -> None:
        self.status = answer.status.code
        self.reason = answer.status.message or ""
        self.body = answer.body.string.encode()
        self.http_version = answer.http_version or "HTTP/1.1"
        self.encoding = answer.encoding
        self._raw = answer.headers


def read(path: str | os.PathLike[str]) -> Iterator[Interaction]:
    """Read a cassette as :func:`toolkit.cassettes.read` does, with headers that are read late.

    Raises
    ------
    CassetteError
        When it is no cassette, or an interaction in it cannot be read.
    """
    path = Path(path)
    entries = FileEntries(path)
    count = 0
    try:
        if entries.is_ours:
            for position, line in entries.lines(entries.start):
                yield _quick(line) or interaction_of(line, path, position)
                count += 1
            return
    except ForeignLine:
        pass
    finally:
        entries.close()
    yield from itertools.islice(read_foreign(path), count, None)


def _quick(line: bytes) -> Interaction | None:
    """The interaction of a usual line; None for one with a failure, bytes or a person's edits."""
    if not line.startswith(flowline.OPENING):
        return None
    try:
        entry = _decode(memoryview(line)[2:])
    except (ValueError, RecursionError):
        return None
    answer = entry.response
    moment = answer.recorded_at
    if moment is not None and moment.tzinfo is not dt.UTC:
        moment = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    if not answer.status.code:
        return None
    return Interaction(
        _QuickRequest(entry.request), _QuickResponse(answer), None, moment, answer.elapsed
    )
