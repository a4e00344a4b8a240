"""One request on its way through confd: what it is for, and what it may touch."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import msgspec

from toolkit.sandbox.xivo.clock import Clock
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.listing import Lists
from toolkit.sandbox.xivo.refusals import Refusal, not_found
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key, Store
from toolkit.sandbox.xivo.switches import Switches
from toolkit.sandbox.xivo.views import Views
from toolkit.sandbox.xivo.web import JSON, Reply, Request, json_reply

_BROWSER = "The browser (or proxy) sent a request that this server could not understand."


@dataclass(frozen=True, slots=True)
class World:
    """What the servers share."""

    store: Store
    era: Era
    views: Views
    lists: Lists
    clock: Clock
    switches: Switches
    seed: int


@dataclass(slots=True)
class Call:
    """A request for one operation of confd."""

    world: World
    request: Request
    holes: dict[str, Any]
    tenant: str | None = None

    @property
    def store(self) -> Store:
        """The state."""
        return self.world.store

    @property
    def era(self) -> Era:
        """What the server is like."""
        return self.world.era

    @property
    def views(self) -> Views:
        """What items look like."""
        return self.world.views

    def key(self, kind: str, hole: str) -> Key:
        """The key of the item that a hole names; 404 if there is none."""
        return self.find(kind, self.holes[hole])

    def find(self, kind: str, said: Any, *, field: str = "id") -> Key:
        """The key of an item by its number, uuid or text; 404 if there is none."""
        found: Key | None = said
        if isinstance(said, uuid.UUID):
            found = self.store.uuids.get((kind, str(said)))
        if found is None or found not in self.store.items[kind]:
            title = BY_KIND[kind].title if kind in BY_KIND else kind.rstrip("s").title()
            raise not_found(self.era, title, **{field: said})
        return found

    def item(self, kind: str, hole: str) -> tuple[Key, Item]:
        """Key and item that a hole names."""
        key = self.key(kind, hole)
        return key, self.store.items[kind][key]

    def body(self) -> Any:
        """The JSON of the body, by the era's rules for what is none."""
        if self.request.content_type != JSON:
            if self.era.needs_json_type:
                raise Refusal(400, _BROWSER)
            return {}
        try:
            return msgspec.json.decode(self.request.body)
        except ValueError as error:
            if self.era.bad_json == 500:
                raise Refusal(500, f"Unexpected error: {error}") from None
            raise Refusal(400, _BROWSER) from None

    def list_reply(self, items: list[Item], total: int | None = None) -> Reply:
        """A list of objects."""
        count = len(items) if total is None else total
        if self.era.total_first:
            return json_reply({"total": count, "items": items})
        return json_reply({"items": items, "total": count})


def done() -> Reply:
    """204: nothing to say, yet called JSON, as the real ones do."""
    return Reply(204)
