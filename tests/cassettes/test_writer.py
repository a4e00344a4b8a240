"""Appending: whole lines only, one writer, nothing lost, loadable at every instant."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from tests.cassettes.samples import as_stock, interaction, line, names, python, stock
from toolkit.cassettes import CassetteWarning, Interaction, flowline, read
from toolkit.cassettes.wholefile import replace
from toolkit.cassettes.writer import PAGE, Writer
from toolkit.outcomes import CassetteError


def many(*sizes: int) -> list[Interaction]:
    """Interactions with bodies of mixed characters, one of each size."""
    return [interaction(("aé漢\U0001f600" * size).encode()) for size in sizes]


def test_what_is_appended_is_read_by_us_and_by_vcrpy(tmp_path: Path) -> None:
    """Lines shorter and much longer than a page, in two sessions, in order."""
    path = tmp_path / "new" / "a.yaml"
    kept = many(1, 300, 5, 2000, 0, 90)
    for part in (kept[:4], kept[4:]):
        writer = Writer(path)
        for one in part:
            position = writer.append(line(one))
            assert path.read_bytes()[position:].startswith(b"- {")
        writer.close()
    assert list(read(path)) == kept
    assert stock(path) == as_stock(*kept)
    assert names(path.parent) == ["a.yaml"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900), st.sampled_from("aé漢\U0001f600")), min_size=2))
def test_every_page_at_which_a_write_may_stop_leaves_a_loadable_file(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[tuple[int, str]]
) -> None:
    """A killed process stops between pages; before its last byte a long line is a comment."""
    path = tmp_path_factory.mktemp("pages") / "a.yaml"
    writer = Writer(path, "never")
    kept = [interaction((character * (7 * size)).encode()) for size, character in bodies]
    positions = [writer.append(line(one)) for one in kept]
    writer.close()
    data = path.read_bytes()
    end = len(data)
    for number in reversed(range(1, len(kept))):
        start = positions[number]
        unfinished = data[:start] + b"#" + data[start + 1 : end]
        for stop in range((start // PAGE + 1) * PAGE, end, PAGE):
            path.write_bytes(unfinished[:stop])
            assert len(stock(path)) == number
            assert list(read(path)) == kept[:number]
        end = start


@pytest.mark.parametrize(
    "torn",
    [
        b'- {"request":{"method":"GE',
        b'# {"request":{"method":"GET"',
        b'# {"request":{}}\n',
        b"-",
        b"\0" * 5000,
        b'- {"request":' + b"\0" * 100,
        b'- {"request":{"a\n',
        b'- {"request":{"a\n- {"requ',
    ],
)
def test_an_unfinished_end_is_set_aside_with_a_warning(tmp_path: Path, torn: bytes) -> None:
    """What a loss of power left is moved into a file beside, and said in bytes."""
    path = tmp_path / "a.yaml"
    writer = Writer(path)
    writer.append(line(interaction(b"one")))
    writer.close()
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert [one.request.body for one in _read_or_none(path)] in ([b"one"], [])
    with pytest.warns(CassetteWarning, match=f"last {len(torn):,} bytes"):
        writer = Writer(path)
    assert path.read_bytes() == whole
    assert (tmp_path / "a.yaml.torn").read_bytes() == torn
    writer.append(line(interaction(b"two")))
    writer.close()
    assert [one.request.body for one in read(path)] == [b"one", b"two"]
    assert len(stock(path)) == 2


def _read_or_none(path: Path) -> list[Interaction]:
    try:
        return list(read(path))
    except CassetteError:
        return []


def test_a_file_with_nothing_finished_is_begun_anew(tmp_path: Path) -> None:
    """A header alone is no cassette that vcrpy could load; neither is an empty file."""
    path = tmp_path / "a.yaml"
    for content in (b"", b"\n\n", flowline.HEADER + b'- {"requ'):
        path.write_bytes(content)
        if len(content) > 10:
            with pytest.warns(CassetteWarning):
                writer = Writer(path)
        else:
            writer = Writer(path)
        writer.append(line(interaction()))
        writer.close()
        assert stock(path) == as_stock(interaction())


def test_an_edited_end_is_kept(tmp_path: Path) -> None:
    """A last line without its line end, a comment, a blank line: a person's, not a torn one."""
    path = tmp_path / "a.yaml"
    for end in (b"", b"\n# the end\n", b"\n# the end", b"\n\n\n"):
        path.write_bytes(flowline.HEADER + line(interaction(b"1")).rstrip() + end)
        writer = Writer(path)
        writer.append(line(interaction(b"2")))
        writer.close()
        assert stock(path) == as_stock(interaction(b"1"), interaction(b"2"))
        assert len(list(read(path))) == 2
        assert end.strip() in path.read_bytes()


