"""The tokens of xivo-auth: made, looked up, checked, taken back, and forgotten in time."""

from __future__ import annotations

import uuid
from typing import Any

from toolkit.sandbox.xivo.acl import allows
from toolkit.sandbox.xivo.clock import Clock
from toolkit.sandbox.xivo.store import Item, Store

DEFAULT_EXPIRATION = 7200


class Tokens:
    """The tokens that are alive."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._next_sweep = 0.0

    def new(self, auth_id: str, acls: tuple[str, ...], expiration: float, **more: Any) -> Item:
        """Make a token."""
        now = self._clock.now
        self._sweep(now)
        token = {
            "token": str(uuid.uuid4()),
            "auth_id": auth_id,
            "acls": list(acls),
            "issued_at": now,
            "expires_at": now + expiration,
            "number": self._store.next_key("tokens"),
            **more,
        }
        self._store.put("tokens", token["number"], token)
        self._store.set(f"token {token['token']}", token["number"])
        return token

    def get(self, text: str) -> Item | None:
        """A token that is alive, or None."""
        number = self._store.get(f"token {text}")
        found = None if number is None else self._store.items["tokens"].get(number)
        if found is None or found["expires_at"] <= self._clock.now:
            return None
        return found

    def revoke(self, text: str) -> None:
        """Take a token back; an unknown one does no harm."""
        number = self._store.get(f"token {text}")
        if number is not None:
            with self._store.transaction():
                self._store.remove("tokens", number)
                self._store.set(f"token {text}", None)

    def revoke_all(self) -> int:
        """Take all tokens back; gives how many were alive."""
        alive = [
            token for token in self._store.items["tokens"].values() if self.get(token["token"])
        ]
        for token in list(self._store.items["tokens"].values()):
            self.revoke(token["token"])
        return len(alive)

    def may(self, token: Item, required: str) -> bool:
        """Whether a token may do what is required."""
        return allows(token["acls"], required, token["auth_id"])

    def _sweep(self, now: float) -> None:
        """Forget what has expired, now and then."""
        if now < self._next_sweep:
            return
        self._next_sweep = now + 60
        for token in list(self._store.items["tokens"].values()):
            if token["expires_at"] <= now:
                self.revoke(token["token"])
