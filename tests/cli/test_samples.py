"""The samples that come along, and their copy in a folder of the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.cli import samples as home
from toolkit.cli.samples import LAID_OUT, SAMPLES, copy_samples, samples
from toolkit.outcomes import InvalidArgument

NOTEBOOK = "notebooks/01-first-session.ipynb"
CASSETTE = "cassettes/xivo-demo.yaml"


def test_copy_has_the_layout_of_the_samples(tmp_path: Path) -> None:
    """Notebooks and cassettes lie side by side, byte for byte, so that relative paths hold."""
    target = tmp_path / "new" / "folder"
    copied = copy_samples(target)
    wanted = {
        f"{folder}/{path.name}"
        for folder, pattern in SAMPLES.items()
        for path in (samples() / folder).glob(pattern)
    }
    assert {NOTEBOOK, CASSETTE} < wanted
    assert set(copied.written) == wanted
    assert copied.kept == []
    assert all((target / one).read_bytes() == (samples() / one).read_bytes() for one in wanted)


def test_second_copy_writes_nothing(tmp_path: Path) -> None:
    """What is there already is left alone."""
    copy_samples(tmp_path)
    assert copy_samples(tmp_path) == ([], [])


def test_changed_file_is_kept_for_ever(tmp_path: Path) -> None:
    """The user's own work survives any number of copies; a deleted file comes back."""
    copy_samples(tmp_path)
    (tmp_path / NOTEBOOK).write_text("mine")
    (tmp_path / CASSETTE).unlink()
    assert copy_samples(tmp_path) == ([CASSETTE], [NOTEBOOK])
    assert copy_samples(tmp_path) == ([], [NOTEBOOK])
    assert (tmp_path / NOTEBOOK).read_text() == "mine"


def test_file_of_an_earlier_version_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unchanged file is renewed by another version; a changed one is not, then or later."""
    earlier = tmp_path / "earlier"
    for folder in SAMPLES:
        (earlier / folder).mkdir(parents=True)
    (earlier / NOTEBOOK).write_text("as it was")
    (earlier / CASSETTE).write_text("as it was")
    target = tmp_path / "target"
    with monkeypatch.context() as patch:
        patch.setattr(home, "samples", lambda: earlier)
        copy_samples(target)
    (target / CASSETTE).write_text("mine")
    copied = copy_samples(target)
    assert NOTEBOOK in copied.written
    assert copied.kept == [CASSETTE]
    assert (target / NOTEBOOK).read_bytes() == (samples() / NOTEBOOK).read_bytes()
    assert copy_samples(target).kept == [CASSETTE]


@pytest.mark.parametrize("note", [None, b"", b"not JSON", b"[1]"])
def test_without_its_note_nothing_is_overwritten(tmp_path: Path, note: bytes | None) -> None:
    """When it cannot be told who changed a file, it is the user's."""
    copy_samples(tmp_path)
    (tmp_path / NOTEBOOK).write_text("mine")
    if note is None:
        (tmp_path / LAID_OUT).unlink()
    else:
        (tmp_path / LAID_OUT).write_bytes(note)
    assert copy_samples(tmp_path).kept == [NOTEBOOK]


def test_installation_without_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what is missing."""
    monkeypatch.setattr(home.toolkit, "__file__", str(tmp_path / "toolkit" / "__init__.py"))
    with pytest.raises(InvalidArgument, match="lacks the sample notebooks and cassettes"):
        samples()
