"""Every function, by its method and by its name on the wire."""

from __future__ import annotations

import httpx
import pytest

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.conformance.checks import QUICK, Checks, call, difference, lasting, none_of
from toolkit.conformance.loopback import Scripted
from toolkit.conformance.subject import Client
from toolkit.outcomes import InvalidArgument, NoSession


class Calling(Checks):
    """The two ways to call are one."""

    def test_by_method_and_by_name(self) -> None:
        """Either way sends as many requests and gives an equal DataFrame."""
        found = []
        for one in self.both_ways():
            differs = difference(lasting(one.by_method), lasting(one.by_name))
            if differs:
                found.append(f"{one.sample.function}: {differs}")
            sent, again = map(len, one.requests)
            if not 0 < sent == again:
                found.append(f"{one.sample.function}: {sent}, {again} requests")
        none_of(found)

    def test_the_same_request(self, server: Scripted) -> None:
        """Either way is recorded as the same function, aimed at the same."""
        found = []
        for one in self.both_ways():
            first, second = (self._aims(server, requests) for requests in one.requests)
            if first != second or first[0][0] != self.row(one.sample).name:
                found.append(f"{one.sample.function}: {first}, {second}")
        none_of(found)

    def _aims(self, server: Scripted, requests: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        """Function and target of the requests that a server has read."""
        service = self.subject.service
        records = [service.decode_call(_interaction(server, each)) for each in requests]
        return [(record.function, record.target) for record in records]

    def test_a_name_that_is_none(self, client: Client, server: Scripted) -> None:
        """It is refused with the nearest names, and nothing is sent."""
        with pytest.raises(InvalidArgument, match="nothing-like-it"):
            client.call("nothing-like-it")
        with pytest.raises(InvalidArgument, match="did you mean"):
            client.call(self.subject.read.function[1:])
        assert server.requests == []

    def test_a_function_of_the_login(self, client: Client, server: Scripted) -> None:
        """What only a login calls is refused with what would be right."""
        for function in self.subject.service.functions.all:
            if function.login:
                with pytest.raises(InvalidArgument, match="login"):
                    client.call(function.name)
        assert server.requests == []

    def test_no_session(self, server: Scripted) -> None:
        """Nothing is sent where a session is needed and none is open."""
        client = self.subject.connect(self.subject.known(server.url), limits=QUICK)
        try:
            if self.subject.welcome():
                with pytest.raises(NoSession):
                    call(client, self.subject.read)
                with pytest.raises(NoSession):
                    call(client, self.subject.change)
                assert server.requests == []
            assert client.service_name == self.subject.name
        finally:
            client.close()

    def test_a_transport_of_ones_own(self, server: Scripted) -> None:
        """What stands in place of the network sees every request."""
        seen: list[httpx.Request] = []

        class Watched(httpx.HTTPTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                seen.append(request)
                return super().handle_request(request)

        known = self.subject.known(server.url)
        with self.connected(known, transport=Watched(), headers={"x-mark": "mine"}) as client:
            call(client, self.subject.read)
        assert len(seen) >= len(server.requests) > len(self.subject.welcome())
        assert all(request.headers["x-mark"] == "mine" for request in seen)


def _interaction(server: Scripted, request: tuple[bytes, bytes]) -> Interaction:
    """A request as the scripted server read it."""
    head, body = request
    first, *lines = head.decode("latin-1").split("\r\n")
    verb, target, _ = first.split(" ")
    pairs = [line.partition(": ") for line in lines]
    headers = [(name, value) for name, _, value in pairs]
    return Interaction(Request(verb, f"{server.url[:-1]}{target}", headers, body))
