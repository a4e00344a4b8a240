"""Recordings and logs as tables, plots and a report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes

import toolkit

LOG = "<Log><Entry time='2019-04-01T08:00:00' level='Info'>up</Entry></Log>"


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """Each analysis takes a frame, or what gives one."""
    mpl.use("agg")
    with toolkit.record(folder / "day.yaml"), toolkit.sertainty.connect(url) as gateway:
        gateway.login_with("ada", answers)
        gateway.task_statuses()
    calls = toolkit.read_calls(folder)
    assert_type(calls, pd.DataFrame)
    stored = toolkit.read_calls([folder / "day.yaml"], to="parquet", folder=folder / "stored")
    assert_type(stored, toolkit.Stored)
    assert_type(stored.rows, int)
    assert_type(toolkit.result_codes(stored, by=["code", "label"]), pd.DataFrame)
    assert_type(toolkit.latency(calls), pd.DataFrame)
    assert_type(toolkit.errors(calls), pd.DataFrame)
    assert_type(toolkit.sessions(calls), pd.DataFrame)
    assert_type(toolkit.task_stats(calls), pd.DataFrame)
    assert_type(toolkit.compare(calls, calls), pd.DataFrame)
    assert_type(toolkit.overview(calls)["latency"], pd.DataFrame)

    log = toolkit.read_log(LOG)
    assert_type(log, pd.DataFrame)
    assert_type(toolkit.log_levels(log), pd.DataFrame)
    for batch in toolkit.iter_log(LOG):
        assert_type(batch, pd.DataFrame)
    for label, interaction in toolkit.recorded(calls.head(1)):
        assert_type(label, object)
        assert interaction.request.method == "POST"

    assert_type(toolkit.plot_result_codes(calls), Axes)
    assert_type(toolkit.write_report(folder / "report.html", calls=calls, log=log), Path)
