"""State that survives, processes that end, clocks that move."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sandbox.uptivity.wire import Line, code, post
from toolkit import sandbox
from toolkit.sandbox.uptivity import MANUAL_START


def test_a_restart_goes_on(tmp_path: Path) -> None:
    """Calls, time, incidents, numbers of recordings and people are there again."""
    path = tmp_path / "uptivity.db"
    with sandbox.start("uptivity", path=path, agents=2) as box:
        post(box, "CALLSTART", deviceid="2001", user1="kept")
        box.advance(60).incident("disk", 600)
        box.set_schedules({"decision": "record"})
        before = {kind: box.items(kind) for kind in ("call", "recording", "user", "device")}
    with sandbox.start("uptivity", path=path, agents=2) as box:
        assert box.now == MANUAL_START + dt.timedelta(seconds=60)
        assert {kind: box.items(kind) for kind in before} == before
        assert code(post(box, "CALLSTART", deviceid="2002")) == 2
        box.advance(600)
        assert code(post(box, "CALLSTART", deviceid="2002", callinstance="b")) == 0
        assert code(post(box, "CALLSTOP", deviceid="2001")) == 13
        assert sorted(box.items("recording")) == ["1", "2"]
        assert box.schedules == [{"decision": "record"}]


def test_a_file_that_is_another_s(tmp_path: Path) -> None:
    """A file in use, of another program or no database is refused in a sentence."""
    path = tmp_path / "uptivity.db"
    with (
        sandbox.start("uptivity", path=path),
        pytest.raises(ValueError, match="a file of its own that no other sandbox has open"),
    ):
        sandbox.start("uptivity", path=path)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at " * 9)
    sandbox.start("xivo", path=tmp_path / "xivo.db").close()
    for name in ("other.db", "text.db", "xivo.db"):
        with pytest.raises(ValueError, match="cannot use"):
            sandbox.start("uptivity", path=tmp_path / name)


def test_a_process_of_its_own(tmp_path: Path) -> None:
    """All controls work over the pipe; what was answered before it is killed is kept."""
    path = tmp_path / "uptivity.db"
    with sandbox.start("uptivity", path=path, process=True, agents=2, disabled="test") as box:
        assert code(post(box, "TEST")) == 49
        with Line(box.tcp) as line, Line(box.events) as ear:
            box.wait_for_listeners()
            assert code(line.ask("CALLSTART", 1, DEVICEID="2001")) == 0
            assert b"<TYPE>CALLSTART<" in ear.read()
        assert box.next_reply(99).advance(5).calls[0]["code"] == 49
        with pytest.raises(ValueError, match="no switch 'colour'"):
            box.switch(colour="red")
        assert box.plan_day(seed=1, agents=3, calls=5).start == MANUAL_START + dt.timedelta(days=1)
        assert box.truth is not None
        box.kill()
    with sandbox.start("uptivity", path=path) as box:
        assert list(box.items("call")) == ["2001\t"]


def test_the_clock(tmp_path: Path) -> None:
    """A manual clock goes forward only; a real one is the computer's."""
    with sandbox.start("uptivity", agents=0) as box:
        assert box.now == MANUAL_START
        assert box.advance(dt.timedelta(hours=1)).now == MANUAL_START + dt.timedelta(hours=1)
        box.advance_to(MANUAL_START + dt.timedelta(hours=2))
        with pytest.raises(ValueError, match="the clock goes forward only"):
            box.advance_to(MANUAL_START)
        with pytest.raises(ValueError, match="the time must have a zone"):
            box.advance_to(dt.datetime(2030, 1, 1))
    with sandbox.start("uptivity", clock="real", path=tmp_path / "real.db") as box:
        assert abs(box.now - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
        with pytest.raises(ValueError, match="a real clock cannot be moved"):
            box.advance(1)
        with pytest.raises(ValueError, match="a real clock cannot be moved"):
            box.plan_day()
    with pytest.raises(ValueError, match='clock must be "manual" or "real"'):
        sandbox.start("uptivity", clock="sun")


def test_ports(tmp_path: Path) -> None:
    """A port that is taken is an OSError, and the other doors are not left open."""
    with sandbox.start("uptivity", agents=0) as box:
        taken = box.tcp[1]
        with pytest.raises(OSError, match=r"in use|10048"):
            sandbox.start("uptivity", event_port=taken, path=tmp_path / "a.db")
        with pytest.raises(OSError, match=r"in use|10048"):
            sandbox.start("uptivity", port=taken, path=tmp_path / "a.db")
    with sandbox.start("uptivity", tcp_port=taken, path=tmp_path / "a.db") as box:
        assert box.tcp == ("127.0.0.1", taken)


def test_what_is_shown() -> None:
    """A box shows its address, and that it is closed."""
    box = sandbox.start("uptivity", agents=0)
    assert repr(box) == f"<uptivity sandbox: {box.url}>"
    assert box.place == (
        f"{box.url} and tcp://127.0.0.1:{box.tcp[1]}, events at tcp://127.0.0.1:{box.events[1]}"
    )
    box.close()
    box.close()
    assert repr(box) == "<uptivity sandbox: closed>"


def test_on_the_command_line() -> None:
    """``toolkit sandbox uptivity`` prints its places, answers, and ends on Ctrl-C."""
    command = [sys.executable, "-m", "toolkit", "sandbox", "uptivity"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        url, tcp = words[3], words[5].rstrip(",").removeprefix("tcp://").split(":")
        assert httpx.post(url, params={"type": "test", "requestid": "1"}).status_code == 200
        with Line((tcp[0], int(tcp[1]))) as line:
            assert code(line.ask("TEST", 1)) == 20
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
