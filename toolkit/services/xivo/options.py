"""What differs between servers, each behind one named option with its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.options import changed, check_choices

Authentication = Literal["token", "digest", "none"]


@dataclass(frozen=True, slots=True)
class Options:
    """How this server is reached, and how one logs in to it.

    Attributes
    ----------
    era : {"detect", "15.18", "16.15", "wazo"}
        Which family of servers it is: xivo-confd up to 15.18, up to 16.15 and later, or Wazo.
        ``detect`` reads it off the token's own answer, or asks once where that is too late.
    authentication : {"token", "digest", "none"}
        A token of xivo-auth; the deprecated HTTP Digest of a web services account (gone in Wazo
        19.06); or none, for an account by address and for xivo-confd's port of the loopback.
    backend : str
        Where xivo-auth looks the user up: ``xivo_service`` (web services account), ``xivo_user``,
        ``xivo_admin``, ``ldap_user``. Empty: ``xivo_service``, which Wazo ignores.
    expiration : int
        Seconds that a token lives (xivo-auth's own default is 7200).
    renew : bool
        Whether ``login_with`` keeps the password in memory, so that a token is renewed before it
        ends, and a read whose token was lost gets a new one, once.
    renew_before : float
        Seconds before its end at which a token is renewed; at most a quarter of its life.
    revoke : bool
        Whether closing revokes the token that a login here got.
    diagnose : bool
        Whether a 401 is explained by asking xivo-auth for the token and the ACL.
    tenant : str
        UUID for Wazo's header ``Wazo-Tenant``; empty sends none.
    addresses : mapping
        Base addresses by API with their version, in place of those that follow from the
        server's: ``{"auth": "https://192.0.2.7:9497/0.1"}``. The APIs are in ``eras.APIS``.
    ports : mapping
        Ports by API, in place of the usual ones: ``{"auth": 19497}``.

    Examples
    --------
    >>> Options(authentication="digest").expiration
    7200
    """

    service: ClassVar[str] = "xivo"
    era: Literal["detect", "15.18", "16.15", "wazo"] = "detect"
    authentication: Authentication = "token"
    backend: str = ""
    expiration: int = 7200
    renew: bool = True
    renew_before: float = 60.0
    revoke: bool = True
    diagnose: bool = True
    tenant: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_choices(self)
        if isinstance(self.expiration, bool) or not isinstance(self.expiration, int):
            raise InvalidArgument(f"expiration is whole seconds, not {self.expiration!r}")
        if self.expiration < 1:
            raise InvalidArgument(f"expiration must be at least 1 second, not {self.expiration}")
        if self.renew_before < 0:
            raise InvalidArgument(f"renew_before must not be negative, not {self.renew_before}")

    @classmethod
    def of(cls, options: Options | None, changes: dict[str, Any]) -> Options:
        """The options with some changed.

        Raises
        ------
        InvalidArgument
            A name that is no option, or a value that none takes.
        """
        return changed(cls, options, changes)
