"""A Dask cluster on loopback, for the tests: it says where it is, and ends with its input."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import distributed
import pandas as pd


def main() -> None:
    """Two workers, each a process of its own; no dashboard."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None, memory_limit=0, silence_logs=40,
    ) as cluster:  # fmt: skip
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


def kill_once(table: pd.DataFrame, mark: str) -> pd.DataFrame:
    """The process that comes here first is ended as by an operator."""
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        return table
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return table


if __name__ == "__main__":
    main()
