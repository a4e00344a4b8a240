"""Call logs and the figures of switchboards, which are CSV whatever Accept says."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator

from toolkit.sandbox.xivo.call import Call
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import bad_input
from toolkit.sandbox.xivo.web import Reply, Route

_CSV = "text/csv; charset=utf-8"
_LOG_HEADER = ("Call Date", "Caller", "Called", "Period", "user Field")
_STATS_HEADER = ("date", "entered", "answered", "transferred", "abandoned", "forwarded",
                 "waiting_time_average")  # fmt: skip
_LOG_DAYS = 30


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part; none in Wazo."""
    if era.tenants:
        return
    yield Route("GET", "/call_logs", read_logs)
    yield Route("GET", "/switchboards/{switchboard_id}/stats", read_stats)


def _moment(call: Call, name: str) -> dt.datetime | None:
    text = call.request.query.get(name)
    if text is None:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise bad_input(f"field '{name}': wrong type. Should be a valid datetime") from None


def _span(call: Call) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Start and end, of which both or none must be said."""
    start, end = _moment(call, "start_date"), _moment(call, "end_date")
    if (start is None) != (end is None):
        missing = "end_date" if end is None else "start_date"
        raise bad_input(f"missing parameters: {missing}")
    return start, end


def read_logs(call: Call) -> Reply:
    """The calls of the last month, as CSV whatever Accept says."""
    start, end = _span(call)
    rows = [
        row
        for row in _calls(call)
        if start is None or end is None or start <= dt.datetime.fromisoformat(row[0]) <= end
    ]
    reply = _table(_LOG_HEADER, rows)
    reply.headers.append(("Content-disposition", "attachment;filename=xivo-call-logs.csv"))
    return reply


def _calls(call: Call) -> list[tuple[str, ...]]:
    """Invented calls between the users there were at the start."""
    users = list(call.store.items["users"].values())[:200]
    chance = random.Random(f"{call.world.seed} calls")  # noqa: S311 - invented, no secret
    begin = dt.datetime(2026, 3, 2, 8, 0)
    rows = []
    for _ in range(3 * len(users)):
        caller = chance.choice(users)
        at = begin + dt.timedelta(seconds=chance.randrange(_LOG_DAYS * 86400))
        name = " ".join(one for one in (caller["firstname"], caller["lastname"]) if one)
        called, period = str(1000 + chance.randrange(1000)), str(chance.randrange(600))
        rows.append((at.isoformat(), f"{name} ({1000 + chance.randrange(1000)})", called, period,
                     caller["userfield"] or ""))  # fmt: skip
    return sorted(rows)


def read_stats(call: Call) -> Reply:
    """The figures of a switchboard, a row a day."""
    call.key("switchboards", "switchboard_id")
    start, end = _span(call)
    chance = random.Random(f"{call.world.seed} switchboard")  # noqa: S311 - invented
    rows = []
    for day in range(7):
        at = dt.datetime(2026, 3, 2) + dt.timedelta(days=day)
        figures = [chance.randrange(50) for _ in _STATS_HEADER[1:]]
        if start is None or end is None or start <= at <= end:
            rows.append((at.date().isoformat(), *map(str, figures)))
    return _table(_STATS_HEADER, rows)


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Reply:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return Reply(200, out.getvalue().encode(), _CSV)
