"""How plots look: colours that differ for every eye, and a pattern beside each of them."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from toolkit.outcomes import Category, InvalidArgument


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of the paper, the ink on it, and the lines of the grid."""

    paper: str
    ink: str
    grid: str


THEMES = {
    "light": Theme("#ffffff", "#1f2328", "#d0d7de"),
    "dark": Theme("#16191d", "#e6e8eb", "#3a4048"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a bar looks like: a colour and, so that nothing hangs on colour alone, a pattern."""

    colour: str
    hatch: str = ""


# Of Okabe and Ito's palette, which all kinds of colour vision tell apart.
CATEGORY_MARKS: dict[str, Mark] = {
    Category.SUCCESS: Mark("#56b4e9"),
    Category.PARTIAL: Mark("#56b4e9", "//"),
    Category.CHALLENGED: Mark("#f0e442", ".."),
    Category.DENIED: Mark("#e69f00", "\\\\"),
    Category.NOT_FOUND: Mark("#009e73", "//"),
    Category.CONFLICT: Mark("#009e73", "xx"),
    Category.INVALID_REQUEST: Mark("#cc79a7", "--"),
    Category.BUSY: Mark("#f0e442", "||"),
    Category.SERVER_FAULT: Mark("#d55e00", "xx"),
    Category.UNKNOWN: Mark("#999999", "oo"),
    Category.BAD_REPLY: Mark("#999999", "++"),
    Category.TRANSPORT: Mark("#0072b2", "**"),
}
# Dark on all of these colours, whatever the theme.
HATCH = "#1a1d21"
OTHER = Mark("#999999", "..")

# From the least severe level to the most severe.
LEVEL_MARKS = (
    (("trace", "debug", "verbose"), Mark("#bbbbbb")),
    (("info", "information", "normal", "success"), Mark("#56b4e9")),
    (("notice",), Mark("#009e73", "..")),
    (("warn", "warning"), Mark("#e69f00", "//")),
    (("error", "failure"), Mark("#d55e00", "xx")),
    (("critical", "fatal", "alert", "emergency"), Mark("#cc79a7", "**")),
)


class Chart(Axes):
    """Axes that a notebook shows by themselves, without pyplot."""

    name = "toolkit_chart"

    def _repr_png_(self) -> bytes:
        figure = self.get_figure(root=True)
        assert figure is not None  # noqa: S101 - axes are made by a figure
        return png(figure)


def axes(ax: Axes | None, theme: str, width: float, height: float) -> tuple[Axes, Theme]:
    """The axes to draw on, dressed in the theme: the caller's, or those of a new figure."""
    if theme not in THEMES:
        raise InvalidArgument(f"there is no theme {theme!r}; there are: {', '.join(THEMES)}")
    look = THEMES[theme]
    if ax is None:
        figure = Figure(figsize=(width, height), layout="constrained", facecolor=look.paper)
        FigureCanvasAgg(figure)
        ax = figure.add_subplot(axes_class=Chart)
    ax.set_facecolor(look.paper)
    ax.tick_params(colors=look.ink, which="both", length=0)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(look.grid)
    ax.set_axisbelow(True)
    return ax, look


def title(ax: Axes, look: Theme, text: str, x: str = "", y: str = "") -> None:
    """Title and labels in the theme's ink."""
    ax.set_title(plain(text, 120), loc="left", color=look.ink, fontsize=12, parse_math=False)
    ax.set_xlabel(x, color=look.ink)
    ax.set_ylabel(y, color=look.ink)


def legend(ax: Axes, look: Theme, count: int, columns: int = 5) -> None:
    """A legend below the plot, in columns, so that it hides nothing."""
    if not count:
        return
    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101 - axes are made by a figure
    # As far below a tall plot as below a low one: marks and label take what they take.
    inches = ax.get_position().height * figure.get_size_inches()[1]
    shown = ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -(0.5 if ax.get_xlabel() else 0.3) / max(inches, 0.5)),
        ncols=min(count, columns),
        frameon=False,
        labelcolor=look.ink,
        handlelength=2.2,
        handleheight=1.3,
    )
    for text in shown.get_texts():
        text.set_parse_math(False)


def nothing(ax: Axes, look: Theme, text: str) -> Axes:
    """Say that there is nothing to see, in place of an empty frame."""
    ax.text(0.5, 0.5, text, ha="center", va="center", color=look.ink, transform=ax.transAxes)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def bar_style(mark: Mark, look: Theme) -> dict[str, Any]:
    """Keywords of a bar with this mark."""
    return {
        "color": mark.colour,
        "hatch": mark.hatch,
        "edgecolor": HATCH if mark.hatch else look.paper,
        "linewidth": 0.6,
    }


def level_mark(level: str) -> Mark:
    """The mark of a log's level."""
    word = re.sub(r"[^a-z]", "", level.casefold())
    return next((mark for words, mark in LEVEL_MARKS if word in words), OTHER)


def plain(text: object, length: int = 40) -> str:
    """Text fit for a plot: one line, printable, not too long."""
    shown = "".join(c if c.isprintable() else " " for c in str(text)).strip()
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"


def png(figure: Any) -> bytes:
    """A figure as a PNG picture."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()
