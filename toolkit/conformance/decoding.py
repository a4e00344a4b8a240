"""Recorded traffic back to calls, whatever was recorded."""

from __future__ import annotations

import random
from pathlib import Path

import toolkit
from toolkit.cassettes import read
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.conformance.checks import Checks, call, difference, none_of
from toolkit.conformance.subject import Client
from toolkit.outcomes import Category, ToolkitError
from toolkit.services.base.service import CallRecord

_TURNS = 400
_VERBS = ("GET", "POST", "PUT", "DELETE", "HEAD", "", "x y")
_PATHS = ("/", "/1.1/users/7", "/oauth2/token", "/%", "/a//b", "?x=%zz", "", "nonsense", "/é/漢")
_BODIES = (
    b"", b"{}", b"[]", b"null", b'{"a": ', b"<a/>", b"<a>", b"a=b&c=%", b"\xff\x00",
    b"<Request><Function>x</Function></Request>", b"[" * 2000, b"<a>" * 300,
)  # fmt: skip
_STATUSES = (100, 200, 201, 204, 302, 400, 401, 404, 418, 500, 503, 599)


class Decoding(Checks):
    """The same decoding serves a live answer and one that was recorded."""

    def test_each_interaction_is_its_call(self, tmp_path: Path) -> None:
        """Recognised, decoded to function and target, and to the DataFrame of the live call."""
        service, found, path = self.subject.service, [], tmp_path / "story.yaml"
        with self.subject.serve() as known, self.connected(known) as client:
            for one in self.subject.samples:
                before = len(list(read(path))) if path.exists() else 0
                with toolkit.record(path):
                    frame = call(client, one)
                mine = list(read(path))[before:]
                found += [f"{one.function}: not recognised" for each in mine
                          if not service.recognises(each.request)]  # fmt: skip
                record = service.decode_call(mine[-1])
                if record.function != self.row(one).name:
                    found.append(f"{one.function}: told as {record}")
                if len(mine) == 1 and (why := self._differs(mine[0], frame)):
                    found.append(f"{one.function}: {why}")
        none_of(found)

    def _differs(self, interaction: Interaction, frame: object) -> str:
        try:
            decoded = self.subject.service.decode_frame(interaction)
        except ToolkitError as error:
            return f"decoded it raises {error}"
        assert isinstance(frame, type(decoded))
        return difference(decoded, frame)

    def test_nothing_breaks_the_reading(self, client: Client) -> None:
        """Recognising and decoding raise nothing, whatever was recorded; categories are known."""
        service, chance = self.subject.service, random.Random(7)  # noqa: S311 (no secret)
        for _ in range(_TURNS):
            one = _anything(chance, client.url)
            assert service.recognises(one.request) in (True, False)
            record = service.decode_call(one)
            assert isinstance(record, CallRecord)
            assert record.category in set(Category)
            assert service.task_statuses(one) is None
            try:
                service.decode_frame(one)
            except ToolkitError as error:
                assert str(error)

    def test_redaction_is_stable(self, client: Client) -> None:
        """What was hidden once stays as it is when it is hidden again; the matched body too."""
        rules, chance = self.subject.service.rules, random.Random(8)  # noqa: S311 (no secret)

        def hide(_: str, secret: str) -> str:
            return secret if secret.startswith("HIDDEN") else f"HIDDEN{len(secret)}"

        for _ in range(_TURNS):
            one = _anything(chance, client.url)
            once = rules.redact_request(one.request, hide)
            assert rules.redact_request(once, hide) == once
            assert rules.match_body(once) == rules.match_body(one.request)
            if one.response is not None:
                said = rules.redact_response(one.request, one.response, hide)
                assert said.status == one.response.status
                assert rules.redact_response(once, said, hide) == said


def _anything(chance: random.Random, url: str) -> Interaction:
    """An interaction that may be anything, at the service's own address or elsewhere."""
    base = chance.choice((url.rstrip("/"), "http://127.0.0.1:1", "", "https://h.example"))
    request = Request(
        chance.choice(_VERBS),
        base + chance.choice(_PATHS),
        [("Content-Type", chance.choice(("application/json", "text/xml", ""))), ("", "")],
        chance.choice(_BODIES) or chance.randbytes(chance.randrange(40)),
    )
    if chance.random() < 0.2:
        return Interaction(request, None, Failure("ReadError", "gone"))
    body = chance.choice(_BODIES) or chance.randbytes(chance.randrange(40))
    return Interaction(request, Response(chance.choice(_STATUSES), "", [], body))
