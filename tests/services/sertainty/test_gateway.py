"""The client over a real socket, against hand-written replies of a gateway."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import pandas as pd
import pytest

import toolkit
from tests.loopback import Act, drop, hold, raw, reply, scripted
from tests.services.sertainty.wire import response
from toolkit.services.base.functions import Function
from toolkit.services.sertainty.envelope import decode_request
from toolkit.services.sertainty.functions import TABLE

LOG = """<Log name="agent"><Entry time="2019-04-01T08:00:00" level="Info" source="Agent">up</Entry>
<Entry time="2019-04-01T08:00:05" level="Error" source="Agent">down &lt;1&gt;</Entry></Log>"""


def answers(*bodies: bytes) -> list[Act]:
    return [reply(body) for body in bodies]


@pytest.fixture
def granted() -> bytes:
    return response(1, "sid-1")


@contextlib.contextmanager
def connected(url: str, **options: object) -> Iterator[toolkit.sertainty.Gateway]:
    """A gateway whose sockets are closed at the end, whatever the server says then."""
    gateway = toolkit.sertainty.connect(url, **options)  # type: ignore[arg-type]
    try:
        yield gateway
    finally:
        with contextlib.suppress(toolkit.ToolkitError):
            gateway.close()


@contextlib.contextmanager
def logged_in(url: str, **options: object) -> Iterator[toolkit.sertainty.Gateway]:
    with connected(url, **options) as gateway:
        gateway.login_with("ada")
        yield gateway


def test_request_on_the_wire(granted: bytes) -> None:
    """POST to the given address, XML content type, pure ASCII, the session in its element."""
    with scripted(*answers(granted, response(1, "Nightly", "Zürich"), response(1))) as server:
        with logged_in(server.url + "dataservices?x=1") as gateway:
            frame = gateway.config.get_list()
        head, body = server.requests[1]
    assert head.startswith(b"POST /dataservices?x=1 HTTP/1.1")
    assert b"content-type: text/xml; charset=utf-8" in head.lower()
    assert body == (
        b"<Request><Session>sid-1</Session><Function>configGetList</Function></Request>"
    )
    assert frame["config"].tolist() == ["Nightly", "Zürich"]
    assert frame.dtypes.astype(str).tolist() == ["str"]


def test_leaving_with_closes_the_session(granted: bytes) -> None:
    """The session is ended at the gateway, once, also when it was closed by hand before."""
    with scripted(*answers(granted, response(1))) as server:
        with logged_in(server.url) as gateway:
            assert "session of ada" in repr(gateway)
            gateway.host.close_session()
            assert "no session" in repr(gateway)
        functions = [decode_request(body).function for body in server.bodies]
    assert functions == ["hostOpenSession", "hostCloseSession"]


def test_session_object(granted: bytes) -> None:
    """It knows its user and rounds, ends the session when left, and hides the id."""
    with scripted(*answers(response(2, "Pet?"), granted, response(1))) as server:
        with connected(server.url) as gateway:
            with gateway.login_with("ada", ["rex"]) as session:
                assert (session.user, session.rounds, session.open) == ("ada", 1, True)
                assert "sid-1" not in repr(session) + repr(gateway)
            assert not session.open
            session.close()
            assert len(server.requests) == 3
            gateway.close()


def leave_by_an_error(url: str) -> None:
    with toolkit.sertainty.connect(url) as gateway:
        gateway.login_with("ada")
        raise KeyError("mine")


def test_an_error_on_its_way_is_not_hidden_by_closing(granted: bytes) -> None:
    """When the gateway is gone, the body's own error comes out; the session left is a warning."""
    with scripted(reply(granted), drop) as server:
        with pytest.raises(KeyError), pytest.warns(UserWarning, match="may still be open"):
            leave_by_an_error(server.url)


def test_forgotten_session_is_closed(granted: bytes) -> None:
    """A gateway that denies the closing has ended the session already: no error, no warning."""
    with scripted(*answers(granted, response(3))) as server:
        with toolkit.sertainty.connect(server.url) as gateway:
            session = gateway.login_with("ada")
        assert not session.open
        assert len(server.requests) == 2


def test_functions_without_results_give_an_acknowledgement(granted: bytes) -> None:
    """One row: function, target, code, label, category, message, elapsed, at."""
    with scripted(*answers(granted, response(1, message="Success"), response(1))) as server:
        with logged_in(server.url) as gateway:
            frame = gateway.task.pause("Nightly", "*")
    assert frame.dtypes.astype(str).to_dict() == {
        "function": "str",
        "target": "str",
        "code": "Int64",
        "label": "str",
        "category": "category",
        "message": "str",
        "elapsed": "float64",
        "at": "datetime64[us, UTC]",
    }
    row = frame.iloc[0]
    assert row[:6].tolist() == ["taskPause", "Nightly/*", 1, "SUCCESS", "success", "Success"]
    assert row["elapsed"] > 0


