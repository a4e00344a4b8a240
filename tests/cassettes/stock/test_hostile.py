"""Files that are broken or mean harm: one clear error, nothing run, bounded memory."""

from __future__ import annotations

import sys
import tracemalloc
import warnings
from pathlib import Path

import pytest
from vcr.serializers import yamlserializer

from toolkit.cassettes import stock
from toolkit.outcomes import CassetteError

ENTRY = b"""- request:
    body: null
    headers: {}
    method: GET
    uri: http://127.0.0.1/%d
  response:
    body:
      string: hello world
    headers:
      content-type:
      - text/plain
    status:
      code: 200
      message: OK
"""
GOOD = b"interactions:\n" + ENTRY % 1 + ENTRY % 2 + ENTRY % 3 + b"version: 1\n"
LINES = len(ENTRY.splitlines())


def refused(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "bad.yaml"
    path.write_bytes(data)
    with pytest.raises(CassetteError) as caught:
        list(stock.read(path))
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message.removeprefix(str(path))


@pytest.mark.parametrize(
    "harm",
    [
        "!!python/object/apply:os.system ['touch {mark}']",
        "!!python/object/new:os.system ['touch {mark}']",
        "!!python/object:subprocess.Popen {{args: [touch, '{mark}']}}",
        "!!python/name:os.system ''",
        "!!python/module:antigravity ''",
        '!!python/object/apply:builtins.eval [\'open("{mark}", "w")\']',
    ],
)
def test_no_tag_runs_code(harm: str, tmp_path: Path) -> None:
    """A tag that would build or call something is refused by name and line; nothing is called."""
    mark = tmp_path / "was-run"
    before = set(sys.modules)
    value = harm.format(mark=mark.as_posix()).encode()
    message = refused(GOOD.replace(b"hello world", value, 1), tmp_path)
    assert message.startswith(", line 9: the tag !!python/")
    assert "plain data" in message
    assert not mark.exists()
    assert "antigravity" not in set(sys.modules) - before


def test_an_alias_bomb_is_bounded(tmp_path: Path) -> None:
    """Nine levels of nine aliases would be 400 million values: refused, in little memory."""
    levels = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)]
    bomb = b"\n".join(levels) + b"\n" + GOOD.replace(b"headers: {}", b"headers: {a: *a8}", 1)
    tracemalloc.start()
    try:
        message = refused(bomb, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert "aliases expand" in message


def test_a_merge_bomb_is_bounded(tmp_path: Path) -> None:
    """Merge keys copy what they name: the same bound holds."""
    levels = [b"m0: &m0 {a: 1, b: 2}"]
    levels += [
        b"m%d: &m%d {<<: [%s]}" % (n, n, b",".join([b"*m%d" % (n - 1)] * 9)) for n in range(1, 9)
    ]
    message = refused(b"\n".join(levels) + b"\n" + GOOD, tmp_path)
    assert "aliases expand" in message


def test_an_alias_of_itself_is_refused(tmp_path: Path) -> None:
    """A document that contains itself has no end."""
    data = GOOD.replace(b"headers: {}", b"headers: &h {a: [*h]}", 1)
    assert "contains itself" in refused(data, tmp_path)


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- ", b"? "])
def test_deep_nesting_is_refused(opening: bytes, tmp_path: Path) -> None:
    """A hundred thousand levels would overflow the stack of the C parser."""
    message = refused(b"interactions:\n- " + opening * 100_000, tmp_path)
    assert "nested deeper" in message


def test_deep_json_is_refused(tmp_path: Path) -> None:
    """The same as JSON."""
    message = refused(b'{"version": 1, "interactions": ' + b"[" * 100_000, tmp_path)
    assert "JSON" in message or "nested too deep" in message


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (b"hello\0world", ", line 9: a NUL byte"),
        (b"hello\xff\xfeworld", ", line 9: not UTF-8 (byte 0xff)"),
        (b"caf\xe9", ", line 9: not UTF-8 (byte 0xe9)"),
        (b"hello\x07world", ", line 9: not readable as YAML: control characters"),
        (b'"hello', ", line 4"),
        (b"'hello", ""),
        (b"hello: world: again", ", line 9: not readable as YAML: mapping values"),
        (b"*nobody", ", line 9: not readable as YAML: found undefined alias"),
        (b"!!binary '***a'", ", line 9"),
    ],
)
def test_broken_text_is_named_by_line(harm: bytes, says: str, tmp_path: Path) -> None:
    """What cannot be read is said with file and line (in the first interaction, line 9)."""
    message = refused(GOOD.replace(b"hello world", harm, 1), tmp_path)
    assert says.split(": ")[0] in message
    if ": " in says:
        assert message.startswith(says)


