"""A Spark session of separate processes; these tests run when their folder is named.

Spark needs Java and takes half a minute to start: ``make test-spark``.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out unless it was named."""
    named = [Path(config.invocation_params.dir, one.partition("::")[0]) for one in config.args]
    if any(HERE in (one.resolve(), *one.resolve().parents) for one in named):
        return None
    return True


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session whose zone is not UTC, on loopback, with two workers beside its own process."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.fail("Spark needs Java 17 or newer: install it, or set JAVA_HOME")
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Spark's own modules warn of while they load
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master("local-cluster[2,1,1024]")
            .appName("toolkit tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.session.timeZone", "Asia/Kolkata")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.executor.memory", "1g")
            .getOrCreate()
        )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
