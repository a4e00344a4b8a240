"""Whose a request is, and that no secret of XiVO's traffic survives, wherever it stands."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.services.xivo.wire import OTHER_TOKEN, TOKEN
from toolkit.cassettes import read
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.redaction.redactor import Redactor
from toolkit.services.xivo.recorded import XivoService
from toolkit.services.xivo.rules import Rules

SERVICE = XivoService()
HOST = "https://xivo.example"
AUTH = [("X-Auth-Token", TOKEN)]
DIGEST = [("Authorization", 'Digest username="ada", realm="r", nonce="n", uri="/", response="d"')]
BASIC = [("Authorization", "Basic YWRhOnB3")]
BEARER = [("Authorization", "Bearer abc.def")]


def request(method: str = "GET", url: str = HOST, headers: Any = (), body: bytes = b"") -> Request:
    return Request(method, url, list(headers), body)


# --- whose it is -------------------------------------------------------------------------------

OURS = [
    request(url=f"{HOST}:9486/1.1/users"),
    request(url=f"{HOST}:9486/1.1/nothing/that/is/known", headers=AUTH),
    request("POST", f"{HOST}:9497/0.1/token", BASIC, b"{}"),
    request(url="http://127.0.0.1:9487/1.1/users?limit=1"),
    request(url="https://wazo.example/api/confd/1.1/meetings"),
    request(url="https://wazo.example/api/auth/0.1/users", headers=AUTH),
    request(url="http://127.0.0.1:40001/1.1/users/1/lines", headers=AUTH),
    request(url="http://127.0.0.1:40001/1.1/users", headers=DIGEST),
    request(url="http://127.0.0.1:40001/1.1/infos"),
    request("PUT", "http://127.0.0.1:40001/1.1/users/1", AUTH, b'{"firstname":"x"}'),
    request("POST", "http://127.0.0.1:40002/0.1/token", BASIC, b'{"backend":"xivo_service"}'),
    request("HEAD", f"http://127.0.0.1:40002/0.1/token/{TOKEN}?scope=a.b"),
    request(url="https://xivo.example:9489/0.1/personal", headers=AUTH),
    request(url="http://127.0.0.1:40003/1.0/agents", headers=AUTH),
    request(url="http://[::1]:40001/1.1/users", headers=AUTH),
]
THEIRS = [
    request(url="https://api.twitter.com/1.1/users/lookup.json", headers=BEARER),
    request("POST", "https://api.twitter.com/1.1/statuses/update.json", BEARER),
    request(url="https://swift.example/v1/account/container", headers=AUTH),
    request(url="https://nova.example:8774/v2.1/servers", headers=AUTH),
    request(url="http://127.0.0.1:40001/1.1/unknown", headers=AUTH),
    request(url="http://127.0.0.1:40001/1.1/users", headers=BASIC),
    request(url="http://127.0.0.1:40001/1.0/agents"),
    request("POST", "http://gateway.example/1.1/users", [], b"<Request><Function>x</Function>"),
    request("PATCH", "http://127.0.0.1:40001/1.1/users", AUTH),
    request(url="https://geo.example/users?at=/1.1/users", headers=BEARER),
    request(url="not a url"),
    request(url=""),
    request(url="ftp://h:9486/1.1/users"),
]


@pytest.mark.parametrize("one", OURS, ids=lambda one: f"{one.method} {one.url}")
def test_ours(one: Request) -> None:
    """Ports and prefixes of XiVO's own, and elsewhere the table's paths with XiVO's credentials."""
    assert SERVICE.recognises(one)
    assert SERVICE.rules.recognises(one)


@pytest.mark.parametrize("one", THEIRS, ids=lambda one: f"{one.method} {one.url}")
def test_theirs(one: Request) -> None:
    """Other services' versions, tokens and bodies are left to them."""
    assert not SERVICE.recognises(one)


