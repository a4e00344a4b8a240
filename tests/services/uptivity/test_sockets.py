"""The command socket: however its bytes come, the outcome is clear and nothing hangs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import toolkit
from tests.services.uptivity.wire import (
    Act,
    Scripted,
    answer,
    drop,
    hold,
    refusal,
    result,
    scripted,
    send,
    then_close,
)
from toolkit.http import Limits
from toolkit.services.uptivity.server import Server

QUICK = Limits(connect=2.0, read=0.3, total=0.8, max_bytes=16 * 1024 * 1024)


def client(server: Scripted, limits: Limits | None = None, **options: Any) -> Server:
    return toolkit.uptivity.connect(server.url, limits=limits, wait=0.0, **options)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def one_by_one(connection: socket.socket, number: str) -> None:
    for byte in result(number, data="<USERS><COUNT>0</COUNT></USERS>") + b"\r\n":
        connection.sendall(bytes([byte]))


def split_line_end(connection: socket.socket, number: str) -> None:
    """The line end of the last answer comes together with the next answer."""
    connection.sendall(b"\r\n" + result(number))


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"", b"\r\n\r\n  \n"])
def test_line_ends(end: bytes) -> None:
    """CRLF, LF, CR, none, several: the answer is the same and the connection is used again."""
    with scripted(answer(end=end)) as server, client(server) as one:
        codes = [one.test()["code"].item() for _ in range(3)]
    assert codes == [20, 20, 20]
    assert len(server.connections) == 1


def test_one_line_is_sent() -> None:
    """One physical line, ended by CRLF, whatever the values hold."""
    with scripted(answer()) as server, client(server, warn_special=False) as one:
        one.calls.start("1001", user1="two\r\nlines", user2="a & b")
    assert len(server.lines) == 1
    assert b"<USER1>two&#13;&#10;lines</USER1><USER2>a &amp; b</USER2>" in server.lines[0]


@pytest.mark.parametrize("act", [one_by_one, split_line_end], ids=["byte by byte", "merged"])
def test_fragments(act: Act) -> None:
    """Single bytes, and a line end that comes late with the next answer."""
    with scripted(answer(end=b""), act) as server, client(server) as one:
        one.test()
        assert one.test().attrs["code"] == 20
        assert one.test().attrs["code"] == 20


def test_two_answers_at_once() -> None:
    """What stands behind the answer belongs to nobody: it is not taken for the next one."""

    def twice(connection: socket.socket, number: str) -> None:
        connection.sendall(result(number) + b"\r\n" + result("999", 7, "ERROR") + b"\r\n")

    with scripted(twice) as server, client(server) as one:
        for _ in range(3):
            assert one.test()["code"].item() == 20
    assert len(server.connections) == 3


def test_unasked_bytes_between_calls() -> None:
    """A connection on which something came unasked is not used again."""
    pushed = threading.Event()

    def push_later(connection: socket.socket, number: str) -> None:
        connection.sendall(result(number) + b"\r\n")
        connection.sendall(result("5"))
        pushed.set()

    with scripted(push_later, answer()) as server, client(server) as one:
        one.test()
        assert pushed.wait(5)
        assert one.test()["code"].item() == 20


def test_slow_answer() -> None:
    """An answer in pieces, each in time, is whole."""

    def slowly(connection: socket.socket, number: str) -> None:
        whole = result(number)
        for at in range(0, len(whole), 40):
            connection.sendall(whole[at : at + 40])
            time.sleep(0.01)

    with scripted(slowly) as server, client(server) as one:
        assert one.test()["code"].item() == 20


def test_silence(stop: threading.Event) -> None:
    """No byte in time: TimedOut, and for a command that changes state what that means."""
    with scripted(hold(stop)) as server, client(server, QUICK) as one:
        with pytest.raises(toolkit.TimedOut, match=r"CALLSTART.*may have been done") as caught:
            one.calls.start("1001")
        assert len(server.lines) == 1
        stop.set()
    assert caught.value.target == "1001"
    assert caught.value.elapsed is not None


def test_drip(stop: threading.Event) -> None:
    """A byte now and then does not go on for ever: the whole answer has its time."""

    def drip(connection: socket.socket, number: str) -> None:
        connection.sendall(b"<RESULT>")
        while not stop.wait(0.02):
            connection.sendall(b" ")

    with scripted(drip) as server, client(server, QUICK) as one:
        with pytest.raises(toolkit.TimedOut, match="not whole after"):
            one.test()
        stop.set()


def test_half_closed_before_the_answer() -> None:
    """The server ends its side without a byte: a read is sent once more, a change is not."""

    def half(connection: socket.socket, _number: str) -> None:
        connection.shutdown(socket.SHUT_WR)

    with scripted(half) as server, client(server) as one:
        with pytest.raises(toolkit.ConnectionLost, match="without an answer"):
            one.test()
        assert server.types == ["TEST", "TEST"]
        with pytest.raises(toolkit.ConnectionLost, match=r"may have been done; calls\.list"):
            one.calls.start("1001")
        assert server.types == ["TEST", "TEST", "CALLSTART"]


def test_half_closed_inside_the_answer() -> None:
    """An answer that breaks off is never taken for a whole one."""

    def half(connection: socket.socket, number: str) -> None:
        connection.sendall(result(number)[:-20])
        connection.shutdown(socket.SHUT_WR)

    with scripted(half) as server, client(server) as one:
        with pytest.raises(toolkit.ConnectionLost, match="before </RESULT>"):
            one.calls.stop("1001")
    assert server.types == ["CALLSTOP"]


def test_half_closed_after_the_answer() -> None:
    """A server that closes after each answer costs a connection a call, and no call."""
    with scripted(then_close(answer())) as server, client(server) as one:
        for number in range(3):
            one.calls.start("1001")
            server.wait_closed(number)  # a change that meets a close on its way is lost for good
    assert server.types == ["CALLSTART"] * 3
    assert len(server.connections) == 3


def test_closed_between_calls() -> None:
    """A kept connection that the server has closed takes no byte of a change: it is sent anew."""
    with scripted(answer()) as server, client(server) as one:
        one.test()
        server.connections[0].shutdown(socket.SHUT_RDWR)
        one.calls.start("1001")
    assert server.types == ["TEST", "CALLSTART"]


def test_lost_answer_of_a_read() -> None:
    """A read whose connection broke is sent once more."""
    with scripted(drop, answer()) as server, client(server) as one:
        assert one.calls.list().empty
    assert server.types == ["CALLLIST", "CALLLIST"]


def test_other_request_id() -> None:
    """An answer to another request is refused, and its connection is not used again."""

    def other(connection: socket.socket, number: str) -> None:
        connection.sendall(result(str(int(number) + 1)) + b"\r\n")

    with scripted(other, answer()) as server, client(server) as one:
        with pytest.raises(toolkit.BadReply, match=r"to request \d+, and \d+ was sent"):
            one.test()
        assert one.test()["code"].item() == 20
    assert len(server.connections) == 2


def test_other_request_id_allowed() -> None:
    """With the option it is a warning only."""
    with scripted(send(result("123456789"))) as server:
        with client(server, other_id="warn") as one:
            with pytest.warns(toolkit.uptivity.UptivityWarning, match="to request 123456789"):
                assert one.test()["code"].item() == 20


def test_sixteen_mebibytes() -> None:
    """An answer of the limit's size arrives; one byte more is ReplyTooLarge."""

    def big(over: int) -> Act:
        def act(connection: socket.socket, number: str) -> None:
            size = QUICK.max_bytes + over - len(result(number, data="<F></F>"))
            connection.sendall(result(number, data=f"<F>{'x' * size}</F>") + b"\r\n")

        return act

    limits = Limits(connect=5, read=20, total=60, max_bytes=QUICK.max_bytes)
    with scripted(big(0), big(1), answer()) as server, client(server, limits) as one:
        assert len(one.fetch("TEST").body) == QUICK.max_bytes
        with pytest.raises(toolkit.ReplyTooLarge, match="16,777,216"):
            one.test()
        assert one.test()["code"].item() == 20


