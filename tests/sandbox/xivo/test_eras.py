"""The table of differences between servers of different years: a test for each row and era."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox.xivo import plain
from sandbox.xivo.conftest import client, token
from toolkit import sandbox
from toolkit.sandbox.xivo import ERAS, XivoBox

_NOBODY = "4bd57dd0-1111-4bde-8888-c4d3b8b0a2a1"
_ERAS = tuple(ERAS)
_RANGE = (
    "{'constraint_id': 'range', 'constraint': {'min': 0}, "
    "'message': 'Must be greater than or equal to 0.'}"
)
_BROWSER = "The browser (or proxy) sent a request that this server could not understand."


@pytest.fixture(scope="module")
def boxes() -> Iterator[dict[str, XivoBox]]:
    """One server of each era, for tests that leave nothing behind."""
    started = {era: sandbox.start("xivo", era=era, users=3, seed=5) for era in _ERAS}
    yield started
    for box in started.values():
        box.close()


@pytest.fixture(scope="module")
def people(boxes: dict[str, XivoBox]) -> Iterator[dict[str, httpx.Client]]:
    """A client of each."""
    made = {era: client(box) for era, box in boxes.items()}
    yield made
    for one in made.values():
        one.close()


Say = Callable[[httpx.Client], httpx.Response]
# What is asked -> for each era the status, the content type, and what the body is or begins with.
_ROWS: dict[str, tuple[Say, tuple[Any, Any, Any]]] = {
    "Accept is another type": (
        lambda confd: confd.get("/users?limit=1", headers={"Accept": "application/xml"}),
        ((406, "text/html", "<!DOCTYPE"), (200, "application/json", {}),
         (200, "application/json", {})),
    ),
    "Accept is anything": (
        lambda confd: confd.get("/users?limit=1", headers={"Accept": "*/*"}),
        ((406, "text/html", "<!DOCTYPE"), (200, "application/json", {}),
         (200, "application/json", {})),
    ),
    "Accept on a route that is no longer strict": (
        lambda confd: confd.get("/lines", headers={"Accept": "*/*"}),
        ((200, "application/json", {}),) * 3,
    ),
    "a form for a body": (
        lambda confd: confd.post("/users", data={"firstname": "a"}),
        ((415, "text/html", "<!DOCTYPE"),
         (400, "application/json",
          ["Input Error - firstname: [u'Missing data for required field.']"]),
         (400, "application/json", [_BROWSER])),
    ),
    "an unknown query parameter": (
        lambda confd: confd.get("/users?nonsense=1"), ((200, "application/json", {}),) * 3,
    ),
    "a missing field": (
        lambda confd: confd.post("/users", json={}),
        ((400, "application/json", ["Input Error - missing parameters: firstname"]),
         (400, "application/json",
          ["Input Error - firstname: [u'Missing data for required field.']"]),
         (400, "application/json",
          ["Input Error - firstname: ['Missing data for required field.']"])),
    ),
    "broken JSON": (
        lambda confd: confd.post("/users", content=b"{x",
                                 headers={"Content-Type": "application/json"}),
        ((500, "application/json", "Unexpected error: "), (400, "application/json", [_BROWSER]),
         (400, "application/json", [_BROWSER])),
    ),
    "a list for a body": (
        lambda confd: confd.post("/users", json=[1]),
        tuple((400, "application/json", [f"Input Error - _schema: [{u}'Invalid input type.']"])
              for u in ("u", "u", "")),
    ),
    "a bad token": (
        lambda confd: confd.get("/users", headers={"X-Auth-Token": _NOBODY}),
        ((401, "text/html", "Unauthorized Access"), (401, "text/html", "Unauthorized Access"),
         (401, "application/json", [f"('{_NOBODY}', 'confd.users.read')"])),
    ),
    "a wrong verb": (
        lambda confd: confd.request("PATCH", "/users"),
        ((405, "text/html", "<!DOCTYPE"),
         (405, "application/json", ["The method is not allowed for the requested URL."]),
         (405, "application/json",
          {"message": "The method is not allowed for the requested URL."})),
    ),
    "an unknown route": (
        lambda confd: confd.get("/nothing"),
        ((404, "text/html", "<!DOCTYPE"), (404, "text/html", "<!DOCTYPE"),
         (404, "text/html; charset=utf-8", "<!doctype html>")),
    ),
    "something that is not there": (
        lambda confd: confd.get("/users/9999"),
        ((404, "application/json",
          ["Resource Not Found - User was not found ('id': 9999)"]),) * 3,
    ),
    "a text in a message": (
        lambda confd: confd.get("/devices/zzz"),
        tuple((404, "application/json",
               [f"Resource Not Found - Device was not found ('id': {u}'zzz')"])
              for u in ("u", "u", "")),
    ),
    "a limit below nothing": (
        lambda confd: confd.get("/users?limit=-1"),
        (*((400, "application/json",
            ["Input Error - field 'limit': wrong type. Should be a positive number"]),) * 2,
         (400, "application/json",
          [f"Input Error - limit: [{_RANGE}]"])),
    ),
    "a limit of nothing": (
        lambda confd: confd.get("/users?limit=0"),
        ((400, "application/json",
          ["Input Error - field 'limit': wrong type. Should be a positive number"]),) * 3,
    ),
    "the specification": (
        lambda confd: confd.get("/api/api.yml"),
        ((404, "text/html", "<!DOCTYPE"), (200, "application/x-yaml", "swagger"),
         (200, "application/x-yaml", "swagger")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("era", _ERAS)
@pytest.mark.parametrize("row", _ROWS)
def test_the_table(people: dict[str, httpx.Client], row: str, era: str) -> None:
    """Status, content type and body of one question to one era."""
    ask, answers = _ROWS[row]
    status, kind, body = answers[_ERAS.index(era)]
    reply = ask(people[era])
    assert (reply.status_code, reply.headers["content-type"].startswith(kind)) == (status, True)
    if body == {}:
        assert {"items", "total"} == set(reply.json())
    elif isinstance(body, str) and kind == "application/json":
        assert reply.json()[0].startswith(body)
    elif isinstance(body, str):
        assert reply.text.startswith(body)
    else:
        assert reply.json() == body


@pytest.mark.parametrize(
    ("era", "status", "said"),
    [
        ("15.18", 400, ["Input Error - unknown parameters: foo, nope"]),
        ("16.15", 201, None),
        ("wazo", 201, None),
    ],
)
def test_unknown_fields(era: str, status: int, said: list[str] | None) -> None:
    """Refused by name before, dropped without a word later."""
    with sandbox.start("xivo", era=era) as box, client(box) as confd:
        reply = confd.post("/users", json={"firstname": "a", "nope": 1, "foo": 2})
        assert reply.status_code == status
        assert said is None or reply.json() == said
        assert "nope" not in reply.json()


@pytest.mark.parametrize(
    ("era", "confd", "auth", "same"),
    [
        ("15.18", "/1.1", "/0.1", False),
        ("16.15", "/1.1", "/0.1", False),
        ("wazo", "/api/confd/1.1", "/api/auth/0.1", True),
    ],
)
def test_addresses(boxes: dict[str, XivoBox], era: str, confd: str, auth: str, same: bool) -> None:
    """Two ports, or one with a prefix for each service; one more port that asks nobody."""
    box = boxes[era]
    assert (box.confd, box.auth) == (box.url + confd, box.auth_url + auth)
    assert (box.url == box.auth_url) is same
    assert bool(box.open_url) is not same


def test_one_acl_for_everything(boxes: dict[str, XivoBox]) -> None:
    """15.18: all or nothing."""
    box = boxes["15.18"]
    made = token(box, box.user, box.password)
    assert plain.get(f"{box.auth}/token/{made}").json()["data"]["acls"] == ["acl:confd"]
    scope = {"scope": "acl:confd"}
    assert plain.get(f"{box.auth}/token/{made}", params=scope).status_code == 200
    with client(box, box.reader, box.reader_password) as confd:
        assert confd.get("/users").status_code == 401


@pytest.mark.parametrize("era", ["15.18", "16.15"])
def test_digest_before_wazo(boxes: dict[str, XivoBox], era: str) -> None:
    """Both old eras answer a Digest."""
    box = boxes[era]
    headers = {"Accept": "application/json"}
    with plain.Client(auth=httpx.DigestAuth(box.user, box.password), headers=headers) as confd:
        assert confd.get(f"{box.confd}/users").status_code == 200


def test_no_digest_in_wazo(boxes: dict[str, XivoBox]) -> None:
    """No challenge, no cookie, and no port that asks nobody."""
    box = boxes["wazo"]
    reply = plain.get(f"{box.confd}/users", auth=httpx.DigestAuth(box.user, box.password))
    assert (reply.status_code, reply.json()) == (401, ["('', 'confd.users.read')"])
    assert not {"www-authenticate", "set-cookie"} & set(reply.headers)


@pytest.mark.parametrize(
    ("era", "keys"),
    [("15.18", ["total", "items"]), ("16.15", ["items", "total"]), ("wazo", ["total", "items"])],
)
def test_shapes(people: dict[str, httpx.Client], era: str, keys: list[str]) -> None:
    """Order of keys of a list and a link; what a user shows of others."""
    found = people[era].get("/users?limit=1&order=id").json()
    assert list(found) == keys
    user = found["items"][0]
    assert list(user["links"][0]) == (["rel", "href"] if era == "wazo" else ["href", "rel"])
    assert user["links"][0]["href"] == f"{people[era].base_url}users/1"
    assert ("lines" in user, "forwards" in user) == ((era != "15.18"),) * 2
    assert ("tenant_uuid" in user, "call_permissions" in user) == ((era == "wazo"),) * 2


def test_accents(people: dict[str, httpx.Client]) -> None:
    """Wazo finds without accents, the others do not."""
    for era, confd in people.items():
        made = confd.post("/users", json={"firstname": "Léa", "lastname": "Lefèvre-Noël"})
        found = confd.get("/users?search=lefevre-noel").json()["total"]
        assert found == (1 if era == "wazo" else 0)
        assert confd.get("/users?search=LEFÈVRE-NOËL").json()["total"] == 1
        assert confd.delete(f"/users/{made.json()['id']}").status_code == 204
