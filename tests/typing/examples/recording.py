"""Recording and replaying the toolkit's own clients, and other libraries' calls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pandas as pd
import requests

import toolkit


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """A block, the same replayed, and a recording that is started and stopped by hand."""
    cassette = folder / "monday.yaml"
    with toolkit.record(cassette, mode="rewrite") as recording:
        live = look(url, answers)
    assert_type(recording.calls, int)
    with toolkit.replay(cassette) as played:
        assert look(url, answers).equals(live)
    assert played.calls == recording.calls

    by_hand = toolkit.record(str(folder / "by-hand.yaml")).start()
    look(url, answers)
    by_hand.stop()

    with toolkit.use_cassette(folder / "requests.yaml"):
        requests.post(url, data=b"<Request><Function>agentPing</Function></Request>", timeout=20)
    recorder = toolkit.vcr(cassette_library_dir=str(folder), record_mode="none")
    with recorder.use_cassette("requests.yaml", match_on=("method", "uri", "body")):
        requests.post(url, data=b"<Request><Function>agentPing</Function></Request>", timeout=20)


def look(url: str, answers: Mapping[str, str]) -> pd.DataFrame:
    """What is recorded."""
    with toolkit.sertainty.connect(url) as gateway:
        gateway.login_with("ada", answers)
        return gateway.config.get_list()
