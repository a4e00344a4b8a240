"""What a type checker must refuse; the error that each line gets stands at its end."""

from __future__ import annotations

import pandas as pd

import toolkit
from toolkit.services.base.service import Service
from toolkit.services.sertainty import AsyncGateway, Gateway


class Half:
    """A service that lacks nearly everything."""

    name = "half"


async def forgotten(gateway: AsyncGateway) -> None:
    """Never run: what is not awaited is no frame yet."""
    gateway.task.get_status("Nightly", "ingest").groupby("task")  # error: attr-defined
    status: pd.DataFrame = gateway.agent.get_status()  # error: assignment
    print(status)


def main(gateway: Gateway, calls: pd.DataFrame) -> None:
    """Never run."""
    gateway.task.get_status("Nightly")  # error: call-arg
    gateway.task.get_status("Nightly", 7)  # error: arg-type
    gateway.task.get_statuses("Nightly", "ingest")  # error: attr-defined
    gateway.agent.alter("Off")  # error: arg-type
    gateway.login_with("ada", 42)  # error: arg-type
    status: str = gateway.agent.get_status()  # error: assignment
    print(status)
    toolkit.recrod("monday.yaml")  # error: attr-defined
    toolkit.record(7)  # error: arg-type
    toolkit.record("monday.yaml", mode="overwrite")  # error: arg-type
    toolkit.read_calls("monday.yaml", to="csv")  # error: call-overload
    toolkit.read_calls("monday.yaml", to="parquet").groupby("code")  # error: attr-defined
    toolkit.result_codes(calls, by=7)  # error: arg-type
    toolkit.Limits(total="60 s")  # error: arg-type
    toolkit.sertainty.connect(b"http://127.0.0.1/")  # error: arg-type
    toolkit.sertainty.Options(alter_style="none")  # error: arg-type
    toolkit.functions(1)  # error: arg-type
    toolkit.NotFound.category = "not found"  # error: assignment
    service: Service = Half()  # error: assignment
    print(service)
