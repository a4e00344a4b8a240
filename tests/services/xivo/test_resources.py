"""The client against the sandbox: lists over faulty pages, and all that a phone needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import toolkit
from toolkit.outcomes import CallError
from toolkit.services.xivo import connect
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.server import Server

LISTS = [
    "users", "lines", "extensions", "voicemails", "devices", "contexts", "groups", "incalls",
    "outcalls", "trunks", "ivr", "callpermissions", "entities", "cti_profiles", "switchboards",
    "endpoints.sip", "endpoints.sccp", "endpoints.custom", "funckeys.templates",
]  # fmt: skip


@pytest.fixture(scope="module")
def box() -> Iterator[Any]:
    with toolkit.sandbox.start("xivo", users=208) as running:
        yield running


@pytest.fixture
def xivo(box: Any) -> Iterator[Server]:
    with connect(box.confd, auth_url=box.auth) as server:
        server.login_with(box.user, box.password)
        yield server


def at(server: object, name: str) -> Any:
    for word in name.split("."):
        server = getattr(server, word)
    return server


def test_the_fault_is_there(xivo: Server) -> None:
    """Pages by last name lose users here, as they did on a real 16.15 with 208 of them."""
    pages = [
        xivo.users.list(limit=50, offset=start, order="lastname") for start in range(0, 208, 50)
    ]
    ids = pd.concat(pages)["id"]
    assert len(ids) == 208
    assert ids.nunique() < 208


@pytest.mark.parametrize("order", [None, "id", "lastname", "firstname", "uuid", "enabled"])
def test_all_users(xivo: Server, order: str | None) -> None:
    """All 208, once each, in whatever order and pages."""
    frame = xivo.users.list(order=order, page=50)
    assert frame["id"].nunique() == len(frame) == frame.attrs["total"] == 208


def test_search_and_views(xivo: Server) -> None:
    """A search counts its own total; a view has its own columns."""
    name = xivo.users.get(1)["lastname"].item()
    found = xivo.users.list(search=name, page=5)
    assert 0 < len(found) < 208
    assert found["id"].is_unique
    assert len(xivo.users.list(view="summary")) == 208
    assert "agent_id" in xivo.users.list(view="directory", page=30)


@pytest.mark.parametrize("name", LISTS)
def test_every_list(xivo: Server, name: str) -> None:
    """Each list answers, with the declared columns."""
    frame = at(xivo, name).list()
    assert len(frame.columns) > 1
    assert frame.attrs.get("total", len(frame)) == len(frame)


def test_a_phone(xivo: Server) -> None:
    """Line, endpoint, extension, user and device, in the order that the server needs."""
    user = xivo.users.create(firstname="Ada", lastname="Invented")["id"].item()
    line = xivo.lines.create(context="default")["id"].item()
    with pytest.raises(CallError, match="Line must be associated with a Endpoint"):
        xivo.users(user).lines.add(line)
    sip = xivo.endpoints.sip.create()["id"].item()
    extension = xivo.extensions.create(exten="1234", context="default")["id"].item()
    xivo.lines(line).endpoints.sip.add(sip)
    xivo.lines(line).extensions.add(extension)
    xivo.users(user).lines.add(line)
    assert xivo.users(user).lines.list()["line_id"].tolist() == [line]
    assert xivo.lines(line).extensions.list()["extension_id"].tolist() == [extension]
    frame = xivo.users.get(user, nested="flat")
    assert frame["lines.id"].item() == str(line)
    with pytest.raises(CallError, match="associated"):
        xivo.users.delete(user)
    xivo.users(user).lines.remove(line)
    assert xivo.users.delete(user)["code"].item() == 204


def test_settings_of_a_user(xivo: Server) -> None:
    """Forwards, services and function keys are set and read back."""
    me = xivo.users(2)
    me.forwards.update("busy", enabled=True, destination="123")
    forwards = me.forwards.list().set_index("forward")
    assert forwards.loc["busy"].tolist() == [True, "123"]
    me.services.update("dnd", enabled=True)
    assert me.services.get("dnd")["enabled"].item()
    me.funckeys.update(1, destination={"type": "custom", "exten": "9"}, label="x")
    keys = me.funckeys.list(nested="flat")
    assert keys[["position", "label", "destination.type"]].iloc[0].tolist() == [1, "x", "custom"]
    me.funckeys.delete(1)
    assert len(me.funckeys.list()) == 0


def test_many(xivo: Server) -> None:
    """Made, changed and deleted from DataFrames; a refused row is a row."""
    rows = pd.DataFrame({"firstname": [f"Bulk{n}" for n in range(12)], "lastname": "Invented"})
    made = xivo.users.create(rows, at_once=4)
    assert made["code"].tolist() == [201] * 12
    changed = xivo.users.update(pd.DataFrame({"id": made["id"], "email": None, "ring_seconds": 7}))
    assert changed["code"].tolist() == [204] * 12
    found = xivo.users.list(search="Bulk")
    assert found["ring_seconds"].tolist() == [7] * 12
    gone = xivo.users.delete([*made["id"], "9999"], on_error="continue")
    assert gone["code"].tolist() == [204] * 12 + [404]


def test_csv(xivo: Server) -> None:
    """Imported users are in the export; a second import is refused row by row."""
    rows = pd.DataFrame({"firstname": ["Csv", "Csv"], "username": ["csv-one", "csv-two"],
                         "entity_id": [1, 1]})  # fmt: skip
    made = xivo.users.import_csv(rows)
    assert made["outcome"].tolist() == ["created", "created"]
    again = xivo.users.import_csv(rows)
    assert set(again["outcome"]) <= {"failed", "not done"}
    assert again["message"].str.contains("already exists").any()
    export = xivo.users.export_csv()
    assert {"csv-one", "csv-two"} <= set(export["username"].dropna())
    xivo.users.delete(made["user_uuid"])


def test_recorded_and_replayed(box: Any, tmp_path: Any) -> None:
    """A list in pages, and bulk work in threads, replay from a cassette without the server."""
    path = tmp_path / "xivo.yaml"

    def work() -> tuple[pd.DataFrame, pd.DataFrame]:
        with connect(box.confd, auth_url=box.auth, era="16.15") as server:
            server.login_with(box.user, box.password)
            users = server.users.list(page=60)
            rows = [{"firstname": f"Tape{n}"} for n in range(4)]
            made = server.users.create(rows, at_once=1)
            server.users.delete(made["id"])
        return users, made

    with toolkit.record(path):
        users, made = work()
    with toolkit.replay(path):
        again, made_again = work()
    pd.testing.assert_frame_equal(users, again)
    assert made_again["id"].tolist() == made["id"].tolist()


def test_discovered_table_agrees(xivo: Server) -> None:
    """The sandbox's own specification has nothing that the table knows otherwise."""
    new = xivo.discover()
    assert not set(new["function"]) & {one.name for one in TABLE.all}
