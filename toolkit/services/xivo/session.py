"""An authenticated stay with a XiVO server."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

from toolkit.services.base.session import BaseAsyncSession, BaseSession, Stay
from toolkit.services.xivo.state import Granted

if TYPE_CHECKING:
    from toolkit.services.xivo.asyncserver import AsyncServer
    from toolkit.services.xivo.baseserver import BaseServer
    from toolkit.services.xivo.server import Server

LEFT_BEHIND = "the token may still be valid"
"""What it means when the server could not be told of the end."""

_WAITING = Granted(user="")


class XivoStay(Stay[Granted]):
    """What is known of a session, blocking or awaited.

    Under Voila a login form is answered after the cell has ended: until then the session is not
    open, and its user is empty.
    """

    service_name = "xivo"
    _server: BaseServer[Any]

    @property
    def _granted(self) -> Granted:
        """The grant in use now: renewing a token does not end a session."""
        now = self._server.state.granted
        return now if now is not None and now.user == self._first.user else self._first

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
        return not self._is_waiting and now is not None and now.user == self._first.user

    def _state(self) -> str:
        if not self.open:
            return "closed"
        return f"open until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else "open"

    def _facts(self) -> list[tuple[str, object]]:
        return [("ACLs", ", ".join(self.acls))]


class Session(XivoStay, BaseSession[Granted]):
    """An authenticated stay with the server. ``with session:`` revokes its token at the end.

    Under Voila a login form is answered after the cell has ended: until then the session is not
    open, and its user is empty.
    """

    _left_behind = LEFT_BEHIND

    def __init__(self, server: Server, login: Granted | asyncio.Future[Granted]) -> None:
        self._server: Server = server
        super().__init__(login, _WAITING)

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


class AsyncSession(XivoStay, BaseAsyncSession[Granted]):
    """:class:`Session` of an async client: ``async with session:``, ``await session.close()``."""

    _left_behind = LEFT_BEHIND

    def __init__(self, server: AsyncServer, login: Granted | asyncio.Future[Granted]) -> None:
        self._server: AsyncServer = server
        super().__init__(login, _WAITING)

    async def allows(self, acl: str) -> bool:
        """Whether the token has an ACL, see :meth:`Session.allows`."""
        return await self._server.allows(acl)

    async def close(self) -> None:
        """Revoke the token; does nothing when the session has ended already."""
        if self.open:
            await self._server.logout()
