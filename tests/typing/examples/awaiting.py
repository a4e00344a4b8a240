"""The same client for asyncio: each method is awaited and gives the same frame."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pandas as pd

import toolkit
from toolkit.services.sertainty import AsyncGateway, AsyncSession


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """Many calls at once, recorded and replayed."""
    with toolkit.record(folder / "awaited.yaml"):
        live = asyncio.run(look(url, answers))
    with toolkit.replay(folder / "awaited.yaml"):
        assert all(map(pd.DataFrame.equals, asyncio.run(look(url, answers)), live))


async def look(url: str, answers: Mapping[str, str]) -> list[pd.DataFrame]:
    """The statuses of two tasks."""
    async with toolkit.sertainty.connect_async(url) as gateway:
        assert_type(gateway, AsyncGateway)
        assert_type(await gateway.login_with("ada", answers), AsyncSession)
        status = await gateway.task.get_status("Nightly", "ingest")
        assert_type(status, pd.DataFrame)
        assert_type(await gateway.call("configGetList"), pd.DataFrame)
        reads = [gateway.task.get_status("Nightly", name) for name in ("ingest", "index")]
        return list(await asyncio.gather(*reads))
