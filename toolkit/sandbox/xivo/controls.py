"""What the one who started the servers can do to them, in values that JSON can carry."""

from __future__ import annotations

import dataclasses
from typing import Any

from toolkit.sandbox.xivo.app import Watch
from toolkit.sandbox.xivo.call import World
from toolkit.sandbox.xivo.faults import Fault
from toolkit.sandbox.xivo.tokens import Tokens

Json = dict[str, Any]


class Controls:
    """The controls of one sandbox; each public method is one."""

    def __init__(self, world: World, tokens: Tokens, watch: Watch, places: dict[str, str]) -> None:
        self._world = world
        self._tokens = tokens
        self._watch = watch
        self._places = places

    def places(self) -> Json:
        """The addresses, and the era."""
        return self._places | {"era": self._world.era.name}

    def now(self) -> float:
        """The server's time in seconds since 1970."""
        return self._world.clock.now

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        if seconds < 0:
            raise ValueError(f"the clock goes forward only, not by {seconds} s")
        self._world.clock.ahead += seconds

    def switch(self, switches: Json) -> None:
        """Change switches."""
        changed = self._world.switches.changed(**switches)
        self._world.switches.take(changed)
        self._world.lists.loses = changed.losing_pages

    def switches(self) -> Json:
        """The switches as they are."""
        return dataclasses.asdict(self._world.switches)

    def fault(self, **fault: Any) -> None:
        """Set a fault."""
        self._watch.faults.add(Fault(**fault))

    def clear_faults(self) -> None:
        """Take all faults back."""
        self._watch.faults.clear()

    def calls(self) -> list[Json]:
        """The last 10,000 requests."""
        return list(self._watch.calls)

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
