"""GET: which fields, which items, in what order, which page."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.geoop.conftest import JOB, USER, client
from toolkit import sandbox
from toolkit.sandbox.geoop import GeoopBox

VISIBLE = [
    "id", "firstName", "lastName", "companyName", "email", "phone", "mobile", "mobileCountryCode",
    "hourlyRate", "active", "deleted", "colour", "isAssignable", "status", "role", "account",
]  # fmt: skip
HIDDEN = ["login", "fullMobileNumber", "createdBy", "modifiedBy", "locations", "workgroups"]
COLLECTIONS = [
    "jobs", "clients", "users", "accounts", "files", "statuses", "roles", "workgroups",
    "locations", "notes", "visits", "charges",
]  # fmt: skip


def found(api: httpx.Client, path: str, **query: str) -> list[Any]:
    """The items of a successful reply."""
    reply = api.get(path, params=query)
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert body["result"] == "success"
    return list(body[path.split("/")[1]])


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_collection(api: httpx.Client, name: str) -> None:
    """A list, one item as a list of one, and associations that hold only an id."""
    items = found(api, f"/{name}")
    assert (items == []) == (name == "files")
    for item in items[:1]:
        assert found(api, f"/{name}/{item['id']}") == [item]
        assert not [key for key in item if key.startswith("_")]
        for value in item.values():
            if isinstance(value, dict) and "message" not in value:
                assert set(value) == {"id"}


def test_the_fields_of_a_user(api: httpx.Client) -> None:
    """Some are shown without being asked for; a login and who made it are not."""
    (ada,) = found(api, "/users/12")
    assert list(ada) == VISIBLE
    assert (ada["role"], ada["account"], ada["active"]) == ({"id": 16}, {"id": 22}, 1)
    assert ada["deleted"] is False
    (whole,) = found(api, "/users/12", fields="*")
    assert set(whole) == {*VISIBLE, *HIDDEN}
    assert whole["login"] == "ada"
    assert found(api, "/users/12", fields="email,id,email") == [
        {"email": "ada@example.org", "id": 12}
    ]


def test_no_password_is_shown(box: GeoopBox, api: httpx.Client) -> None:
    """Nor can it be asked for, filtered or sorted by."""
    for query in ("fields=_password", "filter=_password:eq:x", "sort=_password"):
        assert api.get(f"/users?{query}").status_code == 422
    assert box.password not in api.get("/users?fields=*").text


@pytest.mark.parametrize(
    ("path", "query", "ids"),
    [
        ("/users", {"filter": "firstName:contains:DA"}, [12]),
        ("/users", {"filter": "role:eq:16;id:le:15"}, [12]),
        ("/users", {"filter": "role.id:in:16,18;id:le:15"}, [12, 14]),
        ("/users", {"filter": "role:ne:17;id:le:15"}, [12, 14]),
        ("/users", {"filter": "active:eq:0"}, []),
        ("/users", {"filter": "deleted:eq:true"}, []),
        ("/users", {"filter": "id:gt:12;id:le:14"}, [13, 14]),
        ("/users", {"filter": "id:lt:13"}, [12]),
        ("/users", {"filter": "id:ge:14;firstName:contains:e"}, None),
        ("/users", {"filter": "firstName:eq:ben"}, [13]),
        ("/users", {"filter": "firstName:in:ben,CLEO"}, [13, 14]),
        ("/users", {"filter": "workgroups:contains:2"}, []),
        ("/roles", {"filter": ";"}, [16, 17, 18]),
        ("/roles", {"sort": "-id"}, [18, 17, 16]),
        ("/roles", {"sort": "name"}, [16, 17, 18]),
        ("/roles", {"sort": "-name", "page": "2,2"}, [16]),
        ("/roles", {"page": "2,2"}, [18]),
        ("/roles", {"page": "3,2"}, []),
        ("/jobs", {"filter": "startDate:lt:2015-01-01T08:45:00+00:00"}, [1001]),
        ("/jobs", {"filter": "startDate:lt:2015-01-01T20:45:00+12:00"}, [1001]),
        ("/jobs", {"filter": "assignee:eq:0"}, []),
        ("/jobs", {"filter": "title:contains::"}, []),
    ],
)
def test_modifiers(
    api: httpx.Client, path: str, query: dict[str, str], ids: list[int] | None
) -> None:
    """Filters (capitals do not matter), order, pages."""
    items = [item["id"] for item in found(api, path, **query)]
    assert items == ids if ids is not None else set(items) >= {14}


def test_order_of_several(api: httpx.Client) -> None:
    """By the first, then the second; what is not there comes first."""
    people = found(api, "/users", sort="role,-lastName")
    keys = [(person["role"]["id"], person["lastName"].casefold()) for person in people]
    assert [key[0] for key in keys] == sorted(key[0] for key in keys)
    workers = [name for role, name in keys if role == 17]
    assert workers == sorted(workers, reverse=True)
    jobs = found(api, "/jobs", sort="assignee", fields="assignee")
    none = [job["assignee"] is None for job in jobs]
    assert none == sorted(none, reverse=True)
    assert any(none)


def test_pages_make_a_whole() -> None:
    """Page after page gives each item once; past the end there is an empty one."""
    with sandbox.start("geoop", jobs=120) as box, client(box) as api:
        seen: list[int] = []
        for page in range(1, 5):
            seen += [job["id"] for job in found(api, "/jobs", page=str(page))]
        assert len(seen) == len(set(seen)) == 120
        assert found(api, "/jobs", page="4") == []
        assert len(found(api, "/jobs", page="1,5000")) == 120


def test_visibility(box: GeoopBox) -> None:
    """A partner reaches its child, a viewer one account, a worker own jobs, strangers theirs."""
    reach = {}
    for user in (box.user, box.viewer, box.worker, box.stranger):
        with client(box, user) as api:
            jobs = found(api, "/jobs")
            accounts = [account["id"] for account in found(api, "/accounts")]
            reach[user] = (len(jobs), accounts)
            assert all(job["account"]["id"] in accounts for job in jobs)
            if user == box.worker:
                assert all(job["assignee"] == {"id": 13} for job in jobs)
                notes = {note["job"]["id"] for note in found(api, "/notes")}
                assert notes <= {job["id"] for job in jobs}
    assert reach["ada"] == (20, [22, 23])
    assert reach["cleo"] == (18, [22])
    assert reach["dora"] == (3, [24])
    assert 0 < reach["ben"][0] < 18


def test_what_is_out_of_reach_is_not_there(box: GeoopBox) -> None:
    """404 also for what exists, and nothing can be written to or led to it."""
    hers = next(job for job in box.items("jobs").values() if job["account"] == {"id": 24})
    with client(box) as api:
        assert api.get(f"/jobs/{hers['id']}").status_code == 404
        assert "not accessible" in api.get("/accounts/24").json()["error"]["message"]
        reply = api.patch("/jobs", json={"jobs": [{"id": hers["id"], "title": "Mine"}]})
        (error,) = reply.json()["failures"][0]["errors"]
        assert (error["type"], error["code"]) == ("content", 1404)
        wrong = JOB | {"client": hers["client"]}
        assert api.post("/jobs", json={"jobs": [wrong]}).status_code == 422
        assert api.post("/users", json={"users": [USER | {"account": {"id": 23}}]}).is_success
