"""Functions of a REST service are found again from a request, whatever fills their holes."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.rest import RestFunction, RestTable


def row(name: str, api: str = "a") -> RestFunction:
    verb, path = name.split()
    return RestFunction("s", f"{name} of {api}", f"{api}.{name}", "", verb=verb, path=path, api=api)


TABLE = RestTable(
    "s",
    [
        row("GET /things/{id}"),
        row("DELETE /things/{id}"),
        row("GET /things/export"),
        row("GET /things/{id}/parts/{part}"),
        row("GET /things/{id}/parts/main"),
        row("GET /things/{id}/{place}"),
        row("GET /things/{id}", "b"),
    ],
)


@pytest.mark.parametrize(
    ("verb", "path", "name", "values"),
    [
        ("GET", "/things/export", "/things/export", {}),
        ("DELETE", "/things/export", "/things/{id}", {"id": "export"}),
        ("GET", "/things/7/parts/main", "/things/{id}/parts/main", {"id": "7"}),
        ("GET", "/things/7/parts/x", "/things/{id}/parts/{part}", {"id": "7", "part": "x"}),
        ("GET", "/things/7/parts", "/things/{id}/{place}", {"id": "7", "place": "parts"}),
        ("GET", "things/a%2Fb/", "/things/{id}", {"id": "a/b"}),
    ],
)
def test_match(verb: str, path: str, name: str, values: dict[str, str]) -> None:
    """A word wins over a hole, but only where the verb has a function."""
    found = TABLE.match(verb, path)
    assert found is not None
    assert (found[0].path, found[1]) == (name, values)


@pytest.mark.parametrize(
    ("verb", "path"),
    [("POST", "/things/7"), ("GET", "/"), ("GET", "/things//parts/1"), ("GET", "/other"),
     ("GET", "/things/7/parts/1/more")],
)  # fmt: skip
def test_no_match(verb: str, path: str) -> None:
    """What no function has is None."""
    assert TABLE.match(verb, path) is None


def test_apis_are_apart() -> None:
    """Two APIs may have the same path; one may be asked for."""
    found = TABLE.match("GET", "/things/1", "b")
    assert found is not None
    assert found[0].api == "b"
    assert TABLE.match("GET", "/things/export", "b") is not None
    assert TABLE.match("GET", "/things/1/x", "b") is None
    assert TABLE.match("GET", "/things/1", "nope") is None
    assert len(TABLE.of("b")) == 1


def test_find_by_filled_path() -> None:
    """A verb and a path are a name too, filled or not."""
    for name in ("GET /things/{id}", "get /things/7", "GET /things/{id} of a"):
        found = TABLE.find(name)
        assert found is not None
        assert (found.path, found.api) == ("/things/{id}", "a")
    with pytest.raises(InvalidArgument, match="no function 'GET /thing'"):
        TABLE.get("GET /thing")


@given(st.text(min_size=1).filter(lambda text: text.strip() not in ("", ".", "..")))
def test_filled_and_found(value: str) -> None:
    """What is filled in comes back from the path, whatever characters it has."""
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
        return
    function = TABLE.get("GET /things/{id}/parts/{part} of a")
    path = function.fill({"id": value, "part": "x"})
    found = TABLE.match("GET", path)
    assert found is not None
    assert found[1] == {"id": value.strip(), "part": "x"}
    assert quote(value.strip(), safe="") in path


@pytest.mark.parametrize("value", [None, "", " ", ".", "..", True])
def test_holes_that_lead_elsewhere(value: object) -> None:
    """An empty value, or one that a server or a proxy would resolve, is refused."""
    with pytest.raises(InvalidArgument, match="needs id"):
        TABLE.get("GET /things/{id} of a").fill({"id": value})
