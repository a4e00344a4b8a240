"""The command ``toolkit``: the same words as in a notebook, in a shell."""

from toolkit.cli.main import main

__all__ = ["main"]
