"""Tasks: status record, log, pause, resume, reset (guide 4.30-4.34)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.sandbox.sertainty.clock import write_time
from toolkit.sandbox.sertainty.codes import not_found
from toolkit.sandbox.sertainty.definitions import check_name
from toolkit.sandbox.sertainty.envelope import Result
from toolkit.sandbox.sertainty.runs import task_status

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.gateway import Call


def _task(call: Call) -> Any:
    config, name = call.config(0), check_name(call.text(1), "task name")
    row = call.store.row("SELECT * FROM task WHERE config = ? AND name = ?", config, name)
    if row is None:
        raise not_found(f"task {name!r}")
    return row


def _tasks(call: Call) -> list[Any]:
    """The named task, or all of the configuration for an asterisk."""
    config = call.config(0)
    if call.text(1) == "*":
        return call.store.rows("SELECT * FROM task WHERE config = ? ORDER BY position", config)
    return [_task(call)]


def get_log(call: Call) -> list[Result]:
    """taskGetLog: a task that never ran has an empty log."""
    task = _task(call)
    return [Result(call.log_document(task["config"], task["name"]))]


def get_status(call: Call) -> list[Result]:
    """taskGetStatus: the only function whose results carry names (guide 4.31)."""
    task = _task(call)
    record = {
        "StartTime": write_time(task["start_time"]),
        "EndTime": write_time(task["end_time"]),
        "LastErrorTime": write_time(task["last_error_time"]),
        "Status": task_status(task),
        "Error": task["error"],
        "ExecCnt": str(task["exec_cnt"]),
        "ErrorCnt": str(task["error_cnt"]),
    }
    named = call.switches.named_status
    return [Result(text.encode(), name if named else None) for name, text in record.items()]


def pause(call: Call) -> None:
    """taskPause: the run under way ends in its time, no other begins."""
    _mark(call, paused=True)


def resume(call: Call) -> None:
    """taskResume: the next run comes at the next scheduled time."""
    _mark(call, paused=False)


def _mark(call: Call, *, paused: bool) -> None:
    for task in _tasks(call):
        call.store.execute(
            "UPDATE task SET paused = ? WHERE config = ? AND name = ?",
            paused, task["config"], task["name"],
        )  # fmt: skip


def reset(call: Call) -> None:
    """taskReset: clears the status record and the log; a run under way is counted on."""
    for task in _tasks(call):
        call.store.execute(
            "UPDATE task SET start_time = CASE phase WHEN 'end' THEN start_time END,"
            " exec_cnt = (phase = 'end'), end_time = NULL, last_error_time = NULL, error = '',"
            " error_cnt = 0, failed = 0 WHERE config = ? AND name = ?",
            task["config"], task["name"],
        )  # fmt: skip
        call.gateway.logs.open(call.now, task["config"], task["name"])
