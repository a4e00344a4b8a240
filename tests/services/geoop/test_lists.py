"""Whole lists and single items: pages, stop rules, modifiers, versions, frames."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.loopback import drop
from tests.services.geoop.conftest import Connect
from tests.services.geoop.wire import answer, connected, jobs, lines
from toolkit.sandbox.geoop import GeoopBox
from toolkit.services.geoop import Modifiers
from toolkit.services.geoop.client import Client


def visible(box: GeoopBox) -> set[int]:
    """The ids of the jobs that the sandbox's administrator may see."""
    jobs = box.items("jobs").values()
    return {job["id"] for job in jobs if job["account"]["id"] in (22, 23)}


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
@pytest.mark.parametrize("metadata", ["version", "full", "asked", "none"])
def test_the_whole_list_of_every_version(
    connect: Connect, box: GeoopBox, version: str, metadata: str
) -> None:
    """All jobs come, once each, whatever the metadata; a total where there is one."""
    box.switch(metadata=metadata, page_size=50)
    geoop = connect(version=version)
    geoop.login_with()
    for counts in (True, False):
        found = geoop.jobs.list(counts=counts)
        assert set(found["id"]) == visible(box)
        assert found["id"].is_unique
        assert found.attrs["total"] in (len(found), None)
    if metadata in ("version", "full"):
        assert geoop.jobs.list().attrs["total"] == len(visible(box))


STOPS: list[tuple[list[Any], dict[str, Any], list[int], int]] = [
    ([jobs(1, 2), jobs(3, 4), jobs()], {}, [1, 2, 3, 4], 3),
    ([jobs(1, 2, recordsPerPage=2), jobs(3, recordsPerPage=2)], {}, [1, 2, 3], 2),
    ([jobs(1, 2), jobs(3)], {"size": 2}, [1, 2, 3], 2),
    ([jobs(1, 2, recordsPerPage=2, pagesCount=2), jobs(3, 4, recordsPerPage=2, pagesCount=2)],
     {}, [1, 2, 3, 4], 2),
    ([jobs(1, 2), jobs(1, 2)], {}, [1, 2], 2),
    ([jobs(1, 2), jobs(2, 3), jobs()], {}, [1, 2, 3], 3),
    ([jobs()], {}, [], 1),
]  # fmt: skip


@pytest.mark.parametrize(("acts", "options", "ids", "requests"), STOPS)
def test_where_a_list_ends(
    acts: list[Any], options: dict[str, Any], ids: list[int], requests: int
) -> None:
    """An empty page, a short one, the last one by count, one that brings nothing new."""
    with connected(*acts) as (geoop, loopback):
        found = geoop.jobs.list(**options)
        assert found.get("id", pd.Series(dtype="Int64")).tolist() == ids
        assert found.attrs["requests"] == len(loopback.requests) == requests


def test_a_server_that_passes_over_page(geoop: Client, box: GeoopBox) -> None:
    """There is no endless loop: one page more, and an error where the count says more."""
    box.switch(ignores_page=True)
    before = len(box.calls)
    with pytest.raises(toolkit.BadReply, match="says that there are 12"):
        geoop.jobs.list()
    assert len(geoop.jobs.list(counts=False)) == 50
    assert len(box.calls) - before == 4


def test_progress_is_told(geoop: Client, box: GeoopBox) -> None:
    """After each page: how many there are by now, and the server's count."""
    told: list[tuple[int, int | None]] = []
    total = len(geoop.jobs.list(size=50, progress=lambda done, all_: told.append((done, all_))))
    assert told == [(50, total), (100, total), (total, total)]


def test_a_read_that_takes_too_long_comes_in_smaller_pages(geoop: Client, box: GeoopBox) -> None:
    """The server halts long requests; halves of the page are asked for, nothing is lost."""
    box.switch(halt_after=0.5, record_seconds=0.01)
    found = geoop.jobs.list(size=100)
    assert set(found["id"]) == visible(box)
    box.switch(halt_after=0.001)
    before = len(box.calls)
    with pytest.raises(toolkit.ServerFault):
        geoop.jobs.list()
    assert len(box.calls) - before == 4
    box.switch(html_error=True)
    with pytest.raises(toolkit.ServerFault, match="proxy"):
        geoop.jobs.list()
    assert len(box.calls) - before == 5