@given(
    method=st.text(max_size=8),
    url=st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,9}/(1\.1|0\.1|1\.0)/.{0,20}"),
    body=st.binary(max_size=20),
)
def test_recognising_never_raises(method: str, url: str, body: bytes) -> None:
    """Whatever a request is."""
    one = Request(method, url, [("a", "b")], body)
    assert SERVICE.recognises(one) in (True, False)
    assert isinstance(SERVICE.decode_call(Interaction(one)).function, str)


def test_other_services_do_not_take_it() -> None:
    """Each request of ours is recognised by one installed service, and none of theirs by us."""
    from toolkit.services import load

    for name, service in load().items():
        taken = [service.recognises(one) for one in OURS]
        assert all(taken) if name == "xivo" else not any(taken)


# --- secrets -----------------------------------------------------------------------------------

SECRET = "Tr0ub4dor-xivo"
WORD = "paddock"  # a secret that does not look like one


def leaks(interaction: Interaction, *secrets: str) -> list[str]:
    """Which secrets are still there, plain, or in any base64."""
    one, two = interaction.request, interaction.response
    parts = [one.url.encode(), one.body, repr(one.headers).encode()]
    if two is not None:
        parts += [two.body, repr(two.headers).encode()]
    found = []
    for secret in secrets:
        raw = secret.encode()
        forms = {raw, *(base64.b64encode(b"\0" * n + raw)[4:-4] for n in range(3))}
        found += [secret for part in parts for form in forms if len(form) > 3 and form in part]
    return found


def clean(one: Request, status: int = 200, body: object = None, **headers: str) -> Interaction:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    kind = headers.pop("content_type", "application/json")
    response = Response(status, "", [("Content-Type", kind), *headers.items()], raw)
    return Redactor(rules=[Rules()]).redact(Interaction(one, response))


def test_login() -> None:
    """Basic, and the token in the answer; the rest of both stays."""
    basic = base64.b64encode(f"ada:{SECRET}".encode()).decode()
    asked = request(
        "POST",
        f"{HOST}:9497/0.1/token",
        [("Authorization", f"Basic {basic}")],
        b'{"backend":"xivo_service","expiration":60}',
    )
    got = clean(asked, body={"data": {"token": TOKEN, "auth_id": "7", "acls": ["confd.#"]}})
    assert leaks(got, SECRET, TOKEN, basic) == []
    assert got.request.body == asked.body
    assert b'"acls":["confd.#"]' in got.response.body  # type: ignore[union-attr]


@pytest.mark.parametrize("token", [TOKEN, WORD, "zz", "not a uuid"])
def test_token_in_the_path(token: str) -> None:
    """Whatever it looks like; and a request for it matches its redacted form."""
    from urllib.parse import quote

    url = f"{HOST}:9497/0.1/token/{quote(token)}?scope=confd.users.read"
    redactor = Redactor(rules=[Rules()])
    got = redactor.redact(Interaction(request(url=url)))
    assert f"/{quote(token)}?" not in got.request.url
    assert got.request.url.endswith("?scope=confd.users.read")
    assert redactor.mask(request(url=url)) == redactor.mask(got.request)


def test_passwords_in_json() -> None:
    """Those that are sent, those that a GET shows in clear, SIP secrets, options in pairs."""
    user = {"firstname": "Ada", "password": WORD, "call_permission_password": "4711", "x": None}
    sip = {"secret": SECRET, "options": [["md5secret", WORD], ["nat", "yes"], ["secret", "1234x"]]}
    asked = request("POST", f"{HOST}:9486/1.1/users", AUTH, msgspec.json.encode(user))
    got = clean(asked, 201, {"items": [user, sip]})
    assert leaks(got, WORD, SECRET, "4711", "1234x", TOKEN) == []
    body = got.response.body  # type: ignore[union-attr]
    assert b'["nat","yes"]' in body
    assert b'"firstname":"Ada"' in body
    assert b'"x":null' in body


