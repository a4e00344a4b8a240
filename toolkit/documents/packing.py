"""Columns of text packed while they are gathered, so that a log takes less room than as XML.

Types are decided by a whole column, and a column is not whole before the last record is read. Until
then a column of times, of integers or of few different texts is kept as numbers from which each
text comes back to the letter. The first value decides the form; when a later one does not have it,
the column goes on as text, and what was packed is made text again where the type is decided.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.documents import infer
from toolkit.documents.infer import MOST_CATEGORIES, TEXT

_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d(?:\.(\d{1,6}))?(Z|\+00:00|)")
_INTEGER = re.compile(r"-?[1-9]\d{0,17}|0")
_LEAST_OF_DIGITS = np.array([10**digits for digits in range(1, 19)])
_LOOKED_AT = 500
_TOGETHER = 1 << 22
"""Bytes of text that become one chunk of a column."""


class Form(Protocol):
    """How texts are packed, and made texts again."""

    type: pa.DataType

    def pack(self, texts: pa.Array) -> pa.Array | None:
        """The texts as numbers; None if one of them does not have the form."""

    def texts(self, packed: pa.Array) -> pa.Array:
        """The texts again."""

    def sample(self) -> pa.Array:
        """Texts from which the type of all that was packed can be told."""


@dataclass(slots=True)
class TimeForm:
    """Times that are written alike, as microseconds since 1970."""

    separator: str
    digits: int
    suffix: str
    type: pa.DataType = field(default_factory=lambda: pa.timestamp("us"))
    _first: str = ""

    @classmethod
    def of(cls, first: str) -> TimeForm | None:
        """The form of one value."""
        found = _TIME.fullmatch(first)
        if found is None:
            return None
        separator, digits, suffix = found.groups()
        return cls(separator, len(digits or ""), suffix, _first=first)

    def pack(self, texts: pa.Array) -> pa.Array | None:
        """See :class:`Form`."""
        length = len(self._first)
        lengths = pc.min_max(pc.binary_length(texts)).as_py()
        if lengths["min"] != length or lengths["max"] != length:
            return None
        given = texts.drop_null() if texts.null_count else texts
        offsets = np.frombuffer(given.buffers()[1], np.int64, len(given) + 1, 8 * given.offset)
        data = np.frombuffer(given.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
        letters = data.reshape(len(given), length)
        marks = [4, 7, 10, 13, 16, *range(19, 20 if self.digits else 19)]
        marks += range(length - len(self.suffix), length)
        if (letters[:, marks] != np.frombuffer(self._first.encode(), np.uint8)[marks]).any():
            return None
        if self.suffix:
            texts = pc.binary_slice(texts.cast(pa.large_binary()), 0, length - len(self.suffix))
            texts = texts.cast(TEXT)
        try:
            return pc.cast(texts, self.type)
        except pa.ArrowInvalid:
            return None  # the 31st of February

    def texts(self, packed: pa.Array) -> pa.Array:
        """See :class:`Form`."""
        written = pc.cast(packed, TEXT)  # 2019-04-01 08:00:00.000000
        written = pc.utf8_slice_codeunits(written, 0, 20 + self.digits if self.digits else 19)
        written = pc.utf8_replace_slice(written, 10, 11, self.separator)
        return pc.binary_join_element_wise(
            written, pa.scalar(self.suffix, TEXT), pa.scalar("", TEXT)
        )

    def sample(self) -> pa.Array:
        """See :class:`Form`."""
        return pa.array([self._first], TEXT)


@dataclass(slots=True)
class IntegerForm:
    """Integers as they are written without a sign or zeros that say nothing."""

    least: int = 0
    most: int = 0
    type: pa.DataType = field(default_factory=pa.int64)

    def pack(self, texts: pa.Array) -> pa.Array | None:
        """See :class:`Form`."""
        try:
            packed = pc.cast(texts, self.type)
        except pa.ArrowInvalid:
            return None
        values = np.asarray(pc.fill_null(packed, 1))
        # What is not written in this one way is longer than its digits, or begins with a zero.
        digits = np.searchsorted(_LEAST_OF_DIGITS, np.abs(values), side="right") + 1
        lengths = np.asarray(pc.fill_null(pc.binary_length(texts), 1))
        zeros = np.asarray(pc.starts_with(texts, "0").fill_null(False))
        if (lengths != digits + (values < 0)).any() or (digits > 18).any():
            return None
        if (zeros & (lengths > 1)).any() or pc.any(pc.starts_with(texts, "-0")).as_py():
            return None
        span = pc.min_max(packed).as_py()
        self.least, self.most = min(self.least, span["min"]), max(self.most, span["max"])
        return packed

    def texts(self, packed: pa.Array) -> pa.Array:
        """See :class:`Form`."""
        return pc.cast(packed, TEXT)

    def sample(self) -> pa.Array:
        """See :class:`Form`."""
        return pa.array([str(self.most), str(self.least)], TEXT)


@dataclass(slots=True)
class CodeForm:
    """Few different texts, by the order in which they came first."""

    codes: dict[str, int] = field(default_factory=dict)
    type: pa.DataType = field(default_factory=pa.int8)

    def pack(self, texts: pa.Array) -> pa.Array | None:
        """See :class:`Form`."""
        if not self.codes:  # most columns of different texts are known by the first of them
            few = texts.slice(0, _LOOKED_AT).dictionary_encode()
            if len(few.dictionary) > MOST_CATEGORIES:
                return None
        encoded = texts.dictionary_encode()
        if len(encoded.dictionary) > MOST_CATEGORIES:
            return None
        found = encoded.dictionary.to_pylist()
        new = [text for text in found if text not in self.codes]
        if len(self.codes) + len(new) > MOST_CATEGORIES:
            return None
        for text in new:
            self.codes[text] = len(self.codes)
        return pa.array([self.codes[text] for text in found], self.type).take(encoded.indices)

    def texts(self, packed: pa.Array) -> pa.Array:
        """See :class:`Form`."""
        return self.sample().take(packed)

    def sample(self) -> pa.Array:
        """See :class:`Form`."""
        return pa.array(list(self.codes), TEXT)


class Packer:
    """Packs one column's texts batch by batch, as long as they have the form of the first.

    Attributes
    ----------
    form : Form or None
        Of what was packed.
    is_text : bool
        Whether the column goes on as text.
    """

    def __init__(self, key: str) -> None:
        self.form: Form | None = None
        self.is_text = False
        self._is_message = not key

    def pack(self, texts: pa.Array) -> pa.Array:
        """The texts packed, or as they are; ``is_text`` tells which, unless all are missing."""
        if self.is_text:
            return texts
        if texts.null_count == len(texts):
            return texts if self.form is None else pa.nulls(len(texts), self.form.type)
        form = self.form or self._form(texts)
        packed = None if form is None else form.pack(texts)
        if packed is None:
            self.is_text = True
            return texts
        self.form = form
        return packed

    def _form(self, texts: pa.Array) -> Form | None:
        first = next(text for text in texts if text.is_valid).as_py()
        if (times := TimeForm.of(first)) is not None:
            return times
        if _INTEGER.fullmatch(first):
            return IntegerForm(int(first), int(first))
        return None if self._is_message else CodeForm()


class PackedColumn:
    """One column of a table that is being gathered."""

    def __init__(self, key: str, rows_before: int = 0) -> None:
        self._packer = Packer(key)
        self._parts: list[pa.Array] = []
        self._texts: list[pa.Array] = []
        self._held: list[pa.Array] = []
        self._held_bytes = 0
        self.add_missing(rows_before)

    def add(self, texts: pa.Array) -> None:
        """Add the values of some more records."""
        packed = self._packer.pack(texts)
        if not self._packer.is_text:
            self._parts.append(packed)
            return
        self._held.append(packed)
        self._held_bytes += packed.nbytes
        if self._held_bytes >= _TOGETHER:
            self._put_together()

    def add_missing(self, rows: int) -> None:
        """Add so many records without such a value."""
        if rows:
            self.add(pa.nulls(rows, TEXT))

    def series(self, name: str, hint: str) -> pd.Series:
        """The column with its type; what was gathered is then used up."""
        form = self._packer.form
        if form is not None and not self._packer.is_text:
            packed = pa.chunked_array(
                [part.cast(form.type) if part.type == TEXT else part for part in self._parts]
            )
            found = _typed(form, packed, name, hint)
            if found is not None:
                return found
        return infer.column(self.texts(), name, hint)

    def texts(self) -> pa.ChunkedArray:
        """The column's texts; what was gathered is then used up."""
        self._put_together()
        form = self._packer.form
        parts = [
            part if form is None or part.type == TEXT else form.texts(part) for part in self._parts
        ]
        chunks, self._parts, self._texts = [*parts, *self._texts], [], []
        return pa.chunked_array(chunks, TEXT)

    def _put_together(self) -> None:
        if self._held:
            self._texts.append(pa.concat_arrays(self._held))
            self._held, self._held_bytes = [], 0


