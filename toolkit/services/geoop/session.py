"""An authenticated stay with GeoOp."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from toolkit.cards import card
from toolkit.services.base.closing import AsyncClosing, Closing
from toolkit.services.geoop.state import Token

if TYPE_CHECKING:
    from toolkit.services.geoop.baseclient import BaseClient


class BaseSession:
    """An authenticated stay with the server. The service has no way to revoke a token."""

    def __init__(self, client: BaseClient[Any, Any], token: Token) -> None:
        self._client, self._first = client, token

    @property
    def _token(self) -> Token | None:
        """The token in use now: refreshing one does not end a session."""
        now = self._client.state.token
        first = self._first
        if now is None or now.grant != first.grant:
            return None
        return now if first.owner_id in (None, now.owner_id) else None

    @property
    def owner_id(self) -> int | None:
        """Whose it is, as the server says; None where it does not."""
        return self._first.owner_id

    @property
    def until(self) -> dt.datetime | None:
        """When the token in use ends (UTC, by this machine's clock); None when not known."""
        return (self._token or self._first).ends_at

    @property
    def refreshable(self) -> bool:
        """Whether there is a refresh token."""
        return bool((self._token or self._first).refresh)

    @property
    def open(self) -> bool:
        """Whether it is the client's session now."""
        return self._token is not None

    def _forget(self) -> None:
        if self.open:
            self._client.state.token = None

    def _who(self) -> str:
        if self._first.grant == "client_credentials":
            return f"of the client {self._client.state.client_id}"
        owner = self._first.owner_id
        return "of a given token" if owner is None else f"of user {owner}"

    def __repr__(self) -> str:
        return f"<geoop session {self._who()}: {'open' if self.open else 'closed'}>"

    def _repr_html_(self) -> str:
        until = f"{self.until:%Y-%m-%d %H:%M} UTC" if self.until else "not known"
        state = "open" if self.open else "closed"
        return card("geoop session", [("is", self._who()), ("state", state), ("until", until)])


class Session(BaseSession, Closing):
    """What a login of a blocking client gives; used in ``with``, it ends there."""

    def close(self) -> None:
        """Forget the tokens of this session, in memory."""
        self._forget()


class AsyncSession(BaseSession, AsyncClosing):
    """What a login of an async client gives; used in ``async with``, it ends there."""

    async def close(self) -> None:
        """Forget the tokens of this session, in memory."""
        self._forget()