def test_junk_before() -> None:
    """Junk before the XML is left out and told; the data are marked."""
    junk = b'Ready.\r\n\x00<welcome to="you">\r\n'
    with scripted(answer(before=junk)) as server, client(server) as one:
        with pytest.warns(toolkit.uptivity.UptivityWarning, match="junk came before"):
            frame = one.test()
    assert (frame["code"].item(), frame.attrs["repaired"]) == (20, True)


def test_junk_only(stop: threading.Event) -> None:
    """Something that is no answer at all: a BadReply that shows it, or a time that ran out."""
    page = send(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>no</html>\r\n")
    with scripted(then_close(page)) as server, client(server) as one:
        with pytest.raises(toolkit.BadReply, match=r"holds no RESULT; it begins with 'HTTP/1\.1"):
            one.test()

    def stays(connection: socket.socket, number: str) -> None:
        connection.sendall(b"Ready.\r\n")
        hold(stop)(connection, number)

    with scripted(stays) as server, client(server, QUICK) as one:
        with pytest.raises(toolkit.TimedOut):
            one.test()
        stop.set()


def test_nobody_listens() -> None:
    """A port that nobody listens on is Unreachable: nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with toolkit.uptivity.connect(f"tcp://127.0.0.1:{port}", limits=QUICK) as one:
        with pytest.raises(toolkit.Unreachable) as caught:
            one.calls.start("1001")
    assert "may have been done" not in str(caught.value)


def test_no_connection_is_kept() -> None:
    """With the option each call has a connection of its own."""
    with scripted(answer()) as server, client(server, keep_connection=False) as one:
        one.test()
        one.test()
    assert len(server.connections) == 2


def test_too_many_clients_on_connecting() -> None:
    """48 that is said at once, followed by the end of the connection, is waited out."""
    with scripted(then_close(refusal(48, "API_TOO_MANY_CLIENTS")), answer()) as server:
        with client(server) as one:
            assert one.calls.start("1001")["code"].item() == 20
    assert server.types == ["CALLSTART", "CALLSTART"]


def test_threads_do_not_mix() -> None:
    """Calls of several threads have connections of their own, and each its own answer."""

    def told(connection: socket.socket, number: str) -> None:
        connection.sendall(result(number, data=f"<L><I><N>{number}</N></I></L>") + b"\r\n")

    found: list[bool] = []
    with scripted(told) as server, client(server) as one:

        def work() -> None:
            for _ in range(10):
                call = one.fetch("TEST")
                found.append(call.frame["n"].item() == call.reply.request_id)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [True] * 40
