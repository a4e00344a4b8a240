"""The recordings that ship: readable by anyone, without a secret, and still replayable."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pandas as pd
import pytest
from vcr.cassette import Cassette as StockCassette

import toolkit
from toolkit.cassettes import read
from toolkit.cassettes.check import check

FOLDER = Path(__file__).parent.parent / "cassettes"
SHIPPED = sorted(FOLDER.glob("*.yaml"))


def test_there_are_cassettes() -> None:
    """The folder is found."""
    services = ("geoop", "sertainty", "uptivity", "xivo")
    names = [f"{service}-demo.yaml" for service in services]
    assert [path.name for path in SHIPPED] == names


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_secret(path: Path) -> None:
    """The scanner finds nothing."""
    assert check(path).empty


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_stock_vcrpy_loads_it(path: Path) -> None:
    """vcrpy itself reads as many interactions as we do."""
    stock = StockCassette.load(path=str(path))
    assert len(stock) == len(list(read(path))) > 0


def test_every_function_is_in_the_demo() -> None:
    """All 37 functions, and each of the guide's seven codes."""
    calls = toolkit.read_calls(FOLDER / "sertainty-demo.yaml")
    assert set(calls["function"]) == set(toolkit.functions("sertainty")["function"])
    assert set(calls["code"]) == set(toolkit.codes("sertainty")["code"])


def test_the_demo_replays() -> None:
    """A client of today understands the recording: a login and a task's status."""
    path = FOLDER / "sertainty-demo.yaml"
    url = next(read(path)).request.url
    with toolkit.replay(path, repeats="last"), toolkit.sertainty.connect(url) as gateway:
        gateway.host.open_session("ada")  # the recorded session began with a denied login
        with pytest.raises(toolkit.AccessDenied):
            gateway.host.open_session("ada", ["wrong", "wrong"])
        gateway.login_with("ada", ["any", "answers", "will", "do"])
        assert gateway.task.get_status("Nightly", "ingest")["executions"].item() > 0
        gateway.host.close_session()


def test_every_function_of_confd_and_auth_is_in_the_demo_of_xivo() -> None:
    """All 196 operations and those of the tokens, each with its function and category."""
    calls = toolkit.read_calls(FOLDER / "xivo-demo.yaml")
    assert set(calls["service"]) == {"xivo"}
    table = toolkit.functions("xivo")
    wanted = table[table["section"].isin(["confd 1.1", "auth 0.1"])]["function"]
    assert set(calls["function"]) == set(wanted)
    assert {"success", "denied", "conflict", "not found", "invalid request"} == set(
        calls["category"]
    )
    refused = calls[calls["category"] != "success"]
    assert refused["message"].str.len().gt(0).all()


def test_the_demo_of_xivo_replays() -> None:
    """A client of today understands the recording: a denied login, a list in pages, a search."""
    path = FOLDER / "xivo-demo.yaml"
    first = next(read(path)).request.url
    auth = first.removesuffix("/token")
    confd = next(one.request.url for one in read(path) if "/1.1/" in one.request.url)
    base = confd.partition("/1.1")[0] + "/1.1"
    with toolkit.replay(path), toolkit.xivo.connect(base, auth_url=auth) as xivo:
        with pytest.raises(toolkit.AccessDenied):
            xivo.login_with("lookout", "any password")
        session = xivo.login_with("lookout", "any password")
        assert session.acls == ("confd.users.read", "confd.users.*.read")
        users = xivo.users.list(page=10)
        assert users["id"].is_unique
        assert len(users) == users.attrs["total"] == 24
        assert xivo.users.list(search="an", order="firstname", limit=5)["firstname"].size > 0
        with pytest.raises(toolkit.AccessDenied, match=r"lacks the ACL confd\.lines\.read"):
            xivo.lines.list(page=500)


def test_every_code_is_in_the_demo_of_uptivity() -> None:
    """All six commands and 59 codes, one that no table lists, both doors, and events."""
    path = FOLDER / "uptivity-demo.yaml"
    calls = toolkit.read_calls(path)
    assert set(calls["service"]) == {"uptivity"}
    assert set(calls["function"]) == {*toolkit.functions("uptivity")["function"], "EVENT"}
    assert set(calls["code"].dropna()) == {*toolkit.codes("uptivity")["code"], 77}
    doors = {one.request.url.partition(":")[0] for one in read(path)}
    assert doors == {"http", "tcp"}


def test_the_demo_of_uptivity_replays() -> None:
    """A client of today understands the recording, through either door; so does a listener."""
    path = FOLDER / "uptivity-demo.yaml"
    urls = {one.request.url.partition("?")[0]: one.request.method for one in read(path)}
    places = {method: url for url, method in urls.items()}
    with toolkit.replay(path, repeats="last"):
        for method in ("POST", "SEND"):
            with toolkit.uptivity.connect(places[method]) as server:
                users = server.users.list()
                assert users["agent"].any()
                assert users["mod_time"].notna().all()
        with toolkit.uptivity.listen(places["LISTEN"]) as events:
            assert "CALLSTART" in {row["type"] for row in events}


def test_every_operation_is_in_the_demo_of_geoop() -> None:
    """Every row of the table, every type of error, and no token in any byte."""
    path = FOLDER / "geoop-demo.yaml"
    calls = toolkit.read_calls(path)
    assert set(calls["service"]) == {"geoop"}
    assert set(calls["function"]) == set(toolkit.functions("geoop")["function"])
    types = {"SYSTEM", "CLIENT", "SYNTAX", "CONTENT", "PERMISSION", "VALIDATION"}
    assert types < set(calls["label"])
    for one in read(path):
        said = one.request.header("authorization")
        assert said is None or said.startswith("Bearer XXXXXXXX")
        for pair in one.request.body.split(b"&") if b"grant_type=" in one.request.body else ():
            name, _, value = pair.partition(b"=")
            secret = name in (b"client_secret", b"code", b"code_verifier", b"refresh_token")
            assert not secret or value.startswith(b"XXXXXXXX")


def test_the_demo_of_geoop_replays() -> None:
    """A client of today understands it: a refused login, the browser's without one, a failure."""
    path = FOLDER / "geoop-demo.yaml"
    requests = [one.request.url for one in read(path)]
    login_url = requests[0].removesuffix("/oauth2/token")
    url = next(one for one in requests if "/jobs" in one).partition("/jobs")[0]
    with (
        toolkit.replay(path),
        toolkit.geoop.connect(
            url, login_url=login_url, client_id="anyone", client_secret="anything"
        ) as geoop,
    ):
        with pytest.raises(toolkit.AccessDenied):
            geoop.login_with()
        session = asyncio.run(geoop.login())
        assert session.owner_id == 12
        jobs = geoop.jobs.list()
        assert jobs["id"].is_unique
        assert len(jobs) == jobs.attrs["total"] == 110
        plan = pd.DataFrame({"title": ["Gate", None, "Shed", "Roof"], "client.id": 318,
                             "status.id": 1, "account.id": 22})  # fmt: skip
        with pytest.raises(toolkit.InvalidRequest, match="row 1: title") as caught:
            geoop.jobs.create(plan)
        assert caught.value.table["fate"].tolist() == ["not saved", "refused", *["not saved"] * 2]
