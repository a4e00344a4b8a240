"""Waiting for a person in a cell."""

from __future__ import annotations

import asyncio
import threading

import pytest

from toolkit.widgets.waiting import GivenUp, Question


def test_settled_by_another_thread_wakes_at_once() -> None:
    """The loop is woken by the answer itself, not found out at the end of a slice."""

    async def timed() -> float:
        question = Question()
        loop = asyncio.get_running_loop()
        asked = loop.create_task(question.answer())
        await asyncio.sleep(0)
        moments: list[float] = []

        def settle() -> None:
            moments.append(loop.time())
            question.settle(["Rex"])

        thread = threading.Thread(target=settle)
        thread.start()
        assert await asked == ["Rex"]
        thread.join()
        return loop.time() - moments[0]

    # A slice is 0.25 s: the quickest of a few shows that none was waited for.
    assert min(asyncio.run(timed()) for _ in range(3)) < 0.1


def test_settled_on_the_loops_own_thread() -> None:
    """A message that is handled between two steps of the loop settles it too."""

    async def settled_here() -> list[str]:
        question = Question()
        asyncio.get_running_loop().call_soon(question.settle, ["Rex"])
        return await question.answer()

    assert asyncio.run(settled_here()) == ["Rex"]


def test_only_the_first_of_many_threads_counts() -> None:
    """Of forty threads one settles it, and its values are what comes out."""
    question = Question()
    start = threading.Barrier(40)
    won: list[int] = []

    def settle(number: int) -> None:
        start.wait()
        if question.settle([str(number)]):
            won.append(number)

    threads = [threading.Thread(target=settle, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert asyncio.run(question.answer()) == [str(won[0])]


def test_given_up() -> None:
    """None is giving up; it is an exception where the answer is awaited."""
    question = Question()
    assert question.settle(None)
    with pytest.raises(GivenUp):
        asyncio.run(question.answer())


@pytest.mark.parametrize("wait", [0.0, 0.3])
def test_cancelling_gives_up(wait: float) -> None:
    """A cancelled wait ends as such at any time, and a late answer is refused."""
    question = Question()

    async def cancelled() -> None:
        async with asyncio.timeout(wait):
            await question.answer()

    with pytest.raises(TimeoutError):
        asyncio.run(cancelled())
    assert question.settled
    assert not question.settle(["late"])


def test_values_are_not_kept() -> None:
    """After the answer was handed out, the question holds it no longer."""
    question = Question()
    question.settle(["s3cret"])
    assert asyncio.run(question.answer()) == ["s3cret"]
    assert "s3cret" not in repr(vars(question))


def test_late_answer_to_a_loop_that_is_gone() -> None:
    """A click after the event loop was closed does nothing."""
    question = Question()

    async def asked() -> None:
        asyncio.get_running_loop().create_task(question.answer())
        await asyncio.sleep(0)

    asyncio.run(asked())
    assert not question.settle(["late"])
