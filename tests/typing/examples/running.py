"""A call for each row of a table, a watch, servers by name, and what is set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pandas as pd

import toolkit


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """With a server that is named by a mapping, as a profile file names it."""
    with toolkit.sertainty.connect(url) as gateway:
        gateway.login_with("ada", answers)
        over = pd.DataFrame({"config": "Nightly", "task": ["ingest", "index"]})
        table = toolkit.run(gateway.task.get_status, over, at_once=2, progress=False)
        assert_type(table, pd.DataFrame)
        watched = toolkit.watch(gateway, every="1s", times=1, quiet=True)
        watched.wait()
        assert_type(watched.looks, int)
    with toolkit.connect({"service": "sertainty", "url": url}) as named:
        named.agent.ping()
    assert_type(toolkit.settings(read=20), pd.DataFrame)
    assert_type(toolkit.profiles(), pd.DataFrame)


async def awaited(url: str, over: pd.DataFrame) -> pd.DataFrame:
    """The methods of an awaited client run the same way, and the run is awaited."""
    async with toolkit.sertainty.connect_async(url) as gateway:
        table = await toolkit.run(gateway.task.get_status, over, at_once=50)
        assert_type(table, pd.DataFrame)
        return table