def test_stock_layout_is_converted_before_appending(tmp_path: Path) -> None:
    """vcrpy writes `version` last, so nothing can be appended as it is."""
    import vcr.serialize
    from vcr.request import Request
    from vcr.serializers import yamlserializer

    response = {"status": {"code": 200, "message": "OK"}, "headers": {"A": ["1"]}}
    recorded = {
        "requests": [Request("GET", "http://127.0.0.1/", b"\xff", {"B": "2"})],
        "responses": [{**response, "body": {"string": b"text"}}],
    }
    path = tmp_path / "a.yaml"
    path.write_text(vcr.serialize.serialize(recorded, yamlserializer))
    before = stock(path)
    writer = Writer(path)
    writer.append(line(interaction()))
    writer.close()
    after = stock(path)
    assert after[0]["request"] == before[0]["request"]
    assert after[0]["response"]["body"] == {"string": "text"}
    assert after[1:] == as_stock(interaction())


def test_an_empty_stock_cassette_can_be_appended_to(tmp_path: Path) -> None:
    """`interactions: []` has nothing to convert."""
    path = tmp_path / "a.yaml"
    path.write_text("interactions: []\nversion: 1\n")
    writer = Writer(path)
    writer.append(line(interaction()))
    writer.close()
    assert stock(path) == as_stock(interaction())


if sys.platform != "win32":

    def test_a_full_disk_leaves_the_cassette_as_it_was(tmp_path: Path) -> None:
        """A write that fails in the middle is taken back, and is an error that says so."""
        path = tmp_path / "a.yaml"
        done = python(
            """
            import pathlib, resource, signal, sys
            from toolkit.cassettes.writer import Writer
            from toolkit.outcomes import CassetteError
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
            writer = Writer(pathlib.Path(sys.argv[1]))
            line = b'- {"request":{"method":"GET","uri":"http://h/"},"response":{"a":"%b"}}\\n'
            writer.append(line % b"x")
            before = writer.size
            try:
                writer.append(line % (b"y" * 30_000))
            except CassetteError as error:
                print(error)
            assert writer.size == before
            writer.append(line % b"z")
            writer.close()
            """,
            path,
        )
        assert done.returncode == 0, done.stderr
        assert "cannot be written: File too large" in done.stdout
        assert [entry["response"]["a"] for entry in stock(path)] == ["x", "z"]


def test_errors_say_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad option, a folder in place of the file, a file in place of the folder, a closed one."""
    with pytest.raises(CassetteError, match="sync is"):
        Writer(tmp_path / "a.yaml", "sometimes")  # type: ignore[arg-type]
    (tmp_path / "folder").mkdir()
    with pytest.raises(CassetteError, match="cannot be"):
        Writer(tmp_path / "folder")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CassetteError, match="cannot be recorded"):
        Writer(tmp_path / "file" / "a.yaml")
    writer = Writer(tmp_path / "a.yaml")
    with monkeypatch.context() as patched:
        patched.setattr("toolkit.cassettes.writer.LONGEST_LINE", 100)
        with pytest.raises(CassetteError, match="more than a cassette takes"):
            writer.append(b"- {" + b" " * 100 + b"}\n")
    writer.close()
    writer.close()
    with pytest.raises(CassetteError, match="is closed"):
        writer.append(line(interaction()))
    assert names(tmp_path) == ["file", "folder"]


def test_replacing_keeps_the_mode_and_removes_a_cassette_without_lines(tmp_path: Path) -> None:
    """A whole cassette is written anew in one step; vcrpy cannot load one without interactions."""
    path = tmp_path / "a.yaml"
    replace(path, [line(interaction(b"1"))])
    path.chmod(0o640)
    replace(path, [line(interaction(b"2"))])
    assert stock(path) == as_stock(interaction(b"2"))
    assert path.stat().st_mode & 0o777 == 0o640
    replace(path, [])
    assert names(tmp_path) == []
