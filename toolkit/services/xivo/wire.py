"""A recorded request's place in the table: which API, which function, and what fills its path."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from toolkit.cassettes.interaction import Request
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.eras import APIS, LOOPBACK_PORT
from toolkit.services.xivo.functions import TABLE

_VERSION = re.compile(r"/(\d\.\d)(?=/|$)")
_PORTS = {str(api.port): api for api in APIS.values()} | {str(LOOPBACK_PORT): APIS["confd"]}
_ID = re.compile(
    r"/(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}|"
    r"XXXXXXXX[\w-]*)(?=/|$)"
)
_OF_AUTH = ("/token", "/backends")
_UNSURE = ("1.1", "0.1", "1.0")


class Place(NamedTuple):
    """Where a request goes.

    Attributes
    ----------
    api : str
        The API's name; empty when the address does not tell.
    path : str
        What stands below the API's base.
    sure : bool
        Whether the address alone says that it is XiVO's: a port or a prefix of its own.
    """

    api: str
    path: str
    sure: bool


def place_of(url: str) -> Place | None:
    """Where a request to that address goes; None when it is none of XiVO's forms.

    Examples
    --------
    >>> place_of("https://wazo.example/api/confd/1.1/users?limit=2")
    Place(api='confd', path='/users', sure=True)
    >>> place_of("https://twitter.example/2/users") is None
    True
    """
    start = url.find("://") + 3
    if start not in (7, 8) or not url.startswith("http"):
        return None
    rest = url[start:].partition("?")[0].partition("#")[0]
    host, _, path = rest.partition("/")
    path = "/" + path
    found = _VERSION.search(path)
    if found is None:
        return None
    stem, version = path[: found.start()], found[1]
    port = host.rpartition(":")[2]
    path = path[found.end() :] or "/"
    last = stem.rpartition("/")[2]
    if last in APIS and APIS[last].version == version:
        return Place(last, path, stem.endswith(f"/api/{last}"))
    by_port = _PORTS.get(port)
    if by_port is not None and by_port.version == version:
        return Place(by_port.name, path, True)
    if version == "1.1":
        return Place("confd", path, False)
    if version == "0.1" and path.startswith(_OF_AUTH):
        return Place("auth", path, False)
    return Place("", path, False) if version in _UNSURE else None


def recognised(request: Request) -> bool:
    """Whether a request is for one of XiVO's APIs. Cheap, and never raises.

    A port or a prefix of XiVO's own is enough. On any other address the path must be one of the
    table's, and what it carries must be XiVO's: a token, Digest, JSON without any other key.
    """
    url = request.url
    if "/1.1" not in url and "/0.1" not in url and "/1.0" not in url:
        return False
    place = place_of(url)
    if place is None or request.body[:1] == b"<":
        return False
    if place.sure:
        return True
    token, credential = _credentials(request)
    if token is None and credential is not None:
        ours = "basic" if place.api == "auth" else "digest"
        if not credential.lower().startswith(ours):
            return False
    if token is None and not place.api:
        return False
    return _found(request.method, place.path, place.api) is not None


def _credentials(request: Request) -> tuple[str | None, str | None]:
    """X-Auth-Token and Authorization, looked for once."""
    token = credential = None
    for name, value in request.headers:
        length = len(name)
        if length == 12 and name.lower() == "x-auth-token":
            token = value
        elif length == 13 and name.lower() == "authorization":
            credential = value
    return token, credential


@functools.lru_cache(maxsize=4096)
def _found(verb: str, path: str, api: str) -> RestFunction | None:
    found = TABLE.match(verb, path, api)
    return found[0] if found else None


def aim_of(request: Request) -> tuple[RestFunction | None, str, str]:
    """The function of a request, its name, and what it was aimed at.

    A path that the table does not have is named by its verb and path, ids replaced by ``{id}``, so
    that a thousand items are one function. A token is no target.
    """
    place = place_of(request.url)
    if place is None:
        return None, "", ""
    return _aim(request.method, place.path, place.api)


@functools.lru_cache(maxsize=4096)
def _aim(verb: str, path: str, api: str) -> tuple[RestFunction | None, str, str]:
    found = TABLE.match(verb, path, api)
    if found is None:
        other = "" if api in ("", "confd") else f"{api}:"
        return None, f"{verb} {other}{_ID.sub('/{id}', path)}", ""
    function, values = found
    shown = ("…" if hole == "token" else value for hole, value in values.items())
    return function, function.name, "/".join(shown)
