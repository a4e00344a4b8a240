"""The box of running XiVO services: addresses, accounts, and controls with proper types."""

from __future__ import annotations

import dataclasses
from typing import Any, Self

from toolkit.sandbox.box import ForwardBox, Runner
from toolkit.sandbox.xivo.accounts import ADMINISTRATOR, NO_ACLS, READER, SERVICE
from toolkit.sandbox.xivo.eras import find_era
from toolkit.sandbox.xivo.faults import Fault, Kind
from toolkit.sandbox.xivo.invented import USER, USER_PASSWORD
from toolkit.sandbox.xivo.switches import Switches


class XivoBox(ForwardBox):
    """A running XiVO: xivo-auth and xivo-confd.

    Attributes
    ----------
    url : str
        Address of confd without its prefix, such as ``http://127.0.0.1:40001``.
    auth_url : str
        Address of xivo-auth without its prefix; Wazo's is the same one.
    open_url : str
        Address of confd that asks nobody who they are (a real one's port 9487); empty for Wazo.
    era : str
        Which server it is like.
    confd, auth : str
        The full addresses that paths such as ``/users`` and ``/token`` are put behind.
    user, password : str
        A web services account that may do everything in confd (backend ``xivo_service``); it also
        logs in with Digest, and to Wazo.
    reader, reader_password : str
        One whose tokens may read users only.
    no_acls, no_acls_password : str
        One whose tokens may do nothing; with Digest it may do everything.
    admin, admin_password : str
        The administrator (backend ``xivo_admin``).
    login, login_password : str
        The first invented user's own (backend ``xivo_user``).

    Examples
    --------
    >>> import httpx
    >>> from toolkit import sandbox
    >>> with sandbox.start("xivo", users=3) as box:
    ...     httpx.get(f"{box.open_url}/1.1/users").json()["total"]
    3
    """

    service = "xivo"
    user, password = SERVICE.name, SERVICE.password
    reader, reader_password = READER.name, READER.password
    no_acls, no_acls_password = NO_ACLS.name, NO_ACLS.password
    admin, admin_password = ADMINISTRATOR.name, ADMINISTRATOR.password
    login, login_password = USER, USER_PASSWORD

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner)
        places = self.control("places")
        self.url = places["url"]
        self.auth_url: str = places["auth_url"]
        self.open_url: str = places["open_url"]
        self.era: str = places["era"]
        self.confd = self.url + find_era(self.era).confd
        self.auth = self.auth_url + find_era(self.era).auth

    @property
    def place(self) -> str:
        """Where both services are, and who may log in."""
        return f"{self.confd}, tokens at {self.auth} for {self.user} with {self.password}"

    @property
    def switches(self) -> Switches:
        """The switches as they are."""
        return Switches(**self.control("switches"))

    def fault(self, kind: Kind, function: str | None = None, **options: Any) -> Self:
        """Let a fault happen at the next request (for an operation); see `Fault`.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("xivo") as box:
        ...     _ = box.fault("html", "GET /users", times=3)
        """
        self.control("fault", **dataclasses.asdict(Fault(kind, function, **options)))
        return self

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The last 10,000 requests: api, function, method, path, query, status, fault."""
        calls: list[dict[str, Any]] = self.control("calls")
        return calls

    def drop_tokens(self) -> int:
        """Take back every token; gives how many were alive."""
        return int(self.control("drop_tokens"))

    def items(self, kind: str) -> dict[str, dict[str, Any]]:
        """The items of a kind (``"users"``, ``"devices"``) as the server keeps them, by key."""
        items: dict[str, dict[str, Any]] = self.control("items", kind=kind)
        return items
