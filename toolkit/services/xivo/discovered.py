"""What a server offers that the table does not know: taken from its own ``api.yml``.

Since 16.14 each service serves its Swagger 2.0 file at ``/<version>/api/api.yml``, without a
login. It is read with bounds on its size and depth, and names paths and verbs only: nothing in it
is run, and no address of it is followed.
"""

from __future__ import annotations

import datetime as dt
import inspect
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from toolkit.outcomes import BadReply
from toolkit.services.base.client import Frame
from toolkit.services.base.driving import Flow
from toolkit.services.base.functions import Argument, SessionPlace
from toolkit.services.base.rest import RestFunction, RestTable, Shape
from toolkit.services.xivo.flows import fetch_flow
from toolkit.services.xivo.functions import SERVICE, TABLE
from toolkit.services.xivo.models import MODELS
from toolkit.services.xivo.planning import make_plan
from toolkit.services.xivo.verbs import Id, Namespace

if TYPE_CHECKING:
    from toolkit.services.xivo.namespaces import Resources

MOST_BYTES = 8 * 1024 * 1024
MOST_EVENTS = 1_000_000
MOST_DEPTH = 60
MOST_PATHS = 5_000

_VERBS = {"get": "read", "head": "read", "put": "update", "post": "create", "delete": "delete"}
_ACL = re.compile(r"ACL:?\*{0,2}:?\s*`([^`\s]+)`")
_HOLE = re.compile(r"\{([^}/]+)\}")
_NAME = re.compile(r"[A-Za-z0-9_]+")


class Remote(Namespace[Frame]):
    """Operations of another service, or of a server's own specification, by their names."""

    def __init__(
        self,
        server: Resources[Frame],
        name: str,
        bound: tuple[Id, ...] = (),
        table: RestTable | None = None,
    ) -> None:
        super().__init__(server, name, bound)
        self._table = table or TABLE

    def __call__(self, *ids: Id) -> Remote[Frame]:
        """The same place with ids bound."""
        return Remote(self._server, self._name, (*self._bound, *ids), self._table)

    def __getattr__(self, word: str) -> Any:
        if word.startswith("_"):
            raise AttributeError(word)
        name = f"{self._name}.{word}".lstrip(".")
        function = self._table.find(name)
        if function is not None and function.method == name:
            return self._method(function)
        if any(one.method.startswith(f"{name}.") for one in self._table.all):
            return Remote(self._server, name, self._bound, self._table)
        known = ", ".join(self._words()) or "nothing"
        raise AttributeError(f"{self._name} has no {word!r}; it has {known}")

    def _words(self) -> list[str]:
        start = f"{self._name}." if self._name else ""
        below = (one.method.removeprefix(start) for one in self._table.all
                 if one.method.startswith(start))  # fmt: skip
        return sorted({word.partition(".")[0] for word in below})

    def _method(self, function: RestFunction) -> Callable[..., Frame]:
        word = function.method.rpartition(".")[2]

        def method(*given: Any, **named: Any) -> Frame:
            if function.changes:
                return self._write(word, given, named)
            return self._drive(self._called(word, given, named))

        method.__name__, method.__qualname__ = word, function.method
        method.__doc__ = f"{function.summary}\n\n{function.name}; needs {function.acl or 'no ACL'}."
        method.__signature__ = _signature(function, len(self._bound))  # type: ignore[attr-defined]
        return method


_TAKES: dict[str, Any] = {
    "path": int | str,
    "json": Mapping[str, Any] | pd.DataFrame,
    "integer": int,
    "boolean": bool,
    "time": str | dt.datetime,
}
"""What an argument of each kind takes; those of other kinds a text."""


def _signature(function: RestFunction, bound: int) -> inspect.Signature:
    only, kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.KEYWORD_ONLY
    parameters = []
    for argument in function.arguments[bound:]:
        if not argument.parameter.isidentifier() or keyword.iskeyword(argument.parameter):
            continue
        kind = only if argument.kind in ("path", "json", "csv") else kinds
        default = inspect.Parameter.empty if kind is only else None
        takes = _TAKES.get(argument.kind, str)
        parameters.append(
            inspect.Parameter(
                argument.parameter,
                kind,
                default=default,
                annotation=takes if kind is only else takes | None,
            )
        )
    more = inspect.Parameter("fields", inspect.Parameter.VAR_KEYWORD, annotation=Any)
    return inspect.Signature([*parameters, more], return_annotation=pd.DataFrame)


