"""The API: checks in one order, then GET, POST, PATCH or DELETE.

X-Version first, then the bearer token, the path, the verb, the permission, the JSON, each item.
The order is ours; what is checked is the vendor's (pages "API Requests" and "API Responses").
"""

from __future__ import annotations

import dataclasses
import logging
import re
from typing import Any

import msgspec

from toolkit.sandbox.faults import HTML_PAGE
from toolkit.sandbox.geoop import modifiers, reading, uploads
from toolkit.sandbox.geoop.errors import STATUSES, ApiError, error, not_there
from toolkit.sandbox.geoop.faults import Fault
from toolkit.sandbox.geoop.people import Who
from toolkit.sandbox.geoop.schema import ALL, COLLECTIONS, Collection
from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.switches import VERSIONS
from toolkit.sandbox.geoop.tokens import Tokens
from toolkit.sandbox.geoop.web import Reply, Request, json_reply
from toolkit.sandbox.geoop.world import World
from toolkit.sandbox.geoop.writing import Failure, Writing

_log = logging.getLogger("toolkit.sandbox")
_PATH = re.compile(r"/([A-Za-z]+)(?:/([0-9]{1,15}))?(?:/([A-Za-z]+))?/?")
_BEARER = 'Bearer realm="geoop"'


class Api:
    """What answers at https://api.geoop.com."""

    name = "api"

    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world = world
        self._tokens = tokens

    def function(self, request: Request) -> str:
        """The operation that a request is for, such as ``"PATCH /jobs/{id}"``; or nothing."""
        found = _PATH.fullmatch(request.path)
        if found is None or found[1] not in COLLECTIONS:
            return ""
        path = f"/{found[1]}" + ("/{id}" if found[2] else "") + (f"/{found[3]}" if found[3] else "")
        return f"{_verb(request)} {path}"

    def noted(self, request: Request) -> dict[str, str]:
        """The parameters: none of them is a secret."""
        return dict(request.query)

    def refusal(self, fault: Fault) -> Reply:
        """The error that a fault puts in the place of the answer."""
        body = error(fault.type, 0, fault.text)
        if fault.code is not None:
            body["code"] = fault.code
        status = STATUSES[fault.type] if fault.status is None else fault.status
        return json_reply(self._renamed({"result": "error", "error": body}), status)

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        if self._world.switches.html_error:
            return Reply(502, HTML_PAGE, "text/html")
        version = max(self._world.switches.versions)
        try:
            version = self._version(request)
            with self._world.store.transaction():
                status, body, headers = 200, self._perform(request, version), {}
        except ApiError as refused:
            status, headers = refused.status, refused.headers
            body = {"result": "error", "error": refused.body}
        except Failure as failure:
            status, headers = self._world.switches.failure_status, {}
            body = self._failed(failure)
        except Exception:  # noqa: BLE001 - whatever it is
            # A real one says no more than this; the log is for whoever repairs the sandbox.
            _log.exception("%s broke", self.function(request))
            status, headers = 500, {}
            problem = error("system", 1, "An unexpected error occurred.")
            body = {"result": "error", "error": problem}
        reply = json_reply(self._renamed(body), status)
        reply.headers |= headers
        said = self._world.switches.reply_version or version
        if said != "none":
            reply.headers["X-Version"] = said
        return reply

    def _renamed(self, body: Item) -> Item:
        key = self._world.switches.result_key
        if key == "result":
            return body
        rest = {name: value for name, value in body.items() if name != "result"}
        return rest if key == "none" else {key: body["result"]} | rest

    def _version(self, request: Request) -> str:
        said = request.headers.get("x-version", "").strip()
        served = self._world.switches.versions
        if not said:
            raise ApiError("syntax", 1, "The header X-Version is missing.")
        if said not in VERSIONS:
            raise ApiError("syntax", 2, f"There is no version {said}.")
        if said not in served:
            description = f"Versions that are served: {', '.join(served)}."
            raise ApiError("syntax", 3, f"Version {said} is retired.", description=description)
        return said

    def _who(self, request: Request) -> Who:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            headers = {"WWW-Authenticate": _BEARER}
            raise ApiError("client", 1, "A bearer token is missing.", headers=headers)
        headers = {"WWW-Authenticate": f'{_BEARER}, error="invalid_token"'}
        found, expired = self._tokens.access(token.strip())
        if expired:
            raise ApiError("client", 3, "The access token has expired.", headers=headers)
        user = None if found is None else self._world.store.items["users"].get(found["user"])
        if user is None or user["deleted"] or not user["active"]:
            raise ApiError("client", 2, "The access token is not valid.", headers=headers)
        return Who(self._world.store, user)

    def _perform(self, request: Request, version: str) -> Item:
        who = self._who(request)
        collection, number, action = _target(request.path)
        verb = _verb(request)
        allowed = _allowed(collection, number, action)
        if verb not in allowed:
            raise ApiError(
                "syntax",
                10,
                f"{verb} is not supported by this endpoint.",
                status=405,
                headers={"Allow": ", ".join(allowed)},
            )
        who.check_verb(verb, collection)
        if action:
            return self._done(collection, [uploads.upload(self._world, who, request)])
        if verb == "GET":
            return self._read(request, version, who, collection, number)
        if number is not None and who.find(collection.name, number) is None:
            raise not_there(f"Item {number} of {collection.name}")
        if request.method == "DELETE" and self._world.switches.strips_delete_body:
            request = dataclasses.replace(request, body=b"")
        items = _items(request, verb, collection, number)
        return self._done(collection, Writing(self._world, who, collection).write(verb, items))

    def _read(
        self, request: Request, version: str, who: Who, collection: Collection, number: int | None
    ) -> Item:
        asked = modifiers.read(request.query, collection, version, self._world.switches)
        items, metadata = reading.read(self._world, who, collection, number, asked)
        body: Item = {"result": "success", collection.name: items}
        return body if metadata is None else body | {"metadata": metadata}

    def _done(self, collection: Collection, items: list[Item]) -> Item:
        metadata = self._counted(len(items), range(len(items)), ())
        return {"result": "success", collection.name: items, "metadata": metadata}

    def _failed(self, failure: Failure) -> Item:
        count = len(failure.items)
        valid = [index for index in range(count) if index not in failure.problems]
        return {
            "result": "failure",
            "metadata": self._counted(count, valid, failure.problems),
            "failures": [
                {"rawData": failure.items[index], "errors": problems}
                for index, problems in failure.problems.items()
            ],
        }

    def _counted(self, count: int, valid: Any, invalid: Any) -> Item:
        base = self._world.switches.index_base
        metadata: Item = {"receivedItemsCount": count}
        for name, indices in (("validItems", valid), ("invalidItems", invalid)):
            if indices:
                metadata[name] = [index + base for index in indices]
        return metadata


