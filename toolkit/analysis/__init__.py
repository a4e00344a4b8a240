"""Recorded calls, logs and task statistics as tables, plots and a report.

Every analysis takes a DataFrame and gives a DataFrame with declared columns, the same when it is
empty. Each stands in a file of its own, in two steps: a count that could be merged with those of
other parts of the data, and a small finish. No module has the name of a public function, which it
would hide.
"""

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Stored": "parquet",
    "bursts": "scans",
    "compare": "comparison",
    "compare_fields": "fields",
    "compare_latency": "latency_shifts",
    "errors": "failures",
    "histogram": "latencies",
    "iter_log": "logs",
    "latency": "latencies",
    "log_levels": "levels",
    "log_patterns": "patterns",
    "overview": "glance",
    "plot_compare": "plots",
    "plot_compare_latency": "plots",
    "plot_errors": "plots",
    "plot_histogram": "plots",
    "plot_latency": "plots",
    "plot_log_levels": "plots",
    "plot_log_patterns": "plots",
    "plot_result_codes": "plots",
    "plot_sessions": "plots",
    "plot_task_runs": "plots",
    "plot_task_stats": "plots",
    "plot_timeline": "plots",
    "read_calls": "calls",
    "read_log": "logs",
    "recorded": "recordings",
    "recorded_logs": "logbooks",
    "result_codes": "codes",
    "sessions": "logins",
    "task_runs": "runs",
    "task_stats": "tasks",
    "timeline": "axis",
    "unreadable": "calls",
    "unusual_runs": "runs",
    "write_report": "report",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from toolkit.analysis.axis import timeline as timeline
    from toolkit.analysis.calls import read_calls as read_calls, unreadable as unreadable
    from toolkit.analysis.codes import result_codes as result_codes
    from toolkit.analysis.comparison import compare as compare
    from toolkit.analysis.failures import errors as errors
    from toolkit.analysis.fields import compare_fields as compare_fields
    from toolkit.analysis.glance import overview as overview
    from toolkit.analysis.latencies import histogram as histogram, latency as latency
    from toolkit.analysis.latency_shifts import compare_latency as compare_latency
    from toolkit.analysis.levels import log_levels as log_levels
    from toolkit.analysis.logbooks import recorded_logs as recorded_logs
    from toolkit.analysis.logins import sessions as sessions
    from toolkit.analysis.logs import iter_log as iter_log, read_log as read_log
    from toolkit.analysis.parquet import Stored as Stored
    from toolkit.analysis.patterns import log_patterns as log_patterns
    from toolkit.analysis.plots import (
        plot_compare as plot_compare,
        plot_compare_latency as plot_compare_latency,
        plot_errors as plot_errors,
        plot_histogram as plot_histogram,
        plot_latency as plot_latency,
        plot_log_levels as plot_log_levels,
        plot_log_patterns as plot_log_patterns,
        plot_result_codes as plot_result_codes,
        plot_sessions as plot_sessions,
        plot_task_runs as plot_task_runs,
        plot_task_stats as plot_task_stats,
        plot_timeline as plot_timeline,
    )
    from toolkit.analysis.recordings import recorded as recorded
    from toolkit.analysis.report import write_report as write_report
    from toolkit.analysis.runs import task_runs as task_runs, unusual_runs as unusual_runs
    from toolkit.analysis.scans import bursts as bursts
    from toolkit.analysis.tasks import task_stats as task_stats


if not TYPE_CHECKING:  # to a type checker a misspelt name is an error

    def __getattr__(name: str) -> Any:
        """Load a name's file when it is first asked for: matplotlib is slow to import."""
        if name not in _HOMES:
            raise AttributeError(f"module 'toolkit.analysis' has no attribute {name!r}")
        found = getattr(importlib.import_module(f"toolkit.analysis.{_HOMES[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return __all__
