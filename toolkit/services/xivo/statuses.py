"""HTTP statuses as XiVO's servers use them: label, category, and what may be repeated.

Seen from xivo-confd 15.18 and 16.15, xivo-auth 16.15 and Wazo's master of 2026. 412 is in the
vendor's list of codes, but no route of these gives it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import Category

READS = "reads only, once, after a lost connection"
LATER = "not by itself; the same call may succeed later"
NEVER = "never"
RENEWED = "reads only, once, with a new token"


@dataclass(frozen=True, slots=True)
class Status:
    """One row of the table."""

    code: int
    label: str
    meaning: str
    category: Category
    repeats: str = NEVER


OK, CREATED, NO_CONTENT, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 200, 201, 204, 401, 403, 404

STATUSES = {
    row.code: row
    for row in (
        Status(OK, "OK", "done, with an answer", Category.SUCCESS),
        Status(CREATED, "CREATED", "made, with the whole object", Category.SUCCESS),
        Status(202, "ACCEPTED", "taken, and done later", Category.SUCCESS),
        Status(NO_CONTENT, "NO_CONTENT", "done, without an answer", Category.SUCCESS),
        Status(
            400,
            "BAD_REQUEST",
            "a field or parameter is wrong; a conflict where the message says Resource Error",
            Category.INVALID_REQUEST,
        ),
        Status(
            UNAUTHORIZED,
            "UNAUTHORIZED",
            "the token is bad, or lacks the ACL, or xivo-auth is down",
            Category.DENIED,
            RENEWED,
        ),
        Status(FORBIDDEN, "FORBIDDEN", "the token lacks the ACL", Category.DENIED),
        Status(NOT_FOUND, "NOT_FOUND", "no such resource, or no such path", Category.NOT_FOUND),
        Status(
            405,
            "METHOD_NOT_ALLOWED",
            "the path has no such method",
            Category.INVALID_REQUEST,
        ),
        Status(
            406,
            "NOT_ACCEPTABLE",
            "Accept is not exactly application/json (up to 16.09)",
            Category.INVALID_REQUEST,
        ),
        Status(409, "CONFLICT", "it exists already (Wazo)", Category.CONFLICT),
        Status(412, "PRECONDITION_FAILED", "in the documentation only", Category.INVALID_REQUEST),
        Status(413, "REQUEST_TOO_LARGE", "the body is too large", Category.INVALID_REQUEST),
        Status(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "Content-Type is not application/json (up to 16.09)",
            Category.INVALID_REQUEST,
        ),
        Status(422, "UNPROCESSABLE", "a field is wrong", Category.INVALID_REQUEST),
        Status(429, "TOO_MANY_REQUESTS", "asked too often", Category.BUSY, LATER),
        Status(500, "SERVER_ERROR", "a fault of the server", Category.SERVER_FAULT),
        Status(501, "NOT_IMPLEMENTED", "the server cannot do it", Category.SERVER_FAULT),
        Status(502, "BAD_GATEWAY", "the server behind does not answer", Category.BUSY, LATER),
        Status(
            503,
            "UNAVAILABLE",
            "xivo-auth, or another server behind, does not answer",
            Category.BUSY,
            LATER,
        ),
        Status(504, "GATEWAY_TIMEOUT", "the server behind takes too long", Category.BUSY, LATER),
    )
}

STATUS_COLUMNS = (
    Column("code", "integer", about="the HTTP status"),
    Column("label", about="its name"),
    Column("meaning", about="what it says here"),
    Column("category", "category", tuple(Category), about="its category in every service"),
    Column("repeats", about="whether the client sends the call again by itself"),
)


def status(code: int) -> Status:
    """The row of a status; one that the table does not have is told by its first digit.

    Examples
    --------
    >>> status(404).label, status(299).category.value, status(302).label
    ('NOT_FOUND', 'success', 'HTTP_302')
    """
    known = STATUSES.get(code)
    if known is not None:
        return known
    by_class = {2: Category.SUCCESS, 4: Category.INVALID_REQUEST, 5: Category.SERVER_FAULT}
    return Status(code, f"HTTP_{code}", "", by_class.get(code // 100, Category.UNKNOWN))


def to_frame() -> pd.DataFrame:
    """The table as a DataFrame.

    Returns
    -------
    DataFrame
        ``code`` Int64, ``label``, ``meaning`` str, ``category`` category, ``repeats`` str.

    Examples
    --------
    >>> to_frame().set_index("code").loc[409, "category"]
    'conflict'
    """
    return frame(
        STATUS_COLUMNS,
        [
            (row.code, row.label, row.meaning, row.category.value, row.repeats)
            for row in STATUSES.values()
        ],
    )
