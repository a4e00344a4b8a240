"""Secrets in CSV: the columns with a secret name."""

from __future__ import annotations

import csv
import io

from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.redaction.urls import Swap


def swap_csv(text: str, names: Names, swap: Swap) -> str:
    """The table with its secret columns swapped; one without them stays byte for byte."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    header = next(csv.reader([first.rstrip("\r")], delimiter=delimiter), [])
    kinds = {at: kind for at, name in enumerate(header) if (kind := names.kind(name.strip()))}
    if not kinds:
        return text
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n" if "\r\n" in text else "\n")
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
        writer.writerow(
            row
            if number == 0
            else [
                swap(kinds[at], cell) if cell and at in kinds else cell
                for at, cell in enumerate(row)
            ]
        )
    return out.getvalue()
