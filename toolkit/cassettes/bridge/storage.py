"""The file beneath a bridged cassette: what is in it, what was played, what was added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from toolkit.cassettes import flowline
from toolkit.cassettes.asked import Asked, asked
from toolkit.cassettes.bridge.convert import body_of, request_of
from toolkit.cassettes.coverage import Accepts
from toolkit.cassettes.entries import Entries, FileEntries, is_blank
from toolkit.cassettes.foreign import open_entries
from toolkit.cassettes.interaction import Request
from toolkit.cassettes.lock import WriterLock
from toolkit.cassettes.lookup import Lookup
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.vcrdict import FAILED_URI, request_from_dict
from toolkit.cassettes.wholefile import replace
from toolkit.cassettes.writer import Writer

Change = Callable[[dict[str, Any]], "dict[str, Any] | None"]
Found = tuple[int, bytes]
"""The place of an interaction (what was added here has a negative one) and its line."""
_FAILED = f'"uri":"{FAILED_URI}'.encode()


class Ask:
    """A request of vcrpy's that looks for its answer; its headers are read when they count."""

    __slots__ = ("_asked", "_whole", "body", "method", "seen", "url")

    def __init__(self, asked: Any) -> None:
        self._asked = asked
        self._whole: Request | None = None
        self.method: str = asked.method
        self.url: str = asked.uri
        self.body = body_of(asked)
        self.seen: tuple[bytes, Found] | None = None

    @property
    def whole(self) -> Request:
        """The request in our form."""
        if self._whole is None:
            self._whole = request_of(self._asked)
        return self._whole


