"""Every status and every type of error, in the order in which things are checked."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.geoop import plain
from sandbox.geoop.conftest import JOB, USER, ask, client
from toolkit.sandbox.geoop import GeoopBox

Case = tuple[str, str, dict[str, Any], int, str, int]

CASES: list[Case] = [
    ("GET", "/jobs", {"headers": {"X-Version": ""}}, 400, "syntax", 1201),
    ("GET", "/jobs", {"headers": {"X-Version": "2.0"}}, 400, "syntax", 1202),
    ("GET", "/nothing", {"headers": {"Authorization": ""}}, 401, "client", 1101),
    ("GET", "/nothing", {"headers": {"Authorization": "Basic x"}}, 401, "client", 1101),
    ("GET", "/nothing", {"headers": {"Authorization": "Bearer x"}}, 401, "client", 1102),
    ("GET", "/nothing", {}, 404, "content", 1404),
    ("GET", "/Jobs", {}, 404, "content", 1404),
    ("GET", "/", {}, 404, "content", 1404),
    ("GET", "/jobs/1/2", {}, 404, "content", 1404),
    ("GET", "/jobs/1001/run", {}, 404, "content", 1404),
    ("POST", "/jobs/upload", {}, 404, "content", 1404),
    ("GET", "/jobs_", {}, 404, "content", 1404),
    ("GET", "/jobs/999999", {}, 404, "content", 1404),
    ("PATCH", "/jobs/999999", {"json": {"jobs": [{}]}}, 404, "content", 1404),
    ("DELETE", "/jobs/999999", {}, 404, "content", 1404),
    ("PUT", "/jobs", {}, 405, "syntax", 1210),
    ("PUT", "/jobs/1001", {}, 405, "syntax", 1210),
    ("POST", "/jobs/1001", {}, 405, "syntax", 1210),
    ("POST", "/statuses", {}, 405, "syntax", 1210),
    ("POST", "/files", {}, 405, "syntax", 1210),
    ("GET", "/files/upload", {}, 405, "syntax", 1210),
    ("POST", "/jobs", {"headers": {"X-Method": "MOVE"}}, 405, "syntax", 1210),
    ("POST", "/jobs", {"content": b"{}"}, 400, "syntax", 1220),
    ("POST", "/jobs", {"data": {"a": "1"}}, 400, "syntax", 1220),
    ("DELETE", "/jobs", {}, 400, "syntax", 1220),
    ("POST", "/jobs", {"json": []}, 400, "syntax", 1222),
    ("POST", "/jobs", {"json": {}}, 400, "syntax", 1222),
    ("POST", "/jobs", {"json": {"users": [USER]}}, 400, "syntax", 1222),
    ("POST", "/jobs", {"json": {"jobs": [JOB], "more": 1}}, 400, "syntax", 1222),
    ("POST", "/jobs", {"json": {"jobs": JOB}}, 400, "syntax", 1223),
    ("POST", "/jobs", {"json": {"jobs": [1]}}, 400, "syntax", 1223),
    ("POST", "/jobs", {"json": {"jobs": []}}, 422, "content", 1401),
    ("PATCH", "/jobs/1001", {"json": {"jobs": [{"id": 1002}]}}, 422, "content", 1402),
    ("PATCH", "/jobs/1001", {"json": {"jobs": [{}, {}]}}, 422, "content", 1402),
    ("GET", "/jobs?page=x", {}, 400, "syntax", 1231),
    ("GET", "/jobs?page=-1", {}, 400, "syntax", 1231),
    ("GET", "/jobs?page=1,x", {}, 400, "syntax", 1231),
    ("GET", "/jobs?filter=title", {}, 400, "syntax", 1232),
    ("GET", "/jobs?page=0", {}, 422, "content", 1411),
    ("GET", "/jobs?page=1,0", {}, 422, "content", 1411),
    ("GET", "/jobs?flags=magic", {}, 422, "content", 1410),
    ("GET", "/jobs?fields=magic", {}, 422, "content", 1412),
    ("GET", "/jobs?sort=magic", {}, 422, "content", 1412),
    ("GET", "/jobs?sort=description", {}, 422, "content", 1413),
    ("GET", "/users?filter=email:eq:a", {}, 422, "content", 1413),
    ("GET", "/jobs?filter=title:like:a", {}, 422, "content", 1414),
    ("GET", "/users?filter=workgroups:eq:1", {}, 422, "content", 1414),
    ("GET", "/jobs?filter=deleted:eq:maybe", {}, 422, "content", 1415),
    ("GET", "/jobs?filter=startDate:gt:monday", {}, 422, "content", 1415),
    ("GET", "/jobs?filter=id:eq:one", {}, 422, "content", 1415),
]


@pytest.mark.parametrize(("verb", "path", "more", "status", "kind", "code"), CASES)
def test_errors(
    api: httpx.Client, verb: str, path: str, more: dict[str, Any], status: int, kind: str, code: int
) -> None:
    """A fatal error: result, type, code, a message in one sentence, and nothing of success."""
    reply = api.request(verb, path, **more)
    assert reply.status_code == status
    body = reply.json()
    assert set(body) == {"result", "error"}
    assert body["result"] == "error"
    assert (body["error"]["type"], body["error"]["code"]) == (kind, code)
    assert body["error"]["message"].endswith(".")
    assert set(body["error"]) <= {"type", "code", "message", "description"}
    assert reply.headers["content-type"] == "application/json;charset=UTF-8"
    assert reply.headers["x-version"] == "1.3"
    assert ("allow" in reply.headers) == (status == 405)
    assert ("www-authenticate" in reply.headers) == (status == 401)


@pytest.mark.parametrize("body", [b"", b"{", b'{"jobs": [\xff]}', b'{"jobs": [NaN]}'])
def test_not_json(api: httpx.Client, body: bytes) -> None:
    """400, and the description says where it stops being JSON."""
    reply = api.post("/jobs", content=body, headers={"Content-Type": "application/json"})
    error = reply.json()["error"]
    assert (reply.status_code, error["type"], error["code"]) == (400, "syntax", 1221)
    assert error["description"]


def test_no_version_at_all(box: GeoopBox) -> None:
    """The version is checked first, even before the token."""
    reply = plain.get(f"{box.url}/jobs")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, 1201)
    assert reply.headers["x-version"] == "1.3"


def test_what_a_role_may_do(box: GeoopBox) -> None:
    """403 for a verb that the role has not: viewers read, workers change their jobs only."""
    mine = [job for job in box.items("jobs").values() if job["assignee"] == {"id": 13}]
    note = {"notes": [{"description": "Done", "job": {"id": mine[0]["id"]}}]}
    with client(box, box.viewer) as viewer, client(box, box.worker) as worker:
        for speaker, verb, path, body in (
            (viewer, "POST", "/jobs", {"jobs": [JOB]}),
            (viewer, "PATCH", "/jobs/1001", {"jobs": [{"title": "x"}]}),
            (viewer, "POST", "/notes", note),
            (worker, "POST", "/jobs", {"jobs": [JOB]}),
            (worker, "PATCH", "/users/13", {"users": [{"firstName": "x"}]}),
            (worker, "DELETE", f"/jobs/{mine[0]['id']}", None),
        ):
            reply = speaker.request(verb, path, json=body)
            assert reply.status_code == 403
            error = reply.json()["error"]
            assert (error["type"], error["code"]) == ("permission", 1501)
            assert verb in error["message"]
        made = worker.post("/notes", json=note)
        assert made.json()["notes"][0]["job"] == {"id": mine[0]["id"]}
        change = {"jobs": [{"id": mine[0]["id"], "title": "Mine"}]}
        assert worker.patch("/jobs", json=change).json()["jobs"][0]["title"] == "Mine"


def test_a_user_that_is_gone(box: GeoopBox) -> None:
    """A token stops when its user is inactive or marked; nobody deletes themself."""
    with client(box) as api, client(box, box.worker) as worker, client(box, box.viewer) as viewer:
        own = api.delete("/users/12")
        assert own.status_code == 422
        assert own.json()["failures"][0]["errors"][0]["type"] == "permission"
        for speaker, change in (
            (worker, {"id": 13, "active": 0}),
            (viewer, {"id": 14, "deleted": True}),
        ):
            assert speaker.get("/roles").status_code == 200
            assert api.patch("/users", json={"users": [change]}).status_code == 200
            assert speaker.get("/roles").json()["error"]["type"] == "client"
        with pytest.raises(ValueError, match="Wrong login"):
            box.sign_in(ask(box), box.worker, box.worker_password)
