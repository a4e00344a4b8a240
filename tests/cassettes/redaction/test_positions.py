"""Each place where a secret may stand, one by one."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

from tests.cassettes.redaction.views import check_clean
from toolkit.cassettes.interaction import Failure, Headers, Interaction, Request, Response
from toolkit.cassettes.redaction import PATTERN, Redactor

SECRET = "kT5-zq8.Wv2_Lm7x"
JSON = [("Content-Type", "application/json")]
FORM = [("Content-Type", "application/x-www-form-urlencoded")]
XML = [("Content-Type", "text/xml")]


def asked(
    url: str = "https://box.example/a", headers: Headers | None = None, body: str | bytes = b""
) -> Interaction:
    raw = body.encode() if isinstance(body, str) else body
    return Interaction(Request("POST", url, headers or [], raw), Response(200, "OK"))


def answered(headers: Headers | None = None, body: str | bytes = b"") -> Interaction:
    raw = body.encode() if isinstance(body, str) else body
    return Interaction(
        Request("GET", "https://box.example/a"), Response(200, "OK", headers or [], raw)
    )


BASIC = base64.b64encode(f"alice:{SECRET}".encode()).decode()
PLACES = {
    "bearer": asked(headers=[("Authorization", f"Bearer {SECRET}")]),
    "bearer, lower case": asked(headers=[("authorization", f"bearer {SECRET}")]),
    "basic": asked(headers=[("Authorization", f"Basic {BASIC}")]),
    "proxy": asked(headers=[("Proxy-Authorization", f"Basic {BASIC}")]),
    "unknown scheme": asked(headers=[("Authorization", f"{SECRET} x")]),
    "no scheme": asked(headers=[("Authorization", SECRET)]),
    "digest": asked(headers=[("Authorization", f'Digest username="a", response="{SECRET}"')]),
    "digest, unquoted": asked(
        headers=[("Authorization", f"Digest response={SECRET}, nc=00000001")]
    ),
    "digest, broken": asked(headers=[("Authorization", f'Digest response="{SECRET}')]),
    "signature": asked(
        headers=[("Authorization", f"AWS4-HMAC-SHA256 Credential=A, Signature={SECRET}")]
    ),
    "cookie": asked(headers=[("Cookie", f"theme=dark; s={SECRET}")]),
    "cookie, quoted": asked(headers=[("Cookie", f's="{SECRET}"')]),
    "cookie, nameless": asked(headers=[("Cookie", SECRET)]),
    "x-auth-token": asked(headers=[("X-Auth-Token", SECRET)]),
    "x-api-key": asked(headers=[("x-api-key", SECRET)]),
    "private-token": asked(headers=[("PRIVATE-TOKEN", SECRET)]),
    "csrf": asked(headers=[("X-CSRFToken", SECRET)]),
    "referer": asked(headers=[("Referer", f"https://box.example/?token={SECRET}")]),
    "any header with a URL": asked(headers=[("X-Original", f"see https://a/?api_key={SECRET}")]),
    "query": asked(f"https://box.example/a?x=1&api_key={SECRET}&y=2"),
    "query, escaped name": asked(f"https://box.example/a?pass%77ord={SECRET}"),
    "query, nested name": asked(f"https://box.example/a?user[password]={SECRET}"),
    "query, semicolons": asked(f"https://box.example/a?x=1;token={SECRET}"),
    "query, OAuth code": asked(f"https://box.example/cb?code={SECRET}&state=1"),
    "query, URL inside": asked(
        f"https://box.example/a?next=https%3A%2F%2Fb%3Ftoken%3D{SECRET}%26x%3D1"
    ),
    "fragment": asked(f"https://box.example/cb#access_token={SECRET}&token_type=Bearer"),
    "path parameter": asked(f"https://box.example/a;jsessionid={SECRET}/b"),
    "userinfo": asked(f"https://alice:{SECRET}@box.example/a"),
    "userinfo, token alone": asked(f"https://{SECRET}@box.example/a"),
    "form": asked(headers=FORM, body=f"user=alice&password={SECRET}&go=1"),
    "form, no type": asked(body=f"user=alice&client_secret={SECRET}"),
    "form, JSON inside": asked(headers=FORM, body="p=%7B%22token%22%3A%22" + SECRET + "%22%7D"),
    "json": asked(headers=JSON, body=json.dumps({"user": "a", "password": SECRET})),
    "json, deep": asked(headers=JSON, body=json.dumps({"a": [{"b": {"apiKey": SECRET}}]})),
    "json, spaced": asked(headers=JSON, body='{"password"\n :\t"@"}'.replace("@", SECRET)),
    "json, list": asked(headers=JSON, body=json.dumps({"tokens": [SECRET, "b"]})),
    "json, object": asked(headers=JSON, body=json.dumps({"token": {"id": SECRET, "ttl": 60}})),
    "json, passwords by user": asked(headers=JSON, body=json.dumps({"passwords": {"al": SECRET}})),
    "json, name and value": asked(
        headers=JSON, body=json.dumps([{"name": "pin", "value": SECRET}])
    ),
    "json, value and name": asked(
        headers=JSON, body=json.dumps([{"value": SECRET, "name": "pin"}])
    ),
    "json, in a string": asked(headers=JSON, body=json.dumps({"m": json.dumps({"token": SECRET})})),
    "json, XML in a string": asked(headers=JSON, body=json.dumps({"m": f"<pin>{SECRET}</pin>"})),
    "json, escaped name": asked(
        headers=JSON, body='{"pass\\u0077ord": "@'.replace("@", SECRET) + '"}'
    ),
    "json, cut": asked(headers=JSON, body='{"user": "a", "password": "' + SECRET),
    "json lines": asked(body='{"a": 1}\n{"token": "@"}\n'.replace("@", SECRET)),
    "json, no type": asked(body=json.dumps({"password": SECRET})),
    "json, with a mark": asked(body=b"\xef\xbb\xbf" + json.dumps({"password": SECRET}).encode()),
    "json, URL in a value": asked(headers=JSON, body=json.dumps({"u": f"http://a/?sig={SECRET}"})),
    "json, user in a URL": asked(headers=JSON, body=json.dumps({"u": f"http://a:{SECRET}@b/"})),
    "xml element": asked(headers=XML, body=f"<a><Session>{SECRET}</Session></a>"),
    "xml, prefix": asked(
        headers=XML, body=f'<s:a xmlns:s="u"><s:Password>{SECRET}</s:Password></s:a>'
    ),
    "xml, attributes on it": asked(
        headers=XML, body=f'<a><password type="t">{SECRET}</password></a>'
    ),
    "xml, CDATA": asked(headers=XML, body=f"<a><password><![CDATA[{SECRET}]]></password></a>"),
    "xml, children": asked(headers=XML, body=f"<a><Token><v>{SECRET}</v></Token></a>"),
    "xml attribute": asked(headers=XML, body=f'<login user="a" password="{SECRET}"/>'),
    "xml, single quotes": asked(headers=XML, body=f"<login password='{SECRET}'/>"),
    "xml, named": asked(headers=XML, body=f'<a><Argument name="password">{SECRET}</Argument></a>'),
    "xml, named value": asked(headers=XML, body=f'<add key="ApiKey" value="{SECRET}"/>'),
    "xml, named base64": asked(
        headers=XML,
        body=f'<a><p name="token">{base64.b64encode(SECRET.encode()).decode()}</p></a>',
    ),
    "xml, cut": asked(headers=XML, body=f"<a><password>{SECRET}"),
    "xml, URL in text": asked(headers=XML, body=f"<a><u>http://h/?x=1&amp;token={SECRET}</u></a>"),
    "xml, utf-16": asked(headers=XML, body=f"<a><pin>{SECRET}</pin></a>".encode("utf-16")),
    "html form": answered(body=f'<input type="hidden" name="csrf_token" value="{SECRET}">'),
    "multipart": asked(
        headers=[("Content-Type", "multipart/form-data; boundary=Cut")],
        body='--Cut\r\nContent-Disposition: form-data; name="password"\r\n\r\n'
        f'{SECRET}\r\n--Cut\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n--Cut--\r\n',
    ),
    "multipart, JSON part": asked(
        headers=[("Content-Type", 'multipart/mixed; boundary="Cut"')],
        body='--Cut\r\nContent-Type: application/json\r\n\r\n{"token": "@'.replace("@", SECRET)
        + '"}\r\n--Cut--\r\n',
    ),
    "csv": asked(headers=[("Content-Type", "text/csv")], body=f"name,password\r\nal,{SECRET}\r\n"),
    "gzip": asked(
        headers=[*JSON, ("Content-Encoding", "gzip")],
        body=gzip.compress(json.dumps({"password": SECRET}).encode()),
    ),
    "set-cookie": answered(headers=[("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly")]),
    "set-cookie, folded": answered(
        headers=[("Set-Cookie", f"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, s={SECRET}; Path=/")]
    ),
    "location": answered(headers=[("Location", f"https://app.example/cb?access_token={SECRET}")]),
    "rspauth": answered(headers=[("Authentication-Info", f'rspauth="{SECRET}", qop=auth')]),
    "negotiate": answered(headers=[("WWW-Authenticate", f"Negotiate {SECRET}")]),
    "token reply": answered(
        headers=JSON,
        body=json.dumps({"access_token": SECRET, "token_type": "Bearer", "expires_in": 3600}),
    ),
    "refresh token": answered(headers=JSON, body=json.dumps({"refresh_token": SECRET})),
    "id token": answered(headers=JSON, body=json.dumps({"id_token": SECRET})),
    "auth reply": answered(headers=JSON, body=json.dumps({"data": {"token": SECRET, "acls": []}})),
    "failure": Interaction(
        Request("GET", f"https://box.example/?token={SECRET}"),
        failure=Failure("ConnectError", f"cannot reach https://box.example/?token={SECRET}"),
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_each_place_is_hidden(place: str) -> None:
    """The secret is gone in any decoding, keys stay equal, and redacting twice is once."""
    redacted = check_clean(Redactor(rules=[]), PLACES[place], SECRET)
    assert (
        "XXXXXXXX-" in repr(redacted)
        or "WFhYWFhY" in repr(redacted)
        or place in ("gzip", "xml, utf-16")
    )


def test_what_is_not_secret_stays_byte_for_byte() -> None:
    """Only the secret's own bytes are replaced: names, order, white space and attributes stay."""
    body = b'{ "user" : "alice",\n  "password":"x1", "n": 1.50, "note": "caf\\u00e9 \xc3\xa9" }'
    one = asked(headers=[("Cookie", "theme=dark;  sid=abc"), *JSON], body=body)
    redacted = Redactor(rules=[]).redact(one).request
    assert PATTERN.sub("x1", redacted.body.decode()).encode() == body
    assert re.sub(PATTERN.pattern, "?", redacted.headers[0][1]) == "theme=?;  sid=?"


