"""What the blocking and the async client of GeoOp share: all but the lines that wait."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import pandas as pd

from toolkit.cards import card
from toolkit.outcomes import InvalidArgument, LoginError, NobodyToAsk
from toolkit.services.base.asking import Asker, GivenAnswers, Place, find_asker, place
from toolkit.services.base.client import Frame, is_replaying
from toolkit.services.base.driving import AsyncSender, Flow, drive_login
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop import oauth
from toolkit.services.geoop.anycollection import AnyCollection
from toolkit.services.geoop.call import Call
from toolkit.services.geoop.collections import Collection
from toolkit.services.geoop.files import Files
from toolkit.services.geoop.flows import call_flow, credentials_flow, login_flow
from toolkit.services.geoop.functions import COLLECTIONS, TABLE
from toolkit.services.geoop.kept import KeptTokens
from toolkit.services.geoop.redirect import SECONDS, Browser, Opener, Redirect, Replayed
from toolkit.services.geoop.session import BaseSession
from toolkit.services.geoop.state import State, Token

Stay = TypeVar("Stay", bound=BaseSession, covariant=True)


class BaseClient(abc.ABC, Generic[Frame, Stay]):
    """Everything that gives a DataFrame, or what is awaited to have one; and the logins."""

    service_name = "geoop"
    last: Call | None = None

    def _know(self, state: State) -> None:
        """Note which server it is, and how it is spoken to."""
        self.state = state
        self.options, self.url, self.login_url = state.options, state.url, state.login_url
        self._kept = KeptTokens(self, state.client_id) if state.options.keep_tokens else None
        if self._kept is not None:
            state.kept = self._kept.keep
        self.jobs: Collection[Frame] = Collection(self, "jobs")
        self.clients: Collection[Frame] = Collection(self, "clients")
        self.users: Collection[Frame] = Collection(self, "users")
        self.accounts: Collection[Frame] = Collection(self, "accounts")
        self.statuses: Collection[Frame] = Collection(self, "statuses")
        self.roles: Collection[Frame] = Collection(self, "roles")
        self.files: Files[Frame] = Files(self, "files")

    def __repr__(self) -> str:
        state = "no session" if self.state.token is None else "logged in"
        return f"<{self._is} {self.url}, version {self.options.version}: {state}>"

    def _repr_html_(self) -> str:
        state = "none" if self.state.token is None else "open"
        has = ", ".join(COLLECTIONS)
        facts = [("at", self.url), ("version", self.options.version), ("session", state)]
        return card(self._is, [*facts, ("collections", has)])

    _is = "geoop"

    # --- calls ---------------------------------------------------------------------------------

    @property
    def collection(self) -> AnyCollection[Frame]:
        """Any collection by its name: ``geoop.collection("notes")``."""
        return AnyCollection(self)

    def call(self, name: str, *values: Any, **named: Any) -> Frame:
        """An operation by its name in the table: ``geoop.call("jobs.get", 5)``, ``"GET /jobs"``.

        Raises
        ------
        InvalidArgument
            There is no such operation, or its arguments are others; nothing was sent.
        """
        try:
            method, values = self._named(name, values)
        except InvalidArgument as error:
            return self.drive(_refused(error))
        found: Frame = method(*values, **named)
        return found

    def _named(
        self, name: str, values: tuple[Any, ...]
    ) -> tuple[Callable[..., Frame], tuple[Any, ...]]:
        """The method of an operation, and its arguments."""
        function = TABLE.get(name)
        if function.login:
            raise InvalidArgument("a token is got by login() or login_with()")
        space, _, word = function.method.rpartition(".")
        any_name = space == "collection"
        if any_name and not values:
            raise InvalidArgument(f"{function.method} takes the collection's name first")
        method = getattr(getattr(self, space), word)
        if function.verb == "GET" and "{id}" not in function.path and len(values) > any_name:
            raise InvalidArgument(f"{function.method} takes its modifiers by name")
        return method, values

    # --- the way of a call ---------------------------------------------------------------------

    @abc.abstractmethod
    def drive(self, flow: Flow[pd.DataFrame], answers: GivenAnswers | None = None) -> Frame:
        """Run a flow to its end."""

    def fetch_flow(self, plan: Plan) -> Flow[Call]:
        """Send one planned request, and give its answer as it came."""
        self.last = call = yield from call_flow(plan, self.state)
        return call

    # --- the session ---------------------------------------------------------------------------

    async def login(
        self,
        *,
        opener: Opener | None = None,
        paste: bool = False,
        asker: Asker | None = None,
        seconds: float = SECONDS,
    ) -> Stay:
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
        kept = self._kept_token()
        if kept is not None:
            return self._stay(kept)
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

    async def _login(self, uri: str, asking: Callable[[str], Asker]) -> Stay:
        wanted = oauth.authorization(self.state, uri)
        token = await drive_login(
            lambda: login_flow(self.state, wanted), self._sender(), asking(wanted.url)
        )
        return self._stay(token)

    def use_token(self, token: str, refresh_token: str = "") -> Stay:
        """Use a token that someone else got; with a refresh token it is refreshed when it ends.

        Nothing is sent, so an async client does not await it either.
        """
        for text in (token, *((refresh_token,) if refresh_token else ())):
            if not isinstance(text, str) or not text or not text.isascii() or " " in text:
                raise InvalidArgument("a token is one word of plain text")
        self.state.take(Token(token, refresh_token))
        return self._stay(Token("", grant="given"))

    def _own_login(self) -> Flow[Token]:
        """Log in as the client itself, unless a token is kept."""
        kept = self._kept_token()
        if kept is not None:
            return kept
        return (yield from credentials_flow(self.state))

    def _kept_token(self) -> Token | None:
        """The token of the keyring, which is in use from now on; None where there is none."""
        kept = self._kept.token() if self._kept is not None else None
        if kept is not None:
            self.state.token = kept
        return kept

    def _forget(self, *, kept: bool) -> None:
        self.state.token = None
        if kept:
            if self._kept is None:
                raise LoginError("this client keeps no tokens; keep_tokens=True would have it")
            self._kept.keep(None)

    @abc.abstractmethod
    def _stay(self, token: Token) -> Stay:
        """The session of a token."""

    @abc.abstractmethod
    def _sender(self) -> AsyncSender:
        """What sends while a login waits for a person."""


def _refused(error: InvalidArgument) -> Flow[Any]:
    """A flow that ends before anything is sent."""
    yield from ()
    raise error
