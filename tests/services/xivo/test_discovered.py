"""What a server's own specification adds, read safely."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator

import pytest

from tests.services.xivo.confd import Confd, running, said
from toolkit.outcomes import BadReply, InvalidArgument, NotFound
from toolkit.services.xivo.discovered import MOST_BYTES, read_spec
from toolkit.services.xivo.server import Server

SPEC = """
swagger: '2.0'
info: {title: invented, version: '1.1'}
parameters:
  limit: {name: limit, in: query, type: integer}
paths:
  /users:
    get: {summary: List users, responses: {'200': {}}}
  /users/{id}/tags:
    get:
      summary: List tags of a user
      operationId: list_tags
      responses: {'200': {}}
  /meetings:
    get:
      summary: List meetings
      description: '**Required ACL:** `confd.meetings.read`'
      parameters:
      - {$ref: '#/parameters/limit'}
      - {name: recurse, in: query, type: boolean}
      responses: {'200': {}}
    post:
      summary: Create a meeting
      parameters:
      - {name: body, in: body, schema: {type: object}}
      responses: {'201': {}}
  /meetings/{meeting_uuid}:
    parameters:
    - {name: meeting_uuid, in: path, type: string}
    get: {summary: Get a meeting, responses: {'200': {}}}
    put: {summary: Change a meeting, responses: {'204': {}}}
    delete: {summary: Delete a meeting, responses: {'204': {}}}
  /meetings/{meeting_uuid}/guests/{guest}:
    put: {summary: Add a guest, responses: {'204': {}}}
  /meetings/{meeting_uuid}/guests:
    put: {summary: Replace the guests, responses: {'204': {}}}
"""


@pytest.fixture
def confd() -> Confd:
    found = Confd({"meetings": [{"id": n, "name": f"m{n}"} for n in range(12)]})
    found.rules["GET /api/api.yml"] = lambda _: (200, "application/x-yaml", SPEC.encode())
    return found


@pytest.fixture
def xivo(confd: Confd) -> Iterator[Server]:
    with running(confd) as server:
        yield server


def test_new_operations(xivo: Server) -> None:
    """What the table has already is left as it is; the rest becomes reachable."""
    new = xivo.discover()
    assert sorted(new["function"]) == [
        "DELETE /meetings/{meeting_uuid}",
        "GET /meetings",
        "GET /meetings/{meeting_uuid}",
        "GET /users/{id}/tags",
        "POST /meetings",
        "PUT /meetings/{meeting_uuid}",
        "PUT /meetings/{meeting_uuid}/guests",
        "PUT /meetings/{meeting_uuid}/guests/{guest}",
    ]
    assert new["method"].is_unique
    changing = new.set_index("function")["changes"]
    assert not changing["GET /meetings"]
    assert changing["POST /meetings"]
    assert xivo.meetings.list.__doc__ == (  # type: ignore[attr-defined]
        "List meetings.\n\nGET /meetings; needs confd.meetings.read."
    )


def test_calls(xivo: Server, confd: Confd) -> None:
    """By attribute, below ``found``, and by name; lists come whole, ids are bound."""
    with pytest.raises(InvalidArgument, match="no function 'GET /meetings'"):
        xivo.call("GET /meetings")
    xivo.discover()
    meetings = xivo.meetings  # type: ignore[attr-defined]
    assert len(meetings.list(recurse=True)) == 12
    assert confd.asked[-1].query == {"recurse": "true"}
    assert xivo.call("GET /meetings", limit=3).shape == (3, 2)
    assert meetings.get(3)["name"].item() == "m3"
    assert meetings(3).get()["name"].item() == "m3"
    assert xivo.call("GET /meetings/4")["name"].item() == "m4"
    assert meetings.create(name="new")["id"].item() == 12
    assert meetings.update(12, name="x")["code"].item() == 204
    assert meetings.delete([12, 11])["code"].tolist() == [204, 204]
    plans = [
        xivo.found.meetings.guests.update(3, guests=[], dry_run=True),
        xivo.found.meetings.guests.update_guest(3, "g", dry_run=True),
    ]
    assert [plan["path"].item() for plan in plans] == [
        "/meetings/3/guests", "/meetings/3/guests/g",
    ]  # fmt: skip
    confd.rules["GET /users/1/tags"] = lambda _: said({"items": [{"name": "t"}], "total": 1})
    assert xivo.found.users.tags.list(1)["name"].tolist() == ["t"]
    assert "tags" not in dir(xivo.users)
    assert "meetings" in dir(xivo)
    signature = str(inspect.signature(meetings.get))
    assert signature.startswith("(meeting_uuid: int | str, /, **fields")


def test_twice(xivo: Server) -> None:
    """Doing it again changes nothing."""
    assert len(xivo.discover()) == len(xivo.discover())
    assert len(xivo.found.table) == 8


def test_other_api(xivo: Server, confd: Confd) -> None:
    """Another service's operations stand below its name."""
    xivo.discover()
    spec = SPEC.replace("/meetings", "/queues")
    confd.rules["GET /api/api.yml"] = lambda _: (200, "application/x-yaml", spec.encode())
    new = xivo.discover("agentd")
    assert "GET agentd:/queues" in new["function"].tolist()
    assert "list" in dir(xivo.found.agentd.queues)
    assert "list" in dir(xivo.found.meetings)


def test_server_without_one(xivo: Server, confd: Confd) -> None:
    """Before 16.14 there is none."""
    del confd.rules["GET /api/api.yml"]
    with pytest.raises(NotFound):
        xivo.discover()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "no Swagger 2.0"),
        ("[1, 2]", "no Swagger 2.0"),
        ("openapi: 3.0.0\npaths: {}", "no Swagger 2.0"),
        ("swagger: '2.0'", "lists no paths"),
        ("swagger: '2.0'\npaths: [1]", "lists no paths"),
        ("swagger: '2.0\npaths: {", "is no YAML"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\nswagger: '2.0'", "holds aliases"),
        ("swagger: !!python/object/apply:os.system ['echo x']\npaths: {}", "is no YAML"),
        ("[" * 100_000, "nested deeper than"),
        ("- " * 100_000, "nested deeper than"),
        ("{a: " * 100_000, "nested deeper than"),
        ("x" * (MOST_BYTES + 1), "longer than"),
    ],
    ids=range(12),
)
def test_unsafe_or_no_specification(text: str, match: str) -> None:
    """Aliases, tags of Python, depth and size: refused in one sentence."""
    with pytest.raises(BadReply, match=match):
        read_spec(text.encode())


def test_odd_parts_are_passed_over() -> None:
    """What is no operation is no operation; the rest is read."""
    spec = {
        "swagger": "2.0",
        "paths": {
            "nope": {"get": {}},
            "/x": {"get": None, "trace": {}, "post": {"parameters": [7, {"name": "a b"}, {}]}},
            "/y": [],
            "/y/{a}": {"get": {"responses": [], "description": 7, "parameters": {}}},
        },
    }
    found = read_spec(json.dumps(spec).encode())
    assert [one.name for one in found] == ["POST /x", "GET /y/{a}"]