def test_nothing_secret_gives_the_same_object() -> None:
    """An interaction without secrets is not copied."""
    plain = Interaction(
        Request("POST", "https://box.example/a?page=2", [("Accept", "*/*")], b'{"title": "x"}'),
        Response(200, "OK", JSON, b'{"items": [], "total": 0}'),
    )
    redactor = Redactor(rules=[])
    assert redactor.redact(plain) is plain
    assert redactor.mask(plain.request) is plain.request


@pytest.mark.parametrize(
    "body",
    [
        '{"password": null, "token": "", "enabled": true, "ask_password": false}',
        '{"next_page_token": "abc", "token_type": "Bearer", "tokens": 12, "author": "me"}',
        "<a><Password/><Session></Session><Passage>text</Passage></a>",
        "code=213&message=File+not+found",
    ],
)
def test_what_only_looks_like_a_secret_stays(body: str) -> None:
    """Empty values, booleans, counts, paging marks and result codes are left alone."""
    one = asked(body=body)
    assert Redactor(rules=[]).redact(one) is one


def test_names_of_cookies_and_attributes_stay() -> None:
    """A Set-Cookie keeps everything but its value."""
    one = answered(headers=[("Set-Cookie", "sid=abc; Max-Age=60; Path=/; Secure; SameSite=Lax")])
    response = Redactor(rules=[]).redact(one).response
    assert response is not None
    value = PATTERN.sub("?", response.headers[0][1])
    assert value == "sid=?; Max-Age=60; Path=/; Secure; SameSite=Lax"


