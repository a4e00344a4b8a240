"""Cassettes: recorded HTTP interactions, in vcrpy's own file format.

>>> import httpx
>>> from toolkit.cassettes import RecordTransport, read
>>> with httpx.Client(transport=RecordTransport("ping.yaml")) as client:
...     response = client.post(url, content=ping)
>>> [interaction.response.status for interaction in read("ping.yaml")]
[200]
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
