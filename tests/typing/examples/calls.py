"""Calls: a method, the same by its wire name, the tables, and what to catch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pandas as pd

import toolkit
from toolkit.services.sertainty import Gateway


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """Log in and look around."""
    with toolkit.sertainty.connect(url, limits=toolkit.Limits(total=20.0)) as gateway:
        assert_type(gateway, Gateway)
        gateway.login_with("ada", answers)
        status = gateway.task.get_status("Nightly", "ingest")
        assert_type(status, pd.DataFrame)
        assert_type(gateway.call("taskGetStatus", "Nightly", "ingest"), pd.DataFrame)
        assert_type(gateway.task_statuses(), pd.DataFrame)
        status.to_csv(folder / "status.csv")
        assert what_failed(gateway, "no-such-task") == (toolkit.Category.NOT_FOUND, 213)
    assert_type(toolkit.functions("sertainty"), pd.DataFrame)
    assert_type(toolkit.codes("sertainty"), pd.DataFrame)


def what_failed(gateway: Gateway, task: str) -> tuple[toolkit.Category, int | None] | None:
    """The category and the code of what the gateway refused."""
    try:
        gateway.task.get_status("Nightly", task)
    except toolkit.NotFound as error:
        assert_type(error.label, str)
        return error.category, error.code
    except toolkit.CallError as error:
        print(f"{error.function}({error.target}) after {error.elapsed} s: {error.message}")
        return None
    except toolkit.ToolkitError:
        return None
    return None