def discover(server: Resources[Frame], api: str = "confd") -> Flow[pd.DataFrame]:
    """Take up what the server's own specification of an API lists and the table has not.

    Each new operation is then found by ``server.call``, and new places are attributes of the
    server: ``xivo.meetings.list()``; all of them are below ``xivo.found`` too.

    Returns
    -------
    DataFrame
        The new operations, one row each, as ``toolkit.functions("xivo")``.

    Raises
    ------
    NotFound
        The server offers none (before 16.14).
    BadReply
        What it offers is no Swagger 2.0, or larger than any is.
    """
    spec = RestFunction(
        SERVICE,
        f"GET {api}:/api/api.yml",
        f"{api}.spec",
        "The specification of the API.",
        session=SessionPlace.NONE,
        verb="GET",
        path="/api/api.yml",
        api=api,
        answer="",
    )
    call = yield from fetch_flow(make_plan(spec), server.state)
    new = read_spec(call.body, api)
    before = server.found.table.all if hasattr(server, "found") else ()
    kept = [one for one in before if one.api != api]
    server.found = Found(server, "", (), RestTable(SERVICE, [*kept, *new]))
    for word in server.found._words():
        if not hasattr(server, word):
            setattr(server, word, getattr(server.found, word))
    return RestTable(SERVICE, new).to_frame()


class Found(Remote[Frame]):
    """What servers' own specifications list and the table has not."""

    @property
    def table(self) -> RestTable:
        """The operations."""
        return self._table


def read_spec(body: bytes, api: str = "confd") -> tuple[RestFunction, ...]:
    """The functions of a Swagger 2.0 file.

    Raises
    ------
    BadReply
        It is no such file, or larger than any is.
    """
    paths = _load(body).get("paths")
    if not isinstance(paths, dict) or len(paths) > MOST_PATHS:
        raise BadReply("the specification lists no paths, or more than any API has")
    found: list[RestFunction] = []
    taken = {function.method for function in TABLE.all}
    # The shorter path gets the plain name: PUT /a/{b}/c before PUT /a/{b}/c/{d}.
    for path in sorted((path for path in paths if isinstance(path, str)), key=_length):
        operations = paths[path]
        if not path.startswith("/") or not isinstance(operations, dict):
            continue
        shared = operations.get("parameters")
        for verb, operation in operations.items():
            if verb not in _VERBS or not isinstance(operation, dict) or _is_known(api, verb, path):
                continue
            function = _function(api, verb, path, operation, shared, paths)
            holes = list(function.holes)
            while function.method in taken:
                last = holes.pop() if holes else verb
                function = replace(function, method=f"{function.method}_{last}")
            taken.add(function.method)
            found.append(function)
    return tuple(sorted(found, key=lambda one: one.path))


