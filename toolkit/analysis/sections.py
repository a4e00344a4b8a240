"""What a report consists of, before it is a page or a Markdown file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import pandas as pd
from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Sentences, each a point of its own."""

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption."""

    data: pd.DataFrame
    caption: str
    most: int = 500


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot, drawn when it is needed; ``name`` is its own on the page, ``text`` tells of it."""

    draw: Callable[[], Axes]
    name: str
    text: str


Part: TypeAlias = Text | Facts | Table | Picture


@dataclass(slots=True)
class Section:
    """A heading and what stands below it."""

    name: str
    parts: list[Part] = field(default_factory=list)
