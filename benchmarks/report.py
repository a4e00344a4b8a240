"""Results as JSON lines while they come, and as a table for people at the end."""

from __future__ import annotations

import json
import os
import platform
import textwrap
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.rows import NOT_PEERS, ROWS, Row, Target

Values = dict[str, float | None]
LIBRARIES = ("httpx", "vcrpy", "cassetter", "replayx", "pandas", "msgspec", "PyYAML", "lxml")
_KINDS = {"faster": ">= {}x faster", "costs": "<= {}x {}", "at most": "<= {}", "exactly": "{}"}


@dataclass(frozen=True, slots=True)
class Result:
    """What one row gave for one number of interactions: the values of all that took part."""

    name: str
    n: int
    values: Values

    @property
    def row(self) -> Row:
        """What was measured."""
        return ROWS[self.name]

    @property
    def ours(self) -> float | None:
        """Our value."""
        return self.values.get("ours")

    @property
    def reference(self) -> str | None:
        """The one that the target compares with; without such a target the first peer."""
        target = self.row.target
        if target is not None and target.kind in ("faster", "costs"):
            return target.peer
        return next(
            (name for name in self.values if name != "ours" and name not in NOT_PEERS), None
        )

    @property
    def ratio(self) -> float | None:
        """Ours to the reference, as the target counts."""
        return self._ratio(self.reference)

    def _ratio(self, peer: str | None) -> float | None:
        theirs = self.values.get(peer or "")
        if self.ours is None or theirs is None:
            return None
        target = self.row.target
        if target is not None and target.kind == "costs":
            return target.ratio(self.ours, theirs)
        return theirs / self.ours if self.ours else None

    @property
    def target(self) -> Target | None:
        """What is to be reached at this size."""
        return self.row.target_at(self.n)

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None without one, or without its peer."""
        target = self.target
        if target is None or self.ours is None:
            return None
        return target.is_met(self.ours, self.values.get(self.reference or ""))

    def lines(self) -> list[dict[str, Any]]:
        """One JSON object for each peer."""
        target = self.row.target
        costs = target is not None and target.kind == "costs"
        common = {
            "name": self.name,
            "n": self.n,
            "ours": self.ours,
            "unit": self.row.unit,
            "target": target_text(self),
        }
        peers = [name for name in self.values if name != "ours"] or [None]
        return [
            {
                **common,
                "peer": self.values.get(peer or ""),
                "peer_name": peer,
                "ratio": self._ratio(peer),
                "ratio_of": "ours/peer" if costs else "peer/ours",
                "met": self.is_met if self._alone() or peer in (None, self.reference) else None,
            }
            for peer in peers
        ]

    def _alone(self) -> bool:
        target = self.row.target
        return target is not None and target.kind in ("at most", "exactly")


def target_text(result: Result) -> str | None:
    """The target in a few characters."""
    target, row = result.target, result.row
    if target is None:
        return None
    alone = target.kind in ("at most", "exactly")
    limit = shown(target.limit, row.unit) if alone else f"{target.limit:g}"
    return _KINDS[target.kind].format(limit, target.peer)


def shown(value: float | None, unit: str) -> str:
    """A value with its unit, three digits."""
    if value is None:
        return "-"
    if unit == "s":
        for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "us")):
            if value * factor >= 1 or name == "us":
                return f"{value * factor:.3g} {name}"
    if unit == "B":
        for factor, name in ((1 << 20, "MB"), (1 << 10, "kB")):
            if value >= factor:
                return f"{value / factor:.3g} {name}"
        return f"{value:.0f} B"
    return f"{value:.0f}" if value == int(value) else f"{value:.3g}"


def verdict(result: Result) -> str:
    """Met, or by how much it is missed."""
    target, met = result.target, result.is_met
    if target is None or result.ours is None:
        return ""
    if met is None:
        return "no peer to compare with"
    if met:
        return "met"
    if target.kind == "exactly":
        return f"**missed** ({result.ours:.0f})"
    reached = result.ratio if target.kind != "at most" else result.ours
    assert reached is not None
    short = target.limit / reached if target.kind == "faster" else reached / target.limit
    if short >= 2:
        return f"**missed** {short:.2g} times"
    return f"**missed** by {(short - 1) * 100:.0f} %"


def _ratio_text(result: Result) -> str:
    if result.ratio is None:
        return "-"
    target = result.row.target
    if target is not None and target.kind == "costs":
        return f"{result.ratio:.3g}x the cost"
    return f"{result.ratio:,.3g}x" if result.row.unit else "-"


@dataclass(slots=True)
class Section:
    """A part of the table: what was measured there, how, and what is to be said about it."""

    title: str
    about: str
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, n: int, values: Values) -> None:
        """Take a result, and print it."""
        result = Result(name, n, values)
        self.results.append(result)
        for line in result.lines():
            print(json.dumps(line), flush=True)


def write(path: Path, sections: list[Section], notes: list[str]) -> None:
    """Write the tables."""
    parts = [f"Python {platform.python_version()}", platform.system(), f"{os.cpu_count()} cores"]
    for library in LIBRARIES:
        try:
            parts.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            parts.append(f"no {library}")
    lines = [
        "# Against the peers",
        "",
        "`make bench` writes this file. CPU time, medians, contenders taking turns in one run,",
        "unless a row says otherwise; memory is what the peak of a fresh process rose by. Only",
        "ratios mean anything on another machine.",
        "",
        ", ".join(parts) + ".",
        *(text for section in sections for text in _section(section)),
        "",
        *(f"- {note}." for note in notes),
    ]
    path.write_text("\n".join(lines).rstrip() + "\n", "utf-8")


def _section(section: Section) -> list[str]:
    # The sizes of a row beside each other.
    order = list(ROWS)
    results = sorted(section.results, key=lambda result: (order.index(result.name), result.n))
    return [
        "",
        f"## {section.title}",
        "",
        *textwrap.wrap(section.about, 96),
        "",
        "| what | N | ours | compared with | best other peer | ratio | target | |",
        "|---|---:|---:|---:|---:|---:|---|---|",
        *map(_line, results),
        *([""] if section.notes else []),
        *(f"- {note}." for note in section.notes),
    ]


def _line(result: Result) -> str:
    unit, reference = result.row.unit, result.reference
    theirs = result.values.get(reference or "")
    compared = "-" if reference is None else f"{reference} {shown(theirs, unit)}"
    others = {
        name: value
        for name, value in result.values.items()
        if name not in ("ours", reference, *NOT_PEERS) and value is not None
    }
    # With counts more is better where all of them are wanted, less where none is.
    target = result.row.target
    most = not unit and target is not None and target.limit > 0
    best = (max if most else min)(others, key=lambda name: others[name] or 0, default=None)
    other = "-" if best is None else f"{best} {shown(others[best], unit)}"
    cells = (
        result.row.text, f"{result.n:,}", shown(result.ours, unit), compared, other,
        _ratio_text(result), target_text(result) or "", verdict(result),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
