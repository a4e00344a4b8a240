"""What was found in calls, in runs and in a log: each analysis once, for a report to tell twice."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from toolkit.analysis.codes import result_codes
from toolkit.analysis.counting import time_column
from toolkit.analysis.failures import errors
from toolkit.analysis.latencies import latency
from toolkit.analysis.levels import log_levels
from toolkit.analysis.logins import sessions
from toolkit.analysis.patterns import log_patterns, text_column
from toolkit.analysis.runs import unusual_runs
from toolkit.analysis.scans import COLUMNS as BURST_COLUMNS, bursts
from toolkit.frames import frame


class InCalls:
    """What calls tell."""

    def __init__(self, calls: Any) -> None:
        self.calls = calls

    @cached_property
    def codes(self) -> pd.DataFrame:
        """By service, function and code."""
        return result_codes(self.calls)

    @cached_property
    def hours(self) -> pd.DataFrame:
        """Outcomes by hour, with shares of the hour."""
        return result_codes(self.calls, by=["hour", "category"], within=["hour"])

    @cached_property
    def errors(self) -> pd.DataFrame:
        """Failures by function and code."""
        return errors(self.calls)

    @cached_property
    def bursts(self) -> pd.DataFrame:
        """Bursts of failures."""
        return bursts(self.calls)

    @cached_property
    def latency(self) -> pd.DataFrame:
        """Percentiles by function."""
        return latency(self.calls)

    @cached_property
    def sessions(self) -> pd.DataFrame:
        """Logins and sessions."""
        return sessions(self.calls)


class InRuns:
    """What runs of tasks tell."""

    def __init__(self, runs: pd.DataFrame) -> None:
        self.runs = runs

    @cached_property
    def unusual(self) -> pd.DataFrame:
        """Late, slow and missed runs."""
        return unusual_runs(self.runs)

    @cached_property
    def bursts(self) -> pd.DataFrame:
        """Bursts of failed runs."""
        return bursts(self.runs)


class InLog:
    """What a log tells."""

    def __init__(self, log: Any) -> None:
        self.log = log

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Events by level and hour."""
        return log_levels(self.log)

    @cached_property
    def patterns(self) -> pd.DataFrame | None:
        """Messages by pattern; None of a log without texts."""
        return None if text_column(self.log) is None else log_patterns(self.log)

    @cached_property
    def bursts(self) -> pd.DataFrame:
        """Bursts of errors; none in a log without times or texts."""
        if self.patterns is None or time_column(self.log) is None:
            return frame(BURST_COLUMNS)
        return bursts(self.log)
