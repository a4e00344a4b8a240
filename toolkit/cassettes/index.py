"""A table of keys: where in a cassette the interactions of a request are.

The table is a file beside the cassette (``monday.yaml.index``), mapped and not read when it is
large: opening it costs the same for any number of interactions. It is only a short cut. It is
thrown away when the cassette's size, tail or content differ from what it was made from, and a
cassette works without.

Its bytes, little-endian, for n interactions sorted by key and then by position::

    header        80 bytes   magic, n, bytes covered, mtime, crc of them, bits, fingerprint,
                             tail, whether there are keys
    keys          16 n       digest of everything that matching compares, secrets masked; and
                             the record of ``exact`` that belongs to it. Digests take long to
                             make: a table without keys has zeros here, in the order of ``exact``
    exact         24 n       digest of method, URI and body as they stand in the file, sorted;
                             row in ``keys``, bytes of the line, byte in the cassette (its
                             highest bit: the key has other rows too)
    directories    8 (2^bits + 1)   first record of each prefix, for ``keys`` and for ``exact``
"""

from __future__ import annotations

import contextlib
import itertools
import mmap
import os
import struct
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from toolkit.cassettes.entries import FileEntries
from toolkit.cassettes.matching import EXACT_BYTES, KEY_BYTES

_MAGIC = b"cassidx5"
_HEADER = struct.Struct("<8sQQqII16s16sI4x")
_TAIL = 4096
_KEY_RECORD = struct.Struct(f"<{KEY_BYTES}sI")
_EXACT_RECORD = struct.Struct(f"<{EXACT_BYTES}sIIQ")
_PAIR = struct.Struct("<II").unpack_from
_RANK = struct.Struct("<I").unpack_from
_PLACE = struct.Struct("<IIQ").unpack_from
_PREFIX = struct.Struct(">I").unpack_from
_SEVERAL = 1 << 63
_CHUNK = 1 << 20
_SMALL = 1 << 20
"""Bytes of an index up to which it is read at once, and not mapped."""


NO_KEY = b""


class Row(NamedTuple):
    """One interaction: the digests of its request, and where its line is.

    A key that was not made yet is ``NO_KEY``; a table has all keys or none.
    """

    key: bytes
    exact: bytes
    position: int
    length: int


class Table:
    """Rows sorted by key, in any buffer that has ``find``: a map of a file, or bytes."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self._data = data
        head = _HEADER.unpack_from(data)
        self.count, self.covered, self.mtime, self.crc, bits = head[1:6]
        self.fingerprint, self.tail = head[6], head[7]
        self.has_keys = bool(head[8])
        self._shift = 32 - bits
        self._keys = _HEADER.size
        self._exact = self._keys + _KEY_RECORD.size * self.count
        self._key_directory = self._exact + _EXACT_RECORD.size * self.count
        self._exact_directory = self._key_directory + 4 * ((1 << bits) + 1)
        self.size = self._exact_directory + 4 * ((1 << bits) + 1)

    def rows(self, key: bytes) -> tuple[int, int]:
        """Give the first row of the key and the one after its last; equal when there is none."""
        prefix = _PREFIX(key)[0] >> self._shift
        first, end = _PAIR(self._data, self._key_directory + 4 * prefix)
        at = start = self._keys + 16 * first
        stop = self._keys + 16 * end
        while (at := self._data.find(key, at, stop)) >= 0:
            row, beside = divmod(at - self._keys, 16)
            if not beside:
                return row, self._after(key, row, end)
            at += 1
        return start, start

    def _after(self, key: bytes, row: int, end: int) -> int:
        row += 1
        if row < end and self.key(row) == key:
            rest = range(row, end)
            row += bisect_left(rest, True, key=lambda at: self.key(at) != key)
        return row

    def find_exact(self, exact: bytes) -> tuple[int, int, int, bool] | None:
        """Give row, position, length and whether its key has other rows, by a request's bytes."""
        rank, _ = self._rank(exact)
        if rank < 0:
            return None
        row, length, position = _PLACE(self._data, self._exact + 24 * rank + EXACT_BYTES)
        return row, position & ~_SEVERAL, length, position >= _SEVERAL

    def same(self, exact: bytes) -> tuple[int, int]:
        """Give the ranks of a request with these very bytes: the first, and the one after its last.

        Ranks of one request are in recorded order; the two are equal when there is none.
        """
        rank, end = self._rank(exact)
        if rank < 0:
            return 0, 0
        after = rank + 1
        if after < end and self._exact_of(after) == exact:
            rest = range(after, end)
            after += bisect_left(rest, True, key=lambda other: self._exact_of(other) != exact)
        return rank, after

    def _rank(self, exact: bytes) -> tuple[int, int]:
        """Give the first rank of a request's bytes, or -1, and where those of its prefix end."""
        data = self._data
        at = self._exact_directory + 4 * (_PREFIX(exact)[0] >> self._shift)
        first, end = _PAIR(data, at)
        start = at = self._exact + 24 * first
        stop = self._exact + 24 * end
        while (at := data.find(exact, at, stop)) >= 0:
            rank, beside = divmod(at - start, 24)
            if not beside:
                return first + rank, end
            at += 1
        return -1, end

    def _exact_of(self, rank: int) -> bytes:
        at = self._exact + 24 * rank
        return self._data[at : at + EXACT_BYTES]

    def ranked(self, rank: int) -> tuple[int, int, int]:
        """Give row, position and length by rank."""
        row, length, position = _PLACE(self._data, self._exact + 24 * rank + EXACT_BYTES)
        return row, position & ~_SEVERAL, length

    def key(self, row: int) -> bytes:
        """Give the key of a row."""
        at = self._keys + 16 * row
        return self._data[at : at + KEY_BYTES]

    def place(self, row: int) -> tuple[int, int]:
        """Give position and length of a row's line."""
        rank = _RANK(self._data, self._keys + 16 * row + KEY_BYTES)[0]
        _, length, position = _PLACE(self._data, self._exact + 24 * rank + EXACT_BYTES)
        return position & ~_SEVERAL, length

    def all_rows(self) -> list[Row]:
        """Give all rows in recorded order."""
        rows = []
        for rank in range(self.count):
            exact, row, length, position = _EXACT_RECORD.unpack_from(
                self._data, self._exact + 24 * rank
            )
            key = self.key(row) if self.has_keys else NO_KEY
            rows.append(Row(key, exact, position & ~_SEVERAL, length))
        return sorted(rows, key=lambda row: row.position)

    def close(self) -> None:
        """Let go of the file, if it is one."""
        if isinstance(self._data, mmap.mmap):
            self._data.close()


