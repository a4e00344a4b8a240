"""Every function, by its method and by its name on the wire."""

from __future__ import annotations

import httpx
import pandas as pd
import pytest

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.conformance.checks import QUICK, Checks, call, difference, lasting, none_of
from toolkit.conformance.loopback import Scripted
from toolkit.conformance.subject import Client
from toolkit.outcomes import InvalidArgument, NoSession
from toolkit.services.base.service import Service


class Calling(Checks):
    """The two ways to call are one."""

    def test_by_method_and_by_name(self, client: Client, server: Scripted) -> None:
        """Either way sends as many requests and gives an equal DataFrame."""
        found = []
        for one in self.everything:
            server.then(*self.success(self.row(one)))
            before = len(server.requests)
            first = self.subject.method(client, one)()
            sent = len(server.requests) - before
            self.again(client, server, one)
            before = len(server.requests)
            second = call(client, one)
            again = len(server.requests) - before
            self.again(client, server, one)
            if not isinstance(first, pd.DataFrame):
                found.append(f"{one.function}: its method gives {type(first).__name__}")
            elif differs := difference(lasting(first), lasting(second)):
                found.append(f"{one.function}: {differs}")
            if not 0 < sent == again:
                found.append(f"{one.function}: {sent}, {again} requests")
        none_of(found)

    def test_the_same_request(self, client: Client, server: Scripted) -> None:
        """Either way is recorded as the same function, aimed at the same."""
        service = self.subject.service
        found = []
        for one in self.everything:
            server.then(*self.success(self.row(one)))
            server.requests.clear()
            self.subject.method(client, one)()
            first = _aims(server, service)
            self.again(client, server, one)
            server.requests.clear()
            call(client, one)
            second = _aims(server, service)
            self.again(client, server, one)
            if first != second or first[0][0] != self.row(one).name:
                found.append(f"{one.function}: {first}, {second}")
        none_of(found)

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


def _aims(server: Scripted, service: Service) -> list[tuple[str, str]]:
    """Function and target of the requests that the server has read."""
    records = [service.decode_call(_interaction(server, each)) for each in server.requests]
    return [(record.function, record.target) for record in records]


def _interaction(server: Scripted, request: tuple[bytes, bytes]) -> Interaction:
    """A request as the scripted server read it."""
    head, body = request
    first, *lines = head.decode("latin-1").split("\r\n")
    verb, target, _ = first.split(" ")
    pairs = [line.partition(": ") for line in lines]
    headers = [(name, value) for name, _, value in pairs]
    return Interaction(Request(verb, f"{server.url[:-1]}{target}", headers, body))
