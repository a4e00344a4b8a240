"""What each view of a dashboard shows, as plain texts and numbers for the page.

A view is a mapping with ``rows`` (or ``columns``), a ``note`` in words where something is left
out or there is nothing to show, and ``code``: the lines of pandas that give the same numbers.
A row is ``{"key", "name", "word", "size", "failed", "text", "filters"}``; sizes are shares of the
longest bar, 0 to 1. ``filters`` stay with the kernel.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from toolkit.analysis.codes import NO_FAILURE, missing
from toolkit.widgets.chosen import Condition, Within
from toolkit.widgets.timeslots import Step

ROWS = 40
"""Bars of a view that are sent to the page."""
SLOW = 15
"""Functions that are shown as the slowest."""
LONG = 160
"""Characters that are shown of a name, a message or an error."""

View = dict[str, Any]


def cut(value: Any, length: int = LONG) -> str:
    r"""A text of one line that is not too long.

    Examples
    --------
    >>> cut("a\nb"), cut(None), cut("abcdef", 4)
    ('a b', '', 'abc…')
    """
    text = "" if missing(value) else " ".join(str(value).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"


def counted(count: int, word: str) -> str:
    """A number with its word.

    Examples
    --------
    >>> counted(1, "call"), counted(1200, "call")
    ('1 call', '1,200 calls')
    """
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def seconds(value: float) -> str:
    """A duration with its unit.

    Examples
    --------
    >>> seconds(0.0123), seconds(0.5), seconds(75)
    ('12.3 ms', '500 ms', '75 s')
    """
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} s" if value < 1000 else f"{value:,.0f} s"


def functions(codes: pd.DataFrame, *, several: bool) -> View:
    """Calls of each function, from ``result_codes(by=["service", "function", "category"])``."""
    fine = codes["category"].isin(NO_FAILURE)
    table = codes.assign(failed=codes["calls"].where(~fine, 0)).astype(
        {"service": "str", "function": "str"}
    )
    sums = table.groupby(["service", "function"], dropna=False)[["calls", "failed"]].sum()
    sums = sums.sort_values("calls", ascending=False, kind="stable")
    rows = []
    for (service, function), calls, failed in sums.itertuples(name=None):
        name = f"{service} {function}" if several else str(function)
        filters = (Condition("service", service),) if several else ()
        rows.append(row_of(name, calls, failed, (*filters, Condition("function", function))))
    return view_of(rows, "function", "No call to show.")


def codes(table: pd.DataFrame, *, several: bool) -> View:
    """Result codes, from ``result_codes(by=["service", "code", "label", "category"])``."""
    rows = []
    for _, one in table.iterrows():
        code, label = _plain(one["code"]), _plain(one["label"])
        code = None if code is None else int(code)
        filters = [Condition("code", code), Condition("label", label)]
        words = [label or "no label", "" if code is None else str(code)]
        if several:
            filters.insert(0, Condition("service", str(one["service"])))
            words.insert(0, str(one["service"]))
        calls = int(one["calls"])
        failed = 0 if one["category"] in NO_FAILURE else calls
        row = row_of(" ".join(filter(None, words)), calls, failed, tuple(filters))
        share = f"{one['share']:.1%}" if one["share"] >= 0.001 else "below 0.1%"
        row |= {"word": str(one["category"]), "text": f"{counted(calls, 'call')}, {share}"}
        rows.append(row)
    return view_of(rows, "result code", "No call to show.")


def times(counts: pd.DataFrame, step: Step, span: tuple[pd.Timestamp, pd.Timestamp] | None) -> View:
    """Calls and failures of each slot of time, from :func:`toolkit.widgets.timeslots.count`.

    The axis is that of all calls, whatever was chosen; a slot without calls is a gap in it.
    """
    if span is None or counts.empty:
        return {"columns": [], "note": "No call to show has a time."}
    first, last = (moment.floor(step.freq) for moment in span)
    every = counts.reindex(pd.date_range(first, last, freq=step.freq), fill_value=0)
    most = max(int(every["calls"].max()), 1)
    worst = max(int(every["failed"].max()), 1)
    columns = []
    for start, calls, failed in every[["calls", "failed"]].itertuples(name=None):
        row = row_of(step.name(start), int(calls), int(failed),
                   (Within("at", start, start + step.length),))  # fmt: skip
        columns.append(row | {"size": calls / most, "failed": failed / most})
    total = int(every["failed"].sum())
    note = "" if total else "No call to show failed."
    axis = {
        "most": f"{most:,}",
        "what": f"calls per {step.text}; at most {worst:,} of them failed" if total else
        f"calls per {step.text}",
        "ends": [columns[0]["name"], columns[-1]["name"]],
    }  # fmt: skip
    return {"columns": columns, "axis": axis, "note": note}


def slow(table: pd.DataFrame, *, several: bool) -> View:
    """The slowest functions, from ``latency()``."""
    longest = float(table["p95"].max()) if len(table) else 0.0
    rows = []
    for _, one in table.head(SLOW).iterrows():
        name = f"{one['service']} {one['function']}" if several else str(one["function"])
        filters = (Condition("service", str(one["service"])),) if several else ()
        row = row_of(name, int(one["calls"]), 0,
                   (*filters, Condition("function", str(one["function"]))))  # fmt: skip
        row["size"] = float(one["p95"]) / longest if longest else 0.0
        row["text"] = (
            f"{seconds(one['p95'])}, half within {seconds(one['p50'])}, "
            f"{counted(int(one['calls']), 'call')}"
        )
        rows.append(row)
    view = {"rows": rows, "note": "" if rows else "No call to show has a recorded duration."}
    if len(table) > SLOW:
        view["note"] = f"The {SLOW} slowest of {len(table):,} functions."
    return view


def row_of(name: str, calls: int, failed: int, filters: tuple[Any, ...]) -> dict[str, Any]:
    """A row of so many calls; its size is made a share of the longest by :func:`view_of`."""
    text = counted(calls, "call") + (f", {failed:,} failed" if failed else "")
    return {
        "key": name,
        "name": cut(name),
        "word": "",
        "size": calls,
        "failed": failed,
        "text": text,
        "filters": filters,
    }


def view_of(rows: list[dict[str, Any]], word: str, nothing: str) -> View:
    """The first rows as a view, and a note of what is left out."""
    longest = max((row["size"] for row in rows), default=1) or 1
    shown = rows[:ROWS]
    rest = sum(row["size"] for row in rows[ROWS:])
    for row in shown:
        row["size"], row["failed"] = float(row["size"] / longest), float(row["failed"] / longest)
    note = "" if rows else nothing
    if rest:
        note = (
            f"The first {ROWS} of {counted(len(rows), word)}; "
            f"{counted(rest, 'call')} of the others are not shown."
        )
    return {"rows": shown, "note": note}


def _plain(value: Any) -> Any:
    return None if missing(value) else value


def without_filters(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they are sent to the page."""
    return [{name: cell for name, cell in row.items() if name != "filters"} for row in rows]