def test_passwords_in_csv() -> None:
    """Columns with a secret's name, in any charset, and whatever the content type says."""
    table = f"firstname,password,sip_secret\r\nZoé,{WORD},{SECRET}\r\n"
    for kind, charset in [
        ("text/csv; charset=utf-8", "utf-8"),
        ("text/csv; charset=iso-8859-1", "latin-1"),
        ("application/json", "utf-8"),
        ("text/csv; charset=none-such", "utf-8"),
    ]:
        asked = request(
            "POST",
            f"{HOST}:9486/1.1/users/import",
            [*AUTH, ("Content-Type", kind)],
            table.encode(charset),
        )
        got = clean(asked, 200, table.encode(charset), content_type=kind)
        assert leaks(got, WORD, SECRET) == []
        assert got.request.body.startswith(b"firstname,password,sip_secret\r\nZo")


def test_import_refused() -> None:
    """The row that an import's error quotes holds its password."""
    row = {"firstname": "Ada", "password": WORD, "sip_secret": SECRET}
    error = {"message": "no", "details": {"row_number": 1, "row": row}}
    asked = request("POST", f"{HOST}:9486/1.1/users/import", AUTH)
    assert leaks(clean(asked, 400, {"errors": [error]}), WORD, SECRET) == []


@pytest.mark.parametrize("token", [TOKEN, WORD])
def test_wazo_quotes_the_token(token: str) -> None:
    """In the one string of its 401, and in the details of the other shape."""
    asked = request(
        url="https://wazo.example/api/confd/1.1/users", headers=[("X-Auth-Token", token)]
    )
    got = clean(asked, 401, [f"('{token}', 'confd.users.read')"])
    assert leaks(got, token) == []
    assert b"', 'confd.users.read')" in got.response.body  # type: ignore[union-attr]
    assert leaks(clean(asked, 401, {"details": {"invalid_token": token}}), token) == []


def test_digest_and_its_cookie() -> None:
    """The proof and the cookie that holds the nonce."""
    headers = [
        ("Authorization", f'Digest username="ada", nonce="n", uri="/1.1/x", response="{TOKEN}"'),
        ("Cookie", f"session={OTHER_TOKEN}"),
    ]
    got = clean(request(url=f"{HOST}:9486/1.1/x", headers=headers), 401, b"no")
    assert leaks(got, TOKEN, OTHER_TOKEN) == []
    assert 'username="ada"' in repr(got.request.headers)


def test_what_is_no_secret_stays() -> None:
    """A user, a list and a CSV without secrets come out byte for byte."""
    users = {"items": [{"id": 1, "password": None, "options": [["nat", "yes"]]}], "total": 1}
    asked = request(url=f"{HOST}:9486/1.1/users")
    raw = msgspec.json.encode(users)
    assert clean(asked, 200, raw).response.body == raw  # type: ignore[union-attr]
    table = b"uuid,firstname\r\n1,Ada\r\n"
    asked = request("POST", f"{HOST}:9486/1.1/users/import", [], table)
    assert clean(asked, 201, b"{}").request.body == table


def test_requests_match_by_value(tmp_path: Path) -> None:
    """In a replay another password and another token match; another name does not."""
    import httpx

    def handle(asked: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"id": 1})

    def post(transport: httpx.BaseTransport, token: str, body: str) -> int:
        with httpx.Client(transport=transport) as client:
            kind = {"X-Auth-Token": token, "Content-Type": "application/json"}
            url = f"{HOST}:9486/1.1/users"
            return client.post(url, headers=kind, content=body).status_code

    path = tmp_path / "users.yaml"
    body = '{"firstname": "Ada", "password": "%s"}'
    recording = toolkit.RecordTransport(path, httpx.MockTransport(handle))
    assert post(recording, TOKEN, body % WORD) == 201
    assert WORD not in path.read_text()
    other = body.replace(", ", ",") % "another"
    assert post(toolkit.ReplayTransport(path), OTHER_TOKEN, other) == 201
    with pytest.raises(toolkit.NotRecorded):
        post(toolkit.ReplayTransport(path), TOKEN, body.replace("Ada", "Bob") % WORD)
    assert len(list(read(path))) == 1
