"""The authorization server: a code by way of two forms, and a token for the code."""

from __future__ import annotations

import base64
import hashlib

import httpx
import pytest

from sandbox.geoop import plain
from sandbox.geoop.conftest import HERE, answered, ask, code, token, works
from toolkit.sandbox.geoop import GeoopBox

VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().strip("=")
S256 = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def test_the_forms(box: GeoopBox) -> None:
    """What a browser sees: two small pages without anything from elsewhere, then the way back."""
    with plain.Client(follow_redirects=False) as browser:
        first = browser.get(ask(box))
        assert first.status_code == 302
        page = browser.get(httpx.URL(box.login_url).join(first.headers["location"]))
        assert page.headers["content-type"] == "text/html;charset=UTF-8"
        for part in ('id="login"', 'id="password"', 'id="sign-in"', "Toolkit (server)"):
            assert part in page.text
        assert "http" not in page.text
        name = first.headers["location"].partition("=")[2]
        form = {"request": name, "login": "<b>", "password": "wrong"}
        again = browser.post(f"{box.login_url}/", data=form)
        assert "Wrong login or password." in again.text
        assert "&lt;b&gt;" in again.text
        early = browser.post(f"{box.login_url}/grant", data={"request": name, "choice": "allow"})
        assert early.status_code == 400, "nobody has signed in yet"
        assert browser.get(f"{box.login_url}/grant?request={name}").status_code == 400
        form |= {"login": box.user, "password": box.password}
        there = browser.post(f"{box.login_url}/", data=form)
        assert there.status_code == 303
        asks = browser.get(httpx.URL(box.login_url).join(there.headers["location"]))
        assert 'id="allow"' in asks.text
        assert "Ada" in asks.text
        back = browser.post(f"{box.login_url}/grant", data={"request": name, "choice": "allow"})
        assert back.status_code == 302
        assert back.headers["location"].startswith(f"{HERE}?code=")
        assert answered(back.headers["location"])["state"] == "s t&1"
        twice = browser.post(f"{box.login_url}/grant", data={"request": name, "choice": "allow"})
        assert twice.status_code == 400


def test_a_code_for_a_token(box: GeoopBox) -> None:
    """A confidential client that asks for offline access gets a refresh token too."""
    reply = token(box, "authorization_code", code=code(box), redirect_uri=HERE)
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    body = reply.json()
    assert body | {"access_token": ""} == {
        "access_token": "", "token_type": "Bearer", "expires_in": 2592000, "owner_id": 12,
    }  # fmt: skip
    assert works(box, body["access_token"]) == 200
    text = code(box, access_type="offline")
    assert "refresh_token" in token(box, "authorization_code", code=text, redirect_uri=HERE).json()


def test_a_public_client(box: GeoopBox) -> None:
    """An empty secret, no redirect_uri at the token endpoint, and never a refresh token."""
    text = code(box, client_id=box.public_client_id, access_type="offline")
    about = {"client_id": box.public_client_id, "client_secret": ""}
    reply = token(box, "authorization_code", code=text, **about)
    assert "refresh_token" not in reply.json()
    assert works(box, reply.json()["access_token"]) == 200
    refused = token(box, "client_credentials", **about)
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")


def test_the_registered_address(box: GeoopBox) -> None:
    """Without redirect_uri the browser goes where the client is registered."""
    place = box.sign_in(ask(box, redirect_uri="-"))
    assert place.startswith(f"{box.redirect_uri}?code=")
    assert token(box, "authorization_code", code=answered(place)["code"]).status_code == 200


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "-"}, "invalid_scope"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S1"}, "invalid_request"),
    ],
)
def test_told_to_the_application(box: GeoopBox, more: dict[str, str], error: str) -> None:
    """What is wrong goes back with the state, before anybody signs in."""
    said = answered(box.sign_in(ask(box, **more)))
    assert (said["error"], said["state"]) == (error, "s t&1")
    assert said["error_description"].endswith(".")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"client_id": "who"}, "No application"),
        ({"client_id": "-"}, "No application"),
        ({"redirect_uri": "http://example.org/"}, "must have https"),
        ({"redirect_uri": "http://127.0.0.1/#x"}, "must have https"),
        ({"redirect_uri": "nowhere"}, "must have https"),
        ({"redirect_uri": "http://[::1"}, "must have https"),
        ({"redirect_uri": "http://127.0.0.1/\r\nSet-Cookie: a=b"}, "must have https"),
        ({"redirect_uri": "http://127.0.0.1/é"}, "must have https"),
    ],
)
def test_told_to_the_person(box: GeoopBox, more: dict[str, str], said: str) -> None:
    """Nobody is sent to an address that cannot be trusted."""
    with pytest.raises(ValueError, match=said):
        box.sign_in(ask(box, **more))


