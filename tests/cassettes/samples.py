"""Interactions to test the cassette engine with, and stock vcrpy's view of a file."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from vcr.serializers import yamlserializer

from toolkit.cassettes import Cassette, Failure, Interaction, Request, Response, flowline, read
from toolkit.cassettes.vcrdict import to_dict

MOMENT = dt.datetime(2026, 3, 1, 9, 30, 0, 250000, tzinfo=dt.UTC)
ALL = [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]
"""Three requests with their answers, one of them asked twice."""
URL = "http://127.0.0.1:8080/gateway"


def interaction(body: bytes = b"<q/>", answer: bytes = b"<r/>", url: str = URL) -> Interaction:
    """A POST and its answer."""
    return Interaction(
        Request("POST", url, [("Content-Type", "text/xml")], body),
        Response(200, "OK", [("Content-Type", "text/xml")], answer),
        None,
        MOMENT,
        0.125,
    )


def names(folder: Path) -> list[str]:
    """The names of the files in a folder."""
    return sorted(one.name for one in folder.iterdir())


def stock(path: Path) -> list[dict[str, Any]]:
    """What stock vcrpy's serializer loads from the file."""
    return yamlserializer.deserialize(path.read_text(encoding="utf-8"))["interactions"]


def as_stock(*kept: Interaction) -> list[dict[str, Any]]:
    """What it should load for these interactions."""
    return [to_dict(one) for one in kept]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NAMES = st.text("ABCDEFabcdef-0123456789", min_size=1, max_size=12)
HEADERS = st.lists(st.tuples(NAMES, TEXT), max_size=5, unique_by=lambda pair: pair[0].lower())
BODIES = st.one_of(
    st.binary(max_size=80),
    TEXT.map(lambda text: text.encode()),
    st.sampled_from([b"", b'{"a": [1, 2.5, null]}', b"<a b='c'/>", b'","response":{', b"\xff\xfe"]),
)
INTERACTIONS = st.builds(
    Interaction,
    st.builds(
        Request,
        st.sampled_from(["GET", "POST", "DELETE"]),
        st.sampled_from([URL, "http://127.0.0.1/a?b=c", "https://box.example/é"]),
        HEADERS,
        BODIES,
    ),
    st.builds(
        Response,
        st.integers(100, 599),
        TEXT,
        HEADERS,
        BODIES,
        st.sampled_from(["HTTP/1.1", "HTTP/2"]),
        st.sampled_from([None, "gzip"]),
    ),
    st.one_of(st.none(), st.builds(Failure, st.just("ReadError"), TEXT)),
    st.one_of(st.none(), st.just(MOMENT)),
    st.one_of(st.none(), st.floats(0, 1e6).map(lambda seconds: round(seconds, 3))),
)


def line(kept: Interaction) -> bytes:
    """An interaction as the cassette's own line."""
    return flowline.encode(to_dict(kept))


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def ask(cassette: Cassette, body: bytes, live: bytes | None = None) -> bytes | None:
    """Do what a transport does: look up, else send and record."""
    found = cassette.find(interaction(body).request)
    if found is not None:
        assert found.response is not None
        return found.response.body
    if live is not None:
        cassette.keep(Interaction(interaction(body).request, Response(200, "OK", [], live)))
    return live


def record(path: Path, *pairs: tuple[bytes, bytes], at: dt.datetime = MOMENT) -> None:
    with Cassette(path, "append") as cassette:
        for body, answer in pairs:
            kept = interaction(body, answer)
            kept.recorded_at = at
            cassette.keep(kept)


def answers(path: Path) -> list[tuple[bytes, bytes]]:
    return [(one.request.body, one.response.body) for one in read(path) if one.response is not None]


def only(path: Path) -> Interaction:
    """The one interaction of a cassette."""
    (kept,) = read(path)
    return kept
