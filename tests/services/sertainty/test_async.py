"""The awaited client against the sandbox: it gives what the blocking one gives."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.loopback import reply, scripted
from tests.services.sertainty.awaited import GRANTED, counting
from tests.services.sertainty.wire import response
from toolkit.sandbox.sertainty import SertaintyBox
from toolkit.services.sertainty import AsyncGateway, Gateway
from toolkit.services.sertainty.envelope import decode_request
from toolkit.services.sertainty.functions import TABLE

VALUES = {
    "config-name": "Nightly",
    "task-name": "ingest",
    "id-name": "machine.iic",
    "script-name": "ingest.uxl",
    "preset-name": "",
}
OWN = {"templateGetTask": {"task-name": "folder-protect"}, "configGetID": {}, "sharedGetID": {}}
READS = [one for one in TABLE.all if not one.changes]


def arguments(name: str, known: dict[str, str]) -> list[str]:
    given = {**VALUES, **known, **OWN.get(name, {})}
    return [given[argument.name] for argument in TABLE.get(name).given]


def known_names(box: SertaintyBox) -> dict[str, str]:
    """A preset that the sandbox has."""
    with toolkit.sertainty.connect(box.url) as gateway:
        gateway.login_with(box.user, box.answers)
        return {"preset-name": str(gateway.shared.get_preset_list()["preset"][0])}


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Without how long a call took and when it was."""
    frame = frame.drop(columns=["elapsed", "at"], errors="ignore")
    frame.attrs = {name: frame.attrs.get(name) for name in ("function", "target", "code")}
    return frame


def outcome(error: toolkit.CallError) -> tuple[Any, ...]:
    return type(error), error.function, error.target, error.code, str(error)


async def with_sandbox(use: Callable[[AsyncGateway], Awaitable[Any]], seed: int = 3) -> Any:
    with toolkit.sandbox.start("sertainty", seed=seed) as box:
        async with toolkit.sertainty.connect_async(box.url) as gateway:
            await gateway.login_with(box.user, box.answers)
            return await use(gateway)


def test_every_read_gives_the_frame_of_the_blocking_client() -> None:
    """Two equal sandboxes, asked the same in the same order, one by each client."""
    with toolkit.sandbox.start("sertainty", seed=3) as box:
        known = known_names(box)
    blocking: dict[str, Any] = {}
    with toolkit.sandbox.start("sertainty", seed=3) as box:
        with toolkit.sertainty.connect(box.url) as gateway:
            gateway.login_with(box.user, box.answers)
            for one in READS:
                try:
                    blocking[one.name] = gateway.call(one.name, *arguments(one.name, known))
                except toolkit.CallError as error:
                    blocking[one.name] = outcome(error)
            blocking["all"] = gateway.task_statuses()

    async def look(gateway: AsyncGateway) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in READS:
            try:
                found[one.name] = await gateway.call(one.name, *arguments(one.name, known))
            except toolkit.CallError as error:
                found[one.name] = outcome(error)
        found["all"] = await gateway.task_statuses()
        return found

    awaited = asyncio.run(with_sandbox(look))
    assert blocking.keys() == awaited.keys()
    assert sum(isinstance(one, pd.DataFrame) for one in awaited.values()) >= len(READS) - 1
    for name, frame in awaited.items():
        if isinstance(frame, pd.DataFrame):
            pd.testing.assert_frame_equal(comparable(frame), comparable(blocking[name]), obj=name)
            assert comparable(frame).attrs == comparable(blocking[name]).attrs
        else:
            assert frame == blocking[name]


def test_every_function_by_method_and_by_wire_name_sends_the_same() -> None:
    """Each of the functions, called both ways, sends the bytes that the blocking client sends."""
    names = [one.name for one in TABLE.all if not one.name.endswith("Session")]

    def values(name: str) -> list[str]:
        given = TABLE.get(name).given
        return ["Enable" if one.kind == "choice" else f"v{i}" for i, one in enumerate(given)]

    async def main(url: str) -> None:
        async with toolkit.sertainty.connect_async(
            url, template_spelling="templateGetTask"
        ) as gateway:
            await gateway.login_with("ada")
            for name in names:
                room, _, method = TABLE.get(name).method.partition(".")
                called = getattr(getattr(gateway, room), method)
                for way in (called(*values(name)), gateway.call(name.upper(), *values(name))):
                    with pytest.raises(toolkit.InvalidRequest):
                        await way
            gateway._state.session_id = None

    with scripted(reply(GRANTED), reply(response(408))) as server:
        asyncio.run(main(server.url))
        awaited = server.bodies
    assert [decode_request(body).function for body in awaited[1::2]] == names
    assert awaited[1::2] == awaited[2::2]
    with scripted(reply(GRANTED), reply(response(408))) as server:
        gateway = toolkit.sertainty.connect(server.url, template_spelling="templateGetTask")
        gateway.login_with("ada")
        for name in names:
            with pytest.raises(toolkit.InvalidRequest):
                gateway.call(name, *values(name))
        gateway._state.session_id = None
        gateway.close()
        assert server.bodies == awaited[:1] + awaited[1::2]


def face(of: type) -> dict[str, list[str]]:
    """The public methods and their parameters; ``toolkit.watch`` takes a blocking client."""
    names = [name for name in dir(of) if not name.startswith("_") and name != "watched"]
    methods = {name: getattr(of, name) for name in names}
    return {
        name: list(inspect.signature(one).parameters) if callable(one) else []
        for name, one in methods.items()
    }


