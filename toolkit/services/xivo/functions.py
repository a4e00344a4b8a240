"""The table of XiVO's operations: confd 1.1 of 16.15, and the other services' of that time.

One table drives the methods, the requests, the reading of answers and of recorded traffic, the
retry rule and ``toolkit.functions("xivo")``. Its rows are in ``functions_confd.py`` and
``functions_other.py``; what follows from a rule is worked out here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import cast

from toolkit.services.base.functions import Argument, Result, ResultKind, SessionPlace
from toolkit.services.base.rest import RestFunction, RestTable
from toolkit.services.xivo import functions_confd, functions_other
from toolkit.services.xivo.models import model

SERVICE = "xivo"

_ACTIONS = {"GET": "read", "HEAD": "read", "PUT": "update", "POST": "create", "DELETE": "delete"}
_PAGING = ("order", "direction", "limit", "offset")
_QUERIES = {
    "order": Argument("order", optional=True),
    "direction": Argument("direction", "choice", choices=("asc", "desc"), optional=True),
    "limit": Argument("limit", "integer", optional=True),
    "offset": Argument("offset", "integer", optional=True),
    "start_date": Argument("start_date", "time", optional=True),
    "end_date": Argument("end_date", "time", optional=True),
    "from": Argument("from", "time", optional=True),
    "until": Argument("until", "time", optional=True),
    "view": Argument("view", "choice", choices=("summary", "directory"), optional=True),
}
_MORE = {"users": "search,view", "extensions": "search,type,exten,context"}
"""What the lists of these collections take beside the paging."""

_LOST_POST = "look into the list before calling it again: it may have been done"
_LOST_PUT = "sets a value: calling it again is safe"
_LOST_DELETE = "call it again: 404 means that the first one was done"
_LOST_ADD = "call it again: a message that they are associated means that the first one was done"
_LOST_REMOVE = "call it again: a message that they are not associated means that it was done"
_LOST_ACT = "the device was perhaps told; telling it again does it again"


def _function(api: str, version: str, verb: str, path: str, method: str, rest: str) -> RestFunction:
    words, _, summary = rest.strip().partition(": ")
    flags = words.split()
    shape, resource = flags.pop(0), ""
    if shape != "done":
        resource = flags.pop(0)
    said = dict(flag.split("=", 1) for flag in flags if "=" in flag)
    body = "json" if "json" in flags else "csv" if "csv" in flags else ""
    acts = "acts" in flags
    holes = re.findall(r"\{([^}]+)\}", path)
    acl = said.get("acl", f"{api}.{path.strip('/').replace('/', '.')}.{_ACTIONS[verb]}")
    names = [*(_PAGING if "by" in said else ()), *filter(None, said.get("has", "").split(","))]
    return RestFunction(
        service=SERVICE,
        name=f"{verb} {path}" if api == "confd" else f"{verb} {api}:{path}",
        method=method,
        summary=summary,
        arguments=(
            *(Argument(hole, "path", names=True) for hole in holes),
            *((Argument("body", body),) if body else ()),  # type: ignore[arg-type]
            *(_QUERIES.get(name, Argument(name, optional=True)) for name in names),
        ),
        results=_results(resource, shape != "item"),
        session=SessionPlace.HEADER if acl else SessionPlace.NONE,
        changes=acts or verb not in ("GET", "HEAD"),
        destroys=verb == "DELETE" and not method.endswith(".remove"),
        lost_reply=_lost(verb, method, acts),
        codes=tuple(code for code, has in ((400, body or "by" in said), (404, holes)) if has),
        section=f"{api} {version}",
        verb=verb,
        path=path,
        api=api,
        acl=acl,
        body=body,  # type: ignore[arg-type]
        answer={"done": "", "rows": "csv"}.get(shape, "json"),  # type: ignore[arg-type]
        paged="by" in said,
        order=said.get("by", ""),
        resource=resource,
        shape={"done": "none"}.get(shape, shape),  # type: ignore[arg-type]
        deprecated="old" in flags,
    )


@functools.cache
def _results(resource: str, repeated: bool) -> tuple[Result, ...]:
    """The declared fields of a resource as the results of a function."""
    return tuple(
        Result(
            field.name,
            "json" if field.nested else cast("ResultKind", field.column.kind),
            repeated=repeated,
            choices=field.column.choices,
        )
        for field in model(resource).fields
    )


def _lost(verb: str, method: str, acts: bool) -> str:
    if acts:
        return _LOST_ACT
    last = method.rpartition(".")[2]
    if last in ("add", "remove"):
        return _LOST_ADD if last == "add" else _LOST_REMOVE
    return {"POST": _LOST_POST, "PUT": _LOST_PUT, "DELETE": _LOST_DELETE}.get(verb, "")


def read_rows(api: str, version: str, text: str) -> Iterator[RestFunction]:
    """The functions of rows as ``functions_confd.py`` explains them."""
    lines = [line for line in text.splitlines() if line.strip()]
    for head, rest in zip(lines[::2], lines[1::2], strict=True):
        verb, path, method = head.split()
        yield _function(api, version, verb, path, method, rest)


def _crud() -> str:
    """The rows of the collections with the same five operations."""
    rows = []
    for line in functions_confd.CRUD.strip().splitlines():
        path, hole, order, *what = line.split()
        word, name = path.replace("/", "."), path.replace("/", "_")
        by, has = f"by={order.strip('-')}", f"has={_MORE.get(path, 'search')}"
        title = " ".join(what)
        one = title.removesuffix("s")
        rows += [
            f"GET /{path} {word}.list", f"items {name} {by} {has}: {title}, all or one page.",
            f"POST /{path} {word}.create", f"item {name} json: {one}: make one.",
            f"GET /{path}/{{{hole}}} {word}.get", f"item {name}: {one}: one of them.",
            f"PUT /{path}/{{{hole}}} {word}.update", f"done json: {one}: change what is given.",
            f"DELETE /{path}/{{{hole}}} {word}.delete", f"done: {one}: delete one.",
        ]  # fmt: skip
    return "\n".join(rows)


def _associated() -> str:
    """The rows of the associations with the same three operations."""
    rows = []
    for line in functions_confd.ASSOCIATED.strip().splitlines():
        path, hole, other, other_hole, shape, resource = line.split()
        word = f"{path}.{other.replace('/', '.')}"
        at = f"/{path}/{{{hole}}}/{other}"
        one, what = path.removesuffix("s"), other.replace("/", " ")
        rows += [
            f"GET {at} {word}.list", f"{shape} {resource}: The {what} of a {one}.",
            f"PUT {at}/{{{other_hole}}} {word}.add", f"done: Give a {one} one of {what}.",
            f"DELETE {at}/{{{other_hole}}} {word}.remove", f"done: Take one of {what} from it.",
        ]  # fmt: skip
    return "\n".join(rows)


TABLE = RestTable(
    SERVICE,
    (
        *read_rows("confd", "1.1", _crud()),
        *read_rows("confd", "1.1", _associated()),
        *read_rows("confd", "1.1", functions_confd.ROWS),
        *read_rows("auth", "0.1", functions_other.AUTH),
        *read_rows("agentd", "1.0", functions_other.AGENTD),
        *read_rows("ctid-ng", "1.0", functions_other.CTID_NG),
        *read_rows("dird", "0.1", functions_other.DIRD),
        *read_rows("call-logd", "1.0", functions_other.CALL_LOGD),
    ),
)
