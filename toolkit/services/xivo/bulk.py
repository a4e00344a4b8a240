"""Many operations of one kind: several at a time, one row of outcome for each.

All requests are planned before the first one is sent, so that a row that cannot be sent stops
nothing half-way. ``dry_run`` gives the plans instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import CallError, Category, InvalidArgument
from toolkit.progress import Progress
from toolkit.services.base.decoding import is_secret
from toolkit.services.base.driving import Flow, Together
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.flows import call_flow
from toolkit.services.xivo.models import Model, model
from toolkit.services.xivo.paging import Tell
from toolkit.services.xivo.planning import make_plan, plain
from toolkit.services.xivo.state import State

OnError = Literal["stop", "continue"]

BULK_COLUMNS = (
    Column("method", "category", ("POST", "PUT", "DELETE"), "the HTTP method"),
    Column("path", about="below the API's base"),
    Column("code", "integer", about="the HTTP status; missing where no answer came"),
    Column("label", about="the status's name; NOT_SENT for those after a stop"),
    Column("category", "category", tuple(Category), "the outcome's category"),
    Column("message", about="the server's text"),
    Column("id", about="of what was made or changed"),
    Column("uuid", about="of what was made, where it has one"),
    Column("elapsed", "number", about="seconds until the answer was whole"),
    Column("at", "time", about="when it was sent (UTC)"),
)
DRY_COLUMNS = (
    *BULK_COLUMNS[:2],
    Column("body", about="what would be sent, passwords hidden"),
)

NOT_SENT = "NOT_SENT"
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Options:
    """How many things are done.

    Attributes
    ----------
    at_once : int
        How many requests may be under way at a time.
    on_error : {"stop", "continue"}
        Whether the first failure keeps the rest from being sent.
    dry_run : bool
        Send nothing; list what would be sent.
    missing : {"skip", "null"}
        Whether a missing cell leaves its field out, or sets it to null.
    progress : callable, optional
        Called with how many are done, and how many there are.
    """

    at_once: int = 4
    on_error: OnError = "stop"
    dry_run: bool = False
    missing: Literal["skip", "null"] = "skip"
    progress: Tell | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name, allowed in (("on_error", ("stop", "continue")), ("missing", ("skip", "null"))):
            value = getattr(self, name)
            if value not in allowed:
                raise InvalidArgument(f"{name} must be {' or '.join(allowed)}, not {value!r}")


Rows = pd.DataFrame | Sequence[Mapping[str, Any]]


def run_rows(
    state: State,
    function: RestFunction,
    bound: Sequence[Any],
    rows: Rows,
    options: Options,
) -> Flow[pd.DataFrame]:
    """Call a function once for each row.

    Parameters
    ----------
    bound : sequence
        What fills the path's first holes, for all of them; the rest comes from the rows' columns
        of that name (for the last one ``id`` or ``uuid`` serve too).
    rows : DataFrame or list of dict

    Returns
    -------
    DataFrame
        ``BULK_COLUMNS``, one row each, with the rows' own index; ``DRY_COLUMNS`` for a dry run.

    Raises
    ------
    InvalidArgument
        A row cannot be sent; the sentence says which. Nothing was sent.
    """
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    holes = function.holes[len(bound) :]
    columns = [_hole_column(table, hole, hole == function.holes[-1]) for hole in holes]
    declared = model(_body_model(function))
    plans = []
    for label, record in zip(table.index, _records(table), strict=True):
        try:
            values = [*bound, *(record.pop(column) for column in columns)]
            body = _body(record, declared, options.missing) if function.body else None
            plans.append(make_plan(function, values, body=body))
        except InvalidArgument as error:
            raise InvalidArgument(f"row {label!r}: {error}") from None
    return (yield from run_plans(state, plans, table.index, options))


def run_plans(
    state: State, plans: Sequence[Plan], index: pd.Index[Any], options: Options
) -> Flow[pd.DataFrame]:
    """Send plans several at a time; see :func:`run_rows`."""
    if options.dry_run:
        return dry(plans, index)
    outcomes: list[Call | CallError | None] = [None] * len(plans)
    failures: list[BaseException] = []
    done, stopped = 0, False

    def flows() -> Iterator[Flow[Call]]:
        for plan in plans:
            if stopped:
                return
            yield call_flow(plan, state)

    def ended(place: int, result: Any) -> None:
        nonlocal done, stopped
        done += 1
        if isinstance(result, Call | CallError):
            outcomes[place] = result
            stopped = stopped or (isinstance(result, CallError) and options.on_error == "stop")
        else:
            failures.append(result)
            stopped = True
        tell(done, len(plans))

    method = plans[0].function.method if plans else "nothing"
    with Progress("items", len(plans), doing=method, did=f"{method}:") as shown:
        tell = options.progress or shown
        yield Together(flows(), options.at_once, ended)
    if failures:
        raise failures[0]
    return _outcomes(plans, outcomes, index)


def dry(plans: Iterable[Plan], index: pd.Index[Any] | None = None) -> pd.DataFrame:
    """What would be sent, one row a request (``DRY_COLUMNS``)."""
    rows = [(plan.function.verb, plan.path, _shown(plan)) for plan in plans]
    return _indexed(frame(DRY_COLUMNS, rows), index)


def _shown(plan: Plan) -> str | None:
    """The body without passwords."""
    if plan.body is None or plan.function.body != "json":
        return None if plan.body is None else plan.body.decode("utf-8", "replace")
    return msgspec.json.encode(_hidden(msgspec.json.decode(plan.body))).decode()


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: HIDDEN if is_secret(name) and inner is not None else _hidden(inner)
            for name, inner in value.items()
        }
    return [_hidden(one) for one in value] if isinstance(value, list) else value


def _outcomes(
    plans: Sequence[Plan],
    outcomes: Sequence[Call | CallError | None],
    index: pd.Index[Any],
) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for plan, result in zip(plans, outcomes, strict=True):
        head = (plan.function.verb, plan.path)
        if result is None:
            why = "not sent: an earlier one failed"
            rows.append((*head, None, NOT_SENT, None, why, None, None, None, None))
        elif isinstance(result, CallError):
            rows.append((*head, result.code, result.label, result.category.value, result.message,
                         None, None, result.elapsed, result.at))  # fmt: skip
        else:
            said, made = result.outcome, result.data if isinstance(result.data, dict) else {}
            known = plan.target.rpartition("/")[2] if plan.function.verb != "POST" else None
            number = made.get("id", known)
            rows.append((*head, said.code, said.label, said.category.value, said.message,
                         None if number is None else str(number), made.get("uuid"),
                         result.elapsed, result.at))  # fmt: skip
    return _indexed(frame(BULK_COLUMNS, rows), index)


def _indexed(result: pd.DataFrame, index: pd.Index[Any] | None) -> pd.DataFrame:
    return result if index is None else result.set_axis(index, axis="index")


def _hole_column(table: pd.DataFrame, hole: str, last: bool) -> str:
    names = (hole, "id", "uuid") if last else (hole,)
    for name in names:
        if name in table.columns:
            return name
    raise InvalidArgument(f"the rows need a column {' or '.join(names)}, and have none")


def _records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    columns = [[plain(value) for value in table.iloc[:, place]] for place in range(len(names))]
    if not columns:
        yield from ({} for _ in range(len(table)))
    for cells in zip(*columns, strict=True):
        yield dict(zip(names, cells, strict=True))


def _body_model(function: RestFunction) -> str:
    """The resource that a function's body belongs to."""
    return function.path.strip("/").partition("/{")[0].replace("/", "_")


