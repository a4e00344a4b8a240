"""An authenticated stay with a gateway."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from toolkit.cards import card
from toolkit.outcomes import CallError
from toolkit.services.sertainty.flows import Granted

if TYPE_CHECKING:
    from toolkit.services.sertainty.gateway import Gateway

_WAITING = Granted(user="", rounds=0, session_id="")


class Session:
    """An authenticated stay with the gateway. ``with session:`` ends it at the end.

    Under Voila a login form is answered after the cell has ended: until then the session is not
    open, and its user is empty.
    """

    def __init__(self, gateway: Gateway, login: Granted | asyncio.Future[Granted]) -> None:
        self._gateway = gateway
        self._granted = _WAITING
        if isinstance(login, Granted):
            self._granted = login
        else:
            self._login = login
            login.add_done_callback(self._opened)

    def _opened(self, login: asyncio.Future[Granted]) -> None:
        if not login.cancelled() and login.exception() is None:  # noqa: LOG004 (a future)
            self._granted = login.result()

    @property
    def user(self) -> str:
        """Whose session it is."""
        return self._granted.user

    @property
    def rounds(self) -> int:
        """How many rounds of prompts were answered."""
        return self._granted.rounds

    @property
    def open(self) -> bool:
        """Whether it is still the gateway's session."""
        granted = self._granted
        return granted is not _WAITING and self._gateway.holds(granted.session_id)

    def close(self) -> None:
        """End it at the gateway; does nothing when it has ended already."""
        if self.open:
            self._gateway.end_session()

    def __repr__(self) -> str:
        if self._granted is _WAITING:
            return "<sertainty session: the login form is not answered yet>"
        state = "open" if self.open else "closed"
        return f"<sertainty session of {self.user}: {state}, {self.rounds} rounds>"

    def _repr_html_(self) -> str:
        if self._granted is _WAITING:
            return card("sertainty session", [("state", "the login form is not answered yet")])
        state = "open" if self.open else "closed"
        facts = [("of", self.user), ("state", state), ("rounds", self.rounds)]
        return card("sertainty session", facts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        close_at_the_end(self.close)


def close_at_the_end(close: Callable[[], None]) -> None:
    """Close; a gateway that cannot be told is a warning, so that it hides no result or error."""
    try:
        close()
    except CallError as error:
        warnings.warn(f"the session may still be open: {error}", stacklevel=3)
