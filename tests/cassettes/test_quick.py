"""Interactions with headers that are read late are the same interactions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.analysis import recording as made
from toolkit.cassettes import Failure, Interaction, Request, Response, flowline, quick, read
from toolkit.cassettes.bodyfiles import put_aside
from toolkit.cassettes.vcrdict import to_dict
from toolkit.outcomes import CassetteError

HEADERS = st.lists(st.tuples(st.text("ab-", min_size=1), st.text(max_size=5)), max_size=3)
TEXTS = st.text(max_size=8).map(lambda text: text.encode(errors="replace"))
BODIES = st.one_of(st.binary(max_size=8), TEXTS)
INTERACTIONS = st.builds(
    Interaction,
    st.builds(Request, st.sampled_from(["GET", "POST"]), st.just("http://h/a"), HEADERS, BODIES),
    st.none() | st.builds(Response, st.integers(100, 599), st.text(max_size=4), HEADERS, BODIES),
    st.none() | st.just(Failure("ReadError", "gone")),
    st.none() | st.just(made.START),
    st.none() | st.floats(0, 10).map(lambda seconds: round(seconds, 3)),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(INTERACTIONS, min_size=1, max_size=4))
def test_they_are_equal(tmp_path: Path, kept: list[Interaction]) -> None:
    """Every field of what :func:`read` gives, also when the headers are asked for twice."""
    path = made.cassette(tmp_path / "a.yaml", kept)
    for plain, late in zip(read(path), quick.read(path), strict=True):
        for _ in range(2):
            assert plain.request.headers == late.request.headers
        for name in ("method", "url", "body"):
            assert getattr(plain.request, name) == getattr(late.request, name)
        assert (plain.response is None) == (late.response is None)
        if plain.response is not None and late.response is not None:
            for name in ("status", "reason", "headers", "body", "http_version", "encoding"):
                assert getattr(plain.response, name) == getattr(late.response, name)
        assert (plain.failure, plain.recorded_at) == (late.failure, late.recorded_at)
        assert plain.elapsed == late.elapsed


def test_headers_can_be_set() -> None:
    """As those of any request."""
    line = flowline.encode(to_dict(made.get("/a")))
    late = quick._quick(line)
    assert late is not None
    late.request.headers = [("a", "1")]
    assert late.request.header("A") == "1"


def test_edited_and_broken_lines(tmp_path: Path) -> None:
    """A person's edit is read as YAML; a file that is gone is an error that names it."""
    path = made.cassette(tmp_path / "a.yaml", [made.get("/a")])
    with path.open("ab") as file:
        file.write(b'- {"request": {method: GET, uri: /b}, response: {status: {code: 200}}}\n')
    assert [one.request.url[-2:] for one in quick.read(path)] == ["/a", "/b"]
    with pytest.raises(CassetteError, match=r"none\.yaml cannot be read"):
        list(quick.read(tmp_path / "none.yaml"))


def test_a_body_beside_the_cassette_is_read(tmp_path: Path) -> None:
    """Not the sentence that stands in its place."""
    path = tmp_path / "a.yaml"
    kept = Interaction(Request("GET", "http://h/a"), Response(200, "OK", [], b"long" * 99))
    path.write_bytes(flowline.HEADER + flowline.encode(put_aside(to_dict(kept), path, 10)))
    (found,) = quick.read(path)
    assert found.response is not None
    assert found.response.body == b"long" * 99
