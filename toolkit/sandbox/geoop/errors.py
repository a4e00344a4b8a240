"""What the service says when it does not do what was asked.

The vendor's page "API Responses" names the six types of an error and its properties; it does not
give the code numbers, so these are ours: thousands that nobody should rely on.
"""

from __future__ import annotations

from typing import Any

# Type -> the status of a reply that is one error of this type.
STATUSES = {
    "system": 500,
    "client": 401,
    "syntax": 400,
    "content": 422,
    "permission": 403,
    "validation": 422,
}
FIRST_CODES = {
    "system": 1000,
    "client": 1100,
    "syntax": 1200,
    "validation": 1300,
    "content": 1400,
    "permission": 1500,
}


class ApiError(Exception):
    """A fatal error: the whole request is not processed.

    Parameters
    ----------
    kind
        The error's type: ``system``, ``client``, ``syntax``, ``content``, ``permission`` or
        ``validation``.
    number
        Added to the first code of the type.
    message
        One sentence.
    description
        More for developers, if there is more to say.
    status
        Of the reply; that of the type if not given.
    headers
        More headers of the reply.
    """

    def __init__(
        self,
        kind: str,
        number: int,
        message: str,
        *,
        description: str = "",
        status: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.body = error(kind, number, message, description=description)
        self.status = STATUSES[kind] if status is None else status
        self.headers = headers or {}


def error(
    kind: str, number: int, message: str, *, description: str = "", field: str = ""
) -> dict[str, Any]:
    """An error object; what may be absent is absent when empty."""
    found: dict[str, Any] = {
        "type": kind,
        "code": FIRST_CODES[kind] + number,
        "message": message,
    }
    if description:
        found["description"] = description
    if field:
        found["field"] = field
    return found


def not_there(what: str) -> ApiError:
    """404: whether it is not there or not for this client is not said."""
    return ApiError(
        "content", 4, f"{what} does not exist, or is not accessible to this client.", status=404
    )
