"""Record, crash, reopen, append, replay in any order, against a plain list."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.cassettes.samples import as_stock, interaction, stock
from toolkit.cassettes import Cassette, CassetteWarning, Interaction, lookup, read
from toolkit.outcomes import CassetteError, NotRecorded

BODIES = st.sampled_from([b"a", b"b", b'{"n": 1}', b'{"n":1}', b"\xff" * 90, b"long " * 2000])
TORN = st.sampled_from([b'- {"request":{"me', b"# {", b"\0" * 700, b"-", b'- {"request":"\xc3'])


def _value(body: bytes) -> bytes:
    return body.replace(b" ", b"") if body.startswith(b"{") else body


class Machine(RuleBasedStateMachine):
    """What the cassette should hold is ``kept``; ``left`` what a replay has not played."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "a.yaml"
        self.kept: list[Interaction] = []
        self.writer: Cassette | None = None
        self.reader: Cassette | None = None
        self.left: list[Interaction] = []
        self.answers = 0

    @precondition(lambda self: self.writer is None)
    @rule()
    def open_to_append(self) -> None:
        self.writer = Cassette(self.path, "append", sync="never", redact=False)

    @precondition(lambda self: self.writer is not None)
    @rule(body=BODIES)
    def record(self, body: bytes) -> None:
        assert self.writer is not None
        self.answers += 1
        kept = interaction(body, b"answer %d" % self.answers)
        self.writer.keep(kept)
        self.kept.append(kept)

    @precondition(lambda self: self.writer is not None)
    @rule()
    def close(self) -> None:
        assert self.writer is not None
        self.writer.close()
        self.writer = None

    @precondition(lambda self: self.writer is not None and self.kept)
    @rule(torn=TORN)
    def lose_power(self, torn: bytes) -> None:
        """The process is gone with its lock; an unfinished line is at the end."""
        assert self.writer is not None
        self.writer.close()
        with self.path.open("ab") as file:
            file.write(torn)
        assert list(read(self.path)) == self.kept if torn[:1] != b"\0" else True
        with pytest.warns(CassetteWarning):
            self.writer = Cassette(self.path, "append", sync="never", redact=False)

    @precondition(lambda self: self.writer is not None)
    @rule()
    def a_second_writer_is_refused(self) -> None:
        with pytest.raises(CassetteError, match="is being recorded"):
            Cassette(self.path, "append")

    @precondition(lambda self: self.kept and self.reader is None)
    @rule(index=st.sampled_from([None, True, False]))
    def open_to_replay(self, index: bool | None) -> None:
        self.reader = Cassette(self.path, index=index, redact=False)
        self.left = list(self.kept)

    @precondition(lambda self: self.reader is not None)
    @rule(body=BODIES)
    def replay(self, body: bytes) -> None:
        assert self.reader is not None
        # The same bytes first, then the same value.
        alike = [one for one in self.left if _value(one.request.body) == _value(body)]
        same = [one for one in alike if one.request.body == body]
        expected = next(iter([*same, *alike]), None)
        if expected is None:
            with pytest.raises(NotRecorded):
                self.reader.find(interaction(body).request)
            return
        self.left.remove(expected)
        found = self.reader.find(interaction(body).request)
        assert found is not None
        assert found.response == expected.response
        assert found.recorded_at == expected.recorded_at

    @precondition(lambda self: self.reader is not None)
    @rule()
    def what_is_left_is_unused(self) -> None:
        assert self.reader is not None
        assert list(self.reader.unused()) == self.left

    @precondition(lambda self: self.reader is not None)
    @rule()
    def stop_replaying(self) -> None:
        assert self.reader is not None
        self.reader.close()
        self.reader = None

    @precondition(lambda self: self.writer is None and self.reader is None and self.kept)
    @rule()
    def drop_all_but_the_first(self) -> None:
        with Cassette(self.path, drop_unused=True, redact=False) as cassette:
            cassette.find(self.kept[0].request)
        del self.kept[1:]

    @invariant()
    def vcrpy_and_we_read_what_was_kept(self) -> None:
        if not hasattr(self, "path"):
            return
        if not self.kept:
            assert not self.path.exists()
            return
        assert list(read(self.path)) == self.kept
        assert stock(self.path) == as_stock(*self.kept)

    def teardown(self) -> None:
        if not hasattr(self, "path"):
            return
        for one in (self.writer, self.reader):
            if one is not None:
                one.close()
        self.folder.cleanup()


def test_the_engine_agrees_with_a_plain_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """After every step; with and without an index, which covers a part, all, or nothing."""
    monkeypatch.setattr(lookup, "WORTH_KEEPING", 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from hypothesis.stateful import run_state_machine_as_test

        run_state_machine_as_test(
            Machine, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
        )
