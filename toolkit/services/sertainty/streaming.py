"""A call's first result as a stream: a log of any size, in memory that does not grow with it.

HTTP's pieces go through the envelope's parser and a base64 decoder as they come, so that a reader
of the result sees its first byte long before the gateway has sent the last one.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterator
from typing import Self

import httpx

from toolkit.http import Answer, failure_for, timed
from toolkit.outcomes import (
    BadReply,
    CallError,
    InvalidArgument,
    ReplyTooLarge,
    TransportFailure,
)
from toolkit.services.base.closing import Closing
from toolkit.services.base.driving import Flow, Send
from toolkit.services.sertainty import codes
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.pieces import Base64Pieces, ResponsePieces
from toolkit.services.sertainty.rules import function_of

_MAX_HEAD = 1 << 20
_PIECE = 1 << 16


class StreamedResult(Closing):
    """The first result of a call as it comes; ``with`` closes the connection.

    Made by ``gateway.stream``; :func:`toolkit.read_log` and :func:`toolkit.iter_log` take it.

    Attributes
    ----------
    name : str
        The function and its target.
    is_cut : bool
        Whether the answer was found to end too early.

    Examples
    --------
    >>> with gateway.stream("agentGetLog") as log:
    ...     print(next(log.iter_bytes())[:5])
    b'<Log '
    """

    def __init__(self, response: httpx.Response, max_bytes: int | None = None) -> None:
        self.name = ""
        self.is_cut = False
        self.call: Call | None = None
        self._response = response
        self._max_bytes = max_bytes
        self._pieces = self._reading()
        self._envelope = ResponsePieces()
        self._is_read = False
        self._at = dt.datetime.now(dt.UTC)
        self._start = time.perf_counter()

    def __repr__(self) -> str:
        return f"<sertainty result of {self.name or 'a call'}, as a stream>"

    def begin(self) -> Answer:
        """Read up to the result: the answer as it would be without results.

        An answer that is no success, or nothing that the gateway says, is read whole.
        """
        envelope, head, length = self._envelope, [], 0
        fault: BadReply | None = None
        for piece in self._pieces:
            head.append(piece)
            length += len(piece)
            if fault is None:
                try:
                    envelope.feed(piece)
                except BadReply as error:  # whoever reads it whole says better what it is
                    fault = error
            if fault is None and envelope.in_result and envelope.status_code == codes.SUCCESS:
                return self._answer(envelope.without_results())
            if length > _MAX_HEAD:
                raise fault or BadReply(
                    f"no Status of a success and no Result came in the first {length:,} bytes of "
                    "the answer, so that it cannot be read as a stream"
                )
        return self._answer(b"".join(head))

    def called(self, call: Call) -> Self:
        """Say which call it was; what it succeeded with must be a result."""
        self.call = call
        self.name = " ".join(filter(None, (call.function.name, call.target)))
        if not self._envelope.in_result:
            raise self._explained(BadReply("the gateway reports a success without a result"))
        return self

    def iter_bytes(self) -> Iterator[bytes]:
        """The result's bytes, decoded from base64, in the pieces in which they come; once.

        Raises
        ------
        BadReply
            The base64 or the Response is wrong, or ends too early.
        ReplyTooLarge
            The result is larger than ``max_bytes``.
        TransportFailure
            The connection broke.
        """
        if self._is_read:
            raise InvalidArgument("this result was read already; call gateway.stream again")
        self._is_read = True
        try:
            yield from self._decoded()
        except CallError as error:
            self.is_cut = self.is_cut or isinstance(error, TransportFailure)
            raise self._explained(error) from error.__cause__
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the connection. Closing twice does nothing."""
        self._pieces.close()
        self._response.close()

    def _decoded(self) -> Iterator[bytes]:
        decoder = Base64Pieces()
        size = 0
        envelope = self._envelope
        data = decoder.feed(envelope.taken())
        while True:
            size += len(data)
            if self._max_bytes is not None and size > self._max_bytes:
                raise ReplyTooLarge(
                    f"the result is longer than {self._max_bytes:,} bytes, the max_bytes given"
                )
            if data:
                yield data
            piece = next(self._pieces, None)
            if piece is None:
                break
            envelope.feed(piece)
            data = decoder.feed(envelope.taken())
        if not envelope.end():
            self.is_cut = True
            raise BadReply("the Response is cut off")
        if rest := decoder.end():
            yield rest

    def _reading(self) -> Generator[bytes, None, None]:
        try:
            for piece in self._response.iter_bytes():
                # A replayed answer comes whole: it is read in pieces like any other.
                for start in range(0, len(piece), _PIECE):
                    yield piece[start : start + _PIECE]
        except httpx.HTTPError as error:
            failure = failure_for(error)
            failure.at, failure.elapsed = self._at, time.perf_counter() - self._start
            raise failure from error

    def _answer(self, body: bytes) -> Answer:
        at, elapsed = timed(self._response, self._at, self._start)
        return Answer(self._response.status_code, self._response.headers, body, at, elapsed)

    def _explained(self, error: CallError) -> CallError:
        if self.call is not None:
            error.function, error.target = self.call.function.name, self.call.target
            error.at, error.elapsed = self.call.at, time.perf_counter() - self._start
        return error


def stream(
    run: Callable[[Flow[Call], Callable[[Send], Answer]], Call],
    flow: Flow[Call],
    *,
    begin: Callable[[Send], httpx.Response],
    send: Callable[[Send], Answer],
    max_bytes: int | None,
) -> StreamedResult:
    """Drive one call whose answer is left unread after its status.

    A session that has to be opened again on the way is opened by ``send``, which reads answers
    whole.
    """
    opened: list[StreamedResult] = []

    def answer(step: Send) -> Answer:
        while opened:
            opened.pop().close()
        if function_of(step.body) == "hostOpenSession":
            return send(step)
        opened.append(StreamedResult(begin(step), max_bytes))
        return opened[-1].begin()

    try:
        call = run(flow, answer)
        return opened[-1].called(call)
    except BaseException:
        for one in opened:
            one.close()
        raise
