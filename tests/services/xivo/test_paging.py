"""Whole lists: whatever the server does with pages, no row is lost and none comes twice."""

from __future__ import annotations

import itertools
import json
import warnings
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.services.xivo.confd import Asked, Confd, Reply, people, refused, running, said
from toolkit.outcomes import BadReply, InvalidRequest, NotFound, ServerFault
from toolkit.services.base.driving import drive
from toolkit.services.xivo.eras import Addresses
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.options import Options
from toolkit.services.xivo.paging import Listing, list_flow
from toolkit.services.xivo.planning import make_plan
from toolkit.services.xivo.state import State


def read(confd: Confd, method: str = "users.list", page: int = 7, **query: Any) -> Listing:
    """A list through the flow, answered without a socket."""
    options = Options(authentication="none", era="16.15")
    state = State(options, Addresses("http://127.0.0.1:9486/1.1", options))
    flow = list_flow(make_plan(TABLE.get(method), (), query), state, page=page)
    return drive(flow, confd.sender)


def ids(found: Listing) -> list[int]:
    return [item["id"] for item in found.items]


def test_the_fault_itself() -> None:
    """Pages by the default order lose rows here, as on a real server: the tests below need it."""
    confd = Confd({"users": people(60, names=2)})
    pages = [
        row["id"]
        for start in range(0, 60, 7)
        for row in json.loads(confd.listed("users", {"limit": "7", "offset": str(start)})[2])[
            "items"
        ]
    ]
    assert len(pages) == 60
    assert len(set(pages)) < 60


@settings(max_examples=60)
@given(
    count=st.integers(0, 80),
    names=st.integers(1, 6),
    page=st.integers(1, 30),
    order=st.sampled_from([None, "id", "lastname", "firstname", "enabled", "voicemail"]),
    direction=st.sampled_from([None, "asc", "desc"]),
    seed=st.integers(0, 1000),
)
def test_no_row_lost_or_doubled(
    count: int, names: int, page: int, order: str | None, direction: str | None, seed: int
) -> None:
    """Any number of rows, any page, any order over a server that breaks ties by chance."""
    confd = Confd({"users": people(count, names=names)})
    confd.chance.seed(seed)
    found = read(confd, page=page, order=order, direction=direction)
    assert sorted(ids(found)) == list(range(1, count + 1))
    assert found.total == count
    if order in ("lastname", "firstname"):
        values = [item[order] for item in found.items]
        assert values == sorted(values, reverse=direction == "desc")
    elif order in (None, "id"):
        assert ids(found) == sorted(ids(found), reverse=direction == "desc")


@settings(max_examples=40)
@given(count=st.integers(1, 60), page=st.integers(2, 20), events=st.data())
def test_changes_in_between(count: int, page: int, events: st.DataObject) -> None:
    """Rows that stay are all there, once each, whatever comes and goes between the pages."""
    confd = Confd({"users": people(count)})
    fresh = itertools.count(1000)
    gone: set[int] = set()

    def change(_: Asked) -> Reply | None:
        rows = confd.items["users"]
        what = events.draw(st.sampled_from(["nothing", "nothing", "remove", "add"]))
        if what == "remove" and rows:
            gone.add(rows.pop(events.draw(st.integers(0, len(rows) - 1)))["id"])
        elif what == "add":
            rows.insert(0, {**people(1)[0], "id": next(fresh)})
        return None

    confd.rules["GET /users"] = change
    found = read(confd, page=page)
    stayed = {row["id"] for row in confd.items["users"]} & set(range(1, count + 1))
    assert stayed <= set(ids(found))
    assert len(set(ids(found))) == len(found.items)


def test_one_request_when_it_is_enough() -> None:
    """A list that fits one page costs one request."""
    confd = Confd({"users": people(5)})
    assert read(confd, page=500).requests == 1
    assert confd.asked[0].query == {"order": "id", "limit": "500"}


def test_requests_of_pages() -> None:
    """Each page begins with the last row of the one before."""
    confd = Confd({"users": people(20)})
    found = read(confd, page=8)
    asked = [(one.query["limit"], one.query.get("offset")) for one in confd.asked]
    assert asked == [("8", None), ("9", "7"), ("9", "15")]
    assert found.requests == 3


def test_without_a_unique_column() -> None:
    """Extensions are asked for at once, without a limit: their server has no unique order."""
    confd = Confd({"extensions": [{"id": n, "exten": "1000"} for n in range(40)]})
    found = read(confd, "extensions.list")
    assert sorted(ids(found)) == list(range(40))
    assert [one.query for one in confd.asked] == [{}]


def test_order_of_ones_own_without_a_unique_column() -> None:
    """An order that loses rows is asked for again without a limit."""
    rows = [{"id": n, "exten": str(n % 2), "context": "default"} for n in range(40)]
    confd = Confd({"extensions": rows})
    found = read(confd, "extensions.list", order="exten", context="default")
    assert sorted(ids(found)) == list(range(40))
    assert [item["exten"] for item in found.items] == ["0"] * 20 + ["1"] * 20
    assert confd.asked[-1].query == {"order": "exten", "context": "default"}


def test_order_that_the_rows_do_not_hold() -> None:
    """A column to sort by that is in no row is left to the server, all at once."""
    confd = Confd({"users": people(30, names=1)})
    sort = {"GET /users": lambda asked: said({
        "total": 30, "items": [{"id": n % 4} for n in range(7)]
    }) if asked.query.get("order") == "exten" and "limit" in asked.query else None}  # fmt: skip
    confd.rules.update(sort)
    confd.items["users"] = [{**row, "exten": "1"} for row in confd.items["users"]]
    found = read(confd, order="exten")
    assert sorted(ids(found)) == list(range(1, 31))


