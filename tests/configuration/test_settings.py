"""The table of settings, and the words of the command line that print it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import toolkit
from toolkit.cli.main import main
from toolkit.configuration import SETTINGS
from toolkit.services.base.options import option_settings
from toolkit.services.profiles import offered

Write = Callable[[str], Path]
DTYPES = {
    "setting": "str", "value": "str", "source": "category", "where": "str", "variable": "str",
    "about": "str",
}  # fmt: skip


def test_the_table_of_all(folder: Path) -> None:
    """One row a setting of the table, whatever is set."""
    table = toolkit.settings()
    assert table["setting"].tolist() == list(SETTINGS)
    assert table.dtypes.astype(str).to_dict() == DTYPES
    assert table["about"].notna().all()


@pytest.mark.parametrize("service", ["geoop", "sertainty", "uptivity", "xivo"])
def test_what_an_option_is(service: str) -> None:
    """The words of a docstring's first sentence are cut inside no bracket and no quotation."""
    texts = [row.about for row in option_settings(offered(service, "Options")).values()]
    assert [text for text in texts if text.count("(") != text.count(")")] == []
    assert [text for text in texts if text.count('"') % 2] == []


def test_the_table_of_a_profile(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the same columns, the service's options, and the source of each."""
    path = write("""
        [defaults]
        connect = 3
        [profiles.field]
        service = "geoop"
        client_id = "mine"
    """)
    monkeypatch.setenv("TOOLKIT_READ", "20")
    table = toolkit.settings("field", chunk=5)
    assert table.dtypes.astype(str).to_dict() == DTYPES
    assert table["source"].cat.categories.tolist() == [
        "argument", "environment", "profile", "keyring", "default",
    ]  # fmt: skip
    rows = table.set_index("setting")[["value", "source", "where"]].T.to_dict("list")
    assert rows["chunk"] == ["5", "argument", "chunk="]
    assert rows["read"] == ["20", "environment", "TOOLKIT_READ"]
    assert rows["client_id"] == ["mine", "profile", f"{path} [profiles.field]"]
    assert rows["connect"] == ["3", "profile", f"{path} [defaults]"]
    assert rows["version"][:2] == ["1.3", "default"]
    assert table["setting"].is_unique


def test_the_name_is_the_function_whatever_was_imported() -> None:
    """``toolkit.settings`` and ``toolkit.connect`` are functions, whichever module came first."""
    code = (
        "import toolkit.configuration, toolkit.services.showing, toolkit.services.connecting,"
        " toolkit.cli.settings, toolkit; from toolkit import settings, profiles, connect;"
        "print(len(toolkit.settings()) > 5, callable(toolkit.connect), callable(profiles))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]


def test_the_words_of_the_command_line(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``toolkit settings [PROFILE]`` and ``toolkit profiles`` print the tables."""
    write('[profiles.field]\nservice = "geoop"\nchunk = 5')
    monkeypatch.setenv("TOOLKIT_FIELD_TOKEN", "pony-7f3a")
    assert main(["settings"]) == 0
    assert "TOOLKIT_READ" in capsys.readouterr().out
    assert main(["settings", "field", "--format", "csv"]) == 0
    out = capsys.readouterr().out
    assert "chunk,5,profile," in out
    assert "token,set,environment," in out
    assert "pony" not in out
    assert main(["profiles", "--format", "json"]) == 0
    assert '"profile":"field","service":"geoop"' in capsys.readouterr().out


def test_a_wrong_setting_on_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong is one sentence and no traceback."""
    monkeypatch.setenv("TOOLKIT_READ", "abc")
    assert main(["settings"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("toolkit settings: the environment variable TOOLKIT_READ: ")
    assert main(["settings", "prod"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_misspelt_variable_is_warned_of(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is nearly a setting means nothing, and is said; what is another's is left alone."""
    write('[profiles.prod]\nservice = "geoop"\n[profiles.prod2]\nservice = "geoop"')
    monkeypatch.setenv("TOOLKIT_PROD2_TOKEN", "pony")
    monkeypatch.setenv("TOOLKIT_GEOOP_PAGE_SIZE", "7")
    monkeypatch.setenv("TOOLKIT_SANDBOX_SERTAINTY", "http://127.0.0.1:1/")
    toolkit.settings()
    toolkit.settings("prod")
    monkeypatch.setenv("TOOLKIT_RAED", "20")
    with pytest.warns(UserWarning, match=r"TOOLKIT_RAED means nothing; did you mean TOOLKIT_READ"):
        toolkit.settings()
