"""Items to DataFrames and rows to items: associations are columns with dotted names.

``{"client": {"id": 5}}`` is a column ``client.id``, in a list that is read and in rows that are
written. Lists inside of items are text that holds JSON.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.decoding import Nested, check_nested, typed
from toolkit.services.base.jsonbody import plain
from toolkit.services.geoop.call import Item
from toolkit.services.geoop.models import HIDDEN, model

# As the page "Items" writes a Date-Time: 2014-01-30T23:31:57+00:00.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")

Missing = Literal["skip", "null"]
Rows = pd.DataFrame | Sequence[Mapping[str, Any]]


def frame_of(items: Sequence[Item], collection: str, nested: Nested = "flat") -> pd.DataFrame:
    """Items to a DataFrame: the declared columns of users, of others what arrives.

    Parameters
    ----------
    nested : {"flat", "json", "drop"}
        Associations as columns with dotted names, as text that holds JSON, or left out.

    Examples
    --------
    >>> frame_of([{"id": 7, "client": {"id": 5}, "title": "Gate"}], "jobs").columns.tolist()
    ['id', 'client.id', 'title']
    """
    check_nested(nested)
    declared = model(collection)
    if not items and not declared.fields:
        return frame([Column("id", "integer")])  # every item has one
    if nested == "flat" and not declared.fields:
        items = [_flat(item) for item in items]
        above = {name.rpartition(".")[0] for item in items for name in item if "." in name}
        items = [_without_nothing(item, above) for item in items]
    result = typed(items, declared, nested=nested)
    unseen = [name for name in result.columns if str(name).partition(".")[0] in HIDDEN]
    empty = [name for name in unseen if result[name].isna().all()] if declared.fields else []
    return _with_times(result.drop(columns=empty))


def _with_times(result: pd.DataFrame) -> pd.DataFrame:
    """Columns whose texts all are date-times of the service, as times (UTC)."""
    for name in result.columns:
        column = result[name]
        if column.dtype == "str" and column.notna().any() and _are_times(column.dropna()):
            with contextlib.suppress(ValueError, OverflowError):  # the 31st of June stays a text
                times = pd.to_datetime(column, format="ISO8601", utc=True)
                result[name] = times.astype("datetime64[us, UTC]")
    return result


def _are_times(texts: pd.Series[str]) -> bool:
    return bool(_TIME.fullmatch(texts.iloc[0])) and bool(texts.str.fullmatch(_TIME).all())


def _flat(item: Item, under: str = "") -> Item:
    flat: Item = {}
    for name, value in item.items():
        if isinstance(value, dict) and value:
            flat.update(_flat(value, f"{under}{name}."))
        else:
            flat[f"{under}{name}"] = value
    return flat


def _without_nothing(item: Item, above: set[str]) -> Item:
    """Without the associations that lead nowhere: their columns are empty in this row."""
    return {name: value for name, value in item.items() if value is not None or name not in above}


def table_of(rows: Rows | Mapping[str, Any] | Iterable[Any]) -> pd.DataFrame:
    """What is to be written, as a DataFrame with the caller's own index.

    Raises
    ------
    InvalidArgument
        It is neither a DataFrame, nor a dict, nor a list of dicts or of ids.
    """
    if isinstance(rows, pd.DataFrame):
        return rows
    if isinstance(rows, Mapping):
        return pd.DataFrame([dict(rows)], dtype="object")
    if isinstance(rows, pd.Series):
        return pd.DataFrame({"id": rows})
    listed = list(rows) if not isinstance(rows, str | bytes | int) else [rows]
    if all(isinstance(one, Mapping) for one in listed):
        return pd.DataFrame(listed, dtype="object")
    if all(_is_id(one) for one in listed):
        return pd.DataFrame({"id": listed})
    raise InvalidArgument(
        "items are a DataFrame, a dict or a list of dicts; ids are whole numbers, "
        f"not {type(listed[0]).__name__}"
    )


def _is_id(value: Any) -> bool:
    try:
        return not isinstance(value, bool | str) and int(value) == value
    except (TypeError, ValueError):
        return False


def items_of(
    table: pd.DataFrame, *, missing: Missing = "skip", only_id: bool = False
) -> list[Item]:
    """Rows to items as they are sent.

    Parameters
    ----------
    missing : {"skip", "null"}
        Whether a missing cell leaves its field out, or sets it to null.
    only_id : bool
        Take nothing but the id.

    Raises
    ------
    InvalidArgument
        A column is named twice, or two columns cannot both be (``client`` and ``client.id``).

    Examples
    --------
    >>> items_of(pd.DataFrame({"title": ["Gate", None], "client.id": [5, 6]}))
    [{'title': 'Gate', 'client': {'id': 5}}, {'client': {'id': 6}}]
    """
    if missing not in ("skip", "null"):
        raise InvalidArgument(f"missing must be skip or null, not {missing!r}")
    names = [str(name) for name in table.columns]
    if len(set(names)) < len(names):
        raise InvalidArgument("the rows have a column twice; each field is one column")
    columns = {name: _cells(table.iloc[:, place]) for place, name in enumerate(names)}
    if "id" not in columns and table.index.name == "id":
        columns["id"] = _cells(table.index.to_series())
    if only_id:
        columns = {"id": columns["id"]} if "id" in columns else {}
    items: list[Item] = [{} for _ in range(len(table))]
    for name, cells in columns.items():
        path = name.split(".")
        for item, cell in zip(items, cells, strict=True):
            if cell is not None or missing == "null":
                _put(item, path, cell)
    return items


def _put(item: Item, path: list[str], cell: Any) -> None:
    *above, last = path
    for word in above:
        inner = item.setdefault(word, {})
        if not isinstance(inner, dict):
            raise InvalidArgument(f"the columns {word} and {'.'.join(path)} cannot both be sent")
        item = inner
    if isinstance(item.get(last), dict):
        raise InvalidArgument(
            f"the columns {'.'.join(path)} and those below it cannot both be sent"
        )
    item[last] = cell


def _cells(column: pd.Series[Any]) -> list[Any]:
    """Cells as JSON has them. Whole numbers that pandas made floats for a gap are whole again."""
    cells = _unpacked([plain(value) for value in column])
    gaps = any(cell is None for cell in cells)
    name = str(column.name)
    if pd.api.types.is_float_dtype(column.dtype) and (gaps or name.rpartition(".")[2] == "id"):
        whole = all(cell is None or float(cell).is_integer() for cell in cells)
        cells = [int(cell) if whole and cell is not None else cell for cell in cells]
    return cells


def _unpacked(cells: list[Any]) -> list[Any]:
    """A column of text that holds JSON lists or objects, as our own frames have it, decoded.

    Only where every text is one: a title that happens to be ``[]`` among others stays a title.
    """
    texts = [cell for cell in cells if cell is not None]
    if not texts or not all(isinstance(one, str) and one[:1] in ("[", "{") for one in texts):
        return cells
    try:
        found = [None if cell is None else msgspec.json.decode(cell) for cell in cells]
    except msgspec.DecodeError:
        return cells
    return found


def check_ids(items: Sequence[Item], index: Iterable[Any]) -> None:
    """Every item that is changed or deleted names its id, as a whole number from 1 on.

    Raises
    ------
    InvalidArgument
        One does not; nothing was sent.
    """
    for label, item in zip(index, items, strict=True):
        number = item.get("id")
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise InvalidArgument(
                f"row {label!r} needs an id, a whole number in a column id, not {number!r}"
            )
