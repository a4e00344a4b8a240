"""Finding interactions by request: in a table where there is one, in the rest as it is needed.

A cassette without a table is read from its start, but only as far as the interaction asked for:
a replay in recorded order never waits for a scan.

Two digests stand for a request. That of its very bytes costs microseconds; that of all that
matching compares, its key, costs twenty times as much and is made only where the bytes alone
lead nowhere. Where the bytes are all that matching could look at, a request finds the recorded
ones with the same bytes first, and those of the same key after them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from toolkit.cassettes import flowline, index
from toolkit.cassettes.asked import Asked
from toolkit.cassettes.coverage import Accepts, Found, Scanned, Tabled
from toolkit.cassettes.entries import Entries, FileEntries
from toolkit.cassettes.index import NO_KEY, Row, Table
from toolkit.cassettes.interaction import Request
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.vcrdict import FAILED_METHOD, FAILED_URI, request_from_dict

WORTH_KEEPING = 1000
"""Interactions from which on an index is written; fewer are scanned in no time."""
LARGE = 64 << 20
"""Bytes of a cassette from which on a table is made at once, to keep the memory small."""


class Lookup:
    """Which interaction answers a request, and which were played. Not for two threads at once.

    Parameters
    ----------
    entries : Entries
        The lines of the cassette.
    matching : Matching
        How requests are compared.
    keep_index : bool or None
        Whether to write an index beside the cassette; None: when it has 1,000 interactions.
    """

    def __init__(
        self, entries: Entries, matching: Matching, keep_index: bool | None = None
    ) -> None:
        self._entries = entries
        self._matching = matching
        self._keep_index = keep_index
        self._fingerprint = matching.fingerprint() if isinstance(entries, FileEntries) else None
        self._tabled: Tabled | None = None
        self._proved = False
        self._already: set[int] = set()
        table = self._load()
        if table is None and isinstance(entries, FileEntries) and entries.size > LARGE:
            table = self._make_table()
        self._start(table)

    def _start(self, table: Table | None) -> None:
        self._tabled = Tabled(table, self._entries) if table is not None else None
        self._scanned = Scanned(self._entries)
        self._rest = self._entries.requests(
            table.covered if table is not None else self._entries.start
        )
        self._complete = False

    def _load(self) -> Table | None:
        if self._fingerprint is None or self._keep_index is False:
            return None
        assert isinstance(self._entries, FileEntries)  # noqa: S101 - a fingerprint says so
        table = index.load(self._entries, self._fingerprint)
        if table is not None and not self._agrees(table):
            table.close()
            return None
        return table

    def _agrees(self, table: Table) -> bool:
        """Make three keys again: a service's rules may have changed under one name."""
        if not table.has_keys:
            return self._matching.is_whole
        for row in {0, table.count // 2, table.count - 1} if table.count else ():
            if self._key(self._entries.line(*table.place(row))) != table.key(row):
                return False
        return True

    def _make_table(self) -> Table:
        keyed = not self._matching.is_whole
        self._proved = keyed
        data = index.build(
            (
                Row(
                    self._key(self._entries.line(position, length)) if keyed else NO_KEY,
                    self._exact(asked, position, length),
                    position,
                    length,
                )
                for position, length, asked in self._entries.requests(self._entries.start)
            ),
            self._entries.size,
        )
        self._save(data, Table(data).count)
        return Table(data)

    def _save(self, data: bytes, count: int) -> None:
        wanted = count >= WORTH_KEEPING if self._keep_index is None else self._keep_index
        if wanted and self._fingerprint is not None and isinstance(self._entries, FileEntries):
            index.save(data, self._entries, self._fingerprint)

    def _exact(self, asked: Asked | None, position: int, length: int) -> bytes:
        if asked is None:
            request = _request(self._entries.line(position, length))
            asked = request.method, request.url, request.body
        return self._matching.exact(*asked)

    def _key(self, line: bytes) -> bytes:
        return self._matching.key(_request(line))

    def _scan(self, until: bytes | None = None) -> bytes | None:
        """Read on, one interaction or until one has this digest; give its digest.

        None at the end.
        """
        matching, scanned, already = self._matching, self._scanned, self._already
        for position, length, asked in self._rest:
            exact = self._exact(None, position, length) if asked is None else matching.exact(*asked)
            scanned.add(exact, position, length, played=position in already)
            if not matching.is_whole:  # then keys are always needed: make it while at it
                scanned.add_key(self._key(self._entries.line(position, length)))
            if until is None or exact == until:
                return exact
        self._complete = True
        return None

    def _scan_all(self) -> None:
        while not self._complete:
            self._scan()

    def _scan_key(self) -> bytes | None:
        """Make one more key, and give it; None at the end."""
        scanned = self._scanned
        row = len(scanned.keys)
        if row < len(scanned):
            scanned.add_key(self._key(self._entries.line(*scanned.place(row))))
        elif self._scan() is None:
            return None
        elif len(scanned.keys) == row:
            return self._scan_key()
        return scanned.keys[row]

    def _scan_keys(self) -> None:
        while self._scan_key() is not None:
            pass

    def take_exact(self, exact: bytes) -> Found | bytes | None:
        """Give what a request with these very bytes gets, if that can be said by them alone.

        When it leads to no unplayed interaction, the request's key, if that is known.
        """
        if not self._matching.is_whole:
            return self._take_by_known_key(exact)
        found = self._tabled.take_same(exact) if self._tabled is not None else None
        if found is None:
            found = self._scanned.take_same(exact)
        while found is None and not self._complete:
            if self._scan(exact) is not None:
                found = self._scanned.take_same(exact)
        return found or self._known_key(exact)

    def _known_key(self, exact: bytes) -> bytes | None:
        known = self._tabled.key_of(exact) if self._tabled is not None else None
        return known or self._scanned.key_of(exact)

    def _take_by_known_key(self, exact: bytes) -> Found | bytes | None:
        if self._tabled is not None:
            found = self._tabled.take_exact(exact)
            if isinstance(found, tuple):
                return found
            key = found or self._scanned.key_of(exact)
        else:
            key = self._scanned.key_of(exact)
        return None if key is None else self.take(key) or key

    def take(self, key: bytes, accepts: Accepts | None = None) -> Found | None:
        """Give the line of the first unplayed interaction of the key, and mark it played.

        Parameters
        ----------
        key : bytes
            Of :meth:`Matching.key`.
        accepts : callable, optional
            Asked for each candidate line, in recorded order.
        """
        self._need_keys()
        found = self._tabled.take(key, accepts) if self._tabled else None
        if found is None:
            found = self._scanned.take(key, accepts)
        while found is None:
            scanned = self._scan_key()
            if scanned is None:
                return None
            if scanned == key:
                found = self._scanned.take(key, accepts)
        return found

    def last(self, key: bytes, accepts: Accepts | None = None) -> Found | None:
        """Give the line of the last interaction of the key, played or not."""
        self._need_keys()
        self._scan_keys()
        found = self._scanned.last(key, accepts)
        if found is None and self._tabled:
            found = self._tabled.last(key, accepts)
        return found

    def count(self, key: bytes) -> int:
        """How many interactions of the key there are."""
        self._need_keys()
        self._scan_keys()
        return self._scanned.count(key) + (self._tabled.count(key) if self._tabled else 0)

    def _need_keys(self) -> None:
        if self._tabled is not None and not self._tabled.table.has_keys:
            self._scan_again()

    def prove(self) -> bool:
        """Make every key again if they came from an index; give whether there was need to.

        An index may be wrong in a way that its checks do not see: it never has the last word.
        """
        if self._proved or self._tabled is None:
            return False
        self._scan_again()
        return True

    def _scan_again(self) -> None:
        """Do without the table: what was played stays played."""
        assert self._tabled is not None  # noqa: S101 - both callers have asked
        self._proved = True
        self._already = {position for position, _ in self.places(played=True)}
        self._tabled.table.close()
        self._start(None)

    def places(self, *, played: bool) -> Iterator[tuple[int, int]]:
        """Give position and length of every line that was played, or that was not."""
        if not played:
            self._scan_all()
        if self._tabled:
            yield from sorted(self._tabled.places(played))
        yield from self._scanned.places(played)

    @property
    def is_complete(self) -> bool:
        """Whether all of the cassette was met, so that counting it needs no scan."""
        return self._complete

    def __len__(self) -> int:
        self._scan_all()
        return len(self._scanned) + (len(self._tabled.played) if self._tabled else 0)

    def close(self, *, keep: bool = True) -> None:
        """Write the index if the whole cassette was read without one, and let go of it."""
        scanned, table = self._scanned, self._tabled.table if self._tabled else None
        if keep and self._complete and len(scanned) and self._fingerprint is not None:
            count = len(self)
            if self._keep_index or (self._keep_index is None and count >= WORTH_KEEPING):
                self._save(index.build(self._rows(table), self._entries.size), count)
        if table is not None:
            table.close()
        self._tabled = None
        self._scanned = Scanned(self._entries)
        self._complete = True

    def _rows(self, table: Table | None) -> Iterator[Row]:
        """All rows for an index: with keys if they were made, or cost no more than a few."""
        if table is not None and table.has_keys:
            self._scan_keys()
        keyed = len(self._scanned.keys) == len(self._scanned)
        if table is None:
            return self._scanned.rows(keyed=keyed)
        known = table.all_rows()
        if not table.has_keys:
            keyed = False
        return itertools.chain(known, self._scanned.rows(keyed=keyed))


def _request(line: bytes) -> Request:
    """The request of a line; that of a failure without its mark."""
    request = request_from_dict(flowline.decode_request(line))
    if request.url.startswith(FAILED_URI):
        request.url = request.url.removeprefix(FAILED_URI)
        request.method = request.method.removeprefix(FAILED_METHOD)
    return request
