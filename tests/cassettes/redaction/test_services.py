"""With the rules of a real service: a gateway's login, its session everywhere, and its keys."""

from __future__ import annotations

import base64

from tests.cassettes.redaction.views import holds
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.redaction import Redactor
from toolkit.services.sertainty.rules import Rules

SESSION = "9f86d081884c7d659a2feaa0c55ad015"
XML = [("Content-Type", "text/xml; charset=utf-8")]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def asked(
    function: str, *arguments: str, session: str = "", names: tuple[str, ...] = ()
) -> Request:
    opened = f"<Session>{session}</Session>" if session else ""
    tags = [f' name="{name}"' if name else "" for name in (*names, *[""] * len(arguments))]
    listed = "".join(
        f"<Argument{tag}>{encoded(text)}</Argument>"
        for tag, text in zip(tags, arguments, strict=False)
    )
    body = f"<Request>{opened}<Function>{function}</Function><ArgList>{listed}</ArgList></Request>"
    return Request("POST", "http://127.0.0.1:8080/", XML, body.encode())


def answered(status: int, *results: str, name: str = "") -> Response:
    tag = f' name="{name}"' if name else ""
    listed = "".join(f"<Result{tag}>{encoded(text)}</Result>" for text in results)
    body = (
        f"<Response><Status>{status}</Status><StatusMessage>m</StatusMessage>"
        f"<ResultList>{listed}</ResultList></Response>"
    )
    return Response(200, "OK", XML, body.encode())


SECRETS = (SESSION, "hunter22", "rex")
STAY = [
    Interaction(asked("hostOpenSession", "alice"), answered(2, "Your password?", name="Password")),
    Interaction(
        asked("hostOpenSession", "alice", "hunter22", "rex", names=("", "Password", "prompt-2")),
        answered(1, SESSION),
    ),
    Interaction(
        asked("configSaveTasks", "nightly", f"<a>see {SESSION}</a>", session=SESSION), answered(1)
    ),
    Interaction(asked("hostCloseSession", SESSION), answered(1)),
]


def test_a_login_leaves_no_secret_and_keeps_every_key() -> None:
    """Answers and session are gone in any decoding; a new session's replay finds each request."""
    redactor = Redactor(rules=[Rules()])
    recording = Matching(redactor=redactor, rules=[Rules()])
    replaying = Matching(redactor=Redactor(rules=[Rules()]), rules=[Rules()])
    for one in STAY:
        redacted = redactor.redact(one)
        assert not any(holds(redacted, secret) for secret in SECRETS)
        assert recording.key(one.request) == recording.key(redacted.request)
        assert recording.key(one.request) == replaying.key(redacted.request)
        assert redactor.mask(one.request) == redactor.mask(redacted.request)
        assert redactor.redact(redacted) == redacted


def test_a_prompt_stays_readable() -> None:
    """A prompt that is named like a secret is none: the service's rules know."""
    assert Redactor(rules=[Rules()]).redact(STAY[0]) == STAY[0]


def test_the_placeholder_is_what_the_replayed_login_hands_out() -> None:
    """Decoded from the reply, it is the one that stands in the later requests."""
    redactor = Redactor(rules=[Rules()])
    login, save = (redactor.redact(one) for one in STAY[1:3])
    assert login.response is not None
    handed = base64.b64decode(login.response.body.partition(b"<Result>")[2].partition(b"<")[0])
    assert b"<Session>" + handed + b"</Session>" in save.request.body
