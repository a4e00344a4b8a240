"""The families of servers, their APIs, and where each API is to be found.

Seen from xivo-confd 15.18 and 16.15 and from Wazo's master of 2026; the ports of the other APIs
are from XiVO's documentation of November 2016 ("REST API reference"), the later ones unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from toolkit.outcomes import InvalidArgument
from toolkit.services.xivo.options import Options


@dataclass(frozen=True, slots=True)
class Era:
    """One family of servers.

    Attributes
    ----------
    acl : str
        The one ACL that stands for all of confd; empty where each route has its own.
    digest : bool
        Whether HTTP Digest is understood.
    tenants : bool
        Whether there are tenants, and the header ``Wazo-Tenant``.
    behind : bool
        Whether all APIs are behind one address, told apart by a prefix (``/api/confd/1.1``).
    strict : bool
        Whether a body's unknown fields are refused (400) rather than dropped.
    """

    name: str
    acl: str = ""
    digest: bool = True
    tenants: bool = False
    behind: bool = False
    strict: bool = False


ERAS = {
    era.name: era
    for era in (
        Era("15.18", acl="acl:confd", strict=True),
        Era("16.15"),
        Era("wazo", digest=False, tenants=True, behind=True),
    )
}


@dataclass(frozen=True, slots=True)
class Api:
    """One API of a server: its port, its version, and the scheme of its port."""

    name: str
    port: int
    version: str
    scheme: str = ""


APIS = {
    api.name: api
    for api in (
        Api("confd", 9486, "1.1"),
        Api("auth", 9497, "0.1"),
        Api("agentd", 9493, "1.0"),
        Api("amid", 9491, "1.0"),
        Api("ctid", 9495, "0.1", "http"),
        Api("ctid-ng", 9500, "1.0"),
        Api("dird", 9489, "0.1"),
        Api("call-logd", 9298, "1.0"),
        Api("plugind", 9503, "0.1"),
        Api("webhookd", 9300, "1.0"),
        Api("chatd", 9304, "1.0"),
    )
}
"""The APIs by name. ``scheme`` is empty where it is the server's own."""

LOOPBACK_PORT = 9487
"""Where confd speaks plain HTTP to its own machine; the other APIs stay on TLS."""

_OWN_PORTS = (9486, LOOPBACK_PORT, 50050, 50051)

_VERSION = re.compile(r"(.*)/(\d+\.\d+)")


class Addresses:
    """The base address of each API of one server.

    Parameters
    ----------
    url : str
        The server (``https://xivo.example``), or confd's own base
        (``https://xivo.example:9486/1.1``, ``https://wazo.example/api/confd/1.1``).
    options : Options
        Its ``addresses``, ``ports`` and ``era`` are used.

    Raises
    ------
    InvalidArgument
        The address is not usable.

    Examples
    --------
    >>> Addresses("https://xivo.example", Options(era="16.15")).base("auth")
    'https://xivo.example:9497/0.1'
    >>> Addresses("https://wazo.example", Options(era="wazo")).base("auth")
    'https://wazo.example/api/auth/0.1'
    """

    def __init__(self, url: str, options: Options) -> None:
        parts = _checked(url)
        self._scheme = parts.scheme
        self._host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
        self._netloc = parts.netloc.rpartition("@")[2]
        self._given: Mapping[str, str] = {
            name: _base(address) for name, address in options.addresses.items()
        }
        self._ports = options.ports
        for name in (*self._given, *self._ports):
            _api(name)
        path = parts.path.rstrip("/")
        self._confd, self._root = "", ""
        self.behind: bool | None = None
        self._read_path(path, parts, options)

    def _read_path(self, path: str, parts: SplitResult, options: Options) -> None:
        """Tell from the address whether the APIs are behind one, where it tells that."""
        here = f"{self._scheme}://{self._netloc}"
        versioned = _VERSION.fullmatch(path)
        stem = versioned[1] if versioned else path
        if stem.endswith("/confd"):
            self.behind, self._root = True, here + stem.removesuffix("/confd")
        elif versioned:
            self.behind, self._confd = False, here + path
        elif path:
            self.behind, self._root = True, here + path
        elif options.era != "detect":
            self.behind = options.era == "wazo"
        elif parts.port in _OWN_PORTS:
            self.behind = False
        if parts.port and not path:
            self._confd = f"{here}/1.1"
        self._root = self._root or f"{here}/api"

    def base(self, api: str) -> str:
        """The address that an API's paths are put after, without a slash at its end."""
        row = _api(api)
        given = self._given.get(api)
        if given is not None:
            whole = f"/api/{row.name}/{row.version}" if self.behind else f"/{row.version}"
            return given if urlsplit(given).path else given + whole
        if self.behind:
            return f"{self._root}/{row.name}/{row.version}"
        if api == "confd" and self._confd:
            return self._confd
        port, scheme = self._ports.get(api, row.port), row.scheme or self._scheme
        if self._scheme == "http" and api == "confd":
            port = self._ports.get(api, LOOPBACK_PORT)
        elif self._scheme == "http" and not row.scheme:
            plain = self._confd and f":{LOOPBACK_PORT}/" not in self._confd
            scheme = "http" if plain else "https"
        return f"{scheme}://{self._host}:{port}/{row.version}"


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(str(url).strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise InvalidArgument(
            "the server's address must be like https://host, https://host:9486/1.1 or "
            f"https://host/api/confd/1.1, not {_without_userinfo(str(url))!r}"
        )
    if parts.username or parts.password:
        raise InvalidArgument(
            "the server's address must not hold a user or a password; give them to login_with"
        )
    return parts


def _without_userinfo(url: str) -> str:
    head, mark, rest = url.partition("://")
    return f"{head}{mark}{rest.rpartition('@')[2]}"


def _base(address: str) -> str:
    parts = _checked(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _api(name: str) -> Api:
    if name not in APIS:
        raise InvalidArgument(f"there is no API {name!r}; there are: {', '.join(APIS)}")
    return APIS[name]
