"""The deck's panel: record, stop, replay, eject, and what passes through.

It works the same ``record`` and ``replay`` that code does, and shows those that code started.
The page sends ``{"kind": "record" | "replay" | "insert", "name": ...}``, or one of ``stop``,
``eject`` and ``names``.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
import weakref
from collections import deque
from pathlib import Path
from typing import Any

import traitlets

from toolkit import services
from toolkit.cassettes import Recording, read, record, replay
from toolkit.cassettes.deck import Playing, playing
from toolkit.cassettes.interaction import Interaction
from toolkit.cassettes.observing import Passing, observe
from toolkit.outcomes import Category, ToolkitError
from toolkit.widgets.folder import FOLDER, CassetteFolder
from toolkit.widgets.widget import Widget, front

LAST = 8
"""Calls that are shown."""
PAUSE = 0.15
"""Seconds between two looks: a page is not told of each of thousands of calls."""
COUNTED = 1 << 20
"""Bytes of a cassette up to which its interactions are counted when it is put in."""


class DeckPanel(Widget):
    """The panel of the deck; ``toolkit.deck()`` makes it.

    Parameters
    ----------
    folder : str or path
        Where cassettes are that are named without a folder.
    """

    _esm = front("panel.js")
    _css = front("panel.css")
    shown = traitlets.Dict().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, folder: str | os.PathLike[str] = FOLDER) -> None:
        self._folder = CassetteFolder(folder)
        self._lock = threading.RLock()
        self._path: Path | None = None
        self._running: Playing | None = None
        self._said = ("", "")
        self._last: deque[list[Any]] = deque(maxlen=LAST)
        self._missing: deque[str] = deque(maxlen=LAST)
        self._lost = 0
        self._counted: tuple[Path, int, int] | None = None
        self._look: threading.Timer | None = None
        super().__init__(
            {
                "record": lambda content, _: self._press(self.record, content),
                "replay": lambda content, _: self._press(self.replay, content),
                "insert": lambda content, _: self._press(self._insert, content),
                "stop": lambda _content, _: self.stop(),
                "eject": lambda _content, _: self.eject(),
                "names": lambda _content, _: self._find_names(),
            }
        )
        myself = weakref.WeakMethod(self._passed)

        def watch(passing: Passing | None) -> None:
            method = myself()
            if method is not None:
                method(passing)

        self._end = observe(watch)
        weakref.finalize(self, self._end)
        self._find_names()
        self.refresh()

    def __repr__(self) -> str:
        shown = self.shown
        return f"<deck: {shown['state']} {shown['name']}".rstrip() + ">"

    def close(self) -> None:
        """Take the panel away; what is in the deck stays there."""
        self._end()
        super().close()

    # --- what is pressed -----------------------------------------------------------------------

    def record(self, name: str) -> None:
        """Put a cassette in and record, after what it has."""
        self._start(record(self._folder.path(name)))

    def replay(self, name: str) -> None:
        """Put a cassette in and answer from it."""
        self._start(replay(self._folder.path(name)))

    def stop(self) -> None:
        """Stop what was started last, here or in code; the cassette stays in view."""
        running = playing()
        if running:
            running[-1].stop()
            self._say(f"Stopped after {running[-1].calls} calls.", "good")

    def eject(self) -> None:
        """Stop, and take the cassette out."""
        self.stop()
        with self._lock:
            self._path = None
            self._clear()
        self._say("")

    def _start(self, one: Playing) -> None:
        busy = playing()
        if busy:
            self._say(f"{busy[-1].path} is in use; stop it first.", "bad")
            return
        one.start()
        self._say("")

    def _insert(self, name: str) -> None:
        with self._lock:
            if not playing():
                path = self._folder.path(name) if name.strip() else None
                if path != self._path:
                    self._path = path
                    self._clear()
        self._say("")

    def _press(self, act: Any, content: dict[str, Any]) -> None:
        try:
            act(str(content.get("name", "")))
        except (ToolkitError, OSError) as error:
            self._say(str(error), "bad")

    def _say(self, says: str, tone: str = "") -> None:
        self._said = (says, tone)
        self.refresh()

    def _find_names(self) -> None:
        self.names = self._folder.names()

    # --- what passes ---------------------------------------------------------------------------

    def _passed(self, passing: Passing | None) -> None:
        """Called on the thread of whoever calls: note it, and look soon."""
        with self._lock:
            if passing is not None:
                self._note(passing)
            if self._look is None:
                self._look = threading.Timer(PAUSE, self._look_now)
                self._look.daemon = True
                self._look.start()

    def _look_now(self) -> None:
        with self._lock:
            self._look = None
        self.refresh()

    def _note(self, passing: Passing) -> None:
        self._last.appendleft(_row(passing))
        if passing.kind == "not found":
            self._lost += 1
            self._missing.appendleft(passing.why)

    def _clear(self) -> None:
        self._last.clear()
        self._missing.clear()
        self._lost = 0

    # --- what is shown -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what is now."""
        with self._lock:
            running = playing()
            one = running[-1] if running else None
            if one is not None and one is not self._running:
                if one.path != self._path:
                    self._clear()
                self._path, self._said = one.path, ("", "")
            self._running = one
            state = "empty" if self._path is None else "stopped"
            if one is not None:
                state = "recording" if isinstance(one, Recording) else "replaying"
            size, changed = _file(self._path)
            says, tone = self._said
            if len(running) > 1:
                others = ", ".join(str(other.path) for other in running[:-1])
                says, tone = f"In the deck as well: {others}.", "ask"
            self.shown = {
                "state": state,
                "name": "" if self._path is None else self._folder.name(self._path),
                "path": "" if self._path is None else self._path.as_posix(),
                "calls": self._count(size) if one is None else one.calls,
                "size": size,
                "changed": changed,
                "last": [list(row) for row in self._last],
                "missing": list(self._missing),
                "lost": self._lost,
                "says": says,
                "tone": tone,
            }

    def _count(self, size: int | None) -> int | None:
        """How many interactions a small cassette holds."""
        if self._path is None or size is None or size > COUNTED:
            return None
        if self._counted is None or self._counted[:2] != (self._path, size):
            try:
                self._counted = (self._path, size, sum(1 for _ in read(self._path)))
            except (ToolkitError, OSError):
                return None
        return self._counted[2]


