"""What the vendor's pages leave open or let one choose, each behind one named option."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.options import changed, check_choices
from toolkit.services.geoop.modifiers import Modifiers

_VERSION = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Options:
    """How this server is spoken to, and how one logs in to it.

    Attributes
    ----------
    version : str
        Sent as ``X-Version``: 1.0, 1.1, 1.2 or 1.3.
    override : bool
        Send PATCH and DELETE as POST with ``X-Method``, for proxies that let neither through.
    modifiers : Modifiers
        The names and forms of the query's modifiers; most of them are not public.
    counts : bool
        Whether lists ask for the number of records (see ``modifiers.COUNTS``).
    page_size : int
        Items to ask for at once; 0 leaves it to the server.
    chunk : int
        Items that one request writes.
    on_failure : {"raise", "table"}
        Whether items that the server refuses raise, or come back as a table.
    index_base : {"detect", 0, 1}
        What the first index of ``invalidItems`` is; the page "API Responses" does not say.
    waits : float
        Seconds to wait at the most for a server that answers 429; it is then asked again.
    scope, access_type : str
        Of an authorization: the vendor's page "Authentication" wants the scope ``default``;
        ``offline`` asks for a refresh token (seen in use). An empty ``access_type`` is not sent.
    pkce : bool
        Send a code challenge (RFC 7636). A server that does not know it passes over it.
    redirect_port : int
        Port of the loopback address that the browser is sent back to; 0 takes a free one.
    redirect_path : str
    client_login : {"form", "basic"}
        How the client's id and secret are sent with a request for a token.
    renew_before : float
        Seconds before its end at which a token is refreshed; at most a quarter of its life.
    keep_tokens : bool
        Keep the tokens in the system's keyring (extra ``keyring``), and take them from there.

    Examples
    --------
    >>> Options(version="1.1").chunk
    100
    """

    service: ClassVar[str] = "geoop"
    version: str = "1.3"
    override: bool = False
    modifiers: Modifiers = field(default_factory=Modifiers)
    counts: bool = True
    page_size: int = 0
    chunk: int = 100
    on_failure: Literal["raise", "table"] = "raise"
    index_base: Literal["detect", 0, 1] = "detect"
    waits: float = 60.0
    scope: str = "default"
    access_type: str = "offline"
    pkce: bool = True
    redirect_port: int = 0
    redirect_path: str = "/callback"
    client_login: Literal["form", "basic"] = "form"
    renew_before: float = 60.0
    keep_tokens: bool = False

    def __post_init__(self) -> None:
        check_choices(self)
        if not _VERSION.fullmatch(str(self.version)):
            raise InvalidArgument(f"version is a text such as '1.3', not {self.version!r}")
        for name, least in (("page_size", 0), ("chunk", 1), ("redirect_port", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InvalidArgument(f"{name} is a whole number from {least} on, not {value!r}")
        if not self.redirect_path.startswith("/"):
            raise InvalidArgument(f"redirect_path begins with a slash, not {self.redirect_path!r}")

    @classmethod
    def of(cls, options: Options | None, changes: dict[str, Any]) -> Options:
        """The options with some changed; InvalidArgument for a name or a value that none has."""
        return changed(cls, options, changes)