_READ_ONLY = ("forwards", "services", "members")


def _body(record: dict[str, Any], declared: Model, missing: str) -> dict[str, Any]:
    """A row as the server takes it: embedded objects that are read-only are left out.

    Raises
    ------
    InvalidArgument
        A column that was flattened from a list, which cannot be put together again.
    """
    nested = {one.name: one for one in declared.fields if one.nested}
    declared_names = {one.name for one in declared.fields}
    body: dict[str, Any] = {}
    for name, value in record.items():
        if value is None and missing == "skip":
            continue
        head, dot, rest = name.partition(".")
        field_ = nested.get(head)
        if field_ is None:
            # Of a field that nobody declared, text that holds JSON is what our own frames have.
            body[name] = value if name in declared_names else _unpacked(value)
        elif _is_embedded(field_.name, field_.listed, [part.name for part in field_.parts]):
            continue
        elif dot and field_.listed:
            raise InvalidArgument(
                f"column {name} was flattened; read the list with nested='json' to send it back"
            )
        elif dot:
            body.setdefault(head, {})[rest] = value
        else:
            body[name] = _unpacked(value)
    return body


def _is_embedded(name: str, listed: str, parts: list[str]) -> bool:
    return listed in ("id", "uuid", "href") or parts[:1] == ["id"] or name in _READ_ONLY


def _unpacked(value: Any) -> Any:
    """JSON text as what it holds; our own frames have it so."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
