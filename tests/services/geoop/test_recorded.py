"""Recorded traffic: no token in any byte, decoded as live, replayed without a server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pandas as pd
import pytest

import toolkit
from tests.services.geoop.conftest import Connect
from tests.services.geoop.test_login import Person
from toolkit.cassettes import read
from toolkit.cassettes.check import check
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.sandbox.geoop import GeoopBox
from toolkit.services.geoop import service
from toolkit.services.geoop.wire import recognised

HEADERS = [("X-Version", "1.3")]
API = "https://api.geoop.com"


def interaction(
    line: str, document: object, status: int = 200, body: object = None, **headers: str
) -> Interaction:
    method, _, path = line.partition(" ")
    more = [(name.replace("_", "-"), value) for name, value in headers.items()]
    raw = document if isinstance(document, bytes) else msgspec.json.encode(document)
    sent = b"" if body is None else msgspec.json.encode(body)
    request = Request(method, f"{API}{path}", [*HEADERS, *more], sent)
    return Interaction(request, Response(status, "", [], raw))


def refused(kind: str, code: int | None = None) -> dict[str, object]:
    error = {"type": kind, "message": "No", **({} if code is None else {"code": code})}
    return {"result": "error", "error": error}


CALLS = [
    (interaction("GET /jobs?page=2", {"result": "success", "jobs": []}),
     ("GET /jobs", "", 200, "SUCCESS", "success")),
    (interaction("GET /jobs/5", refused("content", 1404), 404),
     ("GET /jobs/{id}", "5", 1404, "CONTENT", "not found")),
    (interaction("PATCH /users/12", refused("permission"), 403),
     ("PATCH /users/{id}", "12", 403, "PERMISSION", "denied")),
    (interaction("POST /notes/7", refused("system", 1000), 500),
     ("POST /notes/{id}", "", 1000, "SYSTEM", "server fault")),
    (interaction("GET /notes", b"<p>Bad gateway</p>", 502),
     ("GET /{collection}", "notes", 502, "BAD_GATEWAY", "server fault")),
    (interaction("POST /jobs/9", {"result": "success", "jobs": [{"id": 9}]}, X_Method="DELETE"),
     ("DELETE /jobs/{id}", "9", 200, "SUCCESS", "success")),
    (interaction("POST /files/upload", {"result": "success", "files": []}),
     ("POST /files/upload", "", 200, "SUCCESS", "success")),
    (interaction("POST /oauth2/token", {"error": "invalid_grant"}, 400),
     ("POST /oauth2/token", "", 400, "invalid_grant", "denied")),
    (interaction("POST /oauth2/token", {"access_token": "x"}),
     ("POST /oauth2/token", "", 200, "OK", "success")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), CALLS)
def test_decode_call(given: Interaction, expected: tuple[object, ...]) -> None:
    """The code is the error's own or the status; the category follows from the type."""
    record = service.decode_call(given)
    assert tuple(record)[:5] == expected
    gone = Interaction(given.request, None, Failure("ReadError", "gone"))
    assert tuple(service.decode_call(gone))[2:5] == (None, "ReadError", "transport failure")


def test_decode_frame() -> None:
    """A page, an item, a write's rows; a refusal raises with its table."""
    page = interaction("GET /jobs", {"result": "success", "jobs": [{"id": 1}, {"id": 2}]})
    assert service.decode_frame(page)["id"].tolist() == [1, 2]
    sent = {"jobs": [{"title": "a"}, {}]}
    made = interaction("POST /jobs", {"result": "success", "jobs": [{"id": 5}, {"id": 6}]},
                       body=sent)  # fmt: skip
    assert service.decode_frame(made)["id"].tolist() == [5, 6]
    error = {"type": "validation", "code": 1, "message": "m"}
    failure = {
        "result": "failure",
        "metadata": {"receivedItemsCount": 2, "validItems": [0], "invalidItems": [1]},
        "failures": [{"rawData": {}, "errors": [error]}],
    }
    with pytest.raises(toolkit.InvalidRequest) as caught:
        service.decode_frame(interaction("POST /jobs", failure, 422, body=sent))
    assert caught.value.table["fate"].tolist() == ["not saved", "refused"]
    gone = interaction("DELETE /jobs/5", {"result": "success", "jobs": [{"id": 5}]})
    assert service.decode_frame(gone)["id"].tolist() == [5]
    for line in ("POST /oauth2/token", "GET /a/b/c/d"):
        with pytest.raises(toolkit.InvalidArgument):
            service.decode_frame(interaction(line, {}))


