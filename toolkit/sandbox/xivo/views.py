"""What an item looks like from outside: its JSON with what it is associated with, its columns.

Bytes are kept from one request to the next, because a list of 10,000 users is read far more often
than one of them changes. The address in a link is filled in when a reply is sent.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.xivo.embedded import EMBEDDED, FIRST, line_fields
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.resource import Resource
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key, Store

BASE = "@@sandbox-base@@"
_BASE = BASE.encode()
_NEIGHBOURS = 3  # a user shows its line's extension: two steps, and one for good measure
FORWARDS = ("busy", "noanswer", "unconditional")
SERVICES = ("dnd", "incallfilter")


@dataclass(slots=True)
class View:
    """An item as it is shown, and its columns for order, filters and search."""

    body: bytes
    columns: dict[str, Any]
    text: str


class Views:
    """Shows the items of a store in the manner of an era."""

    def __init__(self, store: Store, era: Era) -> None:
        self.store = store
        self.era = era
        self._kept: dict[tuple[str, Key], View] = {}
        self._known = {
            kind: {field.name for field in resource.fields if field.there(era)}
            for kind, resource in BY_KIND.items()
        }

    def view(self, kind: str, key: Key) -> View:
        """The view of an item that is there."""
        kept = self._kept.get((kind, key))
        if kept is None:
            shown = self.shown(kind, key)
            columns = self.columns(kind, key)
            names = BY_KIND[kind].search
            text = "\n".join(str(columns[name]) for name in names if columns.get(name) is not None)
            kept = View(json.dumps(shown).encode(), columns, self.folded(text))
            if kind != "incalls":
                self._kept[kind, key] = kept
        return kept

    def refresh(self) -> None:
        """Forget the views of what was changed, and of what shows it."""
        changed, self.store.changed = self.store.changed, []
        if not self._kept or not changed:
            return
        if any(kind == "incalls" for kind, _ in changed):
            self._kept.clear()
            return
        seen = set(changed)
        edge = changed
        for _ in range(_NEIGHBOURS):
            edge = [one for place in edge for one in self._neighbours(*place) if one not in seen]
            seen.update(edge)
        for place in seen:
            self._kept.pop(place, None)

    def _neighbours(self, kind: str, key: Key) -> list[tuple[str, Key]]:
        found: list[tuple[str, Key]] = []
        for name, links in self.store.links.items():
            left, right = name.split("-")
            if right == "entities":  # shared by all, shown by none, and never renamed
                continue
            if left == kind:
                found += [(right, other) for other in links.right.get(key, ())]
            if right == kind:
                found += [(left, other) for other in links.left.get(key, ())]
        return found

    def folded(self, text: str) -> str:
        """A text for search: without case, and without accents where the era takes them away."""
        return unaccented(text) if self.era.unaccents else text.lower()

    def address(self, resource: Resource, key: Key) -> str:
        """An item's address, with a mark for the server's."""
        return f"{BASE}/{resource.path}/{self.outer_key(resource, key)}"

    def outer_key(self, resource: Resource, key: Key) -> Key:
        """What an item is called in its path."""
        if resource.by_uuid and self.era.tenants:
            return str(self.store.items[resource.kind][key]["uuid"])
        return key

    def links(self, *places: tuple[str, Key]) -> list[dict[str, str]]:
        """The ``links`` of an item or an association."""
        made = []
        for kind, key in places:
            resource = BY_KIND[kind]
            href, rel = self.address(resource, key), resource.link_rel
            made.append(
                {"rel": rel, "href": href} if self.era.rel_first else {"href": href, "rel": rel}
            )
        return made

    def shown(self, kind: str, key: Key) -> Item:
        """An item as JSON shows it."""
        resource, item = BY_KIND[kind], self.store.items[kind][key]
        shown: Item = {"id": key}
        for hidden in resource.hidden:
            if self.era.tenants:
                shown.pop(hidden, None)
        if resource.has_uuid(self.era):
            shown["uuid"] = item["uuid"]
        late = kind in ("users", "contexts")  # which show their tenant among the last
        tenant = {name: item[name] for name in ("tenant_uuid",) if name in item}
        if self.era.tenants and not late:
            shown |= tenant
        first = FIRST.get(kind)
        if first is not None:
            shown |= first(self, key)
        known = self._known[kind]
        shown |= {name: value for name, value in item.items() if name in known}
        if self.era.tenants and late:
            shown |= {name: item[name] for name in ("created_at",) if name in item} | tenant
        shown["links"] = self.links((kind, key))
        embed = EMBEDDED.get(kind)
        if embed is not None and self.era.embeds:
            shown |= embed(self, key)
        return shown

    def columns(self, kind: str, key: Key) -> dict[str, Any]:
        """The columns that a list can be ordered by or filtered on."""
        item = self.store.items[kind][key]
        columns: dict[str, Any] = {"id": key, **item}
        if kind == "users":
            columns |= self._user_columns(key, item)
        elif kind == "lines":
            columns |= line_fields(self, key)
        elif kind == "incalls":
            columns["user_id"] = item["destination"].get("user_id")
        return columns

    def _user_columns(self, key: Key, item: Item) -> dict[str, Any]:
        store = self.store
        line = store.first("users-lines", key)
        extension = None if line is None else store.first("lines-extensions", line)
        voicemail = store.first("users-voicemails", key)
        entity = store.first("users-entities", key)
        exten: Item = {} if extension is None else store.items["extensions"][extension]
        return {
            "fullname": " ".join(one for one in (item["firstname"], item["lastname"]) if one),
            "line_id": line,
            "protocol": None if line is None else line_fields(self, line)["protocol"],
            "provisioning_code": line and store.items["lines"][line]["provisioning_code"],
            "exten": exten.get("exten"),
            "extension": exten.get("exten"),
            "context": exten.get("context"),
            "agent_id": store.first("users-agents", key),
            "voicemail_number": voicemail and store.items["voicemails"][voicemail]["number"],
            "entity": entity and store.items["entities"][entity]["name"],
        }

    def base(self, kind: str, key: Key, *names: str) -> Item:
        """A short form of an item: some fields and its links."""
        item = self.store.items[kind][key]
        resource = BY_KIND[kind]
        shown: Item = {} if kind == "users" else {"id": key}
        if resource.by_uuid and self.era.tenants:
            shown = {"uuid": item["uuid"]}
        return shown | {name: item.get(name) for name in names} | {"links": self.links((kind, key))}

    def endpoint(self, owner: str, key: Key, kind: str) -> Item | None:
        """The endpoint of a line or trunk."""
        found = self.store.first(f"{owner}-{kind}", key)
        if found is None:
            return None
        names = {"sip": ("name",) if self.era.tenants else ("username",), "custom": ("interface",)}
        return self.base(kind, found, *names.get(kind, ()))

    def extensions(self, link: str, key: Key) -> list[Item]:
        """The extensions of a line, group, incall or outcall."""
        names = ("exten", "context")
        return [self.base("extensions", one, *names) for one in self.store.rights(link, key)]


def unaccented(text: str) -> str:
    """A text without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def fill(body: bytes, base: str) -> bytes:
    """The body with the server's address in its links."""
    return body.replace(_BASE, base.encode())
