"""The gateway's status codes (guide section 5). Success is 1; 408 and 502 are not HTTP's."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import Category, Outcome


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table."""

    code: int
    label: str
    meaning: str
    category: Category


SUCCESS = 1
CHALLENGED = 2
DENIED = 3
INVALID_REQUEST = 408

CODES = {
    row.code: row
    for row in (
        Code(SUCCESS, "SUCCESS", "the operation succeeded", Category.SUCCESS),
        Code(CHALLENGED, "CHALLENGED", "prompts must be answered first", Category.CHALLENGED),
        Code(DENIED, "ACCESS_DENIED", "access is denied", Category.DENIED),
        Code(213, "FILE_NOT_FOUND", "what was named does not exist", Category.NOT_FOUND),
        Code(232, "FILE_EXISTS", "what was to be made exists", Category.CONFLICT),
        Code(
            INVALID_REQUEST,
            "INVALID_REQUEST",
            "the request is not acceptable",
            Category.INVALID_REQUEST,
        ),
        Code(502, "GENERAL_ERROR", "a fault that the message describes", Category.SERVER_FAULT),
    )
}


def outcome(code: int, message: str) -> Outcome:
    """What a status and its message mean. Decided by the code, never by the text.

    Examples
    --------
    >>> outcome(502, "Disk full").category.value
    'server fault'
    >>> outcome(77, "?").category.value
    'unknown status'
    """
    row = CODES.get(code)
    if row is None:
        return Outcome(code, f"STATUS_{code}", message, Category.UNKNOWN)
    return Outcome(code, row.label, message, row.category)


CODE_COLUMNS = (
    Column("code", "integer", about="the status on the wire"),
    Column("label", about="our name for it; the guide has none"),
    Column("meaning", about="what it says"),
    Column("category", "category", tuple(Category), about="its category in every service"),
)


def to_frame() -> pd.DataFrame:
    """The table as a DataFrame.

    Examples
    --------
    >>> to_frame()["code"].tolist()
    [1, 2, 3, 213, 232, 408, 502]
    """
    return frame(
        CODE_COLUMNS,
        [(row.code, row.label, row.meaning, row.category.value) for row in CODES.values()],
    )
