"""Access tokens, refresh tokens and authorization codes: made, looked up, taken back."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Any

from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.world import World

_ACCESS, _REFRESH, _CODE = "access", "refresh", "code"


class Tokens:
    """What the authorization server has given out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._uses: Counter[str] = Counter()

    def _new(self, kind: str, **about: Any) -> str:
        text = secrets.token_urlsafe(32)
        self._store.set(f"{kind} {text}", about)
        return text

    def grant(self, client: str, user: int, *, refresh: bool, chain: str = "") -> Item:
        """A new access token, with a refresh token if wanted: the reply of the token endpoint."""
        lifetime = self._world.switches.token_lifetime
        about = {"client": client, "user": user, "chain": chain}
        reply: Item = {
            "access_token": self._new(_ACCESS, end=self._world.clock.now + lifetime, **about),
            "token_type": "Bearer",
            "expires_in": lifetime,
            "owner_id": user,
        }
        if refresh:
            reply["refresh_token"] = self._new(_REFRESH, **about)
        return reply

    def access(self, text: str) -> tuple[Item | None, bool]:
        """What an access token stands for, and whether it has expired."""
        found: Item | None = self._store.get(f"{_ACCESS} {text}")
        if found is None:
            return None, False
        self._uses[text] += 1
        limit = self._world.switches.token_requests
        worn = bool(limit) and self._uses[text] > limit
        return found, worn or found["end"] <= self._world.clock.now

    def refresh(self, text: str) -> Item | None:
        """What a refresh token stands for."""
        found: Item | None = self._store.get(f"{_REFRESH} {text}")
        return found

    def forget_refresh(self, text: str) -> None:
        """Let a refresh token be worth nothing more."""
        self._store.set(f"{_REFRESH} {text}", None)

    def code(self, **about: Any) -> str:
        """A new authorization code."""
        end = self._world.clock.now + self._world.switches.code_lifetime
        return self._new(_CODE, end=end, used=False, **about)

    def use_code(self, text: str) -> Item | None:
        """What a code stands for, once; a second use takes back what the first one gave."""
        found: Item | None = self._store.get(f"{_CODE} {text}")
        if found is None:
            return None
        if found["used"]:
            self._revoke_where(chain=text)
            return None
        self._store.set(f"{_CODE} {text}", {**found, "used": True})
        return found if found["end"] > self._world.clock.now else None

    def _revoke_where(self, *, chain: str) -> None:
        for name, about in list(self._store.named.items()):
            if name.startswith((f"{_ACCESS} ", f"{_REFRESH} ")) and about["chain"] == chain:
                self._store.set(name, None)

    def revoke_all(self, *, refresh: bool) -> int:
        """Take back every access token, and the refresh tokens too; gives how many were alive."""
        now, alive = self._world.clock.now, 0
        with self._store.transaction():
            for name, about in list(self._store.named.items()):
                if name.startswith(f"{_ACCESS} "):
                    alive += about["end"] > now
                    self._store.set(name, None)
                elif refresh and name.startswith(f"{_REFRESH} "):
                    self._store.set(name, None)
        return alive
