"""What a client remembers between calls. Nothing secret has a place in any repr."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from toolkit.services.base.driving import Turn
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.digest import Challenge
from toolkit.services.xivo.eras import ERAS, Addresses, Era
from toolkit.services.xivo.options import Options


@dataclass(frozen=True, slots=True)
class Granted:
    """A login that ended in a token (or, for Digest, in a challenge that was answered).

    Attributes
    ----------
    acls : tuple of str
        What the token may do, as xivo-auth lists it.
    ends : float or None
        When it ends, by the client's own clock; None when that is not known.
    ends_at : datetime.datetime or None
        The same as a time (UTC). The server's own times are naive and local, so only the span
        between them is used.
    """

    user: str
    token: str = field(default="", repr=False)
    acls: tuple[str, ...] = ()
    auth_id: str = ""
    user_uuid: str = ""
    tenant: str = ""
    began: float = 0.0
    ends: float | None = None
    ends_at: dt.datetime | None = None
    given: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password, kept in memory only."""

    user: str
    password: str = field(repr=False)
    backend: str = ""
    expiration: int = 7200


@dataclass
class State:
    """What one client knows of its server and of its session.

    Attributes
    ----------
    era : str
        One of ``eras.ERAS``; empty until it is known.
    granted : Granted or None
        The session in use.
    credentials : Credentials or None
        To renew a token, and for each answer to Digest.
    last : Call or None
        The last call that succeeded.
    turn, renewing, refusal, refusals
        Renewing a token: who does, whether somebody does, and how it failed, how often.
    finding, probing
        Finding out where the APIs are: who does, and whether somebody does.
    """

    options: Options
    addresses: Addresses
    clock: Callable[[], float] = time.monotonic
    era: str = ""
    granted: Granted | None = None
    credentials: Credentials | None = None
    challenge: Challenge | None = field(default=None, repr=False)
    last: Call | None = field(default=None, repr=False)
    turn: Turn = field(default_factory=Turn, repr=False)
    renewing: bool = field(default=False, repr=False)
    refusal: Exception | None = field(default=None, repr=False)
    refusals: int = field(default=0, repr=False)
    finding: Turn = field(default_factory=Turn, repr=False)
    probing: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if self.options.era != "detect":
            self.era = self.options.era

    @property
    def located(self) -> bool:
        """Whether it is known where the server's APIs are."""
        return self.addresses.behind is not None and not self.probing

    @property
    def family(self) -> Era:
        """The era's facts; those of 16.15 until the era is known."""
        return ERAS[self.era or "16.15"]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may hold."""
        token = self.granted.token if self.granted else ""
        password = self.credentials.password if self.credentials else ""
        return tuple(secret for secret in (token, password) if secret)

    def url(self, plan: Plan) -> str:
        """The whole address of a plan."""
        query = f"?{urlencode(plan.query, quote_via=quote)}" if plan.query else ""
        return f"{self.addresses.base(plan.function.api)}{plan.path}{query}"

    def due(self) -> bool:
        """Whether the token ends so soon that it should be renewed."""
        granted = self.granted
        if granted is None or granted.ends is None:
            return False
        life = granted.ends - granted.began
        return self.clock() >= granted.ends - min(self.options.renew_before, life / 4)

    def ended(self) -> bool:
        """Whether there is no token that is still good, as far as is known."""
        granted = self.granted
        return granted is None or (granted.ends is not None and self.clock() >= granted.ends)