class Changed:
    """The entries of a file as the user's filters make them, one at a time as they are read."""

    def __init__(self, entries: Entries, change: Change) -> None:
        self._entries = entries
        self._change = change
        self._lengths: dict[int, int] = {}
        self.size = entries.size
        self.start = entries.start

    def lines(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Give position and changed line of each interaction that the filters leave."""
        for position, line in self._entries.lines(start):
            changed = self._change(flowline.decode(line))
            if changed is not None:
                self._lengths[position] = len(line)
                yield position, flowline.encode(changed)

    def requests(self, start: int) -> Iterator[tuple[int, int, Asked | None]]:
        """Give position, length and request of each interaction that the filters leave."""
        for position, line in self.lines(start):
            yield position, len(line), asked(line)

    def line(self, position: int, length: int) -> bytes:  # noqa: ARG002 - the protocol's form
        """Give one changed line again."""
        line = self._entries.line(position, self._lengths[position])
        return flowline.encode(self._change(flowline.decode(line)) or {})

    def close(self) -> None:
        """Let go of the file."""
        self._entries.close()


class Storage:
    """The interactions of one cassette file. Not for two threads at once."""

    def __init__(self, path: Path, matching: Matching, sync: Any) -> None:
        self.path = path
        self._matching = matching
        self._sync = sync
        self._change: Change | None = None
        self._entries: Entries | None = None
        self._lookup: Lookup | None = None
        self._writer: Writer | None = None
        self._count: int | None = 0  # of what was loaded, once the file is closed, if known
        self._added: list[tuple[int, int]] = []  # position and length; only what can be played
        self._added_count = 0
        self._added_from = -1
        self._added_entries: FileEntries | None = None
        self._unplayed: dict[bytes, list[int]] = {}  # by key: numbers in _added
        self._peeked: dict[bytes, list[Found]] = {}  # taken from the look-up, not yet played
        self._held: list[bytes] | None = None

    def open(self, change: Change | None) -> bool:
        """Open what is there; False when there is nothing."""
        self._change = change
        if is_blank(self.path):
            return False
        self._entries = self._opened()
        self._lookup = Lookup(self._entries, self._matching)
        return True

    def _opened(self) -> Entries:
        entries = open_entries(self.path)
        return entries if self._change is None else Changed(entries, self._change)

    def rewind(self) -> None:
        """Forget what was played."""
        self._peeked.clear()
        if self._entries is not None:
            self._lookup = Lookup(self._entries, self._matching)

    def take(self, ask: Ask, *, keep: bool) -> Found | None:
        """Give the next interaction of a request; ``keep`` gives the same one next time."""
        matching = self._matching
        key = exact = None
        if matching.is_exact:
            exact = matching.exact(ask.method, ask.url, ask.body)
        else:
            key = matching.key(ask.whole)
        accepts = self._accepts(ask.whole) if matching.predicates else None
        handle = exact or key or b""
        peeked = self._peeked.get(handle)
        for number, found in enumerate(peeked or ()):
            if peeked and (accepts is None or accepts(found[1])):
                if not keep:
                    del peeked[number]
                return found
        loaded = self._from_lookup(self._lookup, ask, exact, key, accepts)
        if loaded is None:
            return self._from_added(key or matching.key(ask.whole), accepts, keep)
        if keep:
            self._peeked.setdefault(handle, []).append(loaded)
            ask.seen = handle, loaded
        return loaded

    def take_seen(self, ask: Ask) -> Found | None:
        """Give what :meth:`take` has just shown of a request, if nobody took it meanwhile."""
        handle, found = ask.seen or (b"", None)
        peeked = self._peeked.get(handle)
        if not peeked or peeked[0] is not found:
            return None
        if len(peeked) == 1:
            del self._peeked[handle]
        else:
            del peeked[0]
        return found

    def _from_lookup(
        self,
        lookup: Lookup | None,
        ask: Ask,
        exact: bytes | None,
        key: bytes | None,
        accepts: Accepts | None,
    ) -> Found | None:
        if lookup is None:
            return None
        if exact is not None:
            found = lookup.take_exact(exact)
            if isinstance(found, bytes):
                key = found
            elif found is not None and _FAILED not in found[1]:
                return found
        key = key or self._matching.key(ask.whole)
        taken = lookup.take(key, accepts)
        if taken is None and lookup.prove():
            taken = lookup.take(self._matching.key(ask.whole), accepts)
        while taken is not None and _FAILED in taken[1]:
            taken = lookup.take(key, accepts)  # vcrpy plays no failures
        return taken

    def _from_added(self, key: bytes, accepts: Accepts | None, keep: bool) -> Found | None:
        waiting = self._unplayed.get(key, [])
        for at, number in enumerate(waiting):
            line = self._added_line(number)
            if accepts is None or accepts(line):
                if not keep:
                    del waiting[at]
                return -1 - number, line
        return None

    def _added_line(self, number: int) -> bytes:
        position, length = self._added[number]
        if position < 0:
            assert self._held is not None  # noqa: S101 - negative while held back
            return self._held[-1 - position]
        if self._added_entries is None:
            self._added_entries = FileEntries(self.path)
        return self._added_entries.line(position, length)

    def _accepts(self, asked: Request) -> Accepts:
        def accepts(line: bytes) -> bool:
            recorded = request_from_dict(flowline.decode_request(line))
            return self._matching.agree(asked, recorded)

        return accepts

    def count(self, key: bytes) -> int:
        """How many interactions of a key were loaded, played or not."""
        return self._lookup.count(key) if self._lookup else 0

    def append(self, line: bytes, key: bytes | None) -> None:
        """Add a line to the file; with a key, it can be played in this session."""
        if self._held is not None:
            self._held.append(line)
            position = -len(self._held)
        else:
            position = self._write(line)
        self._added_count += 1
        if key is not None:
            self._unplayed.setdefault(key, []).append(len(self._added))
            self._added.append((position, len(line)))

    def _write(self, line: bytes) -> int:
        if self._writer is None:
            self._writer = Writer(self.path, self._sync)
        position = self._writer.append(line)
        if self._added_from < 0:
            self._added_from = position
        return position

    def hold_back(self) -> None:
        """Keep what is added in memory until :meth:`write_held_back`."""
        self._held = []

    def write_held_back(self) -> None:
        """Write what was held back."""
        held, self._held = self._held or (), None
        for line in held:
            self._write(line)

    def lines(self) -> Iterator[bytes]:
        """Give the line of every interaction: those loaded, then those added."""
        if self._entries is not None:
            yield from (line for _, line in self._entries.lines(self._entries.start))
            yield from self._added_lines()
        elif self._held:
            yield from self._held
        elif not is_blank(self.path):
            entries = self._opened()
            try:
                yield from (line for _, line in entries.lines(entries.start))
            finally:
                entries.close()

    def _added_lines(self) -> Iterator[bytes]:
        yield from self._held or ()
        if self._added_from >= 0:
            entries = FileEntries(self.path)
            try:
                yield from (line for _, line in entries.lines(self._added_from))
            finally:
                entries.close()

    def entries(self) -> Iterator[dict[str, Any]]:
        """Give all interactions in vcrpy's form, without the failures."""
        for line in self.lines():
            if _FAILED not in line:
                yield flowline.decode(line)

    def drop(self, superseding: set[bytes], *, unused: bool) -> None:
        """Write the file anew, without what was recorded again or what was not used.

        Parameters
        ----------
        superseding : set of bytes
            Keys that were recorded now: earlier interactions of them go.
        unused : bool
            Whether all that was not played goes too.
        """
        if self._lookup is None or self._entries is None:
            return
        used = {position for position, _ in self._lookup.places(played=True)}
        kept: list[bytes] = []
        count = 0
        for position, line in self._entries.lines(self._entries.start):
            count += 1
            if unused and position not in used:
                continue
            if superseding:
                request = request_from_dict(flowline.decode_request(line))
                if self._matching.key(request) in superseding:
                    continue
            kept.append(line)
        if len(kept) == count:
            return
        kept += self._added_lines()
        self.close()  # an open file cannot be replaced everywhere
        lock = WriterLock(self.path)
        try:
            replace(self.path, kept)
        finally:
            lock.release()

    def close(self) -> None:
        """Let go of the file. Closing twice does nothing."""
        writer, self._writer = self._writer, None
        lookup, self._lookup = self._lookup, None
        opened = (self._entries, self._added_entries)
        self._entries = self._added_entries = None
        try:
            if writer is not None:
                writer.close()
        finally:
            if lookup is not None:
                self._count = len(lookup) if lookup.is_complete else None
                lookup.close()
            for entries in opened:
                if entries is not None:
                    entries.close()

    def __len__(self) -> int:
        if self._lookup is not None:
            return len(self._lookup) + self._added_count
        if self._count is None:  # what was added is in the file by now
            self._count = sum(1 for _ in self.lines()) - self._added_count
        return self._count + self._added_count
