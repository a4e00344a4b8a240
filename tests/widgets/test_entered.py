"""What was typed into the function form, by the kinds of its arguments."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.functions import Argument, Function
from toolkit.widgets.entered import check_consent, checked, entered
from toolkit.widgets.written import Upload, python_line

LIST = Function(
    "s",
    "GET /users/{id}/calls",
    "users.calls",
    "",
    arguments=(
        Argument("id", "path", names=True),
        Argument("limit", "integer", optional=True),
        Argument("direction", "choice", choices=("asc", "desc"), optional=True),
        Argument("from", "time", optional=True),
        Argument("all", "boolean", optional=True),
    ),
)
SAVE = Function("s", "POST /users", "users.create", "", arguments=(Argument("body", "json"),))
LOAD = Function("s", "POST /csv", "users.load", "", arguments=(Argument("body", "csv"),))
WIPE = Function(
    "s", "DELETE /users/{id}", "users.delete", "", arguments=(Argument("id", "path", names=True),),
    changes=True, destroys=True,
)  # fmt: skip


def test_what_is_left_out() -> None:
    """An empty field of an argument that may be left out is none; the others go by name."""
    found = entered(LIST, ["7", "", "", "", ""], [])
    assert (found.placed, found.named) == (["7"], {})
    found = entered(LIST, ["7", "20", "desc", "", "true"], [])
    assert found.named == {"limit": 20, "direction": "desc", "all": True}
    line = python_line("server", LIST, found.placed, found.named)
    assert line == 'server.users.calls("7", limit=20, direction="desc", all=True)'


def test_a_name_that_python_keeps_for_itself() -> None:
    """The line is Python all the same."""
    found = entered(LIST, ["7", "", "", "2019-04-01", ""], [])
    line = python_line("server", LIST, found.placed, found.named)
    assert line == 'server.users.calls("7", **{"from": "2019-04-01"})'
    compile(line, "line", "eval")


def test_json_and_csv() -> None:
    """JSON is read; a CSV is a file's bytes. What its names call secret is not in the line."""
    found = entered(SAVE, ['{"firstname": "Zoë", "password": "s3cret", "lines": [{"pin": 1}]}'], [])
    assert found.placed[0]["password"] == "s3cret"
    line = python_line("server", SAVE, found.placed)
    assert "s3cret" not in line
    assert "Zoë" in line
    found = entered(LOAD, [{"file": "a.csv", "buffer": 0}], [memoryview(b"a,b")])
    assert found.placed == [Upload("a.csv", b"a,b")]


@pytest.mark.parametrize(
    ("function", "values", "says"),
    [
        (LIST, ["", "", "", "", ""], "id is empty"),
        (LIST, ["7", "many"], "limit is a whole number, not 'many'"),
        (LIST, ["7", "", "", "", "yes"], "all is true or false, not 'yes'"),
        (LIST, ["7", "", "", "", "", "more"], "takes other arguments"),
        (LIST, [], "id is missing"),
        (SAVE, ['{"a": '], "body: "),
        (LOAD, ["text"], "choose a file"),
        (LIST, None, "takes other arguments"),
    ],
)
def test_refused(function: Function, values: Any, says: str) -> None:
    """One sentence that names the argument."""
    with pytest.raises(InvalidArgument, match=says):
        entered(function, values, [])


def test_consent() -> None:
    """A number in a path is compared as it is typed."""
    check_consent(WIPE, ["7"], {"confirmed": True, "typed": "7"})
    with pytest.raises(InvalidArgument, match="type 7 to confirm"):
        check_consent(WIPE, ["7"], {"confirmed": True, "typed": "8"})


@pytest.mark.parametrize(
    ("text", "kind", "tone"),
    [
        ("", "json", ""),
        ("[1]", "json", "good"),
        ("[1", "json", "bad"),
        ("<a/>", "xml", "good"),
        ("<!DOCTYPE a><a/>", "xml", "bad"),
        ("[1]", "other", "bad"),
    ],
)
def test_check(text: str, kind: str, tone: str) -> None:
    """Well-formed or not; nothing is said of nothing."""
    assert checked(text, kind)[1] == tone
