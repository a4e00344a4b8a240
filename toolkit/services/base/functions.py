"""A service is data first: one table of its functions, read by everything else."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from toolkit.cards import listed
from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument

ArgumentKind = Literal[
    "text", "binary", "xml", "choice", "session", "answer",
    "path", "integer", "boolean", "time", "json", "csv",
]  # fmt: skip
ResultKind = Literal[
    "text", "binary", "xml", "category", "integer", "time", "session", "prompt",
    "boolean", "number", "json",
]  # fmt: skip


class SessionPlace(enum.StrEnum):
    """Where a function carries the session."""

    ELEMENT = "element"
    ARGUMENT = "argument"
    HEADER = "header"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function.

    Attributes
    ----------
    name : str
        As the service's documentation writes it.
    kind : str
        ``session`` is filled in by the client, ``answer`` is a secret, ``path`` fills a hole of
        an address, ``json`` and ``csv`` are the body.
    repeated : bool
        Zero or more of it, at the end.
    wildcard : bool
        Whether ``*`` means "all of them".
    choices : tuple of str
        The values of a ``choice``.
    names : bool
        Whether it names what the function is aimed at (it is then part of a call's target).
    listed : str
        ``function.column``: where the values that exist are listed. That function takes the
        arguments that stand before this one, as many as it has.
    optional : bool
        Whether it may be left out.
    """

    name: str
    kind: ArgumentKind = "text"
    repeated: bool = False
    wildcard: bool = False
    choices: tuple[str, ...] = ()
    names: bool = False
    listed: str = ""
    optional: bool = False

    @property
    def parameter(self) -> str:
        """The Python parameter's name."""
        return self.name.replace("-", "_")


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a function: its wire name, the column it becomes, its kind.

    A document has the likely ``path`` of its records; one of many records has ``repeated``, and
    the columns of an empty one in ``records``.
    """

    name: str
    kind: ResultKind = "text"
    column: str = ""
    repeated: bool = False
    choices: tuple[str, ...] = ()
    about: str = ""
    path: str = ""
    records: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """One named operation of a service.

    Attributes
    ----------
    service, name : str
        The service, and the function's name on the wire.
    method : str
        The client's method, for example ``task.get_status``.
    changes : bool
        Whether it changes state on the server. One that does is never repeated after a lost reply.
    destroys : bool
        Whether what it changes cannot be brought back.
    lost_reply : str
        What to do when its reply was lost.
    login : bool
        Whether only a login calls it: there is no method of its own, and ``call`` refuses it.
    """

    service: str
    name: str
    method: str
    summary: str
    arguments: tuple[Argument, ...] = ()
    results: tuple[Result, ...] = ()
    named_results: bool = False
    session: SessionPlace = SessionPlace.ELEMENT
    changes: bool = False
    destroys: bool = False
    lost_reply: str = ""
    codes: tuple[int, ...] = ()
    section: str = ""
    aliases: tuple[str, ...] = ()
    login: bool = False

    @property
    def given(self) -> tuple[Argument, ...]:
        """The arguments that the caller gives (the session is filled in)."""
        return tuple(argument for argument in self.arguments if argument.kind != "session")

    @property
    def when_lost(self) -> str | None:
        """What to do when the reply was lost; None of a read, which is repeated."""
        return self.lost_reply if self.changes else None

    @property
    def signature(self) -> str:
        """How the method is called, for example ``task.get_status(config_name, task_name)``."""
        words = (
            f"{'*' * argument.repeated}{argument.parameter}{'=None' * argument.optional}"
            for argument in self.given
        )
        return f"{self.method}({', '.join(words)})"

    def _repr_html_(self) -> str:
        does = "destroys" if self.destroys else "changes state" if self.changes else "reads"
        summary = f"{self.summary} {self.service} {self.name}, section {self.section}; {does}."
        inputs = [
            (one.parameter, f"argument, {_word('', one.kind, one.repeated)[1:]}")
            for one in self.given
        ]
        outputs = [
            (one.column or one.name, f"result, {_word('', one.kind, one.repeated)[1:]}")
            for one in self.results
        ]
        return listed(self.signature, summary, [*inputs, *outputs])


class FunctionTable:
    """The functions of one service, found by wire name, alias or method."""

    def __init__(self, service: str, functions: Iterable[Function]) -> None:
        self.service = service
        self.all = tuple(functions)
        self._found: dict[str, Function] = {}
        for function in self.all:
            for word in (function.name, *function.aliases, function.method):
                self._found[word] = function
                self._found.setdefault(word.casefold(), function)

    def __len__(self) -> int:
        return len(self.all)

    def __repr__(self) -> str:
        return f"<{len(self)} functions of {self.service}>"

    def _repr_html_(self) -> str:
        rows = [(one.name, one.signature, one.summary) for one in self.all]
        return listed(f"{self.service}", f"{len(self)} functions", rows)

    def find(self, name: str) -> Function | None:
        """The function of that wire name, alias or method, compared without case at last."""
        return self._found.get(name) or self._found.get(name.casefold())

    def get(self, name: str) -> Function:
        """The function of that name.

        Raises
        ------
        InvalidArgument
            There is none; the sentence names the nearest.
        """
        found = self.find(name)
        if found is not None:
            return found
        near = difflib.get_close_matches(name, [function.name for function in self.all], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise InvalidArgument(f"{self.service} has no function {name!r}{hint}")

    def to_frame(self) -> pd.DataFrame:
        """The table as a DataFrame, one row a function."""
        return frame(
            FUNCTION_COLUMNS,
            [
                (
                    function.service,
                    function.name,
                    function.signature,
                    ", ".join(_word(a.name, a.kind, a.repeated) for a in function.arguments),
                    ", ".join(_word(r.name, r.kind, r.repeated) for r in function.results),
                    function.session.value,
                    function.changes,
                    function.destroys,
                    not function.changes,
                    ", ".join(map(str, function.codes)),
                    function.section,
                    function.summary,
                )
                for function in self.all
            ],
        )


FUNCTION_COLUMNS = (
    Column("service", "category", about="the service"),
    Column("function", about="name on the wire"),
    Column("method", about="the client's method and its arguments"),
    Column("arguments", about="name:kind of each argument; * is zero or more"),
    Column("results", about="name:kind of each result; * is zero or more"),
    Column("session", "category", ("element", "argument", "none"), "where the session goes"),
    Column("changes", "boolean", about="whether it changes state on the server"),
    Column("destroys", "boolean", about="whether the change cannot be taken back"),
    Column("repeatable", "boolean", about="whether it is repeated after a lost connection"),
    Column("codes", about="codes to expect beside those that every function has"),
    Column("section", about="section of the service's documentation"),
    Column("summary", about="what it does"),
)


def _word(name: str, kind: str, repeated: bool) -> str:
    return f"{name}:{kind}{'*' * repeated}"
