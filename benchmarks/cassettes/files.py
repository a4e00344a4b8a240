"""The same interactions as each package writes them to a file, and the ways to use such a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import httpx
import vcr
from vcr.cassette import Cassette as VcrCassette
from vcr.persisters.filesystem import FilesystemPersister
from vcr.request import Request as VcrRequest
from vcr.serializers import yamlserializer

from benchmarks.cassettes.traffic import interactions
from toolkit.cassettes import Cassette, Interaction, flowline
from toolkit.cassettes.vcrdict import to_dict
from toolkit.cassettes.writer import Writer

MATCH_ON = ("method", "uri", "body")


def write_ours(path: Path, kept: Iterable[Interaction]) -> Path:
    """Write flow lines."""
    writer = Writer(path, "never")
    for interaction in kept:
        writer.append(flowline.encode(to_dict(interaction)))
    writer.close()
    return path


def make_index(path: Path) -> None:
    """Make the index beside a cassette of ours: closing writes it after the file was read."""
    with Cassette(path, index=True) as cassette:
        len(cassette)


def vcr_pair(kept: Interaction) -> tuple[Any, dict[str, Any]]:
    """An interaction as vcrpy holds it."""
    request, response = kept.request, kept.response
    assert response is not None
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name, []).append(value)
    return VcrRequest(request.method, request.url, request.body, dict(request.headers)), {
        "status": {"code": response.status, "message": response.reason},
        "headers": headers,
        "body": {"string": response.body},
    }


def vcr_dict(kept: Iterable[Interaction]) -> dict[str, list[Any]]:
    """Interactions as vcrpy saves them."""
    pairs = [vcr_pair(one) for one in kept]
    return {"requests": [one[0] for one in pairs], "responses": [one[1] for one in pairs]}


def write_stock(path: Path, kept: Iterable[Interaction]) -> Path:
    """Let vcrpy write its own file."""
    FilesystemPersister.save_cassette(path, vcr_dict(kept), yamlserializer)
    return path


def write_cassetter(path: Path, kept: Iterable[Interaction]) -> Path:
    """Let cassetter write its own file."""
    from cassetter import Cassette as Cassetter, RecordMode

    cassette = Cassetter(path, record_mode=RecordMode.ALL)
    cassette.load()
    for one in kept:
        assert one.response is not None
        sent = {name: [value] for name, value in one.request.headers}
        received = {name: [value] for name, value in one.response.headers}
        cassette.record(
            "POST", one.request.url, sent, one.request.body, 200, received, one.response.body
        )
    cassette.save()
    return path


def write_replayx(path: Path, kept: Iterable[Interaction]) -> Path:
    """Let replayx write its own file."""
    from replayx import Cassette as Replayx, RecordedRequest, RecordedResponse

    cassette = Replayx.load(path, record_mode="all")
    for one in kept:
        asked, given = one.request, one.response
        assert given is not None
        cassette.record(
            RecordedRequest(asked.method, asked.url, asked.headers, asked.body),
            RecordedResponse(given.status, given.headers, given.body, given.http_version),
        )
    cassette.save()
    return path


PEER_FILES = {
    "vcrpy": ("stock.yaml", write_stock),
    "cassetter": ("cassetter.yaml", write_cassetter),
    "replayx": ("replayx.json", write_replayx),
}


def build_ours(folder: str, count: int) -> None:
    """Write a cassette of ours with its index."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    write_ours(place / "ours.yaml", interactions(count))
    make_index(place / "ours.yaml")


def build(folder: str, count: int, peers: Iterable[str]) -> None:
    """Write the cassettes of one size: ours without and with an index, and those of peers."""
    build_ours(folder, count)
    place = Path(folder)
    copyfile(place / "ours.yaml", place / "plain.yaml")
    for peer in peers:
        name, write = PEER_FILES[peer]
        write(place / name, interactions(count))


def stock_load(path: Path) -> VcrCassette:
    """Load a cassette by stock vcrpy."""
    return VcrCassette.load(path=str(path), serializer=yamlserializer)


def stock_count(path: Path) -> int:
    """How many interactions stock vcrpy finds in a file; -1 when it cannot load it."""
    try:
        return len(stock_load(path).data)
    except Exception:  # noqa: BLE001 - whatever a YAML parser thinks of half a file
        return -1


@contextmanager
def patched(peer: str, path: Path, mode: str) -> Iterator[Any]:
    """A package's ``use_cassette``, matching on method, URI and body; ``mode`` is vcrpy's word."""
    on = list(MATCH_ON)
    if peer == "ours":
        from toolkit.cassettes.bridge import use_cassette

        context = use_cassette(path, record_mode=mode, match_on=on)
    elif peer.startswith("vcrpy"):
        context = vcr.VCR(record_mode=mode, match_on=on).use_cassette(str(path))
    elif peer == "cassetter":
        from cassetter import use_cassette as use_cassetter

        context = use_cassetter(path, record_mode=mode, match_on=on, intercept=["httpx"])
    else:
        from replayx import use_cassette as use_replayx

        context = use_replayx(path, record_mode=mode, match_on=on)
    with context as cassette:
        yield cassette


def plain_client() -> httpx.Client:
    """A client with httpx's own transport, which patches see; without TLS, whose set-up is slow."""
    return httpx.Client(verify=False, trust_env=False)  # noqa: S501 - loopback, plain http
