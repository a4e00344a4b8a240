"""What an object shows of itself in a notebook: a name, and a few facts beside their words.

No colours of its own, so that it is readable in a light and in a dark theme.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

LONG = 200


def card(title: str, facts: Iterable[tuple[str, object]] = ()) -> str:
    """A short piece of HTML. Everything is escaped; a fact of None or "" is left out.

    Examples
    --------
    >>> card("a <b>", [("calls", 3)])
    '<b>a &lt;b&gt;</b> <span>calls <code>3</code></span>'
    """
    parts = [f"<b>{_text(title)}</b>"]
    parts += [
        f"<span>{_text(word)} <code>{_text(value)}</code></span>"
        for word, value in facts
        if value is not None and value != ""
    ]
    return " ".join(parts)


def listed(title: str, summary: str, rows: Iterable[tuple[object, ...]]) -> str:
    """A title, a sentence, and a table without a head.

    Examples
    --------
    >>> listed("t", "s", [("a", "b")])
    '<b>t</b><p>s</p><table><tr><td><code>a</code></td><td>b</td></tr></table>'
    """
    lines = "".join(
        f"<tr><td><code>{_text(first)}</code></td>"
        + "".join(f"<td>{_text(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    table = f"<table>{lines}</table>" if lines else ""
    return f"<b>{_text(title)}</b><p>{_text(summary)}</p>{table}"


def _text(value: object) -> str:
    text = str(value)
    return html.escape(text if len(text) <= LONG else f"{text[: LONG - 1]}…")
