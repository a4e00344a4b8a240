"""The pages that users read: their blocks of code, what those print, and their links.

A page is run from its top to its end in a folder of its own. What is run, and how:

* ``python`` blocks, in one namespace, with ``await`` at the top level. A block whose first line is
  a comment with a file's name (``# test_tasks.py``) is written to that file instead; so are
  ``toml``, ``yaml`` and ``text`` blocks with such a line.
* ``console`` blocks: each line after ``$`` is a command, the lines below it are what it prints.
* A block without a language, straight after a ``python`` block, is what that printed.

``...`` in printed text stands for anything, as in doctests.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import doctest
import gc
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from toolkit.sandbox import Box
from toolkit.services.base.closing import Closing

ROOT = Path(__file__).parent.parent
MADE = ("start.md", "changelog.md", "contributing.md")  # copies, made by the site's build

_FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_FILE = re.compile(r"# ([\w./-]+\.(?:py|toml|yaml|ini))\n")
# Commands that stay until they are stopped, or set up an environment: looked at, not run.
_STAYING = ("toolkit sandbox", "toolkit lab", "toolkit watch")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and the line it begins on."""

    language: str
    text: str
    line: int
    prints: str | None = None


def pages() -> list[Path]:
    """README, and every page of the site that is written by hand."""
    docs = ROOT / "docs"
    written = (
        path
        for path in sorted(docs.rglob("*.md"))
        if "_build" not in path.parts and path.relative_to(docs).as_posix() not in MADE
    )
    return [ROOT / "README.md", *written]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, each with what it is said to print."""
    found = list(_FENCE.finditer(text))
    for at, match in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        follows = after is not None and not text[match.end() : after.start()].strip()
        printed = after["text"] if after and follows and not after["language"].strip() else None
        yield Block(
            match["language"].strip(), match["text"], text[: match.start()].count("\n") + 1, printed
        )


def prose(text: str) -> str:
    """A page without its blocks."""
    return _FENCE.sub("", text)


def run_page(path: Path, folder: Path) -> None:
    """Run every block of a page in ``folder``; what it prints must be what it says."""
    names: dict[str, Any] = {"__name__": path.stem}
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    with asyncio.Runner() as runner, mock.patch.dict(os.environ, environment):
        try:
            for block in blocks(path.read_text(encoding="utf-8")):
                _run_block(block, f"{path.name}, line {block.line}", names, runner, folder)
        finally:
            for value in sorted(names.values(), key=lambda one: isinstance(one, Box)):
                if isinstance(value, Box | Closing):  # the clients first
                    value.close()
            names.clear()
            gc.collect()  # what a page leaves open is told of that page


def _run_block(
    block: Block, where: str, names: dict[str, Any], runner: asyncio.Runner, folder: Path
) -> None:
    if match := _FILE.match(block.text):
        target = folder / match[1]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")
        if target.name == "toolkit.toml":
            os.environ.pop("TOOLKIT_PROFILES", None)  # which keeps all others from being read
    elif block.language == "python":
        printed = _python(block.text, where, names, runner)
        if block.prints is not None:
            _compare(where, block.prints, printed)
    elif block.language == "console":
        for command, said in _commands(block.text):
            printed = run_command(command, folder)
            if printed is not None and said:
                _compare(f"{where}: {command}", said, printed)


def _python(text: str, where: str, names: dict[str, Any], runner: asyncio.Runner) -> str:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(text, where, "exec", flags=flags, dont_inherit=True)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = eval(code, names)  # noqa: S307 (our own text)
        if asyncio.iscoroutine(result):
            runner.run(result)
    return printed.getvalue()


def _commands(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        yield command.split("  #")[0].strip(), said


def run_command(command: str, folder: Path) -> str | None:
    """What a command prints; None for one that is only looked at."""
    words = shlex.split(os.path.expandvars(command))
    if command.startswith(_STAYING) or words[0] not in ("toolkit", "pytest"):
        look_at(command)
        return None
    if words[0] == "toolkit":
        return _run_toolkit(words[1:])
    # Our plugin alone: the others take longer to load than the tests to run.
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "-p toolkit.pytest_plugin -p no:cacheprovider",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def _run_toolkit(words: list[str]) -> str:
    from toolkit.cli.main import main

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = main(words)
    # Some commands end with 1 when they found what they look for.
    assert status == 0 or (status, words[0]) == (1, "check"), f"{words}: {printed.getvalue()}"
    return printed.getvalue()


def look_at(command: str) -> None:
    """A command that is not run exists: a target of make, a command and its options of toolkit."""
    words = shlex.split(command, comments=True)
    if words[:1] == ["make"]:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        for target in (word for word in words[1:] if "=" not in word):
            assert f"\n{target}:" in makefile, f"make has no target {target}"
    elif words[:1] == ["toolkit"]:
        from toolkit.cli.main import parser

        parser().parse_args(words[1:])
    elif words[:1] == ["pip"]:
        project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        for extra in re.findall(r"\[([\w,]+)\]", command):
            assert all(f"\n{name} = [" in project for name in extra.split(",")), command
    else:
        raise AssertionError(f"nothing here knows how to check the command {command!r}")


def _compare(where: str, said: str, printed: str) -> None:
    said, printed = _trimmed(said), _trimmed(printed)
    same = doctest.OutputChecker().check_output(said, printed, doctest.ELLIPSIS)
    assert same, f"{where} says\n{said}\nand prints\n{printed}"


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n"
