"""POST, PATCH and DELETE: every item of a request, or none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toolkit.sandbox.geoop.errors import error
from toolkit.sandbox.geoop.fields import (
    Field,
    Problem,
    in_utc,
    moment,
    no_such_item,
    not_allowed,
    not_unique,
    wrong,
    wrong_order,
)
from toolkit.sandbox.geoop.people import Who
from toolkit.sandbox.geoop.reading import show_default
from toolkit.sandbox.geoop.schema import OF_JOBS, Collection
from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.world import World


class Failure(Exception):
    """Some items cannot be saved, so none is."""

    def __init__(self, problems: dict[int, list[Problem]], items: list[Item]) -> None:
        super().__init__("some items are not valid")
        self.problems = problems
        self.items = items


class Writing:
    """One request that writes.

    Parameters
    ----------
    world, who
        The state, and the one who asks.
    collection
        What is written to.
    """

    def __init__(self, world: World, who: Who, collection: Collection) -> None:
        self._world = world
        self._who = who
        self._collection = collection
        self._touched: set[int] = set()
        self._logins: dict[str, int] | None = None
        self._busy: set[int] | None = None

    def write(self, verb: str, items: list[Item]) -> list[Item]:
        """Write all items and give them as they are then; raises `Failure` for the bad ones."""
        one = {"POST": self._create, "PATCH": self._change, "DELETE": self._delete}[verb]
        done: list[Item] = []
        problems: dict[int, list[Problem]] = {}
        with self._world.store.transaction():
            for index, item in enumerate(items):
                found = one(item)
                if isinstance(found, dict):
                    done.append(show_default(found, self._collection))
                else:
                    problems[index] = found
            if problems:
                raise Failure(problems, items)
        return done

    def _create(self, sent: Item) -> Item | list[Problem]:
        collection, name = self._collection, self._collection.name
        given = {key: value for key, value in sent.items() if key != "id"}  # the server gives it
        problems = self._judge(given, collection.fields, made=True)
        if problems:
            return problems
        item: Item = {field.name: field.default for field in collection.fields}
        item |= given
        item["id"] = self._world.store.next_id(name, collection.first_id)
        now, me = self._world.clock.text, {"id": self._who.id}
        for stamp, value in (
            ("created", now), ("modified", now), ("createdBy", me), ("modifiedBy", me),
        ):  # fmt: skip
            if collection.has(stamp) and stamp not in given:
                item[stamp] = value
        if name == "jobs":
            item["reference"] = f"J{item['id']:06d}"
        if name == "users":
            item["status"] = None
            item["locations"] = []
            item["workgroups"] = item["workgroups"] or []
            _fill_number(item)
            self._note_login(item["login"], item["id"])
        self._place(item)
        self._world.store.put(name, item)
        return item

    def _change(self, sent: Item) -> Item | list[Problem]:
        old, problem = self._target(sent)
        if old is None:
            return problem
        given = {key: value for key, value in sent.items() if key != "id"}
        fields = [self._collection.by_name[name] for name in given if self._collection.has(name)]
        problems = self._judge(given, fields, made=False, old=old)
        if problems:
            return problems
        item = old | given
        if self._collection.has("modified"):
            item["modified"] = self._world.clock.text
        if self._collection.has("modifiedBy") and "modifiedBy" not in given:
            item["modifiedBy"] = {"id": self._who.id}
        if self._collection.name == "users":
            _fill_number(item)
            self._note_login(item["login"], item["id"])
        self._place(item)
        self._world.store.put(self._collection.name, item)
        return item

    def _delete(self, sent: Item) -> Item | list[Problem]:
        old, problem = self._target(sent)
        if old is None:
            return problem
        name, store = self._collection.name, self._world.store
        if name == "users" and old["id"] == self._who.id:
            return [error("permission", 3, "Nobody can delete the user that is signed in.")]
        if name == "clients" and old["id"] in self._clients_with_jobs():
            return [error("content", 6, f"Client {old['id']} has jobs and cannot be deleted.")]
        if name == "jobs":
            for kind in OF_JOBS:
                for number, item in list(store.items[kind].items()):
                    if (item.get("job") or {}).get("id") == old["id"]:
                        store.remove(kind, number)
        store.remove(name, old["id"])
        return old

    def _target(self, sent: Item) -> tuple[Item | None, list[Problem]]:
        """The item that a PATCH or DELETE is about."""
        number = sent.get("id")
        field = Field("id", "int", required=True)
        problem = wrong(field, number)
        if problem is not None:
            return None, [problem]
        if number in self._touched:
            return None, [error("content", 5, f"Item {number} comes twice in this request.")]
        found = None if number is None else self._who.find(self._collection.name, number)
        if found is None:
            message = f"Item {number} of {self._collection.name} does not exist"
            message += ", or is not accessible to this client."
            return None, [error("content", 4, message)]
        self._touched.add(found["id"])
        return found, []

    def _judge(
        self, given: Item, fields: Iterable[Field], *, made: bool, old: Item | None = None
    ) -> list[Problem]:
        """All that is wrong with what was sent."""
        problems: list[Problem] = []
        refused = set()
        for name in given:
            problem = not_allowed(name, self._collection.by_name.get(name), made=made)
            if problem is not None:
                refused.add(name)
                problems.append(problem)
        for field in fields:
            if field.name in refused or field.name == "id":
                continue
            value = given.get(field.name, field.default)
            if field.kind == "date" and isinstance(value, str) and field.name in given:
                given[field.name] = in_utc(value)
            problem = wrong(field, value) or self._wrong_association(field, value)
            if problem is not None:
                problems.append(problem)
        return problems or self._wrong_together(given, old or {})

    def _wrong_association(self, field: Field, value: Any) -> Problem | None:
        if field.kind not in ("item", "items") or not value:
            return None
        for one in value if isinstance(value, list) else [value]:
            if self._who.find(field.to, one["id"]) is None:
                return no_such_item(field, one["id"])
        return None

    def _wrong_together(self, given: Item, old: Item) -> list[Problem]:
        """Rules that look at more than one value."""
        whole = old | given
        if self._collection.name == "users" and "login" in given:
            holder = self._login_holders().get(given["login"].casefold())
            if holder not in (None, old.get("id")):
                return [not_unique("login")]
        if self._collection.has("endDate"):
            begin, end = (moment(whole.get(name) or "") for name in ("startDate", "endDate"))
            if begin is not None and end is not None and end < begin:
                return [wrong_order("startDate", "endDate")]
        return []

    def _login_holders(self) -> dict[str, int]:
        if self._logins is None:
            users = self._world.store.items["users"]
            self._logins = {item["login"].casefold(): key for key, item in users.items()}
        return self._logins

    def _note_login(self, login: str, number: int) -> None:
        holders = self._login_holders()
        for old in [name for name, holder in holders.items() if holder == number]:
            del holders[old]
        holders[login.casefold()] = number

    def _clients_with_jobs(self) -> set[int]:
        if self._busy is None:
            self._busy = {job["client"]["id"] for job in self._world.store.items["jobs"].values()}
        return self._busy

    def _place(self, item: Item) -> None:
        """Let an item without an account of its own be in that of its job."""
        field = self._collection.by_name.get("account")
        if field is not None and "W" not in field.access:
            job = item.get("job")
            held = None if job is None else self._world.store.items["jobs"].get(job["id"])
            item["account"] = held["account"] if held is not None else {"id": self._who.account}


def _fill_number(item: Item) -> None:
    code = item.get("mobileCountryCode")
    number = str(item["mobile"]).lstrip("0")
    known = number.startswith("+") or code is None
    item["fullMobileNumber"] = number if known else f"+{code:g}{number}"
