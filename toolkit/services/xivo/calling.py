"""A call by name or by method: arguments to a plan, the plan sent, the answer as a DataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from toolkit.collector import without_collector
from toolkit.progress import Progress
from toolkit.services.base.driving import Flow
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.answers import View, frame_of, view_of
from toolkit.services.xivo.call import Plan
from toolkit.services.xivo.flows import fetch_flow
from toolkit.services.xivo.paging import PAGE, Tell, list_flow
from toolkit.services.xivo.planning import make_plan
from toolkit.services.xivo.state import State

_VIEWS = tuple(field.name for field in fields(View) if field.name != "resource")


def frame_flow(
    state: State,
    function: RestFunction,
    values: tuple[Any, ...] = (),
    named: Mapping[str, Any] | None = None,
    *,
    body: Any = None,
    page: int = PAGE,
    progress: Tell | None = None,
) -> Flow[pd.DataFrame]:
    """What ``server.call(name, *values, **named)`` does.

    Parameters
    ----------
    values : tuple
        What fills the path's holes; one more is the body.
    named : mapping
        ``nested``, ``secrets`` and ``timezone`` say what the DataFrame holds (see ``View``); the
        rest are parameters of the query, or the fields of a JSON body.
    body : optional
        The body itself.

    Raises
    ------
    InvalidArgument
        The arguments do not fit the function; nothing was sent.
    CallError
        Any of its kinds.
    """
    rest = dict(named or {})
    view = View(**{name: rest.pop(name) for name in _VIEWS if name in rest})
    holes = len(function.holes)
    if body is None and function.body and len(values) == holes + 1:
        *first, body = values
        values = tuple(first)
    if function.body == "json" and rest and isinstance(body, Mapping | None):
        body, rest = {**(body or {}), **rest}, {}
    plan = make_plan(function, values, rest, body)
    view = view_of(plan.query, view)
    if function.shape == "items" and not function.changes:
        return (yield from read_list(state, plan, view, page=page, progress=progress))
    return frame_of((yield from fetch_flow(plan, state)), view)


def read_list(
    state: State,
    plan: Plan,
    view: View,
    *,
    page: int = PAGE,
    progress: Tell | None = None,
) -> Flow[pd.DataFrame]:
    """A whole list as a DataFrame, with a progress bar when it takes long.

    ``attrs`` holds ``total`` (how many the server says that match), and tells the last request.
    """
    what = plan.function.method.removesuffix(".list")
    with Progress(what) as shown:
        tell = progress or shown
        found = yield from list_flow(plan, state, page=page, progress=tell)
    state.last = found.call
    with without_collector():
        frame = view.build(found.items, plan.function.resource)
    frame.attrs.update(found.call.attrs)
    if found.total is not None:
        frame.attrs["total"] = found.total
    return frame
