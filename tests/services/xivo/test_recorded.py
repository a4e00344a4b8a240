"""Recorded traffic decodes to calls and frames; a recorded session replays without a server."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest

import toolkit
from toolkit.cassettes import read
from toolkit.cassettes.check import check
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.sandbox.xivo import XivoBox
from toolkit.services.xivo import service
from toolkit.services.xivo.server import Server

HOST = "https://xivo.example:9486/1.1"
AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def interaction(
    line: str, status: int = 200, body: object = None, kind: str = "application/json"
) -> Interaction:
    method, _, path = line.partition(" ")
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    url = path if path.startswith("http") else HOST + path
    response = Response(status, "", [("Content-Type", kind)], raw)
    return Interaction(Request(method, url), response, recorded_at=AT, elapsed=0.25)


# --- calls -------------------------------------------------------------------------------------

MISSING = ["Resource Not Found - User was not found ('id': 9)"]
CALLS: list[tuple[Interaction, tuple[str, str, int, str, str]]] = [
    (interaction("GET /users?limit=2", 200, {"items": [], "total": 0}),
     ("GET /users", "", 200, "OK", "success")),
    (interaction("GET /users/9", 404, MISSING),
     ("GET /users/{user_id}", "9", 404, "NOT_FOUND", "not found")),
    (interaction("PUT /users/1/lines/2", 204, b""),
     ("PUT /users/{user_id}/lines/{line_id}", "1/2", 204, "NO_CONTENT", "success")),
    (interaction("POST /users", 400, ["Resource Error - User already exists ('id': 1)"]),
     ("POST /users", "", 400, "BAD_REQUEST", "conflict")),
    (interaction("GET /lines", 401, b"Unauthorized Access", "text/html"),
     ("GET /lines", "", 401, "UNAUTHORIZED", "denied")),
    (interaction("GET /nothing/17/more/5f2b2ac2-6f0c-4d0c-9c1a-7f6f5b0a9d11", 404, b"<p>no</p>"),
     ("GET /nothing/{id}/more/{id}", "", 404, "NOT_FOUND", "not found")),
    (interaction("POST https://xivo.example:9497/0.1/token", 200, {"data": {}}),
     ("POST auth:/token", "", 200, "OK", "success")),
    (interaction("GET https://xivo.example:9497/0.1/token/XXXXXXXX-token-0123456789abcdef", 403,
                 {"reason": ["Unauthorized for x"], "timestamp": [1.5], "status_code": 403}),
     ("GET auth:/token/{token}", "…", 403, "FORBIDDEN", "denied")),
    (interaction("GET https://wazo.example/api/confd/1.1/groups", 503, b""),
     ("GET /groups", "", 503, "UNAVAILABLE", "busy")),
]  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), CALLS, ids=lambda one: str(one)[:40])
def test_calls(one: Interaction, expected: tuple[str, str, int, str, str]) -> None:
    """Function as verb and template, target, the status as code, its label, our category."""
    record = service.decode_call(one)
    assert record[:5] == expected
    if expected[4] != "success":
        assert record.message


def test_failures() -> None:
    """What came instead of an answer is a transport failure with its kind."""
    failed = Interaction(Request("GET", HOST + "/users/7"), failure=Failure("ReadError", "gone"))
    assert service.decode_call(failed) == (
        "GET /users/{user_id}", "7", None, "ReadError", "transport failure", "gone",
    )  # fmt: skip
    bare = Interaction(Request("GET", HOST + "/users/7"))
    assert service.decode_call(bare).label == "no response"
    assert service.decode_call(Interaction(Request("GET", "nonsense"))).function == ""


def test_frames() -> None:
    """The same columns as live; an error is the live call's exception; the unknown says so."""
    items = {"items": [{"id": 1, "uuid": "u-1", "firstname": "Ada"}], "total": 1}
    frame = service.decode_frame(interaction("GET /users", 200, items))
    assert (frame["id"].item(), frame["firstname"].item()) == (1, "Ada")
    assert str(frame["id"].dtype) == "Int64"
    summary = service.decode_frame(interaction("GET /users?view=summary", 200, items))
    assert "provisioning_code" in summary.columns
    done = service.decode_frame(interaction("DELETE /users/1", 204, b""))
    assert done[["function", "target", "code"]].iloc[0].tolist() == [
        "DELETE /users/{user_id}", "1", 204,
    ]  # fmt: skip
    with pytest.raises(toolkit.NotFound, match="User was not found") as caught:
        service.decode_frame(interaction("GET /users/9", 404, MISSING))
    assert caught.value.__dict__["resource"] == "User"
    with pytest.raises(toolkit.InvalidArgument, match="no function of XiVO's"):
        service.decode_frame(interaction("GET /nothing", 200, {}))
    with pytest.raises(toolkit.InvalidArgument, match="no answer"):
        service.decode_frame(Interaction(Request("GET", HOST + "/users")))
    with pytest.raises(toolkit.BadReply):
        service.decode_frame(interaction("GET /users", 200, b"<html>"))


def test_no_tasks() -> None:
    """XiVO has none."""
    assert service.task_statuses(interaction("GET /users", 200, {"items": []})) is None


