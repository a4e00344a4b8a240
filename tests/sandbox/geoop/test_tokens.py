"""The token endpoint: refresh, a client's own credentials, the person's password, and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.geoop import plain
from sandbox.geoop.conftest import token, works
from toolkit import sandbox
from toolkit.sandbox.geoop import GeoopBox


def test_refresh(box: GeoopBox) -> None:
    """The old refresh token stays; tokens expire by the server's clock."""
    refresh = box.token()["refresh_token"]
    one = token(box, "refresh_token", refresh_token=refresh).json()
    assert "refresh_token" not in one
    assert one["owner_id"] == 12
    box.advance(one["expires_in"] - 1)
    assert works(box, one["access_token"]) == 200
    box.advance(1)
    assert works(box, one["access_token"]) == 401
    two = token(box, "refresh_token", refresh_token=refresh).json()
    assert works(box, two["access_token"]) == 200


def test_refresh_tokens_rotate(box: GeoopBox) -> None:
    """By a switch each refresh gives a new one and ends the old one."""
    box.switch(rotates_refresh=True)
    refresh = box.token()["refresh_token"]
    one = token(box, "refresh_token", refresh_token=refresh).json()
    assert token(box, "refresh_token", refresh_token=refresh).status_code == 400
    assert token(box, "refresh_token", refresh_token=one["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [("invalid_grant", 400), ("temporarily_unavailable", 400), ("server_error", 500)],
)
def test_a_refresh_that_fails(box: GeoopBox, error: str, status: int) -> None:
    """By a switch, with any error; other grants go on."""
    refresh = box.token()["refresh_token"]
    box.switch(refresh_error=error)
    reply = token(box, "refresh_token", refresh_token=refresh)
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert token(box, "client_credentials").status_code == 200
    box.switch(refresh_error="html")
    reply = token(box, "refresh_token", refresh_token=refresh)
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html")
    box.switch(refresh_error="")
    assert token(box, "refresh_token", refresh_token=refresh).status_code == 200


def test_client_credentials(box: GeoopBox) -> None:
    """The client acts for its owner, and needs no refresh token."""
    body = token(box, "client_credentials").json()
    assert body["owner_id"] == 12
    assert "refresh_token" not in body
    assert works(box, body["access_token"]) == 200


@pytest.mark.parametrize(
    ("kind", "form", "status", "error"),
    [
        ("client_credentials", {"client_secret": "wrong"}, 401, "invalid_client"),
        ("client_credentials", {"client_id": "wrong"}, 401, "invalid_client"),
        ("client_credentials", {"client_id": "-"}, 401, "invalid_client"),
        ("client_credentials", {"scope": "all"}, 400, "invalid_scope"),
        ("magic", {}, 400, "unsupported_grant_type"),
        ("", {}, 400, "invalid_request"),
        ("refresh_token", {"refresh_token": "wrong"}, 400, "invalid_grant"),
        ("password", {"username": "ada", "password": "amber-lantern"}, 400, "unauthorized_client"),
    ],
)
def test_refusals(box: GeoopBox, kind: str, form: dict[str, Any], status: int, error: str) -> None:
    """As RFC 6749 has them: 400, or 401 for a client that is not known."""
    reply = token(box, kind, **form)
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert reply.json()["error_description"].endswith(".")
    assert ("www-authenticate" in reply.headers) == (status == 401)


def test_what_is_no_form(box: GeoopBox) -> None:
    """JSON, a parameter twice, other verbs, other pages."""
    place = f"{box.login_url}/oauth2/token"
    assert plain.post(place, json={}).json()["error"] == "invalid_request"
    kind = "application/x-www-form-urlencoded"
    twice = plain.post(place, content=b"a=1&a=2", headers={"Content-Type": kind})
    assert "twice" in twice.json()["error_description"]
    assert plain.get(place).status_code == 405
    assert plain.get(f"{box.login_url}/nothing").status_code == 404
    assert plain.get(f"{box.login_url}/").status_code == 400
    assert plain.post(f"{box.login_url}/", data={"request": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("rule", "form", "basic"), [("form", 200, 401), ("basic", 401, 200), ("both", 200, 200)]
)
def test_how_a_client_names_itself(box: GeoopBox, rule: str, form: int, basic: int) -> None:
    """In the form as seen in use, or by HTTP Basic, by a switch."""
    box.switch(client_login=rule)
    assert token(box, "client_credentials").status_code == form
    reply = plain.post(
        f"{box.login_url}/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(box.client_id, box.client_secret),
    )
    assert reply.status_code == basic


def test_the_grant_password() -> None:
    """Restricted, so it is a switch."""
    with sandbox.start("geoop", jobs=0, password_grant=True, token_lifetime=5) as box:
        person = {"username": box.viewer, "password": box.viewer_password}
        body = token(box, "password", **person).json()
        assert (body["owner_id"], body["expires_in"]) == (14, 5)
        assert "refresh_token" in token(box, "password", access_type="offline", **person).json()
        assert token(box, "password", username="ada").json()["error"] == "invalid_grant"


def test_tokens_taken_back(box: GeoopBox) -> None:
    """Access tokens only, or refresh tokens as well."""
    made = box.token()
    assert box.drop_tokens() == 1
    assert works(box, made["access_token"]) == 401
    assert token(box, "refresh_token", refresh_token=made["refresh_token"]).status_code == 200
    assert box.drop_tokens(refresh=True) == 1
    assert token(box, "refresh_token", refresh_token=made["refresh_token"]).status_code == 400
    for wrong in ({"user": "nobody"}, {"client": "nobody"}):
        with pytest.raises(ValueError, match="nobody"):
            box.token(**wrong)
