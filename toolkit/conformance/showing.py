"""What a client shows of itself, and what completion finds."""

from __future__ import annotations

import rlcompleter

from toolkit.conformance.checks import QUICK, Checks, call, none_of
from toolkit.conformance.loopback import Scripted
from toolkit.conformance.subject import Client

_LONGEST = 200


class Showing(Checks):
    """Objects say in a line what they are, and their methods are found by typing."""

    def test_one_line(self, client: Client) -> None:
        """The client's repr names the service and the server, in one line."""
        text = repr(client)
        assert self.subject.name in text
        assert client.url.rstrip("/") in text
        assert "\n" not in text
        assert len(text) < _LONGEST
        assert "<script" not in client._repr_html_()

    def test_without_a_session(self, server: Scripted) -> None:
        """A client that was only made shows itself too; nothing is sent."""
        client = self.subject.connect(self.subject.known(server.url), limits=QUICK)
        try:
            assert self.subject.name in repr(client)
            assert self.subject.name in client._repr_html_()
            assert server.requests == []
        finally:
            client.close()

    def test_the_last_call(self, client: Client, server: Scripted) -> None:
        """``client.last`` is the last call, told in one line."""
        server.then(*self.success(self.row(self.subject.read)))
        call(client, self.subject.read)
        assert self.row(self.subject.read).name in repr(client.last)
        assert "\n" not in repr(client.last)

    def test_completion(self, client: Client) -> None:
        """Each method of the table is completed from its first letters, place by place."""
        completer = rlcompleter.Completer({"client": client})
        found = []
        for function in self.functions:
            path = "client"
            for word in function.method.split("."):
                offered = _offered(completer, f"{path}.{word[:1]}")
                if f"{path}.{word}" not in offered:
                    found.append(f"{function.method}: {word} is not offered after {path}")
                path = f"{path}.{word}"
        none_of(found)

    def test_places_show_their_functions(self, client: Client) -> None:
        """The repr of each place on the way to a method is a line that names the service."""
        found = []
        for path in {one.method.rpartition(".")[0] for one in self.functions}:
            place: object = client
            for word in filter(None, path.split(".")):
                place = getattr(place, word)
            if self.subject.name not in repr(place) or "\n" in repr(place):
                found.append(f"{path}: {place!r}")
        none_of(found)


def _offered(completer: rlcompleter.Completer, text: str) -> set[str]:
    """What completion offers after these letters."""
    offered, number = set(), 0
    while (one := completer.complete(text, number)) is not None:
        offered.add(one.rstrip("()"))
        number += 1
    return offered
