"""Sessions in recordings: who logged in, how often they were challenged, how long they stayed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit import services
from toolkit.analysis import counting
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import CallSource, as_calls, missing
from toolkit.frames import Column, frame
from toolkit.outcomes import Category
from toolkit.services.base.functions import Function

OUTCOMES = ("opened", "denied", "unfinished", "failed")
ENDS = ("closed", "replaced", "end of recording")
COLUMNS = (
    Column("service", "category", about="the service"),
    Column("cassette", "category", about="the file"),
    Column("user", about="who logged in"),
    Column("outcome", "category", OUTCOMES, "what became of the login"),
    Column("challenges", "integer", about="rounds of challenges"),
    Column("asked", "time", about="when the login began (UTC)"),
    Column("opened", "time", about="when the session was granted (UTC)"),
    Column("ended", "time", about="its last call (UTC)"),
    Column("seconds", "number", about="from the grant to the last call"),
    Column("calls", "integer", about="calls in the session, without those of the login"),
    Column("failures", "integer", about="calls of those that failed, access denied among them"),
    Column("denials", "integer", about="calls of those to which access was denied"),
    Column("end", "category", ENDS, "how it ended, as far as was recorded"),
)
_NEEDED = ["cassette", "position", "at", "service", "function", "target", "category"]
_FINE = (Category.SUCCESS.value, Category.PARTIAL.value, Category.CHALLENGED.value)


def sessions(calls: CallSource) -> pd.DataFrame:
    """Logins and the sessions that came of them.

    A login is the calls of a function that opens a session, up to the one that is granted or
    denied. Its session has the calls after it in the same cassette, up to the call that closes
    it or the next login to the same service. Two clients that were recorded into one cassette at
    the same time cannot be told apart.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls` (a frame of any engine with its columns), or what that takes.

    Returns
    -------
    DataFrame
        In the order of the recordings: ``service``, ``cassette`` category · ``user`` str ·
        ``outcome`` category (opened, denied, unfinished: the last answer was a challenge;
        failed) · ``challenges`` Int64 · ``asked``, ``opened``, ``ended`` datetime64[us, UTC] ·
        ``seconds`` float64 · ``calls``, ``failures``, ``denials`` Int64 · ``end`` category
        (closed, replaced by the next login, end of recording).

    Examples
    --------
    >>> found = sessions("cassettes/monday.yaml")
    >>> found[["user", "outcome", "challenges"]].values.tolist()
    [['ada', 'opened', 2]]
    """
    return finish(count(as_calls(calls)))


def count(calls: Any) -> pd.DataFrame:
    """What of each call is needed, in order; parts of the data are put one below the other."""
    kept = counting.collected(counting.lazily(calls, CALL_COLUMNS).select(*_NEEDED))
    return kept.sort_values(["cassette", "position"], kind="stable")


def turning_points() -> dict[str, dict[str, bool]]:
    """By service, the functions that open a session (True) or close one (False)."""
    found: dict[str, dict[str, bool]] = {}
    for name, service in services.load().items():
        turns = {row.name: True for row in service.functions.all if _opens(row)}
        turns |= {row.name: False for row in service.functions.all if _closes(row)}
        found[name] = turns
    return found


def finish(counted: pd.DataFrame) -> pd.DataFrame:
    """Sessions told from the calls in their order."""
    turns = turning_points()
    rows: list[dict[str, Any]] = []
    for (cassette, service), group in counted.groupby(
        ["cassette", "service"], observed=True, sort=False
    ):
        known = turns.get(str(service), {})
        if known:
            rows += _of_one_cassette(str(cassette), str(service), group, known)
    return frame(COLUMNS, rows)


def _of_one_cassette(
    cassette: str, service: str, calls: pd.DataFrame, known: dict[str, bool]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    login: dict[str, Any] | None = None  # the login that is not decided yet
    session: dict[str, Any] | None = None
    names = ("at", "function", "target", "category")
    for at, function, target, category in zip(*(calls[name] for name in names), strict=True):
        at = None if missing(at) else at.to_pydatetime()
        turn = known.get(str(function))
        if turn:
            if login is None or login["user"] != target:
                login = {"service": service, "cassette": cassette, "user": target, "asked": at}
                login |= {"challenges": 0, "outcome": "unfinished"}
                rows.append(login)
            if category == Category.CHALLENGED:
                login["challenges"] += 1
                continue
            login["outcome"] = _decided(str(category))
            if login["outcome"] == "opened":
                if session is not None:
                    session["end"] = "replaced"
                session = login
                session |= {"opened": at, "ended": at, "calls": 0, "failures": 0, "denials": 0}
                session["end"] = "end of recording"
            login = None
        elif session is not None:
            session["calls"] += 1
            session["failures"] += category not in _FINE
            session["denials"] += category == Category.DENIED
            session["ended"] = at or session["ended"]
            if turn is False and category == Category.SUCCESS:
                session["end"] = "closed"
                session = None
    for row in rows:
        if row.get("opened") and row.get("ended"):
            row["seconds"] = (row["ended"] - row["opened"]).total_seconds()
    return rows


def _decided(category: str) -> str:
    if category == Category.SUCCESS:
        return "opened"
    return "denied" if category == Category.DENIED else "failed"


def _opens(function: Function) -> bool:
    """Whether a function gives a session."""
    return any(result.kind == "session" for result in function.results)


def _closes(function: Function) -> bool:
    return "close" in function.name.casefold() and "session" in function.name.casefold()
