"""The client of GeoOp: it sends what the flows say, and keeps one session."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pandas as pd

from toolkit.cards import card
from toolkit.http import Limits, Verify
from toolkit.outcomes import InvalidArgument, LoginError, NobodyToAsk
from toolkit.services.base import client as base
from toolkit.services.base.asking import Asker, Place, find_asker, place
from toolkit.services.base.client import is_replaying
from toolkit.services.base.driving import drive_login, in_thread
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop import oauth
from toolkit.services.geoop.call import Call
from toolkit.services.geoop.collections import Collection
from toolkit.services.geoop.files import Files
from toolkit.services.geoop.flows import call_flow, credentials_flow, login_flow
from toolkit.services.geoop.functions import COLLECTIONS
from toolkit.services.geoop.kept import KeptTokens
from toolkit.services.geoop.options import Options
from toolkit.services.geoop.redirect import SECONDS, Browser, Opener, Redirect, Replayed
from toolkit.services.geoop.session import Session
from toolkit.services.geoop.state import State, Token

URL = "https://api.geoop.com"
LOGIN_URL = "https://login.geoop.com"


class Client(base.Client):
    """GeoOp's API: each operation of a collection is a method that gives a DataFrame.

    Made by ``toolkit.geoop.connect()``. Use it in ``with`` to end its connections.

    Attributes
    ----------
    jobs, clients, users, accounts, statuses, roles : Collection
    files : Files
    url, login_url : str
    options : Options
    state : State
        What is known of the server and of the session; its repr shows no secret.
    last : Call or None
        The last call that was answered.
    """

    service_name = "geoop"

    def __init__(
        self,
        url: str = URL,
        *,
        login_url: str = LOGIN_URL,
        client_id: str = "",
        client_secret: str = "",
        token: str | None = None,
        refresh_token: str = "",
        options: Options | None = None,
        limits: Limits | None = None,
        verify: Verify = True,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        **changes: Any,
    ) -> None:
        self.options = Options.of(options, changes)
        self.url = oauth.check_address(url, "the API's address")
        self.login_url = oauth.check_address(login_url, "login_url")
        self.state = State(self.url, self.login_url, self.options, client_id, client_secret, clock)
        super().__init__(
            limits=limits, verify=verify, proxy=proxy, headers=headers, transport=transport
        )
        self.last: Call | None = None
        self._kept = KeptTokens(self, client_id) if self.options.keep_tokens else None
        if self._kept is not None:
            self.state.kept = self._kept.keep
        if token is not None:
            self.use_token(token, refresh_token)
        self.jobs = Collection(self, "jobs")
        self.clients = Collection(self, "clients")
        self.users = Collection(self, "users")
        self.accounts = Collection(self, "accounts")
        self.statuses = Collection(self, "statuses")
        self.roles = Collection(self, "roles")
        self.files = Files(self, "files")

    def __repr__(self) -> str:
        state = "no session" if self.state.token is None else "logged in"
        return f"<geoop {self.url}, version {self.options.version}: {state}>"

    def _repr_html_(self) -> str:
        state = "none" if self.state.token is None else "open"
        has = ", ".join(COLLECTIONS)
        facts = [("at", self.url), ("version", self.options.version), ("session", state)]
        return card("geoop", [*facts, ("collections", has)])

    # --- calls ---------------------------------------------------------------------------------

    def collection(self, name: str) -> Collection:
        """Any collection by its name: ``geoop.collection("notes")``."""
        found = getattr(self, str(name)) if name in COLLECTIONS else None
        return found if isinstance(found, Collection) else Collection(self, name)

    def call(self, name: str, *values: Any, **named: Any) -> pd.DataFrame:
        """An operation by its name in the table: ``geoop.call("jobs.get", 5)``, ``"GET /jobs"``.

        Raises
        ------
        InvalidArgument
            There is no such operation, or its arguments are others; nothing was sent.
        """
        from toolkit.services.geoop.functions import TABLE

        function = TABLE.get(name)
        if function.api == "login":
            raise InvalidArgument("a token is got by login() or login_with()")
        space, _, word = function.method.rpartition(".")
        if space == "collection":
            if not values:
                raise InvalidArgument(f"{function.method} takes the collection's name first")
            space, *rest = values
            values = tuple(rest)
        method = getattr(self.collection(space), word)
        if function.verb == "GET" and "{id}" not in function.path and values:
            raise InvalidArgument(f"{function.method} takes its modifiers by name")
        result: pd.DataFrame = method(*values, **named)
        return result

    def fetch(self, plan: Plan) -> Call:
        """Send one planned request, and give its answer as it came.

        Raises
        ------
        CallError
            Any of its kinds; those of an answer have ``status``, ``type``, ``field``.
        """
        self.last = self.drive(call_flow(plan, self.state))
        return self.last

    # --- the session ---------------------------------------------------------------------------

    async def login(
        self,
        *,
        opener: Opener | None = None,
        paste: bool = False,
        asker: Asker | None = None,
        seconds: float = SECONDS,
    ) -> Session:
        """Log in with the browser: it opens, and is caught at a loopback address at the end.

        Parameters
        ----------
        opener : callable, optional
            Opens the address in place of the system's browser.
        paste : bool
            For a kernel on another machine: the address that the browser ends at is pasted into a
            form, or at the terminal.
        seconds : float
            How long a person may take in the browser.

        Raises
        ------
        NobodyToAsk
            There is neither a terminal nor a notebook here; ``login_with`` asks nobody.
        LoginAborted, LoginError, AccessDenied
            The person gave up or said no; the browser came back with another state; the server
            refused the code.
        """
        kept = self._kept.token() if self._kept is not None else None
        if kept is not None:
            self.state.token = kept
            return Session(self, kept)
        options = self.options
        if is_replaying():
            return await self._login(f"http://127.0.0.1{options.redirect_path}", Replayed)
        if paste or asker is not None:
            where = f"geoop {urlsplit(self.login_url).netloc}"
            uri = f"http://127.0.0.1:{options.redirect_port or 8765}{options.redirect_path}"
            return await self._login(uri, lambda _: asker or find_asker(where))
        if opener is None and place() is Place.NOBODY:
            raise NobodyToAsk("nobody can be asked here; use login_with(), or a ready token")
        with Redirect(options.redirect_port, options.redirect_path) as redirect:
            return await self._login(
                redirect.uri, lambda url: Browser(url, redirect, opener, seconds)
            )

    async def _login(self, uri: str, asking: Callable[[str], Asker]) -> Session:
        wanted = oauth.authorization(self.state, uri)
        token = await drive_login(
            lambda: login_flow(self.state, wanted), in_thread(self._send), asking(wanted.url)
        )
        return Session(self, token)

    def login_with(self) -> Session:
        """Log in as the client itself, for scripts: with its id and its secret.

        Raises
        ------
        InvalidArgument
            ``connect`` was not given both.
        AccessDenied
            The server said no.
        """
        kept = self._kept.token() if self._kept is not None else None
        if kept is not None:
            self.state.token = kept
            return Session(self, kept)
        return Session(self, self.drive(credentials_flow(self.state)))

    def use_token(self, token: str, refresh_token: str = "") -> Session:
        """Use a token that someone else got; with a refresh token it is refreshed when it ends."""
        for text in (token, *((refresh_token,) if refresh_token else ())):
            if not isinstance(text, str) or not text or not text.isascii() or " " in text:
                raise InvalidArgument("a token is one word of plain text")
        self.state.take(Token(token, refresh_token))
        return Session(self, Token("", grant="given"))

    def logout(self, *, forget: bool = False) -> None:
        """Forget the tokens; with ``forget`` those in the keyring too. Nothing is sent."""
        self.state.token = None
        if forget:
            if self._kept is None:
                raise LoginError("this client keeps no tokens; keep_tokens=True would have it")
            self._kept.keep(None)