def test_tables_of_the_face() -> None:
    """``toolkit.functions`` and ``toolkit.codes`` have the columns that each service's have."""
    ours, theirs = toolkit.functions("xivo"), toolkit.functions("sertainty")
    assert ours.columns.tolist() == theirs.columns.tolist()
    acts = ours[ours["function"].str.contains("autoprov|synchronize")]
    assert acts["changes"].tolist() == [True, True]
    assert not acts["repeatable"].any()
    codes = toolkit.codes("xivo")
    assert codes.columns.tolist()[:4] == toolkit.codes("sertainty").columns.tolist()
    assert repr(service).startswith("<service xivo:")


# --- a whole session ---------------------------------------------------------------------------


@pytest.fixture(params=["15.18", "16.15", "wazo"])
def box(request: pytest.FixtureRequest) -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", era=request.param, users=12, seed=2) as running:
        yield running


PASSWORD = "Kp7-voicemail-31x"


def walk(server: Server) -> list[pd.DataFrame]:
    """Calls of every kind: lists, one item, a change, a search, a refusal."""
    frames = [server.users.list(), server.users.list(search="a", order="firstname")]
    made = server.users.create(firstname="Zoé", username="zoe.k", password=PASSWORD)
    one = int(made["id"].item())
    frames += [made, server.users.get(one), server.infos.get()]
    server.users.update(one, lastname="Kettle")
    with pytest.raises(toolkit.NotFound) as caught:
        server.users.get(99_999)
    said = pd.DataFrame({"message": [caught.value.message], "code": [caught.value.code]})
    server.users.delete(one)
    return [*frames, said]


def secrets_in(path: Path, *secrets: str) -> list[str]:
    """Which secrets a file holds: plain, escaped, or inside base64 of any depth of two."""
    text = path.read_bytes()
    layers = [text]
    for _ in range(2):
        runs = re.findall(rb"[A-Za-z0-9+/_-]{12,}={0,2}", layers[-1])
        joined = b"\n".join(
            base64.b64decode(run.translate(bytes.maketrans(b"-_", b"+/"))[at:] + b"===")
            for run in runs
            for at in range(4)
            if len(run[at:].rstrip(b"=")) % 4 != 1
        )
        layers.append(joined)
    return [one for one in secrets if any(one.encode() in layer for layer in layers)]


def test_a_session_replays(box: XivoBox, tmp_path: Path) -> None:
    """Login included, with any password, with equal frames, and not one secret on disk."""
    path = tmp_path / "session.yaml"
    with toolkit.record(path), toolkit.xivo.connect(box.url, auth_url=box.auth_url) as server:
        session = server.login_with(box.user, box.password)
        live = walk(server)
        token = server.state.granted.token  # type: ignore[union-attr]
        acls = session.acls
    box.close()
    basic = base64.b64encode(f"{box.user}:{box.password}".encode()).decode()
    assert secrets_in(path, token, box.password, basic, PASSWORD) == []
    assert check(path).empty
    with toolkit.replay(path) as played:
        with toolkit.xivo.connect(box.url, auth_url=box.auth_url) as server:
            assert server.login_with(box.user, "another password").acls == acls
            again = walk(server)
    assert played.calls == len(list(read(path)))
    for before, after in zip(live, again, strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_recorded_calls_of_a_session(box: XivoBox, tmp_path: Path) -> None:
    """``read_calls`` has a row for each request, its functions those of the table."""
    path = tmp_path / "session.yaml"
    with toolkit.record(path), toolkit.xivo.connect(box.confd, auth_url=box.auth) as server:
        server.login_with(box.user, box.password)
        walk(server)
    calls = toolkit.read_calls(path)
    assert set(calls["service"]) == {"xivo"}
    known = set(toolkit.functions("xivo")["function"])
    assert set(calls["function"]) <= known
    assert {"POST auth:/token", "GET /users", "POST /users"} <= set(calls["function"])
    missed = calls[calls["code"] == 404]
    assert missed["category"].tolist() == ["not found"]
    assert missed["label"].tolist() == ["NOT_FOUND"]
    assert "was not found" in missed["message"].item()


def test_frames_of_recorded_calls(box: XivoBox, tmp_path: Path) -> None:
    """Each recorded read decodes to the frame that the live call gave."""
    path = tmp_path / "session.yaml"
    with toolkit.record(path), toolkit.xivo.connect(box.confd, auth_url=box.auth) as server:
        server.login_with(box.user, box.password)
        live = [server.users.list(), server.users.get(1), server.infos.get()]
    found: list[Any] = [
        service.decode_frame(one)
        for one in read(path)
        if service.decode_call(one).function in ("GET /users", "GET /users/{user_id}", "GET /infos")
        and service.decode_call(one).code == 200
    ]
    for before, after in zip(live, found, strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_digest_session_replays(tmp_path: Path) -> None:
    """Challenge, proof and cookie are hidden, and the replay goes the same way."""
    path = tmp_path / "digest.yaml"
    options: dict[str, Any] = {"authentication": "digest"}
    with toolkit.sandbox.start("xivo", users=3) as box:
        with toolkit.record(path), toolkit.xivo.connect(box.confd, **options) as server:
            server.login_with(box.user, box.password)
            live = server.users.list()
            cookie = server.state.challenge.cookie.partition("=")[2]  # type: ignore[union-attr]
    assert secrets_in(path, box.password, cookie) == []
    assert check(path).empty
    with toolkit.replay(path), toolkit.xivo.connect(box.confd, **options) as server:
        server.login_with(box.user, "any")
        pd.testing.assert_frame_equal(server.users.list(), live)
