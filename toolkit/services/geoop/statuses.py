"""HTTP statuses and types of errors, as the vendor's page "API Responses" has them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import Category


@dataclass(frozen=True, slots=True)
class Status:
    """One row of the table."""

    code: int
    label: str
    meaning: str
    category: Category
    type: str = ""


OK, UNAUTHORIZED, NOT_FOUND, TOO_MANY = 200, 401, 404, 429

STATUSES = {
    row.code: row
    for row in (
        Status(OK, "OK", "processed; also for POST, PATCH and DELETE", Category.SUCCESS),
        Status(400, "BAD_REQUEST", "not understood: syntax, or a version that is retired",
               Category.INVALID_REQUEST, "syntax"),
        Status(UNAUTHORIZED, "UNAUTHORIZED", "the credentials are missing or not valid",
               Category.DENIED, "client"),
        Status(403, "FORBIDDEN", "not permitted", Category.DENIED, "permission"),
        Status(NOT_FOUND, "NOT_FOUND", "no such endpoint or item, or not for this client",
               Category.NOT_FOUND, "content"),
        Status(405, "METHOD_NOT_ALLOWED", "the endpoint has no such verb",
               Category.INVALID_REQUEST, "syntax"),
        Status(422, "INVALID", "understood, but what it holds is not valid",
               Category.INVALID_REQUEST, "validation"),
        Status(TOO_MANY, "TOO_MANY_REQUESTS", "asked too often (in no page of the vendor's)",
               Category.BUSY),
        Status(500, "SERVER_ERROR", "a fault of the server", Category.SERVER_FAULT, "system"),
        Status(502, "BAD_GATEWAY", "of a proxy in between", Category.SERVER_FAULT),
        Status(503, "UNAVAILABLE", "of a proxy in between", Category.BUSY),
        Status(504, "GATEWAY_TIMEOUT", "of a proxy in between", Category.SERVER_FAULT),
    )
}  # fmt: skip

TYPES = {
    "system": Category.SERVER_FAULT,
    "client": Category.DENIED,
    "syntax": Category.INVALID_REQUEST,
    "content": Category.INVALID_REQUEST,
    "permission": Category.DENIED,
    "validation": Category.INVALID_REQUEST,
}
"""An error's type to our category; ``client`` is about the application that asks."""

COLUMNS = (
    Column("code", "integer", about="the HTTP status, where an error has no code of its own"),
    Column("label", about="its name"),
    Column("meaning", about="when it comes"),
    Column("category", "category", tuple(Category), "what a call with it is"),
    Column("type", "category", tuple(TYPES), "the type of error that comes with it"),
)


def status(code: int) -> Status:
    """The row of a status; one that is not in the table has its class's category."""
    known = STATUSES.get(code)
    if known is not None:
        return known
    kinds = {2: Category.SUCCESS, 4: Category.INVALID_REQUEST, 5: Category.SERVER_FAULT}
    return Status(code, f"HTTP_{code}", "", kinds.get(code // 100, Category.UNKNOWN))


def to_frame() -> pd.DataFrame:
    """The table, as ``toolkit.codes("geoop")`` gives it. The numbers of errors are not public."""
    rows = [(one.code, one.label, one.meaning, one.category.value, one.type or None)
            for one in STATUSES.values()]  # fmt: skip
    return frame(COLUMNS, rows)
