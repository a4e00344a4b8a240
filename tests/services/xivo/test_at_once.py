"""Several flows in threads: places, limits, recordings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolkit
from tests.services.xivo.wire import (
    USER,
    answer,
    connected,
    logged_in,
    plan,
)
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.driving import Flow
from toolkit.services.xivo.call import Call
from toolkit.services.xivo.flows import call_flow


def test_at_once_gives_places_results_and_errors() -> None:
    """Each flow's place with its call or its exception."""
    missing = answer(["Resource Not Found - User was not found ('id': 2)"], "404 NOT FOUND")
    with logged_in(answer(USER), missing, answer(USER)) as (server, _):
        flows = [call_flow(plan("users.get", number), server.state) for number in (1, 2, 3)]
        found = dict(server.at_once(flows, limit=1))
    kinds = [type(found[place]) for place in range(3)]
    assert kinds == [Call, toolkit.NotFound, Call]
    with pytest.raises(InvalidArgument, match="1 or more"):
        server.at_once([], limit=0)


def test_at_once_takes_flows_as_there_is_room() -> None:
    """No more than the limit run; who leaves early starts no further one."""
    running, most, started = 0, 0, 0
    lock = threading.Lock()

    def work() -> Flow[int]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(0.005)
        with lock:
            running -= 1
        return 1
        yield  # type: ignore[unreachable]  # a generator that sends nothing

    def flows() -> Iterator[Flow[int]]:
        nonlocal started
        for _ in range(50):
            started += 1
            yield work()

    gate = threading.Event()
    with connected("http://127.0.0.1:9/") as server:
        for count, _ in enumerate(server.at_once(flows(), limit=3), 1):
            if count == 5:
                break
    assert most <= 3
    assert started < 12


def test_recordings_see_what_runs_at_once(tmp_path: Path) -> None:
    """A recording started here has the requests of the threads too."""
    with logged_in(*[answer(USER)] * 5) as (server, _):
        with toolkit.record(tmp_path / "a.yaml") as recording:
            flows = [call_flow(plan("users.get", number), server.state) for number in range(1, 5)]
            list(server.at_once(flows, limit=4))
    assert recording.calls == 4
