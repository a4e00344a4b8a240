"""The table of GeoOp's operations: collections with their verbs, and the token endpoint.

Every collection has the same operations (page "API Requests"); those that no page names are
reached through the rows with ``{collection}``.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.services.base.functions import Argument, Result, SessionPlace
from toolkit.services.base.rest import RestFunction, RestTable, Shape

SERVICE = "geoop"
COLLECTIONS = {
    "jobs": "API Requests",
    "clients": "Release notes 1.2",
    "users": "Items: user",
    "accounts": "Release notes 1.1",
    "files": "API Requests",
    "statuses": "Items",
    "roles": "Items: user",
}
"""The collections with a name of their own here, and the page that has them."""

LOST_CREATE = "nothing or all of it was saved: look into the list before you create it again"
LOST_UPDATE = "it sets values: calling it again is safe"
LOST_DELETE = "call it again: not found means that the first one was done"
LOST_ACTION = "it was done, or it was not: look before you call it again"

_ID = Argument("id", "path", names=True)
_COLLECTION = Argument("collection", "path", names=True)
_MODIFIERS = tuple(
    Argument(name, optional=True) for name in ("fields", "filter", "sort", "page", "flags")
)
# method, verb, has an id, shape, lost reply, what it does
_OPERATIONS: tuple[tuple[str, str, bool, Shape, str, str], ...] = (
    ("list", "GET", False, "items", "", "All {0} that match."),
    ("get", "GET", True, "item", "", "One of the {0}."),
    ("create", "POST", False, "rows", LOST_CREATE, "Makes {0}: all of a request, or none."),
    ("update", "PATCH", False, "rows", LOST_UPDATE, "Changes {0}: all of a request, or none."),
    ("update_one", "PATCH", True, "rows", LOST_UPDATE, "Changes one of the {0}."),
    ("delete", "DELETE", False, "rows", LOST_DELETE, "Deletes {0}: all of a request, or none."),
    ("delete_one", "DELETE", True, "rows", LOST_DELETE, "Deletes one of the {0}."),
)


def _of(name: str, section: str) -> Iterator[RestFunction]:
    generic = name == "{collection}"
    word = "items" if generic else name
    for method, verb, has_id, shape, lost, summary in _OPERATIONS:
        takes = (*((_COLLECTION,) if generic else ()), *((_ID,) if has_id else ()))
        body = "json" if method in ("create", "update", "update_one", "delete") else ""
        if method == "list":
            takes += _MODIFIERS
        if body:
            takes += (Argument("items", "json"),)
        path = f"/{name}" + ("/{id}" if has_id else "")
        yield RestFunction(
            service=SERVICE,
            name=f"{verb} {path}",
            method=f"{'collection' if generic else name}.{method}",
            summary=summary.format(word),
            arguments=takes,
            results=(Result(word, "json", repeated=True),),
            session=SessionPlace.HEADER,
            changes=verb != "GET",
            destroys=verb == "DELETE",
            lost_reply=lost,
            section=section,
            verb=verb,
            path=path,
            body=body,  # type: ignore[arg-type]
            paged=method == "list",
            order="id" if method == "list" else "",
            resource="" if generic else name,
            shape=shape,
        )


def _action(path: str, method: str, summary: str, section: str, *takes: Argument) -> RestFunction:
    return RestFunction(
        service=SERVICE,
        name=f"POST {path}",
        method=method,
        summary=summary,
        arguments=takes,
        results=(Result("items", "json", repeated=True),),
        session=SessionPlace.HEADER,
        changes=True,
        lost_reply=LOST_ACTION,
        section=section,
        verb="POST",
        path=path,
        body="json",
        resource="files" if path == "/files/upload" else "",
        shape="rows",
    )


TOKEN = RestFunction(
    service=SERVICE,
    name="POST /oauth2/token",
    method="token",
    summary="An access token for a code, for a refresh token, or for the client itself.",
    session=SessionPlace.NONE,
    changes=True,
    lost_reply="log in again: a code, or a refresh token, may be used up",
    section="Authentication",
    verb="POST",
    path="/oauth2/token",
    api="login",
    shape="none",
    login=True,
)
UPLOAD = _action(
    "/files/upload", "files.upload", "Uploads one file.", "API Requests", Argument("path")
)
ACTION = _action(
    "/{collection}/{action}",
    "collection.action",
    "Runs an action of a collection.",
    "API Requests",
    _COLLECTION,
    Argument("action", "path", names=True),
    Argument("body", "json", optional=True),
)


def _all() -> Iterator[RestFunction]:
    for name, section in COLLECTIONS.items():
        yield from _of(name, section)
    yield UPLOAD
    yield from _of("{collection}", "API Requests")
    yield ACTION
    yield TOKEN


TABLE = RestTable(SERVICE, _all())


def function_of(collection: str, operation: str) -> RestFunction:
    """The row of an operation of a collection: its own, or the one of any collection."""
    return TABLE.get(f"{collection if collection in COLLECTIONS else 'collection'}.{operation}")
