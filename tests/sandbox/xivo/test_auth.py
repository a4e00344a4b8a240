"""xivo-auth: tokens and their refusals; ACLs in confd; Digest; who needs no authentication."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.xivo import plain
from sandbox.xivo.conftest import client, token
from toolkit import sandbox
from toolkit.sandbox.xivo import XivoBox

_NOBODY = "4bd57dd0-1111-4bde-8888-c4d3b8b0a2a1"


def _post(box: XivoBox, body: Any, *auth: str) -> httpx.Response:
    login = tuple(auth) or (box.user, box.password)
    return plain.post(f"{box.auth}/token", auth=(login[0], login[1]), json=body)


def test_a_token(box: XivoBox) -> None:
    """200, six keys, naive local times, the default of two hours."""
    reply = _post(box, {"backend": "xivo_service"})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    data = reply.json()["data"]
    assert set(data) == {"token", "auth_id", "xivo_user_uuid", "issued_at", "expires_at", "acls"}
    assert (data["auth_id"], data["xivo_user_uuid"], data["acls"]) == ("7", None, ["confd.#"])
    assert uuid.UUID(data["token"]).version == 4
    issued, expires = (datetime.fromisoformat(data[key]) for key in ("issued_at", "expires_at"))
    assert issued.tzinfo is None
    assert expires - issued == timedelta(seconds=7200)


@pytest.mark.parametrize(
    ("who", "backend", "acls"),
    [
        ("reader", "xivo_service", ["confd.users.read", "confd.users.*.read"]),
        ("no_acls", "xivo_service", []),
        ("admin", "xivo_admin", ["confd.#", "dird.tenants.#"]),
    ],
)
def test_accounts(box: XivoBox, who: str, backend: str, acls: list[str]) -> None:
    """Each account has its list, which may be empty."""
    reply = _post(box, {"backend": backend}, getattr(box, who), getattr(box, f"{who}_password"))
    assert reply.json()["data"]["acls"] == acls


def test_a_users_own_login(box: XivoBox) -> None:
    """The backend xivo_user: the uuid of the user, a fixed list with ``me``."""
    data = _post(box, {"backend": "xivo_user"}, box.login, box.login_password).json()["data"]
    own = box.items("users")["1"]["uuid"]
    assert data["auth_id"] == data["xivo_user_uuid"] == own
    assert "confd.users.me.#.read" in data["acls"]
    headers = {"X-Auth-Token": data["token"]}
    with plain.Client(base_url=box.confd, headers=headers) as confd:
        assert confd.get(f"/users/{own}").status_code == 200
        assert confd.get(f"/users/{own}/forwards").status_code == 200
        assert confd.put(f"/users/{own}/services/dnd", json={"enabled": True}).status_code == 204
        assert confd.get("/users").status_code == 401
        assert confd.get("/users/1").status_code == 401, "me is the uuid, not the number"
        assert confd.get("/users/me").status_code == 404
    with client(box) as confd:
        off = {"enabled": False, "cti_profile_id": 3}
        assert confd.put("/users/1/cti", json=off).status_code == 204
    assert _post(box, {"backend": "xivo_user"}, box.login, box.login_password).status_code == 401


@pytest.mark.parametrize(
    ("body", "auth", "status", "reason"),
    [
        ({"backend": "xivo_service"}, ("switchroom", "wrong"), 401, "Authentication Failed"),
        ({"backend": "xivo_service"}, ("", ""), 401, "Authentication Failed"),
        ({"backend": "nope"}, (), 401, "Authentication Failed"),
        *(
            ({"backend": "xivo_service", "expiration": wrong}, (), 400, "Invalid expiration")
            for wrong in (0, -1, "10", 1.5, True)
        ),
        ({"backend": "nope", "expiration": 0}, (), 401, "Authentication Failed"),
    ],
)
def test_refused_logins(
    box: XivoBox, body: Any, auth: tuple[str, ...], status: int, reason: str
) -> None:
    """The shape with two lists of one element; the password is looked at before the expiration."""
    reply = _post(box, body, *auth)
    assert reply.status_code == status
    said = reply.json()
    assert list(said) == ["timestamp", "reason", "status_code"]
    assert (said["reason"], said["status_code"]) == ([reason], status)
    assert abs(said["timestamp"][0] - box.now.timestamp()) < 60


def test_bodies_that_are_none(box: XivoBox) -> None:
    """No backend and no JSON type break the server; broken JSON is 400."""
    url, auth = f"{box.auth}/token", (box.user, box.password)
    for answer in (_post(box, {}), plain.post(url, auth=auth, content=b"x")):
        assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    headers = {"Content-Type": "application/json"}
    broken = plain.post(url, auth=auth, content=b"{x", headers=headers)
    assert broken.status_code == 400
    assert broken.json()["message"].startswith("The browser (or proxy) sent")


def test_a_token_is_looked_up(box: XivoBox) -> None:
    """GET 200, 403, 404 and HEAD 204, 403, 404, with nobody logged in."""
    made = token(box, box.reader, box.reader_password)
    url = f"{box.auth}/token/{made}"
    assert plain.get(url).json()["data"]["token"] == made
    for scope, status in (("confd.users.12.read", 200), ("confd.lines.read", 403)):
        reply = plain.get(url, params={"scope": scope})
        assert reply.status_code == status
        head = plain.head(url, params={"scope": scope})
        assert (head.status_code, head.content) == ({200: 204, 403: 403}[status], b"")
    assert reply.json()["reason"] == ["Unauthorized for confd.lines.read"]
    for unknown in (_NOBODY, "zzz"):
        reply = plain.get(f"{box.auth}/token/{unknown}")
        assert (reply.status_code, reply.json()["reason"]) == (404, ["No such token"])
        assert plain.head(f"{box.auth}/token/{unknown}").status_code == 404


def test_a_token_ends(box: XivoBox) -> None:
    """By DELETE (also of an unknown one), by time, and all at once."""
    made = token(box, box.user, box.password)
    for one in (made, _NOBODY):
        reply = plain.delete(f"{box.auth}/token/{one}")
        assert (reply.status_code, reply.json()) == (200, {"data": {"message": "success"}})
    assert plain.get(f"{box.auth}/token/{made}").status_code == 404
    brief = token(box, box.user, box.password, expiration=60)
    box.advance(59)
    assert plain.head(f"{box.auth}/token/{brief}").status_code == 204
    box.advance(timedelta(seconds=2))
    assert plain.head(f"{box.auth}/token/{brief}").status_code == 404
    token(box, box.user, box.password)
    assert box.drop_tokens() == 1


def test_the_rest_of_auth(box: XivoBox) -> None:
    """Backends, unknown paths, wrong verbs."""
    backends = plain.get(f"{box.auth}/backends").json()
    assert backends == {"data": ["xivo_user", "xivo_service", "xivo_admin"]}
    lost = plain.get(f"{box.auth}/nothing")
    assert (lost.status_code, lost.headers["content-type"]) == (404, "text/html")
    wrong = plain.put(f"{box.auth}/token")
    assert wrong.json() == {"message": "The method is not allowed for the requested URL."}
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST, OPTIONS")


def test_acls(box: XivoBox) -> None:
    """A token that lacks the ACL gets the same 401 page as a bad one."""
    with client(box, box.reader, box.reader_password) as confd:
        assert confd.get("/users").status_code == 200
        assert confd.get("/users/1").status_code == 200
        for refused in (
            confd.get("/lines"),
            confd.get("/users/1/lines"),
            confd.post("/users", json={"firstname": "a"}),
            confd.get("/users", headers={"X-Auth-Token": _NOBODY}),
            plain.get(f"{box.confd}/users"),
            plain.get(f"{box.confd}/users", params={"token": _NOBODY}),
        ):
            assert (refused.status_code, refused.text) == (401, "Unauthorized Access")
            assert refused.headers["content-type"] == "text/html; charset=utf-8"
            challenge = refused.headers["www-authenticate"]
            form = r'Digest realm="Authentication Required",nonce="\w{32}",opaque="\w{32}"'
            assert re.fullmatch(form, challenge)
            assert re.match(r"session=\S+; HttpOnly; Path=/", refused.headers["set-cookie"])


def test_irregular_acls(box: XivoBox) -> None:
    """Old routes want everything; a few have names of their own."""
    made = token(box, box.user, box.password)
    assert plain.get(f"{box.confd}/lines_sip", headers={"X-Auth-Token": made}).status_code == 200
    for scope in ("confd.#", "confd.asterisk.sip.general.get"):
        reply = plain.get(f"{box.auth}/token/{made}", params={"scope": scope})
        assert reply.status_code == 200


@pytest.mark.parametrize("who", ["user", "reader", "no_acls"])
def test_digest(box: XivoBox, who: str) -> None:
    """RFC 2069 with the cookie: one 401, then straight answers, and no ACL is looked at."""
    password = box.password if who == "user" else getattr(box, f"{who}_password")
    auth = httpx.DigestAuth(getattr(box, who), password)
    with plain.Client(base_url=box.confd, auth=auth) as confd:
        for _ in range(3):
            assert confd.get("/users?limit=1").status_code == 200
        assert confd.get("/lines").status_code == 200
    statuses = [call["status"] for call in box.calls]
    assert statuses == [401, 200, 200, 200, 200]


def test_digest_needs_its_cookie(box: XivoBox) -> None:
    """Without the cookie of the 401, or with a wrong password, the answer is another 401."""

    class Forgetful(httpx.DigestAuth):
        def auth_flow(self, request: httpx.Request) -> Any:
            flow = super().auth_flow(request)
            response = yield next(flow)
            answer = flow.send(response)
            answer.headers.pop("cookie", None)
            yield answer

    for auth in (Forgetful(box.user, box.password), httpx.DigestAuth(box.user, "wrong")):
        with plain.Client(auth=auth) as confd:
            assert confd.get(f"{box.confd}/users").status_code == 401


def test_no_authentication(box: XivoBox) -> None:
    """The open port asks nobody; an account with an address lets that address in."""
    assert plain.get(f"{box.open_url}/1.1/users").status_code == 200
    assert plain.get(f"{box.confd}/users").status_code == 401
    box.switch(trusted_hosts=("127.0.0.1",))
    assert plain.get(f"{box.confd}/users").status_code == 200
    with sandbox.start("xivo", trusted_hosts=["127.0.0.1"]) as other:
        assert plain.get(f"{other.confd}/users").status_code == 200


def test_auth_is_down(box: XivoBox, confd: httpx.Client) -> None:
    """Then confd answers a good token with 401."""
    assert confd.get("/users").status_code == 200
    box.switch(auth_down=True)
    assert confd.get("/users").status_code == 401
    with pytest.raises(httpx.TransportError):
        plain.get(f"{box.auth}/backends")
    box.switch(auth_down=False)
    assert confd.get("/users").status_code == 200


def test_local_time() -> None:
    """A token's times are those of the server's clock, without a zone."""
    with sandbox.start("xivo", utc_offset=-5.0) as box:
        issued = _post(box, {"backend": "xivo_service"}).json()["data"]["issued_at"]
        behind = box.now.replace(tzinfo=None) - datetime.fromisoformat(issued)
        assert timedelta(hours=5) - timedelta(minutes=1) < behind