def test_a_later_line_is_counted_right(tmp_path: Path) -> None:
    """The line is that of the file, not of the interaction."""
    first, second = GOOD.split(b"/2\n")
    data = first + b"/2\n" + second.replace(b"hello world", b"hello\0world", 1)
    assert refused(data, tmp_path).startswith(f", line {9 + LINES}: a NUL byte")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_refused(encoding: str, tmp_path: Path) -> None:
    """A cassette is UTF-8, as vcrpy writes it."""
    message = refused(GOOD.decode().encode(encoding), tmp_path)
    assert "UTF-16" in message or "NUL byte" in message


@pytest.mark.parametrize(
    "data", [b"<html>", b"hello", b"\x89PNG\r\n", b"a: 1\n", b'{"a": 1}', b"[1, 2]", b"PK\x03\x04"]
)
def test_what_is_no_cassette_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    """Some other file: refused with the reason."""
    assert "with interactions in it" in refused(data, tmp_path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"log": {"entries": []}}', "HAR"),
        (b"interactions:\n", "cut short"),
        (b"interactions: 7\n", "no list of interactions"),
        (b"interactions:\n- 7\nversion: 1\n", "line 2: an interaction is int"),
        (b"interactions:\n- request: {}\nversion: 1\n", "line 2: the interaction has no response"),
        (
            b'{"version": 1, "interactions": [{"request": {}}]}',
            "interaction 1: the interaction has",
        ),
        (b'{"version": 1, "interactions": [', "line 1: not readable as JSON"),
        (b'{"version": 1, "interactions": 3}', "no list of interactions"),
    ],
)
def test_a_wrong_shape_is_named(data: bytes, says: str, tmp_path: Path) -> None:
    """YAML or JSON of another shape: the sentence says what is missing and where."""
    assert says in refused(data, tmp_path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The system's reason, in one sentence."""
    with pytest.raises(CassetteError, match=r"missing\.yaml: cannot be read"):
        list(stock.read(tmp_path / "missing.yaml"))


@pytest.mark.filterwarnings("ignore::toolkit.cassettes.stock.CutShortWarning")
def test_a_file_cut_anywhere_never_lies() -> None:
    """Cut at any byte: whole interactions are given as they were, the rest is told."""
    whole = yamlserializer.deserialize(GOOD.decode())["interactions"]
    for end in range(20, len(GOOD) - 11):
        found = []
        told = False
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                found.extend(stock.read(GOOD[:end]))
            except CassetteError as error:
                told = "line" in str(error)
        assert told or caught, end
        # The last one may have lost the end of its last value; the warning is about it.
        assert found[:-1] == whole[: max(0, len(found) - 1)]


def test_one_huge_interaction_is_bounded(tmp_path: Path) -> None:
    """An interaction beyond the limit is refused before it is read whole."""
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.write(b"interactions:\n- request:\n    body: ")
        for _ in range(60):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(
            CassetteError, match=r"line 2: one interaction is larger than 8,000,000"
        ):
            list(stock.read(path, limit=8_000_000))
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()
