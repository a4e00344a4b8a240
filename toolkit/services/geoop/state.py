"""What a client remembers between calls. Nothing secret has a place in any repr."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from toolkit.services.base.driving import Turn
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop.options import Options


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, and what came with it.

    Attributes
    ----------
    grant : str
        How it was got: ``authorization_code``, ``client_credentials``, or ``given``.
    began, ends : float or None
        By the client's own clock; None where its end is not known.
    ends_at : datetime.datetime or None
        The same as a time (UTC).
    owner_id : int or None
        Whose it is, as the server says.
    """

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    grant: str = "given"
    owner_id: int | None = None
    began: float = 0.0
    ends: float | None = None
    ends_at: dt.datetime | None = None


@dataclass
class State:
    """What one client knows of its server and of its session."""

    url: str
    login_url: str
    options: Options
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    clock: Callable[[], float] = time.monotonic
    token: Token | None = None
    index_base: int | None = None
    reply_version: str = ""
    renewing: Turn = field(default_factory=Turn, repr=False)
    kept: Callable[[Token | None], None] | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may hold."""
        token = self.token
        held = (token.access, token.refresh) if token else ()
        return tuple(secret for secret in (*held, self.client_secret) if secret)

    def address(self, plan: Plan) -> str:
        """The whole address of a plan."""
        base = self.login_url if plan.function.api == "login" else self.url
        query = f"?{urlencode(plan.query)}" if plan.query else ""
        return f"{base}{plan.path}{query}"

    def take(self, token: Token | None) -> None:
        """Use a token from now on, or none; the keyring hears of it where it keeps them."""
        self.token = token
        if self.kept is not None:
            self.kept(token)

    def due(self) -> bool:
        """Whether the token ends so soon that it should be refreshed."""
        token = self.token
        if token is None or token.ends is None:
            return False
        early = min(self.options.renew_before, (token.ends - token.began) / 4)
        return self.clock() >= token.ends - early
