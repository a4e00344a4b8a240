"""The analyses on Spark frames, read from Parquet by two workers: what pandas gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analysis.test_engines import ANALYSES, CALLS, LATER, LOG, check, text

pytestmark = pytest.mark.filterwarnings("ignore")  # Spark's own


@pytest.fixture(scope="module")
def frames(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The calls of two days and a log, as files that the workers read."""
    folder = tmp_path_factory.mktemp("spark")
    found = []
    for number, table in enumerate((CALLS, LATER, LOG)):
        place = Path(folder, str(number))
        place.mkdir()
        for part in range(4):
            rows = text(table).iloc[part * len(table) // 4 : (part + 1) * len(table) // 4]
            rows.to_parquet(place / f"{part}.parquet", index=False)
        found.append(spark.read.parquet(str(place)))
    return found


@pytest.mark.parametrize("name", ANALYSES)
def test_spark_gives_what_pandas_gives(name: str, frames: list[Any]) -> None:
    """Values, order, columns and dtypes, from a session that is not in UTC."""
    check(ANALYSES[name](*frames), ANALYSES[name](CALLS, LATER, LOG))
