"""Lists: parameters, filters, views, and pages that lose rows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.xivo.conftest import client
from toolkit import sandbox
from toolkit.sandbox.xivo import XivoBox


def _pages(confd: httpx.Client, limit: int, **query: str) -> list[int]:
    ids: list[int] = []
    while True:
        page = confd.get("/users", params={"limit": limit, "offset": len(ids), **query}).json()
        ids += [user["id"] for user in page["items"]]
        if not page["items"]:
            assert page["total"] == len(ids)
            return ids


def test_paging_by_a_shared_column_loses_rows() -> None:
    """Pages by lastname give as many rows as there are users, some twice, so others never."""
    with sandbox.start("xivo", users=208, seed=3) as box, client(box) as confd:
        for limit in (7, 50):
            ids = _pages(confd, limit)
            assert len(ids) == 208
            assert 100 < len(set(ids)) < 208
            assert _pages(confd, limit) == ids, "the same page asked again is the same"
        assert len(set(_pages(confd, 7, order="id"))) == 208
        whole = confd.get("/users").json()["items"]
        assert len({user["id"] for user in whole}) == 208
        box.switch(losing_pages=False)
        assert len(set(_pages(confd, 7))) == 208


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "field 'limit': wrong type. Should be a positive number"),
        ("limit=-1", "field 'limit': wrong type. Should be a positive number"),
        ("limit=abc", "field 'limit': wrong type. Should be a positive number"),
        ("limit=", "field 'limit': wrong type. Should be a positive number"),
        ("offset=-1", "field 'offset': wrong type. Should be a positive number"),
        ("direction=DESC", "direction: must be 'asc' or 'desc'"),
        ("order=nope", "order: column 'nope' was not found"),
    ],
)
def test_wrong_parameters(confd: httpx.Client, query: str, said: str) -> None:
    """Each wrong parameter is 400 with the real server's words, in a JSON list."""
    reply = confd.get(f"/users?{query}")
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == [f"Input Error - {said}"]


def test_parameters(confd: httpx.Client) -> None:
    """Order, direction, offset and its old name, search, a column, and unknown ones."""

    def ids(query: str) -> list[int]:
        reply = confd.get(f"/users?{query}")
        assert reply.status_code == 200, reply.text
        return [user["id"] for user in reply.json()["items"]]

    for first, last in (("Ada", "Zz Lefèvre"), ("Bea", "Aa Martin")):
        confd.post("/users", json={"firstname": first, "lastname": last})
    assert ids("order=id&direction=desc&limit=2") == [5, 4]
    assert ids("order=id&offset=3") == [4, 5]
    assert ids("order=id&skip=4&offset=1") == [5], "skip wins over offset"
    assert ids("offset=100") == []
    assert ids("firstname=Bea") == [5]
    assert ids("search=zz+lef") == [4]
    assert ids("search=zz+lefevre") == [], "accents matter before Wazo"
    assert ids("q=aa+martin") == [5]
    assert len(ids("nonsense=1")) == 5
    assert ids("order=lastname&limit=1") == [5]


def test_views_of_users(confd: httpx.Client) -> None:
    """Summary and directory have the columns of a real server, in its order."""
    expected: dict[str, list[str]] = {
        "summary": "id uuid firstname lastname email extension context provisioning_code entity "
        "protocol enabled".split(),
        "directory": "id uuid line_id agent_id firstname lastname email exten mobile_phone_number "
        "voicemail_number userfield description context".split(),
    }
    for view, columns in expected.items():
        page: dict[str, Any] = confd.get("/users", params={"view": view, "limit": 1}).json()
        assert page["total"] == 3
        assert list(page["items"][0]) == columns
    assert confd.get("/users?view=nope").json() == ["Input Error - view 'nope' does not exist"]


def test_a_fresh_page_after_a_change(confd: httpx.Client, box: XivoBox) -> None:
    """What is kept from one request to the next is not served when it is old."""
    assert confd.get("/users?order=id&limit=1").json()["items"][0]["lastname"] != "Zorn"
    assert confd.put("/users/1", json={"lastname": "Zorn"}).status_code == 204
    assert confd.get("/users?order=id&limit=1").json()["items"][0]["lastname"] == "Zorn"
    assert confd.delete("/users/2").status_code == 204
    assert confd.get("/users").json()["total"] == 2
