"""Lists of XiVO users.

Listing 10,000 users from the sandbox against a plain httpx loop that reads the same pages, on the
clock and in CPU time of the client; and 10,000 items to a typed DataFrame against ``json.loads``
of the same bytes, in CPU time. The sandbox runs in a process of its own; contenders take turns.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec

import toolkit
from benchmarks.measure import Use, take_turns
from benchmarks.report import Section
from benchmarks.rows import NOT_PEERS, ROWS, Row, costs
from toolkit.services.base.decoding import typed
from toolkit.services.xivo import connect
from toolkit.services.xivo.models import model
from toolkit.services.xivo.server import Server

PAGE = 500
LOOP, LOADS = "plain httpx loop", "json.loads"

NOT_PEERS |= {LOOP, LOADS}
ROWS |= {
    "xivo_list": Row("list all users, time on the clock", "s", costs(1.2, LOOP)),
    "xivo_list_cpu": Row("the same, CPU of the client", "s", costs(1.2, LOOP)),
    "xivo_frame": Row("items to a typed DataFrame", "s", costs(5.0, LOADS)),
    "xivo_frame_flat": Row("the same, nested objects as columns", "s", costs(5.0, LOADS)),
}


def plain_loop(client: httpx.Client, url: str) -> list[Any]:
    """What people write: pages until the total is reached."""
    items: list[Any] = []
    while True:
        query = {"order": "id", "limit": PAGE, "offset": len(items)}
        answer = client.get(url, params=query).raise_for_status().json()
        items += answer["items"]
        if len(items) >= answer["total"] or not answer["items"]:
            return items


def listing(section: Section, server: Server, count: int, rounds: int) -> list[Any]:
    """Both ways of reading all users, turn by turn; what the loop read."""
    url = f"{server.state.addresses.base('confd')}/users"
    token = server.state.granted.token if server.state.granted else ""
    headers = {"Accept": "application/json", "X-Auth-Token": token}
    clock: dict[str, list[float]] = {"ours": [], LOOP: []}
    cpu: dict[str, list[float]] = {"ours": [], LOOP: []}
    with httpx.Client(headers=headers, timeout=300) as client:
        ways: dict[str, Callable[[], Any]] = {
            "ours": lambda: server.users.list(page=PAGE),
            LOOP: lambda: plain_loop(client, url),
        }
        for way in ways.values():  # once before it is measured
            assert len(way()) == count
        items = plain_loop(client, url)
        for round_ in range(rounds):
            for name in list(ways) if round_ % 2 else list(reversed(ways)):
                began, used = time.perf_counter(), time.process_time()
                ways[name]()
                clock[name].append(time.perf_counter() - began)
                cpu[name].append(time.process_time() - used)
    # On the clock the best of each, as what else the machine does only adds to it.
    for row, found, pick in (("xivo_list", clock, min), ("xivo_list_cpu", cpu, statistics.median)):
        values = {name: pick(times) for name, times in found.items()}
        section.add(row, count, values)
    return items


def frames(section: Section, items: list[Any], rounds: int) -> None:
    """Bytes to a DataFrame, and the same bytes to plain objects."""
    body = json.dumps({"items": items, "total": len(items)}).encode()

    def ours(nested: Any) -> Use:
        def use(_: int) -> object:
            return typed(msgspec.json.decode(body)["items"], model("users"), nested=nested)

        return use

    @contextmanager
    def ready(use: Use) -> Iterator[Use]:
        yield use

    found = take_turns(
        {
            "json": (1, lambda: ready(ours("json"))),
            "flat": (1, lambda: ready(ours("flat"))),
            LOADS: (1, lambda: ready(lambda _: json.loads(body))),
        },
        rounds,
    )
    for row, name in (("xivo_frame", "json"), ("xivo_frame_flat", "flat")):
        values = {"ours": found[name], LOADS: found[LOADS]}
        section.add(row, len(items), values)


ABOUT = (
    "10,000 users listed from the sandbox, which has a process of its own, against an httpx loop "
    "that reads the same pages; and their items to a DataFrame against json.loads of the bytes. "
    "On the clock the best of each counts: what else the machine does only adds to it."
)


def measure(users: int = 10_000, rounds: int = 3) -> tuple[Section, list[str]]:
    """Measure all."""
    section = Section("XiVO", ABOUT)
    with (
        toolkit.sandbox.start("xivo", users=users, process=True) as box,
        connect(box.confd, auth_url=box.auth) as server,
    ):
        server.login_with(box.user, box.password)
        items = listing(section, server, users, rounds)
    frames(section, items, rounds)
    return section, []
