"""Saying why a request was not found: the nearest recorded one, and what differs.

All of this is computed only when there is an error to explain.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.cassettes.entries import read
from toolkit.cassettes.interaction import Request
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.rules import rules_for
from toolkit.cassettes.verification import diff, first_difference

_LOOKED_AT = 20_000
_COMPARED = 50


def explain(path: Path, asked: Request, matching: Matching, recorded: int) -> str:
    """Give the text of a not-found error; secrets are masked in it.

    Parameters
    ----------
    path : Path
        The cassette.
    asked : Request
        What was not found.
    matching : Matching
        How requests are compared.
    recorded : int
        How many interactions with the same key there are (all of them played).
    """
    parts = matching.parts(asked)
    what = f"{asked.method} {matching.masked_url(asked)}"
    if recorded:
        times = "once" if recorded == 1 else f"{recorded} times"
        return (
            f"{path.name} has {what} {times}, and it was asked for once more. Record it as often "
            'as it is asked for, or replay with repeats="last".'
        )
    count, number, near = _nearest(path, asked, matching)
    head = f"{path.name} has no recording of {what}"
    if near is None:
        return f"{head}; it has {count:,} interaction{'s' * (count != 1)}, none like it."
    theirs = matching.parts(near)
    differing = [name for name in parts if parts[name] != theirs.get(name)]
    if not differing:
        return f"{head}; the nearest is number {number} of {count:,}, which a matcher refused."
    found = f"the nearest is number {number} of {count:,}"
    lines = [f"{head}; {found}. It differs in:"]
    for name in differing:
        before, after = theirs[name], parts[name]
        if name == "body":
            before, after = _readable(near, before), _readable(asked, after)
        lines += [f"  {name}", *(f"    {line}" for line in diff(before, after))]
    return "\n".join(lines)


def _readable(request: Request, part: Any) -> Any:
    """The body as its service shows it to a person, where the service can."""
    show = getattr(rules_for(request), "readable_body", None)
    shown = show(request) if show is not None else None
    return part if shown is None else shown


def _nearest(path: Path, asked: Request, matching: Matching) -> tuple[int, int, Request | None]:
    """Count the interactions, and give number and request of the one most like this."""
    count = 0
    best: list[tuple[int, int, Request]] = []
    for interaction in read(path):
        count += 1
        if count > _LOOKED_AT:
            continue
        score = _likeness(asked, interaction.request)
        if score > 0:
            best.append((score, count, interaction.request))
            if len(best) > 2 * _COMPARED:
                best = sorted(best, key=lambda one: one[0], reverse=True)[:_COMPARED]
    if not best:
        return count, 0, None
    wanted = matching.parts(asked)

    def agreeing(one: tuple[int, int, Request]) -> tuple[int, int]:
        parts = matching.parts(one[2])
        return sum(parts[name] == wanted.get(name) for name in parts), one[0]

    _, number, request = max(
        sorted(best, key=lambda one: one[0], reverse=True)[:_COMPARED], key=agreeing
    )
    return count, number, request


def _likeness(asked: Request, recorded: Request) -> int:
    """How alike two requests are, cheaply: 0 when they have nothing in common."""
    score = 0
    ours, theirs = asked.url.partition("?")[0], recorded.url.partition("?")[0]
    if ours == theirs:
        score += 1000
    elif ours.split("/")[2:3] == theirs.split("/")[2:3]:
        score += 400
    elif ours.split("/")[3:] == theirs.split("/")[3:]:
        score += 300  # the same path elsewhere: a server on another port
    if not score:
        return 0
    score += 100 * (asked.method == recorded.method) + 50 * (asked.url == recorded.url)
    first, second = asked.body, recorded.body
    if first == second:
        return score + 500
    longest = max(len(first), len(second))
    start = first_difference(first, second)
    end = first_difference(first[start:][::-1], second[start:][::-1])
    return score + 400 * (start + end) // longest
