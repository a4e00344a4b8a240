"""What the one who started the servers can do to them, in values that JSON can carry."""

from __future__ import annotations

from toolkit.sandbox.controls import Json, WatchedControls
from toolkit.sandbox.geoop.app import Watch
from toolkit.sandbox.geoop.faults import Fault
from toolkit.sandbox.geoop.people import CLIENTS
from toolkit.sandbox.geoop.schema import COLLECTIONS
from toolkit.sandbox.geoop.tokens import Tokens
from toolkit.sandbox.geoop.world import World


class Controls(WatchedControls[Fault]):
    """The controls of one sandbox; each public method is one."""

    def __init__(self, world: World, tokens: Tokens, watch: Watch, places: dict[str, str]) -> None:
        super().__init__(world.clock, world.switches, watch, Fault)
        self._world = world
        self._tokens = tokens
        self._places = places

    def places(self) -> Json:
        """The addresses."""
        return self._places

    def token(self, user: str, client: str) -> Json:
        """The reply of the token endpoint for a person, without any sign-in."""
        if client not in CLIENTS:
            raise ValueError(f"no client {client!r}: there are {', '.join(CLIENTS)}")
        with self._world.store.transaction():
            for item in self._world.store.items["users"].values():
                if item["login"] == user:
                    refresh = CLIENTS[client].confidential
                    return self._tokens.grant(client, item["id"], refresh=refresh)
        raise ValueError(f"no user has the login {user!r}")

    def drop_tokens(self, *, refresh: bool) -> int:
        """Take all tokens back; gives how many access tokens were alive."""
        return self._tokens.revoke_all(refresh=refresh)

    def items(self, collection: str) -> Json:
        """The items of a collection as they are kept, by id; what nobody is shown has a ``_``."""
        if collection not in COLLECTIONS:
            known = ", ".join(sorted(COLLECTIONS))
            raise ValueError(f"no collection {collection!r}: there are {known}")
        with self._world.store.lock:
            found = self._world.store.items[collection]
            return {str(key): dict(item) for key, item in sorted(found.items())}
