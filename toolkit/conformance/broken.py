"""Answers that are none: too late, cut, a page, another protocol, without end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from toolkit.conformance.checks import QUICK, Checks, call, none_of
from toolkit.conformance.loopback import Act, Scripted, drip, hold, raw, reply
from toolkit.conformance.subject import Client
from toolkit.http import Limits
from toolkit.outcomes import (
    BadReply,
    CallError,
    ConnectionLost,
    ReplyTooLarge,
    TimedOut,
    TransportFailure,
    Unreachable,
)

SHORT = Limits(connect=10.0, read=0.5, total=1.0)
HTML = b"<!DOCTYPE html>\n<html><body><h1>Sign in</h1><p>to the proxy<br></body></html>"
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: 4096\r\n\r\n"
_ENDLESS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
_PIECE = b"4\r\n    \r\n"

NO_ANSWERS: dict[str, tuple[Act, type[CallError]]] = {
    "a page with 200": (reply(HTML, "200 OK", "text/html"), BadReply),
    "a page that says it is JSON": (reply(HTML, "200 OK", "application/json"), BadReply),
    "a page that says it is XML": (reply(HTML, "200 OK", "text/xml"), BadReply),
    "a page with 502": (reply(HTML, "502 Bad Gateway", "text/html"), CallError),
    "a redirect": (raw(b"HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n"),
                   CallError),
    "nothing": (reply(b"", "200 OK", "application/json"), BadReply),
    "bytes": (reply(b"\x00\xff\xfe\x80" * 9, "200 OK", "application/octet-stream"), BadReply),
    "half of JSON": (reply(b'{"items": [', "200 OK", "application/json"), BadReply),
    "half of XML": (reply(b"<a><b>", "200 OK", "text/xml"), BadReply),
    "JSON of another kind": (reply(b'"hello"', "200 OK", "application/json"), BadReply),
    "a document type": (reply(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), BadReply),
    "gzip that is none": (raw(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4"
                              b"\r\n\r\nabcd"), CallError),
    "another protocol": (raw(b"220 mail.example ESMTP\r\n"), TransportFailure),
    "a body that is cut": (raw(_HEAD % b"application/json" + b"{"), ConnectionLost),
    "a status without a body that is cut": (raw(b"HTTP/1.1 20"), TransportFailure),
    "a body that is too large": (reply(b" " * (QUICK.max_bytes + 1)), ReplyTooLarge),
}  # fmt: skip
LITTLE = ("nothing", "JSON of another kind")


class BrokenAnswers(Checks):
    """Whatever comes, a call ends, and says in a sentence what came."""

    @pytest.mark.parametrize("what", NO_ANSWERS)
    def test_no_answer_of_the_service(self, client: Client, server: Scripted, what: str) -> None:
        """It raises one of the shared exceptions that names the function; never a DataFrame.

        A change that answers with nothing but its outcome may be content with less.
        """
        act, kind = NO_ANSWERS[what]
        server.then(act)
        changes = [] if what in LITTLE else [self.subject.change]
        for one in (self.subject.read, *changes):
            with pytest.raises(kind) as caught:
                call(client, one)
            assert caught.value.function == self.row(one).name
            assert "\n" not in str(caught.value)
            assert len(str(caught.value)) < 1000

    def test_every_function_refuses_a_page(self, client: Client, server: Scripted) -> None:
        """A proxy's page is no success of any function."""
        server.then(NO_ANSWERS["a page with 200"][0])
        found = []
        for one in self.everything:
            try:
                call(client, one)
            except CallError as error:
                if error.function != self.row(one).name:
                    found.append(f"{one.function}: the error names {error.function!r}")
            else:  # the answer to HEAD has no body, so no page is seen
                if not server.requests[-1][0].startswith(b"HEAD "):
                    found.append(f"{one.function} took a page for its answer")
        none_of(found)

    def test_the_client_works_on(self, client: Client, server: Scripted) -> None:
        """After any of them the next call is as good as the first."""
        for act, _ in NO_ANSWERS.values():
            server.then(act)
            with pytest.raises(CallError):
                call(client, self.subject.read)
        server.then(*self.success(self.row(self.subject.read)))
        assert len(call(client, self.subject.read)) == 1

    @pytest.fixture
    def end(self) -> Iterator[threading.Event]:
        """Set when the test ends, so that no server waits on."""
        event = threading.Event()
        yield event
        event.set()

    def test_too_late(self, server: Scripted, end: threading.Event) -> None:
        """A server that says nothing is left after the time between two pieces; asked once."""
        with self.connected(self.subject.known(server.url), limits=SHORT) as client:
            server.then(hold(end))
            for one in (self.subject.read, self.subject.change):
                server.requests.clear()
                with pytest.raises(TimedOut) as caught:
                    call(client, one)
                assert caught.value.function == self.row(one).name
                assert isinstance(caught.value, TimeoutError)
                assert len(server.requests) == 1

    def test_without_end(self, server: Scripted, end: threading.Event) -> None:
        """A server that sends a byte now and then is left after the time for the whole answer."""
        with self.connected(self.subject.known(server.url), limits=SHORT) as client:
            server.then(drip(_ENDLESS, _PIECE, end))
            with pytest.raises(TimedOut, match="not whole after"):
                call(client, self.subject.read)

    def test_nobody_there(self) -> None:
        """A server that is gone is unreachable: nothing was sent."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        gone = self.subject.known(f"http://127.0.0.1:{port}/")
        other = self.subject.connect(gone, limits=QUICK)
        try:
            with pytest.raises(Unreachable, match="no connection"):
                self.subject.login(other, gone)
                call(other, self.subject.read)
        finally:
            other.close()
