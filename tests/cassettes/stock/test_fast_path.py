"""The fast path against PyYAML, on what vcrpy writes and on damaged variants of it."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies as st
from vcr.serializers import yamlserializer

from toolkit.cassettes import stock
from toolkit.cassettes.stock import layout
from toolkit.cassettes.stock.scalars import Unexpected

# Fragments at which an emitter changes its mind about style, folding and escapes.
FRAGMENTS = [
    *"abé1'\"\\:#-&*!%@`{}[],?|>=~/",
    *("word ", "x" * 30, " ", "  ", "\n", "\n\n", "\n  ", ": ", " #", "- ", "<<", "---", "..."),
    *("null", "true", "yes", "1.5", "0x1", "1e3", "2020-01-01", "key: value", "\n- request:\n"),
    *("\t", "\r", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\ufeff"),
    *("\ud7ff", "\ufffd", "😀", "\\x41", "\\u0041", "<item id='1'>", '<item id="1"/>', "&amp;"),
]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.sampled_from(["", "null", "~", "=", "<<", "012", "1_000", ".inf", "-1.0e+5", " a", "a\n"]),
)
NAMES = st.one_of(st.sampled_from(["Accept", "content-type", "X-Long" * 30]), TEXTS)
HEADERS = st.dictionaries(NAMES, st.lists(TEXTS, max_size=3), max_size=4)
BODIES = st.one_of(st.none(), TEXTS, st.binary(max_size=200).map(lambda body: b"\xff" + body))
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "elapsed": st.floats(0, 1e6),
        "recorded_at": st.just("2026-03-01T09:30:00.250000Z"),
        "http_version": st.just("HTTP/1.1"),
        "failure": st.just({"kind": "ReadTimeout", "message": "timed out"}),
    },
)
INTERACTIONS = st.fixed_dictionaries(
    {
        "request": st.fixed_dictionaries(
            {
                "method": st.sampled_from(["GET", "POST", "TRUE", "12"]),
                "uri": TEXTS.map(lambda text: f"http://127.0.0.1/{text}"),
                "body": BODIES,
                "headers": HEADERS,
            }
        ),
        "response": st.builds(
            lambda extras, plain: {**extras, **plain},
            EXTRAS,
            st.fixed_dictionaries(
                {
                    "status": st.fixed_dictionaries(
                        {"code": st.integers(0, 999), "message": st.one_of(st.none(), TEXTS)}
                    ),
                    "headers": HEADERS,
                    "body": st.one_of(
                        st.just({}), st.fixed_dictionaries({"string": BODIES.filter(bool)})
                    ),
                }
            ),
        ),
    }
)


def written(*interactions: Any, **options: Any) -> bytes:
    document = {"version": 1, "interactions": list(interactions)}
    if options:
        return yaml.dump(document, Dumper=yamlserializer._CassetteDumper, **options).encode()
    return yamlserializer.serialize(document).encode()


def by_yaml(data: bytes) -> Any:
    """What vcrpy's own loader makes of it; an exception where it refuses."""
    try:
        return yamlserializer.deserialize(data.decode())
    except (yaml.YAMLError, ValueError, TypeError, UnicodeError) as error:
        return error


@settings(max_examples=120, deadline=None)
@given(st.lists(INTERACTIONS, min_size=1, max_size=3), st.booleans())
def test_what_vcrpy_writes_is_read_equal(interactions: list[Any], unicode: bool) -> None:
    """Generated interactions, dumped by vcrpy (ASCII or not), come back value for value."""
    data = written(*interactions, allow_unicode=True) if unicode else written(*interactions)
    assert repr(list(stock.read(data))) == repr(by_yaml(data)["interactions"])


@settings(max_examples=120, deadline=None)
@given(INTERACTIONS, st.randoms(use_true_random=False))
def test_a_damaged_text_is_refused_or_read_as_yaml_reads_it(
    interaction: Any, chance: random.Random
) -> None:
    """However its text is edited, the fast path never gives what the YAML loader would not."""
    text = yamlserializer.serialize([interaction])
    for _ in range(12):
        letters = list(text)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(letters))
            piece = chance.choice(["", "\n      ", "\n    ", "'", '"', "\\", *FRAGMENTS])
            letters[at : at + chance.choice([0, 1, 2, 8])] = piece or " "
        data = "".join(letters).encode("utf-8", "replace")
        try:
            found = layout.parse(data)
        except Unexpected:
            continue
        assert repr([found]) == repr(by_yaml(data))


def usual(number: int, body: str | bytes) -> dict[str, Any]:
    return {
        "request": {
            "method": "POST",
            "uri": f"http://127.0.0.1:8080/gateway?n={number}",
            "body": f"<call n='{number}'><name>nightly</name></call>" * 20,
            "headers": {"Accept": ["*/*"], "Content-Type": ["text/xml"], "X-Empty": [""]},
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"Content-Length": ["12"], "Set-Cookie": ["a=1; Path=/", "b=2"], "E": []},
            "body": {"string": body},
        },
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("plain words " * 40, id="plain"),
        pytest.param("it's quoted: " * 40, id="single quoted"),
        pytest.param("one\ntwo\n\nthree" * 20, id="line breaks"),
        pytest.param('<a x="1">\n  <b/>\n</a>\n' * 20, id="indented XML"),
        pytest.param('{"name": "caf\xe9 \u4e2d \U0001f600"}' * 9, id="unicode JSON"),
        pytest.param("\x00\x07\x1b\x7f\x85\xa0\u2028\ufeff\\ end", id="every escape"),
        pytest.param(b"\xff\x00\xfe" * 100, id="binary"),
        pytest.param("", id="empty"),
    ],
)
def test_usual_traffic_takes_the_fast_path(body: str | bytes) -> None:
    """Each style that the emitter chooses for a body is known: the YAML loader is not needed."""
    data = written(usual(1, body), usual(2, body))
    spans = list(stock.entries(data))
    parsed = [layout.parse(data[offset : offset + length]) for offset, length in spans]
    assert parsed == [usual(1, body), usual(2, body)]
