"""What a new server begins with: accounts, people, clients, and as many jobs as wanted."""

from __future__ import annotations

import random
from typing import Any

from toolkit.sandbox.geoop.clock import written
from toolkit.sandbox.geoop.people import (
    ADMINISTRATOR,
    BRANCH,
    HEAD_OFFICE,
    PEOPLE,
    ROLES,
    STRANGERS,
    VIEWER,
    WORKER,
)
from toolkit.sandbox.geoop.schema import COLLECTIONS
from toolkit.sandbox.geoop.store import Item, Store

_FIRST = ("Anahera", "Bridget", "Caleb", "Deepa", "Emeka", "Freya", "Gustavo", "Hana", "Ivo",
          "Jorja", "Kahu", "Leilani", "Mateus", "Niamh", "Oskar", "Petra", "Rangi", "Sefa",
          "Tomasz", "Ulla", "Viliami", "Wiremu", "Ximena", "Zoë")  # fmt: skip
_LAST = ("Abara", "Bellweather", "Cartwright", "Delacroix", "Eriksen", "Fonoti", "Grünwald",
         "Harawira", "Iyer", "Jovanović", "Kingi", "Lomax", "Maddox", "Nakamura", "Oyelaran",
         "Paewai", "Quigley", "Rossi", "Santos", "Tuilagi", "Urquhart", "Vance",
         "Winterbourne")  # fmt: skip
_COMPANIES = ("Bakery", "Dental", "Freight", "Gardens", "Hardware", "Motors", "Orchards",
              "Pharmacy", "Timber", "Vineyard")  # fmt: skip
_WORK = ("Repair the boiler", "Replace a tap", "Inspect the roof", "Install a heat pump",
         "Clear the drain", "Service the pump", "Fit new locks", "Test the alarm",
         "Paint the fence", "Rewire the kitchen")  # fmt: skip
_STREETS = ("Rimu Street", "Totara Road", "Kowhai Lane", "Harbour View", "Mānuka Terrace")
_STATUSES = ("New", "Assigned", "In progress", "Completed", "Invoiced", "Cancelled")
_COLOURS = ("#FBA710", "#1C7ED6", "#2F9E44", None)
_BEGINNING = 1_420_099_200  # 2015-01-01T08:00:00+00:00
_STRANGERS_JOBS = 3


def begin(store: Store, *, jobs: int, users: int, seed: int) -> None:
    """Fill a new store.

    The administrator of the head office reaches ``jobs`` jobs: nine of ten are its own, the rest
    are the branch's. Three more belong to strangers.
    """
    chance = random.Random(f"{seed} geoop")  # noqa: S311 - invented, no secret
    with store.transaction():
        store.set("seed", seed)
        for kind, names in (("roles", ROLES.values()), ("statuses", _STATUSES)):
            for order, name in enumerate(names, 1):
                _put(store, kind, name=name, order=order)
        accounts = ("Kauri Plumbing", "Kauri Plumbing North", "Rātā Electrical")
        for name in accounts:
            parent = {"id": HEAD_OFFICE} if name.endswith("North") else None
            _put(store, "accounts", name=name, parent=parent)
        for account, name in ((HEAD_OFFICE, "Service"), (HEAD_OFFICE, "Night"), (STRANGERS, "All")):
            _put(store, "workgroups", name=name, account={"id": account})
        people = _people(store, users, chance)
        clients = {
            account: [_client(store, account, chance) for _ in range(_clients_of(account, jobs))]
            for account in (HEAD_OFFICE, BRANCH, STRANGERS)
        }
        for number in range(jobs + _STRANGERS_JOBS):
            account = BRANCH if number % 10 == 9 else HEAD_OFFICE
            account = STRANGERS if number >= jobs else account
            _job(store, number, account, chance, clients[account], people[account])
        _belongings(store)


