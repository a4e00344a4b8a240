"""Starting and ending: threads, processes, files, the command line."""

from __future__ import annotations

import ast
import concurrent.futures
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from sandbox.sertainty.wire import Wire, envelope
from toolkit import sandbox
from toolkit.sandbox.__main__ import main
from toolkit.sandbox.sertainty import MANUAL_START, SertaintyBox

PING = envelope("agentPing")


def test_it_starts_and_ends_quickly() -> None:
    """Start and end take under half a second each, the best of five; the port is free again."""
    starts, ends = [], []
    for _ in range(5):
        began = time.perf_counter()
        box = sandbox.start("sertainty")
        starts.append(time.perf_counter() - began)
        wire = Wire(box.url)
        assert wire.call("agentPing").code == 1
        began = time.perf_counter()
        box.close()
        box.close()
        ends.append(time.perf_counter() - began)
        with pytest.raises(httpx.TransportError):
            wire.post(PING)
        wire.close()
    assert min(starts) < 0.5
    assert min(ends) < 0.5


def test_loopback_only(box: SertaintyBox) -> None:
    """It listens on 127.0.0.1 and on no other address of this machine."""
    port = httpx.URL(box.url).port
    assert port is not None
    assert box.url == f"http://127.0.0.1:{port}/"
    other = socket.gethostbyname("localhost").replace("127.0.0.1", "127.0.0.2")
    with socket.socket() as probe:
        assert probe.connect_ex((other, port)) != 0


def test_the_port_can_be_chosen(box: SertaintyBox) -> None:
    """A chosen port is used, a taken one refused, a freed one can be had again at once."""
    port = httpx.URL(box.url).port
    with pytest.raises(OSError, match=r"in use|permitted|10048|forbidden"):
        sandbox.start("sertainty", port=port)
    box.close()
    with sandbox.start("sertainty", port=port) as again:
        assert httpx.URL(again.url).port == port
        assert httpx.post(again.url, content=PING).status_code == 200


def test_how_it_shows() -> None:
    """Short texts for a prompt and for a notebook."""
    with sandbox.start("sertainty") as box:
        assert repr(box) == f"<sertainty sandbox: {box.url}>"
        assert box._repr_html_() == f"<b>sertainty sandbox</b> {box.url}"
    assert repr(box) == "<sertainty sandbox: closed>"


def test_a_closed_box_says_so(box: SertaintyBox) -> None:
    """Controls of a closed box are refused in a sentence."""
    box.close()
    with pytest.raises(RuntimeError, match="the sandbox is closed"):
        box.tick()


def test_it_stands_alone() -> None:
    """No file of the sandbox imports another room of the toolkit: it is a second reading."""
    folder = Path(sandbox.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            rooms = [name for name in names if name.split(".")[0] == "toolkit"]
            assert all(name.startswith("toolkit.sandbox") for name in rooms), path


def test_unknown_services() -> None:
    """A service without a sandbox is told from those that have one."""
    with pytest.raises(ValueError, match=r"no sandbox for 'ftp': it must be one of .*sertainty"):
        sandbox.start("ftp")


def test_noise(box: SertaintyBox, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever comes over the wire, nothing is printed or logged to the terminal."""
    port = httpx.URL(box.url).port
    with socket.create_connection(("127.0.0.1", port or 0)) as raw:
        raw.sendall(b"\x16\x03\x01 no http\r\n\r\n")
        raw.recv(1000)
    with socket.create_connection(("127.0.0.1", port or 0)) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf")
    httpx.post(box.url, content=PING, headers={"upgrade": "websocket", "connection": "upgrade"})
    box.fault("drop").fault("cut", size=5)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            httpx.post(box.url, content=PING)
    box.close()
    assert capfd.readouterr() == ("", "")


def test_keep_alive(wire: Wire, box: SertaintyBox) -> None:
    """Calls come over one connection, each in far less than a delayed acknowledgement's 40 ms."""
    took = []
    for _ in range(15):
        began = time.perf_counter()
        assert wire.call("configGetList").code == 1
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.03


def test_many_at_once(box: SertaintyBox) -> None:
    """Threads that write, read and tick at the same time lose nothing."""

    def work(number: int) -> int:
        wire = Wire(box.url)
        box.add_user(f"user{number}", [[("Number?", str(number))]])
        assert wire.bare("hostOpenSession", f"user{number}").code == 2
        granted = wire.bare("hostOpenSession", f"user{number}", ("prompt-1", str(number)))
        (wire.session,) = granted.texts
        for turn in range(15):
            assert wire.call("configCreate", f"c{number}-{turn}").code == 1
            assert wire.call("sharedSaveScript", "same.uxl", f"{number}").code == 1
            assert wire.call("sharedGetScript", "same.uxl").code == 1
            assert wire.call("configDelete", f"c{number}-{turn}").code == 1
            box.advance(30)
        wire.close()
        return number

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(work, range(6))) == list(range(6))
    wire = Wire(box.url).open()
    assert wire.call("configGetList").texts == ["Nightly", "Daytime", "Archive", "Zürich"]
    assert (box.now - MANUAL_START).total_seconds() == 6 * 15 * 30
    assert len(box.calls) == 6 * (2 + 60) + 2
    wire.close()


def test_only_one_of_many_creates(box: SertaintyBox) -> None:
    """Of several who create the same configuration at once, one succeeds."""

    def create(_: int) -> int:
        wire = Wire(box.url).open()
        code = wire.call("configCreate", "Contested").code
        wire.close()
        return code

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(create, range(6))) == [1] + [232] * 5


