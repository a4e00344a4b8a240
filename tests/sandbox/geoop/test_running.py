"""Starting, ending, faults, what survives a restart, and thousands of jobs."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.geoop import plain
from sandbox.geoop.conftest import HERE, JOB, answered, ask, client, token
from toolkit import sandbox
from toolkit.sandbox.__main__ import main
from toolkit.sandbox.geoop import GeoopBox


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    """Items, numbers and tokens, with a path; the file keeps its seed and its jobs."""
    path = tmp_path / "geoop.sqlite"
    with sandbox.start("geoop", path=path, jobs=5, seed=4) as box, client(box) as api:
        made = box.token()
        api.patch("/jobs/1001", json={"jobs": [{"title": "Kept"}]})
        new = api.post("/jobs", json={"jobs": [JOB]}).json()["jobs"][0]["id"]
        api.delete(f"/jobs/{new}")
        api.delete("/jobs/1002")
        api.post("/jobs", json={"jobs": [JOB, {}]})
        before = box.items("jobs")
    with sandbox.start("geoop", path=path, jobs=500, seed=9) as box:
        assert box.items("jobs") == before
        headers = {"Authorization": f"Bearer {made['access_token']}", "X-Version": "1.3"}
        with plain.Client(base_url=box.url, headers=headers) as api:
            assert api.get("/jobs/1001").json()["jobs"][0]["title"] == "Kept"
            again = api.post("/jobs", json={"jobs": [JOB]}).json()["jobs"][0]["id"]
            assert again == new + 1
        assert token(box, "refresh_token", refresh_token=made["refresh_token"]).is_success


def test_the_same_seed_is_the_same_company() -> None:
    """Without a path each start is fresh; what is invented follows from the seed, byte for byte."""
    seen = []
    for seed in (1, 1, 2):
        with sandbox.start("geoop", seed=seed) as box, client(box) as api:
            seen.append(api.get("/jobs").content + api.get("/users?fields=*").content)
            api.delete("/jobs/1001")
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"jobs": -1}, "jobs must not be below 0"),
        ({"users": -1}, "users must not be below 0"),
        ({"colour": 1}, "no switch 'colour'"),
        ({"host": "::"}, "127.0.0.1 only"),
        ({"index_base": 2}, "0 or 1"),
    ],
)
def test_wrong_options(options: dict[str, Any], said: str) -> None:
    """One sentence that says what would be right."""
    with pytest.raises(ValueError, match=said):
        sandbox.start("geoop", **options)


def test_wrong_files(tmp_path: Path) -> None:
    """A file in use, of another program, or no database is refused."""
    path = tmp_path / "geoop.sqlite"
    with (
        sandbox.start("geoop", path=path),
        pytest.raises(ValueError, match="a file of its own"),
    ):
        sandbox.start("geoop", path=path)
    with sandbox.start("sertainty", path=tmp_path / "other.sqlite"):
        pass
    (tmp_path / "text.sqlite").write_text("no database" * 100, encoding="utf-8")
    for name in ("other.sqlite", "text.sqlite"):
        with pytest.raises(ValueError, match=r"cannot use .*a file of its own"):
            sandbox.start("geoop", path=tmp_path / name)


def test_a_taken_port() -> None:
    """OSError, and the other port is free again."""
    with sandbox.start("geoop", jobs=0) as box:
        taken = httpx.URL(box.login_url).port
        with pytest.raises(OSError, match="address"):
            sandbox.start("geoop", jobs=0, login_port=taken)
    with sandbox.start("geoop", jobs=0, login_port=taken) as box:
        assert httpx.URL(box.login_url).port == taken


def test_a_process_of_its_own() -> None:
    """The same box with its switches, and it can be killed."""
    with sandbox.start("geoop", process=True, versions=("1.3",)) as box, client(box) as api:
        assert api.get("/jobs", headers={"X-Version": "1.0"}).status_code == 400
        assert len(api.get("/jobs").json()["jobs"]) == 20
        assert "code" in answered(box.sign_in(ask(box)))
        with pytest.raises(ValueError, match="no collection 'ships'"):
            box.items("ships")
        box.kill()
        with pytest.raises(httpx.TransportError):
            api.get("/jobs")


def test_a_killed_server_has_lost_nothing(tmp_path: Path) -> None:
    """What was answered is in the file, all of it or none."""
    path = tmp_path / "geoop.sqlite"
    with sandbox.start("geoop", path=path, process=True) as box, client(box) as api:
        made = api.post("/jobs", json={"jobs": [JOB] * 50}).json()["jobs"]
        assert api.post("/jobs", json={"jobs": [JOB] * 50 + [{}]}).status_code == 422
        box.kill()
    with sandbox.start("geoop", path=path) as box:
        jobs = box.items("jobs")
        assert len(jobs) == 23 + 50
        assert {str(job["id"]) for job in made} <= set(jobs)


def test_time(box: GeoopBox) -> None:
    """It goes forward only, by seconds or a timedelta."""
    before = box.now
    box.advance(60).advance(dt.timedelta(days=1))
    assert box.now - before >= dt.timedelta(days=1, seconds=60)
    with pytest.raises(ValueError, match="forward only"):
        box.advance(-1)


def test_calls_are_noted_without_secrets(box: GeoopBox, api: httpx.Client) -> None:
    """Operation, verb, path, parameters, version and status; of the login only the grant."""
    location = box.sign_in(ask(box, access_type="offline"))
    form = {"code": answered(location)["code"], "redirect_uri": HERE}
    made = token(box, "authorization_code", **form).json()
    api.get("/jobs/1001?fields=id")
    api.get("/nothing", headers={"X-Version": "1.0"})
    noted = [
        (one["api"], one["function"], one["query"], one["version"], one["status"])
        for one in box.calls
    ]
    assert noted == [
        ("login", "GET /oauth2/code", {}, None, 302),
        ("login", "POST /", {}, None, 303),
        ("login", "POST /grant", {}, None, 302),
        ("login", "POST /oauth2/token", {"grant_type": "authorization_code"}, None, 200),
        ("api", "GET /jobs/{id}", {"fields": "id"}, "1.3", 200),
        ("api", "", {}, "1.0", 404),
    ]
    for secret in (made["access_token"], made["refresh_token"], form["code"], box.client_secret):
        assert secret not in str(box.calls)
    assert box.password not in str(box.calls)
    assert made["access_token"] not in repr(box)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("system", 500), ("client", 401), ("syntax", 400), ("content", 422), ("permission", 403),
        ("validation", 422),
    ],
)  # fmt: skip
def test_errors_on_demand(box: GeoopBox, api: httpx.Client, kind: str, status: int) -> None:
    """Every type of the vendor's page, with any code, text and status."""
    box.fault("error", "GET /jobs", type=kind, code=77, text="Because.")
    assert api.get("/users").status_code == 200
    reply = api.get("/jobs")
    assert reply.status_code == status
    assert reply.json() == {
        "result": "error", "error": {"type": kind, "code": 77, "message": "Because."},
    }  # fmt: skip
    assert api.get("/jobs").status_code == 200
    box.fault("error", type=kind, status=429, retry_after=3, skip=1, times=2)
    replies = [api.get("/jobs") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 429, 429, 200]
    assert replies[1].headers["retry-after"] == "3"