def test_what_is_recognised() -> None:
    """By host, or by X-Version and the form of the path; no other service's traffic."""
    for url, headers, expected in [
        (f"{API}/jobs", [], True),
        ("https://login.geoop.com/oauth2/token", [], True),
        ("http://127.0.0.1:9/jobs/5", HEADERS, True),
        ("http://127.0.0.1:9/oauth2/token", HEADERS, True),
        ("http://127.0.0.1:9/jobs/5", [], False),
        ("http://127.0.0.1:9/1.1/users", HEADERS, False),
        ("http://127.0.0.1:9/oauth2/token", [], False),
        ("https://api.geoop.com.example/jobs", [], False),
    ]:
        assert recognised(Request("GET", url, headers)) is expected, url


@pytest.fixture
def recording(connect: Connect, box: GeoopBox, tmp_path: Path) -> Path:
    """A session with two logins, a refresh, lists, writes and refusals."""
    path = tmp_path / "geoop.yaml"
    with toolkit.record(path):
        geoop = connect()
        asyncio.run(geoop.login(opener=Person(box)))
        geoop.users.list()
        box.drop_tokens()
        geoop.jobs.list(page=1)
        geoop.jobs.create(pd.DataFrame({"title": ["x", None]}), on_failure="table")
        with pytest.raises(toolkit.NotFound):
            geoop.jobs.get(7)
        geoop.login_with()
        geoop.roles.list()
    return path


def test_no_token_in_any_byte(recording: Path) -> None:
    """Neither tokens nor the secret nor the code nor the challenge's verifier are there."""
    raw = recording.read_bytes()
    for word in (b"toolkit-secret", b"Bearer ey"):
        assert word not in raw
    assert GeoopBox.client_secret.encode() not in raw
    assert check(recording).empty
    names = ("code", "code_verifier", "client_secret", "refresh_token")
    seen = 0
    for one in read(recording):
        if one.request.url.endswith("/oauth2/token"):
            for pair in one.request.body.decode().split("&"):
                name, _, value = pair.partition("=")
                seen += name in names
                assert name not in names or value.startswith("XXXX"), name
            reply = msgspec.json.decode(one.response.body) if one.response else {}
            assert reply["access_token"].startswith("XXXX")
        else:
            said = one.request.header("authorization") or ""
            assert said.removeprefix("Bearer ").startswith("XXXX")
    assert seen >= 6


def test_it_replays(recording: Path, connect: Connect) -> None:
    """Without a person, a browser or a server: the same frames, the same refusals."""
    with toolkit.replay(recording):
        geoop = connect(client_id="another", client_secret="any-secret-will-do")
        session = asyncio.run(geoop.login())
        assert session.open
        assert geoop.users.list()["id"].is_unique
        assert geoop.jobs.list(page=1)["id"].size == 50
        result = geoop.jobs.create(pd.DataFrame({"title": ["x", None]}), on_failure="table")
        assert "refused" in result["fate"].tolist()
        with pytest.raises(toolkit.NotFound):
            geoop.jobs.get(7)


def test_read_calls(recording: Path) -> None:
    """One row a call, with function, code and category."""
    calls = toolkit.read_calls(recording)
    assert set(calls["service"]) == {"geoop"}
    assert {"success", "denied", "not found", "invalid request"} == set(calls["category"])
    assert set(calls["function"]) >= {"POST /oauth2/token", "GET /jobs", "POST /jobs"}