def test_content_length_follows_the_body() -> None:
    """It is set anew where it gave the body's length; a digest of the body is hidden."""
    body = b'{"password": "x"}'
    headers = [("Content-Length", str(len(body))), ("Content-MD5", "abc=="), *JSON]
    redactor = Redactor(rules=[])
    one = asked(headers=headers, body=body)
    redacted = redactor.redact(one).request
    assert redacted.header("content-length") == str(len(redacted.body))
    assert PATTERN.fullmatch(redacted.header("content-md5") or "")
    assert redactor.mask(one.request) == redactor.mask(redacted)


def test_numbers_as_secrets() -> None:
    """A PIN that is a number is hidden, as text."""
    redacted = Redactor(rules=[]).redact(asked(headers=JSON, body='{"pin": 4711, "id": 4711}'))
    assert re.fullmatch(rb'\{"pin": "X{8}-password-\w{16}", "id": 4711\}', redacted.request.body)


def test_a_private_key_and_a_jwt_are_known_by_their_shape() -> None:
    """Neither needs a telling name."""
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLWhlcmU"
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD\n-----END RSA PRIVATE KEY-----"
    for secret, text in ((jwt, f"see {jwt}."), ("MIIBOgIBAAJBAKj34GkxFhD", pem)):
        redacted = Redactor(rules=[]).redact(answered(body=text))
        assert redacted.response is not None
        assert secret.encode() not in redacted.response.body
        assert b"XXXXXXXX-" in redacted.response.body
