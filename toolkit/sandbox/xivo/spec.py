"""``api.yml``: which paths there are, their operations, and what each needs of a token."""

from __future__ import annotations

import re

import yaml

from toolkit.sandbox.xivo import acl
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.web import Route

_LIST = (
    ("order", "column to order by", "string"),
    ("direction", "asc or desc", "string"),
    ("limit", "rows in a page", "integer"),
    ("offset", "rows to leave out first", "integer"),
    ("search", "text that a row must contain", "string"),
)
_WORDS = {"GET": "Read", "POST": "Make", "PUT": "Change", "DELETE": "Remove", "HEAD": "Check"}
_GOOD = {"GET": "200", "POST": "201", "PUT": "204", "DELETE": "204", "HEAD": "204"}


def write_spec(
    routes: list[Route], era: Era, service: str, title: str, version: str, port: int
) -> bytes:
    """A Swagger 2.0 file of the routes."""
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        if route.hidden:
            continue
        paths.setdefault(route.path, {})[route.verb.lower()] = _operation(route, era, service)
    document = {
        "swagger": "2.0",
        "info": {"title": title, "version": version, "description": "A sandbox of the service."},
        "basePath": era.confd if service == "confd" else era.auth,
        "x-xivo-name": service,
        "x-xivo-port": port,
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {
            "xivo_auth_token": {"type": "apiKey", "name": "X-Auth-Token", "in": "header"}
        },
        "security": [{"xivo_auth_token": []}],
        "paths": {path: paths[path] for path in sorted(paths)},
    }
    text: str = yaml.safe_dump(document, sort_keys=False)
    return text.encode()


def _operation(route: Route, era: Era, service: str) -> dict[str, object]:
    names = re.findall(r"\{(\w+)\}", route.path)
    parameters: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "type": "string"} for name in names
    ]
    if route.lists:
        parameters += [
            {"name": name, "in": "query", "required": False, "type": kind, "description": about}
            for name, about, kind in _LIST
        ]
    if route.verb in ("POST", "PUT"):
        parameters.append({"name": "body", "in": "body", "schema": {"type": "object"}})
    operation: dict[str, object] = {
        "operationId": re.sub(r"\W+", "_", f"{route.verb.lower()}{route.path}").strip("_"),
        "summary": f"{_WORDS[route.verb]} {route.path.strip('/')}",
        "tags": [route.path.strip("/").split("/")[0]],
        "parameters": parameters,
        "responses": {_GOOD[route.verb]: {"description": "done"}},
    }
    if route.acl == "-":
        operation["security"] = []
    elif service == "confd" or route.acl:
        needed = route.acl or acl.of_path(route.path, route.verb)
        operation["description"] = f"**Required ACL:** `{era.one_acl or needed}`"
    return operation
