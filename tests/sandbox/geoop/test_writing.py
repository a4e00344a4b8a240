"""POST, PATCH and DELETE: all items or none, and what is said of each bad one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.geoop.conftest import JOB, USER


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