def test_log_as_rows_with_its_document(granted: bytes) -> None:
    """A log becomes typed rows; the document stays reachable; a growing one is flagged."""
    cut = LOG[: LOG.index("</Log>")]
    with scripted(*answers(granted, response(1, LOG), response(1, cut), response(1))) as server:
        with logged_in(server.url) as gateway:
            log = gateway.agent.get_log()
            assert gateway.last is not None
            assert gateway.last.document.decode() == LOG
            growing = gateway.agent.get_log()
    assert log["level"].tolist() == ["Info", "Error"]
    assert log["text"].tolist() == ["up", "down <1>"]
    assert str(log["time"].dtype) == "datetime64[us, UTC]"
    assert log.attrs["function"] == "agentGetLog"
    pd.testing.assert_frame_equal(growing, log)
    assert growing.attrs["truncated"] is True


@pytest.mark.parametrize(
    "document", ["", "<Log/>", "<Log name='x'>\n</Log>", "<?xml version='1.0'?><Log a='b'/>"]
)
def test_empty_log_has_columns(granted: bytes, document: str) -> None:
    """No entries: no rows, and the columns that code may rely on."""
    with scripted(*answers(granted, response(1, document), response(1))) as server:
        with logged_in(server.url) as gateway:
            log = gateway.agent.get_log()
    assert log.columns.tolist() == ["time", "level", "source", "text"]
    assert len(log) == 0
    assert str(log["time"].dtype) == "datetime64[us, UTC]"


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ("not xml", toolkit.BadReply),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><Log><Entry>&b;</Entry></Log>", toolkit.UnsafeDocument),
    ],
)
def test_documents_that_cannot_be_read(granted: bytes, document: str, kind: type) -> None:
    """A result that is no XML, or unsafe, is a clear error of that call."""
    with scripted(*answers(granted, response(1, document), response(1))) as server:
        with logged_in(server.url) as gateway:
            with pytest.raises(kind) as caught:
                gateway.agent.get_log()
    assert caught.value.function == "agentGetLog"


def test_binary_results(granted: bytes) -> None:
    """Bytes come back as they are, with their size and SHA-256; no result is a missing value."""
    data = bytes(range(256))
    with scripted(*answers(granted, response(1, data), response(1), response(1))) as server:
        with logged_in(server.url) as gateway:
            frame = gateway.config.get_id("Nightly", "machine.iic")
            nothing = gateway.shared.get_id("machine.iic")
    row = frame.iloc[0]
    assert row.tolist()[:4] == ["Nightly", "machine.iic", data, 256]
    assert row["sha256"] == "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"
    assert nothing["contents"].isna().all()
    assert nothing.dtypes.astype(str).tolist() == frame.dtypes.astype(str).tolist()[1:]


CALLABLE = [f for f in TABLE.all if f.name not in ("hostOpenSession", "hostCloseSession")]


@pytest.mark.parametrize("function", CALLABLE, ids=lambda function: function.name)
def test_method_and_wire_name_send_the_same(granted: bytes, function: Function) -> None:
    """Each of the functions, called both ways, sends equal bytes."""
    values = ["Enable" if a.kind == "choice" else f"v{i}" for i, a in enumerate(function.given)]
    with scripted(*answers(granted, response(408))) as server:
        with logged_in(server.url, template_spelling="templateGetTask") as gateway:
            room, _, name = function.method.partition(".")
            for way in (getattr(getattr(gateway, room), name), None):
                with pytest.raises(toolkit.InvalidRequest):
                    way(*values) if way else gateway.call(function.name, *values)
            first, second = server.bodies[1:]
    assert first == second
    assert decode_request(first).function == function.name


def test_login_by_hand(granted: bytes) -> None:
    """open_session is one step: prompts as rows, then a grant; the id stays inside."""
    with scripted(*answers(response(2, "Pet?"), granted, response(1, "a"), response(1))) as server:
        with toolkit.sertainty.connect(server.url) as gateway:
            asked = gateway.host.open_session("ada")
            done = gateway.call("hostOpenSession", "ada", "rex")
            assert gateway.config.get_list()["config"].tolist() == ["a"]
        arguments = decode_request(server.bodies[1]).arguments
    assert asked.iloc[0].tolist()[::2] == ["challenged", "Pet?"]
    assert arguments == ((None, b"ada"), ("prompt-1", b"rex"))
    assert done["state"].tolist() == ["granted"]
    assert asked.dtypes.astype(str).tolist() == done.dtypes.astype(str).tolist()


class Person:
    """Someone who answers by a script."""

    def __init__(self, *given: list[str]) -> None:
        self.given: Iterator[list[str]] = iter(given)
        self.asked: list[list[str]] = []

    async def user(self) -> str:
        return "ada"

    async def answers(self, prompts: list[str], round_number: int) -> list[str]:
        self.asked.append(prompts)
        await asyncio.sleep(0)
        return next(self.given)


