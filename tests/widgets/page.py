"""A page without a browser: what the kernel sends to it, and what it sends back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import comm
from comm.base_comm import BaseComm


class Wire(BaseComm):  # type: ignore[misc]
    """A comm that keeps all that the kernel publishes, as iopub would carry it."""

    sent: list[str] = []  # noqa: RUF012 (one wire a page)

    def publish_msg(self, msg_type: str, data: Any = None, **more: Any) -> None:
        self.sent.append(json.dumps([msg_type, data], default=repr))


@contextmanager
def page() -> Iterator[list[str]]:
    """All that is published while widgets of this page live."""
    published: list[str] = []
    kind = type("PageWire", (Wire,), {"sent": published})
    old = comm.create_comm
    comm.create_comm = lambda *given, **more: kind(*given, **more)  # type: ignore[assignment]
    try:
        yield published
    finally:
        comm.create_comm = old


def press(widget: Any, kind: str, buffers: list[bytes] | None = None, **content: Any) -> None:
    """Send what the page's script sends when something is pressed."""
    message = {
        "content": {"data": {"method": "custom", "content": {"kind": kind, **content}}},
        "buffers": [memoryview(buffer) for buffer in buffers or []],
    }
    widget.comm.handle_msg(message)


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something that other threads bring about is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.001)
