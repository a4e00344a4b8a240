"""From a function and what it is given to a plan: path, query and body, checked before sending."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.functions import Argument
from toolkit.services.base.jsonbody import json_bytes as json_bytes, plain as plain
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.call import CSV, JSON, Plan

CsvBody = pd.DataFrame | str | bytes | os.PathLike[str]
"""A CSV: as rows of a DataFrame, as text or bytes, or the path of a file."""

_SECRET_HOLES = ("token",)


def make_plan(
    function: RestFunction,
    values: Sequence[Any] = (),
    query: Mapping[str, Any] | None = None,
    body: Any = None,
) -> Plan:
    """The request that a call of ``function`` sends.

    Parameters
    ----------
    values : sequence
        What fills the path's holes, in order.
    query : mapping, optional
        Parameters of the query; None leaves one out. A list takes any column as a filter.
    body : optional
        A mapping or a list for JSON; a DataFrame, a text, bytes or a path for a CSV.

    Raises
    ------
    InvalidArgument
        Something is missing, too much, or cannot be sent; nothing was.

    Examples
    --------
    >>> from toolkit.services.xivo.functions import TABLE
    >>> make_plan(TABLE.get("users.list"), query={"search": "ali", "limit": 2}).query
    (('search', 'ali'), ('limit', '2'))
    """
    if len(values) != len(function.holes):
        wanted = ", ".join(function.holes) or "nothing"
        raise InvalidArgument(
            f"{function.method} ({function.name}) takes {wanted} for its path; {len(values)} given"
        )
    filled = dict(zip(function.holes, values, strict=True))
    path = function.fill(filled)
    return Plan(
        function,
        path,
        tuple(_queries(function, query or {})),
        _body(function, body),
        CSV if function.body == "csv" else JSON,
        CSV if function.answer == "csv" else JSON,
        "/".join("…" if hole in _SECRET_HOLES else str(value) for hole, value in filled.items()),
    )


def _queries(function: RestFunction, given: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    known = {argument.name: argument for argument in function.queries}
    for name, value in given.items():
        if value is None:
            continue
        argument = known.get(name)
        if argument is None and not (function.verb == "GET" and function.shape == "items"):
            names = ", ".join(known) or "none"
            raise InvalidArgument(f"{function.method} has no parameter {name!r}; it has {names}")
        yield name, _query(argument or Argument(name), value)


def _query(argument: Argument, value: Any) -> str:
    if argument.kind == "integer":
        least = 1 if argument.name == "limit" else 0
        if isinstance(value, bool) or not str(value).isdecimal() or int(value) < least:
            raise InvalidArgument(
                f"{argument.name} must be a whole number from {least} on, not {value!r}"
            )
    if argument.kind == "choice" and value not in argument.choices:
        raise InvalidArgument(
            f"{argument.name} must be {' or '.join(argument.choices)}, not {value!r}"
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)


def _body(function: RestFunction, body: Any) -> bytes | None:
    if not function.body:
        if body is not None:
            raise InvalidArgument(f"{function.method} takes no body")
        return None
    if function.body == "csv":
        return csv_bytes(body)
    if body is None:
        body = {}
    if not isinstance(body, Mapping | list):
        raise InvalidArgument(
            f"{function.method} takes fields by name or a dict, not {type(body).__name__}"
        )
    return json_bytes(body)


def csv_bytes(body: Any) -> bytes:
    r"""A CSV in UTF-8, as the import of users takes it.

    Flags are written 0 and 1, and what is missing as an empty cell.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"firstname": ["Ada"], "enabled": [True]}))
    b'firstname,enabled\nAda,1\n'
    """
    if isinstance(body, pd.DataFrame):
        flat = body.copy()
        for place, name in enumerate(flat.columns):
            column = flat.iloc[:, place]
            if isinstance(column.dtype, pd.BooleanDtype) or column.dtype == bool:
                flat[name] = column.astype("Int64")
        text: str = flat.to_csv(index=False, lineterminator="\n")
        return text.encode()
    if isinstance(body, bytes):
        return body
    if isinstance(body, os.PathLike):
        return Path(body).read_bytes()
    if isinstance(body, str) and ("\n" in body or "," in body):
        return body.encode()
    if isinstance(body, str):
        return Path(body).read_bytes()
    raise InvalidArgument(
        f"a CSV is a DataFrame, a text, bytes or the path of a file, not {type(body).__name__}"
    )
