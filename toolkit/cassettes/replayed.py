"""Recorded answers as httpx's responses and exceptions again."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from toolkit.cassettes import flowline
from toolkit.cassettes.bodyfiles import response_in
from toolkit.cassettes.quick import Body, Status
from toolkit.cassettes.vcrdict import header_pairs, response_from_dict
from toolkit.cassettes.wire import family_of
from toolkit.http import TIMING, Timing


class _Usual(msgspec.Struct):
    """The ``response`` of most interactions; what it does not fit is read as any mapping."""

    status: Status
    body: Body
    headers: dict[str, list[str]]
    http_version: str = "HTTP/1.1"
    recorded_at: str | None = None
    elapsed: float | None = None
    failure: None = None


_decode_usual = msgspec.json.Decoder(_Usual).decode


def answer_to(request: Any, line: bytes, path: Path) -> Any:
    """Make the response in a cassette's line for a request; raise the failure if it is one."""
    at = line.find(flowline.RESPONSE)
    if at > 0 and line.endswith(b"}}\n"):
        try:
            usual = _decode_usual(memoryview(line)[at + len(flowline.RESPONSE) - 1 : -2])
        except (ValueError, RecursionError):
            pass
        else:
            if usual.status.code:
                return _usual_answer(request, usual)
    return _any_answer(request, response_in(line, path))


def _usual_answer(request: Any, usual: _Usual) -> Any:
    return _made(
        request,
        usual.status,
        usual.headers,
        usual.body.string.encode(),
        usual.http_version,
        _timing(usual.recorded_at, usual.elapsed),
    )


def _any_answer(request: Any, answer: dict[str, Any]) -> Any:
    failed = answer.get("failure")
    if "status" not in answer:
        return _old_answer(family_of(type(request)), answer)
    status = Status(answer["status"]["code"], answer["status"].get("message"))
    if failed is not None and not status.code:
        raise failure_to(request, failed)
    body = answer["body"]["string"] if isinstance(answer.get("body"), dict) else answer.get("body")
    if not isinstance(body, bytes):
        body = (body or "").encode("utf-8", "surrogatepass")
    return _made(
        request,
        status,
        answer.get("headers") or {},
        body,
        answer.get("http_version") or "HTTP/1.1",
        _timing(answer.get("recorded_at"), answer.get("elapsed")),
        failed,
    )


def _made(
    request: Any,
    status: Status,
    recorded: Mapping[str, Any],
    body: bytes,
    version: str,
    timing: Timing,
    failed: dict[str, str] | None = None,
) -> Any:
    family = family_of(type(request))
    headers: list[tuple[Any, Any]] = []
    kind = replayed_response(family)
    for name, values in recorded.items():
        if name.lower() == "content-encoding":
            kind = family.Response  # a stock cassette: the body is as it came, httpx decodes it
        for one in values if isinstance(values, list) else (values,):
            headers.append((name, one))  # noqa: PERF401 - quicker than a list for each header
    stream = family.ByteStream(body)
    if failed is not None:
        kind = family.Response
        stream = broken_stream(family)(body, lambda: failure_to(request, failed))
    extensions = {
        "http_version": version.encode(),
        "reason_phrase": (status.message or "").encode("ascii", "replace"),
        TIMING: timing,
    }
    try:
        response = kind(status.code, headers=headers, stream=stream, extensions=extensions)
    except (TypeError, UnicodeEncodeError):  # a value that is not ASCII, or not text
        pairs = [(name.encode(), one.encode()) for name, one in header_pairs(headers)]
        response = kind(status.code, headers=pairs, stream=stream, extensions=extensions)
    response.recorded = body, stream, timing.elapsed
    return response


def _timing(at: str | None, elapsed: float | None) -> Timing:
    """Give when the answer was recorded and how long it took, for the client to tell again."""
    return Timing(dt.datetime.fromisoformat(at) if at else None, elapsed)


def _old_answer(family: Any, answer: dict[str, Any]) -> Any:
    response = response_from_dict(answer)[0]
    assert response is not None  # noqa: S101 - that old form knows no failures
    headers = [one for one in response.headers if one[0].lower() != "content-encoding"]
    return family.Response(
        response.status, headers=headers, stream=family.ByteStream(response.body)
    )


def failure_to(request: Any, failed: dict[str, str]) -> Exception:
    """Make the exception that a recorded failure was, of the request's family."""
    family = family_of(type(request))
    kind = getattr(family, str(failed["kind"]), None)
    if not (isinstance(kind, type) and issubclass(kind, family.TransportError)):
        kind = family.TransportError
    error: Exception = kind(str(failed["message"]), request=request)
    return error


class _Replayed:
    """A response whose body is there already: reading it whole needs no pass over a stream.

    Streaming it works as ever, and reading leaves it consumed and closed as a live one. The time
    it tells (``elapsed``) is the recorded one, where that is known.
    """

    recorded: tuple[bytes, Any, float | None]
    """The body, its stream, and how many seconds the live answer took."""

    def read(self: Any) -> bytes:
        """Give the body."""
        if not hasattr(self, "_content"):
            if not self._is_ready():
                body: bytes = super().read()  # type: ignore[misc]
                return body
            self._take()
        content: bytes = self._content
        return content

    async def aread(self: Any) -> bytes:
        """Give the body."""
        if not hasattr(self, "_content"):
            if not self._is_ready():
                body: bytes = await super().aread()  # type: ignore[misc]
                return body
            self._take()
        content: bytes = self._content
        return content

    def _is_ready(self: Any) -> bool:
        """Whether nobody has begun to read it, and nobody but the client waits for its end."""
        if self.is_stream_consumed or self.is_closed:
            return False
        stream, ours = self.stream, self.recorded[1]
        return stream is ours or (
            type(stream) in _bound(self.__module__) and getattr(stream, "_stream", None) is ours
        )

    def _take(self: Any) -> None:
        self._content, _, seconds = self.recorded
        self.is_stream_consumed = self.is_closed = True
        self._elapsed = dt.timedelta(seconds=seconds or 0)

    def close(self: Any) -> None:
        """Close it."""
        super().close()  # type: ignore[misc]
        self._tell_time()

    async def aclose(self: Any) -> None:
        """Close it."""
        await super().aclose()  # type: ignore[misc]
        self._tell_time()

    def _tell_time(self: Any) -> None:
        seconds = self.recorded[2]
        if seconds is not None:
            self._elapsed = dt.timedelta(seconds=seconds)


@cache
def _bound(family: str) -> tuple[type, ...]:
    """The streams that a client of the family puts around a transport's: they only take time."""
    client = sys.modules.get(f"{family}._client")
    names = "BoundSyncStream", "BoundAsyncStream"
    return tuple(getattr(client, name) for name in names if hasattr(client, name))


@cache
def replayed_response(family: Any) -> Any:
    """Give the class of replayed responses in the family of httpx."""
    return type("Response", (_Replayed, family.Response), {"__module__": family.__name__})


class _Broken:
    """A body that stops with an exception, as it did when it was recorded."""

    def __init__(self, body: bytes, error: Callable[[], Exception]) -> None:
        self._body = body
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        if self._body:
            yield self._body
        raise self._error()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._body:
            yield self._body
        raise self._error()


@cache
def broken_stream(family: Any) -> type[_Broken]:
    """Give the class of broken streams that the family's clients accept."""
    return type("BrokenStream", (_Broken, family.SyncByteStream, family.AsyncByteStream), {})
