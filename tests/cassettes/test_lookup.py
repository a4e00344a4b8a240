"""Finding interactions: the same answers with an index, without, and with a wrong one."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from tests.cassettes.samples import URL, interaction, names
from toolkit.cassettes import Cassette, Request, coverage, flowline, index, lookup
from toolkit.cassettes.entries import FileEntries
from toolkit.cassettes.lookup import Lookup
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.vcrdict import from_dict, to_dict
from toolkit.cassettes.writer import Writer

MATCHING = Matching(rules=())


def write(path: Path, bodies: list[bytes]) -> None:
    """Append interactions whose answers say their number."""
    writer = Writer(path, "never")
    start = len(list(Cassette(path))) if path.exists() else 0
    for number, body in enumerate(bodies, start):
        writer.append(flowline.encode(to_dict(interaction(body, b"%d" % number))))
    writer.close()


def opened(path: Path, keep: bool | None = None) -> Lookup:
    return Lookup(FileEntries(path), MATCHING, keep)


def ask(found: Lookup, body: bytes, *, short: bool = True) -> int | None:
    """The number of the answer to a request with this body, as a cassette asks."""
    if short:
        hit = found.take_exact(MATCHING.exact("POST", URL, body))
        if isinstance(hit, tuple):
            return _number(hit[1])
    taken = found.take(MATCHING.key(Request("POST", URL, [("Content-Type", "text/xml")], body)))
    return None if taken is None else _number(taken[1])


def _number(line: bytes) -> int:
    response = from_dict(flowline.decode(line)).response
    assert response is not None
    return int(response.body)


# Two spellings of one value, other values, repeats.
BODIES = st.sampled_from(
    [b'{"a":1}', b'{"a": 1}', b'{"a":2}', b"x", b"y", b"", b"<a/>", b"<a></a>"]
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(BODIES, min_size=1, max_size=30),
    st.lists(st.tuples(BODIES, st.booleans()), max_size=40),
    st.sampled_from(["none", "whole", "grown"]),
)
def test_answers_come_in_recorded_order_with_and_without_an_index(
    tmp_path_factory: pytest.TempPathFactory,
    recorded: list[bytes],
    asked: list[tuple[bytes, bool]],
    indexed: str,
) -> None:
    """Against the plain model: the first unplayed one of the same bytes, else of one content."""
    path = tmp_path_factory.mktemp("lookup") / "a.yaml"
    part = len(recorded) // 2 if indexed == "grown" else len(recorded)
    write(path, recorded[:part] or recorded[:1])
    if indexed != "none":
        first = opened(path, keep=True)
        assert len(first) == max(part, 1)
        first.close()
    write(path, recorded[max(part, 1) :])
    waiting = defaultdict(list)
    for number, body in enumerate(recorded):
        waiting[MATCHING.key(Request("POST", URL, [], body))].append(number)
    found = opened(path, None if indexed != "none" else False)
    played = []
    for body, short in asked:
        left = waiting[MATCHING.key(Request("POST", URL, [], body))]
        same = [number for number in left if short and recorded[number] == body]
        expected = (same or left or [None])[0]
        left[:] = [number for number in left if number != expected]
        assert ask(found, body, short=short) == expected
        if expected is not None:
            played.append(expected)
    assert len(found) == len(recorded)
    entries = FileEntries(path)
    for state, numbers in (True, played), (False, set(range(len(recorded))) - set(played)):
        places = found.places(played=state)
        assert [_number(entries.line(*place)) for place in places] == sorted(numbers)
    found.close()


def test_a_cassette_is_read_only_as_far_as_needed(tmp_path: Path) -> None:
    """Replay in recorded order does not wait for a scan of the whole file."""
    path = tmp_path / "a.yaml"
    write(path, [b"%d" % number for number in range(50)])
    found = opened(path)
    assert ask(found, b"0") == 0
    assert len(found._scanned) == 1
    assert ask(found, b"9") == 9
    assert len(found._scanned) == 10
    assert not found._scanned.keys  # the bytes alone were enough


def test_an_index_is_written_from_a_thousand_interactions_or_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small cassettes stay alone in their folder."""
    monkeypatch.setattr(lookup, "WORTH_KEEPING", 20)
    path = tmp_path / "a.yaml"
    for count, keep, expected in ((19, None, False), (1, None, True), (0, False, False)):
        (tmp_path / "a.yaml.index").unlink(missing_ok=True)
        write(path, [b"%d" % number for number in range(count)])
        found = opened(path, keep)
        len(found)
        found.close()
        assert ("a.yaml.index" in names(tmp_path)) == expected
    found = opened(path, True)
    len(found)
    found.close()
    assert "a.yaml.index" in names(tmp_path)


def test_a_large_cassette_gets_its_table_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the memory stays small while it is played."""
    path = tmp_path / "a.yaml"
    write(path, [b"%d" % (number % 40) for number in range(80)])
    monkeypatch.setattr(lookup, "LARGE", 1000)
    found = opened(path)
    assert not len(found._scanned)
    order = [number * 37 % 80 for number in range(80)]
    answers = [ask(found, b"%d" % (number % 40)) for number in order]
    assert sorted(answers) == list(range(80))  # type: ignore[type-var]
    assert len(found._scanned) == 0


def test_long_runs_of_one_request_are_played_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll that was made a thousand times; the next one is found without a scan of the run."""
    monkeypatch.setattr(coverage, "_LONG_RUN", 10)
    path = tmp_path / "a.yaml"
    write(path, [b"poll"] * 60 + [b"other"])
    for keep in (False, True, None):
        found = opened(path, keep)
        assert [ask(found, b"poll") for _ in range(61)] == [*range(60), None]
        assert found.last(MATCHING.key(Request("POST", URL, [], b"poll"))) is not None
        found.close()


