"""Many at once: a row of outcome for each, the caller's index kept, nothing half-planned."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from tests.services.xivo.confd import Asked, Confd, Reply, people, refused, running, said
from toolkit.outcomes import InvalidArgument
from toolkit.services.xivo import connect
from toolkit.services.xivo.bulk import BULK_COLUMNS, DRY_COLUMNS
from toolkit.services.xivo.server import Server

NAMES = [column.name for column in BULK_COLUMNS]


@pytest.fixture
def confd() -> Confd:
    return Confd({"users": people(6), "devices": [], "contexts": []})


@pytest.fixture
def xivo(confd: Confd) -> Iterator[Server]:
    with running(confd) as server:
        yield server


def bodies(confd: Confd) -> list[Any]:
    return sorted((json.loads(one.body) for one in confd.asked), key=str)


def test_create(xivo: Server, confd: Confd) -> None:
    """One row each, in the caller's order and index, whatever order they ended in."""
    rows = pd.DataFrame(
        {"firstname": [f"N{n}" for n in range(20)], "email": None, "enabled": True},
        index=pd.Index([f"row {n}" for n in range(20)], name="mine"),
    )
    found = xivo.users.create(rows, at_once=8)
    assert list(found) == NAMES
    assert found.index.equals(rows.index)
    assert found["code"].tolist() == [201] * 20
    assert found["category"].tolist() == ["success"] * 20
    made = {str(row["id"]): row["firstname"] for row in confd.items["users"]}
    assert [made[number] for number in found["id"]] == rows["firstname"].tolist()
    assert {"enabled": True, "firstname": "N0"} in bodies(confd)
    assert found.dtypes.astype(str)[["code", "at"]].tolist() == ["Int64", "datetime64[us, UTC]"]


def test_a_list_of_dicts(xivo: Server, confd: Confd) -> None:
    """The same from dicts; what is nested is sent as it is."""
    rows = [{"name": "a", "user_ranges": [{"start": "1", "end": "2"}]}, {"name": "b"}]
    assert xivo.contexts.create(rows)["code"].tolist() == [201, 201]
    assert bodies(confd) == [rows[1], rows[0]] or bodies(confd) == rows


def test_update_by_id_or_uuid(xivo: Server, confd: Confd) -> None:
    """The row's id goes into the path; missing cells leave their field alone, or are null."""
    rows = pd.DataFrame(
        {"id": [1, 2], "email": ["a@example.org", None], "ring_seconds": [5, pd.NA]}
    )
    assert xivo.users.update(rows)["code"].tolist() == [204, 204]
    assert sorted(one.path for one in confd.asked) == ["/users/1", "/users/2"]
    assert bodies(confd) == [{"email": "a@example.org", "ring_seconds": 5}, {}]
    confd.asked.clear()
    by_uuid = rows.rename(columns={"id": "uuid"}).astype({"uuid": "object"})
    by_uuid["uuid"] = [people(2)[0]["uuid"], people(2)[1]["uuid"]]
    found = xivo.users.update(by_uuid, missing="null")
    assert found["id"].tolist() == by_uuid["uuid"].tolist()
    assert {"email": None, "ring_seconds": None} in bodies(confd)


def test_a_list_goes_back(xivo: Server, confd: Confd) -> None:
    """A frame that was listed may be changed and sent back: what is embedded is left out."""
    frame = xivo.users.list(limit=2)
    frame["lastname"] = "changed"
    confd.asked.clear()
    assert xivo.users.update(frame)["code"].tolist() == [204, 204]
    for body in bodies(confd):
        assert body["lastname"] == "changed"
        assert not {"links", "lines", "forwards", "id"} & set(body)
        assert body["enabled"] in (True, False)


def test_nested_text_is_sent_as_what_it_holds(xivo: Server) -> None:
    """JSON text of our own columns, and flattened objects, become objects again."""
    rows = pd.DataFrame({"name": ["c"], "user_ranges": ['[{"start":"1","end":"2"}]'],
                         "description": ['["no JSON column"]']})  # fmt: skip
    body = json.loads(xivo.contexts.create(rows, dry_run=True)["body"].item())
    assert body["user_ranges"] == [{"start": "1", "end": "2"}]
    assert body["description"] == '["no JSON column"]'
    rows = pd.DataFrame({"id": ["x"], "fallbacks": ['{"a":null}'], "odd": ["[no JSON"]})
    body = json.loads(xivo.devices.update(rows, dry_run=True)["body"].item())
    assert body == {"fallbacks": {"a": None}, "odd": "[no JSON"}
    rows = pd.DataFrame({"id": ["x"], "options.switchboard": [True], "links.href": ["http://x"]})
    body = json.loads(xivo.devices.update(rows, dry_run=True)["body"].item())
    assert body == {"options": {"switchboard": True}}
    rows = pd.DataFrame({"name": ["c"], "user_ranges.start": ["1,2"]})
    with pytest.raises(InvalidArgument, match=r"row 0: column user_ranges\.start was flattened"):
        xivo.contexts.create(rows)


@pytest.mark.parametrize(
    "given", [[1, 2, 9], pd.Series([1, 2, 9]), pd.DataFrame({"id": [1, 2, 9]})]
)
def test_delete(xivo: Server, confd: Confd, given: Any) -> None:
    """A list of ids, a column of them, or rows; a failure is a row."""
    found = xivo.users.delete(given, on_error="continue", at_once=1)
    assert found["code"].tolist() == [204, 204, 404]
    assert found["category"].tolist() == ["success", "success", "not found"]
    assert "User was not found" in found["message"].iloc[2]
    assert len(confd.items["users"]) == 4


