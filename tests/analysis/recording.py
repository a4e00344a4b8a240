"""Cassettes for the tests, made of invented traffic."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from toolkit.cassettes import flowline
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.cassettes.vcrdict import to_dict

START = dt.datetime(2019, 4, 1, 8, tzinfo=dt.UTC)


def cassette(path: Path, interactions: Iterable[Interaction]) -> Path:
    """Write a cassette."""
    lines = b"".join(flowline.encode(to_dict(one)) for one in interactions)
    path.write_bytes(flowline.HEADER + lines)
    return path


def get(
    url: str, status: int = 200, *, method: str = "GET", minute: float = 0, reason: str = ""
) -> Interaction:
    """A plain HTTP call."""
    return Interaction(
        Request(method, f"http://127.0.0.1:9{url}"),
        Response(status, reason, body=b"{}"),
        recorded_at=START + dt.timedelta(minutes=minute),
        elapsed=0.25,
    )


def failed(url: str, kind: str = "ReadTimeout") -> Interaction:
    """A call without an answer."""
    request = Request("GET", f"http://127.0.0.1:9{url}")
    return Interaction(request, None, Failure(kind, "timed out"), START, 5.0)


def gateway(
    function: str,
    *arguments: str,
    code: int = 1,
    message: str = "Success",
    results: Mapping[str, str] | None = None,
    minute: float = 0,
) -> Interaction:
    """A call of the gateway."""
    given = "".join(f"<Argument>{_base64(one)}</Argument>" for one in arguments)
    listed = f"<ArgList>{given}</ArgList>" if given else ""
    body = f"<Request><Session>s</Session><Function>{function}</Function>{listed}</Request>"
    named = "".join(
        f'<Result name="{name}">{_base64(value)}</Result>'
        for name, value in (results or {}).items()
    )
    answer = (
        f"<Response><Status>{code}</Status><StatusMessage>{message}</StatusMessage>"
        f"<ResultList>{named}</ResultList></Response>"
    )
    return Interaction(
        Request("POST", "http://127.0.0.1:9/gateway", body=body.encode()),
        Response(200, "OK", body=answer.encode()),
        recorded_at=START + dt.timedelta(minutes=minute),
        elapsed=0.5,
    )


def status(
    config: str, task: str, executions: int, errors: int, minute: float = 0, **other: str
) -> Interaction:
    """A status record of a task."""
    results = {
        "StartTime": "2019-04-01T07:00:00",
        "EndTime": "2019-04-01T07:01:30",
        "LastErrorTime": "",
        "Status": "Waiting",
        "Error": "",
        "ExecCnt": str(executions),
        "ErrorCnt": str(errors),
    }
    return gateway("taskGetStatus", config, task, results=results | other, minute=minute)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