def _length(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _load(body: bytes) -> dict[str, Any]:
    """The file, read safely: no aliases, no tags of Python, and not without end."""
    if len(body) > MOST_BYTES:
        raise BadReply(f"the specification is longer than {MOST_BYTES:,} bytes")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        unsafe = _unsafe(yaml.parse(body, Loader=loader))
        if unsafe:
            raise BadReply(f"the specification {unsafe}")
        data = yaml.load(body, Loader=loader)  # noqa: S506 (the safe loader, in C where it is)
    except (yaml.YAMLError, RecursionError) as error:
        raise BadReply(f"the specification is no YAML: {type(error).__name__}") from None
    if not isinstance(data, dict) or str(data.get("swagger", "")) != "2.0":
        raise BadReply("the specification is no Swagger 2.0")
    return data


def _unsafe(events: Iterable[Any]) -> str:
    """What is wrong with the YAML's events; empty for nothing."""
    depth = 0
    for count, event in enumerate(events):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            return "holds aliases"
        if count > MOST_EVENTS:
            return "is too large"
        if depth > MOST_DEPTH:  # the C loader has no bound of its own, and ends the process
            return f"is nested deeper than {MOST_DEPTH}"
    return ""


def _function(
    api: str,
    verb: str,
    path: str,
    operation: dict[str, Any],
    shared: Any,
    paths: dict[str, Any],
) -> RestFunction:
    upper, holes = verb.upper(), _HOLE.findall(path)
    said = str(operation.get("description") or "")
    acl = _ACL.search(said)
    parameters = [*_parameters(operation.get("parameters")), *_parameters(shared)]
    takes = any(place == "body" for place, _ in parameters) or upper in ("POST", "PUT")
    queries = [name for place, name in parameters if place == "query"]
    name = f"{upper} {path}" if api == "confd" else f"{upper} {api}:{path}"
    listing = upper == "GET" and not path.endswith("}") and _lists(operation, queries, paths, path)
    done = verb in ("put", "delete", "head") or not _has_content(operation)
    shape: Shape = "items" if listing else "none" if done else "item"
    return RestFunction(
        service=SERVICE,
        name=name,
        method=_method_name(api, upper, path, listing),
        summary=str(operation.get("summary") or name).rstrip(".") + ".",
        arguments=(
            *(Argument(hole, "path", names=True) for hole in holes),
            *((Argument("body", "json"),) if takes else ()),
            *(Argument(query, optional=True) for query in queries),
        ),
        session=SessionPlace.HEADER,
        changes=upper not in ("GET", "HEAD"),
        destroys=upper == "DELETE",
        lost_reply="look at it before calling it again" if upper not in ("GET", "HEAD") else "",
        section=f"{api} api.yml",
        verb=upper,
        path=path,
        api=api,
        acl=acl[1] if acl else f"{api}.#",
        body="json" if takes else "",
        answer="" if shape == "none" else "json",
        paged=listing and "limit" in queries,
        resource=path.strip("/").replace("/", "_") if listing else _resource(path),
        shape=shape,
        deprecated=bool(operation.get("deprecated")),
    )


def _is_known(api: str, verb: str, path: str) -> bool:
    """Whether the table has it, whatever its holes are called."""
    found = TABLE.match(verb.upper(), path, api)
    return found is not None and _HOLE.sub("{}", found[0].path) == _HOLE.sub("{}", path)


def _parameters(given: Any) -> Iterator[tuple[str, str]]:
    """Place and name of each; a reference is known by its last word."""
    for one in given if isinstance(given, list) else ():
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("$ref"), str):
            word = one["$ref"].rpartition("/")[2].casefold()
            if word in ("limit", "offset", "order", "direction", "search", "recurse"):
                yield "query", word
        elif isinstance(one.get("name"), str) and _NAME.fullmatch(one["name"]):
            yield str(one.get("in")), one["name"]


def _lists(operation: dict[str, Any], queries: list[str], paths: dict[str, Any], path: str) -> bool:
    """Whether a GET gives a list: it takes a limit, or its items have paths of their own."""
    if "limit" in queries:
        return True
    below = re.compile(re.escape(path.rstrip("/")) + r"/\{[^}/]+\}")
    word = str(operation.get("operationId") or "")
    return word.startswith("list") or any(below.fullmatch(str(one)) for one in paths)


def _has_content(operation: dict[str, Any]) -> bool:
    answers = operation.get("responses")
    return not isinstance(answers, dict) or not any(str(code) == "204" for code in answers)


def _resource(path: str) -> str:
    """The declared resource of one object, where there is one."""
    name = path.rpartition("/{")[0].strip("/").replace("/", "_")
    return name if name in MODELS else ""


def _method_name(api: str, verb: str, path: str, listing: bool) -> str:
    """The words of the path, then what is done."""
    words = [re.sub(r"\W", "_", word) for word in path.strip("/").split("/") if "{" not in word]
    last = {"GET": "list" if listing else "get", "HEAD": "check", "POST": "create",
            "PUT": "update", "DELETE": "delete"}[verb]  # fmt: skip
    start = [] if api == "confd" else [api.replace("-", "_")]
    return ".".join([*start, *words, last])
