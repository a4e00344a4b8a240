"""Rows: what one login leaves on disk, in clear or behind base64, and whether it replays."""

from __future__ import annotations

import base64
import contextlib
import re
import tempfile
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import yaml

import toolkit
from benchmarks.cassettes.files import MATCH_ON
from benchmarks.measure import fresh
from toolkit.cassettes import RecordTransport, ReplayTransport

HEADERS = {
    "authorization": "Bearer bearer-5c1d9e22f0",
    "cookie": "sid=cookie-77ab01c9d4",
    "x-auth-token": "header-3f9be86a10",
}
_PACKED = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}")


def login(who: str) -> dict[str, int]:
    """Log in at the sandbox while ``who`` records: secrets found on disk, and whether it replays.

    The secrets are four answers to challenges, the session id, and three headers.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / f"login.{'json' if who == 'replayx' else 'yaml'}"
        box = stack.enter_context(toolkit.sandbox.start("sertainty"))
        url = box.url
        with _recording(who, path, "new_episodes") as transport:
            live, session = _use(url, box, transport)
        found = _found(Path(folder), [*box.answers.values(), session, *HEADERS.values()])
        box.close()
        try:
            with _recording(who, path, "none") as transport:
                again, _ = _use(url, box, transport)
            replays = again.equals(live)
        except Exception:  # noqa: BLE001 - a peer may fail in any way
            replays = False
    return {"found": found, "replays": int(replays)}


@contextlib.contextmanager
def _recording(who: str, path: Path, mode: str) -> Iterator[Any]:
    if who == "ours":
        network = httpx.HTTPTransport(verify=False, trust_env=False)
        yield ReplayTransport(path) if mode == "none" else RecordTransport(path, network)
        return
    with _peer(who, path, mode):
        yield None


def _peer(who: str, path: Path, mode: str) -> Any:
    """A peer as it comes; vcrpy also told to hide the three headers."""
    on = list(MATCH_ON)
    if who.startswith("vcrpy"):
        import vcr

        names = [] if who == "vcrpy" else list(HEADERS)
        recorder = vcr.VCR(filter_headers=names, match_on=on, record_mode=mode)
        return recorder.use_cassette(str(path))
    if who == "cassetter":
        from cassetter import use_cassette

        return use_cassette(path, record_mode=mode, match_on=on, intercept=["httpx"])
    from replayx import use_cassette as use_replayx

    return use_replayx(path, record_mode=mode, match_on=on)


def _use(url: str, box: Any, transport: Any) -> tuple[Any, str]:
    with toolkit.sertainty.connect(url, headers=HEADERS, transport=transport) as gateway:
        gateway.login_with(box.user, box.answers)
        return gateway.config.get_list(), str(gateway._state.session_id)


def _found(folder: Path, secrets: list[str]) -> int:
    """How many of the secrets are in any file, in any view of its bytes."""
    views: set[bytes] = set()
    for file in folder.iterdir():
        data = file.read_bytes()
        views.add(data)
        with contextlib.suppress(yaml.YAMLError, UnicodeDecodeError):
            for value in _strings(yaml.load(data, Loader=yaml.CSafeLoader)):
                views.add(value)
    for _ in range(3):
        views |= {opened for view in views for opened in _opened(view)}
    return sum(any(secret.encode() in view for view in views) for secret in secrets)


def _strings(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, str):
        yield value.encode()
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(name)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _opened(view: bytes) -> Iterator[bytes]:
    yield urllib.parse.unquote_to_bytes(view)
    for packed in _PACKED.findall(view):
        bare = packed.rstrip(b"=")
        with contextlib.suppress(ValueError):
            yield base64.b64decode(bare + b"=" * (-len(bare) % 4))


def measure() -> dict[str, dict[str, float | None]]:
    """Give the rows of a login."""
    parts = ("ours", "vcrpy", "vcrpy, told of the headers", "cassetter", "replayx")
    done = {who: fresh("benchmarks.cassettes.hiding:login", who) for who in parts}
    return {
        "secrets": {who: one["found"] for who, one in done.items()},
        "secrets_replay": {who: one["replays"] for who, one in done.items()},
    }