def build(rows: Iterable[Row], covered: int = 0) -> bytes:
    """Make a table of rows that come in recorded order; memory is some 200 bytes a row.

    It has no keys when the first row has none.
    """
    keys: list[bytes] = []
    exact: list[bytes] = []
    positions, lengths = array("Q"), array("L")
    for row in rows:
        keys.append(row.key)
        exact.append(row.exact)
        positions.append(row.position)
        lengths.append(row.length)
    count = len(keys)
    bits = max(1, count.bit_length() - 2)
    # Sorting is stable: rows of one key stay in recorded order.
    by_exact = sorted(range(count), key=exact.__getitem__)
    has_keys = bool(keys) and keys[0] != NO_KEY
    by_key = sorted(range(count), key=keys.__getitem__) if has_keys else by_exact
    row_of, rank_of = (_inverse(order) for order in (by_key, by_exact))
    for before, number in itertools.pairwise(by_key if has_keys else ()):
        if keys[before] == keys[number]:
            positions[before] |= _SEVERAL
            positions[number] |= _SEVERAL
    key_record, exact_record = _KEY_RECORD.pack, _EXACT_RECORD.pack
    parts = [
        _HEADER.pack(_MAGIC, count, covered, 0, 0, bits, b"", b"", has_keys),
        *(key_record(keys[number], rank_of[number]) for number in by_key),
        *(
            exact_record(exact[number], row_of[number], lengths[number], positions[number])
            for number in by_exact
        ),
        _directory([keys[number] for number in by_key] if has_keys else [], bits),
        _directory([exact[number] for number in by_exact], bits),
    ]
    return b"".join(parts)


def _inverse(order: list[int]) -> array[int]:
    inverse = array("L", bytes(array("L").itemsize * len(order)))
    for at, number in enumerate(order):
        inverse[number] = at
    return inverse


def _directory(digests: list[bytes], bits: int) -> bytes:
    starts = [0] * ((1 << bits) + 1)
    for digest in digests:
        starts[(_PREFIX(digest)[0] >> (32 - bits)) + 1] += 1
    total = 0
    for prefix, number in enumerate(starts):
        total += number
        starts[prefix] = total
    return struct.pack(f"<{len(starts)}I", *starts)


def sidecar(cassette: Path) -> Path:
    """Give the path of a cassette's index."""
    return cassette.with_name(cassette.name + ".index")


def save(table: bytes, entries: FileEntries, fingerprint: bytes) -> bool:
    """Write a table beside its cassette; give whether the folder let us."""
    _, count, covered, _, _, bits, _, _, has_keys = _HEADER.unpack_from(table)
    path = sidecar(entries.path)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    head = _HEADER.pack(
        _MAGIC,
        count,
        covered,
        entries.mtime_ns(),
        _crc(entries, covered),
        bits,
        fingerprint,
        _tail(entries, covered),
        has_keys,
    )
    try:
        with beside.open("wb") as file:
            file.write(head)
            file.write(memoryview(table)[_HEADER.size :])
        beside.replace(path)
    except OSError:  # a read-only folder, a full disk: the cassette works without
        with contextlib.suppress(OSError):
            beside.unlink()
        return False
    return True


def load(entries: FileEntries, fingerprint: bytes) -> Table | None:
    """Map the index of a cassette; None when there is none that fits.

    One that covers the beginning of a cassette that has grown since is used for that part.
    """
    try:
        with sidecar(entries.path).open("rb") as file:
            # Each page of a map costs a fault when it is first met.
            data: bytes | mmap.mmap = file.read(_SMALL + 1)
            if len(data) > _SMALL:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    table = None
    if len(data) >= _HEADER.size and data[:8] == _MAGIC:
        table = Table(data)
    if table is not None and _fits(table, len(data), entries, fingerprint):
        return table
    if isinstance(data, mmap.mmap):
        data.close()
    return None


def _fits(table: Table, size: int, entries: FileEntries, fingerprint: bytes) -> bool:
    if table.size != size or table.fingerprint != fingerprint:
        return False
    if table.covered > entries.size or table.tail != _tail(entries, table.covered):
        return False
    if table.covered == entries.size and table.mtime == entries.mtime_ns():
        return True
    # Checked out, copied, appended to, or edited: only the content can tell.
    return bool(table.crc == _crc(entries, table.covered))


def _tail(entries: FileEntries, covered: int) -> bytes:
    start = max(0, covered - _TAIL)
    return blake2b(entries.read(start, covered - start), digest_size=16).digest()


def _crc(entries: FileEntries, covered: int) -> int:
    crc = 0
    for at in range(0, covered, _CHUNK):
        crc = zlib.crc32(entries.read(at, min(_CHUNK, covered - at)), crc)
    return crc
