"""A fresh GeoOp for each test, and people who speak to it with plain httpx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from sandbox.geoop import plain
from toolkit import sandbox
from toolkit.sandbox.geoop import GeoopBox

Speak = Callable[..., httpx.Client]
HERE = "http://127.0.0.1:1/back"
JOB = {"client": {"id": 318}, "status": {"id": 1}, "account": {"id": 22}, "title": "Sample Job"}
USER = {
    "login": "erin", "firstName": "Erin", "lastName": "Vale", "email": "erin@example.org",
    "mobile": "0215550100", "account": {"id": 22},
}  # fmt: skip


@pytest.fixture
def box() -> Iterator[GeoopBox]:
    with sandbox.start("geoop") as started:
        yield started


def client(box: GeoopBox, user: str = "", version: str = "1.3", **more: str) -> httpx.Client:
    """A client of the API with a token of the administrator if nobody is named."""
    token = box.token(user or box.user)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "X-Version": version} | more
    return plain.Client(base_url=box.url, headers=headers)


@pytest.fixture
def api(box: GeoopBox) -> Iterator[httpx.Client]:
    with client(box) as made:
        yield made


def ask(box: GeoopBox, **more: str) -> str:
    """The address that an application opens in a browser."""
    query = {"response_type": "code", "client_id": box.client_id, "scope": "default"}
    query |= {"state": "s t&1", "redirect_uri": HERE}
    return f"{box.login_url}/oauth2/code?" + urlencode(
        {name: value for name, value in (query | more).items() if value != "-"}
    )


def answered(location: str) -> dict[str, str]:
    """What an application is told in the address that the browser is sent to."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def token(box: GeoopBox, kind: str, **form: Any) -> httpx.Response:
    """Ask the token endpoint."""
    about = {"client_id": box.client_id, "client_secret": box.client_secret, "grant_type": kind}
    fields = {name: value for name, value in (about | form).items() if value != "-"}
    return plain.post(f"{box.login_url}/oauth2/token", data=fields)


def code(box: GeoopBox, **more: str) -> str:
    """A code for the administrator."""
    return answered(box.sign_in(ask(box, **more)))["code"]


def works(box: GeoopBox, text: str) -> int:
    """The status that a token gets from the API."""
    headers = {"Authorization": f"Bearer {text}", "X-Version": "1.3"}
    return plain.get(f"{box.url}/roles", headers=headers).status_code
