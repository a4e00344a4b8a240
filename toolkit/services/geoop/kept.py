"""Tokens in the system's keyring, when the option ``keep_tokens`` asks for it.

An entry is for one client id at one address (see ``services.base.keeping``).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from toolkit.services.base.client import is_replaying
from toolkit.services.base.keeping import Kept
from toolkit.services.geoop.state import Token

if TYPE_CHECKING:
    from toolkit.services.geoop.baseclient import BaseClient

_ACCESS, _REFRESH, _END, _OWNER, _GRANT = (
    "access token", "refresh token", "ends at", "owner id", "grant",
)  # fmt: skip


class KeptTokens:
    """The kept tokens of one client id."""

    def __init__(self, client: BaseClient[Any, Any], client_id: str) -> None:
        self._client = client
        self._kept = Kept(client, client_id or "(no client id)")

    def keep(self, token: Token | None) -> None:
        """Put a token into the keyring; None takes what is there away. A replay's is not kept."""
        if is_replaying():
            return
        if token is None:
            self._kept.forget()
            return
        self._kept.keep({
            _ACCESS: token.access,
            _REFRESH: token.refresh or "-",
            _END: token.ends_at.isoformat() if token.ends_at else "-",
            _OWNER: "-" if token.owner_id is None else str(token.owner_id),
            _GRANT: token.grant,
        })  # fmt: skip

    def token(self) -> Token | None:
        """The kept token, unless it has ended and cannot be refreshed."""
        access = self._kept.get(_ACCESS)
        if not access:
            return None
        refresh, end, owner, grant = (
            "" if (text := self._kept.get(name)) in (None, "-") else str(text)
            for name in (_REFRESH, _END, _OWNER, _GRANT)
        )
        now, began = dt.datetime.now(dt.UTC), self._client.state.clock()
        ends_at = dt.datetime.fromisoformat(end) if end else None
        if ends_at is not None and ends_at <= now and not refresh:
            return None
        ends = None if ends_at is None else began + (ends_at - now).total_seconds()
        number = int(owner) if owner.isdecimal() else None
        return Token(access, refresh, grant or "given", number, began, ends, ends_at)
