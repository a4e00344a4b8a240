"""How one call of a run ended, and what that means for going on."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from toolkit.frames import Column
from toolkit.outcomes import (
    CallError,
    CassetteError,
    Category,
    InvalidArgument,
    LoginError,
    OutcomeError,
    Unreachable,
)
from toolkit.running.cells import Result

NOT_SENT, INTERRUPTED, ERROR = "not sent", "interrupted", "error"
"""What ``outcome.category`` says beside the toolkit's categories."""

_CATEGORIES = (*(one.value for one in Category), NOT_SENT, INTERRUPTED, ERROR)


class Fate(enum.StrEnum):
    """What is known of a call."""

    DONE = "done"
    REFUSED = "refused"  # the service said no
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"  # it may have been done, or not


OUTCOME_COLUMNS = (
    Column("outcome.row", "integer", about="which row of the table it was, from 0"),
    Column(
        "outcome.fate",
        "category",
        tuple(one.value for one in Fate),
        "done, refused by the service, not sent, or unknown: it may have been done, or not",
    ),
    Column("outcome.code", "integer", about="the service's code, where it gave one"),
    Column("outcome.label", about="the code's name, or the exception's"),
    Column(
        "outcome.category",
        "category",
        _CATEGORIES,
        "our reading of it; not sent, interrupted, and error for any other exception",
    ),
    Column("outcome.message", about="what came with it"),
    Column("outcome.at", "time", about="when it was sent (UTC)"),
    Column("outcome.elapsed", "number", about="seconds until the answer was whole"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: its outcome's cells, what it gave, and what is known of it."""

    fate: Fate
    code: int | None = None
    label: str = ""
    category: str = NOT_SENT
    message: str = ""
    at: dt.datetime | None = None
    elapsed: float | None = None
    result: Result | None = field(default=None, repr=False)

    @property
    def cells(self) -> tuple[Any, ...]:
        """The cells of ``OUTCOME_COLUMNS`` but the first."""
        return (
            self.fate.value, self.code, self.label, self.category, self.message, self.at,
            self.elapsed,
        )  # fmt: skip


UNSENT = Ended(Fate.NOT_SENT)
"""Of a row that was not reached."""


def interrupted(at: dt.datetime | None = None) -> Ended:
    """Of a call that was under way when everything ended."""
    return Ended(Fate.UNKNOWN, None, "", INTERRUPTED, "it was under way when the run ended", at)


def succeeded(result: pd.DataFrame, at: dt.datetime, elapsed: float) -> Ended:
    """Of a call that gave a DataFrame: what the frame says of it, else what was measured.

    Examples
    --------
    >>> began = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    >>> ended = succeeded(gateway.agent.ping(), began, 0.1)
    >>> ended.code, ended.label, ended.category
    (1, 'SUCCESS', 'success')
    """
    told: dict[Any, Any] = {}
    if len(result) == 1 and {"code", "label", "category", "message", "at"} <= set(result.columns):
        told.update(result.iloc[0].to_dict())
    told.update(result.attrs)
    category = str(told.get("category") or Category.SUCCESS.value)
    return Ended(
        Fate.DONE,
        _integer(told.get("code")),
        _text(told.get("label")),
        category if category in _CATEGORIES else Category.SUCCESS.value,
        _text(told.get("message")),
        _moment(told.get("at")) or at,
        _number(told.get("elapsed"), elapsed),
        Result.of(result),
    )


def failed(error: BaseException, at: dt.datetime, elapsed: float) -> Ended:
    """Of a call that raised.

    Examples
    --------
    >>> from toolkit.outcomes import NotFound
    >>> began = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    >>> failed(NotFound("no such task", code=213), began, 0.1).fate
    <Fate.REFUSED: 'refused'>
    """
    if isinstance(error, CallError):
        fate = Fate.REFUSED if isinstance(error, OutcomeError) else Fate.UNKNOWN
        return Ended(
            Fate.NOT_SENT if isinstance(error, Unreachable) else fate,
            error.code,
            error.label,
            error.category.value,
            error.message,
            error.at or at,
            elapsed if error.elapsed is None else error.elapsed,
            _own_table(error),
        )
    label = type(error).__name__
    if isinstance(error, InvalidArgument | LoginError | CassetteError):
        return Ended(Fate.NOT_SENT, None, label, NOT_SENT, str(error))
    if not isinstance(error, Exception):
        return interrupted(at)
    return Ended(Fate.UNKNOWN, None, label, ERROR, str(error), at, elapsed)


def _own_table(error: CallError) -> Result | None:
    """What a call says of each of its own parts, where it had several."""
    table = getattr(error, "table", None)
    if isinstance(table, pd.DataFrame) and "outcome.row" not in table.columns:
        return Result.of(table)
    return None


def _integer(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _number(value: Any, default: float) -> float:
    return default if value is None or pd.isna(value) else float(value)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _moment(value: Any) -> dt.datetime | None:
    if value is None or pd.isna(value):
        return None
    moment: pd.Timestamp = pd.Timestamp(value)
    return moment.to_pydatetime() if moment.tzinfo else None
