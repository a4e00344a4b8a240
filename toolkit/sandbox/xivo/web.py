"""HTTP as the two servers speak it: requests read, replies written, routes with holes."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

JSON = "application/json"
HTML = "text/html"
HTML_UTF8 = "text/html; charset=utf-8"

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
# Holes that take any text; the others take a number, or a uuid by their name.
_TEXTS = {"device_id", "forward_name", "service_name", "token", "scope", "policy", "client_id"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request, below the prefix of its API."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    peer: str
    base: str

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Reply:
    """One reply."""

    status: int = 200
    body: bytes = b""
    kind: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)


Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: a verb and a path with holes.

    Attributes
    ----------
    acl
        What a token must have, with the same holes; ``"-"``: nothing, anyone may use it.
    lists
        Whether the list parameters are understood (for the specification).
    hidden
        Is not in the specification.
    """

    verb: str
    path: str
    handler: Handler
    acl: str = ""
    lists: bool = False
    hidden: bool = False

    @property
    def name(self) -> str:
        """The name of the operation."""
        return f"{self.verb} {self.path}"


class Routes:
    """Finds the route of a path; literal segments win over holes."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = routes
        self._root: dict[str, Any] = {}
        for route in routes:
            node = self._root
            for segment in route.path.strip("/").split("/"):
                node = node.setdefault(segment, {})
            node.setdefault("", {})[route.verb] = route

    def find(self, path: str) -> tuple[dict[str, Route], dict[str, Any]]:
        """The routes of a path by verb, and what its holes hold; nothing if there is no such."""
        segments = [unquote(one) for one in path.removeprefix("/").split("/")]
        return _walk(self._root, segments, 0, {}) or ({}, {})


def _walk(
    node: dict[str, Any], segments: list[str], at: int, holes: dict[str, Any]
) -> tuple[dict[str, Route], dict[str, Any]] | None:
    if at == len(segments):
        return (node[""], holes) if "" in node else None
    text = segments[at]
    if text and text in node:
        found = _walk(node[text], segments, at + 1, holes)
        if found is not None:
            return found
    for name, below in node.items():
        if name.startswith("{"):
            value = _hole(name[1:-1], text)
            if value is not None:
                found = _walk(below, segments, at + 1, holes | {name[1:-1]: value})
                if found is not None:
                    return found
    return None


def _hole(name: str, text: str) -> int | str | uuid.UUID | None:
    """What a hole takes of a segment; None if it does not match, which is a 404 of the router."""
    if name in _TEXTS:
        return text or None
    if _UUID.fullmatch(text) and (name == "user_id" or name.endswith(("_uuid", "_or_me"))):
        return uuid.UUID(text)
    if text.isdecimal() and text.isascii() and not name.endswith("_uuid"):
        return int(text)
    return None


def json_reply(value: Any, status: int = 200, *, newline: bool = True) -> Reply:
    """A JSON reply, ASCII only, as Python's json writes it."""
    return Reply(status, json.dumps(value).encode() + (b"\n" if newline else b""))


_PAGES = {
    401: ("Unauthorized", ""),
    404: (
        "Not Found",
        (
            "The requested URL was not found on the server.  If you entered the URL manually "
            "please check your spelling and try again."
        ),
    ),
    405: ("Method Not Allowed", "The method is not allowed for the requested URL."),
    406: (
        "Not Acceptable",
        "There is no content here of a type that the request accepts.",
    ),
    415: (
        "Unsupported Media Type",
        "The server does not support the media type transmitted in the request.",
    ),
}


def page(status: int, *, modern: bool = False) -> Reply:
    """The framework's page for a status."""
    name, text = _PAGES[status]
    if modern:
        text = text.replace(".  ", ". ")
        start = f"<!doctype html>\n<html lang=en>\n<title>{status} {name}</title>\n"
        return Reply(status, f"{start}<h1>{name}</h1>\n<p>{text}</p>\n".encode(), HTML_UTF8)
    start = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
    body = f"{start}<title>{status} {name}</title>\n<h1>{name}</h1>\n<p>{text}</p>\n"
    return Reply(status, body.encode(), HTML)
