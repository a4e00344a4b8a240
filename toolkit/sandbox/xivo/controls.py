"""What the one who started the servers can do to them, in values that JSON can carry."""

from __future__ import annotations

from toolkit.sandbox.controls import Json, WatchedControls
from toolkit.sandbox.xivo.app import Watch
from toolkit.sandbox.xivo.call import World
from toolkit.sandbox.xivo.faults import Fault
from toolkit.sandbox.xivo.tokens import Tokens


class Controls(WatchedControls[Fault]):
    """The controls of one sandbox; each public method is one."""

    def __init__(self, world: World, tokens: Tokens, watch: Watch, places: dict[str, str]) -> None:
        super().__init__(world.clock, world.switches, watch, Fault)
        self._world = world
        self._tokens = tokens
        self._places = places

    def places(self) -> Json:
        """The addresses, and the era."""
        return self._places | {"era": self._world.era.name}

    def switch(self, switches: Json) -> None:
        """Change switches."""
        super().switch(switches)
        self._world.lists.loses = self._world.switches.losing_pages

    def drop_tokens(self) -> int:
        """Take all tokens back; gives how many were alive."""
        with self._world.store.transaction():
            return self._tokens.revoke_all()

    def items(self, kind: str) -> Json:
        """The items of a kind as they are kept, by key; fields of the server's own have a ``_``."""
        with self._world.store.lock:
            found = self._world.store.items.get(kind)
            if found is None:
                known = ", ".join(sorted(self._world.store.items))
                raise ValueError(f"no items of kind {kind!r}: there are {known}")
            return {str(key): dict(item) for key, item in found.items()}
