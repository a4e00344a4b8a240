"""The client against the sandbox: two independent readings of the protocol meet."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import toolkit
from toolkit.http import Limits
from toolkit.sandbox.uptivity import UptivityBox
from toolkit.services.uptivity.codes import CODES
from toolkit.services.uptivity.server import Server

QUICK = Limits(connect=2.0, read=0.5, total=2.0, max_bytes=16 * 1024 * 1024)


@pytest.fixture(scope="module")
def running() -> Iterator[UptivityBox]:
    with toolkit.sandbox.start("uptivity") as box:
        yield box


@pytest.fixture
def box(running: UptivityBox) -> Iterator[UptivityBox]:
    before = running.switches
    yield running
    running.clear_faults()
    running.clear_incidents()
    running.switch(**{name: getattr(before, name) for name in before.__dataclass_fields__})


@pytest.fixture(params=["http", "tcp"])
def server(request: pytest.FixtureRequest, box: UptivityBox) -> Iterator[Server]:
    with connected(box, request.param) as one:
        yield one


def connected(box: UptivityBox, door: str, **options: Any) -> Server:
    url = box.url if door == "http" else f"tcp://{box.tcp[0]}:{box.tcp[1]}"
    return toolkit.uptivity.connect(url, **{"wait": 0.0, **options})


def test_a_call(server: Server, box: UptivityBox) -> None:
    """Started, listed, changed, stopped, gone; a device has several calls by their instances."""
    server.calls.start("2001", callinstance="a", ani="5550101", calldirection="I")
    server.calls.start("2001", callinstance="b", user1="two words & more")
    server.calls.update("2001", callinstance="a", keepdays=30)
    listed = server.calls.list().set_index("callinstance")
    assert listed.loc["a", "keepdays"] == 30
    assert (listed.loc["a", "ani"], listed.loc["b", "user1"]) == ("5550101", "two words & more")
    assert str(listed["starttime"].dtype) == "datetime64[us, UTC]"
    for instance in "ab":
        server.calls.stop("2001", callinstance=instance)
    with pytest.raises(toolkit.Conflict) as caught:
        server.calls.stop("2001", callinstance="a")
    assert (caught.value.code, caught.value.target) == (7, "2001/a")
    assert "2001" not in set(server.calls.list()["deviceid"])


def test_whose_call(server: Server) -> None:
    """A station, an alias or a user stands for the device; one that nobody knows does not."""
    users = server.users.list()
    agent = users[users["agent"] & users["sys_user"].notna()].iloc[0]
    server.calls.start(sys_user=agent["sys_user"])
    assert server.calls.stop(sys_user=agent["sys_user"])["target"].item() == agent["sys_user"]
    with pytest.raises(toolkit.NotFound) as caught:
        server.calls.start(sys_user="nobody.at.all")
    assert caught.value.code == 24


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code(box: UptivityBox, code: int) -> None:
    """Each is reached on demand, behind both doors, and has the table's category."""
    row = CODES[code]
    said = set()
    for door in ("http", "tcp"):
        with connected(box, door, tries=1) as server, warnings.catch_warnings():
            warnings.simplefilter("ignore", toolkit.uptivity.UptivityWarning)
            box.next_reply(code=code, type="CALLSTART")
            try:
                frame = server.calls.start("2002")
                said.add((frame.attrs["code"], frame.attrs["category"]))
            except toolkit.OutcomeError as error:
                said.add((error.code, error.category.value))
    assert said == {(code, row.category.value)}


SWITCHES: list[dict[str, Any]] = [
    {"requesttype": "before"}, {"requesttype": "after"}, {"requesttype": "absent"},
    {"blank_in_message": True, "message": "both"}, {"line_end": "lf"}, {"line_end": "cr"},
    {"indent": True}, {"declaration": True, "encoding": "windows-1252"},
    {"encoding": "windows-1252"}, {"time_shape": "padded", "utc_offset": 0.0},
    {"time_shape": "iso"}, {"offset_space": "yes"}, {"offset_space": "no"}, {"http_status": 500},
    {"content_type": ""},
]  # fmt: skip


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_open_points(server: Server, box: UptivityBox, switches: dict[str, Any]) -> None:
    """In whatever a real server may differ, the frames are the same."""
    plain = server.users.list()
    box.switch(**switches)
    with warnings.catch_warnings():
        if switches.get("time_shape") == "padded":
            warnings.simplefilter("ignore")
        found = server.users.list()
    assert found.drop(columns=["add_time", "mod_time"]).equals(
        plain.drop(columns=["add_time", "mod_time"])
    )
    assert found["mod_time"].notna().equals(plain["mod_time"].notna())
    with pytest.raises(toolkit.InvalidRequest) as caught:
        server.calls.stop("77")
    assert caught.value.code == 8


