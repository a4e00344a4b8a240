"""The round of OAuth 2.0 through a real browser: sign in, allow, and back to the client."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

import toolkit
from toolkit.sandbox.geoop import GeoopBox
from toolkit.services.geoop.client import Client
from toolkit.services.geoop.session import Session


@pytest.fixture
def box() -> Iterator[GeoopBox]:
    with toolkit.sandbox.start("geoop", jobs=3) as started:
        yield started


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context()
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def begin(geoop: Client, pool: ThreadPoolExecutor) -> tuple[str, Future[Session]]:
    """Begin a login in a thread of its own: where the browser is sent, and what comes of it."""
    urls: queue.Queue[str] = queue.Queue()
    login = pool.submit(lambda: asyncio.run(geoop.login(opener=urls.put, seconds=60)))
    return urls.get(timeout=20), login


def sign_in(page: Any, url: str, box: GeoopBox, button: str) -> None:
    page.goto(url)
    page.fill("#login", box.user)
    page.fill("#password", box.password)
    page.click("#sign-in")
    page.click(button)


def test_sign_in_and_allow(page: Any, box: GeoopBox) -> None:
    """The last page says to go back; the session is that of who signed in."""
    with (
        toolkit.geoop.connect(
            box.url,
            login_url=box.login_url,
            client_id=box.client_id,
            client_secret=box.client_secret,
        ) as geoop,
        ThreadPoolExecutor(1) as pool,
    ):
        url, login = begin(geoop, pool)
        sign_in(page, url, box, "#allow")
        page.wait_for_selector("text=You may close this page")
        session = login.result(20)
        assert (session.owner_id, session.refreshable) == (12, True)
        assert len(geoop.jobs.list()) == 3


def test_deny(page: Any, box: GeoopBox) -> None:
    """A person who says no ends the login."""
    with (
        toolkit.geoop.connect(
            box.url, login_url=box.login_url, client_id=box.public_client_id
        ) as geoop,
        ThreadPoolExecutor(1) as pool,
    ):
        url, login = begin(geoop, pool)
        sign_in(page, url, box, "#deny")
        with pytest.raises(toolkit.LoginAborted, match="denied"):
            login.result(20)
