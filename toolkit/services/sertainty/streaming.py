"""A call's first result as a stream: a log of any size, in memory that does not grow with it.

HTTP's pieces go through the envelope's parser and a base64 decoder as they come, so that a reader
of the result sees its first byte long before the gateway has sent the last one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
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
from toolkit.services.base.closing import AsyncClosing, Closing
from toolkit.services.sertainty import codes
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.pieces import Base64Pieces, ResponsePieces

_MAX_HEAD = 1 << 20
_PIECE = 1 << 16


class _Result:
    """What is made of the pieces of an answer, however they are waited for.

    Attributes
    ----------
    name : str
        The function and its target.
    is_cut : bool
        Whether the answer was found to end too early.
    """

    def __init__(self, response: httpx.Response, max_bytes: int | None = None) -> None:
        self.name = ""
        self.is_cut = False
        self.call: Call | None = None
        self._response = response
        self._max_bytes = max_bytes
        self._size = 0
        self._head: list[bytes] = []
        self._fault: BadReply | None = None
        self._envelope, self._decoder = ResponsePieces(), Base64Pieces()
        self._is_read = False
        self._at = dt.datetime.now(dt.UTC)
        self._start = time.perf_counter()

    def __repr__(self) -> str:
        return f"<sertainty result of {self.name or 'a call'}, as a stream>"

    def called(self, call: Call) -> Self:
        """Say which call it was; what it succeeded with must be a result."""
        self.call = call
        self.name = " ".join(filter(None, (call.function.name, call.target)))
        if not self._envelope.in_result:
            raise self._explained(BadReply("the gateway reports a success without a result"))
        return self

    # --- up to the result ----------------------------------------------------------------------

    def _begun(self, piece: bytes) -> Answer | None:
        """The answer without its results, as soon as this piece, one more, says that much.

        An answer that is no success, or nothing that the gateway says, is read whole.
        """
        envelope = self._envelope
        self._head.append(piece)
        self._size += len(piece)
        if self._fault is None:
            try:
                envelope.feed(piece)
            except BadReply as error:  # whoever reads it whole says better what it is
                self._fault = error
        if self._fault is None and envelope.in_result and envelope.status_code == codes.SUCCESS:
            return self._answer(envelope.without_results())
        if self._size > _MAX_HEAD:
            raise self._fault or BadReply(
                f"no Status of a success and no Result came in the first {self._size:,} bytes of "
                "the answer, so that it cannot be read as a stream"
            )
        return None

    def _whole(self) -> Answer:
        return self._answer(b"".join(self._head))

    def _answer(self, body: bytes) -> Answer:
        self._head.clear()
        self._size = 0
        at, elapsed = timed(self._response, self._at, self._start)
        return Answer(self._response.status_code, self._response.headers, body, at, elapsed)

    # --- the result ----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """See that it is read once, and that an error says whose result it was."""
        if self._is_read:
            raise InvalidArgument("this result was read already; call gateway.stream again")
        self._is_read = True
        try:
            yield
        except CallError as error:
            self.is_cut = self.is_cut or isinstance(error, TransportFailure)
            raise self._explained(error) from error.__cause__

    def _decoded(self, piece: bytes = b"") -> bytes:
        """What one more piece of the answer has of the result."""
        if piece:
            self._envelope.feed(piece)
        data = self._decoder.feed(self._envelope.taken())
        self._size += len(data)
        if self._max_bytes is not None and self._size > self._max_bytes:
            raise ReplyTooLarge(
                f"the result is longer than {self._max_bytes:,} bytes, the max_bytes given"
            )
        return data

    def _rest(self) -> bytes:
        """What the end of the answer leaves."""
        if not self._envelope.end():
            self.is_cut = True
            raise BadReply("the Response is cut off")
        return self._decoder.end()

    def _explained(self, error: CallError) -> CallError:
        if self.call is not None:
            error.function, error.target = self.call.function.name, self.call.target
            error.at, error.elapsed = self.call.at, time.perf_counter() - self._start
        return error

    @contextlib.contextmanager
    def _receiving(self) -> Iterator[None]:
        """Have what breaks the connection be an exception of ours."""
        try:
            yield
        except httpx.HTTPError as error:
            failure = failure_for(error)
            failure.at, failure.elapsed = self._at, time.perf_counter() - self._start
            raise failure from error


def _in_pieces(received: bytes) -> Iterator[bytes]:
    """A replayed answer comes whole: it is read in pieces like any other."""
    return (received[start : start + _PIECE] for start in range(0, len(received), _PIECE))


class StreamedResult(_Result, Closing):
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
        super().__init__(response, max_bytes)
        self._pieces = self._received()

    def begin(self) -> Answer:
        """Read up to the result: the answer as it would be without results."""
        for piece in self._pieces:
            answer = self._begun(piece)
            if answer is not None:
                return answer
        return self._whole()

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
        with self._reading():
            try:
                if data := self._decoded():
                    yield data
                for piece in self._pieces:
                    if data := self._decoded(piece):
                        yield data
                if data := self._rest():
                    yield data
            finally:
                self.close()

    def close(self) -> None:
        """Let go of the connection. Closing twice does nothing."""
        self._pieces.close()
        self._response.close()

    def _received(self) -> Generator[bytes, None, None]:
        with self._receiving():
            for received in self._response.iter_bytes():
                yield from _in_pieces(received)


class AsyncStreamedResult(_Result, AsyncClosing):
    """The first result of a call as it comes, awaited; ``async with`` closes the connection.

    Made by ``await gateway.stream(...)`` of an async gateway. Otherwise it is as
    :class:`StreamedResult`: a log of it is read by ``toolkit.read_log(await log.read())``.

    Examples
    --------
    >>> import asyncio
    >>> async def main() -> int:
    ...     size = 0
    ...     async with toolkit.sertainty.connect_async(url) as gateway:
    ...         await gateway.login_with("ada", answers)
    ...         async with await gateway.stream("agentGetLog") as log:
    ...             async for piece in log.aiter_bytes():
    ...                 size += len(piece)
    ...     return size
    >>> asyncio.run(main()) > 0
    True
    """

    def __init__(
        self, response: httpx.Response, max_bytes: int | None, released: Callable[[], None]
    ) -> None:
        super().__init__(response, max_bytes)
        self._released: Callable[[], None] | None = released
        self._pieces = self._received()

    async def begin(self) -> Answer:
        """Read up to the result, as :meth:`StreamedResult.begin` does."""
        async for piece in self._pieces:
            answer = self._begun(piece)
            if answer is not None:
                return answer
        return self._whole()

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The result's bytes in the pieces in which they come, once, as ``iter_bytes`` gives them.

        Who stops before the end closes the result, by ``async with``.
        """
        with self._reading():
            try:
                if data := self._decoded():
                    yield data
                async for piece in self._pieces:
                    if data := self._decoded(piece):
                        yield data
                if data := self._rest():
                    yield data
            finally:
                await self.close()

    async def read(self) -> bytes:
        """All of the result's bytes."""
        return b"".join([piece async for piece in self.aiter_bytes()])

    async def close(self) -> None:
        """Let go of the connection. Closing twice does nothing."""
        released, self._released = self._released, None
        try:
            await self._pieces.aclose()
            await self._response.aclose()
        finally:
            if released is not None:
                released()

    async def _received(self) -> AsyncGenerator[bytes, None]:
        with self._receiving():
            async with contextlib.aclosing(self._response.aiter_bytes()) as chunks:  # type: ignore[type-var]
                async for received in chunks:
                    for piece in _in_pieces(received):
                        yield piece
