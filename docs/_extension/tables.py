"""Tables made of the toolkit's own tables, so that a page cannot differ from the code."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

import toolkit
from _extension.names import named
from toolkit import services
from toolkit.cli.main import _COMMANDS
from toolkit.configuration import SETTINGS
from toolkit.frames import Column

Cell = str | nodes.Node | Sequence[nodes.Node]
_LITERAL = re.compile(r"``([^`]+)``")


def literal(text: str) -> nodes.literal:
    """Text as code."""
    return nodes.literal(text, text)


def prose(text: str) -> list[nodes.Node]:
    """Text in which ``code`` is code."""
    parts = _LITERAL.split(" ".join(text.split()))
    return [literal(one) if at % 2 else nodes.Text(one) for at, one in enumerate(parts) if one]


def table(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> nodes.Node:
    """A table in a frame that scrolls sideways; on a phone its rows stand as blocks."""
    group = nodes.tgroup(cols=len(headers))
    group += [nodes.colspec(colwidth=1) for _ in headers]
    head, body = nodes.thead(), nodes.tbody()
    names = [re.sub(r"\W+", "-", one) for one in headers]
    head += _row([nodes.Text(one) for one in headers], names)
    body += [_row(row, names) for row in rows]
    group += [head, body]
    whole = nodes.table()
    whole += group
    return nodes.container("", whole, classes=["table-wrapper", "stacking", "docutils"])


def _row(cells: Sequence[Cell], names: Sequence[str]) -> nodes.row:
    row = nodes.row()
    for cell, name in zip(cells, names, strict=True):
        inner = prose(cell) if isinstance(cell, str) else cell
        paragraph = nodes.paragraph()
        paragraph += inner
        row += nodes.entry("", paragraph, classes=[f"the-{name}"])
    return row


def reference(target: str, shown: str, kind: str = "obj") -> nodes.Node:
    """A link to a documented name; plain code where there is none."""
    link = addnodes.pending_xref(
        "", literal(shown), refdomain="py", reftype=kind, reftarget=target, refwarn=False
    )
    link["py:module"] = link["py:class"] = None
    return link


class _Table(SphinxDirective):
    required_arguments = 1
    optional_arguments = 20
    headers: ClassVar[tuple[str, ...]] = ()

    def rows(self) -> Iterable[Sequence[Cell]]:
        """Its rows."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """The table, made anew in every build: no file of the page tells when it changes."""
        self.env.note_reread()
        return [table(self.headers, list(self.rows()))]


class FunctionsTable(_Table):
    """``{functions} sertainty``: a service's functions, from the table that its client reads."""

    headers = ("function", "method", "does", "summary")

    def rows(self) -> Iterable[Sequence[Cell]]:
        """One row a function."""
        service = services.get(self.arguments[0])
        for one in service.functions.all:
            does = "destroys" if one.destroys else "changes" if one.changes else "reads"
            target = _documented(service.name, one.method)
            method = reference(target, one.signature) if target else literal(one.signature)
            yield literal(one.name), method, does, one.summary


def _documented(service: str, method: str) -> str:
    """The name under which a method of a function table is in the reference; else empty."""
    room, _, verb = method.rpartition(".")
    module = f"toolkit.services.{service}.namespaces"
    try:
        found = getattr(importlib.import_module(module), room.capitalize())
    except (ImportError, AttributeError):
        return ""
    return f"{module}.{found.__name__}.{verb}" if hasattr(found, verb) else ""


class CodesTable(_Table):
    """``{codes} sertainty``: the result codes of a service."""

    def run(self) -> list[nodes.Node]:
        """The table."""
        self.env.note_reread()
        frame = toolkit.codes(self.arguments[0]).astype("str")
        rows = [
            [literal(value) if name in ("code", "label") else value for name, value in row.items()]
            for row in frame.fillna("").to_dict("records")
        ]
        return [table([str(one) for one in frame.columns], rows)]


class ColumnsTable(_Table):
    """``{columns} toolkit.analysis.callrows:COLUMNS``: columns, dtypes and what they mean."""

    headers = ("column", "dtype", "meaning")

    def rows(self) -> Iterable[Sequence[Cell]]:
        """One row a column."""
        module, _, name = self.arguments[0].partition(":")
        columns: Sequence[Column] = getattr(importlib.import_module(module), name)
        for one in columns:
            yield literal(one.name), literal(one.dtype), one.about or ", ".join(one.choices)


class OptionsTable(_Table):
    """``{options} toolkit.sertainty.Options``: each option, its default and what it does."""

    headers = ("option", "default", "what it does")

    def rows(self) -> Iterable[Sequence[Cell]]:
        """One row an option."""
        kind = named(self.arguments[0])
        about = _attributes(inspect.getdoc(kind) or "")
        for field in dataclasses.fields(kind):
            if field.init and field.name in about:
                yield literal(field.name), literal(_default(field)), about[field.name]


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return repr(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return repr(field.default_factory())
    return "—"


def _attributes(text: str) -> dict[str, str]:
    """What a numpy docstring says of each attribute or parameter."""
    found: dict[str, str] = {}
    names: list[str] = []
    parts = re.split(r"^(?:Attributes|Parameters)\n-+\n", text, flags=re.MULTILINE)
    for line in parts[1].splitlines() if len(parts) > 1 else []:
        if match := re.fullmatch(r"(\w[\w, ]*?)(?: : .*)?", line):
            names = [one.strip() for one in match[1].split(",")]
            found.update(dict.fromkeys(names, ""))
        else:
            for name in names:
                found[name] += f" {line.strip()}"
    return {name: about.strip() for name, about in found.items()}


class SettingsTable(_Table):
    """``{settings}``: every setting, its environment variable and its default."""

    required_arguments = 0
    headers = ("setting", "variable", "default", "what it is")

    def rows(self) -> Iterable[Sequence[Cell]]:
        """One row a setting."""
        for one in SETTINGS.values():
            default = "" if one.default in ("", None) else literal(str(one.default))
            about = f"{one.about}: {one.expected}"
            yield literal(one.name), literal(one.variable), default, about


class CommandsTable(_Table):
    """``{commands}``: the commands of ``toolkit`` with their line of help."""

    required_arguments = 0
    headers = ("command", "does")

    def rows(self) -> Iterable[Sequence[Cell]]:
        """One row a command."""
        for name, (_module, about) in _COMMANDS.items():
            yield literal(f"toolkit {name}"), about
