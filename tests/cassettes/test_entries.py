"""Reading cassettes: as a stream, while they are written, and when somebody meant harm."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
import yaml

from tests.cassettes.samples import interaction, names
from toolkit.cassettes import Cassette, entries, flowline, read
from toolkit.cassettes.entries import FileEntries
from toolkit.cassettes.foreign import BlockEntries, MemoryEntries, open_entries
from toolkit.cassettes.vcrdict import to_dict
from toolkit.cassettes.writer import Writer
from toolkit.outcomes import CassetteError


def line(body: bytes) -> bytes:
    return flowline.encode(to_dict(interaction(body)))


def bodies(path: Path) -> list[bytes]:
    return [one.request.body for one in read(path)]


def test_a_reader_sees_whole_interactions_while_they_are_written(tmp_path: Path) -> None:
    """A long line that is still a comment is not there yet; then it is."""
    path = tmp_path / "a.yaml"
    writer = Writer(path)
    for number in range(20):
        writer.append(line(b"%d" % number * 4000))
        assert len(bodies(path)) == number + 1
    with path.open("ab") as file:
        file.write(b'# {"request":{"meth')
    assert len(bodies(path)) == 20
    writer.close()


def test_comments_blank_lines_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    """Git may have changed the line ends, and a person may have written comments."""
    path = tmp_path / "a.yaml"
    text = flowline.HEADER + b"# mine\n" + line(b"1") + b"\n" + line(b"2") + b"# end"
    path.write_bytes(text.replace(b"\n", b"\r\n"))
    assert bodies(path) == [b"1", b"2"]
    path.write_bytes(flowline.HEADER + line(b"1") + line(b"2").rstrip())
    assert bodies(path) == [b"1", b"2"]


def test_a_line_of_another_layout_makes_the_file_yaml(tmp_path: Path) -> None:
    """What another tool put in the middle, or after the list, is read by the YAML reader."""
    path = tmp_path / "a.yaml"
    block = yaml.safe_dump([to_dict(interaction(b"2"))]).encode()
    path.write_bytes(flowline.HEADER + line(b"1") + block + line(b"3"))
    assert bodies(path) == [b"1", b"2", b"3"]
    path.write_bytes(flowline.HEADER + line(b"1") + b"metadata: {a: 1}\n")
    assert bodies(path) == [b"1"]


@pytest.mark.parametrize("dump", [json.dumps, yaml.safe_dump])
def test_stock_cassettes_are_held_as_lines(tmp_path: Path, dump: object) -> None:
    """Other layouts are converted in memory and then found like ours."""
    path = tmp_path / "a.yaml"
    recorded = {"interactions": [to_dict(interaction(b"1")), to_dict(interaction(b"2"))]}
    path.write_text(dump({**recorded, "version": 1}))  # type: ignore[operator]
    opened = open_entries(path)
    assert isinstance(opened, MemoryEntries if dump is json.dumps else BlockEntries)
    assert [one[1] for one in opened.lines(0)] == [line(b"1"), line(b"2")]
    assert opened.line(1, 0) == line(b"2")
    assert bodies(path) == [b"1", b"2"]
    opened.close()


def test_a_block_cassette_is_read_as_far_as_needed_whatever_follows(tmp_path: Path) -> None:
    """An alias in the middle makes the rest be held in memory; numbers and answers stay right."""
    path = tmp_path / "a.yaml"
    blocks = [yaml.safe_dump([to_dict(interaction(b"%d" % n, b"r%d" % n))]) for n in range(5)]
    blocks[1] = blocks[1].replace("uri: http", "uri: &there http")
    blocks[3] = blocks[3].replace("uri: http://127.0.0.1:8080/gateway", "uri: *there")
    path.write_text("interactions:\n" + "".join(blocks) + "version: 1\n")
    expected = [line(b"%d" % n).replace(b"<r/>", b"r%d" % n) for n in range(5)]
    opened = open_entries(path)
    assert isinstance(opened, BlockEntries)
    assert next(opened.lines(0)) == (0, expected[0])
    assert [text for _, text in opened.lines(0)] == expected
    assert [text for _, text in opened.lines(2)] == expected[2:]
    assert [number for number, _, _ in opened.requests(0)] == [*range(5)]
    assert [opened.line(number, 0) for number in (4, 0, 3)] == [expected[n] for n in (4, 0, 3)]
    opened.close()
    with Cassette(path, "none") as cassette:
        for n in (3, 0, 4):
            found = cassette.find(interaction(b"%d" % n).request)
            assert found is not None
            assert found.response.body == b"r%d" % n


def test_a_cassette_that_is_replaced_stays_what_was_opened(tmp_path: Path) -> None:
    """Renaming over it leaves the open file alone."""
    path = tmp_path / "a.yaml"
    path.write_bytes(flowline.HEADER + line(b"old"))
    opened = FileEntries(path)
    ((position, old),) = opened.lines(opened.start)
    (tmp_path / "b.yaml").write_bytes(b"something else")
    (tmp_path / "b.yaml").replace(path)
    assert opened.line(position, len(old)) == old
    opened.close()


@pytest.mark.parametrize("left", [b"", b"x" * 10_000, flowline.HEADER + line(b"other" * 99)])
def test_a_cassette_that_is_overwritten_while_open_is_an_error(tmp_path: Path, left: bytes) -> None:
    """Shortened or written over in place: said, not misread, and no crash."""
    path = tmp_path / "a.yaml"
    path.write_bytes(flowline.HEADER + b"".join(line(b"%d" % number) for number in range(50)))
    opened = FileEntries(path)
    places = [(position, len(text)) for position, text in opened.lines(opened.start)]
    path.write_bytes(left)
    with pytest.raises(CassetteError, match="was changed while it was open"):
        opened.line(*places[40])
    opened.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        opened.read(0, 1)


HOSTILE = {
    "no cassette": b"hello\n",
    "another document": b"- 1\n- 2\n",
    "an archive": b"PK\x03\x04" + bytes(range(256)),
    "NUL bytes": flowline.HEADER + b"- {\0\0\0}\n",
    "NULs in a body": flowline.HEADER + line(b"a").replace(b'"a"', b'"\0"'),
    "Latin-1": flowline.HEADER + line(b"caf#").replace(b"#", b"\xe9"),
    "UTF-16": (flowline.HEADER + line(b"a")).decode().encode("utf-16") + b"x",
    "a Python object": b"interactions:\n- !!python/object/apply:os.system ['touch pwned']\n",
    "one in a line": flowline.HEADER
    + b'- {"request": !!python/object/apply:os.system ["touch pwned"]}\n',
    "a bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(
        b"%c: &%c [%s]\n" % (one + 1, one + 1, b",".join([b"*%c" % one] * 9))
        for one in range(ord("a"), ord("j"))
    )
    + b"interactions: [*j]\n",
    "deep nesting": flowline.HEADER + b"- {" + b'"a":{' * 100_000 + b"\n",
    "no request": flowline.HEADER + b'- {"response":{}}\n',
    "a truncated line": flowline.HEADER + b'- {"request":{"method":"GET"\n' + line(b"b"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_a_clear_error(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, no code run, no crash of the process."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.yaml"
    path.write_bytes(HOSTILE[what])
    with pytest.raises(CassetteError, match=r"."):
        list(read(path))
    assert names(tmp_path) == ["a.yaml"]


def test_what_is_no_file_is_a_clear_error(tmp_path: Path) -> None:
    """A missing file and a folder."""
    with pytest.raises(CassetteError, match=r"gone\.yaml cannot be read: No such file"):
        list(read(tmp_path / "gone.yaml"))
    with pytest.raises(CassetteError, match="cannot be read: Is a directory"):
        list(read(tmp_path))


def test_a_line_without_end_takes_no_memory(tmp_path: Path) -> None:
    """A gigabyte without a line end is refused after the longest line that could be one."""
    path = tmp_path / "a.yaml"
    with path.open("wb") as file:
        file.write(flowline.HEADER + b"- {")
        file.truncate(1 << 30)  # sparse: the disk does not hold it
    tracemalloc.start()
    try:
        with pytest.raises(CassetteError, match="a line of more than 268,435,456 bytes"):
            list(read(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60 << 20


def test_long_lines_are_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines longer than a chunk of reading, and a limit that a test can reach."""
    monkeypatch.setattr(entries, "_CHUNK", 64)
    path = tmp_path / "a.yaml"
    kept = [b"a" * size for size in (1, 500, 3, 4000)]
    path.write_bytes(flowline.HEADER + b"".join(map(line, kept)))
    assert bodies(path) == kept
    monkeypatch.setattr(entries, "LONGEST_LINE", 1000)
    with pytest.raises(CassetteError, match="line of more than 1,000 bytes at byte"):
        bodies(path)
