"""``%load_ext toolkit``: the deck by magics.

====================  =======================================================
``%record name``      record from here on, after what the cassette has
``%replay name``      answer from the cassette from here on; no network
``%deck``             show the deck's panel; ``%deck stop`` stops
``%%record name``     record this cell only; ``%%replay name`` likewise
====================  =======================================================

A name without a folder is in ``cassettes/``, one without a suffix is a YAML file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from IPython.core.error import UsageError

from toolkit.cassettes import Recording, record, replay
from toolkit.cassettes.deck import Playing, playing
from toolkit.outcomes import ToolkitError
from toolkit.widgets.folder import CassetteFolder
from toolkit.widgets.panel import DeckPanel

_WAYS: dict[str, Callable[..., Playing]] = {"record": record, "replay": replay}
_CELL = re.compile(r"%%(record|replay)(?:[ \t]+(.*?))?[ \t]*\n?$")


def _put_in(way: str, name: str) -> Playing:
    busy = playing()
    if busy:
        raise UsageError(f"{busy[-1].path} is in the deck; take it out first with: %deck stop")
    try:
        return _WAYS[way](CassetteFolder().path(name)).start()
    except (ToolkitError, OSError) as error:
        raise UsageError(str(error)) from None


def _status() -> str:
    running = playing()
    if not running:
        return "The deck is empty."
    doing = "recording" if isinstance(running[-1], Recording) else "replaying"
    return f"{doing} {running[-1].path}, {running[-1].calls} calls so far"


def _line_magic(way: str) -> Callable[[str], None]:
    def magic(line: str) -> None:
        if line.strip():
            _put_in(way, line)
        print(_status())

    magic.__doc__ = f"``%{way} name``: {way} from here on; without a name, say what is in the deck."
    return magic


def _deck(line: str) -> DeckPanel | None:
    """``%deck`` shows the panel; ``%deck stop`` stops what is in the deck."""
    word = line.strip()
    if word not in ("", "stop"):
        raise UsageError(f"%deck takes nothing, or stop; not {word!r}")
    if not word:
        return DeckPanel()
    for one in reversed(playing()):
        one.stop()
        print(f"stopped {one.path} after {one.calls} calls")
    return None


def _cell_lines(lines: list[str]) -> list[str]:
    """Have ``%%record name`` start before the cell and stop after it.

    The rest of the cell stays as it is, so that it may await, and its line numbers are right.
    """
    found = _CELL.fullmatch(lines[0]) if lines else None
    if found is None:
        return lines
    way, name = found.groups()
    given = f"{way} {name or ''}"
    call = f"get_ipython().run_line_magic('_toolkit_cell', {given!r})\n"
    return [call, *lines[1:]]


def _cell_magic(ipython: Any) -> Callable[[str], None]:
    def magic(line: str) -> None:
        way, _, name = line.partition(" ")
        one = _put_in(way, name)

        def after(*_: object) -> None:
            ipython.events.unregister("post_run_cell", after)
            one.stop()
            print(f"{way}ed {one.path}, {one.calls} calls")

        ipython.events.register("post_run_cell", after)

    return magic


def _complete(_shell: Any, event: Any) -> list[str]:
    """Names of cassettes, for the word that is being typed."""
    return [name for name in CassetteFolder().names() if name.startswith(event.symbol)]


def load_ipython_extension(ipython: Any) -> None:
    """Add the magics to an IPython shell."""
    for way in _WAYS:
        ipython.register_magic_function(_line_magic(way), "line", way)
        ipython.set_hook("complete_command", _complete, re_key=rf"%%?{way}\b")
    ipython.register_magic_function(_deck, "line", "deck")
    ipython.register_magic_function(_cell_magic(ipython), "line", "_toolkit_cell")
    ipython.set_hook("complete_command", lambda *_: ["stop"], str_key="%deck")
    if _cell_lines not in ipython.input_transformers_cleanup:
        ipython.input_transformers_cleanup.append(_cell_lines)


def unload_ipython_extension(ipython: Any) -> None:
    """Take the cell magics away; line magics stay, as IPython has no way to take them."""
    if _cell_lines in ipython.input_transformers_cleanup:
        ipython.input_transformers_cleanup.remove(_cell_lines)
