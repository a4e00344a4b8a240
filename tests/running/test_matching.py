"""Columns find their arguments, whatever kind of function it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import toolkit
from toolkit.services.base.methods import Method


def frame(*cells: Any) -> pd.DataFrame:
    return pd.DataFrame({"cells": [repr(cells)]})


def test_places_only() -> None:
    """Arguments that are given by place alone; what is left out may not stand before another."""

    def placed(a: int, b: int = 2, c: int = 3, /) -> pd.DataFrame:
        return frame(a, b, c)

    table = toolkit.run(placed, [{"a": 1, "b": 5}])
    assert table["cells"].tolist() == ["(1, 5, 3)"]
    with pytest.raises(toolkit.InvalidArgument, match="has c but not b, which stands before it"):
        toolkit.run(placed, [{"a": 1, "b": None, "c": 7}])


def test_any_number_of_arguments() -> None:
    """A list fills the places that are left, one value fills one; names beyond them are passed."""

    def several(a: int, *more: int, **named: str) -> pd.DataFrame:
        return frame(a, more, named)

    over = [{"a": 1, "more": [2, 3], "z": "y"}, {"a": 1, "more": 9}]
    table = toolkit.run(several, over)
    assert table["cells"].tolist() == ["(1, (2, 3), {'z': 'y'})", "(1, (9,), {})"]


def test_who_does_not_say() -> None:
    """A function that does not tell its arguments is refused."""
    with pytest.raises(toolkit.InvalidArgument, match="does not say what arguments it takes"):
        toolkit.run(map, [{"a": 1}])  # type: ignore[call-overload]


def test_no_function() -> None:
    """What a function gave, or its name, is not the function."""
    with pytest.raises(toolkit.InvalidArgument, match="without brackets, not a DataFrame"):
        toolkit.run(pd.DataFrame(), [{"a": 1}])  # type: ignore[call-overload]


def test_methods_that_are_made_when_asked_for() -> None:
    """XiVO's other services have their methods from the table; what no table has is not known."""
    xivo = toolkit.xivo.connect("http://127.0.0.1:1/", era="wazo")
    found = Method.of(xivo.users.list)
    assert (found.name, found.changes) == ("xivo GET /users", False)
    assert "password" not in [column.name for column in found.columns]
    unknown = Method.of(xivo.logout)
    assert (unknown.name, unknown.function, unknown.changes) == ("xivo logout", None, True)
    assert [column.name for column in Method.of(xivo.users.delete).columns][:2] == [
        "function", "target",
    ]  # fmt: skip
    gateway = toolkit.sertainty.connect("http://127.0.0.1:1/")
    assert [one.name for one in Method.of(gateway.config.get_list).columns] == ["config"]
    script = Method.of(gateway.shared.get_script).columns
    assert [one.name for one in script] == ["script", "contents", "size", "sha256"]