def test_the_same_methods() -> None:
    """What the blocking client has, the awaited one has, with the same arguments."""
    assert face(Gateway) == face(AsyncGateway)
    connects = (toolkit.sertainty.connect, toolkit.sertainty.connect_async)
    first, second = (list(inspect.signature(one).parameters) for one in connects)
    assert first == second


def test_states_are_changed() -> None:
    """Writing, reading back and an error of the gateway, awaited; contents of any bytes."""
    data = bytes(range(256)) * 40

    async def change(gateway: AsyncGateway) -> None:
        await gateway.config.save_id("Nightly", "own.iic", data)
        assert (await gateway.config.get_id("Nightly", "own.iic"))["contents"].item() == data
        fingerprint = await gateway.fetch("hostGetMachine")
        assert (await gateway.config.new_id("Nightly", "a.iic", fingerprint))["code"].item() == 1
        with pytest.raises(toolkit.AlreadyExists):
            await gateway.config.new_id("Nightly", "a.iic")
        with pytest.raises(toolkit.NotFound, match="Nightly/none"):
            await gateway.task.get_status("Nightly", "none")
        assert gateway.last is not None
        assert gateway.last.function.name == "configNewID"

    asyncio.run(with_sandbox(change))


def test_many_frames_at_once() -> None:
    """Statuses of all tasks, gathered: each is its own task's."""

    async def many(gateway: AsyncGateway) -> None:
        everything = await gateway.task_statuses()
        tasks = list(everything[["config", "task"]].itertuples(index=False, name=None))
        asked = [tasks[place % len(tasks)] for place in range(200)]
        frames = await asyncio.gather(*(gateway.task.get_status(*one) for one in asked))
        assert [(one["config"].item(), one["task"].item()) for one in frames] == asked

    asyncio.run(with_sandbox(many))


@pytest.mark.parametrize(("at_once", "count"), [(None, 1000), (7, 100)])
def test_no_more_at_once_than_the_limit(at_once: int | None, count: int) -> None:
    """Of 1,000 calls the server sees 50 under way, or as many as the limit says, never more."""
    limits = None if at_once is None else toolkit.Limits(at_once=at_once)
    limit = at_once or 50

    async def main() -> None:
        async with counting() as server:
            server.hold()
            async with toolkit.sertainty.connect_async(server.url, limits=limits) as gateway:
                await gateway.login_with("ada")
                asked = [gateway.fetch("taskGetStatus", "c", f"t{n}") for n in range(count)]
                calls = asyncio.gather(*asked)
                await server.until(lambda: server.under_way == limit)
                server.free.set()
                named = [dict(one.results)["Error"].decode() for one in await calls]
            assert named == [f"c/t{n}" for n in range(count)]
            assert server.most == limit
            assert server.functions["taskGetStatus"] == count

    asyncio.run(main())


def test_a_busy_session_of_both_clients_recorded_and_replayed(tmp_path: Path) -> None:
    """What one client recorded, at once or not, the other replays, with equal frames."""
    names = ["ingest", "index", "backup", "none"]

    async def awaited(url: str, answers: Any) -> list[Any]:
        async with toolkit.sertainty.connect_async(url) as gateway:
            await gateway.login_with("ada", answers)
            asked = [gateway.task.get_status("Nightly", name) for name in names * 12]
            found = await asyncio.gather(*asked, return_exceptions=True)
            return [*found, await gateway.agent.get_log(), await gateway.agent.ping()]

    def blocking(url: str, answers: Any) -> list[Any]:
        found: list[Any] = []
        with toolkit.sertainty.connect(url) as gateway:
            gateway.login_with("ada", answers)
            for name in names * 12:
                try:
                    found.append(gateway.task.get_status("Nightly", name))
                except toolkit.NotFound as error:
                    found.append(error)
            return [*found, gateway.agent.get_log(), gateway.agent.ping()]

    ways = {"awaited": lambda *at: asyncio.run(awaited(*at)), "blocking": blocking}
    for way, session in ways.items():
        cassette = tmp_path / f"{way}.yaml"
        with toolkit.sandbox.start("sertainty", seed=3) as box:
            url = box.url
            with toolkit.record(cassette):
                live = session(url, box.answers)
        assert len(toolkit.read_calls(cassette)) == 54
        for replaying in ways.values():
            with toolkit.replay(cassette):
                again = replaying(url, ["any", "other", "answers", "do"])
            for before, after in zip(live, again, strict=True):
                if isinstance(before, pd.DataFrame):
                    pd.testing.assert_frame_equal(
                        before.drop(columns="elapsed", errors="ignore"),
                        after.drop(columns="elapsed", errors="ignore"),
                    )
                else:
                    assert str(before) == str(after)


def test_recordings_of_two_tasks_do_not_mix(tmp_path: Path) -> None:
    """Each task's cassette has its own calls, though one client sends all of them at once."""

    async def session(gateway: AsyncGateway, name: str) -> None:
        with toolkit.record(tmp_path / f"{name}.yaml"):
            await asyncio.gather(*(gateway.task.get_status("Nightly", name) for _ in range(40)))

    async def main(gateway: AsyncGateway) -> None:
        await asyncio.gather(session(gateway, "ingest"), session(gateway, "index"))

    asyncio.run(with_sandbox(main))
    for name in ("ingest", "index"):
        calls = toolkit.read_calls(tmp_path / f"{name}.yaml")
        assert calls["target"].tolist() == [f"Nightly/{name}"] * 40