def _spoil_fingerprint(data: bytearray) -> None:
    data[48] ^= 1


def _spoil_magic(data: bytearray) -> None:
    data[0] ^= 1


def _cut(data: bytearray) -> None:
    del data[-1:]


def _empty(data: bytearray) -> None:
    data.clear()


@pytest.mark.parametrize("spoil", [_spoil_fingerprint, _spoil_magic, _cut, _empty])
def test_an_index_that_does_not_fit_is_not_used(tmp_path: Path, spoil: object) -> None:
    """Another version's, a cut one, another cassette's: scanned as if it were not there."""
    path = tmp_path / "a.yaml"
    write(path, [b"1", b"2"])
    found = opened(path, keep=True)
    len(found)
    found.close()
    sidecar = tmp_path / "a.yaml.index"
    data = bytearray(sidecar.read_bytes())
    spoil(data)  # type: ignore[operator]
    sidecar.write_bytes(data)
    found = opened(path)
    assert found._tabled is None
    assert [ask(found, b"2"), ask(found, b"1")] == [1, 0]


def test_an_edit_of_the_same_length_is_noticed(tmp_path: Path) -> None:
    """Size and tail are the same; the content is not."""
    path = tmp_path / "a.yaml"
    write(path, [b"first"] + [b"%d" % number for number in range(100)])
    found = opened(path, keep=True)
    len(found)
    found.close()
    path.write_bytes(path.read_bytes().replace(b"first", b"fully"))
    found = opened(path)
    assert found._tabled is None
    assert ask(found, b"fully") == 0
    assert ask(found, b"first") is None


def test_touching_a_cassette_keeps_its_index(tmp_path: Path) -> None:
    """A checkout changes the time of a file and not its content."""
    import os

    path = tmp_path / "a.yaml"
    write(path, [b"1", b"2"])
    found = opened(path, keep=True)
    len(found)
    found.close()
    os.utime(path, (1, 1))
    assert opened(path)._tabled is not None


def test_an_index_with_wrong_keys_is_never_the_last_word(tmp_path: Path) -> None:
    """Keys of other rules under one name: noticed by a sample, or before a refusal."""
    path = tmp_path / "a.yaml"
    write(path, [b"%d" % number for number in range(9)])
    entries = FileEntries(path)
    found = opened(path)
    found._scan_keys()
    rows = list(found._scanned.rows(keyed=True))
    fingerprint = MATCHING.fingerprint()
    assert fingerprint is not None
    wrong = [row._replace(key=b"w%d" % at + b"_" * 10) for at, row in enumerate(rows)]
    index.save(index.build(wrong, entries.size), entries, fingerprint)
    assert opened(path)._tabled is None  # the sample
    order = sorted(range(9), key=lambda at: rows[at].key)
    sampled = {order[0], order[4], order[8]}
    half = [
        row if at in sampled else row._replace(key=row.key[:-1] + b"\0", exact=b"-" * 8)
        for at, row in enumerate(rows)
    ]
    index.save(index.build(half, entries.size), entries, fingerprint)
    found = opened(path)
    assert found._tabled is not None
    assert ask(found, b"%d" % order[4]) == order[4]
    hidden = order[1]
    assert ask(found, b"%d" % hidden) is None
    assert found.prove()
    assert ask(found, b"%d" % hidden) == hidden
    assert ask(found, b"%d" % order[4]) is None  # played before
    assert not found.prove()


def test_an_index_in_a_folder_that_cannot_be_written_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cassette on read-only storage is replayed all the same."""
    path = tmp_path / "a.yaml"
    write(path, [b"1"])

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    found = opened(path, keep=True)
    assert ask(found, b"1") == 0
    len(found)
    monkeypatch.setattr(Path, "open", refused)
    found.close()
    assert names(tmp_path) == ["a.yaml"]


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=120))
def test_a_table_finds_every_row_and_nothing_else(numbers: list[int]) -> None:
    """Keys of all sizes of runs, also those that begin with one prefix."""

    def digest(number: int, width: int) -> bytes:
        return bytes([number % 3, 0, 0, number]) * (width // 4)

    rows = [
        index.Row(digest(number, 12), digest(number, 8), at * 100, 7 + at)
        for at, number in enumerate(numbers)
    ]
    table = index.Table(index.build(rows))
    assert table.count == len(rows)
    assert table.all_rows() == rows
    bare = index.Table(index.build(row._replace(key=index.NO_KEY) for row in rows))
    assert bare.all_rows() == [row._replace(key=index.NO_KEY) for row in rows]
    assert not bare.has_keys
    for number in range(41):
        expected = [(row.position, row.length) for row in rows if row.key == digest(number, 12)]
        first, after = table.rows(digest(number, 12))
        assert [table.place(row) for row in range(first, after)] == expected
        hit = table.find_exact(digest(number, 8))
        assert (hit is not None) == bool(expected)
        if hit is not None:
            assert (hit[1], hit[2]) in expected
            assert hit[3] == (len(expected) > 1)
            assert table.key(hit[0]) == digest(number, 12)
        for one in table, bare:
            ranks = [one.ranked(rank) for rank in range(*one.same(digest(number, 8)))]
            assert [place[1:] for place in ranks] == expected
            assert [one.place(place[0]) for place in ranks] == expected