def _typed(form: Form, packed: pa.ChunkedArray, name: str, hint: str) -> pd.Series | None:
    """What :func:`infer.column` says of the texts, where it can be told from what they are."""
    if isinstance(form, TimeForm) and hint != "text":
        return infer.utc(packed)
    if isinstance(form, IntegerForm) and hint in ("none", "mixed", "integer"):
        return infer.whole(packed)
    if isinstance(form, IntegerForm) and hint in ("time", "epoch"):
        ends = pa.chunked_array([form.sample()])
        if infer.epoch(ends) is not None:
            return infer.utc(pc.cast(pc.multiply(packed, 1000), pa.timestamp("us")))
    if isinstance(form, CodeForm):
        return _coded(form, packed, name, hint)
    return None


def _coded(form: CodeForm, packed: pa.ChunkedArray, name: str, hint: str) -> pd.Series | None:
    values = pa.chunked_array([form.sample()])
    if infer.is_blank(values):
        return None
    typed = infer.typed(values, name, hint)
    if typed is not None:
        with_none = pd.concat([typed, pd.Series([None], dtype=typed.dtype)], ignore_index=True)
        return with_none.take(_places(packed)).reset_index(drop=True)
    if not infer.is_category(name, hint, len(form.codes), len(packed) - packed.null_count):
        return None
    categories = pd.Index(list(form.codes), dtype="str")
    return pd.Series(pd.Categorical.from_codes(_places(packed), categories=categories))


def _places(packed: pa.ChunkedArray) -> Any:
    return np.asarray(pc.fill_null(packed, -1))
