"""A report as Markdown: what any forge, wiki or mail shows, tables and words only."""

from __future__ import annotations

import html
import re

import pandas as pd

from toolkit.analysis.page import cell
from toolkit.analysis.sections import Facts, Part, Section, Table, Text

_SPECIAL = re.compile(r"([\\`*_\[\]|#~$])")


def document(title: str, lead: str, sections: list[Section]) -> str:
    """A whole document; plots, which a text file cannot hold, are left out."""
    blocks = [f"# {escaped(title)}", escaped(lead)]
    for section in sections:
        blocks.append(f"## {escaped(section.name)}")
        blocks += [block for part in section.parts if (block := _block(part))]
    return "\n\n".join(blocks) + "\n"


def _block(part: Part) -> str:
    if isinstance(part, Text):
        return escaped(part.text)
    if isinstance(part, Facts):
        return "\n".join(f"- {escaped(point)}" for point in part.points)
    if isinstance(part, Table):
        return table(part.data, part.caption, most=part.most)
    return ""


def table(data: pd.DataFrame, caption: str, *, most: int = 500) -> str:
    r"""A table below its caption.

    Examples
    --------
    >>> print(table(pd.DataFrame({"code": [1], "label": ["A|B"]}), "Codes."))
    Codes.
    <BLANKLINE>
    | code | label |
    | ---: | --- |
    | 1 | A\|B |
    """
    if data.empty:
        return f"{escaped(caption)} No rows."
    if len(data) > most:
        caption = f"{caption} The first {most:,} of {len(data):,} rows."
    return f"{escaped(caption)}\n\n{rows(data.head(most))}"


def rows(data: pd.DataFrame) -> str:
    """A table alone."""
    names = [str(name) for name in data]
    numeric = [
        pd.api.types.is_numeric_dtype(data[name]) and not pd.api.types.is_bool_dtype(data[name])
        for name in data
    ]
    lines = [
        _row([escaped(name.replace("_", " ")) for name in names]),
        _row(["---:" if one else "---" for one in numeric]),
    ]
    lines += [
        _row([escaped(cell(value, name)) for name, value in zip(names, row, strict=True)])
        for row in data.itertuples(index=False, name=None)
    ]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Text that is shown as it is: on one line, with nothing that Markdown or HTML would read."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return html.escape(_SPECIAL.sub(r"\\\1", line), quote=False)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