def _clients_of(account: int, jobs: int) -> int:
    return 2 if account != HEAD_OFFICE else max(3, min(jobs // 10, 500))


def _put(store: Store, kind: str, **fields: Any) -> Item:
    collection = COLLECTIONS[kind]
    item: Item = {field.name: field.default for field in collection.fields}
    item |= {
        name: value for name, value in fields.items() if collection.has(name) or name[0] == "_"
    }
    item["id"] = store.next_id(kind, collection.first_id)
    store.put(kind, item)
    return item


def _people(store: Store, users: int, chance: random.Random) -> dict[int, list[int]]:
    """The four who can sign in, then others; gives who can be sent to a job, by account."""
    found: dict[int, list[int]] = {HEAD_OFFICE: [], BRANCH: [], STRANGERS: []}
    for number in range(len(PEOPLE) + users):
        if number < len(PEOPLE):
            person = PEOPLE[number]
            first, last, login = person.first, person.last, person.login
            role, account, password = person.role, person.account, person.password
        else:
            first, last = chance.choice(_FIRST), chance.choice(_LAST)
            login, password = f"person{number}", ""
            role = ADMINISTRATOR if number % 12 == 5 else VIEWER if number % 6 == 1 else WORKER
            account = BRANCH if number % 8 == 7 else HEAD_OFFICE
        digits = f"{chance.randrange(10**4):04d}"
        told = chance.random() < 0.4
        item = _put(
            store, "users", login=login, firstName=first, lastName=last,
            companyName=store.items["accounts"][account]["name"], email=f"{login}@example.org",
            phone=f"+649555{digits}" if chance.random() < 0.5 else None,
            mobile=f"021555{digits}", mobileCountryCode=64.0, fullMobileNumber=f"+6421555{digits}",
            hourlyRate=float(chance.randrange(20, 90)), isAssignable=role == WORKER,
            colour=chance.choice(_COLOURS), role={"id": role}, account={"id": account},
            status={"message": "On my way", "timestamp": written(_BEGINNING)} if told else None,
            locations=[], workgroups=[{"id": 1}] if account == HEAD_OFFICE else [],
        )  # fmt: skip
        if password:
            store.put("users", {**item, "_password": password})
        if role == WORKER:
            found[account].append(item["id"])
    return found


def _client(store: Store, account: int, chance: random.Random) -> int:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    digits = f"{chance.randrange(10**4):04d}"
    company = f"{last} {chance.choice(_COMPANIES)}" if chance.random() < 0.5 else None
    item = _put(
        store, "clients", firstName=first, lastName=last, companyName=company,
        email=f"client{digits}@example.net", phone=f"+649555{digits}",
        mobile=f"+6421555{digits}" if chance.random() < 0.6 else None,
        account={"id": account}, **_stamps(store, 0),
    )  # fmt: skip
    number: int = item["id"]
    if account == BRANCH:
        store.put("clients", {**item, "_shared": [{"id": HEAD_OFFICE}]})
    return number


def _stamps(store: Store, seconds: int) -> Item:
    ada = next(iter(store.items["users"]))
    when = written(_BEGINNING + seconds)
    return {
        "created": when, "modified": when, "createdBy": {"id": ada}, "modifiedBy": {"id": ada},
    }  # fmt: skip


def _job(
    store: Store,
    number: int,
    account: int,
    chance: random.Random,
    clients: list[int],
    people: list[int],
) -> None:
    status = chance.randrange(1, len(_STATUSES) + 1)
    start = _BEGINNING + number * 2700
    sent = bool(people) and (status > 1 or number % 4 == 0)
    item = _put(
        store, "jobs",
        title=f"{chance.choice(_WORK)}, {chance.randrange(1, 200)} {chance.choice(_STREETS)}",
        description=None if chance.random() < 0.5 else "Ring before you come.",
        orderNumber=f"PO-{chance.randrange(10**5):05d}" if chance.random() < 0.3 else None,
        startDate=written(start), endDate=written(start + 1800 * chance.randrange(1, 9)),
        client={"id": chance.choice(clients)}, status={"id": status}, account={"id": account},
        assignee={"id": people[number % len(people)]} if sent else None,
        **_stamps(store, number * 60),
    )  # fmt: skip
    store.put("jobs", {**item, "reference": f"J{item['id']:06d}"})


def _belongings(store: Store) -> None:
    """A note, a visit, a charge and a place for the first few jobs."""
    for job in list(store.items["jobs"].values())[:5]:
        shared = {"job": {"id": job["id"]}, "account": job["account"], **_stamps(store, 0)}
        _put(store, "notes", description="The key is at the neighbour's.", **shared)
        _put(store, "charges", description="Call-out", quantity=1.0, price=85.0, **shared)
        if job["assignee"] is not None:
            when = {"startDate": job["startDate"], "endDate": job["endDate"]}
            _put(store, "visits", user=job["assignee"], **when, **shared)
            _put(
                store, "locations", user=job["assignee"], latitude=-36.85, longitude=174.76,
                timestamp=job["startDate"], account=job["account"],
            )  # fmt: skip
