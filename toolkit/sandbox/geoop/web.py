"""HTTP as the two servers speak it: a request that was read, a reply to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from toolkit.sandbox.geoop.faults import Fault

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; of a parameter that comes twice the first counts.

    Attributes
    ----------
    path
        Percent-encoded, as it came.
    headers
        By name in small letters.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Reply:
    """One reply."""

    status: int = 200
    body: bytes = b""
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


class Service(Protocol):
    """What answers on a port.

    Attributes
    ----------
    name : str
        ``"api"`` or ``"login"``.
    """

    name: str

    def function(self, request: Request) -> str:
        """The operation that a request is for, such as ``"PATCH /jobs/{id}"``; or nothing."""

    def noted(self, request: Request) -> dict[str, str]:
        """The parameters that are no secret."""

    def answer(self, request: Request) -> Reply:
        """Answer a request."""

    def refusal(self, fault: Fault) -> Reply:
        """The error that a fault puts in the place of the answer."""


def json_reply(value: Any, status: int = 200) -> Reply:
    """A JSON reply that nobody may keep."""
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Reply(status, msgspec.json.encode(value), JSON, headers)
