"""Sessions, and the four ways to answer a challenge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import toolkit
from toolkit.services.sertainty import Session


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """By prompt, by order, by round, and by a function."""

    def answer(prompts: list[str]) -> list[str]:
        return [answers[prompt] for prompt in prompts]

    with toolkit.sertainty.connect(url) as gateway:
        session = gateway.login_with("ada", answers)
        assert_type(session, Session)
        assert_type(session.user, str)
        assert_type(session.open, bool)
        gateway.login_with("ada", answer)
        with gateway.login_with("charles") as short:
            assert short.open
        assert not short.open
    options = toolkit.sertainty.Options(alter_style="both")
    toolkit.sertainty.connect(url, options=options).close()