def test_a_file_survives_a_restart(tmp_path: Path) -> None:
    """With a path everything is there again: files, counts, logs, sessions, the clock, the seed."""
    path = tmp_path / "gateway.db"
    with sandbox.start("sertainty", path=path, seed=3, workload=0.5) as box:
        wire = Wire(box.url).open()
        wire.call("configCreate", "Kept")
        wire.call("sharedSaveID", "kept.iic", b"\x00\xff")
        box.advance(4000)
        before = (wire.status("Nightly", "index"), wire.call("agentGetLog").values, box.now)
        truth, runs, session = box.truth, box.runs, wire.session
        machine = wire.call("hostGetMachine").values
        wire.close()
    with sandbox.start("sertainty", path=path, seed=99, workload=3) as box:
        wire = Wire(box.url)
        wire.session = session
        after = (wire.status("Nightly", "index"), wire.call("agentGetLog").values, box.now)
        assert after == before
        assert "Kept" in wire.call("configGetList").texts
        assert wire.call("sharedGetID", "kept.iic").values == [b"\x00\xff"]
        assert (box.truth, box.runs) == (truth, runs)
        assert wire.call("hostGetMachine").values == machine
        assert box.advance(3600)
        wire.close()


def test_without_a_path_nothing_stays() -> None:
    """Without a path the next gateway is a fresh one."""
    for _ in range(2):
        with sandbox.start("sertainty") as box:
            wire = Wire(box.url).open()
            assert wire.call("configCreate", "Kept").code == 1
            wire.close()


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """No database, a folder, or a file that another gateway has open: said in one sentence."""
    text = tmp_path / "notes.txt"
    text.write_text("this is no database, and long enough to be seen as none" * 20)
    missing = tmp_path / "missing" / "x.db"
    for path in (text, tmp_path, missing):
        with pytest.raises(ValueError, match="needs a file of its own"):
            sandbox.start("sertainty", path=path)
    assert text.read_text().startswith("this is no database")
    path = tmp_path / "gateway.db"
    with (
        sandbox.start("sertainty", path=path),
        pytest.raises(ValueError, match="no other sandbox has open"),
    ):
        sandbox.start("sertainty", path=path)


def test_a_process_of_its_own(tmp_path: Path) -> None:
    """The same box from another process: controls, truth, errors; it ends with close."""
    with sandbox.start(
        "sertainty", process=True, path=tmp_path / "x.db", workload=0.25, http_status=500
    ) as box:
        wire = Wire(box.url).open()
        assert box.tick()[0].at == box.now
        assert wire.call("agentPing").http_status == 500
        assert box.truth is not None
        assert box.runs[0]["started"] > box.truth.start
        assert box.switch(http_status=200).switches.http_status == 200
        with pytest.raises(ValueError, match="no task"):
            box.run_task("Nightly", "x")
        assert box.fault("answer", code=502).clear_faults().calls[-1]["function"] == "agentPing"
        wire.close()
    with pytest.raises(httpx.TransportError):
        httpx.post(box.url, content=PING)


def test_a_process_that_cannot_start(tmp_path: Path) -> None:
    """What is wrong in the child is raised here."""
    with pytest.raises(ValueError, match="needs a file of its own"):
        sandbox.start("sertainty", process=True, path=tmp_path)


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    """What was answered before a kill is there after it."""
    path = tmp_path / "x.db"
    box = sandbox.start("sertainty", process=True, path=path)
    wire = Wire(box.url).open()
    assert wire.call("configCreate", "Kept").code == 1
    box.kill()
    with pytest.raises(httpx.TransportError):
        wire.post(PING)
    with pytest.raises(RuntimeError, match="has ended"):
        box.tick()
    box.close()
    with sandbox.start("sertainty", path=path) as again:
        wire.url = again.url
        assert "Kept" in wire.call("configGetList").texts
    wire.close()


def test_only_a_process_can_be_killed(box: SertaintyBox) -> None:
    """A box in this process says how to get one that can be killed."""
    with pytest.raises(ValueError, match="process=True"):
        box.kill()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_command_line(tmp_path: Path, name: str) -> None:
    """It prints its address, serves, and ends cleanly on Ctrl-C and on SIGTERM."""
    options = ["--path", str(tmp_path / "x.db"), "--real-time", "--days", "0.1"]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "toolkit.sandbox", "sertainty", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    ) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        assert httpx.post(url, content=PING).status_code == 200
        if os.name == "nt":
            child.send_signal(getattr(signal, "CTRL_BREAK_EVENT"))  # noqa: B009 - Windows only
        else:
            child.send_signal(getattr(signal, name))
        out, err = child.communicate(timeout=20)
        assert (out, err, child.returncode) == ("", "", 0)


def test_the_command_line_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad file or port is one line and exit code 1; an unknown service shows the known."""
    assert main(["sertainty", "--path", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("cannot start the sertainty sandbox: cannot use")
    assert main(["sertainty", "--port", "99999999"]) == 1
    with pytest.raises(SystemExit):
        main(["ftp"])
    assert "sertainty" in capsys.readouterr().err
