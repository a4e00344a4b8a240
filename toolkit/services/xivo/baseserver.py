"""What a blocking client of a XiVO server and an awaited one share: all but the lines that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from toolkit.cards import card
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.asking import Asker
from toolkit.services.base.client import Frame
from toolkit.services.base.driving import AsyncSender, Flow, drive_login
from toolkit.services.base.keepasking import asker_for
from toolkit.services.base.keeping import profile_user
from toolkit.services.xivo.call import Call
from toolkit.services.xivo.eras import Addresses
from toolkit.services.xivo.flows import given_token, login_flow
from toolkit.services.xivo.namespaces import Resources
from toolkit.services.xivo.options import Options
from toolkit.services.xivo.session import LEFT_BEHIND
from toolkit.services.xivo.state import Credentials, Granted, State


class BaseServer(Resources[Frame]):
    """A server's operations, each of which gives a DataFrame, or what is awaited to have one."""

    url: str
    _left_behind: ClassVar[str] = LEFT_BEHIND

    def _begin(
        self,
        url: str,
        token: str | None,
        options: Options | None,
        changes: dict[str, Any],
        clock: Callable[[], float],
    ) -> None:
        """Take up what is known before anything is sent."""
        self.url = str(url).rstrip("/")
        self.options = Options.of(options, changes)
        self.state = State(self.options, Addresses(self.url, self.options), clock)
        if self.options.era == "wazo" and self.options.authentication == "digest":
            raise InvalidArgument("Wazo has no Digest since 19.06; log in for a token")
        if token is not None:
            self.state.granted = given_token(token)

    def __repr__(self) -> str:
        return f"<xivo server {self.url}: {self._who()}>"

    def _repr_html_(self) -> str:
        facts = [("at", self.url), ("era", self.state.era), ("session", self._who())]
        return card("xivo server", facts)

    @property
    def last(self) -> Call | None:
        """The last call that succeeded."""
        return self.state.last

    def _who(self) -> str:
        if self.options.authentication == "none":
            return "no login needed"
        granted = self.state.granted
        return "no session" if granted is None else f"session of {granted.user}"

    def _given(
        self, user: str, password: str, backend: str | None, expiration: int | None
    ) -> Flow[Granted]:
        """Log in with a user and a password."""
        if not user or not all(isinstance(text, str) for text in (user, password)):
            raise InvalidArgument("user and password must be texts, and the user not empty")
        if ":" in user:
            raise InvalidArgument("a user name must not hold a colon: HTTP cannot send it")
        options = Options.of(self.options, {"expiration": expiration} if expiration else {})
        wanted = Credentials(user, password, backend or options.backend, options.expiration)
        return (yield from login_flow(self.state, wanted, keep=self.options.renew))

    async def _asked(
        self, send: AsyncSender, user: str | None, asker: Asker | None, *, keep: bool
    ) -> Granted | asyncio.Future[Granted]:
        """What a person's login gives, or (under Voila) will give when the form is answered."""
        if user is None:
            user = profile_user(self)
        where = f"xivo server {urlsplit(self.url).netloc}"
        asker = asker_for(self, user, where, asker, keep=keep)
        title = f"Log in to {where}"
        login = drive_login(
            lambda: login_flow(self.state, None, user=user, title=title, keep=False), send, asker
        )
        return await login if getattr(asker, "waits", True) else asyncio.ensure_future(login)

    def _use(self, token: str, user: str) -> Granted:
        """Take up a token that someone else got."""
        self.state.credentials = self.state.challenge = None
        self.state.granted = given_token(token, user)
        return self.state.granted
