"""The client of a XiVO or Wazo server: it sends what the flows say, and keeps one session."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from toolkit.cards import card
from toolkit.http import Limits, Verify
from toolkit.outcomes import InvalidArgument, NoSession, NotRecorded
from toolkit.services.base.asking import Asker
from toolkit.services.base.atonce import at_once
from toolkit.services.base.client import Client
from toolkit.services.base.driving import Flow, Send, drive_login, in_thread
from toolkit.services.base.keepasking import asker_for
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.eras import Addresses
from toolkit.services.xivo.flows import (
    call_flow,
    era_flow,
    given_token,
    login_flow,
    logout_flow,
)
from toolkit.services.xivo.namespaces import Resources
from toolkit.services.xivo.options import Options
from toolkit.services.xivo.session import LEFT_BEHIND, Session
from toolkit.services.xivo.state import Credentials, State
from toolkit.services.xivo.tokens import allows
from toolkit.services.xivo.unlogged import Unlogged, shown

Result = TypeVar("Result")


class Server(Resources, Client):
    """A XiVO or Wazo server: each of its operations is a method that gives a DataFrame.

    Made by ``toolkit.xivo.connect(url)``. The operations are grouped by resource: ``users``,
    ``lines``, ``extensions`` ...; :meth:`call` takes the name in the table. Use it in ``with`` to
    revoke its token and to end its connections.

    Attributes
    ----------
    url : str
        As given to ``connect``.
    options : Options
    state : State
        What is known of the server and of the session; its repr shows no secret.
    last : Call or None
        The last call that succeeded.
    """

    service_name = "xivo"
    _left_behind = LEFT_BEHIND

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        options: Options | None = None,
        limits: Limits | None = None,
        verify: Verify = True,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        **changes: Any,
    ) -> None:
        self.url = str(url).rstrip("/")
        self.options = Options.of(options, changes)
        self.state = State(self.options, Addresses(self.url, self.options), clock)
        self.last: Call | None = None
        if self.options.era == "wazo" and self.options.authentication == "digest":
            raise InvalidArgument("Wazo has no Digest since 19.06; log in for a token")
        if token is not None:
            self.state.granted = given_token(token)
        # No cookie is kept: Digest's is sent by its flow, any other means nothing to the server.
        super().__init__(
            limits=limits, verify=verify, proxy=proxy, headers=headers, transport=transport
        )

    def __repr__(self) -> str:
        return f"<xivo server {self.url}: {self._who()}>"

    def _repr_html_(self) -> str:
        facts = [("at", self.url), ("era", self.state.era), ("session", self._who())]
        return card("xivo server", facts)

    def _who(self) -> str:
        if self.options.authentication == "none":
            return "no login needed"
        granted = self.state.granted
        return "no session" if granted is None else f"session of {granted.user}"

    # --- calls ---------------------------------------------------------------------------------

    def fetch(self, plan: Plan) -> Call:
        """Send one planned request, and give its answer as it came.

        Raises
        ------
        CallError
            Any of its kinds; those of an answer have ``status``, ``messages``, ``field``,
            ``resource``, and for a 401 ``reason`` and ``acl``.
        """
        call = self.drive(call_flow(plan, self.state))
        self.last = call
        return call

    def at_once(
        self, flows: Iterable[Flow[Result]], limit: int = 4
    ) -> Iterator[tuple[int, Result | BaseException]]:
        """Run several flows in threads, at most ``limit`` of them at a time.

        Yields
        ------
        tuple of int and object
            Each flow's place and its result or its exception, in the order in which they end. A
            recording that is running here records them too. Leaving early starts no further one.
        """
        return at_once((functools.partial(self.drive, flow) for flow in flows), limit)

    @property
    def era(self) -> str:
        """The server's family (``"15.18"``, ``"16.15"``, ``"wazo"``); asked for when unknown."""
        return self.state.era or self.drive(era_flow(self.state))

    # --- the session ---------------------------------------------------------------------------

    def login_with(
        self,
        user: str,
        password: str,
        *,
        backend: str | None = None,
        expiration: int | None = None,
    ) -> Session:
        """Log in, for scripts. With Digest the user and password are tried on one read.

        Parameters
        ----------
        backend, expiration
            In place of those of the options.

        Raises
        ------
        AccessDenied
            The server said no. The password was sent once.
        """
        wanted = self._credentials(user, password, backend, expiration)
        keep = self.options.renew
        return Session(self, self.drive(login_flow(self.state, wanted, keep=keep)))

    async def login(
        self, user: str | None = None, *, asker: Asker | None = None, keep: bool = False
    ) -> Session:
        """Log in by asking a person for user and password: a form in a notebook, or the terminal.

        Nobody is asked where the keyring has the user's password
        (``toolkit.keep_answers(xivo, user, {"Password": ...})``, or ``keep``, which keeps one that
        opened a session). What is typed is shown nowhere, and this client forgets it, so such a
        token is not renewed: ask for a longer one with ``expiration``.

        Raises
        ------
        NobodyToAsk
            There is neither a terminal nor a notebook here that takes input.
        AccessDenied, LoginAborted
            The server said no, or the person gave up.
        """
        where = f"xivo server {urlsplit(self.url).netloc}"
        asker = asker_for(self, user, where, asker, keep=keep)
        title = f"Log in to {where}"
        login = drive_login(
            lambda: login_flow(self.state, None, user=user, title=title, keep=False),
            in_thread(self._send),
            asker,
        )
        if getattr(asker, "waits", True):
            return Session(self, await login)
        return Session(self, asyncio.ensure_future(login))

    def use_token(self, token: str, user: str = "") -> Session:
        """Use a token that someone else got. It is neither renewed nor revoked here."""
        self.state.credentials = self.state.challenge = None
        self.state.granted = given_token(token, user)
        return Session(self, self.state.granted)

    def allows(self, acl: str) -> bool:
        """Whether the token in use has an ACL, for example ``"confd.users.read"``.

        Raises
        ------
        NoSession
            There is no token.
        AccessDenied
            The token has ended.
        """
        granted = self.state.granted
        if granted is None or not granted.token:
            raise NoSession("there is no token whose ACLs could be asked for; log in first")
        return self.drive(allows(self.state, granted, acl))

    def logout(self) -> None:
        """Revoke the token and forget the session; does nothing when there is none."""
        self.drive(logout_flow(self.state))

    # --- the life of the client ----------------------------------------------------------------

    def close(self) -> None:
        """End the session, if one is open, and the connections."""
        try:
            with contextlib.suppress(NotRecorded):  # the recording was ended before the session
                self.logout()
        finally:
            super().close()

    # --- the lines that wait -------------------------------------------------------------------

    def _credentials(
        self, user: str, password: str, backend: str | None, expiration: int | None
    ) -> Credentials:
        if not user or not all(isinstance(text, str) for text in (user, password)):
            raise InvalidArgument("user and password must be texts, and the user not empty")
        if ":" in user:
            raise InvalidArgument("a user name must not hold a colon: HTTP cannot send it")
        options = Options.of(self.options, {"expiration": expiration} if expiration else {})
        return Credentials(user, password, backend or options.backend, options.expiration)

    def _recorded(self, network: httpx.BaseTransport) -> httpx.BaseTransport:
        return Unlogged(super()._recorded(network))

    def _request(self, step: Send) -> httpx.Request:
        url, extensions = shown(step.url)
        return self._client.build_request(
            step.method,
            url,
            content=step.body,
            headers=list(step.headers),
            extensions=extensions or None,
        )