def _verb(request: Request) -> str:
    return request.headers.get("x-method", request.method).strip().upper()


def _target(path: str) -> tuple[Collection, int | None, str]:
    """Collection, item and action of a path; 404 if there is no such endpoint."""
    found = _PATH.fullmatch(path)
    collection = None if found is None else COLLECTIONS.get(found[1])
    if found is None or collection is None:
        raise not_there("The endpoint")
    if found[3] and (found[2] or found[3] not in collection.actions):
        raise not_there("The endpoint")
    return collection, None if found[2] is None else int(found[2]), found[3] or ""


def _allowed(collection: Collection, number: int | None, action: str) -> tuple[str, ...]:
    if action:
        return ("POST",)
    return tuple(
        verb for verb in ALL if verb in collection.verbs and (number is None or verb != "POST")
    )


def _items(request: Request, verb: str, collection: Collection, number: int | None) -> list[Item]:
    """The items of a request's body."""
    if number is not None and verb == "DELETE" and not request.body.strip():
        return [{"id": number}]
    if request.content_type != "application/json":
        raise ApiError("syntax", 20, "The body must be of the type application/json.")
    try:
        body = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        message = "The body is not JSON."
        raise ApiError("syntax", 21, message, description=str(problem)) from None
    name = collection.name
    if not isinstance(body, dict) or set(body) != {name}:
        raise ApiError("syntax", 22, f'The body must be an object with the one key "{name}".')
    items = body[name]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ApiError("syntax", 23, f'"{name}" must hold an array of objects.')
    if not items:
        raise ApiError("content", 1, f'"{name}" holds no items.')
    if number is None:
        return items
    if len(items) != 1 or items[0].get("id", number) != number:
        raise ApiError("content", 2, f"Only item {number} can be sent to this endpoint.")
    return [{"id": number} | items[0]]
