"""Every operation is a method; what it sends and what it gives."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from tests.services.xivo.confd import Asked, Confd, people, running, said
from toolkit.outcomes import InvalidArgument, InvalidRequest, NotFound
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo import connect
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.namespaces import PLACES
from toolkit.services.xivo.server import Server
from toolkit.services.xivo.verbs import Namespace, Part

PEOPLE = people(12)


@pytest.fixture
def confd() -> Confd:
    return Confd({"users": people(12), "devices": [{"id": "a" * 32}], "groups": []})


@pytest.fixture
def xivo(confd: Confd) -> Iterator[Server]:
    with running(confd) as server:
        yield server


def at(server: object, name: str) -> Any:
    for word in name.split("."):
        server = getattr(server, word)
    return server


def places(kind: type, start: str = "") -> Iterator[tuple[str, type[Namespace]]]:
    """Every place that is written out, with its class."""
    for owner in kind.__mro__:
        for word, part in vars(owner).items():
            if isinstance(part, Part):
                name = f"{start}{word}"
                yield name, part._kind
                yield from places(part._kind, f"{name}.")


@pytest.fixture(scope="module")
def unconnected() -> Iterator[Server]:
    with connect("http://127.0.0.1:9/1.1", authentication="none") as server:
        yield server


@pytest.mark.parametrize("function", TABLE.all, ids=lambda one: one.method)
def test_every_operation_is_a_method(unconnected: Server, function: RestFunction) -> None:
    """The method of each row is there, and says what it does."""
    method = at(unconnected, function.method)
    assert callable(method)
    assert inspect.getdoc(method)
    assert inspect.signature(method).return_annotation in ("Frame", pd.DataFrame)
    parent = at(unconnected, function.method.rpartition(".")[0])
    assert function.method.rpartition(".")[2] in dir(parent)


def test_every_written_method_is_a_row() -> None:
    """No place offers a method that the table has not."""
    named = {function.method for function in TABLE.all}
    known = 0
    for name, kind in places(Server):
        for word, value in inspect.getmembers(kind, inspect.isfunction):
            if not word.startswith("_"):
                assert f"{name}.{word}" in named, (name, word)
                assert value.__doc__
                known += 1
        assert kind.__doc__
    assert known == len(TABLE.of("confd"))
    assert set(PLACES) <= set(dir(Server))


def test_list(xivo: Server, confd: Confd) -> None:
    """Parameters and filters go into the query; the frame is typed."""
    frame = xivo.users.list(search="first", firstname="First1", limit=3)
    assert confd.asked[-1].query == {"search": "first", "firstname": "First1", "limit": "3"}
    assert len(frame) == 3
    assert frame["id"].dtype == "Int64"
    assert confd.asked[-1].headers["accept"] == "application/json"
    whole = xivo.users.list(order="lastname", direction="desc", nested="drop")
    assert len(whole) == 12
    assert "lines" not in whole


def test_views_have_their_own_columns(xivo: Server, confd: Confd) -> None:
    """A view of users has fewer columns, also when it is empty."""
    confd.rules["GET /users"] = lambda _: said({"total": 0, "items": []})
    frame = xivo.users.list(view="summary")
    assert list(frame)[-3:] == ["entity", "protocol", "enabled"]
    assert "agent_id" in xivo.call("GET /users", view="directory")
    with pytest.raises(InvalidArgument, match="view must be summary or directory"):
        xivo.users.list(view="all")  # type: ignore[arg-type]


def test_get(xivo: Server) -> None:
    """By number or uuid, bound or given; one row with the columns of the list."""
    for frame in (
        xivo.users.get(3),
        xivo.users(3).get(),
        xivo.users.get(PEOPLE[2]["uuid"]),
        xivo.call("GET /users/{user_id}", 3),
        xivo.call("users.get", "3"),
        xivo.call("GET /users/3"),
    ):
        assert frame["firstname"].tolist() == ["First3"]
        assert list(frame) == list(xivo.users.list(limit=1))
    assert "password" in xivo.users.get(3, secrets=True)
    with pytest.raises(NotFound, match="User was not found") as caught:
        xivo.users.get(99)
    assert (caught.value.function, caught.value.target) == ("GET /users/{user_id}", "99")


def test_create_update_delete(xivo: Server, confd: Confd) -> None:
    """From keywords or a dict; exact headers; what was made comes back."""
    made = xivo.users.create({"firstname": "Ada"}, lastname="L", enabled=True)
    assert made["id"].item() == 13
    assert json.loads(confd.asked[-1].body) == {"firstname": "Ada", "lastname": "L",
                                                "enabled": True}  # fmt: skip
    assert confd.asked[-1].headers["content-type"] == "application/json"
    changed = xivo.users.update(13, lastname=None)
    assert changed[["code", "label", "category"]].iloc[0].tolist() == [
        204, "NO_CONTENT", "success",
    ]  # fmt: skip
    assert json.loads(confd.asked[-1].body) == {"lastname": None}
    xivo.users(13).update({"lastname": "M"})
    assert xivo.users.get(13)["lastname"].item() == "M"
    gone = xivo.users.delete(13)
    assert gone[["function", "target"]].iloc[0].tolist() == ["DELETE /users/{user_id}", "13"]
    assert "content-type" not in confd.asked[-1].headers
    with pytest.raises(InvalidRequest, match="firstname") as caught:
        xivo.users.create(lastname="x")
    assert caught.value.field == "firstname"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("method", "values", "fields", "verb", "path", "body"),
    [
        ("users.lines.add", (1, 2), {}, "PUT", "/users/1/lines/2", None),
        ("users.lines.remove", (1, 2), {}, "DELETE", "/users/1/lines/2", None),
        ("users.voicemails.remove", (1,), {}, "DELETE", "/users/1/voicemails", None),
        ("users.forwards.update", (1, "busy"), {"enabled": True, "destination": "9"},
         "PUT", "/users/1/forwards/busy", {"enabled": True, "destination": "9"}),
        ("users.services.update", (1, "dnd"), {"enabled": False},
         "PUT", "/users/1/services/dnd", {"enabled": False}),
        ("users.funckeys.update", (1, 3), {"destination": {"type": "user", "user_id": 2}},
         "PUT", "/users/1/funckeys/3", {"destination": {"type": "user", "user_id": 2}}),
        ("lines.endpoints.sip.add", (4, 5), {}, "PUT", "/lines/4/endpoints/sip/5", None),
        ("outcalls.trunks.replace", (1,), {"trunks": [{"id": 2}]},
         "PUT", "/outcalls/1/trunks", {"trunks": [{"id": 2}]}),
        ("groups.members.users.replace", (1,), {"users": [{"uuid": "u"}]},
         "PUT", "/groups/1/members/users", {"users": [{"uuid": "u"}]}),
        ("queues.members.agents.create", (1,), {"agent_id": 7},
         "POST", "/queues/1/members/agents", {"agent_id": 7}),
        ("funckeys.templates.keys.update", (1, 2), {"label": "x"},
         "PUT", "/funckeys/templates/1/2", {"label": "x"}),
        ("agentd.agents.login", (7,), {"extension": "1000", "context": "default"},
         "POST", "/agents/by-id/7/login", {"extension": "1000", "context": "default"}),
        ("dird.favorites.add", ("my book", "a/b"), {},
         "PUT", "/directories/favorites/my%20book/a%2Fb", None),
    ],
)  # fmt: skip
def test_what_is_sent(
    xivo: Server,
    method: str,
    values: tuple[Any, ...],
    fields: dict[str, Any],
    verb: str,
    path: str,
    body: object,
) -> None:
    """The verb, the path and the body of an operation, given at once or bound one by one."""
    asked = []
    *front, last = method.split(".")

    def bound() -> Any:
        start: Any = xivo
        left = list(values)
        for word in front:
            start = getattr(start, word)
            if left:
                start = start(left.pop(0))
        return getattr(start, last)(*left, dry_run=True, **fields)

    for frame in (at(xivo, method)(*values, dry_run=True, **fields), bound()):
        asked.append(frame.iloc[0].to_dict())
    for one in asked:
        assert (one["method"], one["path"]) == (verb, path)
        assert (json.loads(one["body"]) if isinstance(one["body"], str) else None) == body


def test_keys_become_rows(xivo: Server, confd: Confd) -> None:
    """Forwards, services and function keys are one row each, named by their key."""
    forwards = {"busy": {"enabled": True, "destination": "9"}, "odd": {"enabled": False}}
    confd.rules["GET /users/1/forwards"] = lambda _: said(forwards)
    confd.rules["GET /users/1/forwards/busy"] = lambda _: said(forwards["busy"])
    keys = {"2": {"id": 9, "label": "x", "destination": {"type": "user", "user_id": 1}}}
    confd.rules["GET /users/1/funckeys"] = lambda _: said({"id": 1, "name": None, "keys": keys})
    frame = xivo.users(1).forwards.list()
    assert frame["forward"].tolist() == ["busy", "odd"]
    assert frame["enabled"].tolist() == [True, False]
    assert xivo.users(1).forwards.get("busy")["forward"].tolist() == ["busy"]
    frame = xivo.users(1).funckeys.list(nested="flat")
    assert frame[["position", "id", "destination.type"]].iloc[0].tolist() == [2, 9, "user"]
    confd.rules["GET /users/1/funckeys"] = lambda _: said({"id": 1, "name": None, "keys": {}})
    assert list(xivo.users(1).funckeys.list(nested="flat"))[:2] == ["position", "id"]


def test_gets_that_act(xivo: Server, confd: Confd) -> None:
    """They say so, give the outcome, and are not repeated after a lost reply."""
    confd.rules["GET /devices/x/synchronize"] = lambda _: (204, "application/json", b"")
    frame = xivo.devices("x").synchronize()
    assert frame["function"].item() == "GET /devices/{device_id}/synchronize"
    assert "never repeated" in (xivo.devices.autoprov.__doc__ or "")


def test_call_logs(xivo: Server, confd: Confd) -> None:
    """A CSV as typed columns, in the server's time; both dates or none."""
    text = (
        "Call Date,Caller,Called,Period,user Field\r\n"
        '2026-01-15T10:44:30,"Ada (1000)",1001,12,\r\n'
        "2026-07-15T10:44:30,1002,1003,0,x\r\n"
    )
    confd.rules["GET /call_logs"] = lambda _: (200, "text/csv; charset=utf-8", text.encode())
    frame = xivo.call_logs.list(
        start_date="2026-01-01", end_date=pd.Timestamp("2026-12-31"), timezone="Europe/Paris"
    )
    assert confd.asked[-1].query == {"start_date": "2026-01-01", "end_date": "2026-12-31T00:00:00"}
    assert confd.asked[-1].headers["accept"] == "text/csv; charset=utf-8"
    assert [f"{at:%H:%M}" for at in frame["call_date"]] == ["09:44", "08:44"]
    assert frame["period"].tolist() == [12, 0]
    assert frame["user_field"].isna().tolist() == [True, False]
    confd.rules["GET /call_logs"] = lambda _: (200, "text/csv", text.splitlines()[0].encode())
    empty = xivo.call_logs.list()
    assert empty.dtypes.tolist() == frame.dtypes.tolist()
    with pytest.raises(InvalidArgument, match="both or none"):
        xivo.call_logs.list(start_date="2026-01-01")
    with pytest.raises(InvalidArgument, match="timezone must be a name like"):
        xivo.call_logs.list(timezone="Nowhere/At all")


