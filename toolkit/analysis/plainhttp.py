"""A recorded request that no service recognises, told as plain HTTP."""

from __future__ import annotations

import functools
import http
import re

from toolkit.cassettes import Interaction
from toolkit.outcomes import Category
from toolkit.services.base.service import CallRecord

# What in a path is a value and not a name; the first that fits.
_SHAPES = (
    (re.compile(r"\d+"), "{id}"),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE), "{uuid}"),
    (re.compile(r"[+-]?\d+\.\d+"), "{number}"),
    (re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?"), "{date}"),
    (re.compile(r"(?=.*\d)(?:0x)?[0-9a-f]{8,}", re.IGNORECASE), "{hex}"),
    (re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w~-]{24,}={0,2}"), "{token}"),
)

_CATEGORIES = {
    **dict.fromkeys((401, 403, 407, 511), Category.DENIED),
    **dict.fromkeys((404, 410), Category.NOT_FOUND),
    **dict.fromkeys((409, 412, 423), Category.CONFLICT),
    **dict.fromkeys((408, 425, 429, 503), Category.BUSY),
    207: Category.PARTIAL,
}
_BY_HUNDREDS = {
    1: Category.SUCCESS,
    2: Category.SUCCESS,
    3: Category.SUCCESS,
    4: Category.INVALID_REQUEST,
    5: Category.SERVER_FAULT,
}


def decode_plain(interaction: Interaction) -> CallRecord:
    """Method and path shape, HTTP status and reason phrase.

    Examples
    --------
    >>> from toolkit.cassettes import Request, Response
    >>> request = Request("GET", "http://127.0.0.1/users/42?full=1")
    >>> decode_plain(Interaction(request, Response(404, "Not Found")))[:5]
    ('GET /users/{id}', '127.0.0.1/users/42', 404, 'Not Found', 'not found')
    """
    request, response, failure = interaction.request, interaction.response, interaction.failure
    shape, target = path_shape(request.url)
    function = f"{request.method} {shape}"
    if failure is not None or response is None:
        kind, text = (failure.kind, failure.message) if failure else ("no response", "")
        return CallRecord(function, target, None, kind, Category.TRANSPORT.value, text)
    status = response.status
    label = response.reason or _phrase(status)
    return CallRecord(function, target, status, label, category_of(status).value, "")


@functools.lru_cache(maxsize=4096)
def path_shape(url: str) -> tuple[str, str]:
    """The path of a URL without its values, and host and path with them.

    The query stays out of both: it may hold secrets.

    Examples
    --------
    >>> path_shape("http://h/a/42/f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
    ('/a/{id}/{uuid}', 'h/a/42/f81d4fae-7dec-11d0-a765-00a0c91e6bf6')
    """
    # By hand: urlsplit takes longer than all the rest of decoding a call.
    bare = url.partition("#")[0].partition("?")[0]
    host, slash, path = bare.rpartition("://")[2].partition("/")
    host = host.rpartition("@")[2]
    path = slash + path or "/"
    return "/".join(map(_shape, path.split("/"))), host + path


def _shape(segment: str) -> str:
    if segment.isalpha() or not segment:
        return segment
    return next((name for pattern, name in _SHAPES if pattern.fullmatch(segment)), segment)


def category_of(status: int) -> Category:
    """Our category of an HTTP status.

    Examples
    --------
    >>> category_of(429), category_of(418), category_of(999)
    (<Category.BUSY: 'busy'>, <Category.INVALID_REQUEST: 'invalid request'>, \
<Category.UNKNOWN: 'unknown status'>)
    """
    return _CATEGORIES.get(status) or _BY_HUNDREDS.get(status // 100, Category.UNKNOWN)


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""
