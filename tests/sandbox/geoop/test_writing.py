"""POST, PATCH and DELETE: all items or none, and what is said of each bad one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.geoop.conftest import JOB, USER, client
from toolkit.sandbox.geoop import GeoopBox


def test_create_change_delete(api: httpx.Client) -> None:
    """Collections go both ways; status 200 each time, never 201 or 204."""
    reply = api.post("/jobs", json={"jobs": [JOB, JOB | {"title": "Second", "endDate": None}]})
    assert reply.status_code == 200
    body = reply.json()
    assert body["result"] == "success"
    assert body["metadata"] == {"receivedItemsCount": 2, "validItems": [0, 1]}
    made = [job["id"] for job in body["jobs"]]
    assert made[1] == made[0] + 1
    assert body["jobs"][0]["client"] == {"id": 318}
    reply = api.patch("/jobs", json={"jobs": [{"id": made[0], "title": "New"}, {"id": made[1]}]})
    assert [job["title"] for job in reply.json()["jobs"]] == ["New", "Second"]
    reply = api.patch(f"/jobs/{made[0]}", json={"jobs": [{"title": "Newer"}]})
    assert reply.json()["jobs"][0]["title"] == "Newer"
    assert api.get(f"/jobs/{made[0]}").json()["jobs"][0]["title"] == "Newer"
    gone = api.request("DELETE", "/jobs", json={"jobs": [{"id": made[0]}]})
    assert gone.json()["metadata"]["receivedItemsCount"] == 1
    assert api.delete(f"/jobs/{made[1]}").json()["result"] == "success"
    assert [api.get(f"/jobs/{number}").status_code for number in made] == [404, 404]


_CASES: list[tuple[str, dict[str, Any], str, int]] = [
    ("jobs", {"colour": 1}, "colour", 1301),
    ("jobs", {"reference": "J1"}, "reference", 1302),
    ("jobs", {"created": "2015-01-01T00:00:00+00:00"}, "created", 1302),
    ("jobs", {"title": None}, "title", 1304),
    ("jobs", {"title": ""}, "title", 1304),
    ("jobs", {"client": None}, "client", 1304),
    ("jobs", {"title": 5}, "title", 1305),
    ("jobs", {"deleted": 1}, "deleted", 1305),
    ("jobs", {"client": 318}, "client", 1305),
    ("jobs", {"client": {"id": 318, "name": "x"}}, "client", 1305),
    ("jobs", {"client": [{"id": 318}]}, "client", 1305),
    ("jobs", {"title": "x" * 256}, "title", 1306),
    ("jobs", {"startDate": "2015-01-01"}, "startDate", 1307),
    ("jobs", {"startDate": "0001-01-01T00:00:00+23:59"}, "startDate", 1307),
    ("jobs", {"startDate": "2015-01-01T08:00:00"}, "startDate", 1307),
    ("jobs", {"client": {"id": 9}}, "client", 1309),
    ("jobs", {"account": {"id": 24}}, "account", 1309),
    (
        "jobs",
        {"startDate": "2015-01-02T00:00:00+00:00", "endDate": "2015-01-01T00:00:00+00:00"},
        "endDate",
        1311,
    ),
    ("users", {"email": "nobody"}, "email", 1307),
    ("users", {"mobile": "call me"}, "mobile", 1307),
    ("users", {"colour": "red"}, "colour", 1307),
    ("users", {"hourlyRate": "25"}, "hourlyRate", 1305),
    ("users", {"hourlyRate": -1}, "hourlyRate", 1308),
    ("users", {"active": True}, "active", 1305),
    ("users", {"active": 2}, "active", 1308),
    ("users", {"login": "ADA"}, "login", 1310),
    ("users", {"login": None}, "login", 1304),
    ("users", {"workgroups": {"id": 1}}, "workgroups", 1305),
    ("users", {"workgroups": [{"id": 99}]}, "workgroups", 1309),
    ("users", {"role": {"id": 99}}, "role", 1309),
    ("users", {"fullMobileNumber": "1"}, "fullMobileNumber", 1302),
]


@pytest.mark.parametrize(("kind", "wrong", "field", "code"), _CASES)
def test_validation(
    api: httpx.Client, kind: str, wrong: dict[str, Any], field: str, code: int
) -> None:
    """Each rule says which field is wrong; nothing is saved of the whole request."""
    good = JOB if kind == "jobs" else USER
    count = api.get(f"/{kind}?flags=recordsCount").json()["metadata"]["recordsCount"]
    reply = api.post(
        f"/{kind}",
        json={
            kind: [good, good | {"login": "other"} | wrong]
            if kind == "users"
            else [good, good | wrong]
        },
    )
    assert reply.status_code == 422
    body = reply.json()
    assert body["result"] == "failure"
    assert kind not in body
    assert body["metadata"] == {"receivedItemsCount": 2, "validItems": [0], "invalidItems": [1]}
    (failure,) = body["failures"]
    assert failure["rawData"].items() >= wrong.items()
    (error,) = failure["errors"]
    assert (error["type"], error["code"], error["field"]) == ("validation", code, field)
    assert error["message"].endswith(".")
    after = api.get(f"/{kind}?flags=recordsCount").json()["metadata"]["recordsCount"]
    assert after == count


def failed(reply: httpx.Response) -> list[tuple[str, int]]:
    """Type and code of the first error of each failure."""
    assert reply.json()["result"] == "failure", reply.text
    return [
        (failure["errors"][0]["type"], failure["errors"][0]["code"])
        for failure in reply.json()["failures"]
    ]


@pytest.mark.parametrize("bad", [{0}, {2}, {4}, {0, 4}, {1, 2, 3}, {0, 1, 2, 3, 4}])
def test_all_or_nothing(box: GeoopBox, api: httpx.Client, bad: set[int]) -> None:
    """Wherever the bad items are, nothing is saved, and no number is used up."""
    before = box.items("jobs")
    jobs = [JOB | {"title": None if index in bad else f"Job {index}"} for index in range(5)]
    body = api.post("/jobs", json={"jobs": jobs}).json()
    assert body["metadata"]["invalidItems"] == sorted(bad)
    assert [failure["rawData"] for failure in body["failures"]] == [jobs[i] for i in sorted(bad)]
    assert ("validItems" in body["metadata"]) == (len(bad) < 5)
    changes = [
        {"id": 1001 + index} | ({"magic": 1} if index in bad else {"title": "Changed"})
        for index in range(5)
    ]
    assert api.patch("/jobs", json={"jobs": changes}).json()["result"] == "failure"
    gone = [{"id": 1 if index in bad else 1001 + index} for index in range(5)]
    reply = api.request("DELETE", "/jobs", json={"jobs": gone})
    assert failed(reply) == [("content", 1404)] * len(bad)
    assert box.items("jobs") == before
    made = api.post("/jobs", json={"jobs": [JOB]}).json()["jobs"][0]["id"]
    assert made == max(map(int, before)) + 1


def test_every_problem_of_an_item(api: httpx.Client) -> None:
    """All that is wrong with an item is said at once."""
    bad = {"title": 5, "magic": 1, "client": {"id": 1}, "status": {"id": 1}}
    (failure,) = api.post("/jobs", json={"jobs": [bad]}).json()["failures"]
    assert {error["field"] for error in failure["errors"]} == {
        "title", "magic", "client", "account",
    }  # fmt: skip
    descriptions = {error["field"]: error.get("description") for error in failure["errors"]}
    assert descriptions["title"] == "It came as a number."
    assert descriptions["account"] is None


def test_required_fields_of_a_user(api: httpx.Client) -> None:
    """Those of the vendor's table of the item user."""
    (failure,) = api.post("/users", json={"users": [{}]}).json()["failures"]
    assert failure["rawData"] == {}
    assert {error["field"] for error in failure["errors"]} == {
        "login", "firstName", "lastName", "email", "mobile", "account",
    }  # fmt: skip


