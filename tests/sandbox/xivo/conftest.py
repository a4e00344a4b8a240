"""A fresh XiVO for each test, and people who speak to it with plain httpx."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from sandbox.xivo import plain
from toolkit import sandbox
from toolkit.sandbox.xivo import XivoBox

Log = Callable[..., httpx.Client]


@pytest.fixture
def box() -> Iterator[XivoBox]:
    with sandbox.start("xivo", users=3) as started:
        yield started


def token(
    box: XivoBox, name: str, password: str, backend: str = "xivo_service", **body: int
) -> str:
    """A token of xivo-auth."""
    reply = plain.post(
        f"{box.auth}/token", auth=(name, password), json={"backend": backend, **body}
    )
    assert reply.status_code == 200, reply.text
    return str(reply.json()["data"]["token"])


def client(box: XivoBox, name: str = "", password: str = "", **more: str) -> httpx.Client:
    """A client of confd with a token, of the account that may do everything if none is named."""
    headers = {"X-Auth-Token": token(box, name or box.user, password or box.password)}
    headers |= {"Accept": "application/json"}
    return plain.Client(base_url=box.confd, headers=headers | more)


@pytest.fixture
def confd(box: XivoBox) -> Iterator[httpx.Client]:
    with client(box) as made:
        yield made
