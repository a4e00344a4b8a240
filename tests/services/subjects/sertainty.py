"""Sertainty's gateway under the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import toolkit
from tests.services.sertainty.wire import response
from toolkit.conformance import Said, Subject, sample
from toolkit.conformance.loopback import Act, reply
from toolkit.conformance.subject import Known
from toolkit.frames import Column
from toolkit.outcomes import Category
from toolkit.services.base.functions import Function, Result

SESSION = "0123456789abcdef0123456789abcdef"
TASKS = "<Tasks config='Fresh'><Task name='t' kind='Time'/></Tasks>"
TEMPLATE = "<Task name='weekly' kind='Time'/>"
LOG = (
    "<Log>" + "<Entry><time>2026-01-05T09:00:00</time><level>info</level><source>agent</source>"
    "<text>begun</text></Entry>" * 2 + "</Log>"
)
VALUES = {
    "text": "word",
    "integer": "7",
    "time": "2026-01-05T09:00:00",
    "binary": b"\x00\xffbytes",
    "session": SESSION,
}


class SertaintySubject(Subject):
    name = "sertainty"
    read = sample("configGetStatus", "Nightly")
    change = sample("configActivate", "Nightly")
    ends = ("hostOpenSession", "hostCloseSession")
    plain: ClassVar = {"reopen": False}
    samples = (
        sample("agentPing"),
        sample("agentGetStatus"),
        sample("agentAlter", "Disable"),
        sample("agentAlter", "Enable"),
        sample("agentGetLog"),
        sample("configGetList"),
        sample("configCreate", "Fresh"),
        sample("configSaveTasks", "Fresh", TASKS),
        sample("configGetTasks", "Fresh"),
        sample("configGetTasks", "Zürich"),
        sample("configNewID", "Fresh", "own.iic"),
        sample("configSaveID", "Fresh", "own.iic", b"\x00\xff id"),
        sample("configGetID", "Fresh", "own.iic"),
        sample("configSaveScript", "Fresh", "own.uxl", b"\xff\x00 script"),
        sample("configGetScript", "Fresh", "own.uxl"),
        sample("configGetStatus", "Fresh"),
        sample("configActivate", "Fresh"),
        sample("configActivate", "Nightly"),
        sample("configDelete", "Fresh"),
        sample("hostGetMachine"),
        sample("sharedNewID", "new.iic"),
        sample("sharedSaveID", "new.iic", b"id"),
        sample("sharedGetID", "new.iic"),
        sample("sharedGetPresetList"),
        sample("sharedGetPreset", "Strict"),
        sample("sharedSaveScript", "new.uxl", b"script"),
        sample("sharedGetScript", "new.uxl"),
        sample("taskGetStatus", "Nightly", "ingest"),
        sample("taskGetLog", "Nightly", "ingest"),
        sample("taskPause", "Nightly", "ingest"),
        sample("taskResume", "Nightly", "ingest"),
        sample("taskReset", "Nightly", "ingest"),
        sample("templateSaveTask", TEMPLATE),
        sample("templateGetList"),
        sample("templateGetTask", "weekly"),
        sample("agentRestart"),
        sample("agentShutdown"),
        sample("agentStart"),
        sample("hostOpenSession", "charles"),
        sample("hostCloseSession"),
    )

    @contextmanager
    def serve(self) -> Iterator[Known]:
        with toolkit.sandbox.start("sertainty", seed=3) as box:
            yield {"url": box.url, "user": box.user, "answers": box.answers}

    def connect(self, known: Known, **options: Any) -> Any:
        return toolkit.sertainty.connect(known["url"], **options)

    def connect_async(self, known: Known, **options: Any) -> Any:
        return toolkit.sertainty.connect_async(known["url"], **options)

    def known(self, url: str) -> Known:
        return {"url": url, "user": "ada", "answers": {"Ship?": "the Nautilus"}}

    def login(self, client: Any, known: Known) -> Any:
        return client.login_with(known["user"], known["answers"])

    def secrets(self, client: Any, known: Known) -> Iterator[str]:
        yield from known["answers"].values()
        if client._state.session_id is not None:
            yield client._state.session_id

    def welcome(self) -> Sequence[Act]:
        return reply(response(2, ("prompt-1", "Ship?"))), reply(response(1, SESSION))

    def answer(self, function: Function, rows: int = 1) -> Act | None:
        repeated = any(one.repeated for one in function.results)
        if function.name == "hostOpenSession":
            return reply(response(1, SESSION)) if rows == 1 else None
        if not repeated:
            return reply(response(1, *map(_value, function.results))) if rows == 1 else None
        first = function.results[0]
        if first.kind == "text":
            return reply(response(1, *[f"word{number}" for number in range(rows)]))
        return reply(response(1, _document(first, rows)))

    def said(self) -> Sequence[Said]:
        good = ("Active", "Normal")
        labels = {
            2: ("CHALLENGED", Category.CHALLENGED),
            213: ("FILE_NOT_FOUND", Category.NOT_FOUND),
            232: ("FILE_EXISTS", Category.CONFLICT),
            408: ("INVALID_REQUEST", Category.INVALID_REQUEST),
            502: ("GENERAL_ERROR", Category.SERVER_FAULT),
            77: ("STATUS_77", Category.UNKNOWN),
            # The session is lost and cannot be opened again, so it is the last one.
            3: ("ACCESS_DENIED", Category.DENIED),
        }
        ok = Category.SUCCESS
        body = response(1, *good)
        return (
            Said("a success", reply(body), ok, 1, "SUCCESS"),
            Said("a success with 500", reply(body, "500 Oh"), ok, 1, "SUCCESS"),
            *(
                Said(f"{code} with {status[:3]}", reply(response(code, message="why"), status),
                     category, code, label, "why")
                for code, (label, category) in labels.items()
                for status in (("200 OK", "404 Oh") if code == 213 else ("200 OK",))
            ),
        )  # fmt: skip

    def documented(self, function: Function) -> Sequence[Column]:
        return [
            *(one for result in function.results for one in result.records if result.repeated),
            *(one for one in super().documented(function) if function.results[0].column),
        ]


def _value(result: Result) -> bytes | str:
    if result.kind == "category":
        return result.choices[0]
    if result.kind == "xml":
        name = result.path.rpartition("/")[2]
        return f"<a><{name} name='x'/><{name} name='y'/></a>"
    return VALUES[result.kind]


def _document(result: Result, rows: int) -> str:
    if "Log" in result.path:
        entry = "".join(
            f"<{column.name}>{VALUES.get(column.kind)}</{column.name}>" for column in result.records
        )
        return f"<Log>{f'<Entry>{entry}</Entry>' * rows}</Log>"
    return f"<Tasks>{TEMPLATE * rows}</Tasks>"
