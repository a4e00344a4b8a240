"""An authenticated stay with a gateway."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from toolkit.services.base.session import BaseAsyncSession, BaseSession, Stay
from toolkit.services.sertainty.state import Granted

if TYPE_CHECKING:
    from toolkit.services.sertainty.asyncgateway import AsyncGateway
    from toolkit.services.sertainty.gateway import Gateway

LEFT_BEHIND = "the session may still be open"
"""What it means when the gateway could not be told of the end."""

_WAITING = Granted(user="", rounds=0, session_id="")


class _Session(Stay[Granted]):
    service_name = "sertainty"
    _left_behind = LEFT_BEHIND

    def __init__(self, gateway: Any, login: Granted | asyncio.Future[Granted]) -> None:
        self._gateway = gateway
        super().__init__(login, _WAITING)

    @property
    def rounds(self) -> int:
        """How many rounds of prompts were answered."""
        return self._first.rounds

    @property
    def open(self) -> bool:
        """Whether it is still the gateway's session."""
        return not self._is_waiting and self._gateway.holds(self._first.session_id)

    def _summary(self) -> str:
        return f"{self._state()}, {self.rounds} rounds"

    def _facts(self) -> list[tuple[str, object]]:
        return [("rounds", self.rounds)]


class Session(_Session, BaseSession[Granted]):
    """An authenticated stay with the gateway. ``with session:`` ends it at the end.

    Under Voila a login form is answered after the cell has ended: until then the session is not
    open, and its user is empty.
    """

    _gateway: Gateway

    def close(self) -> None:
        """End it at the gateway; does nothing when it has ended already."""
        if self.open:
            self._gateway.end_session()


class AsyncSession(_Session, BaseAsyncSession[Granted]):
    """A session of an async gateway, as :class:`Session`; ``async with session:`` ends it."""

    _gateway: AsyncGateway

    async def close(self) -> None:
        """End it at the gateway; does nothing when it has ended already."""
        if self.open:
            await self._gateway.end_session()