def _file(path: Path | None) -> tuple[int | None, float | None]:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None, None
    return (None, None) if found is None else (found.st_size, found.st_mtime)


def _row(passing: Passing) -> list[Any]:
    """A call as the panel shows it: decoded, since as it was sent it has secrets."""
    asked = passing.interaction
    at = f"{dt.datetime.now().astimezone():%H:%M:%S}"
    elapsed = f"{asked.elapsed * 1000:.0f}" if asked.elapsed is not None else None
    function, target, outcome = _decoded(asked, found=passing.kind != "not found")
    return [at, function, target, outcome, elapsed, passing.kind]


def _decoded(asked: Interaction, *, found: bool) -> tuple[str, str, Any]:
    for service in services.load().values():
        if service.recognises(asked.request):
            call = service.decode_call(asked)
            if not found:
                return call.function, call.target, {"text": "not found", "tone": "bad"}
            fine = call.category in (Category.SUCCESS, Category.PARTIAL, Category.CHALLENGED)
            word = call.label or call.category
            return call.function, call.target, {"text": word, "tone": "good" if fine else "bad"}
    status = asked.response.status if asked.response else None
    word = "not found" if not found else str(status or "no answer")
    return asked.request.method, asked.request.url.partition("?")[0], {"text": word, "tone": ""}


def deck(folder: str | os.PathLike[str] = FOLDER) -> DeckPanel:
    """A panel that records, replays, and shows what passes; for notebooks.

    Parameters
    ----------
    folder : str or path
        Where cassettes are that are named without a folder.

    Returns
    -------
    DeckPanel
        Shown when it is a cell's last value. It works the deck of :func:`toolkit.record` and
        :func:`toolkit.replay`, and shows what code started there too.

    Examples
    --------
    >>> panel = toolkit.deck()
    >>> panel.record("monday")
    >>> panel
    <deck: recording monday>
    >>> panel.eject()
    """
    return DeckPanel(folder)
