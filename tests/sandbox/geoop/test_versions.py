"""Versions 1.0 to 1.3: what the metadata of a GET has, and which modifiers are known."""

from __future__ import annotations

import httpx
import pytest

from sandbox.geoop.conftest import client
from toolkit import sandbox
from toolkit.sandbox.geoop import GeoopBox

SOME = {"page", "recordsPerPage"}
ALL = SOME | {"pagesCount", "recordsCount"}
OLD, NEW = "recordsCount=true", "flags=recordsCount"


def metadata(box: GeoopBox, version: str, query: str, path: str = "/jobs") -> dict[str, int]:
    with client(box, version=version) as api:
        reply = api.get(f"{path}?{query}")
        assert reply.headers["x-version"] == version
        return dict(reply.json().get("metadata", {}))


@pytest.mark.parametrize(
    ("version", "query", "keys"),
    [
        ("1.0", "", ALL), ("1.0", OLD, ALL), ("1.0", NEW, ALL), ("1.0", "recordsCount=false", ALL),
        ("1.1", "", SOME), ("1.1", OLD, ALL), ("1.1", NEW, SOME),
        ("1.1", "recordsCount=false", SOME),
        ("1.2", "", SOME), ("1.2", OLD, SOME), ("1.2", NEW, ALL),
        ("1.2", "flags=accountSharing,recordsCount", ALL), ("1.2", "flags=accountSharing", SOME),
        ("1.3", "", SOME), ("1.3", OLD, SOME), ("1.3", NEW, ALL),
    ],
)  # fmt: skip
def test_counts(box: GeoopBox, version: str, query: str, keys: set[str]) -> None:
    """Always in 1.0, by recordsCount in 1.1, by flags since 1.2."""
    said = metadata(box, version, query)
    assert set(said) == keys
    assert said | {"page": 1, "recordsPerPage": 50, "pagesCount": 1, "recordsCount": 20} == {
        "page": 1, "recordsPerPage": 50, "pagesCount": 1, "recordsCount": 20,
    }  # fmt: skip


def test_counts_are_right(box: GeoopBox) -> None:
    """Of what is within reach and passes the filters; 0 pages of nothing."""
    for query, expected in (
        (f"{NEW}&page=2,7", [2, 7, 3, 20]),
        (f"{NEW}&page=9,10", [9, 10, 2, 20]),
        (f"{NEW}&filter=id:le:1003", [1, 50, 1, 3]),
        (f"{NEW}&filter=id:eq:0", [1, 50, 0, 0]),
    ):
        assert list(metadata(box, "1.3", query).values()) == expected


@pytest.mark.parametrize(
    ("switch", "version", "query", "keys"),
    [
        ("full", "1.3", "", ALL), ("full", "1.1", "", ALL),
        ("asked", "1.0", "", SOME), ("asked", "1.3", NEW, ALL), ("asked", "1.1", OLD, ALL),
        ("none", "1.0", "", set()), ("none", "1.3", NEW, set()),
    ],
)  # fmt: skip
def test_metadata_by_switch(
    box: GeoopBox, switch: str, version: str, query: str, keys: set[str]
) -> None:
    """Whatever the version says: in full, only when asked for, or none at all."""
    box.switch(metadata=switch)
    assert set(metadata(box, version, query)) == keys


def test_the_size_of_a_page(box: GeoopBox) -> None:
    """1.0 has a hard limit, the others none; what is usual is a switch."""
    box.switch(page_limit=10, page_size=6)
    assert metadata(box, "1.0", "page=1,15")["recordsPerPage"] == 10
    assert metadata(box, "1.1", "page=1,15")["recordsPerPage"] == 15
    assert metadata(box, "1.3", "")["recordsPerPage"] == 6


def test_the_first_page(box: GeoopBox, api: httpx.Client) -> None:
    """Pages are counted from 1, or from 0 by a switch."""
    box.switch(first_page=0)
    first = api.get("/roles?page=0,2").json()
    assert first["metadata"]["page"] == 0
    assert [role["id"] for role in first["roles"]] == [16, 17]
    assert [role["id"] for role in api.get("/roles?page=1,2").json()["roles"]] == [18]
    assert api.get("/roles").json()["metadata"]["page"] == 0
    box.switch(past_end="last")
    assert api.get("/roles?page=7,2").json()["metadata"]["page"] == 1


def test_account_sharing(box: GeoopBox) -> None:
    """A flag since 1.2: which other accounts an item is shared with."""
    for version, there in (("1.1", False), ("1.2", True), ("1.3", True)):
        with client(box, version=version) as api:
            people = api.get("/clients?flags=accountSharing").json()["clients"]
            shared = [one["sharedAccounts"] for one in people if "sharedAccounts" in one]
            assert bool(shared) == there
            assert ([{"id": 22}] in shared) == there


@pytest.mark.parametrize("retired", ["1.0", "1.1"])
def test_a_retired_version(retired: str) -> None:
    """An error of type syntax that says which ones are served."""
    with sandbox.start("geoop", versions=["1.2", "1.3"]) as box:
        with client(box, version=retired) as api:
            reply = api.get("/jobs")
            error = reply.json()["error"]
            assert (reply.status_code, error["type"], error["code"]) == (400, "syntax", 1203)
            assert "1.2, 1.3" in error["description"]
            assert reply.headers["x-version"] == "1.3"


@pytest.mark.parametrize(
    ("version", "modifier", "status"),
    [
        ("1.0", "recordsCount", 400), ("1.1", "recordsCount", 200), ("1.2", "recordsCount", 400),
        ("1.1", "flags", 400), ("1.3", "flags", 200), ("1.3", "colour", 400), ("1.0", "page", 200),
    ],
)  # fmt: skip
def test_unknown_modifiers(box: GeoopBox, version: str, modifier: str, status: int) -> None:
    """Passed over, or by a switch refused."""
    values = {"flags": "recordsCount", "page": "1"}
    with client(box, version=version) as api:
        for refuses, expected in ((False, 200), (True, status)):
            box.switch(refuses_unknown=refuses)
            reply = api.get("/jobs", params={modifier: values.get(modifier, "true")})
            assert reply.status_code == expected


def test_other_names_of_modifiers(box: GeoopBox, api: httpx.Client) -> None:
    """A server that calls them otherwise: the old names are unknown there."""
    box.switch(modifier_names={"sort": "order", "page": "p"})
    old = api.get("/roles?sort=-id").json()["roles"]
    new = api.get("/roles?order=-id&p=1,2").json()["roles"]
    assert [role["id"] for role in old] == [16, 17, 18]
    assert [role["id"] for role in new] == [18, 17]
