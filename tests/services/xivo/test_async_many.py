"""Many calls at once: the limit, cancelling, an interrupt; recordings that do not mix."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from tests.services.xivo.awaited import PATIENCE, Gate, client, comparable, sent, until, use
from toolkit.sandbox.xivo import XivoBox
from toolkit.services.xivo import AsyncServer, connect

INFOS = "/infos"


@pytest.fixture(scope="module")
def box() -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", users=12) as box:
        yield box


@pytest.mark.parametrize("limit", [50, 7])
def test_a_thousand_calls(box: XivoBox, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """The server has 50 of them under way (or as many as the limit says), and never more."""
    gate = Gate(monkeypatch, INFOS)
    calls = 20 * limit
    limits = None if limit == 50 else toolkit.Limits(at_once=limit)

    async def main() -> None:
        async with client(box, limits=limits) as server:
            await server.login_with(box.user, box.password)
            gate.open.clear()
            running = asyncio.gather(*(server.infos.get() for _ in range(calls)))
            await until(lambda: gate.under_way == limit)
            gate.open.set()
            frames = await running
        assert len(frames) == calls
        assert {frame["uuid"].item() for frame in frames} == {frames[0]["uuid"].item()}

    asyncio.run(main())
    assert (gate.most, gate.came) == (limit, calls)


def test_cancelled_in_the_middle(box: XivoBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are cancelled, what waits is never sent, and the client goes on."""
    gate = Gate(monkeypatch, INFOS)

    async def main(server: AsyncServer) -> None:
        gate.open.clear()
        running = asyncio.gather(*(server.infos.get() for _ in range(200)))
        await until(lambda: gate.under_way == 50)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        gate.open.set()
        frames = await asyncio.gather(*(server.infos.get() for _ in range(60)))
        assert [len(frame) for frame in frames] == [1] * 60
        assert gate.came == 50 + 60

    use(box, main)


def test_bulk_is_cancelled(box: XivoBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that wait are not sent; the client goes on."""
    gate = Gate(monkeypatch, "/users")

    async def main(server: AsyncServer) -> None:
        gate.open.clear()
        running = asyncio.ensure_future(
            server.users.create([{"firstname": "Never"}] * 20, at_once=3)
        )
        await until(lambda: gate.under_way == 3)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        gate.open.set()
        await until(lambda: gate.under_way == 0)
        made = await server.users.list(search="Never")
        assert len(made) <= 3
        await server.users.delete(made[["id"]])
        assert gate.came == 3 + 1

    use(box, main)


def test_a_deadline(box: XivoBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call in ``asyncio.timeout`` ends there."""
    gate = Gate(monkeypatch, INFOS)

    async def main(server: AsyncServer) -> None:
        gate.open.clear()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await server.infos.get()
        gate.open.set()
        assert len(await server.infos.get()) == 1

    use(box, main)


# --- recordings --------------------------------------------------------------------------------


def looked_at(box: XivoBox) -> list[pd.DataFrame]:
    with connect(box.confd, auth_url=box.auth) as server:
        server.login_with(box.user, box.password)
        return [server.users.list(page=5), server.infos.get(), server.users.get(2)]


async def looked_at_awaited(box: XivoBox) -> list[pd.DataFrame]:
    async with client(box) as server:
        await server.login_with(box.user, box.password)
        return [await server.users.list(page=5), await server.infos.get(),
                await server.users.get(2)]  # fmt: skip


def look(box: XivoBox, kind: str) -> list[pd.DataFrame]:
    return looked_at(box) if kind == "blocking" else asyncio.run(looked_at_awaited(box))


@pytest.mark.parametrize(
    ("recorder", "player"),
    [("blocking", "awaited"), ("awaited", "blocking"), ("awaited", "awaited")],
)
def test_recorded_by_one_replayed_by_the_other(
    box: XivoBox, tmp_path: Path, recorder: str, player: str
) -> None:
    """A recording does not know which client made it; no secret is in it."""
    path = tmp_path / "day.yaml"
    with toolkit.record(path):
        live = look(box, recorder)
    since = len(box.calls)
    with toolkit.replay(path):
        again = look(box, player)
    assert len(box.calls) == since
    for one, other in zip(live, again, strict=True):
        pd.testing.assert_frame_equal(comparable(one), comparable(other))
    assert box.password not in path.read_text()


def test_a_busy_recording_replays(box: XivoBox, tmp_path: Path) -> None:
    """Calls that were recorded at once are found again, in whatever order they are asked for."""
    path = tmp_path / "busy.yaml"

    async def main(server: AsyncServer, numbers: list[int]) -> list[str]:
        frames = await asyncio.gather(*(server.users.get(one) for one in numbers))
        return [frame["uuid"].item() for frame in frames]

    numbers = list(range(1, 13))
    with toolkit.record(path):
        live = use(box, lambda server: main(server, numbers))
    with toolkit.replay(path):
        again = use(box, lambda server: main(server, numbers[::-1]))
    assert again[::-1] == live


def test_two_tasks_with_two_recordings(box: XivoBox, tmp_path: Path) -> None:
    """Each task's recording has that task's calls, though both use one client."""

    async def main(server: AsyncServer) -> None:
        met = asyncio.Barrier(2)

        async def task(number: int) -> int:
            with toolkit.record(tmp_path / f"{number}.yaml") as recording:
                await met.wait()
                for _ in range(5):
                    await asyncio.gather(server.users.get(number), server.users.get(number))
            return recording.calls

        assert await asyncio.gather(task(1), task(2)) == [10, 10]

    use(box, main)
    for number in (1, 2):
        calls = toolkit.read_calls(tmp_path / f"{number}.yaml")
        assert calls["target"].tolist() == [str(number)] * 10


# --- an interrupt --------------------------------------------------------------------------------

SCRIPT = """
import asyncio, signal, sys
import toolkit

async def main(confd, auth, user, password):
    asyncio.get_running_loop().slow_callback_duration = 3600  # a busy machine is no fault
    async with toolkit.xivo.connect_async(confd, auth_url=auth) as xivo:
        await xivo.login_with(user, password)
        calls = [asyncio.ensure_future(xivo.infos.get()) for _ in range(200)]
        await asyncio.to_thread(sys.stdin.readline)
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
        await asyncio.gather(*calls)

try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_interrupted(box: XivoBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C with 50 calls under way: all are cancelled, the token is revoked, nothing is said."""
    gate = Gate(monkeypatch, INFOS)
    gate.open.clear()
    since = len(box.calls)
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(SCRIPT)]
    with subprocess.Popen(
        [*command, box.confd, box.auth, box.user, box.password],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        asyncio.run(until(lambda: gate.under_way == 50 or process.poll() is not None))
        said, complaints = process.communicate("now\n", timeout=PATIENCE)
    gate.open.set()
    assert (said, complaints) == ("interrupted\n", "")
    assert process.returncode == 0
    assert gate.most == 50
    assert sent(box, since, "DELETE", "/token/{token}") == 1
