"""The deck by magics, in a real IPython shell."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import toolkit
from toolkit import magics
from toolkit.cassettes.deck import playing


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[InteractiveShell]:
    """A shell with the extension, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    made = InteractiveShell()
    made.history_manager.enabled = False
    made.extension_manager.load_extension("toolkit")
    with toolkit.sandbox.start("sertainty") as box:
        gateway = toolkit.sertainty.connect(box.url)
        made.user_ns.update(toolkit=toolkit, gateway=gateway, box=box)
        yield made
        gateway.close()
    for one in playing():
        one.stop()
    made.history_manager.end_session()


def run(shell: InteractiveShell, cell: str) -> None:
    """Run a cell that must not fail."""
    shell.run_cell(cell).raise_error()


def test_record_stop_replay(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """A recording over some cells, and its replay with the server gone."""
    run(shell, "%record monday")
    assert "recording cassettes" in capsys.readouterr().out
    run(shell, "gateway.agent.ping()")
    run(shell, "%record")
    assert "1 calls so far" in capsys.readouterr().out
    run(shell, "%deck stop")
    run(shell, "box.close()")
    run(shell, "%replay monday")
    run(shell, "gateway.agent.ping()")
    run(shell, "%deck stop")
    run(shell, "%replay")
    assert "The deck is empty." in capsys.readouterr().out
    assert Path("cassettes/monday.yaml").is_file()


def test_one_cell_only(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """``%%record`` holds for its cell: one that awaits, with a text over lines as it stands."""
    body = "await asyncio.sleep(0)\ntext = '''a\n  b'''\ngateway.agent.ping()"
    cell = f"%%record tuesday\nimport asyncio\n{body}"
    result = asyncio.run(shell.run_cell_async(cell, transformed_cell=shell.transform_cell(cell)))
    result.raise_error()
    shell.events.trigger("post_run_cell", result)  # an async runner leaves that to the kernel
    assert playing() == ()
    assert shell.user_ns["text"] == "a\n  b"
    assert "recorded cassettes" in capsys.readouterr().out
    run(shell, "box.close()")
    run(shell, "%%replay tuesday\ngateway.agent.ping()")
    assert "replayed" in capsys.readouterr().out


def test_a_cell_that_fails_is_stopped_too(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    """After an error the deck is empty, and the error's line number is the cell's own."""
    result = shell.run_cell("%%record wednesday\ngateway.agent.ping()\n1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert playing() == ()
    assert "----> 3 1 / 0" in re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("%replay nowhere", "There is no cassette"),
        ("%%record\n1", "Give the cassette a name"),
        ("%deck play", "takes nothing, or stop"),
    ],
)
def test_misuse(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    """One sentence, no traceback."""
    assert not shell.run_cell(line).success
    captured = capsys.readouterr()
    assert says in captured.err + captured.out
    assert "Traceback" not in captured.err + captured.out


def test_one_cassette_at_a_time(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second one is refused with the way to take out the first."""
    run(shell, "%record one")
    assert not shell.run_cell("%record two").success
    assert "%deck stop" in capsys.readouterr().err


@pytest.mark.parametrize("magic", ["%record", "%replay", "%%record"])
def test_completion(shell: InteractiveShell, magic: str) -> None:
    """Cassettes of the folder are offered, their index and lock files are not."""
    Path("cassettes").mkdir()
    for name in ("monday.yaml", "morning.yml", "monday.yaml.lock", "tuesday.yaml"):
        Path("cassettes", name).touch()
    with provisionalcompleter():
        offered = shell.Completer.completions(f"{magic} mo", len(magic) + 3)
        found = {one.text for one in offered}
    assert {"monday", "morning.yml"} <= found
    assert not {"tuesday", "monday.yaml.lock"} & found


def test_panel(shell: InteractiveShell) -> None:
    """``%deck`` gives the panel."""
    result = shell.run_cell("%deck")
    result.raise_error()
    assert repr(result.result) == "<deck: empty>"


def test_unloading(shell: InteractiveShell) -> None:
    """A second load adds nothing twice; unloading takes the cell magics away."""
    shell.extension_manager.reload_extension("toolkit")
    assert shell.input_transformers_cleanup.count(magics._cell_lines) == 1
    magics.unload_ipython_extension(shell)
    assert magics._cell_lines not in shell.input_transformers_cleanup
