"""What changed between two recordings."""

from __future__ import annotations

import pandas as pd

from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import BY, CallSource, as_calls, count, typed
from toolkit.frames import Column

STATES = ("new", "gone", "changed", "same")

_CALLS = {column.name: column for column in CALL_COLUMNS}
COLUMNS = (
    Column("state", "category", STATES, "what became of the code"),
    *(_CALLS[name] for name in BY),
    Column("before", "integer", about="calls in the first recording"),
    Column("after", "integer", about="calls in the second"),
    Column("share_before", "number", about="of the function's calls, 0 to 1"),
    Column("share_after", "number", about="of the function's calls, 0 to 1"),
    Column("change", "number", about="share_after less share_before, -1 to 1"),
)


def compare(
    before: CallSource,
    after: CallSource,
    *,
    tolerance: float = 0.01,
) -> pd.DataFrame:
    """The result codes of two recordings side by side, function by function.

    Parameters
    ----------
    before, after : DataFrame or recordings
        From :func:`read_calls`, or what that takes.
    tolerance : float
        How much of a function's calls a code's share may move and still be the same: 0.01 is one
        in a hundred.

    Returns
    -------
    DataFrame
        ``state`` category (new, gone, changed, same) · ``service``, ``function`` category ·
        ``code`` Int64 · ``label``, ``category`` category · ``before``, ``after`` Int64 ·
        ``share_before``, ``share_after``, ``change`` float64; a share is missing where the
        function was not called. New ones first, then gone, changed and same; the largest
        change first.

    See Also
    --------
    compare_latency : functions that became slower or faster.
    compare_fields : what changed in the answers.

    Examples
    --------
    >>> changes = compare("cassettes/monday.yaml", "cassettes/tuesday.yaml")
    >>> len(changes[changes["state"] != "same"])
    0
    """
    return finish(count(as_calls(before), BY), count(as_calls(after), BY), tolerance)


def finish(before: pd.DataFrame, after: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """Compare counts by service, function, code, label and category."""
    keys = list(BY)
    sides = [
        _shares(counted)[[*keys, "calls", "share"]].astype(dict.fromkeys(_text(keys), "object"))
        for counted in (before, after)
    ]
    table = sides[0].merge(sides[1], on=keys, how="outer", suffixes=("_before", "_after"))
    table = table.rename(columns={"calls_before": "before", "calls_after": "after"})
    table[["before", "after"]] = table[["before", "after"]].fillna(0).astype("int64")
    for side, counted in (("before", before), ("after", after)):
        # A function that was called has a share of 0 of a code that it did not give.
        called = set(zip(counted["service"], counted["function"], strict=True))
        pairs = zip(table["service"], table["function"], strict=True)
        zero = table[f"share_{side}"].isna() & pd.Series([pair in called for pair in pairs])
        table.loc[zero, f"share_{side}"] = 0.0
    table["change"] = table["share_after"] - table["share_before"]
    table["state"] = "same"
    table.loc[table["change"].abs() > tolerance, "state"] = "changed"
    table.loc[table["before"] == 0, "state"] = "new"
    table.loc[table["after"] == 0, "state"] = "gone"
    order = table["state"].map({state: place for place, state in enumerate(STATES)})
    size = -table["change"].abs().fillna(1.0)
    table = table.assign(order=order, size=size).sort_values(["order", "size"], kind="stable")
    return typed(table, COLUMNS)


def _shares(counted: pd.DataFrame) -> pd.DataFrame:
    function = counted.groupby(["service", "function"], observed=True, dropna=False)["calls"]
    return counted.assign(share=counted["calls"] / function.transform("sum"))


def _text(keys: list[str]) -> list[str]:
    return [key for key in keys if _CALLS[key].kind != "integer"]
