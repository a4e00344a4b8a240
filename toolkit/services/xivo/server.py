"""The client of a XiVO or Wazo server: it sends what the flows say, and keeps one session."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import httpx
import pandas as pd

from toolkit.http import Limits, Verify
from toolkit.outcomes import NotRecorded
from toolkit.services.base.asking import Asker
from toolkit.services.base.atonce import at_once
from toolkit.services.base.client import Client
from toolkit.services.base.driving import Flow, Send, in_thread
from toolkit.services.xivo.baseserver import BaseServer
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.flows import allows_flow, fetch_flow, logout_flow
from toolkit.services.xivo.locating import era_flow
from toolkit.services.xivo.options import Options
from toolkit.services.xivo.session import LEFT_BEHIND, Session
from toolkit.services.xivo.unlogged import Unlogged, shown_request

Result = TypeVar("Result")


class Server(Client, BaseServer[pd.DataFrame]):
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

    _left_behind = LEFT_BEHIND

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        options: Options | None = None,
        limits: Limits | None = None,
        verify: Verify = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        **changes: Any,
    ) -> None:
        self._begin(url, token, options, changes, clock)
        # No cookie is kept: Digest's is sent by its flow, any other means nothing to the server.
        super().__init__(
            limits=limits, verify=verify, proxy=proxy, headers=headers, transport=transport
        )

    # --- calls ---------------------------------------------------------------------------------

    def fetch(self, plan: Plan) -> Call:
        """Send one planned request, and give its answer as it came.

        Raises
        ------
        CallError
            Any of its kinds; those of an answer have ``status``, ``messages``, ``field``,
            ``resource``, and for a 401 ``reason`` and ``acl``.
        """
        return self.drive(fetch_flow(plan, self.state))

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
        return self.drive(era_flow(self.state))

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
        return Session(self, self.drive(self._given(user, password, backend, expiration)))

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
        return Session(self, await self._asked(in_thread(self._send), user, asker, keep=keep))

    def use_token(self, token: str, user: str = "") -> Session:
        """Use a token that someone else got. It is neither renewed nor revoked here."""
        return Session(self, self._use(token, user))

    def allows(self, acl: str) -> bool:
        """Whether the token in use has an ACL, for example ``"confd.users.read"``.

        Raises
        ------
        NoSession
            There is no token.
        AccessDenied
            The token has ended.
        """
        return self.drive(allows_flow(self.state, acl))

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

    def _recorded(self, network: httpx.BaseTransport) -> httpx.BaseTransport:
        return Unlogged(super()._recorded(network))

    def _request(self, step: Send) -> httpx.Request:
        return shown_request(self._client, step)
