"""Rows: eight threads, or tasks, with a cassette each, all at the same time."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.cassettes.files import patched
from benchmarks.cassettes.server import running
from benchmarks.cassettes.traffic import REQUEST_HEADERS, question
from benchmarks.measure import fresh

USERS = 8
CALLS = 10
LIMIT = 60
_PATCHABLE = (
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
    (httpx.Client, "__init__"),
    (httpx.AsyncClient, "__init__"),
    (httpx.Client, "_transport_for_url"),
    (httpx.AsyncClient, "_transport_for_url"),
)


def _originals() -> list[Any]:
    return [getattr(owner, name) for owner, name in _PATCHABLE]


def _path(who: str, folder: Path, user: int) -> Path:
    return folder / f"{who}-{user}.{'json' if who == 'replayx' else 'yaml'}"


@contextmanager
def _deck(path: Path) -> Iterator[None]:
    from toolkit.cassettes import record

    with record(path):
        yield


def _using(who: str, path: Path) -> AbstractContextManager[Any]:
    return _deck(path) if who == "deck" else patched(who, path, "new_episodes")


def _client(who: str) -> httpx.Client:
    from toolkit.cassettes import DeckTransport

    inner = httpx.HTTPTransport(verify=False, trust_env=False)
    return httpx.Client(transport=DeckTransport(inner) if who == "deck" else inner)


def _async_client(who: str) -> httpx.AsyncClient:
    from toolkit.cassettes import AsyncDeckTransport

    inner = httpx.AsyncHTTPTransport(verify=False, trust_env=False)
    return httpx.AsyncClient(transport=AsyncDeckTransport(inner) if who == "deck" else inner)


def threads(who: str, folder: str, url: str) -> dict[str, int]:
    """Record from eight threads: requests in the right cassette, and what stays patched."""
    before = _originals()
    together = threading.Barrier(USERS, timeout=LIMIT)

    def user(number: int) -> None:
        with _using(who, _path(who, Path(folder), number)), _client(who) as client:
            together.wait()  # all cassettes are in before the first request
            for call in range(CALLS):
                tag = f"t{number}x"
                client.post(url, content=question(call, tag), headers=REQUEST_HEADERS)
            together.wait()

    running_ = [threading.Thread(target=user, args=(n,), daemon=True) for n in range(USERS)]
    for one in running_:
        one.start()
    for one in running_:
        one.join(LIMIT)
    return _counted(who, Path(folder), before)


def tasks(who: str, folder: str, url: str) -> dict[str, int]:
    """Record from eight tasks of one loop."""
    before = _originals()

    async def main() -> None:
        together = asyncio.Barrier(USERS)

        async def user(number: int) -> None:
            with _using(who, _path(who, Path(folder), number)):
                async with _async_client(who) as client:
                    await together.wait()
                    for call in range(CALLS):
                        tag = f"t{number}x"
                        await client.post(url, content=question(call, tag), headers=REQUEST_HEADERS)
                    await together.wait()

        async with asyncio.timeout(LIMIT):
            await asyncio.gather(*map(user, range(USERS)), return_exceptions=True)

    asyncio.run(main())
    return _counted(who, Path(folder), before)


def _counted(who: str, folder: Path, before: list[Any]) -> dict[str, int]:
    right = 0
    for user in range(USERS):
        path = _path(who, folder, user)
        text = path.read_text("utf-8") if path.exists() else ""
        right += len(set(re.findall(rf">t{user}x(\d+)<", text)))
    left = sum(now is not then for now, then in zip(_originals(), before, strict=True))
    return {"right": right, "patched": left}


def measure(folder: Path) -> dict[str, dict[str, float | None]]:
    """Give the rows of threads and tasks."""
    rows: dict[str, dict[str, float | None]] = {
        "threads": {}, "tasks": {}, "deck": {}, "patched": {},
    }  # fmt: skip
    with running() as url:
        for how in ("threads", "tasks"):
            for who in ("ours", "deck", "vcrpy", "cassetter", "replayx"):
                place = folder / f"shared-{how}-{who}"
                place.mkdir(parents=True, exist_ok=True)
                done = fresh(f"benchmarks.cassettes.sharing:{how}", who, str(place), url)
                if who == "deck":
                    least = rows["deck"].get("ours")
                    rows["deck"]["ours"] = min(done["right"], 80 if least is None else least)
                    who = "ours"
                else:
                    rows[how][who] = done["right"]
                rows["patched"][who] = (rows["patched"].get(who) or 0) + done["patched"]
    return rows
