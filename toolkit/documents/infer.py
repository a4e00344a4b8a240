"""The type of a column, decided by all of its values.

One value that does not fit keeps the column text: a value is never changed into a wrong one. So
an integer is only what an integer would be written as (``007`` and ``+5`` are text), and a column
whose name has *version* in it is never a number (``3.10`` is not 3.1).
"""

from __future__ import annotations

import re
from typing import TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Texts: TypeAlias = "pa.ChunkedArray"

TEXT = pa.large_string()
MOST_CATEGORIES = 64
CATEGORY_NAMES = frozenset({"level", "severity", "status", "kind", "priority"})

_INTEGER = r"-?[1-9]\d{0,17}|0"
# As many digits as a float holds exactly.
_NUMBER = r"-?(\d{1,15}|\d{1,9}\.\d{1,7}|\d{1,3}\.\d{1,12}|\d(\.\d{1,14})?[eE][+-]?\d{1,2})"
_LEADING_ZERO = r"-?0\d"
_BOOLEAN = r"(?i:true|false)"
_ZONE = r" ?(Z|[+-]\d\d:?\d\d)"
_TIME = rf"\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{{1,9}})?({_ZONE})?"
_EPOCH_MS = r"[1-9]\d{11,13}"  # from 1973 on; less is more likely a number of days or seconds


def column(texts: Texts, name: str, hint: str = "none") -> pd.Series:
    """A column of texts as the type that all of its values have.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray of large_string
    name : str
        The column's name: levels and the like are categories also in a short log.
    hint : str
        What ``type`` attributes say: "text", "integer", "number", "boolean", "time"; "epoch" when
        the caller says that integers are milliseconds since 1970; "string" and "float" what JSON
        says (a string may be a time, and is no number); "none"; or "mixed".

    Returns
    -------
    Series
        ``datetime64[us, UTC]``, ``Int64``, ``float64``, ``boolean``, ``category`` or ``str``.
    """
    found = typed(texts, name, hint)
    if found is None:
        found = _categories(texts, name, hint)
    return text(texts) if found is None else found


def typed(texts: Texts, name: str, hint: str) -> pd.Series | None:
    """The column as times, numbers or booleans; None if it is none of these."""
    if hint == "float" and (floats := _floats(texts)) is not None:
        return floats
    return None if hint == "text" else _typed(texts, name, hint)


def _typed(texts: Texts, name: str, hint: str) -> pd.Series | None:
    first = _first(texts)
    if first is None:
        return _all_empty(texts, hint)
    for kind, pattern, convert in (
        ("time", _TIME, times),
        ("boolean", _BOOLEAN, booleans),
        ("integer", _INTEGER, integers),
        ("number", _NUMBER, numbers),
    ):
        if (hint == "string" and kind != "time") or (hint in _DATES and kind == "number"):
            continue
        # The first value refuses most types at once; the rest of the column decides.
        if re.fullmatch(pattern, first) and not (kind == "number" and "version" in name.lower()):
            if kind == "integer" and hint in _DATES:
                return epoch(texts)
            if hint == "number" and kind == "integer":
                continue
            found = convert(texts)
            if found is not None:
                return found
    return None


CONVERSIONS = ("time", "boolean", "integer", "number", "epoch", "float")


# A date that is written as a number is milliseconds since 1970, or text.
_DATES = ("time", "epoch")
BY_HINT = ("time", "integer", "number", "boolean")


def is_blank(texts: Texts) -> bool:
    """Whether no value says anything about the column's type."""
    return _first(texts) is None


def fits(texts: Texts, kind: str, name: str, hint: str) -> pd.Series | None:
    """The column as that kind, if all of its values are; what :func:`column` asks kind by kind."""
    first = _first(texts)
    if hint == "text" or (hint == "string" and kind != "time"):
        return None
    if kind == "epoch" and hint not in _DATES:
        return None
    if kind == "float" and hint != "float":
        return None
    if kind == "number" and ("version" in name.lower() or hint in _DATES):
        return None
    if kind == "integer" and hint in ("number", *_DATES):
        return None
    patterns = {"time": _TIME, "boolean": _BOOLEAN, "integer": _INTEGER, "number": _NUMBER}
    if first is not None and kind in patterns and not re.fullmatch(patterns[kind], first):
        return None
    convert = {
        "time": times, "boolean": booleans, "integer": integers, "number": numbers,
        "epoch": epoch, "float": _floats,
    }  # fmt: skip
    return convert[kind](texts)


def _first(texts: Texts) -> str | None:
    for chunk in texts.chunks:
        for value in chunk.drop_null():
            if bare := value.as_py().strip(" \t\r\n"):
                return str(bare)
    return None


def _all_empty(texts: Texts, hint: str) -> pd.Series | None:
    if texts.null_count == len(texts) and hint in ("none", "mixed"):
        return None
    nulls = pa.nulls(len(texts), TEXT)
    empty = {"time": times, "integer": integers, "number": numbers, "boolean": booleans}.get(hint)
    return None if empty is None else empty(pa.chunked_array([nulls]))


