"""The box of running GeoOp servers: addresses, accounts, and controls with proper types."""

from __future__ import annotations

import dataclasses
from typing import Any, Self

from toolkit.sandbox.box import ForwardBox, Runner
from toolkit.sandbox.geoop.browser import open_page, sign_in
from toolkit.sandbox.geoop.faults import Fault, Kind
from toolkit.sandbox.geoop.people import ADA, BEN, CLEO, DESKTOP, DORA, SERVER
from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.switches import Switches


class GeoopBox(ForwardBox):
    """A running GeoOp: the API and the authorization server.

    Attributes
    ----------
    url : str
        Address of the API, such as ``http://127.0.0.1:40001``.
    login_url : str
        Address of the authorization server: ``/oauth2/code`` and ``/oauth2/token`` below it.
    client_id, client_secret : str
        A confidential client; on its own credentials it acts for ``user``. It gets a refresh
        token when ``access_type=offline`` was asked for.
    public_client_id : str
        A public client: its secret is empty, and it gets no refresh token.
    redirect_uri : str
        Where a client is sent that names no address of its own.
    user, password : str
        An administrator of the account 22, who reaches the child account 23 too.
    worker, worker_password : str
        A field worker of account 22: sees only jobs that are assigned to them, may change those
        and add notes, visits and files.
    viewer, viewer_password : str
        One who sees all of account 22 and may write nothing.
    stranger, stranger_password : str
        The administrator of another account (24), where nothing of the others is visible.

    Examples
    --------
    >>> from toolkit import sandbox
    >>> with sandbox.start("geoop", jobs=5) as box:
    ...     len(box.items("jobs"))
    8
    """

    service = "geoop"
    client_id, client_secret = SERVER.id, SERVER.secret
    public_client_id = DESKTOP.id
    user, password = ADA.login, ADA.password
    worker, worker_password = BEN.login, BEN.password
    viewer, viewer_password = CLEO.login, CLEO.password
    stranger, stranger_password = DORA.login, DORA.password

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner)
        places = self.control("places")
        self.login_url: str = places["login_url"]
        self.redirect_uri: str = places["redirect_uri"]

    @property
    def place(self) -> str:
        """Where both servers are, and who may sign in."""
        return (
            f"{self.url}, tokens at {self.login_url} for {self.user} with {self.password}, "
            f"client {self.client_id} with {self.client_secret}"
        )

    @property
    def switches(self) -> Switches:
        """The switches as they are."""
        return Switches(**self.control("switches"))

    def fault(self, kind: Kind, function: str | None = None, **options: Any) -> Self:
        """Let a fault happen at the next request (for an operation); see `Fault`.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("geoop") as box:
        ...     _ = box.fault("error", "GET /jobs", type="system", times=3)
        """
        self.control("fault", **dataclasses.asdict(Fault(kind, function, **options)))
        return self

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The last 10,000 requests: api, function, method, path, query, version, status, fault."""
        calls: list[dict[str, Any]] = self.control("calls")
        return calls

    def token(self, user: str = ADA.login, client: str = SERVER.id) -> Item:
        """A token for a person, as the token endpoint gives it, without any sign-in.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("geoop") as box:
        ...     box.token()["token_type"]
        'Bearer'
        """
        token: Item = self.control("token", user=user, client=client)
        return token

    def drop_tokens(self, *, refresh: bool = False) -> int:
        """Take back every access token, and refresh tokens too; gives how many were alive."""
        return int(self.control("drop_tokens", refresh=refresh))

    def sign_in(
        self,
        url: str,
        user: str = ADA.login,
        password: str = ADA.password,
        *,
        allow: bool = True,
    ) -> str:
        """Do what a person does in a browser: open the address, sign in, allow or deny.

        Parameters
        ----------
        url
            The address that an application opens: ``.../oauth2/code?...``.

        Returns
        -------
        str
            The address that the browser is sent back to, which is not opened.

        Raises
        ------
        ValueError
            If the server shows a page instead: a wrong password, an unknown application.
        """
        return sign_in(url, user, password, allow=allow)

    def browse(self, url: str) -> bool:
        """Stand for a browser with its person: sign in, allow, and open the address it leads to.

        It may take the place of ``webbrowser.open`` where an application waits on this computer to
        be sent the code. Gives whether what is shown in the end is no error.
        """
        return open_page(self.sign_in(url)) < 400

    def items(self, collection: str) -> dict[str, Item]:
        """The items of a collection (``"jobs"``) as the server keeps them, by id as text."""
        items: dict[str, Item] = self.control("items", collection=collection)
        return items
