"""A call as the line of Python that does it, and a DataFrame as the texts of a table."""

from __future__ import annotations

import datetime as dt
import keyword
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from toolkit.cassettes.redaction.names import Names
from toolkit.services.base.functions import Function

ROWS, COLUMNS, LONG = 50, 40, 300
"""What of a table is shown: rows, columns, and characters of a cell."""


MASK = "…"
_SECRETS = Names()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came from the page: its name there, and its bytes."""

    name: str
    contents: bytes


def variable(value: object, default: str) -> str:
    """What the notebook calls an object."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    names = getattr(running, "user_ns", {})
    found = (name for name, one in list(names.items()) if one is value and name[:1] != "_")
    return next(found, default)


def python_line(
    name: str,
    function: Function,
    values: Sequence[Any],
    named: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """The call of a function's method; values that names call secret are left out of it.

    Examples
    --------
    >>> from toolkit.services.sertainty.functions import TABLE
    >>> python_line("gateway", TABLE.get("taskGetStatus"), ["Nightly", "ingest"])
    'gateway.task.get_status("Nightly", "ingest")'
    """
    texts = [literal(_masked(value)) for value in values]
    plain = {key: literal(_masked({key: value})[key]) for key, value in named.items()}
    if all(key.isidentifier() and not keyword.iskeyword(key) for key in plain):
        texts += [f"{key}={text}" for key, text in plain.items()]
    else:
        pairs = ", ".join(f"{literal(key)}: {text}" for key, text in plain.items())
        texts.append(f"**{{{pairs}}}")
    return f"{name}.{function.method}({', '.join(texts)})"


def _masked(value: Any) -> Any:
    """JSON without what its names say is secret: the line is kept by the notebook."""
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: MASK if _SECRETS.kind(str(key)) and isinstance(one, str) else _masked(one)
        for key, one in value.items()
    }


def literal(value: Any) -> str:
    r"""A value as Python writes it, in the quotes that people write.

    Examples
    --------
    >>> print(literal("ingest"), literal("the \"A\" task"))
    "ingest" 'the "A" task'
    """
    if isinstance(value, Upload):
        return f'open({literal(value.name)}, "rb").read()'
    if not isinstance(value, str):
        return repr(value)
    plain = value.isprintable() and '"' not in value and "\\" not in value
    return f'"{value}"' if plain else repr(value)


def table(frame: pd.DataFrame) -> dict[str, Any]:
    """The beginning of a DataFrame as texts; one long row stands upright."""
    part = frame.iloc[:ROWS, :COLUMNS]
    columns = [str(name) for name in part.columns]
    rows = [[_text(value) for value in row] for row in part.itertuples(index=False, name=None)]
    if len(frame) == 1 and len(columns) > 4:
        upright = [[name, value] for name, value in zip(columns, rows[0], strict=True)]
        return {"columns": ["column", "value"], "rows": upright}
    return {"columns": columns, "rows": rows}


def shape(frame: pd.DataFrame) -> str:
    """How much there is of it.

    Examples
    --------
    >>> import pandas as pd
    >>> shape(pd.DataFrame({"a": [1, 2]}))
    '2 rows, 1 column'
    """
    words = []
    for count, word, most in zip(frame.shape, ("row", "column"), (ROWS, COLUMNS), strict=True):
        first = f"the first {most} of " if count > most else ""
        words.append(f"{first}{count:,} {word}{'s' * (count != 1)}")
    return ", ".join(words)


def _text(value: Any) -> str | None:
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, float):
        return f"{value:.6g}"
    text = f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, dt.datetime) else str(value)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
