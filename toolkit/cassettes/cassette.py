"""A cassette in use: what it answers, what it records, and what becomes of it on closing."""

from __future__ import annotations

import datetime as dt
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from toolkit.cards import card
from toolkit.cassettes import flowline
from toolkit.cassettes.bodyfiles import response_in
from toolkit.cassettes.coverage import Found
from toolkit.cassettes.entries import (
    CassetteWarning,
    Entries,
    FileEntries,
    interaction_of,
    is_blank,
    read,
)
from toolkit.cassettes.foreign import open_entries
from toolkit.cassettes.interaction import Interaction, Request
from toolkit.cassettes.lookup import Lookup
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.nearest import explain
from toolkit.cassettes.options import Mode, Options
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.vcrdict import from_dict, moment_of, to_dict
from toolkit.cassettes.verification import Difference, compare
from toolkit.cassettes.wholefile import replace
from toolkit.cassettes.writer import Writer
from toolkit.outcomes import CassetteError, NotRecorded


class Cassette:
    """An open cassette: open it, use it from any number of threads, close it.

    Parameters
    ----------
    path : str or path
        The file. A new one appears with the first interaction.
    mode : str
        ``none once new_episodes append all rewrite verify``; see
        :class:`~toolkit.cassettes.options.Options` for them and for all other options.

    Attributes
    ----------
    calls : int
        Requests answered or recorded so far.
    differences : list of Difference
        What ``verify`` found.

    Raises
    ------
    CassetteError
        When an option is unknown, the cassette is missing where it is needed, cannot be read or
        written, or is being recorded by somebody else.

    Examples
    --------
    >>> with Cassette("cassettes/monday.yaml", "none") as cassette:
    ...     cassette.find(Request("POST", url, body=ping)).response.status
    200
    """

    def __init__(
        self, path: str | os.PathLike[str], mode: Mode | None = None, **options: Any
    ) -> None:
        if mode is not None:
            options["mode"] = mode
        self.options = Options.of(options)
        self.path = Path(path)
        self.calls = 0
        self.differences: list[Difference] = []
        redact, rules = self.options.redact, self.options.rules
        self._redactor = Redactor(rules) if redact is True else (redact or None)
        self._matching = Matching(self.options.match_on, self._redactor, rules)
        self._guard = threading.Lock()
        self._redacting = threading.Lock()
        self._closed = False
        self._superseded: set[int] = set()
        self._recorded_keys: set[bytes] = set()
        self._entries: Entries | None = None
        self._lookup: Lookup | None = None
        self._short_cut: Callable[[bytes], Found | bytes | None] | None = None
        self._writer: Writer | None = None
        self._open()

    def _open(self) -> None:
        mode = self.options.mode
        is_new = is_blank(self.path)
        if is_new and mode in ("none", "verify"):
            raise CassetteError(f"There is no cassette {self.path}; record one first.")
        self._replays = mode in ("none", "new_episodes") or (mode == "once" and not is_new)
        self._sends = mode != "none" and not (mode == "once" and not is_new)
        writes = self._sends and mode != "verify"
        if writes or (self._replays and self.options.on_expired == "record"):
            beside = self.path.with_name(self.path.name + ".rewrite")
            self._writer = Writer(
                self.path, self.options.sync, beside if mode == "rewrite" else None
            )
        self._old_size = self._writer.size if self._writer is not None else 0
        try:
            if (self._replays or mode == "verify") and not is_blank(self.path):
                self._entries = open_entries(self.path)
                self._lookup = Lookup(self._entries, self._matching, self.options.index)
                self._short_cut = self._lookup.take_exact if self._matching.is_exact else None
        except BaseException:
            if self._writer is not None:
                self._writer.close()
            if self._entries is not None:
                self._entries.close()
            raise

    @classmethod
    def open(cls, path: str | os.PathLike[str], mode: Mode | None = None, **options: Any) -> Self:
        """Open a cassette, as the class itself does."""
        return cls(path, mode, **options)

    def __repr__(self) -> str:
        state = "closed" if self._closed else self.options.mode
        return f"<Cassette {str(self.path)!r} {state}, {self.calls} calls>"

    def _repr_html_(self) -> str:
        state = "closed" if self._closed else self.options.mode
        return card("cassette", [("file", self.path), ("mode", state), ("calls", self.calls)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Interaction]:
        """All interactions that are in the file now, one at a time."""
        if not is_blank(self.path):
            yield from read(self.path)

    def __len__(self) -> int:
        """How many interactions are in the file now."""
        if self._lookup is not None and not self._sends:
            with self._guard:
                return len(self._lookup)
        return sum(1 for _ in self)

    def find(self, request: Request) -> Interaction | None:
        """Give the next recorded interaction of a request, as a replay does.

        Returns
        -------
        Interaction or None
            None when the request is to be sent, and then given to :meth:`keep`.

        Raises
        ------
        NotRecorded
            When the cassette has none and records none; the text shows the nearest it has.
        CassetteError
            When the answer is older than allowed.
        """
        line = self.line(request.method, request.url, request.body, lambda: request)
        if line is None:
            return None
        answer = response_in(line, self.path)
        return from_dict({"request": to_dict(Interaction(request))["request"], "response": answer})

    def line(self, method: str, url: str, body: bytes, make: Callable[[], Request]) -> bytes | None:
        """Give the line of the next interaction of a request: :meth:`find` for a transport.

        ``make`` gives the whole request; it is called only when its bytes alone do not tell.
        """
        if self._closed:
            raise CassetteError(f"{self.path} is closed.")
        if not self._replays:
            return None
        known = None
        if self._short_cut is not None:
            exact = self._matching.exact(method, url, body)
            with self._guard:
                known = self._short_cut(exact)
        found = known if isinstance(known, tuple) else self._take(make, known)
        if found is None:
            if self._sends:
                return None
            raise NotRecorded(self._explain(make()))
        if self.options.expire_after is not None and self._is_expired(*found):
            return None
        self.calls += 1
        return found[1]

    def _take(self, make: Callable[[], Request], key: bytes | None = None) -> Found | None:
        lookup, matching = self._lookup, self._matching
        if lookup is None:
            return None
        asked = make()
        accepts = None
        if matching.predicates:

            def accepts(line: bytes) -> bool:
                return matching.agree(asked, interaction_of(line, self.path, 0).request)

        key = key or matching.key(asked)
        with self._guard:
            found = lookup.take(key, accepts)
            # Before a refusal the index has to be proved right; else the request is just sent.
            if found is None and self.options.mode != "new_episodes" and lookup.prove():
                key = matching.key(asked)
                found = lookup.take(key, accepts)
            if found is None and self.options.repeats == "last":
                found = lookup.last(key, accepts)
        return found

    def _explain(self, request: Request) -> str:
        recorded = 0
        if self._lookup is not None and not self._matching.predicates:
            with self._guard:
                recorded = self._lookup.count(self._matching.key(request))
        return explain(self.path, request, self._matching, recorded)

    def _is_expired(self, position: int, line: bytes) -> bool:
        """Whether the answer is too old to be used: then the request is sent again."""
        moment = moment_of(flowline.decode_response(line))
        allowed = self.options.expire_after
        if moment is None or allowed is None or dt.datetime.now(dt.UTC) - moment <= allowed:
            return False
        if self.options.on_expired == "record":
            self._superseded.add(position)
            return True
        text = (
            f"An answer in {self.path.name} is of {moment:%Y-%m-%d %H:%M} UTC; "
            f"that is longer ago than {allowed}."
        )
        if self.options.on_expired == "error":
            raise CassetteError(f"{text} Record it again.")
        warnings.warn(text, CassetteWarning, stacklevel=2)
        return False

    def keep(self, interaction: Interaction) -> None:
        """Record an interaction, or compare it with the recorded one when verifying.

        Raises
        ------
        CassetteError
            When the cassette is closed, or cannot be written; it is as it was then.
        """
        if self._closed:
            raise CassetteError(f"{self.path} is closed.")
        self.calls += 1
        asked = interaction.request
        if self._redactor is not None:
            with self._redacting:
                interaction = self._redactor.redact(interaction)
        if self.options.mode == "verify":
            self._verify(asked, interaction)
            return
        if self._writer is None:
            raise CassetteError(f"{self.path} was opened to be replayed, not recorded.")
        self._writer.append(flowline.encode(to_dict(interaction)))
        if self.options.mode == "all" and self._old_size:
            self._recorded_keys.add(self._matching.key(interaction.request))

    def _verify(self, asked: Request, live: Interaction) -> None:
        found = self._take(lambda: asked)
        recorded = None if found is None else interaction_of(found[1], self.path, found[0])
        difference = compare(recorded, live, self._redactor, self.options.patterns)
        if difference is not None:
            self.differences.append(difference)

    def unused(self) -> Iterator[Interaction]:
        """Give the interactions that were in the cassette and have not been played."""
        if self._lookup is None or self._entries is None:
            return
        with self._guard:
            places = list(self._lookup.places(played=False))
        for position, length in places:
            yield interaction_of(self._entries.line(position, length), self.path, position)

    def close(self) -> None:
        """Finish: synchronise, drop what was superseded or is unused, give the lock back."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
        finish = self._tidy if self._superseded or self._recorded_keys else None
        if self.options.drop_unused and self._lookup is not None:
            self._superseded.update(place[0] for place in self._lookup.places(played=False))
            finish = self._tidy
        try:
            if self._lookup is not None:
                self._lookup.close(keep=finish is None)
        finally:
            if self._entries is not None:
                self._entries.close()
        if self._writer is None and finish is not None and self._superseded:
            self._writer = Writer(self.path, self.options.sync)
            self._old_size = self._writer.size
        if self._writer is not None:
            self._writer.close(finish)

    def _tidy(self) -> None:
        """Write the file anew without what was superseded, or recorded again."""
        replace(self.path, self._staying())

    def _staying(self) -> Iterator[bytes]:
        # What was converted from another layout is known by its number, not by its byte.
        numbered = self._entries is not None and not isinstance(self._entries, FileEntries)
        entries = open_entries(self.path)
        try:
            for number, (position, line) in enumerate(entries.lines(entries.start)):
                if self._stays(number if numbered else position, line):
                    yield line
        finally:
            entries.close()  # before the file is replaced: Windows keeps an open one

    def _stays(self, position: int, line: bytes) -> bool:
        if position in self._superseded:
            return False
        if not self._recorded_keys or position >= self._old_size:
            return True
        request = interaction_of(line, self.path, position).request
        return self._matching.key(request) not in self._recorded_keys
