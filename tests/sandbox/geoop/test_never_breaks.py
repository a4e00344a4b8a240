"""Whatever comes, the API answers in the shapes of its protocol, and keeps its state whole."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import given, strategies as st

from toolkit.sandbox.geoop.api import Api
from toolkit.sandbox.geoop.clock import Clock
from toolkit.sandbox.geoop.invented import begin
from toolkit.sandbox.geoop.login import Login
from toolkit.sandbox.geoop.modifiers import OPERATORS
from toolkit.sandbox.geoop.schema import COLLECTIONS
from toolkit.sandbox.geoop.store import Store
from toolkit.sandbox.geoop.switches import VERSIONS, Switches
from toolkit.sandbox.geoop.tokens import Tokens
from toolkit.sandbox.geoop.web import Request
from toolkit.sandbox.geoop.world import World

KINDS = st.sampled_from(sorted(COLLECTIONS))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "2015-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "a@b.cd", "ada"])
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "x"]), inner | st.integers(1, 1010), max_size=2)
    ),
    max_leaves=4,
)
# What each kind of field takes, and an item that is within reach.
GOOD: dict[str, Any] = {
    "string": "text", "email": "a@b.cd", "phone": "021", "colour": "#FFFFFF", "float": 1.5,
    "flag": 1, "bool": True, "date": "2015-01-01T00:00:00Z", "items": [],
}  # fmt: skip
FIRST = {"clients": 318, "accounts": 22, "statuses": 1, "users": 13, "jobs": 1001, "roles": 16}
IDS = st.sampled_from(
    [1, 12, 13, 16, 22, 23, 24, 318, 1001, 1002, 1006, -1, 10**14, None, "1", True]
)


def fresh() -> World:
    """A server without its ports."""
    store = Store()
    begin(store, jobs=5, users=2, seed=0)
    return World(store, Clock(), Switches(), "http://127.0.0.1/")


@st.composite
def items(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """An item with fields of its collection and others, of right and wrong kinds."""
    names = st.sampled_from([*COLLECTIONS[kind].by_name, "magic", "_password"])
    item: dict[str, Any] = {}
    for field in COLLECTIONS[kind].fields:
        if "W" in field.access and field.kind in GOOD and draw(st.integers(0, 9)):
            item[field.name] = GOOD[field.kind]
        if field.to in FIRST and draw(st.integers(0, 9)):
            item[field.name] = {"id": FIRST[field.to]}
    item |= draw(st.dictionaries(names, JSON, max_size=1))
    return item | {"id": draw(IDS)}


def answer(
    world: World, verb: str, path: str, query: dict[str, str], body: bytes
) -> dict[str, Any]:
    tokens = Tokens(world)
    given_token = tokens.grant("toolkit-server", 12, refresh=False)["access_token"]
    headers = {"authorization": f"Bearer {given_token}", "x-version": VERSIONS[-1]}
    headers["content-type"] = "application/json"
    reply = Api(world, tokens).answer(Request(verb, path, query, headers, body))
    said: dict[str, Any] = json.loads(reply.body)
    assert reply.status in (200, 400, 401, 403, 404, 405, 422), said
    assert said["result"] == ("success" if reply.status == 200 else said["result"])
    return said


@given(data=st.data())
def test_writing(data: st.DataObject) -> None:
    """Any items: a success changes what it says, all else changes nothing."""
    world, kind = fresh(), data.draw(KINDS)
    sent = data.draw(st.lists(items(kind), min_size=1, max_size=3))
    verb = data.draw(st.sampled_from(["POST", "PATCH", "DELETE"]))
    number = data.draw(st.none() | IDS.filter(lambda one: type(one) is int and one > 0))
    path = f"/{kind}" if number is None else f"/{kind}/{number}"
    before = {name: dict(held) for name, held in world.store.items.items()}
    said = answer(world, verb, path, {}, json.dumps({kind: sent}).encode())
    if said["result"] == "success":
        assert len(said[kind]) == said["metadata"]["receivedItemsCount"] == len(sent)
    else:
        after = {name: held for name, held in world.store.items.items() if held or name in before}
        assert after == before
    if said["result"] == "failure":
        assert len(said["failures"]) == len(said["metadata"]["invalidItems"])
        assert all(failure["errors"] for failure in said["failures"])


@given(data=st.data())
def test_reading(data: st.DataObject) -> None:
    """Any modifiers on any collection."""
    world, kind = fresh(), data.draw(KINDS)
    fields = st.sampled_from([*COLLECTIONS[kind].by_name, "magic", "-id", "*"])
    values = st.sampled_from(["1", "true", "2015-01-01T00:00:00Z", "ada", "", "1,2"])
    values |= st.text(st.characters(exclude_categories=("Cs",)), max_size=5)
    condition = st.tuples(fields, st.sampled_from([*OPERATORS, "like"]), values).map(":".join)
    query = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "page": st.sampled_from(["1", "2,3", "0", "1,", ",1", "999999,999999", "\u0661"]),
                "fields": st.lists(fields, max_size=3).map(",".join),
                "sort": st.lists(fields, max_size=3).map(",".join),
                "filter": st.lists(condition, max_size=2).map(";".join) | values,
                "flags": st.sampled_from(["recordsCount", "accountSharing", "x", ","]),
            },
        )
    )
    said = answer(world, "GET", f"/{kind}", query, b"")
    assert said["result"] in ("success", "error")


@given(body=st.binary(max_size=40), path=st.text("/jobsiduplea0123456789%", max_size=15))
def test_any_bytes(body: bytes, path: str) -> None:
    """Any path, any body."""
    world = fresh()
    assert answer(world, "PATCH", "/" + path, {}, body)["result"] == "error"
    assert answer(world, "POST", "/jobs", {}, body)["result"] == "error"


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NAMES = ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code",
         "grant_type", "client_secret", "refresh_token", "request", "login", "password",
         "choice"]  # fmt: skip
VALUES = TEXT | st.sampled_from(
    ["toolkit-server", "toolkit-desktop", "code", "default", "http://127.0.0.1/", "https://a/?b",
     "authorization_code", "client_credentials", "refresh_token", "password", "allow"]
)  # fmt: skip


@given(
    form=st.dictionaries(st.sampled_from(NAMES), VALUES),
    path=st.sampled_from(["/oauth2/code", "/oauth2/token", "/", "/grant", "/x"]),
    verb=st.sampled_from(["GET", "POST", "PUT"]),
)
def test_signing_in(form: dict[str, str], path: str, verb: str) -> None:
    """Any form or query: a page, a redirect whose address can be sent, or an error of OAuth 2."""
    world = fresh()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = urlencode(form).encode()
    reply = Login(world, Tokens(world)).answer(Request(verb, path, form, headers, body))
    assert reply.status in (200, 302, 303, 400, 401, 404, 405)
    assert reply.headers.get("Location", "/").isascii()
    if path == "/oauth2/token" and verb == "POST":
        assert {"access_token", "error"} & set(json.loads(reply.body))


def test_a_sandbox_that_breaks_says_so() -> None:
    """As the vendor's page has it: 500, type system, nothing of the reason."""

    class Broken(Tokens):
        def access(self, text: str) -> Any:
            raise RuntimeError("a secret reason")

    world = fresh()
    headers = {"authorization": "Bearer x", "x-version": "1.3"}
    reply = Api(world, Broken(world)).answer(Request("GET", "/jobs", {}, headers, b""))
    assert reply.status == 500
    assert json.loads(reply.body)["error"]["type"] == "system"
    assert b"secret" not in reply.body