def test_other_shapes(xivo: Server, confd: Confd) -> None:
    """Bare lists, data inside data, and directories with their headers."""
    confd.rules["GET /backends"] = lambda _: said({"data": ["xivo_user", "xivo_service"]})
    assert xivo.auth.backends.list()["backend"].tolist() == ["xivo_user", "xivo_service"]
    confd.rules["GET /agents"] = lambda _: said([{"id": 1, "logged": True}])
    assert xivo.agentd.agents.list()["logged"].tolist() == [True]
    found = {"column_headers": ["Name", "Number", None], "column_types": [], "term": "a",
             "results": [{"column_values": ["Ada", "1000", "x"], "source": "s"}]}  # fmt: skip
    confd.rules["GET /directories/lookup/default"] = lambda _: said(found)
    frame = xivo.dird.directories.lookup("default", term="a")
    assert frame[["Name", "Number", "column_3", "source"]].iloc[0].tolist() == [
        "Ada", "1000", "x", "s",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda x: x.users.list(limit=0), "limit must be a whole number from 1 on, not 0"),
        (lambda x: x.users.list(limit=True), "limit must be a whole number"),
        (lambda x: x.users.list(offset=-1), "offset must be a whole number from 0 on"),
        (lambda x: x.users.list(direction="DESC"), "direction must be asc or desc, not 'DESC'"),
        (lambda x: x.users.get(), "takes user_id for its path; 0 given"),
        (lambda x: x.users(1).list(), "takes nothing for its path; 1 given"),
        (lambda x: x.users.get(""), "needs user_id"),
        (lambda x: x.users.create(7, firstname="x"), "takes nothing for its path"),
        (lambda x: x.users.delete(1, firstname="x"), "takes no firstname here"),
        (lambda x: x.users.update(1, object()), "takes ids, a dict or a DataFrame, not object"),
        (lambda x: x.users.create(firstname=object()), "cannot be written as JSON"),
        (lambda x: x.infos.get(1), "takes nothing for its path"),
        (lambda x: x.call("GET /infos", nope=1), "infos.get has no parameter 'nope'; it has none"),
        (lambda x: x.call("users.nope"), "xivo has no function 'users.nope'"),
        (lambda x: x.users.list(nested="x"), "nested must be json, flat or drop"),
    ],
)  # fmt: skip
def test_refused_before_anything_is_sent(xivo: Server, confd: Confd, call: Any, match: str) -> None:
    """One sentence that says what would be right; nothing goes out."""
    with pytest.raises(InvalidArgument, match=match):
        call(xivo)
    assert confd.asked == []


