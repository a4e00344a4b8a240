"""What the README promises a newcomer is what there is."""

from __future__ import annotations

import re

from tests import documented
from toolkit.cli.main import _COMMANDS
from toolkit.services import load

README = (documented.ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_short() -> None:
    """A newcomer reads it to the end."""
    assert len(README.splitlines()) <= 120


def test_the_commands_are_those_of_help() -> None:
    """Each command is named, in the words of ``toolkit --help``, and no other."""
    named = re.search(r"lists all commands: (.*?)\.\n", README, re.DOTALL)
    assert named is not None
    assert set(re.findall(r"`(\w+)`", named[1])) == set(_COMMANDS)


def test_every_service_is_named() -> None:
    """Each installed service has its line, which leads to its page."""
    assert set(re.findall(r"\(docs/services/(\w+)\.md\)", README)) == set(load())


def test_counts_of_functions() -> None:
    """The numbers of functions are those of the tables."""
    for service, counted in re.findall(
        r"docs/services/(\w+)\.md\) \| (\d+) (?:functions|operations)", README
    ):
        assert len(load()[service].functions) == int(counted)
