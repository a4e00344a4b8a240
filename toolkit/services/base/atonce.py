"""Several pieces of work at once, in threads or in tasks, each in the caller's context."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from toolkit.outcomes import InvalidArgument

Result = TypeVar("Result")


def at_once(
    jobs: Iterable[Callable[[], Result]], limit: int
) -> Iterator[tuple[int, Result | BaseException]]:
    """Run jobs, at most ``limit`` at a time, and give each one's place and result as it ends.

    A job's exception is its result. Each runs in a copy of the caller's context, so that a
    recording that was started there sees it. Jobs are taken one by one, as there is room; who
    stops asking starts no further one, and waits for those that run.

    Raises
    ------
    InvalidArgument
        ``limit`` is no number from 1 on.

    Examples
    --------
    >>> sorted(at_once([lambda: "a", lambda: "b"], 2))
    [(0, 'a'), (1, 'b')]
    """
    return _run(enumerate(jobs), _checked(limit))


async def at_once_async(
    jobs: Iterable[Callable[[], Awaitable[Result]]], limit: int
) -> AsyncGenerator[tuple[int, Result | BaseException], None]:
    """Do what :func:`at_once` does, in tasks of the running loop.

    Who stops asking (``contextlib.aclosing``), or is cancelled, cancels those that run and waits
    until they have ended.

    Examples
    --------
    >>> async def main() -> list:
    ...     waits = [lambda: asyncio.sleep(0, "a"), lambda: asyncio.sleep(0, "b")]
    ...     return sorted([ended async for ended in at_once_async(waits, 2)])
    >>> asyncio.run(main())
    [(0, 'a'), (1, 'b')]
    """
    waiting, left = enumerate(jobs), True
    running: dict[asyncio.Future[Result], int] = {}
    _checked(limit)
    try:
        while left or running:
            while left and len(running) < limit:
                place, job = next(waiting, (-1, None))
                if job is None:
                    left = False
                else:
                    running[asyncio.ensure_future(job())] = place
            if not running:
                break
            ended, _ = await asyncio.wait([*running], return_when=asyncio.FIRST_COMPLETED)
            for future in ended:
                place = running.pop(future)
                yield place, _end_of(future)
    finally:
        for future in running:
            future.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _end_of(future: asyncio.Future[Any]) -> Any:
    if future.cancelled():
        return asyncio.CancelledError()
    error = future.exception()
    return future.result() if error is None else error


def _checked(limit: int) -> int:
    if type(limit) is not int or limit < 1:
        raise InvalidArgument(f"limit is how many run at a time, 1 or more, not {limit!r}")
    return limit


def _run(
    jobs: Iterator[tuple[int, Callable[[], Result]]], limit: int
) -> Iterator[tuple[int, Result | BaseException]]:
    running: dict[Future[Result], int] = {}
    left = True
    with ThreadPoolExecutor(limit, thread_name_prefix="toolkit") as pool:
        while left or running:
            while left and len(running) < limit:
                place, job = next(jobs, (-1, None))
                if job is None:
                    left = False
                else:
                    running[pool.submit(contextvars.copy_context().run, job)] = place
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                place = running.pop(future)
                error = future.exception()
                yield place, future.result() if error is None else error
