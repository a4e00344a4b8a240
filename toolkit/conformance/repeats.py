"""A call is repeated only if it is a read, or if not one byte of it was sent."""

from __future__ import annotations

import httpx
import pytest

from toolkit.conformance.checks import QUICK, Checks, call, none_of
from toolkit.conformance.loopback import Scripted, drop, raw
from toolkit.conformance.subject import Client
from toolkit.outcomes import ConnectionLost, Unreachable


class Repeats(Checks):
    """State-changing calls are never repeated."""

    def test_lost_after_it_was_sent(self, client: Client, server: Scripted) -> None:
        """The whole request was read, and no answer came: a change is sent once, a read twice."""
        found = []
        for one in self.everything:
            function = self.row(one)
            server.then(drop)
            before = len(server.requests)
            with pytest.raises(ConnectionLost) as caught:
                call(client, one)
            sent = len(server.requests) - before
            changes = self.subject.changes(one)
            if sent != (1 if changes else 2):
                found.append(f"{one.function} was sent {sent} times")
            if caught.value.function != function.name:
                found.append(f"{one.function}: the error names {caught.value.function!r}")
            if changes and "it may have been done" not in caught.value.message:
                found.append(f"{one.function} does not say that it may have been done")
        none_of(found)

    def test_lost_within_the_answer(self, client: Client, server: Scripted) -> None:
        """An answer that breaks off is a lost one, too."""
        cut = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n<")
        for one, times in ((self.subject.read, 2), (self.subject.change, 1)):
            server.then(cut)
            server.requests.clear()
            with pytest.raises(ConnectionLost):
                call(client, one)
            assert len(server.requests) == times

    def test_a_read_succeeds_the_second_time(self, client: Client, server: Scripted) -> None:
        """The caller of a read sees nothing of a connection that was lost once."""
        function = self.row(self.subject.read)
        server.then(drop, *self.success(function))
        assert len(call(client, self.subject.read)) == 1
        assert len(server.requests) == 2

    def test_nothing_was_sent(self, server: Scripted) -> None:
        """Where no connection was made, a change is tried again as a read is."""
        network = _Failing()
        known = self.subject.known(server.url)
        with self.connected(known, limits=QUICK, transport=network) as client:
            for one in (self.subject.read, self.subject.change):
                server.then(*self.success(self.row(one)))
                server.requests.clear()
                network.failures = 1
                call(client, one)
                assert len(server.requests) == 1
                network.failures = 9
                with pytest.raises(Unreachable) as caught:
                    call(client, one)
                assert network.failures == 7
                assert "may have been done" not in str(caught.value)
                network.failures = 0


class _Failing(httpx.HTTPTransport):
    """A network that makes no connection, so many times."""

    failures = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.failures:
            self.failures -= 1
            raise httpx.ConnectError("refused", request=request)
        return super().handle_request(request)
