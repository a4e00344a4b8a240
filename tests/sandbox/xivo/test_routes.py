"""Every route of every era: it answers, it refuses, it never breaks; and the specification."""

from __future__ import annotations

import re

import pytest
import yaml

from sandbox.xivo import plain
from sandbox.xivo.conftest import client
from toolkit import sandbox

_UUID = "4bd57dd0-1111-4bde-8888-c4d3b8b0a2a1"


def _operations(text: str) -> list[tuple[str, str, str]]:
    paths = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["paths"]  # noqa: S506
    return [
        (verb.upper(), path, operation.get("description", ""))
        for path, verbs in paths.items()
        for verb, operation in verbs.items()
    ]


def _filled(path: str, number: str, uuid: str) -> str:
    def fill(hole: re.Match[str]) -> str:
        return uuid if hole[1].endswith("_uuid") else number

    return re.sub(r"\{(\w+)\}", fill, path)


@pytest.mark.parametrize(("era", "paths", "operations"), [("16.15", 108, 196), ("wazo", 170, 320)])
def test_the_specification(era: str, paths: int, operations: int) -> None:
    """Every operation is in api.yml with the ACL that it needs; anyone may read it."""
    with sandbox.start("xivo", era=era) as box:
        reply = plain.get(f"{box.confd}/api/api.yml")
        assert reply.headers["content-type"] == "application/x-yaml"
        found = _operations(reply.text)
        if era == "16.15":
            assert len({path for _, path, _ in found}) == paths
            assert len(found) == operations
        assert len(found) >= operations
        needed = {f"{verb} {path}": about for verb, path, about in found}
        assert needed["GET /users/{user_id}"] == "**Required ACL:** `confd.users.{user_id}.read`"
        assert "`confd.users.import.create`" in needed["POST /users/import"]
        assert needed["GET /wizard"] == ""
        assert ("POST", "/token") in [one[:2] for one in _operations(_auth(box.auth))]


def _auth(url: str) -> str:
    return plain.get(f"{url}/api/api.yml").text


@pytest.mark.parametrize("era", ["15.18", "16.15", "wazo"])
@pytest.mark.parametrize("there", [True, False])
def test_no_route_breaks(era: str, there: bool) -> None:
    """With an empty body, on items that are there or not: an answer of the protocol each time."""
    spec_era = era if era == "wazo" else "16.15"
    with sandbox.start("xivo", era=spec_era) as other:
        routes = _operations(plain.get(f"{other.confd}/api/api.yml").text)
    number, uuid = ("1", _UUID) if there else ("999", _UUID)
    with sandbox.start("xivo", era=era, users=2, wizard=True) as box, client(box) as confd:
        for verb, path, _ in sorted(routes, reverse=True):
            url = _filled(path, number, uuid)
            body = {} if verb in ("POST", "PUT") else None
            reply = confd.request(verb, url, json=body)
            said = f"{verb} {url}: {reply.status_code} {reply.text[:200]}"
            assert reply.status_code in (200, 201, 204, 400, 404, 405), said
            if reply.status_code in (400, 405):
                assert reply.headers["content-type"] == "application/json", said


@pytest.mark.parametrize(
    "path", ["/users/me", "/users/1.5", "/nothing", "/users/", "/users/1/nothing", "/users/%31x"]
)
def test_unknown_routes(path: str) -> None:
    """What is no route is a page of HTML, also what only looks like an id."""
    with sandbox.start("xivo") as box, client(box) as confd:
        reply = confd.get(path)
        assert reply.status_code == 404
        assert reply.headers["content-type"] == "text/html"
        assert reply.text.startswith("<!DOCTYPE HTML")


def test_head_and_options() -> None:
    """HEAD answers where GET does, with the length; OPTIONS tells browsers what is allowed."""
    with sandbox.start("xivo", users=1) as box, client(box) as confd:
        head, get = confd.head("/users/1"), confd.get("/users/1")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(get.content))
        options = plain.options(f"{box.confd}/users")
        assert options.headers["access-control-allow-headers"] == "Content-Type, X-Auth-Token"
        assert options.headers["access-control-allow-origin"] == "*"