def test_awaited_login(granted: bytes) -> None:
    """login() asks for the user and each round's answers, and gives a session."""
    bodies = answers(response(2, "Pet?"), response(2), response(2, "A?", "B?"), granted)
    with scripted(*bodies) as server:
        with connected(server.url) as gateway:
            person = Person(["rex"], [], ["a", "b"])
            session = asyncio.run(gateway.login(asker=person))
            assert (session.user, session.rounds) == ("ada", 3)
            assert person.asked == [["Pet?"], [], ["A?", "B?"]]


def test_awaited_login_with_answers_asks_nobody(granted: bytes) -> None:
    """With answers there is no question; without a user that is refused."""
    with scripted(*answers(granted)) as server:
        with connected(server.url) as gateway:
            assert asyncio.run(gateway.login("ada", answers=[])).open
            with pytest.raises(toolkit.InvalidArgument, match="give the user too"):
                asyncio.run(gateway.login(answers=["x"]))


def test_loop_runs_while_the_gateway_thinks(granted: bytes) -> None:
    """An awaited login does not hold up the event loop, and can be cancelled."""
    stop = threading.Event()

    async def cancelled(gateway: toolkit.sertainty.Gateway) -> None:
        task = asyncio.create_task(gateway.login("ada", asker=Person()))
        while not task.done() and not server.requests:
            await asyncio.sleep(0.001)
        task.cancel()
        stop.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    with scripted(hold(stop)) as server, connected(server.url) as gateway:
        asyncio.run(cancelled(gateway))


@pytest.mark.parametrize(
    ("act", "kind", "says"),
    [
        (
            reply(b"<html>busy</html>", "502 Bad Gateway", "text/html"),
            toolkit.BadReply,
            "HTML page",
        ),
        (reply(b'{"a": 1}', "200 OK", "application/json"), toolkit.BadReply, "not XML"),
        (reply(b"<Response><Status>1</St"), toolkit.BadReply, "cut off"),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n<R"), toolkit.ConnectionLost, "broke"),
        (drop, toolkit.ConnectionLost, "broke"),
        (reply(b"<!DOCTYPE a><Response/>"), toolkit.UnsafeDocument, "DTD"),
        (
            raw(b"HTTP/1.1 200 OK\r\ncontent-length: 300000000\r\n\r\n"),
            toolkit.ReplyTooLarge,
            "300,000,000 bytes",
        ),
    ],
)
def test_answers_that_are_none(granted: bytes, act: Act, kind: type, says: str) -> None:
    """Each is a clear exception of that call, with its function and its time."""
    with scripted(reply(granted), act) as server:
        with logged_in(server.url) as gateway:
            with pytest.raises(kind, match=says) as caught:
                gateway.task.get_status("Nightly", "ingest")
    error = caught.value
    assert (error.function, error.target) == ("taskGetStatus", "Nightly/ingest")
    assert error.elapsed is not None or isinstance(error, toolkit.UnsafeDocument)


def test_body_decides_not_the_http_status(granted: bytes) -> None:
    """A Response under HTTP 500 is a success when it says so (the sheet's section 1)."""
    with scripted(reply(granted, "500 Oops"), reply(response(1, "a"), "500 Oops")) as server:
        with logged_in(server.url) as gateway:
            assert gateway.config.get_list()["config"].tolist() == ["a"]


@pytest.mark.parametrize("url", ["", "gateway:80", "ftp://host/", "http://", "127.0.0.1:80"])
def test_wrong_addresses(url: str) -> None:
    """An address that is none is refused at once, with an example of one."""
    with pytest.raises(toolkit.InvalidArgument, match="https://host:port"):
        toolkit.sertainty.connect(url)


def test_wrong_options() -> None:
    """A misspelt option or value is refused with what there is."""
    with pytest.raises(toolkit.InvalidArgument, match="no option is called alter_stile"):
        toolkit.sertainty.connect("http://127.0.0.1/", alter_stile="args")
    with pytest.raises(toolkit.InvalidArgument, match="one of both, args, session"):
        toolkit.sertainty.connect("http://127.0.0.1/", alter_style="arg")


def test_task_statuses_of_a_gateway(granted: bytes) -> None:
    """Every task of every configuration, with the time of the reading."""
    tasks = "<Tasks><Task name='a'/><Task name='b &amp; c'/></Tasks>"
    record = response(1, ("Status", "Waiting"), ("ExecCnt", "3"), ("ErrorCnt", "0"))
    bodies = [granted, response(1, "Nightly", "Empty"), response(1, tasks), record, record]
    with scripted(*answers(*bodies, response(1, "<Tasks/>"), response(1))) as server:
        with logged_in(server.url) as gateway:
            table = gateway.task_statuses()
    assert table[["config", "task"]].to_numpy().tolist() == [["Nightly", "a"], ["Nightly", "b & c"]]
    assert table["executions"].tolist() == [3, 3]
    assert str(table["status"].dtype) == "category"
    assert table["at"].notna().all()