def test_faults(box: GeoopBox, api: httpx.Client) -> None:
    """A page, raw text, a cut body, a broken connection, a wait: then all is well."""
    box.fault("html", "GET /jobs")
    assert api.get("/jobs").headers["content-type"] == "text/html"
    for text in ("{", "[]", "", '{"jobs": []}'):
        box.fault("raw", text=text)
        reply = api.get("/jobs")
        assert (reply.status_code, reply.text) == (200, text)
    for size in (0, 5, 10**6):
        box.fault("cut", "GET /jobs", size=size)
        with pytest.raises(httpx.RemoteProtocolError):
            api.get("/jobs")
    for after, count in ((False, 23), (True, 24)):
        box.fault("drop", "POST /jobs", after=after)
        with pytest.raises(httpx.TransportError):
            api.post("/jobs", json={"jobs": [JOB]})
        assert len(box.items("jobs")) == count
    box.fault("delay", seconds=0.2)
    began = time.perf_counter()
    assert api.get("/jobs").status_code == 200
    assert time.perf_counter() - began >= 0.2
    box.fault("html", times=None).clear_faults()
    assert api.get("/jobs").status_code == 200


def test_faults_of_the_login(box: GeoopBox) -> None:
    """An error of OAuth 2 with any status, for the token endpoint only."""
    box.fault("error", "POST /oauth2/token", text="temporarily_unavailable", status=503)
    reply = token(box, "client_credentials")
    assert (reply.status_code, reply.json()) == (503, {"error": "temporarily_unavailable"})
    assert token(box, "client_credentials").status_code == 200


def test_wrong_faults(box: GeoopBox) -> None:
    """A kind or a type that there is not; below nothing."""
    for fault, said in (
        ({"kind": "explode"}, "kind must be one of"),
        ({"kind": "error", "type": "magic"}, "type must be one of"),
        ({"kind": "html", "times": 0}, "times must be 1 or more"),
        ({"kind": "error", "retry_after": -1}, "must not be below 0"),
    ):
        with pytest.raises(ValueError, match=said):
            box.fault(**fault)  # type: ignore[arg-type]


def test_thousands_of_jobs() -> None:
    """Quick to list, and each is there once."""
    with sandbox.start("geoop", jobs=5000, users=50) as box, client(box) as api:
        fastest = 9.0
        for page in range(1, 6):
            began = time.perf_counter()
            reply = api.get(f"/jobs?page={page},1000&flags=recordsCount")
            fastest = min(fastest, time.perf_counter() - began)
            assert len(reply.json()["jobs"]) == 1000
            assert reply.json()["metadata"]["recordsCount"] == 5000
        assert fastest < 0.25
        ids = {job["id"] for job in api.get("/jobs?page=1,9000&fields=id").json()["jobs"]}
        assert len(ids) == 5000
        made = api.post("/jobs", json={"jobs": [JOB] * 1000}).json()
        assert len(made["jobs"]) == made["metadata"]["receivedItemsCount"] == 1000


def test_the_command_line() -> None:
    """It prints where both servers are and who may sign in, and serves."""
    command = [sys.executable, "-m", "toolkit.sandbox", "geoop", "--jobs", "7"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        found = re.fullmatch(
            r"(\S+), tokens at (\S+) for (\S+) with (\S+), client (\S+) with (\S+)\n",
            child.stdout.readline(),
        )
        assert found is not None
        form = {"client_id": found[5], "client_secret": found[6]}
        reply = plain.post(
            f"{found[2]}/oauth2/token", data=form | {"grant_type": "client_credentials"}
        )
        headers = {"Authorization": f"Bearer {reply.json()['access_token']}", "X-Version": "1.3"}
        assert len(plain.get(f"{found[1]}/jobs", headers=headers).json()["jobs"]) == 7
        child.terminate()


def test_the_command_line_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """One line and exit code 1."""
    assert main(["geoop", "--jobs", "-1"]) == 1
    assert capsys.readouterr().err.startswith("cannot start the geoop sandbox: jobs must not")
