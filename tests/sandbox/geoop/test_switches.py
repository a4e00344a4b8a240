"""The switches that change how a reply looks or whether it comes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.geoop import plain
from sandbox.geoop.conftest import JOB, client
from toolkit.sandbox.geoop import GeoopBox, Switches

BAD = JOB | {"title": None}


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("bad", [0, 1, 2])
def test_index_base(box: GeoopBox, api: httpx.Client, base: int, bad: int) -> None:
    """Indices count from 0 or 1; the n-th failure is of the n-th invalid item."""
    box.switch(index_base=base)
    items = [BAD if index == bad else JOB for index in range(3)]
    said = api.post("/jobs", json={"jobs": items}).json()["metadata"]
    assert said["invalidItems"] == [bad + base]
    assert said["validItems"] == [index + base for index in range(3) if index != bad]
    said = api.post("/jobs", json={"jobs": [JOB]}).json()["metadata"]
    assert said == {"receivedItemsCount": 1, "validItems": [base]}
    said = api.post("/jobs", json={"jobs": [BAD]}).json()["metadata"]
    assert said == {"receivedItemsCount": 1, "invalidItems": [base]}


@pytest.mark.parametrize("status", [422, 200])
def test_failure_status(box: GeoopBox, api: httpx.Client, status: int) -> None:
    """The status of a failure; an error's is not touched."""
    box.switch(failure_status=status)
    reply = api.post("/jobs", json={"jobs": [BAD]})
    assert (reply.status_code, reply.json()["result"]) == (status, "failure")
    assert api.get("/jobs/1").status_code == 404


@pytest.mark.parametrize(
    ("key", "there"), [("result", "result"), ("response", "response"), ("none", None)]
)
def test_result_key(box: GeoopBox, api: httpx.Client, key: str, there: str | None) -> None:
    """Called otherwise, or left out, in each kind of reply."""
    box.switch(result_key=key)
    for reply, said in (
        (api.get("/roles"), "success"),
        (api.post("/jobs", json={"jobs": [BAD]}), "failure"),
        (api.get("/jobs/1"), "error"),
    ):
        body = reply.json()
        assert [body.get(name) for name in ("result", "response") if name in body] == (
            [] if there is None else [said]
        )
        assert there is None or there in body


@pytest.mark.parametrize(("switch", "said"), [("1.1", "1.1"), ("none", None), ("", "1.3")])
def test_reply_version(box: GeoopBox, api: httpx.Client, switch: str, said: str | None) -> None:
    """The reply's X-Version is another one, or absent."""
    box.switch(reply_version=switch)
    assert api.get("/roles").headers.get("x-version") == said


def test_ignores_page(box: GeoopBox, api: httpx.Client) -> None:
    """Each page is the first one, and says so."""
    box.switch(ignores_page=True, page_size=5)
    pages = [api.get(f"/jobs?page={page}").json() for page in ("1", "2", "3,7")]
    assert pages[0] == pages[1] == pages[2]
    assert pages[0]["metadata"] == {"page": 1, "recordsPerPage": 5}
    assert len(pages[0]["jobs"]) == 5


@pytest.mark.parametrize(
    ("switch", "status", "count"), [("empty", 200, 0), ("last", 200, 6), ("missing", 404, 0)]
)
def test_past_the_end(
    box: GeoopBox, api: httpx.Client, switch: str, status: int, count: int
) -> None:
    """Nothing, the last page again, or an error; an empty list has its first page always."""
    box.switch(past_end=switch)
    reply = api.get("/jobs?page=5,7")
    assert reply.status_code == status
    assert len(reply.json().get("jobs", [])) == count
    if count:
        assert reply.json()["metadata"]["page"] == 3
    assert api.get("/files?page=1,7").json()["files"] == []


def test_html_error(box: GeoopBox, api: httpx.Client) -> None:
    """A proxy's page in place of JSON; the authorization server is not touched."""
    box.switch(html_error=True)
    reply = api.get("/jobs")
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html")
    assert reply.text.startswith("<!DOCTYPE html>")
    assert "html" in plain.get(f"{box.login_url}/").headers["content-type"]
    box.switch(html_error=False)
    assert api.get("/jobs").status_code == 200


def test_halted_requests(box: GeoopBox, api: httpx.Client) -> None:
    """Release notes of 1.2: long requests are halted; a smaller page helps."""
    box.switch(halt_after=0.1)
    reply = api.get("/jobs")
    error = reply.json()["error"]
    assert (reply.status_code, error["type"], error["code"]) == (500, "system", 1002)
    assert "smaller page" in error["description"]
    assert api.get("/jobs?page=1,10").status_code == 200
    box.switch(record_seconds=0.0)
    assert api.get("/jobs").status_code == 200


def test_a_token_wears_out(box: GeoopBox, api: httpx.Client) -> None:
    """It expires between two requests of a row, whatever the clock says."""
    box.switch(token_requests=2)
    replies = [api.get(f"/jobs?page={page},5") for page in (1, 2, 3)]
    assert [reply.status_code for reply in replies] == [200, 200, 401]
    assert replies[2].json()["error"]["code"] == 1103
    assert 'error="invalid_token"' in replies[2].headers["www-authenticate"]
    with client(box) as other:
        assert other.get("/jobs").status_code == 200


@pytest.mark.parametrize(("strips", "status"), [(False, 200), (True, 400)])
def test_x_method(box: GeoopBox, api: httpx.Client, strips: bool, status: int) -> None:
    """The header replaces the verb, e.g. where a proxy loses the body of a DELETE."""
    box.switch(strips_delete_body=strips)
    body = {"jobs": [{"id": 1002}]}
    assert api.request("DELETE", "/jobs", json=body).status_code == status
    body = {"jobs": [{"id": 1003}]}
    assert api.post("/jobs", json=body, headers={"X-Method": "DELETE"}).status_code == 200
    read = api.patch("/jobs/1004", headers={"X-Method": "get"})
    assert read.json()["jobs"][0]["id"] == 1004
    assert box.calls[-1]["function"] == "GET /jobs/{id}"
    assert box.calls[-1]["method"] == "PATCH"
    assert api.put("/roles", headers={"X-Method": "GET"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("index_base", 2, "0 or 1"),
        ("index_base", True, "0 or 1"),
        ("failure_status", 500, "422 or 200"),
        ("result_key", "answer", "'result' or 'response' or 'none'"),
        ("metadata", "some", "'version'"),
        ("versions", ["2.0"], "a list of some of 1.0"),
        ("versions", [], "a list of some of 1.0"),
        ("versions", "1.0", "a list of some of 1.0"),
        ("modifier_names", {"magic": "x"}, "other names"),
        ("modifier_names", {"page": ""}, "other names"),
        ("ignores_page", 1, "True or False"),
        ("refresh_error", None, "a text"),
        ("page_size", 0, "a number not below 1"),
        ("page_size", 1.5, "a number not below 1"),
        ("halt_after", -1, "a number not below 0"),
        ("colour", "red", "no switch 'colour'"),
    ],
)
def test_wrong_switches(box: GeoopBox, name: str, value: Any, said: str) -> None:
    """One sentence that says what would be right; nothing is changed."""
    with pytest.raises(ValueError, match=said):
        box.switch(**{name: value})
    assert box.switches == Switches()
