"""``toolkit calls | codes | log | report``: tables of recordings and logs."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

import pandas as pd

import toolkit
from toolkit.outcomes import InvalidArgument


def run(options: argparse.Namespace) -> int:
    """Read the sources and print or write what was asked for."""
    if options.command == "log":
        show(_read_log(options), options)
        return 0
    with contextlib.ExitStack() as stack:
        if options.command == "report":
            print(_report(options, stack))
            return 0
        source = [_from_pipe(name, stack) for name in options.source]
        calls = toolkit.read_calls(_one_or_all(source))
        if "-" in options.source:
            piped = source[options.source.index("-")]
            calls["cassette"] = calls["cassette"].cat.rename_categories({piped: "-"})
        for name in options.source:
            if calls.empty and Path(name).is_dir():
                print(f"{name} holds no recording with a call in it", file=sys.stderr)
        if options.command == "calls":
            show(calls, options)
        else:
            show(_codes(calls, options), options)
    return 0


def _codes(calls: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    by = [word.strip() for word in options.by.split(",")]
    unknown = [word for word in by if word not in calls.columns and word != "hour"]
    if unknown:
        known = ", ".join([*calls.columns, "hour"])
        raise InvalidArgument(f"no column {', '.join(unknown)}; there are: {known}")
    return toolkit.result_codes(calls, by=by)


def _report(options: argparse.Namespace, stack: contextlib.ExitStack) -> Path:
    """Write the report; sources that are logs by their names become its log."""
    from toolkit.analysis.happenings import is_log

    logs: list[Any] = [name for name in options.source if name != "-" and is_log(name)]
    recordings = [_from_pipe(name, stack) for name in options.source if name not in logs]
    return toolkit.write_report(
        options.output,
        calls=_one_or_all(recordings) if recordings else None,
        log=_one_or_all(logs) if logs else None,
        title=options.title or ", ".join(options.source),
    )


def _from_pipe(name: str, stack: contextlib.ExitStack) -> str:
    """The name itself, or for ``-`` a file with what came in by the pipe: it is read twice."""
    if name != "-":
        return name
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    path = Path(folder) / "standard-input.yaml"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return str(path)


def _read_log(options: argparse.Namespace) -> pd.DataFrame:
    sources: list[Any] = [sys.stdin.buffer if name == "-" else name for name in options.source]
    truncated: Literal["keep", "raise"] = "keep" if options.keep_truncated else "raise"
    return toolkit.read_log(_one_or_all(sources), truncated=truncated)


def _one_or_all(names: list[Any]) -> Any:
    return names[0] if len(names) == 1 else names


def show(table: pd.DataFrame, options: argparse.Namespace) -> None:
    """Print a table for eyes, as Markdown, or as CSV or JSON lines for programs."""
    if options.format == "csv":
        table.to_csv(sys.stdout, index=False)
        return
    if options.format == "json":
        table.to_json(sys.stdout, orient="records", lines=True, date_format="iso")
        return
    if options.format == "markdown":
        from toolkit.analysis.markdown import rows

        print(rows(table))
        return
    limit = getattr(options, "rows", None)
    print_table(table if limit is None else table.head(limit))
    if limit is not None and len(table) > limit:
        print(f"{limit} of {len(table):,} rows; --rows shows more, --format csv all")


def print_table(table: pd.DataFrame, title: str = "") -> None:
    """Print a DataFrame one line a row; columns that do not fit the terminal are named below."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    cells = {name: [_cell(value) for value in table[name]] for name in table.columns}
    widths = {
        name: min(_WIDEST, max(map(len, [str(name), *values]))) + 3
        for name, values in cells.items()
    }
    console = Console(highlight=False)
    if not console.is_terminal:  # a file or a pipe takes any width
        console = Console(highlight=False, width=max(80, sum(widths.values()) + 2))
    left = console.width - 2
    if title:
        console.print(title, style="bold")
    view = Table(box=box.SIMPLE_HEAD)
    fitting: list[str] = []
    for name, width in widths.items():
        left -= width
        if left >= 0 or not fitting:
            fitting.append(name)
            numeric = pd.api.types.is_numeric_dtype(table[name])
            view.add_column(
                str(name),
                justify="right" if numeric else "left",
                no_wrap=True,
                max_width=_WIDEST,
            )
    for row in zip(*(cells[name] for name in fitting), strict=True):
        view.add_row(*row)
    console.print(view)
    hidden = [str(name) for name in table.columns if name not in fitting]
    if hidden:
        console.print(f"not shown: {', '.join(hidden)}", soft_wrap=True)


def _cell(value: Any) -> str:
    from rich.markup import escape

    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return escape(str(value).replace("\n", " "))


_WIDEST = 48
"""Characters of a column; a longer text ends in an ellipsis."""
