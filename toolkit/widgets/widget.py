"""What every form is made of: a script, a style, and messages from the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import anywidget

Handler = Callable[[dict[str, Any], list[memoryview]], None]


def front(name: str) -> str:
    """A file of the page's side, with what all forms share before it."""
    folder = files("toolkit.widgets") / "front"
    kind = name.rpartition(".")[2]
    shared, own = ((folder / one).read_text(encoding="utf-8") for one in (f"base.{kind}", name))
    return f"{shared}\n{own}"


class Widget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
    """A form. A message from the page is a mapping whose ``kind`` names its handler.

    A message that is not understood is dropped: pages outlive kernels, and their buttons may be
    pressed after what they belonged to is gone.
    """

    def __init__(self, handlers: Mapping[str, Handler], **traits: Any) -> None:
        super().__init__(**traits)
        self._handlers = dict(handlers)
        self.on_msg(self._received)

    def _received(self, _view: Any, content: Any, buffers: list[memoryview]) -> None:
        if not isinstance(content, dict):
            return
        handler = self._handlers.get(str(content.get("kind")))
        if handler is not None:
            handler(content, buffers)
