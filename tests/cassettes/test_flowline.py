"""Flow lines: JSON that every YAML reader loads as the same thing."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, strategies as st
from vcr.serializers import yamlserializer

from tests.cassettes.samples import INTERACTIONS, interaction
from toolkit.cassettes import Interaction, flowline
from toolkit.cassettes.vcrdict import to_dict
from toolkit.outcomes import CassetteError

EVERY = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x10100)]))


def loaded(line: bytes) -> dict[str, object]:
    """What stock vcrpy loads."""
    text = (flowline.HEADER + line).decode()
    return yamlserializer.deserialize(text)["interactions"][0]


@given(INTERACTIONS)
def test_a_line_is_read_back_equal_by_us_and_by_vcrpy(kept: Interaction) -> None:
    """Text, bytes, escapes, numbers: one line, and both readers give what was written."""
    entry = to_dict(kept)
    line = flowline.encode(entry)
    assert line.count(b"\n") == 1
    assert flowline.decode(line) == entry
    assert flowline.decode_request(line) == entry["request"]
    assert flowline.decode_response(line) == entry["response"]
    assert loaded(line) == entry


@pytest.mark.parametrize("start", range(0, len(EVERY), 8192))
def test_every_character_survives_both_readers(start: int) -> None:
    """No character of the BMP (and some beyond) is a line break or unreadable to YAML."""
    entry = to_dict(interaction(EVERY[start : start + 8192].encode()))
    line = flowline.encode(entry)
    assert flowline.decode(line) == entry
    assert loaded(line) == entry


@given(st.text(max_size=300), st.binary(max_size=40))
@example("n" * 2000, b"\xff")
def test_long_and_strange_header_names_survive(name: str, body: bytes) -> None:
    """YAML looks 1,024 characters ahead for a colon; longer names are marked as keys."""
    entry = to_dict(interaction(body))
    entry["response"]["headers"] = {name: ["v"], "after": ["w"]}
    line = flowline.encode(entry)
    if not any("\ud800" <= one <= "\udfff" for one in name):
        assert loaded(line) == entry
        assert flowline.decode(line) == entry


def test_half_a_surrogate_pair_is_kept_as_its_bytes() -> None:
    """What has no UTF-8 cannot be text in YAML; it becomes binary and not an error."""
    entry = to_dict(interaction())
    entry["response"]["body"]["string"] = "a\ud800"
    assert loaded(flowline.encode(entry))["response"]["body"]["string"] == b"a\xed\xa0\x80"


def test_bytes_in_headers_become_binary() -> None:
    """Some clients give header values as bytes; they are not turned into other text."""
    entry = to_dict(interaction())
    entry["request"]["headers"] = {"Authorization": [b"\x80\x81"]}
    line = flowline.encode(entry)
    assert loaded(line) == entry
    assert flowline.decode(line) == entry


def test_text_that_looks_like_binary_stays_text() -> None:
    """A body may hold our notation; inside quotes it means nothing."""
    entry = to_dict(interaction(b'!!binary "YQ==" \\U0001F600 \\\\U0001F600'))
    assert flowline.decode(flowline.encode(entry)) == entry


def test_an_object_without_a_form_is_refused() -> None:
    """Nothing is written for what no reader could read."""
    entry = to_dict(interaction())
    entry["response"]["body"]["string"] = object()
    with pytest.raises(CassetteError, match="cannot be written"):
        flowline.encode(entry)


def test_what_a_person_wrote_by_hand_is_read() -> None:
    """Flow YAML with plain scalars, spaces and a comment is a line too."""
    line = b"- {request: {method: GET, uri: 'http://h/'}, response: {status: {code: 200}}}  # ok\n"
    assert flowline.decode(line)["response"] == {"status": {"code": 200}}
    assert flowline.decode_response(line) == {"status": {"code": 200}}
    assert flowline.decode_request(line)["uri"] == "http://h/"


def test_a_character_beyond_the_bmp_is_read_in_yamls_escape() -> None:
    """The form that a character takes where a page ends."""
    line = rb'- {"request":{"body":"\\\U0001F600 \\U0001F600"},"response":{}}'
    assert flowline.decode(line)["request"]["body"] == "\\\U0001f600 \\U0001F600"
    assert yaml.safe_load(line.decode())[0] == flowline.decode(line)


@pytest.mark.parametrize(
    "line",
    [
        b"nothing\n",
        b"- 5\n",
        b"- {\n",
        b'- {"request":{"a":1},"resp\n',
        b'- {"request":' + b"[" * 200_000 + b"\n",
        b'- {"a": &a [1], "b": *a}\n',
        b'- {"a": !!python/object/apply:os.getcwd []}\n',
        b'- {"a": !!binary "YQ="}\n',
        b'- {"a": "\xff"}\n',
        b'- {"a": "\0"}\n',
        b"- {} extra\n",
    ],
)
def test_hostile_and_broken_lines_are_refused(line: bytes) -> None:
    """Deep nesting, aliases, Python tags, bad bytes: an error, no code run, no crash."""
    with pytest.raises(CassetteError):
        flowline.decode(line)


@pytest.mark.parametrize("read", [flowline.decode_request, flowline.decode_response])
def test_a_line_without_its_parts_is_refused(read: object) -> None:
    """A mapping alone is no interaction."""
    with pytest.raises(CassetteError, match="has no"):
        read(b'- {"a":1}\n')  # type: ignore[operator]
