"""Starting, ending, faults, what survives a restart, and thousands of users."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from sandbox.xivo import plain
from sandbox.xivo.conftest import client, token
from toolkit import sandbox
from toolkit.sandbox.__main__ import main
from toolkit.sandbox.xivo import XivoBox


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    """Items, associations and tokens, with a path; the file keeps its seed and its people."""
    path = tmp_path / "xivo.sqlite"
    with sandbox.start("xivo", path=path, users=3, seed=4) as box, client(box) as confd:
        made = token(box, box.user, box.password)
        confd.put("/users/1", json={"lastname": "Kept"})
        confd.delete("/users/2")
        line = confd.post("/lines", json={"context": "default"}).json()["id"]
        sip = confd.post("/endpoints/sip", json={}).json()["id"]
        confd.put(f"/lines/{line}/endpoints/sip/{sip}")
        device = next(iter(box.items("devices")))
        before = confd.get(f"/lines/{line}").json()["endpoint_sip"]["username"]
    with sandbox.start("xivo", path=path, users=500, seed=9) as box:
        assert plain.head(f"{box.auth}/token/{made}").status_code == 204
        with plain.Client(base_url=box.confd, headers={"X-Auth-Token": made}) as confd:
            people = confd.get("/users?order=id").json()["items"]
            assert people[0]["lastname"] == "Kept"
            assert [user["id"] for user in people] == [1, 3]
            after = confd.get(f"/lines/{line}").json()
            assert after["endpoint_sip"]["username"] == before
            assert people[0]["links"][0]["href"] == f"{box.confd}/users/1"
            assert device in box.items("devices")
            assert confd.post("/users", json={"firstname": "New"}).json()["id"] == 4


def test_the_state_vanishes() -> None:
    """Without a path each start is fresh, and the same for the same seed."""
    seen = []
    for seed in (1, 1, 2):
        with sandbox.start("xivo", users=5, seed=seed) as box, client(box) as confd:
            people = confd.get("/users?order=id").json()["items"]
            seen.append([(user["uuid"], user["lastname"]) for user in people])
            confd.delete("/users/1")
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"era": "17"}, "no era '17': it must be one of 15.18, 16.15, wazo"),
        ({"users": -1}, "users must not be below 0"),
        ({"colour": 1}, "no switch 'colour'"),
        ({"host": "::"}, "127.0.0.1 only"),
        ({"wizard": 1}, "must be True or False"),
    ],
)
def test_wrong_options(options: dict[str, object], said: str) -> None:
    """One sentence that says what would be right."""
    with pytest.raises(ValueError, match=said):
        sandbox.start("xivo", **options)


def test_wrong_files(tmp_path: Path) -> None:
    """A file in use, of another era, or of another program is refused."""
    path = tmp_path / "xivo.sqlite"
    with (
        sandbox.start("xivo", path=path),
        pytest.raises(ValueError, match="a file of its own"),
    ):
        sandbox.start("xivo", path=path)
    with pytest.raises(ValueError, match=r"of era 16\.15, not wazo"):
        sandbox.start("xivo", path=path, era="wazo")
    with sandbox.start("sertainty", path=tmp_path / "other.sqlite"):
        pass
    with pytest.raises(ValueError, match="another program"):
        sandbox.start("xivo", path=tmp_path / "other.sqlite")


def test_a_process_of_its_own() -> None:
    """The same box, and it can be killed."""
    with sandbox.start("xivo", users=2, process=True, seed=3) as box, client(box) as confd:
        assert confd.get("/users").json()["total"] == 2
        assert box.calls[-1]["function"] == "GET /users"
        box.kill()
        with pytest.raises(httpx.TransportError):
            confd.get("/users")


def test_calls_are_noted(box: XivoBox, confd: httpx.Client) -> None:
    """Operation by its template, path, status; both services."""
    confd.get("/users/2?x=1")
    confd.get("/nothing")
    seen = [
        {name: call[name] for name in ("api", "function", "path", "status")} for call in box.calls
    ]
    made = str(confd.headers["X-Auth-Token"])
    plain.head(f"{box.auth}/token/{made}")
    assert made not in str(box.calls), "a token is a secret"
    assert seen == [
        {"api": "auth", "function": "POST /token", "path": "/token", "status": 200},
        {"api": "confd", "function": "GET /users/{user_id}", "path": "/users/2", "status": 200},
        {"api": "confd", "function": "", "path": "/nothing", "status": 404},
    ]


def test_faults(box: XivoBox, confd: httpx.Client) -> None:
    """A page, an answer, raw text, a cut body, a broken connection, a wait: then all is well."""
    box.fault("html", "GET /users").fault("answer", text="Unexpected error: no", times=2)
    assert confd.get("/users").headers["content-type"] == "text/html"
    for _ in range(2):
        reply = confd.get("/lines")
        assert (reply.status_code, reply.json()) == (500, ["Unexpected error: no"])
    box.fault("raw", text="{", status=200)
    assert confd.get("/users").text == "{"
    box.fault("cut", "GET /users")
    with pytest.raises(httpx.RemoteProtocolError):
        confd.get("/users")
    for after, total in ((False, 3), (True, 4)):
        box.fault("drop", "POST /users", after=after)
        with pytest.raises(httpx.TransportError):
            confd.post("/users", json={"firstname": "a"})
        assert confd.get("/users").json()["total"] == total
    box.fault("delay", seconds=0.2)
    began = time.perf_counter()
    assert confd.get("/users").status_code == 200
    assert time.perf_counter() - began >= 0.2
    box.fault("html", times=None).clear_faults()
    assert confd.get("/users").status_code == 200
    with pytest.raises(ValueError, match="kind must be one of"):
        box.fault("explode")  # type: ignore[arg-type]


def test_settings(box: XivoBox, confd: httpx.Client) -> None:
    """live_reload, infos, the options of SIP; the wizard is there only before it is passed."""
    assert confd.get("/configuration/live_reload").json() == {"enabled": True}
    assert confd.put("/configuration/live_reload", json={"enabled": False}).status_code == 204
    assert confd.get("/configuration/live_reload").json() == {"enabled": False}
    assert list(confd.get("/infos").json()) == ["uuid"]
    general = {"options": {"nat": "yes"}, "ordered_options": [["register", "x"]]}
    assert confd.put("/asterisk/sip/general", json=general).status_code == 204
    assert confd.get("/asterisk/sip/general").json() == general
    for path in ("/wizard", "/wizard/discover"):
        assert plain.get(box.confd + path).headers["content-type"] == "text/html"
    box.switch(wizard=True)
    assert plain.get(f"{box.confd}/wizard").json() == {"configured": False}
    assert plain.post(f"{box.confd}/wizard", json={}).status_code == 400
    passed = {
        "admin_password": "secret", "license": True, "timezone": "UTC", "entity_name": "x",
        "network": {}, "context_internal": {},
    }  # fmt: skip
    assert plain.post(f"{box.confd}/wizard", json=passed).status_code == 200
    assert plain.get(f"{box.confd}/wizard").json() == {"configured": True}


def test_many_users() -> None:
    """Thousands on demand: a page of a thousand is quick, and the whole list is whole."""
    with sandbox.start("xivo", users=2000) as box:
        with plain.Client(base_url=f"{box.open_url}/1.1") as confd:
            fastest = 9.0
            for offset in (0, 1000, 0, 1000, 0, 1000):
                query = {"order": "id", "limit": 1000, "offset": offset}
                began = time.perf_counter()
                reply = confd.get("/users", params=query)
                fastest = min(fastest, time.perf_counter() - began)
                first = reply.json()["items"][0]["id"]
                assert (first, reply.json()["total"]) == (offset + 1, 2000)
            assert fastest < 0.15
            assert len({user["id"] for user in confd.get("/users").json()["items"]}) == 2000


def test_the_command_line() -> None:
    """It prints where both services are and who may log in, and serves."""
    command = [sys.executable, "-m", "toolkit.sandbox", "xivo", "--users", "4", "--era", "15.18"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        confd, auth, name, password = re.fullmatch(
            r"(\S+), tokens at (\S+) for (\S+) with (\S+)\n", child.stdout.readline()
        ).groups()  # type: ignore[union-attr]
        body = {"backend": "xivo_service"}
        made = plain.post(f"{auth}/token", auth=(name, password), json=body).json()["data"]["token"]
        headers = {"X-Auth-Token": made, "Accept": "application/json"}
        assert plain.get(f"{confd}/users", headers=headers).json()["total"] == 4
        child.terminate()


def test_the_command_line_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown era is one line and exit code 1."""
    assert main(["xivo", "--era", "17"]) == 1
    assert capsys.readouterr().err.startswith("cannot start the xivo sandbox: no era '17'")
