"""One real use at each service, blocking and awaited."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from toolkit.sandbox.uptivity import UptivityBox


@pytest.mark.parametrize("era", ["16.15", "wazo"])
def test_xivo(era: str, tmp_path: Path) -> None:
    """Users are made from a table, read by ids, and given forwards; a refusal is a row's own."""
    with (
        toolkit.sandbox.start("xivo", era=era, users=3) as box,
        toolkit.xivo.connect(box.confd, auth_url=box.auth) as xivo,
    ):
        xivo.login_with(box.user, box.password)
        people = pd.DataFrame({"firstname": ["Ada", "Grace"], "lastname": ["L", None]})
        made = toolkit.run(xivo.users.create, people, journal=tmp_path / "users.jsonl")
        assert made["firstname"].tolist() == ["Ada", "Grace"]
        toolkit.run(xivo.users.create, people, journal=tmp_path / "users.jsonl")
        ids = pd.DataFrame({"user_id": [*made["id"], 999_999]}, index=["ada", "grace", "nobody"])
        read = toolkit.run(xivo.users.get, ids, at_once=3, on_error="continue")
        assert read["firstname"].isna().tolist() == [False, False, True]
        assert read.loc["nobody", "outcome.category"] == "not found"
        assert len(xivo.users.list()) == 5
        meant = {"user_id": "id"}
        again = toolkit.run(xivo.users.get, made, arguments=meant)
        assert again["id"].tolist() == made["id"].tolist()


def test_uptivity(box: UptivityBox) -> None:
    """A table of calls is begun, given data, and ended; cells that miss leave the parameter out."""
    with toolkit.uptivity.connect(box.url, wait=0.0) as server:
        calls = pd.DataFrame(
            {"deviceid": ["2001", "2002"], "ani": ["5550101", None], "user1": ["x", "y"]}
        )
        begun = toolkit.run(server.calls.start, calls, at_once=2)
        assert begun["outcome.fate"].tolist() == ["done", "done"]
        listed = server.calls.list().set_index("deviceid")
        assert listed.loc[["2001", "2002"], "user1"].tolist() == ["x", "y"]
        ended = toolkit.run(server.calls.stop, calls["deviceid"])
        assert ended["outcome.category"].astype(str).tolist() == ["success", "success"]
        twice = toolkit.run(server.calls.stop, calls["deviceid"], on_error="continue")
        assert twice["outcome.code"].tolist() == [7, 7]


def test_geoop() -> None:
    """Jobs are read by the ids of a list."""
    with (
        toolkit.sandbox.start("geoop") as box,
        toolkit.geoop.connect(
            box.url,
            login_url=box.login_url,
            client_id=box.client_id,
            client_secret=box.client_secret,
        ) as geoop,
    ):
        geoop.login_with()
        ids = geoop.jobs.list(size=5)[["id"]].head(4)
        table = toolkit.run(geoop.jobs.get, ids, at_once=2)
        assert table["id"].tolist() == ids["id"].tolist()


def test_sertainty_awaited(tmp_path: Path) -> None:
    """An async client's method gives what is awaited: the table of the blocking one, recorded."""

    async def awaited() -> pd.DataFrame:
        async with toolkit.sertainty.connect_async(box.url) as gateway:
            await gateway.login_with(box.user, box.answers)
            over = (await gateway.task_statuses())[["config", "task"]]
            with toolkit.record(tmp_path / "run.yaml") as recording:
                table = await toolkit.run(gateway.task.get_status, over, at_once=5)
            assert recording.calls == len(over)
            return table

    with (
        toolkit.sandbox.start("sertainty", seed=7, workload=0.1) as box,
        toolkit.sertainty.connect(box.url) as gateway,
    ):
        gateway.login_with(box.user, box.answers)
        over = gateway.task_statuses()[["config", "task"]]
        blocking = toolkit.run(gateway.task.get_status, over)
        table = asyncio.run(awaited())
    timeless = [name for name in table if name not in ("outcome.at", "outcome.elapsed")]
    pd.testing.assert_frame_equal(table[timeless], blocking[timeless])


def test_the_others_awaited(box: UptivityBox) -> None:
    """XiVO's and Uptivity's async methods are run as the blocking ones are."""

    async def awaited(url: str, auth: str, password: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        async with toolkit.xivo.connect_async(url, auth_url=auth) as xivo:
            await xivo.login_with(user, password)
            ids = (await xivo.users.list())[["id"]]
            meant = {"user_id": "id"}
            users = await toolkit.run(xivo.users.get, ids, arguments=meant, at_once=3)
        async with toolkit.uptivity.connect_async(box.url, wait=0.0) as server:
            over = pd.DataFrame({"deviceid": ["2001", "9999"]})
            calls = await toolkit.run(server.calls.stop, over, on_error="continue", at_once=2)
        return users, calls

    with toolkit.sandbox.start("xivo", users=4) as xivo_box:
        user = xivo_box.user
        users, calls = asyncio.run(awaited(xivo_box.confd, xivo_box.auth, xivo_box.password))
    assert users["outcome.fate"].tolist() == ["done"] * 4
    assert users["id"].tolist() == [1, 2, 3, 4]
    assert calls["outcome.fate"].tolist() == ["refused", "refused"]
