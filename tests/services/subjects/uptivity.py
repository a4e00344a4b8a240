"""Uptivity's API server under the contract, through its HTTP door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import toolkit
from tests.services.uptivity.wire import result
from toolkit.conformance import Said, Sample, Subject, sample
from toolkit.conformance.loopback import Act, reply
from toolkit.conformance.subject import Known
from toolkit.frames import Column
from toolkit.outcomes import Category
from toolkit.services.base.functions import Function
from toolkit.services.uptivity.codes import CODES
from toolkit.services.uptivity.results import CALL_COLUMNS, OUTCOME_COLUMNS, USER_COLUMNS

CELLS = {"integer": "7", "boolean": "Y", "time": "4/12/2026 3:51:30 PM -05:00"}
LISTS = {
    "CALLLIST": ("CALLLIST", "CALL", CALL_COLUMNS),
    "IMPORTUSER": ("USERS", "USER", tuple(one for one in USER_COLUMNS if one.name != "phones")),
}


class UptivitySubject(Subject):
    name = "uptivity"
    read = sample("CALLLIST")
    change = sample("CALLSTOP", "2001")
    plain: ClassVar = {"tries": 1}
    samples = (
        sample("TEST"),
        sample("CALLLIST"),
        sample("CALLSTART", "2001", callinstance="a", ani="5550100", user1="two & three"),
        sample("CALLUPDATE", "2001", callinstance="a", keepdays=30),
        sample("CALLLIST"),
        sample("CALLSTOP", "2001", callinstance="a"),
        sample("IMPORTUSER", "list"),
    )

    @contextmanager
    def serve(self) -> Iterator[Known]:
        with toolkit.sandbox.start("uptivity") as box:
            yield {"url": box.url}

    def connect(self, known: Known, **options: Any) -> Any:
        return toolkit.uptivity.connect(known["url"], **{"wait": 0.0, **options})

    def connect_async(self, known: Known, **options: Any) -> Any:
        return toolkit.uptivity.connect_async(known["url"], **{"wait": 0.0, **options})

    def changes(self, one: Sample) -> bool:
        return one.arguments != ("list",) and super().changes(one)

    def answer(self, function: Function, rows: int = 1) -> Act | None:
        if function.name not in LISTS:
            return reply(result("")) if rows == 1 else None
        name, row, columns = LISTS[function.name]
        told = {one.name: CELLS.get(one.kind, (*one.choices, "x")[0]) for one in columns}
        cells = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
        return reply(result("", data=f"<{name}>{f'<{row}>{cells}</{row}>' * rows}</{name}>"))

    def said(self) -> Sequence[Said]:
        first = {row.category: row for row in reversed(CODES.values())}
        good = Category.SUCCESS
        return (
            Said("a success", reply(result("")), good, 20, "API_OK"),
            Said("a success with 500", reply(result(""), "500 Oh"), good, 20, "API_OK"),
            *(
                Said(
                    f"{row.code}",
                    reply(result("", code=row.code, kind=kind or row.label, message=row.label)),
                    category,
                    row.code,
                    row.label,
                    row.meaning,
                )
                for category, row in first.items()
                if category is not good
                for kind in ("" if category is Category.PARTIAL else "ERROR",)
            ),
        )

    def documented(self, function: Function) -> Sequence[Column]:
        columns: dict[str, Sequence[Column]] = {
            "CALLLIST": CALL_COLUMNS,
            "IMPORTUSER": USER_COLUMNS,
        }
        return columns.get(function.name, OUTCOME_COLUMNS)
