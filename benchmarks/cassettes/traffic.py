"""The traffic that is measured: POST to one URL, some 2 kB of XML each way, all bodies different.

A match has to look at the body, as it has to with services that take every call at one address.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator

from toolkit.cassettes import Interaction, Request, Response

URL = "http://127.0.0.1:8080/service"
REQUEST_HEADERS = {"content-type": "text/xml; charset=utf-8"}
RESPONSE_HEADERS = {
    "content-type": "text/xml; charset=utf-8",
    "server": "gateway/1.0",
    "cache-control": "no-store",
}
_ROWS = 30
_START = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)


def question(number: int, tag: str = "") -> bytes:
    """The body of request ``number``: 2 kB, the difference in the middle."""
    rows = [
        f'  <field name="column-{row:02}" type="string">value {row * 7919 % 1000:03} </field>'
        for row in range(_ROWS)
    ]
    rows[_ROWS // 2] = f'  <field name="number" type="int">{tag}{number}</field>'
    return "\n".join(["<query>", *rows, "</query>"]).encode()


def answer(number: int) -> bytes:
    """The body of the response to request ``number``."""
    rows = "\n".join(
        f"  <row><id>{number}-{row:02}</id><state>Waiting</state><runs>{row * 31}</runs></row>"
        for row in range(_ROWS)
    )
    return f"<answer>\n{rows}\n</answer>".encode()


def interaction(number: int, url: str = URL) -> Interaction:
    """One recorded interaction, as httpx sends and receives it."""
    return _interaction(url, question(number), answer(number), number)


def interactions(count: int) -> Iterator[Interaction]:
    """All interactions of a cassette, in recorded order."""
    return map(interaction, range(count))


def gateway_calls(count: int) -> Iterator[Interaction]:
    """Calls of the Sertainty gateway with a log in each answer, one in ten of them failed."""
    for number in range(count):
        arguments = "".join(
            f"<Argument>{_packed(part)}</Argument>" for part in ("nightly", "ingest")
        )
        asked = (
            f"<Request><Session>{number:032x}</Session><Function>taskGetLog</Function>"
            f"<ArgList>{arguments}</ArgList></Request>"
        )
        log = "".join(
            f"<Event><Time>2026-01-05T08:{row:02}:00Z</Time><Run>{number}</Run></Event>"
            for row in range(20)
        )
        given = (
            "<Response><Status>1</Status><StatusMessage>Success</StatusMessage>"
            f'<ResultList><Result name="Log">{_packed(f"<Log>{log}</Log>")}</Result></ResultList>'
            "</Response>"
        )
        if number % 10 == 3:
            given = (
                "<Response><Status>213</Status><StatusMessage>File not found</StatusMessage>"
                "</Response>"
            )
        yield _interaction(URL, asked.encode(), given.encode(), number)


def _packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _interaction(url: str, asked: bytes, given: bytes, number: int) -> Interaction:
    headers = {
        "host": url.split("/")[2],
        "accept": "*/*",
        "accept-encoding": "gzip, deflate",
        "connection": "keep-alive",
        "user-agent": "python-httpx/0.28.1",
        **REQUEST_HEADERS,
        "content-length": str(len(asked)),
    }
    return Interaction(
        Request("POST", url, list(headers.items()), asked),
        Response(
            200, "OK", [*RESPONSE_HEADERS.items(), ("content-length", str(len(given)))], given
        ),
        None,
        _START + dt.timedelta(seconds=number),
        round(0.0125 + number % 100 / 8192, 6),
    )
