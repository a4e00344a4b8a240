"""The recordings that ship: readable by anyone, without a secret, and still replayable."""

from __future__ import annotations

from pathlib import Path

import pytest
from vcr.cassette import Cassette as StockCassette

import toolkit
from toolkit.cassettes import read
from toolkit.cassettes.check import check

FOLDER = Path(__file__).parent.parent / "cassettes"
SHIPPED = sorted(FOLDER.glob("*.yaml"))


def test_there_are_cassettes() -> None:
    """The folder is found."""
    assert [path.name for path in SHIPPED] == ["sertainty-demo.yaml"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_secret(path: Path) -> None:
    """The scanner finds nothing."""
    assert check(path).empty


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_stock_vcrpy_loads_it(path: Path) -> None:
    """vcrpy itself reads as many interactions as we do."""
    stock = StockCassette.load(path=str(path))
    assert len(stock) == len(list(read(path))) > 0


def test_every_function_is_in_the_demo() -> None:
    """All 37 functions, and each of the guide's seven codes."""
    calls = toolkit.read_calls(FOLDER / "sertainty-demo.yaml")
    assert set(calls["function"]) == set(toolkit.functions("sertainty")["function"])
    assert set(calls["code"]) == set(toolkit.codes("sertainty")["code"])


def test_the_demo_replays() -> None:
    """A client of today understands the recording: a login and a task's status."""
    path = FOLDER / "sertainty-demo.yaml"
    url = next(read(path)).request.url
    with toolkit.replay(path, repeats="last"), toolkit.sertainty.connect(url) as gateway:
        gateway.host.open_session("ada")  # the recorded session began with a denied login
        with pytest.raises(toolkit.AccessDenied):
            gateway.host.open_session("ada", ["wrong", "wrong"])
        gateway.login_with("ada", ["any", "answers", "will", "do"])
        assert gateway.task.get_status("Nightly", "ingest")["executions"].item() > 0
        gateway.host.close_session()
