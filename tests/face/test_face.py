"""The public names: there, documented, typed, and none of them gone unnoticed."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import toolkit

from .shape import KEPT, face

ROOT = Path(__file__).parent.parent.parent
FUNCTIONS = [name for name in toolkit.__all__ if inspect.isfunction(getattr(toolkit, name))]
CLASSES = [name for name in toolkit.__all__ if inspect.isclass(getattr(toolkit, name))]


def test_face_is_as_it_was() -> None:
    """No name and no parameter of the face or of a service's methods goes or changes unseen."""
    kept = KEPT.read_text(encoding="utf-8").splitlines()
    now = face()
    changes = [f"- {line}" for line in kept if line not in now]
    changes += [f"+ {line}" for line in now if line not in kept]
    told = "\n".join(["when this is meant: python tests/face/shape.py", *changes])
    assert not changes, told


@pytest.mark.parametrize("name", toolkit.__all__)
def test_public_names_resolve(name: str) -> None:
    """Each name of the face is there, and is documented."""
    value = getattr(toolkit, name)
    assert (value.__doc__ or "").strip()
    assert name in dir(toolkit)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_is_shown_and_typed(name: str) -> None:
    """Each function has an example in its docstring, and a type for all that goes in and out."""
    function = getattr(toolkit, name)
    assert ">>> " in function.__doc__
    assert_typed(function)


@pytest.mark.parametrize("name", CLASSES)
def test_class_is_told_and_typed(name: str) -> None:
    """Each method and property of a public class has a docstring, and its types."""
    kind = getattr(toolkit, name)
    ours = [one for one in kind.__mro__ if one.__module__.startswith("toolkit")]
    for member, value in ((m, v) for one in ours for m, v in vars(one).items()):
        if member.startswith("_") or not (callable(value) or isinstance(value, property)):
            continue
        assert inspect.getdoc(getattr(kind, member)), f"{name}.{member}"
        assert_typed(getattr(value, "fget", value))


def assert_typed(function: Any) -> None:
    """Every parameter but self has an annotation, and so has the result."""
    signature = inspect.signature(function)
    bare = [
        one.name
        for one in signature.parameters.values()
        if one.annotation is one.empty and one.name != "self"
    ]
    assert bare == [], function
    assert signature.return_annotation is not signature.empty, function


def test_face_is_declared_twice_alike() -> None:
    """What is loaded lazily and what the type checker reads are the same names."""
    source = (ROOT / "toolkit" / "__init__.py").read_text(encoding="utf-8")
    declared = set(re.findall(r"(\w+) as \1\b", source))
    assert declared == set(toolkit.__all__)


def test_unknown_name() -> None:
    """A misspelt name is an AttributeError like any module's."""
    with pytest.raises(AttributeError, match="no attribute 'recrod'"):
        _ = toolkit.recrod  # type: ignore[attr-defined]
