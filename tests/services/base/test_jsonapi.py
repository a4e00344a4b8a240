"""A JSON service described by data: what its calls send, and what their frames tell."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given, strategies as st

from toolkit.http import Answer
from toolkit.outcomes import Category, Outcome
from toolkit.services.base.driving import Flow, Send, drive
from toolkit.services.base.functions import Argument
from toolkit.services.base.jsonapi import Code, Codes, JsonApi, json_function
from toolkit.services.base.models import read_models
from toolkit.services.base.rest import RestTable

MODELS = read_models("""
birds   id:i name seen:t
""")
LIST = json_function(
    "birds", "GET /birds", "birds.list", "Birds.",
    Argument("name", optional=True), Argument("all", "boolean", optional=True),
    of=MODELS["birds"], many=True,
)  # fmt: skip
REMOVE = json_function(
    "birds", "DELETE /birds/{id}", "birds.delete", "Gone.", Argument("id", "path", names=True)
)
API = JsonApi(
    RestTable("birds", (LIST, REMOVE)),
    "/api/v2",
    MODELS,
    Codes((Code(200, "OK", "done", Category.SUCCESS),)),
    lambda status, _: Outcome(status, "OK", "", Category.SUCCESS),
    lambda _, document: document,
)
NOW = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)


class Wire:
    """Remembers what was sent, and answers with a list."""

    def __init__(self) -> None:
        self.sent: list[Send] = []

    def __call__(self, step: Send) -> Answer:
        self.sent.append(step)
        return Answer(200, httpx.Headers(), b'[{"id": 1, "name": "wren"}]', NOW, 0.25)


def run(flow: Flow[Any]) -> tuple[Any, Send]:
    wire = Wire()
    return drive(flow, wire), wire.sent[0]


@given(name=st.text(min_size=1, max_size=20))
def test_a_query_comes_as_it_was_given(name: str) -> None:
    """Whatever a value holds (``&``, ``=``, ``+``, blanks, other scripts), the server reads it."""
    _, sent = run(API.call_flow(API.plan(LIST, (name,), {"all": True}), "http://127.0.0.1:9"))
    parts = urlsplit(sent.url)
    assert parts.path == "/api/v2/birds"
    assert parse_qsl(parts.query, keep_blank_values=True) == [("name", name), ("all", "true")]


def test_a_frame_tells_its_call() -> None:
    """``attrs`` has the service, the function, the outcome and the times, of lists and of acts."""
    for function, values, target in ((LIST, (), ""), (REMOVE, (7,), "7")):
        call, sent = run(API.call_flow(API.plan(function, values, {}), "http://127.0.0.1:9"))
        assert sent.repeatable is not function.changes
        assert API.frame(call).attrs == {
            "service": "birds",
            "function": function.name,
            "target": target,
            "code": 200,
            "label": "OK",
            "at": "2026-01-05T09:00:00+00:00",
            "elapsed": 0.25,
        }


def test_models_of_a_text_that_is_indented() -> None:
    """As it stands inside a function; a secret of any kind is one by its name."""
    models = read_models("""
        keys   id:i pin:i*
               note
        rooms  id:i
    """)
    assert {name: [one.name for one in model.fields] for name, model in models.items()} == {
        "keys": ["id", "pin", "note"],
        "rooms": ["id"],
    }
    assert models["keys"].secrets == {"pin"}


def test_a_kind_that_is_none() -> None:
    """A slip in a service's table is told when it is read, and becomes no text column."""
    with pytest.raises(ValueError, match="seen:d: a field's kind is one of i, n, b, t, not 'd'"):
        read_models("birds  id:i seen:d")
