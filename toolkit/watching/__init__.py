"""Looking at a service again and again: what came, went and changed between two looks."""

from toolkit.watching.changes import CHANGE_COLUMNS, Change
from toolkit.watching.options import Clock
from toolkit.watching.watch import Watch

__all__ = ["CHANGE_COLUMNS", "Change", "Clock", "Watch"]