def test_a_later_page_that_is_halted() -> None:
    """Smaller pages begin where the page that failed began, by the size that the server told."""
    error = {"type": "system", "code": 1, "message": "halted"}
    halted = answer({"result": "error", "error": error}, "500 Oops")
    acts = [jobs(1, 2, 3, 4, recordsPerPage=4), halted, jobs(5, 6, recordsPerPage=2),
            jobs(7, recordsPerPage=2)]  # fmt: skip
    with connected(*acts, counts=False) as (geoop, loopback):
        assert geoop.jobs.list()["id"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    pages = [line.partition("=")[2] for line in lines(loopback)]
    assert pages == ["1", "2", "3%2C2", "4%2C2"]


def test_modifiers(geoop: Client) -> None:
    """Fields, filter and sort reach the server; a wrong operator is refused before."""
    users = geoop.users.list(fields=["id", "firstName"], sort=["-id"])
    assert users["id"].is_monotonic_decreasing
    first = users["firstName"].iloc[0]
    found = geoop.users.list(filter={"firstName": ("contains", first[:2])}, fields="*")
    assert found["firstName"].str.contains(first[:2]).all()
    assert found["login"].notna().all()
    assert "login" not in geoop.users.list()
    assert geoop.users.list(filter="id:eq:12", query=[("fields", "id")])["id"].tolist() == [12]
    with pytest.raises(toolkit.InvalidArgument, match="operator is one of eq"):
        geoop.users.list(filter={"id": ("like", 5)})


def test_the_table_of_modifiers_can_be_replaced() -> None:
    """Other names and forms go out as the table has them; raw pairs as they are."""
    names = Modifiers(page_name="offset", page="p{number}", first_page=0, sort_name="order",
                      condition="{field}={value}", filter_name="where")  # fmt: skip
    with connected(jobs(1), jobs(), modifiers=names, version="1.1") as (geoop, loopback):
        geoop.jobs.list(filter={"title": "a b"}, sort="id", query=[("x[]", "1")])
    assert lines(loopback) == [
        f"GET /jobs?where=title%3Da+b&order=id&recordsCount=true&x%5B%5D=1&offset=p{page}"
        for page in (0, 1)
    ]


@pytest.mark.parametrize(
    ("version", "asked"),
    [("1.0", ""), ("1.1", "recordsCount=true&flags=x&"), ("1.3", "flags=recordsCount%2Cx&")],
)
def test_counts_are_asked_for_as_the_version_has_it(version: str, asked: str) -> None:
    """1.0 always has them, 1.1 a modifier, later versions a flag; X-Version says which it is."""
    flags = ["x"] if version != "1.0" else []
    with connected(jobs(), version=version) as (geoop, loopback):
        geoop.jobs.list(flags=flags)
    assert lines(loopback) == [f"GET /jobs?{asked}page=1"]
    assert f"x-version: {version}".encode() in loopback.requests[0][0].lower()


def test_frames_of_users_are_typed(geoop: Client) -> None:
    """Users have declared columns, the same when there are none; others have what arrives."""
    users = geoop.users.list()
    kinds = users.dtypes.astype(str)
    assert kinds[["id", "active", "role.id"]].tolist() == ["Int64"] * 3
    assert (kinds["deleted"], kinds["hourlyRate"]) == ("boolean", "float64")
    assert kinds["status.timestamp"] == "datetime64[us, UTC]"
    none = geoop.users.list(filter={"firstName": "nobody at all"})
    assert none.empty
    assert none.dtypes.astype(str).to_dict() == kinds.to_dict()
    assert geoop.jobs.list(page=1)["client.id"].dtype == "Int64"
    assert geoop.jobs.list(page=1, nested="json")["client"].str.startswith('{"id"').all()


def test_times_of_other_items() -> None:
    """A column of date-times is times; one text that is none leaves them all as they are."""
    when = "2015-06-30T08:00:00+02:00"
    items = [{"a": when, "b": when, "c": None, "d": when}, {"a": None, "b": "soon", "c": None,
              "d": "2015-06-31T08:00:00Z"}]  # fmt: skip
    with connected(answer({"result": "success", "jobs": items})) as (geoop, _):
        found = geoop.jobs.list(page=1)
    assert found.dtypes.astype(str).tolist() == ["datetime64[us, UTC]", "str", "str", "str"]
    assert found["a"].iloc[0] == pd.Timestamp(when)


def test_one_item(geoop: Client) -> None:
    """One row with the list's columns; what is not there says so; ids are numbers."""
    one = geoop.users.get(12)
    assert one["id"].tolist() == [12]
    assert set(one.columns) == set(geoop.users.list().columns)
    with pytest.raises(toolkit.NotFound, match="not accessible"):
        geoop.jobs.get(10**9)
    for wrong in (True, "x/../y", -1):
        with pytest.raises(toolkit.InvalidArgument):
            geoop.jobs.get(wrong)  # type: ignore[arg-type]


def test_any_collection_by_name(geoop: Client) -> None:
    """One that no page names is reached too; a name of other signs is refused before."""
    assert len(geoop.collection("notes").list()) > 0
    assert geoop.call("collection.list", "roles").equals(geoop.call("roles.list"))
    assert geoop.call("GET /jobs", page=1)["id"].is_unique
    for wrong in ("jobs/5", "", "a_b", "jobs[", "^"):
        with pytest.raises(toolkit.InvalidArgument, match="letters"):
            geoop.collection(wrong)


def test_a_lost_read_is_sent_again() -> None:
    """Once; a second loss is raised."""
    with connected(drop, jobs(1)) as (geoop, _):
        assert geoop.jobs.get(1)["id"].tolist() == [1]
    with connected(drop) as (geoop, loopback), pytest.raises(toolkit.ConnectionLost):
        geoop.jobs.get(1)
    assert len(loopback.requests) == 2
