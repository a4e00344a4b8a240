"""What the lending library can do, as data: functions, columns, codes, and its own rule."""

from __future__ import annotations

from functools import partial
from typing import Any

from toolkit.outcomes import BadReply, Category, Outcome
from toolkit.services.base.functions import Argument
from toolkit.services.base.jsonapi import Code, Codes, JsonApi, json_function
from toolkit.services.base.models import read_models
from toolkit.services.base.rest import RestFunction, RestTable

MODELS = read_models("""
books   id:i title author year:i state=free|lent due:t tags[]
status  version books:i lent:i
""")

_row = partial(json_function, "lending", section="Lending 1")
_book = partial(_row, of=MODELS["books"])
_ID = Argument("id", "path", names=True, listed="GET /books.id")
_STATE = Argument("state", "choice", choices=("free", "lent"), optional=True)
_BOOK = Argument("book", "json")

LOGIN = _row("POST /login", "login_with", "A token for a user and a password.",
             Argument("login", "json"), login=True, needs_session=False,
             lost_reply="log in again")  # fmt: skip
TABLE = RestTable(
    "lending",
    (
        _row("GET /status", "status", "What the library holds.", of=MODELS["status"],
             needs_session=False),
        _book("GET /books", "books.list", "All books, or those in one state.", _STATE, many=True),
        _book("GET /books/{id}", "books.get", "One book.", _ID),
        _book("POST /books", "books.create", "Take in a book.", _BOOK,
              lost_reply="look into the list before calling it again"),
        _book("PUT /books/{id}", "books.update", "Change a book.", _ID, _BOOK,
              lost_reply="it sets values: calling it again is safe"),
        _row("DELETE /books/{id}", "books.delete", "Throw a book away.", _ID,
             lost_reply="call it again: 44 means that the first one was done"),
        LOGIN,
    ),
)  # fmt: skip

CODES = Codes(
    (
        Code(0, "DONE", "done", Category.SUCCESS),
        Code(41, "LOGIN_FIRST", "no token, or one that has ended", Category.DENIED),
        Code(42, "NOT_A_BOOK", "a field is missing or wrong", Category.INVALID_REQUEST),
        Code(44, "NO_SUCH_BOOK", "there is no book of that id", Category.NOT_FOUND),
        Code(49, "IS_LENT", "the book is lent: it cannot go", Category.CONFLICT),
        Code(53, "CLOSED", "the library is closed; come again later", Category.BUSY),
        Code(50, "FAULT", "the library's own fault", Category.SERVER_FAULT),
    )
)


def outcome(status: int, document: Any) -> Outcome:
    """Success is code 0 in the answer, whatever the HTTP status."""
    if not isinstance(document, dict) or not isinstance(document.get("code"), int):
        raise BadReply(f"the answer has no code (HTTP {status})")
    return CODES.outcome(document["code"], str(document.get("message") or ""))


def items(function: RestFunction, document: Any) -> list[dict[str, Any]]:
    """The objects of a success stand under its resource's name, one or a list."""
    found = document.get(function.resource)
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadReply(f"the answer holds no {function.resource}", function=function.name)
    return found


API = JsonApi(TABLE, "/lending/v1", MODELS, CODES, outcome, items)