def test_unique_order_refused() -> None:
    """Where another era does not know our column, everything is asked for at once."""
    confd = Confd({"lines": [{"id": n, "name": None} for n in range(20)]})
    found = read(confd, "lines.list")
    assert sorted(ids(found)) == list(range(20))
    assert [one.query.get("order") for one in confd.asked] == ["provisioning_code", None]


def test_own_order_refused() -> None:
    """The caller's own column that does not exist is the caller's error."""
    confd = Confd({"users": people(20)})
    with pytest.raises(InvalidRequest, match="column 'nope' was not found"):
        read(confd, order="nope")
    assert len(confd.asked) == 1


def test_limit_and_offset_mean_one_page() -> None:
    """They are passed on, and nothing is checked or asked for again."""
    confd = Confd({"users": people(20)})
    found = read(confd, limit=5, offset=3, order="id")
    assert ids(found) == [4, 5, 6, 7, 8]
    assert found.total == 20
    assert [one.query for one in confd.asked] == [{"limit": "5", "offset": "3", "order": "id"}]
    assert len(read(confd, offset=18).items) == 2


def test_server_that_ignores_limit() -> None:
    """A list that comes whole whatever is asked is whole."""
    confd = Confd({"users": people(20)})
    confd.rules["GET /users"] = lambda _: said({"total": 20, "items": people(20)})
    found = read(confd)
    assert len(found.items) == 20
    assert found.requests == 1


def test_lists_that_are_not_paged() -> None:
    """Associations are asked for once, without parameters."""
    confd = Confd()
    rows = [{"user_id": 1, "line_id": n} for n in (1, 1, 2)]
    confd.rules["GET /users/1/lines"] = lambda _: said({"total": 3, "items": rows})
    options = Options(authentication="none", era="16.15")
    state = State(options, Addresses("http://127.0.0.1:9486/1.1", options))
    flow = list_flow(make_plan(TABLE.get("users.lines.list"), (1,)), state)
    assert drive(flow, confd.sender).items == rows
    assert confd.asked[0].query == {}


def test_wazo_counts() -> None:
    """Wazo's total is that before the search; filtered is what matches."""
    confd = Confd()
    confd.rules["GET /users"] = lambda _: said({"total": 99, "filtered": 2, "items": people(2)})
    found = read(confd, search="first")
    assert (len(found.items), found.total) == (2, 2)


def test_no_total() -> None:
    """Without a total a short page is the end, and a full one is asked for again at once."""
    confd = Confd({"users": people(9)})
    confd.rules["GET /users"] = lambda asked: said(
        {"items": people(9)[: int(asked.query.get("limit", 99))]}
    )
    assert len(read(confd, page=20).items) == 9
    assert len(read(confd, page=5).items) == 9
    assert "limit" not in confd.asked[-1].query


def test_fewer_than_the_total() -> None:
    """A list that stays shorter than its total is an error, not a shorter list."""
    confd = Confd()
    confd.rules["GET /users"] = lambda _: said({"total": 9, "items": people(4) + people(2)})
    with pytest.raises(BadReply, match=r"there are 9, and gives 4 different ones \(6 rows\)"):
        read(confd)


def test_more_than_the_total() -> None:
    """More rows than the total are kept, with a warning."""
    confd = Confd()
    confd.rules["GET /users"] = lambda _: said({"total": 3, "items": people(4)})
    with pytest.warns(RuntimeWarning, match="there are 3, and gives 4"):
        assert len(read(confd).items) == 4


def test_rows_without_an_id() -> None:
    """Rows that nothing tells apart are all kept."""
    confd = Confd()
    confd.rules["GET /cdr"] = lambda _: said({"total": 2, "items": [{"duration": 1}] * 2})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read(confd, "call_logd.cdr.list").items) == 2


@pytest.mark.parametrize(("status", "kind"), [(500, ServerFault), (404, NotFound)])
def test_errors_in_the_middle(status: int, kind: type[Exception]) -> None:
    """A page that fails ends the list with its error."""
    confd = Confd({"users": people(40)})
    confd.rules["GET /users"] = lambda asked: (
        refused("Unexpected error: invented", status) if "offset" in asked.query else None
    )
    with pytest.raises(kind):
        read(confd)


def test_accents_are_sorted_as_a_database_does() -> None:
    """Rows that had to be put in order here have accented letters among the plain ones."""
    rows = [{"id": n, "lastname": name} for n, name in enumerate(["Zola", "Émile", "Eve", None])]
    confd = Confd({"users": rows * 1})
    confd.rules["GET /users"] = lambda asked: (
        said({"total": 4, "items": rows[:2]}) if asked.query.get("order") == "lastname" else None
    )
    confd.shuffled = False
    names = [item["lastname"] for item in read(confd, page=2, order="lastname").items]
    assert names == ["Émile", "Eve", "Zola", None]
    names = [
        item["lastname"] for item in read(confd, page=2, order="lastname", direction="desc").items
    ]
    assert names == [None, "Zola", "Eve", "Émile"]


def test_progress() -> None:
    """The hook is told after each page how many there are."""
    told: list[tuple[int, int]] = []
    with running(Confd({"users": people(25)})) as xivo:
        frame = xivo.users.list(page=10, progress=lambda done, total: told.append((done, total)))
    assert told == [(10, 25), (20, 25), (25, 25)]
    assert frame["id"].tolist() == list(range(1, 26))
    assert frame.attrs["total"] == 25
