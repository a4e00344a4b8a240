"""Replies that were asked for in advance, so that every code can be had on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.uptivity.codes import LABELS
from toolkit.sandbox.uptivity.envelope import Reply, Request


@dataclass(slots=True)
class Scripted:
    """A reply that takes the place of a command, which is not performed.

    Attributes
    ----------
    code
        RESULTCODE, any integer.
    label
        The code's label if None.
    message
        RESULTMSG, the label if None.
    result_type
        RESULTTYPE: ``ERROR`` or the label, whichever the code asks for, if None.
    type
        Strikes this command only; None strikes any request, unreadable ones too.
    times
        How often; None = until it is cleared.
    """

    code: int
    label: str | None = None
    message: str | None = None
    result_type: str | None = None
    type: str | None = None
    times: int | None = 1

    def __post_init__(self) -> None:
        if isinstance(self.code, bool) or not isinstance(self.code, int):
            raise ValueError(  # noqa: TRY004 - as for every other option
                f"code must be an integer such as 47, not {self.code!r}"
            )
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be 1 or more, or None for always, not {self.times}")
        if self.label is None and self.code not in LABELS:
            self.label = f"API_STATUS_{self.code}"  # ours: the vendor names none


class Script:
    """The replies that wait, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Scripted] = []

    def add(self, **scripted: Any) -> None:
        """Ask for one."""
        self._waiting.append(Scripted(**scripted))

    def clear(self) -> None:
        """Take all back."""
        self._waiting.clear()

    def take(self, request: Request) -> Reply | None:
        """The reply for a request, used up by one; None if none was asked for."""
        for one in self._waiting:
            if one.type is not None and one.type.upper() != request.type:
                continue
            if one.times is not None:
                one.times -= 1
                if not one.times:
                    self._waiting.remove(one)
            return Reply(
                one.code,
                label=one.label,
                message=one.message,
                result_type=one.result_type,
                cause="script",
            )
        return None