def test_completes_and_shows_itself(xivo: Server) -> None:
    """Completion lists what fits the ids that are bound; a short repr, a table in notebooks."""
    assert {"list", "create", "import_csv", "lines"} <= set(dir(xivo.users))
    bound = set(dir(xivo.users(1)))
    assert {"get", "update", "delete", "lines", "forwards"} <= bound
    assert not {"list", "create", "import_csv"} & bound
    assert repr(xivo.users(1).lines).startswith("<xivo users.lines(1): add, ")
    shown = xivo.users._repr_html_()
    assert "users.get(user_id)" in shown
    assert "<script" not in xivo.users("<script>")._repr_html_()
    assert "lookup" in dir(xivo.dird.directories)
    assert repr(xivo.dird.personal) == (
        "<xivo dird.personal: create, delete, delete_all, get, import_csv, list, update>"
    )
    with pytest.raises(AttributeError, match="dird has no 'nope'; it has directories, favorites"):
        _ = xivo.dird.nope
    assert xivo.users.list.__doc__
    assert {"users", "lines", "call", "discover", "ctid_ng"} <= set(dir(xivo))


def test_signatures_of_other_services(xivo: Server) -> None:
    """Their methods have a signature and a sentence too."""
    method = xivo.agentd.agents.login
    signature = inspect.signature(method)
    assert list(signature.parameters) == ["agent_id", "body", "fields"]
    assert signature.parameters["agent_id"].annotation == int | str
    assert "Log an agent in" in (method.__doc__ or "")
    assert "agent_id" not in str(inspect.signature(xivo.agentd.agents(7).login))


def test_a_read_is_repeated_and_a_change_is_not(confd: Confd) -> None:
    """The table's rule holds for methods: the verbs that act are marked, also as GET."""
    acting = [one.method for one in TABLE.all if one.verb == "GET" and one.changes]
    assert acting == ["devices.autoprov", "devices.synchronize"]


def test_wazo_ids_are_texts(xivo: Server, confd: Confd) -> None:
    """Where a newer server has a uuid as id, it is kept as it is."""
    confd.items["groups"] = [{"id": "0a1b", "name": "g", "uuid": "0a1b"}]
    frame = xivo.groups.list()
    assert frame["id"].tolist() == ["0a1b"]
    assert xivo.groups.get("0a1b")["name"].item() == "g"


def test_a_filter_may_be_empty(xivo: Server, confd: Confd) -> None:
    """An empty filter is sent, not dropped."""
    xivo.users.list(email="", limit=1)
    assert Asked("GET", "/users", {"email": "", "limit": "1"}, b"", {}).query == (
        confd.asked[-1].query
    )