def _bare(texts: Texts) -> Texts:
    """Without white space around; empty values are missing ones."""
    trimmed = pc.ascii_trim(texts, characters=" \t\r\n")
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, TEXT), trimmed)


def _all(texts: Texts, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(texts, f"^(?:{pattern})$")).as_py() is not False


def times(texts: Texts) -> pd.Series | None:
    """Times to ``datetime64[us, UTC]``; without a zone they are UTC; None if one is no time."""
    if (plain := _plain_times(texts)) is not None:
        return plain
    bare = _bare(texts)
    zone = rf"{_ZONE}$"
    if not _all(bare, _TIME):
        return None
    # Digits beyond the microsecond, and a blank before the zone, are not read by Arrow.
    if pc.any(pc.match_substring_regex(bare, r"\.\d{7}|:.* [Z+-]")).as_py():
        bare = pc.replace_substring_regex(bare, r"(\.\d{6})\d+", r"\1")
        bare = pc.replace_substring_regex(bare, r" ([Z+-])", r"\1")
    zoned = pc.match_substring_regex(bare, zone)
    try:
        if pc.any(zoned).as_py():
            if not pc.all(zoned).as_py():
                in_utc = pc.binary_join_element_wise(
                    bare, pa.scalar("Z", TEXT), pa.scalar("", TEXT)
                )
                bare = pc.if_else(zoned, bare, in_utc)
            stamps = pc.cast(bare, pa.timestamp("us", "UTC"))
        else:
            stamps = pc.cast(bare, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None  # the 31st of February
    return utc(stamps)


def utc(stamps: pa.ChunkedArray) -> pd.Series:
    """Arrow's times, which are in UTC, to ``datetime64[us, UTC]``."""
    if stamps.type.tz is None:
        stamps = pc.assume_timezone(stamps, "UTC")
    found: pd.Series = pd.Series(stamps.to_pandas()).astype("datetime64[us, UTC]")
    return found


def _plain_times(texts: Texts) -> pd.Series | None:
    """Times all like ``2019-04-01T08:00:00``: of that length Arrow reads nothing else."""
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    if lengths["min"] != lengths["max"] or lengths["min"] != len("2019-04-01T08:00:00"):
        return None
    try:
        stamps = pc.cast(texts, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    return utc(stamps)


def epoch(texts: Texts) -> pd.Series | None:
    """Milliseconds since 1970 to ``datetime64[us, UTC]``; None if one is not."""
    bare = _bare(texts)
    if not _all(bare, _EPOCH_MS):
        return None
    stamps = pc.multiply(pc.cast(bare, pa.int64()), 1000)
    return utc(pc.cast(stamps, pa.timestamp("us")))


def integers(texts: Texts) -> pd.Series | None:
    """Integers to ``Int64``; None if one is not."""
    bare = _bare(texts)
    if not _all(bare, _INTEGER):
        return None
    return whole(pc.cast(bare, pa.int64()))


def whole(values: pa.ChunkedArray) -> pd.Series:
    """Arrow's integers to ``Int64``."""
    found: pd.Series = values.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return found


def numbers(texts: Texts) -> pd.Series | None:
    """Numbers to ``float64``; None if one is not, or has more digits than a float."""
    bare = _bare(texts)
    if (
        not _all(bare, _NUMBER)
        or pc.any(pc.match_substring_regex(bare, f"^{_LEADING_ZERO}")).as_py()
    ):
        return None
    return pd.Series(pc.cast(bare, pa.float64()).to_pandas())


def _floats(texts: Texts) -> pd.Series | None:
    try:
        return pd.Series(pc.cast(texts, pa.float64()).to_pandas())
    except pa.ArrowInvalid:
        return None


def booleans(texts: Texts) -> pd.Series | None:
    """``true`` and ``false`` to ``boolean``; None if one is neither."""
    bare = _bare(texts)
    if not _all(bare, _BOOLEAN):
        return None
    return pd.Series(pd.array(pc.equal(pc.ascii_lower(bare), "true"), dtype="boolean"))


def text(texts: Texts) -> pd.Series:
    """Texts as they are, to ``str``; in the chunks in which they came, as one would be a copy."""
    return pd.Series(pd.array(texts, dtype="str"))


def is_category(name: str, hint: str, distinct: int, values: int) -> bool:
    """Whether texts are a category: by their name, or few, each four times on average."""
    if name == "text" or hint not in ("none", "text", "string") or distinct > MOST_CATEGORIES:
        return False
    named = name.rpartition(".")[2].lower() in CATEGORY_NAMES
    return named or (distinct > 0 and values >= 4 * distinct)


def _categories(texts: Texts, name: str, hint: str) -> pd.Series | None:
    if not is_category(name, hint, 1, len(texts)):
        return None
    if pc.count_distinct(texts.slice(0, 10_000)).as_py() > MOST_CATEGORIES:
        return None
    encoded = texts.dictionary_encode().unify_dictionaries()
    distinct = len(encoded.chunk(0).dictionary) if encoded.num_chunks else 0
    if not is_category(name, hint, distinct, len(texts) - texts.null_count):
        return None
    return pd.Series(encoded.to_pandas())
