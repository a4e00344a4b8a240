"""Several pieces of work in threads, each in the caller's context."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

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
    if type(limit) is not int or limit < 1:
        raise InvalidArgument(f"limit is how many run at a time, 1 or more, not {limit!r}")
    return _run(enumerate(jobs), limit)


def _run(
    jobs: Iterator[tuple[int, Callable[[], Result]]], limit: int
) -> Iterator[tuple[int, Result | BaseException]]:
    running: dict[Future[Result], int] = {}
    left = True
    with ThreadPoolExecutor(limit, thread_name_prefix="xivo") as pool:
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
