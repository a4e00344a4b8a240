"""Cassettes: recorded HTTP interactions, in vcrpy's own file format.

>>> import httpx
>>> from toolkit.cassettes import RecordTransport, ReplayTransport, read, record, replay
>>> with httpx.Client(transport=RecordTransport("monday.yaml")) as client:   # doctest: +SKIP
...     client.get("http://127.0.0.1:8080/users")
"""

from toolkit.cassettes.cassette import Cassette
from toolkit.cassettes.deck import (
    AsyncDeckTransport,
    DeckTransport,
    Recording,
    Replay,
    record,
    replay,
)
from toolkit.cassettes.entries import CassetteWarning, read
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.cassettes.options import Options
from toolkit.cassettes.rules import ServiceRules, register
from toolkit.cassettes.transports import RecordTransport, ReplayTransport
from toolkit.cassettes.verification import Difference

__all__ = [
    "AsyncDeckTransport",
    "Cassette",
    "CassetteWarning",
    "DeckTransport",
    "Difference",
    "Failure",
    "Interaction",
    "Options",
    "RecordTransport",
    "Recording",
    "Replay",
    "ReplayTransport",
    "Request",
    "Response",
    "ServiceRules",
    "read",
    "record",
    "register",
    "replay",
]
