"""Recorded calls, logs and task statistics as tables, plots and a report.

Every analysis takes a DataFrame and gives a DataFrame with declared columns, the same when it is
empty. Each stands in a file of its own, in two steps: a count that could be merged with those of
other parts of the data, and a small finish.
"""

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "compare": "comparison",
    "log_levels": "levels",
    "plot_log_levels": "plots",
    "plot_result_codes": "plots",
    "plot_task_stats": "plots",
    "read_calls": "calls",
    "read_log": "logs",
    "recorded": "recordings",
    "result_codes": "codes",
    "task_stats": "tasks",
    "unreadable": "calls",
    "write_report": "report",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from toolkit.analysis.calls import read_calls as read_calls, unreadable as unreadable
    from toolkit.analysis.codes import result_codes as result_codes
    from toolkit.analysis.comparison import compare as compare
    from toolkit.analysis.levels import log_levels as log_levels
    from toolkit.analysis.logs import read_log as read_log
    from toolkit.analysis.plots import (
        plot_log_levels as plot_log_levels,
        plot_result_codes as plot_result_codes,
        plot_task_stats as plot_task_stats,
    )
    from toolkit.analysis.recordings import recorded as recorded
    from toolkit.analysis.report import write_report as write_report
    from toolkit.analysis.tasks import task_stats as task_stats


def __getattr__(name: str) -> Any:
    """Load a name's file when it is first asked for: matplotlib is slow to import."""
    if name not in _HOMES:
        raise AttributeError(f"module 'toolkit.analysis' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"toolkit.analysis.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
