"""Writing many items: in chunks, each all or nothing, with one row of outcome for each item."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import (
    CallError,
    Category,
    InvalidArgument,
    InvalidRequest,
    ToolkitError,
    TransportFailure,
    Unreachable,
)
from toolkit.services.base.driving import Flow
from toolkit.services.base.jsonbody import json_bytes
from toolkit.services.base.rest import RestFunction
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop.answers import Problem
from toolkit.services.geoop.call import Call, Item
from toolkit.services.geoop.failures import assign
from toolkit.services.geoop.flows import answer_flow
from toolkit.services.geoop.state import State

Fate = Literal["saved", "refused", "not saved", "unknown", "not sent"]
FATES: tuple[Fate, ...] = ("saved", "refused", "not saved", "unknown", "not sent")
_INTERRUPTS = (KeyboardInterrupt, CancelledError)

COLUMNS = (
    Column("chunk", "integer", about="the request that it went with, from 1"),
    Column("saved", "boolean", about="missing where the reply was lost"),
    Column(
        "fate",
        "category",
        FATES,
        "refused: it has errors; not saved: another item of its request has, or all was refused",
    ),
    Column("id", "integer", about="of what was saved, or was to be"),
    Column("type", "category", about="of its first error"),
    Column("code", "integer", about="of its first error"),
    Column("message", about="of its first error"),
    Column("description", about="of its first error, for developers"),
    Column("field", about="the field that its first error is about"),
    Column("errors", about="all its errors, as text that holds JSON"),
)


@dataclass
class Written:
    """One item's outcome."""

    chunk: int
    id: int | None
    fate: Fate = "not sent"
    problems: tuple[Problem, ...] = ()

    def row(self) -> tuple[Any, ...]:
        """The item's row of ``COLUMNS``."""
        first = self.problems[0] if self.problems else Problem()
        texts = [problem.plain() for problem in self.problems]
        errors = msgspec.json.encode(texts).decode() if texts else None
        saved = None if self.fate == "unknown" else self.fate == "saved"
        return (self.chunk, saved, self.fate, self.id, first.type or None, first.code,
                first.message or None, first.description or None, first.field or None,
                errors)  # fmt: skip