@pytest.mark.parametrize(
    ("user", "password"), [("ada", ""), ("ada", "birch-ladder"), ("nobody", ""), ("person4", "")]
)
def test_wrong_passwords(box: GeoopBox, user: str, password: str) -> None:
    """Neither a wrong password nor a user without one."""
    with pytest.raises(ValueError, match="Wrong login or password"):
        box.sign_in(ask(box), user, password)


def test_browse(box: GeoopBox) -> None:
    """It stands for a browser: the page that the application shows is opened in the end."""
    place = f"{box.login_url}/oauth2/token"  # any page of this computer; this one takes no GET
    assert not box.browse(ask(box, redirect_uri=place))
    assert box.calls[-1]["path"] == "/oauth2/token"
    assert not box.browse(ask(box, redirect_uri=box.url))
    assert box.calls[-1]["path"] == "/"
    start = ask(box, redirect_uri=place)
    box.fault("raw", text="Thank you.", skip=3)
    assert box.browse(start)


def test_denied(box: GeoopBox) -> None:
    """The person says no; and an application that sends no state gets none back."""
    said = answered(box.sign_in(ask(box), allow=False))
    assert (said["error"], said["state"]) == ("access_denied", "s t&1")
    assert "state" not in answered(box.sign_in(ask(box, state="-")))


def test_a_code_is_used_once(box: GeoopBox) -> None:
    """A second use fails and takes back what the first one gave."""
    text = code(box, access_type="offline")
    first = token(box, "authorization_code", code=text, redirect_uri=HERE).json()
    again = token(box, "authorization_code", code=text, redirect_uri=HERE)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert works(box, first["access_token"]) == 401
    refused = token(box, "refresh_token", refresh_token=first["refresh_token"])
    assert refused.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "more",
    [
        {"code": "other"},
        {"redirect_uri": "http://127.0.0.1:1/other"},
        {"redirect_uri": "-"},
        {"client_id": "toolkit-desktop", "client_secret": ""},
    ],
)
def test_a_code_that_does_not_fit(box: GeoopBox, more: dict[str, str]) -> None:
    """Another code, address or client."""
    form = {"code": code(box), "redirect_uri": HERE} | more
    assert token(box, "authorization_code", **form).json()["error"] == "invalid_grant"


def test_a_code_expires(box: GeoopBox) -> None:
    """Its time is a switch."""
    box.switch(code_lifetime=30)
    text = code(box)
    box.advance(30)
    reply = token(box, "authorization_code", code=text, redirect_uri=HERE)
    assert reply.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("pkce", "asked", "verifier", "error"),
    [
        ("accepted", {}, "-", None),
        ("accepted", S256, VERIFIER, None),
        ("accepted", {"code_challenge": VERIFIER}, VERIFIER, None),
        ("accepted", S256, "w" * 50, "invalid_grant"),
        ("accepted", S256, "-", "invalid_grant"),
        ("required", S256, VERIFIER, None),
        ("required", {}, "-", "invalid_request"),
        ("ignored", S256, "-", None),
        ("ignored", {}, VERIFIER, None),
    ],
)
def test_pkce(
    box: GeoopBox, pkce: str, asked: dict[str, str], verifier: str, error: str | None
) -> None:
    """A challenge is checked, asked for, or passed over."""
    box.switch(pkce=pkce)
    said = answered(box.sign_in(ask(box, **asked)))
    if "code" in said:
        form = {"code": said["code"], "redirect_uri": HERE, "code_verifier": verifier}
        said = token(box, "authorization_code", **form).json()
    assert said.get("error") == error