def test_a_new_user(api: httpx.Client) -> None:
    """Defaults, who made it, and the whole number of the telephone."""
    sent = USER | {"mobileCountryCode": 64, "workgroups": [{"id": 1}], "id": 99999}
    (made,) = api.post("/users", json={"users": [sent]}).json()["users"]
    assert made["id"] != 99999, "the server gives the id"
    assert (made["active"], made["deleted"], made["hourlyRate"]) == (1, False, 0)
    assert "login" not in made
    (whole,) = api.get(f"/users/{made['id']}?fields=*").json()["users"]
    assert whole["fullMobileNumber"] == "+64215550100"
    assert whole["createdBy"] == whole["modifiedBy"] == {"id": 12}
    assert whole["workgroups"] == [{"id": 1}]
    change = {"users": [{"mobile": "+64215550199", "createdBy": {"id": 13}, "login": "erin2"}]}
    assert api.patch(f"/users/{made['id']}", json=change).json()["result"] == "success"
    (whole,) = api.get(f"/users/{made['id']}?fields=*").json()["users"]
    assert whole["fullMobileNumber"] == "+64215550199"
    assert whole["createdBy"] == {"id": 13}, "writable, says the vendor's table"
    assert api.post("/users", json={"users": [USER]}).is_success, "its old login is free again"


