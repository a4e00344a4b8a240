"""Anyone's httpx clients, sync and async, with transports that record and replay."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import httpx

import toolkit

PING = b"<Request><Function>agentPing</Function></Request>"


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """One recorded, two replayed."""
    cassette = folder / "ping.yaml"
    with httpx.Client(transport=toolkit.RecordTransport(cassette)) as client:
        live = client.post(url, content=PING)
    with httpx.Client(transport=toolkit.ReplayTransport(cassette)) as client:
        assert client.post(url, content=PING).content == live.content
    assert asyncio.run(replayed(url, cassette)) == live.content


async def replayed(url: str, cassette: Path) -> bytes:
    """The same answer for an async client; what it wraps can be named."""
    transport = toolkit.ReplayTransport(cassette, httpx.AsyncHTTPTransport(), repeats="last")
    async with httpx.AsyncClient(transport=transport) as client:
        return (await client.post(url, content=PING)).content
