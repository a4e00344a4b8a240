"""What an authenticated stay is with any service whose login a form may ask for."""

from __future__ import annotations

import abc
import asyncio
from typing import ClassVar, Generic, Protocol, TypeVar

from toolkit.cards import card
from toolkit.services.base.closing import AsyncClosing, Closing


class Opened(Protocol):
    """What a login gave."""

    @property
    def user(self) -> str:
        """Whose session it is."""
        ...


Grant = TypeVar("Grant", bound=Opened)


class Stay(abc.ABC, Generic[Grant]):
    """A session that a login opened, or will open once its form is answered (under Voila).

    Parameters
    ----------
    login : Grant or asyncio.Future
        What the login gave, or will give.
    waiting : Grant
        What stands in its place until then; its user is empty.
    """

    service_name: ClassVar[str]

    def __init__(self, login: Grant | asyncio.Future[Grant], waiting: Grant) -> None:
        self._first = self._waiting = waiting
        if isinstance(login, asyncio.Future):
            self._login = login
            login.add_done_callback(self._opened)
        else:
            self._first = login

    def _opened(self, login: asyncio.Future[Grant]) -> None:
        if not login.cancelled() and login.exception() is None:  # noqa: LOG004 (a future)
            self._first = login.result()

    @property
    def user(self) -> str:
        """Whose session it is."""
        return self._first.user

    @property
    @abc.abstractmethod
    def open(self) -> bool:
        """Whether it is the session in use now."""

    @property
    def _is_waiting(self) -> bool:
        return self._first is self._waiting

    def __repr__(self) -> str:
        if self._is_waiting:
            return f"<{self.service_name} session: the login form is not answered yet>"
        return f"<{self.service_name} session of {self.user}: {self._summary()}>"

    def _repr_html_(self) -> str:
        facts: list[tuple[str, object]] = [("state", "the login form is not answered yet")]
        if not self._is_waiting:
            facts = [("of", self.user), ("state", self._state()), *self._facts()]
        return card(f"{self.service_name} session", facts)

    def _state(self) -> str:
        return "open" if self.open else "closed"

    def _summary(self) -> str:
        """What the repr says of it."""
        return self._state()

    def _facts(self) -> list[tuple[str, object]]:
        """What its card says besides user and state."""
        return []


class BaseSession(Stay[Grant], Closing):
    """A session of a blocking client; ``with session:`` ends it at the end."""


class BaseAsyncSession(Stay[Grant], AsyncClosing):
    """A session of an async client; ``async with session:`` ends it at the end."""