def test_associations(xivo: Server, confd: Confd) -> None:
    """A column for each id that is not bound."""
    confd.rules["PUT"] = lambda _: (204, "application/json", b"")
    rows = pd.DataFrame({"user_id": [1, 2], "line_id": [7, 8]})
    assert xivo.users.lines.add(rows)["code"].tolist() == [204, 204]
    assert xivo.users(3).lines.add([7, 8])["path"].tolist() == [
        "/users/3/lines/7",
        "/users/3/lines/8",
    ]
    with pytest.raises(InvalidArgument, match="need a column user_id, and have none"):
        xivo.users.lines.add(rows[["line_id"]])


def test_stop_at_the_first_error(xivo: Server, confd: Confd) -> None:
    """What comes after it is not sent, and says so."""
    rows = pd.DataFrame({"firstname": ["a", None, "b", "c"]}, index=list("wxyz"))
    found = xivo.users.create(rows, at_once=1)
    assert found["label"].tolist() == ["CREATED", "BAD_REQUEST", "NOT_SENT", "NOT_SENT"]
    assert found["code"].tolist() == [201, 400, pd.NA, pd.NA]
    assert found.loc["y", "message"] == "not sent: an earlier one failed"
    assert pd.isna(found.loc["y", "category"])
    assert len(confd.asked) == 2
    found = xivo.users.create(rows, at_once=1, on_error="continue")
    assert found["code"].tolist() == [201, 400, 201, 201]


def test_several_at_a_time(confd: Confd) -> None:
    """No more than at_once are under way, and that many are."""
    meeting = threading.Barrier(3)
    under_way, most = 0, 0
    lock = threading.Lock()

    def wait(_: Asked) -> Reply | None:
        return None

    class Slow(Confd):
        def answer(self, asked: Asked) -> Reply:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
            meeting.wait(10)  # three have to be here at the same time
            with lock:
                under_way -= 1
            return said({"id": 1}, 201)

    with running(Slow({"users": []})) as xivo:
        found = xivo.users.create([{"firstname": str(n)} for n in range(9)], at_once=3)
    assert found["code"].tolist() == [201] * 9
    assert most == 3


def test_dry_run(xivo: Server, confd: Confd) -> None:
    """What would be sent, passwords hidden; nothing is."""
    rows = pd.DataFrame({"firstname": ["a"], "password": ["invented-word"]}, index=["k"])
    found = xivo.users.create(rows, dry_run=True)
    assert list(found) == [column.name for column in DRY_COLUMNS]
    assert found.loc["k"].tolist() == ["POST", "/users", '{"firstname":"a","password":"…"}']
    one = xivo.users.update(1, password="invented-word", dry_run=True)
    assert "invented-word" not in one.to_string()
    assert xivo.users.delete([1, 2], dry_run=True)["path"].tolist() == ["/users/1", "/users/2"]
    assert confd.asked == []


def test_planned_before_anything_is_sent(xivo: Server, confd: Confd) -> None:
    """A row that cannot be sent is named, and none of the others goes out."""
    rows = pd.DataFrame({"id": [1, None], "firstname": ["a", "b"]}, index=["x", "y"])
    with pytest.raises(InvalidArgument, match=r"row 'y': users\.update needs user_id"):
        xivo.users.update(rows.astype({"id": "Int64"}))
    assert confd.asked == []


def test_nothing_to_do(xivo: Server, confd: Confd) -> None:
    """No rows: the same columns, and nothing is sent."""
    found = xivo.users.create(pd.DataFrame({"firstname": []}))
    assert list(found) == NAMES
    assert len(found) == 0
    assert list(xivo.users.delete(pd.DataFrame({"id": []}), dry_run=True)) == [
        "method", "path", "body",
    ]  # fmt: skip
    assert confd.asked == []


def test_progress(xivo: Server) -> None:
    """The hook hears of each."""
    told: list[tuple[int, int]] = []
    xivo.users.create(
        [{"firstname": str(n)} for n in range(3)], progress=lambda *so: told.append(so)
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_lost_connections_are_rows() -> None:
    """A server that is not there is a row each, not an exception in the middle."""
    with connect("http://127.0.0.1:9/1.1", authentication="none", era="16.15") as nowhere:
        found = nowhere.users.create([{"firstname": "a"}, {"firstname": "b"}], at_once=1)
    assert found["category"].tolist()[0] == "transport failure"
    assert found["label"].tolist() == ["Unreachable", "NOT_SENT"]
    assert found["code"].isna().all()


def test_no_session_is_an_error(confd: Confd) -> None:
    """What no row can help is raised at once."""
    from toolkit.outcomes import NoSession

    with running(confd, authentication="token") as xivo:
        with pytest.raises(NoSession):
            xivo.users.create([{"firstname": "a"}] * 3)
    assert confd.asked == []


@pytest.mark.parametrize(
    ("options", "match"),
    [({"on_error": "go"}, "on_error must be stop or continue, not 'go'"),
     ({"missing": "x"}, "missing must be skip or null"),
     ({"at_once": 0}, "1 or more, not 0"),
     ({"lastname": "x"}, "takes no lastname here")],
)  # fmt: skip
def test_options(xivo: Server, confd: Confd, options: dict[str, Any], match: str) -> None:
    """A misspelt option is refused before anything is sent."""
    with pytest.raises(InvalidArgument, match=match):
        xivo.users.create([{"firstname": "a"}], **options)
    assert confd.asked == []


def test_a_refusal_in_a_message(xivo: Server, confd: Confd) -> None:
    """The server's own text is the row's message."""
    confd.rules["POST /users"] = lambda _: refused(
        "Resource Error - User already exists ('username': u'a')"
    )
    found = xivo.users.create([{"firstname": "a"}])
    assert found["category"].item() == "conflict"
    assert "User already exists" in found["message"].item()
