"""``toolkit settings | profiles``: what is set, by what, and the named servers."""

from __future__ import annotations

import argparse

import toolkit
from toolkit.cli.tables import show


def run(options: argparse.Namespace) -> int:
    """Print the table that was asked for."""
    asked = options.command == "profiles"
    show(toolkit.profiles() if asked else toolkit.settings(options.profile), options)
    return 0