@dataclass
class Batch:
    """Many items of one operation.

    Attributes
    ----------
    items : list of dict
        As they are sent.
    index : pandas.Index
        The caller's own.
    on_error : {"stop", "continue"}
        Whether a refused chunk keeps the later ones from being sent.
    """

    function: RestFunction
    collection: str
    path: str
    items: list[Item]
    index: pd.Index[Any]
    chunk: int
    on_error: Literal["stop", "continue"] = "stop"
    results: list[Written] = field(default_factory=list)
    error: CallError | None = None
    last: Call | None = None

    def __post_init__(self) -> None:
        if self.on_error not in ("stop", "continue"):
            raise InvalidArgument(f"on_error must be stop or continue, not {self.on_error!r}")
        if type(self.chunk) is not int or self.chunk < 1:
            raise InvalidArgument(f"chunk is a whole number from 1 on, not {self.chunk!r}")
        self.results = [
            Written(place // self.chunk + 1, _id(item)) for place, item in enumerate(self.items)
        ]

    def flow(self, state: State, tell: Callable[[int, int], object]) -> Flow[None]:
        """Send all chunks, one after the other.

        Raises
        ------
        CallError
            A chunk was not processed at all, or its answer was lost; it has ``table``.
        KeyboardInterrupt, asyncio.CancelledError
            It was interrupted; it has ``table`` too, for what had been saved by then.
        """
        for start in range(0, len(self.items), self.chunk):
            sent = self.items[start : start + self.chunk]
            results = self.results[start : start + self.chunk]
            plan = write_plan(self.function, self.collection, self.path, sent)
            try:
                call = yield from answer_flow(plan, state)
                self.last = call
                judge(call, self.collection, sent, results, state)
                if not call.outcome.ok and call.reading.result != "failure":
                    call.raise_for_outcome()
            except (ToolkitError, *_INTERRUPTS) as error:
                self._broke(error, results)
                raise
            if not call.outcome.ok and self.error is None:
                self.error = self._refused(call)
            tell(start + len(sent), len(self.items))
            if not call.outcome.ok and self.on_error == "stop":
                return

    def _refused(self, call: Call) -> CallError:
        error = InvalidRequest(
            "",
            code=call.outcome.code,
            label=call.outcome.label,
            function=call.function.name,
            target=call.target,
            at=call.at,
            elapsed=call.elapsed,
            status=call.status,
        )
        error.message = call.outcome.message
        return error

    def _broke(self, error: BaseException, results: Sequence[Written]) -> None:
        lost = not isinstance(error, ToolkitError) or (
            isinstance(error, TransportFailure) and not isinstance(error, Unreachable)
        )
        for result in results:
            if result.fate == "not sent" and isinstance(error, (CallError, *_INTERRUPTS)):
                result.fate = "unknown" if lost else "not saved"
        if isinstance(error, (CallError, *_INTERRUPTS)):
            error.table = self.table()  # type: ignore[union-attr]
            if len(self.items) > self.chunk:
                error.add_note(self.report())

    def table(self) -> pd.DataFrame:
        """One row an item (``COLUMNS``), with the caller's index; ``attrs["report"]``."""
        result = frame(COLUMNS, [one.row() for one in self.results])
        result = result.set_axis(self.index, axis="index")
        result.attrs["report"] = self.report()
        return result

    def failed(self) -> CallError | None:
        """The exception for items that were refused, naming their rows; None when none was."""
        if self.error is None:
            return None
        bad = [
            (label, one)
            for label, one in zip(self.index, self.results, strict=True)
            if one.fate == "refused"
        ]
        said = "; ".join(
            f"row {label!r}: {str(one.problems[0]).rstrip('.') if one.problems else 'refused'}"
            for label, one in bad[:3]
        )
        more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
        self.error.message = f"{(said or self.error.message).rstrip('.')}{more}. {self.report()}"
        self.error.table = self.table()  # type: ignore[attr-defined]
        return self.error

    def report(self) -> str:
        """Which chunks were saved and which were not, in a sentence.

        Examples
        --------
        >>> from toolkit.services.geoop.functions import function_of
        >>> batch = Batch(function_of("jobs", "create"), "jobs", "/jobs", [{}, {}, {}],
        ...               pd.RangeIndex(3), chunk=2)
        >>> batch.results[0].fate = batch.results[1].fate = "saved"
        >>> batch.report()
        'Saved: chunk 1 (2 items); not sent: chunk 2 (1 item)'
        """
        chunks: dict[int, list[Fate]] = {}
        for one in self.results:
            chunks.setdefault(one.chunk, []).append(one.fate)
        groups: dict[str, list[int]] = {}
        for number, fates in chunks.items():
            said = "refused, none saved" if "refused" in fates else str(fates[0])
            groups.setdefault(said, []).append(number)
        parts = []
        for said, numbers in groups.items():
            count = sum(len(chunks[number]) for number in numbers)
            word = "chunk" if len(numbers) == 1 else "chunks"
            parts.append(f"{said}: {word} {_spans(numbers)} ({count:,} item{'s' * (count != 1)})")
        text = "; ".join(parts) or "nothing to send"
        return text[:1].upper() + text[1:]


def write_plan(function: RestFunction, collection: str, path: str, items: list[Item]) -> Plan:
    """The request that writes these; an item endpoint's DELETE has no body."""
    body = None if function.verb == "DELETE" and "{id}" in function.path else items
    target = path.rpartition("/")[2] if "{id}" in function.path else ""
    if "{collection}" in function.path:
        target = path.strip("/")
    return Plan(
        function,
        path,
        body=None if body is None else json_bytes({collection: body}),
        target=target,
    )


def judge(
    call: Call, collection: str, sent: Sequence[Item], results: Sequence[Written], state: State
) -> None:
    """Note each item's outcome, as the answer has it."""
    if call.outcome.ok:
        saved = call.items(collection) if call.reading.is_json and _has_items(call) else []
        for place, result in enumerate(results):
            result.fate = "saved"
            if len(saved) == len(results):
                result.id = _id(saved[place]) if result.id is None else result.id
        return
    if call.outcome.category is Category.BAD_REPLY:
        for result in results:
            result.fate = "unknown"
        return
    for result in results:
        result.fate = "not saved"
    places, rest = assign(call.reading, sent, state)
    for place, problems in places.items():
        results[place].fate, results[place].problems = "refused", problems
    if rest and not places:
        for result in results:
            result.problems = tuple(rest)


def _has_items(call: Call) -> bool:
    return isinstance(call.data, dict) and any(isinstance(one, list) for one in call.data.values())


def _id(item: Item) -> int | None:
    number = item.get("id")
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _spans(numbers: Sequence[int]) -> str:
    """Numbers as words: ``1-3, 5``."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
