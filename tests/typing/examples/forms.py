"""Forms for notebooks, and a login that asks whoever is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import toolkit
from toolkit.services.sertainty import Gateway, Session
from toolkit.widgets import CallForm, Dashboard, DeckPanel


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """Each form is a widget; a notebook shows it when a cell ends with it."""
    with toolkit.record(folder / "look.yaml"), toolkit.sertainty.connect(url) as gateway:
        gateway.login_with("ada", answers)
        form = toolkit.form(gateway)
        assert_type(form, CallForm)
        form.close()
    panel = toolkit.deck(folder)
    assert_type(panel, DeckPanel)
    panel.close()
    board = toolkit.dashboard(folder / "look.yaml")
    assert_type(board, Dashboard)
    board.close()


async def ask(gateway: Gateway) -> Session:
    """What a notebook's cell does with ``await gateway.login()``."""
    return await gateway.login()
