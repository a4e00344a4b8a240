"""Plots: one call each, matplotlib axes back, no pyplot and no state.

Each takes what the analysis beside it takes, and ``ax`` (where to draw; by default a new figure,
which a notebook shows) and ``theme`` (``"light"`` or ``"dark"``). What colours tell, a pattern, a
shape or words tell too.
"""

from toolkit.analysis.plots.codes import plot_result_codes
from toolkit.analysis.plots.comparison import plot_compare, plot_compare_latency
from toolkit.analysis.plots.errors import plot_errors
from toolkit.analysis.plots.latency import plot_histogram, plot_latency
from toolkit.analysis.plots.levels import plot_log_levels
from toolkit.analysis.plots.patterns import plot_log_patterns
from toolkit.analysis.plots.sessions import plot_sessions
from toolkit.analysis.plots.tasks import is_stats, plot_task_runs, plot_task_stats
from toolkit.analysis.plots.timeline import plot_timeline

__all__ = [
    "is_stats",
    "plot_compare",
    "plot_compare_latency",
    "plot_errors",
    "plot_histogram",
    "plot_latency",
    "plot_log_levels",
    "plot_log_patterns",
    "plot_result_codes",
    "plot_sessions",
    "plot_task_runs",
    "plot_task_stats",
    "plot_timeline",
]