def test_off_by_one(server: Server, box: UptivityBox) -> None:
    """A build that numbers the tail one lower: the label is followed, both are kept."""
    box.switch(errors_off_by_one=True, recording_path="")
    with pytest.raises(toolkit.ServerFault) as caught:
        server.calls.start("2003")
    assert (caught.value.code, caught.value.__dict__["wire_code"]) == (18, 17)
    assert caught.value.label == "API_ERROR_NO_DEFAULT_RECORDING_PATH"
    assert caught.value.__dict__["repeats"] == "after an operator has acted"


def test_missing_end_tag(server: Server, box: UptivityBox) -> None:
    """The users are all there, and the frame says that they were repaired."""
    plain = server.users.list()
    box.switch(drop_close_tag=True)
    with pytest.warns(toolkit.uptivity.UptivityWarning, match="the end of <USERS> was missing"):
        found = server.users.list()
    assert found.equals(plain)
    assert (plain.attrs["repaired"], found.attrs["repaired"]) == (False, True)


def test_partial_cores(server: Server, box: UptivityBox) -> None:
    """Some cores do not answer: data, marked as partial."""
    box.switch(partial_cores=1)
    frame = server.calls.list()
    assert (frame.attrs["partial"], frame.attrs["code"]) == (True, 46)


def test_waiting_out_a_full_queue(server: Server, box: UptivityBox) -> None:
    """47 twice, then done: one call for the caller."""
    box.next_reply(code=47, type="CALLSTART", times=2)
    assert server.calls.start("2004", callinstance=server.url[:3])["code"].item() in (0, 20)


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("drop", {}, toolkit.ConnectionLost),
        ("cut", {}, (toolkit.ConnectionLost, toolkit.BadReply)),
        ("half_close", {"size": 40}, (toolkit.ConnectionLost, toolkit.BadReply)),
        ("silence", {}, toolkit.TimedOut),
        ("html", {}, (toolkit.BadReply, toolkit.TimedOut)),
        ("raw", {"text": "Ready.\r\n"}, (toolkit.BadReply, toolkit.TimedOut)),
    ],
)
@pytest.mark.parametrize("door", ["http", "tcp"])
def test_faults(box: UptivityBox, door: str, kind: Any, options: Any, expected: Any) -> None:
    """A change whose answer does not come whole: a clear end, sent once."""
    before = len(box.calls)
    box.fault(kind, "CALLUPDATE", **options)
    with connected(box, door, limits=QUICK) as server:
        with pytest.raises(expected) as caught:
            server.calls.update("2005", user1="x")
        assert caught.value.function == "CALLUPDATE"
        box.clear_faults()
        assert server.test()["code"].item() == 20
    made = [call["function"] for call in box.calls[before:]]
    assert made.count("CALLUPDATE") <= 1


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("split", {}),
        ("slow", {"size": 40, "seconds": 0.001}),
        ("garbage", {"text": "Ready.\r\n"}),
        ("twice", {}),
        ("delay", {"seconds": 0.01}),
    ],
)
def test_survived(server: Server, box: UptivityBox, kind: Any, options: Any) -> None:
    """What is odd but whole is read, and so is the next answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", toolkit.uptivity.UptivityWarning)
        box.fault(kind, "TEST", **options)
        assert [server.test()["code"].item() for _ in range(3)] == [20] * 3


def test_other_id(box: UptivityBox) -> None:
    """An answer to another request raises on the socket and warns over HTTP."""
    box.fault("other_id", times=2)
    with connected(box, "tcp") as server, pytest.raises(toolkit.BadReply, match="was sent"):
        server.test()
    with (
        connected(box, "http") as server,
        pytest.warns(toolkit.uptivity.UptivityWarning, match="was sent"),
    ):
        server.test()


@pytest.mark.parametrize("refuse_on", ["request", "connect"])
def test_too_many_clients(box: UptivityBox, refuse_on: str) -> None:
    """48 is told, and gone as soon as a client leaves."""
    with connected(box, "tcp") as first, connected(box, "tcp", tries=1) as second:
        first.test()
        box.switch(max_clients=1, refuse_on=refuse_on)
        # Told at once, 48 may get lost with the connection on which nobody listens any more.
        with pytest.raises((toolkit.Busy, toolkit.TransportFailure)):
            second.test()
        box.switch(max_clients=0)
        assert second.test()["code"].item() == 20


def test_experimental(box: UptivityBox) -> None:
    """Invented names are 10 for a server that does not know them, and work for one that does."""
    with connected(box, "http", experimental=True) as server:
        with pytest.raises(toolkit.InvalidRequest) as caught:
            server.experimental.agentlist()
        assert caught.value.code == 10
        box.switch(experimental=True)
        assert len(server.experimental.agentlist()) == 12
