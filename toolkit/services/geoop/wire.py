"""A recorded request's place in the table: which function, and what it was aimed at."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

from toolkit.cassettes.interaction import Request
from toolkit.services.base.rest import RestFunction
from toolkit.services.geoop.functions import TABLE, TOKEN

# Not [A-z] as the page has it: that takes some punctuation too.
_PATH = re.compile(r"/[A-Za-z]+(?:/[0-9]+)?(?:/[A-Za-z]+)?/?")
_VERSION = re.compile(r"\d\.\d")
_ID = re.compile(r"/[0-9]+(?=/|$)")
_FITS: dict[str, Callable[[str], bool]] = {"id": str.isdecimal, "action": str.isalpha}
_ANY: Callable[[str], bool] = bool
_HOSTS = ("api.geoop.com", "login.geoop.com")


class Aim(NamedTuple):
    """Where a request goes."""

    function: RestFunction | None
    name: str
    target: str
    collection: str


def path_of(url: str) -> str:
    """The path of an address, without its query."""
    rest = url.partition("://")[2].partition("?")[0].partition("#")[0]
    return "/" + rest.partition("/")[2]


def is_token(request: Request) -> bool:
    """Whether a request is for the token endpoint."""
    return path_of(request.url) == TOKEN.path


def recognised(request: Request) -> bool:
    """Whether a request is GeoOp's: by its host, or by X-Version and the form of its path."""
    told = _told_by(request.url)
    # Headers last: who reads many calls reads them late, and GeoOp's bodies are never XML.
    if told is not None or request.body[:1] == b"<":
        return bool(told)
    version = _header(request, "x-version")
    return version is not None and _VERSION.fullmatch(version) is not None


@functools.lru_cache(maxsize=4096)
def _told_by(url: str) -> bool | None:
    """What an address says of itself; None when it may be GeoOp's."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    if host.partition(":")[0] in _HOSTS:
        return True
    path = path_of(url)
    return None if path == TOKEN.path or _PATH.fullmatch(path) else False


def aim_of(request: Request) -> Aim:
    """The function of a request, its name, what it was aimed at, and the collection."""
    verb = _header(request, "x-method") or request.method
    return _aim(verb.upper(), path_of(request.url))


def _header(request: Request, wanted: str) -> str | None:
    size = len(wanted)
    for name, value in request.headers:
        if len(name) == size and name.lower() == wanted:
            return value
    return None


@functools.lru_cache(maxsize=4096)
def _aim(verb: str, path: str) -> Aim:
    path = path.rstrip("/") or "/"
    found = TABLE.match(verb, path, "login" if path == TOKEN.path else "")
    # Actions are letters and ids are digits, so POST /jobs/7 is none.
    if found is None or not all(_FITS.get(name, _ANY)(text) for name, text in found[1].items()):
        return Aim(None, f"{verb} {_ID.sub('/{id}', path)}" if path != "/" else "", "", "")
    function, values = found
    collection = values.get("collection", function.resource)
    return Aim(function, function.name, "/".join(values.values()), collection)
