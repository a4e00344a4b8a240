"""An authenticated stay with a XiVO server."""

from __future__ import annotations

import asyncio
import datetime as dt
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from toolkit.cards import card
from toolkit.outcomes import CallError
from toolkit.services.xivo.state import Granted

if TYPE_CHECKING:
    from toolkit.services.xivo.server import Server

_WAITING = Granted(user="")


class Session:
    """An authenticated stay with the server. ``with session:`` revokes its token at the end.

    Under Voila a login form is answered after the cell has ended: until then the session is not
    open, and its user is empty.
    """

    def __init__(self, server: Server, login: Granted | asyncio.Future[Granted]) -> None:
        self._server = server
        self._first = _WAITING
        if isinstance(login, Granted):
            self._first = login
        else:
            self._login = login
            login.add_done_callback(self._opened)

    def _opened(self, login: asyncio.Future[Granted]) -> None:
        if not login.cancelled() and login.exception() is None:  # noqa: LOG004 (a future)
            self._first = login.result()

    @property
    def _granted(self) -> Granted:
        """The grant in use now: renewing a token does not end a session."""
        now = self._server.state.granted
        return now if now is not None and now.user == self._first.user else self._first

    @property
    def user(self) -> str:
        """Whose session it is."""
        return self._first.user

    @property
    def acls(self) -> tuple[str, ...]:
        """What the token may do, as xivo-auth lists it; empty with Digest, which asks for none."""
        return self._granted.acls

    @property
    def auth_id(self) -> str:
        """The user's id at its backend: a number for ``xivo_service``, a UUID for ``xivo_user``."""
        return self._granted.auth_id

    @property
    def tenant(self) -> str:
        """The user's own tenant (Wazo); empty where there are none."""
        return self._granted.tenant

    @property
    def until(self) -> dt.datetime | None:
        """When the token ends (UTC, by this machine's clock); None when it is not known."""
        return self._granted.ends_at

    @property
    def open(self) -> bool:
        """Whether it is the server's session now."""
        now = self._server.state.granted
        return self._first is not _WAITING and now is not None and now.user == self._first.user

    def allows(self, acl: str) -> bool:
        """Whether the token has an ACL, as xivo-auth says: ``session.allows("confd.users.read")``.

        Raises
        ------
        AccessDenied
            The token has ended.
        """
        return self._server.allows(acl)

    def close(self) -> None:
        """Revoke the token; does nothing when the session has ended already."""
        if self.open:
            self._server.logout()

    def __repr__(self) -> str:
        if self._first is _WAITING:
            return "<xivo session: the login form is not answered yet>"
        return f"<xivo session of {self.user}: {self._state()}>"

    def _repr_html_(self) -> str:
        if self._first is _WAITING:
            return card("xivo session", [("state", "the login form is not answered yet")])
        facts = [("of", self.user), ("state", self._state()), ("ACLs", ", ".join(self.acls))]
        return card("xivo session", facts)

    def _state(self) -> str:
        if not self.open:
            return "closed"
        return f"open until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else "open"

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
    """Close; a server that cannot be told is a warning, so that it hides no result or error."""
    try:
        close()
    except CallError as error:
        warnings.warn(f"the token may still be valid: {error}", stacklevel=3)
