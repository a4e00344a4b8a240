"""Older layouts of an interaction, brought to the present one.

vcrpy before 1.0 kept protocol, host, port and path apart and response headers as lines; vcrpy 4
and 5 wrote httpx responses as ``status_code`` and ``content``; hand-written cassettes give a
header one text instead of a list.
"""

from __future__ import annotations

import json
from typing import Any

from toolkit.outcomes import CassetteError

_PARTS = ("protocol", "host", "port", "path")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def interaction(item: Any, where: str) -> dict[str, Any]:
    """The item with ``request`` and ``response`` in vcrpy's present form.

    Raises
    ------
    CassetteError
        When a part is missing; ``where`` (file and line) starts the sentence.
    """
    found = _mapping(item, where, "an interaction")
    for part in ("request", "response"):
        if part not in found:
            raise CassetteError(
                f"{where}: the interaction has no {part}; the file was cut short or edited"
            )
    return {
        "request": _request(_mapping(found["request"], where, "request"), where),
        "response": _response(_mapping(found["response"], where, "response"), where),
    }


def _request(request: dict[str, Any], where: str) -> dict[str, Any]:
    if "uri" not in request and all(part in request for part in _PARTS):
        protocol, host, port, path = (request.pop(part) for part in _PARTS)
        suffix = "" if port == _DEFAULT_PORTS.get(protocol) else f":{port}"
        request["uri"] = f"{protocol}://{host}{suffix}{path}"
    for part in ("method", "uri"):
        if not isinstance(request.get(part), str):
            raise CassetteError(f"{where}: the request has no {part}; the file was cut short")
    request["body"] = _body(request.get("body"))
    request["headers"] = _headers(request.get("headers"), where)
    return request


def _body(body: Any) -> Any:
    """A body that vcrpy kept as a value (aiohttp's ``json=``), as the JSON that was sent."""
    if isinstance(body, dict) or (
        isinstance(body, list) and any(isinstance(item, dict | list) for item in body)
    ):
        try:
            return json.dumps(body)
        except (TypeError, ValueError):
            return str(body)
    return body


def _response(response: dict[str, Any], where: str) -> dict[str, Any]:
    if "status_code" in response and "status" not in response:
        return _old_httpx(response, where)
    status = response.get("status")
    if not isinstance(status, dict) or not isinstance(status.get("code"), int):
        raise CassetteError(
            f"{where}: the response has no status; the file was cut short or edited"
        )
    status.setdefault("message", None)
    if isinstance(response.get("body"), str | bytes):
        response["body"] = {"string": response["body"]}
    response.setdefault("body", {})
    response["headers"] = _headers(response.get("headers"), where)
    return response


def _old_httpx(response: dict[str, Any], where: str) -> dict[str, Any]:
    headers = _headers(response.get("headers"), where)
    # The content was stored decoded; the header would have it decoded again.
    kept = {name: values for name, values in headers.items() if name.lower() != "content-encoding"}
    modern = {
        "status": {"code": response["status_code"], "message": None},
        "headers": kept,
        "body": {"string": response.get("content") or b""},
    }
    if "http_version" in response:
        modern["http_version"] = response["http_version"]
    return modern


def _headers(headers: Any, where: str) -> dict[Any, list[Any]]:
    """Name -> values, from a mapping, a list of header lines, or a (nested) list of pairs."""
    if not headers:
        return {}
    found: dict[Any, list[Any]] = {}
    if isinstance(headers, dict):
        return {
            name: list(value) if isinstance(value, list | tuple) else [value]
            for name, value in headers.items()
        }
    for item in _pairs(headers):
        if isinstance(item, str):
            name, colon, value = item.partition(":")
            if not colon:
                raise CassetteError(f"{where}: {item.strip()!r} is no header line")
            found.setdefault(name.strip(), []).append(value.strip())
        elif isinstance(item, list | tuple) and len(item) == 2:
            found.setdefault(item[0], []).append(item[1])
        else:
            raise CassetteError(f"{where}: headers are neither a mapping nor lines")
    return found


def _pairs(headers: Any) -> list[Any]:
    # Version 0 wrote frozenset([pairs]): one list more than needed.
    while (
        isinstance(headers, list)
        and len(headers) == 1
        and isinstance(headers[0], list)
        and not (len(headers[0]) == 2 and isinstance(headers[0][0], str))
    ):
        headers = headers[0]
    return headers if isinstance(headers, list) else [headers]


def _mapping(value: Any, where: str, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CassetteError(f"{where}: {what} is {type(value).__name__}, expected a mapping")
    return value
