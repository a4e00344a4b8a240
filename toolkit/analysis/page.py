"""Parts of an HTML page that needs nothing else: tables, pictures, the frame around them."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from toolkit.analysis.sections import Facts, Part, Picture, Section, Table, Text

# Inks of the plots' light theme, and what stands for them on a page that may be dark.
_INKS = {"#1f2328": "var(--ink)", "#d0d7de": "var(--line)", "#ffffff": "var(--paper)"}
_PARTS = ("share", "change", "rate")
_CODES = ("code", "http_status")
_ID = re.compile(r'\bid="([^"]+)"')
_NAMED = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')

STYLE = """
:root { color-scheme: light dark;
  --paper: #ffffff; --ink: #1f2328; --soft: #57606a; --line: #d0d7de; --band: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #16191d; --ink: #e6e8eb; --soft: #a8b1ba; --line: #3a4048; --band: #1e2329; } }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
p.lead, nav { color: var(--soft); } a { color: inherit; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .25rem 0; color: var(--soft); }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: break-word; max-width: 26rem; }
thead th { background: var(--band); } .number { text-align: right; white-space: nowrap; }
.time { white-space: nowrap; }
svg { max-width: 100%; height: auto; }
svg * { stroke-linejoin: round; stroke-linecap: butt; } figure { margin: 1rem 0; }
@media print { body { max-width: none; } }
"""


def page(title: str, lead: str, sections: list[Section]) -> str:
    """A whole page."""
    names = [(f"section-{place}", section) for place, section in enumerate(sections)]
    links = " · ".join(
        f'<a href="#{name}">{html.escape(section.name)}</a>' for name, section in names
    )
    parts = [
        f'<section id="{name}"><h2>{html.escape(section.name)}</h2>\n'
        f"{''.join(map(_part, section.parts))}</section>"
        for name, section in names
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header><h1>{html.escape(title)}</h1>\n<p class="lead">{html.escape(lead)}</p></header>\n'
        f"<nav>{links}</nav>\n<main>\n{chr(10).join(parts)}\n</main>\n</body>\n</html>\n"
    )


def _part(part: Part) -> str:
    if isinstance(part, Text):
        return f"<p>{html.escape(part.text)}</p>\n"
    if isinstance(part, Facts):
        points = "".join(f"<li>{html.escape(point)}</li>\n" for point in part.points)
        return f"<ul>\n{points}</ul>\n"
    if isinstance(part, Table):
        return table(part.data, part.caption, most=part.most)
    assert isinstance(part, Picture)  # noqa: S101 - there is no other
    return picture(part.draw(), part.name, part.text)


def table(data: pd.DataFrame, caption: str, *, most: int = 500) -> str:
    """A table with a caption and scopes; everything in it escaped."""
    shown = data.head(most)
    if len(data) > most:
        caption = f"{caption} The first {most:,} of {len(data):,} rows."
    kinds = [_kind(data[name]) for name in data]
    columns = list(zip(data.columns, kinds, strict=True))
    heads = "".join(
        f'<th scope="col"{kind}>{html.escape(str(name).replace("_", " "))}</th>'
        for name, kind in columns
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{html.escape(cell(value, str(name)))}</td>"
            for (name, kind), value in zip(columns, row, strict=True)
        )
        + "</tr>"
        for row in shown.itertuples(index=False, name=None)
    )
    empty = "" if len(data) else "<p>No rows.</p>"
    return (
        f'<div class="scroll" tabindex="0"><table>\n<caption>{html.escape(caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>{empty}\n"
    )


def cell(value: Any, name: str = "") -> str:
    """One value as people read it: times in UTC, shares in per cent, missing ones empty.

    Examples
    --------
    >>> cell(0.125, "share"), cell(1234), cell(None), cell(2.5, "elapsed")
    ('12.5 %', '1,234', '', '2.5')
    """
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if name.startswith(_PARTS) or name.endswith(_PARTS):
            return f"{value:.1%}".replace("%", " %")
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int | np.integer) and name not in _CODES:
        return f"{value:,}"
    return str(value)


def picture(ax: Axes, prefix: str, text: str) -> str:
    """A plot as inline SVG in the page's own colours; ``text`` says what it shows."""
    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101 - axes are made by a figure
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    drawn = file.getvalue()
    svg = drawn[drawn.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    # matplotlib's names are random: the same data is to give the same page, each name only once.
    names = {name: f"{prefix}-{place}" for place, name in enumerate(_ID.findall(svg))}
    svg = _NAMED.sub(lambda found: f"{found[1]}{names.get(found[2], found[2])}", svg)
    for ink, variable in _INKS.items():
        svg = svg.replace(f"fill: {ink}", f"fill: {variable}")
        svg = svg.replace(f"stroke: {ink}", f"stroke: {variable}")
    label = html.escape(text, quote=True)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    return f"<figure>{svg}</figure>\n"


def _kind(values: pd.Series) -> str:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return ' class="time"'
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return ' class="number"' if numeric else ""