def test_logins_are_unique_within_a_request(api: httpx.Client) -> None:
    """Also among the items of one request; keeping the own login is no clash."""
    other = USER | {"login": "ERIN"}
    assert failed(api.post("/users", json={"users": [USER, other]})) == [("validation", 1310)]
    assert api.patch("/users/12", json={"users": [{"login": "Ada"}]}).is_success


def test_ids_of_changes(api: httpx.Client) -> None:
    """An id is required, must be a number, must be there, and comes once."""
    for items, codes in (
        ([{"title": "x"}], [("validation", 1304)]),
        ([{"id": "1001"}], [("validation", 1305)]),
        ([{"id": 1}], [("content", 1404)]),
        ([{"id": 1001}, {"id": 1001}], [("content", 1405)]),
    ):
        for verb in ("PATCH", "DELETE"):
            assert failed(api.request(verb, "/jobs", json={"jobs": items})) == codes


def test_a_change_looks_at_the_whole_item(api: httpx.Client) -> None:
    """Required fields cannot be emptied, and one new date is held against the old other."""
    assert failed(api.patch("/jobs/1001", json={"jobs": [{"title": ""}]})) == [("validation", 1304)]
    early = {"endDate": "2001-01-01T00:00:00Z"}
    assert failed(api.patch("/jobs/1001", json={"jobs": [early]})) == [("validation", 1311)]


def test_times_are_kept_in_utc(api: httpx.Client) -> None:
    """Whatever zone they came in."""
    job = JOB | {"startDate": "2015-03-02T21:00:00+13:00", "endDate": "2015-03-02T09:30:00Z"}
    (made,) = api.post("/jobs", json={"jobs": [job]}).json()["jobs"]
    assert made["startDate"] == "2015-03-02T08:00:00+00:00"
    assert made["endDate"] == "2015-03-02T09:30:00+00:00"


def test_marked_is_not_deleted(api: httpx.Client) -> None:
    """``deleted`` by PATCH marks; the item is still there, unlike after DELETE."""
    api.patch("/jobs/1001", json={"jobs": [{"deleted": True}]})
    assert api.get("/jobs/1001").json()["jobs"][0]["deleted"] is True
    ids = [job["id"] for job in api.get("/jobs?filter=deleted:eq:false").json()["jobs"]]
    assert 1001 not in ids
    assert api.delete("/jobs/1001").json()["jobs"][0]["id"] == 1001
    assert api.delete("/jobs/1001").status_code == 404


def test_what_belongs_to_a_job_goes_with_it(api: httpx.Client) -> None:
    """Notes, visits and charges; a client that has jobs stays."""
    assert api.get("/notes?filter=job:eq:1001").json()["notes"]
    client_id = api.get("/jobs/1001").json()["jobs"][0]["client"]["id"]
    refused = api.delete(f"/clients/{client_id}")
    assert failed(refused) == [("content", 1406)]
    api.delete("/jobs/1001")
    for kind in ("notes", "visits", "charges"):
        assert api.get(f"/{kind}?filter=job:eq:1001").json()[kind] == []
    new = {"clients": [{"firstName": "New", "account": {"id": 22}}]}
    made = api.post("/clients", json=new).json()["clients"][0]["id"]
    assert api.delete(f"/clients/{made}").is_success


def test_notes_are_where_their_job_is(box: GeoopBox, api: httpx.Client) -> None:
    """An item without an account of its own takes that of its job."""
    branch = next(job["id"] for job in box.items("jobs").values() if job["account"]["id"] == 23)
    note = {"notes": [{"description": "Hello", "job": {"id": branch}}]}
    assert api.post("/notes", json=note).json()["notes"][0]["account"] == {"id": 23}
    with client(box, box.viewer) as viewer:
        texts = [one["description"] for one in viewer.get("/notes").json()["notes"]]
    assert "Hello" not in texts
