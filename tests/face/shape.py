"""The public face in lines of text: what users may call, by which names, with which parameters.

``python tests/face/shape.py`` writes them to ``face.txt``, which is kept: a name or a parameter
that goes, or changes, is then a change that somebody sees and means.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import toolkit

KEPT = Path(__file__).with_name("face.txt")


def face() -> list[str]:
    """All lines: the names of the face, those of its modules, and each service's methods."""
    lines = set(_of_module("toolkit", toolkit))
    for service in toolkit.sandbox.SERVICES:
        table = toolkit.functions(service)
        rows = zip(table["function"], table["method"], strict=True)
        lines |= {f"{service} {function}: {method}" for function, method in rows}
    return sorted(lines)


def _of_module(where: str, module: types.ModuleType) -> Iterator[str]:
    for name in module.__all__:
        value = getattr(module, name)
        if isinstance(value, types.ModuleType):
            yield from _of_module(f"{where}.{name}", value)
        elif module is not toolkit and getattr(toolkit, name, None) is value:
            yield f"{where}.{name} = toolkit.{name}"
        elif inspect.isclass(value):
            yield from _of_class(f"{where}.{name}", value)
        elif callable(value):
            yield f"{where}.{name}{_parameters(value)}"
        else:
            yield f"{where}.{name}"


def _of_class(where: str, kind: type) -> Iterator[str]:
    if issubclass(kind, BaseException):
        yield f"{where} < {', '.join(base.__name__ for base in kind.__bases__)}"
        return
    yield f"{where}{_parameters(kind)}" if not issubclass(kind, str) else where
    ours = [one for one in kind.__mro__ if one.__module__.startswith("toolkit")]
    fields = (
        [one.name for one in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
    )
    for name in {*fields, *(name for one in ours for name in vars(one))}:
        if not name.startswith("_"):
            value = getattr(kind, name, None)
            yield f"{where}.{name}{_parameters(value) if callable(value) else ''}"


def _parameters(value: Any) -> str:
    """Names only, for example ``(source, *, to=, folder=)``: = stands for any default."""
    words: list[str] = []
    star = False
    for one in inspect.signature(value).parameters.values():
        if one.kind is one.VAR_POSITIONAL:
            star = True
        if one.kind is one.KEYWORD_ONLY and not star:
            words.append("*")
            star = True
        stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        words.append(f"{stars}{one.name}{'' if one.default is one.empty else '='}")
    return f"({', '.join(word for word in words if word != 'self')})"


if __name__ == "__main__":
    KEPT.write_text("".join(f"{line}\n" for line in face()), encoding="utf-8")
