"""Requests behind both doors, and back; answers read strictly and repaired."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st

from tests.services.uptivity.wire import result
from toolkit.outcomes import BadReply, InvalidArgument, UnsafeDocument
from toolkit.services.uptivity.doors import Door
from toolkit.services.uptivity.envelope import (
    Message,
    checked,
    decode_query,
    decode_xml,
    encode_query,
    encode_xml,
)
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.reading import decoded_text, parsed
from toolkit.services.uptivity.reply import Reply, decode_reply
from toolkit.services.uptivity.warned import UptivityWarning

QUIET = Options(warn_special=False)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name.upper() not in ("TYPE", "REQUESTID")
)
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
).map(str.strip)
parameters = st.dictionaries(names, texts, max_size=6).filter(
    lambda given: len({name.upper() for name in given}) == len(given)
)


@given(parameters, st.integers(1, 1 << 40))
def test_xml_there_and_back(given_: dict[str, str], number: int) -> None:
    """Whatever is sent over the socket reads as what was given, and is one line."""
    kind, fields = checked("CallStart", given_, QUIET)
    body = encode_xml(kind, number, fields, QUIET)
    assert b"\n" not in body
    assert b"\r" not in body
    assert decode_xml(body) == Message("CALLSTART", str(number), fields)
    assert dict(fields) == {name.upper(): text for name, text in given_.items()}


@given(parameters, st.integers(1, 1 << 40))
def test_query_there_and_back(given_: dict[str, str], number: int) -> None:
    """Whatever is sent over HTTP reads as what was given; names are lower case on the wire."""
    kind, fields = checked("CALLUPDATE", given_, QUIET)
    query = encode_query(kind, number, fields, QUIET)
    url = f"http://h/webAPI.aspx?{query}"
    assert urlsplit(url).query == query
    assert decode_query(query) == Message("CALLUPDATE", str(number), fields)
    assert query.startswith("type=callupdate&requestid=")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_broken_xml(text: str) -> None:
    """A value is carried as it is, or refused; it never breaks the document."""
    try:
        _, fields = checked("TEST", {"user1": text}, QUIET)
    except InvalidArgument:
        assert re.search("[\x00-\x1f\ufffe\uffff]", text)
        return
    assert decode_xml(encode_xml("TEST", 1, fields, QUIET)).parameters == (("USER1", text.strip()),)


def test_other_spellings() -> None:
    """Both documented roots, any case, any order, white space around."""
    mixed = b" <request>\r\n <RequestID> 7 </RequestID><Type>test</Type></request>\r\n"
    assert decode_xml(mixed) == (
        "TEST", "7", (),
    )  # fmt: skip
    assert decode_xml(b"<CALLSTOP><DEVICEID>1</DEVICEID><REQUESTID>7</REQUESTID></CALLSTOP>") == (
        "CALLSTOP", "7", (("DEVICEID", "1"),),
    )  # fmt: skip
    typed = encode_xml("TEST", 7, (), Options(root="type"))
    assert typed == b"<TEST><REQUESTID>7</REQUESTID></TEST>"
    with pytest.raises(BadReply, match="no request"):
        decode_xml(b"<html><body>hello</body></html>")
    assert decode_query("RequestID=17&TYPE=Test&user1=caf%E9").parameters == (("USER1", "café"),)


def test_encodings() -> None:
    """Windows-1252 where the option says so; what it has not got is no silent question mark."""
    options = Options(encoding="windows-1252")
    assert encode_query("TEST", 1, [("USER1", "é")], options).endswith("user1=%E9")
    assert b"<USER1>\xe9&#1055;</USER1>" in encode_xml("TEST", 1, [("USER1", "éП")], options)
    with pytest.raises(InvalidArgument, match="'П' is not in windows-1252"):
        encode_query("TEST", 1, [("USER1", "П")], options)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"user 1": "x"}, "parameter's name"),
        ({"requestid": 7}, "filled in by the client"),
        ({"user1": "a", "USER1": "b"}, "USER1 is given twice"),
        ({"user1": 1.5}, "a whole number or a bool, not float"),
        ({"user1": "\x00"}, r"U\+0000"),
    ],
)
def test_refused(given_: dict[str, object], says: str) -> None:
    """What no door can carry is refused before anything is sent."""
    with pytest.raises(InvalidArgument, match=says):
        checked("TEST", given_, QUIET)
    with pytest.raises(InvalidArgument, match="a command's type"):
        checked("CALL START", {}, QUIET)


@pytest.mark.parametrize("value", ["<b>", "a>b", "two\nlines", "tab\t"])
def test_special_characters(value: str) -> None:
    """Some commands fail with them: a warning says so, and they are sent."""
    with pytest.warns(UptivityWarning, match="USER1: some commands are documented to fail"):
        assert checked("CALLUPDATE", {"user1": value}, Options())[1] == (("USER1", value),)


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("http://h", "http://h:2012/webAPI.aspx"),
        ("https://h/", "https://h:2013/webAPI.aspx"),
        ("https://h:8443/uptivity/webapi.aspx", "https://h:8443/uptivity/webapi.aspx"),
        ("tcp://[::1]", "tcp://[::1]:5620"),
        ("tcp://h:1", "tcp://h:1"),
    ],
)
def test_addresses(url: str, whole: str) -> None:
    """The vendor's ports and path are filled in."""
    assert Door.of(url).url == whole


@pytest.mark.parametrize(
    "url", ["h:2012", "ftp://h", "tcp://h/x", "http://h?a=1", "http://h:x", ""]
)
def test_no_addresses(url: str) -> None:
    """Others are refused with what would be right."""
    with pytest.raises(InvalidArgument, match="http://host:2012, https://host:2013 or tcp://"):
        Door.of(url)
    with pytest.raises(InvalidArgument, match="no user and no password"):
        Door.of("http://me:secret@h")


# --- answers -----------------------------------------------------------------------------------

LIST = "<USERS><COUNT>1</COUNT><USER><USER_ID>1</USER_ID></USER></USERS>"


@given(
    order=st.permutations(["REQUESTID", "REQUESTTYPE", "RESULTTYPE", "RESULTCODE", "RESULTMSG"]),
    without=st.booleans(),
    blank=st.sampled_from(["", " ", "\r\n\t "]),
    lower=st.booleans(),
    code=st.integers(0, 99),
)
def test_envelope_reads_alike(
    order: list[str], without: bool, blank: str, lower: bool, code: int
) -> None:
    """Any order, any case, white space anywhere, REQUESTTYPE or not: the same reply."""
    texts = {"REQUESTID": "7", "REQUESTTYPE": "TEST", "RESULTTYPE": "API_OK",
             "RESULTCODE": str(code), "RESULTMSG": "said"}  # fmt: skip
    kept = [name for name in order if not (without and name == "REQUESTTYPE")]
    inner = "".join(f"<{name}>{blank}{texts[name]}{blank}</{name}>{blank}" for name in kept)
    document = f"{blank}<RESULT>{blank}{inner}</RESULT>{blank}"
    reply = decode_reply((document.lower() if lower else document).encode())
    assert reply.code == code
    assert (reply.request_id, reply.message, reply.data, reply.repairs) == ("7", "said", (), ())
    assert reply.result_type.upper() == "API_OK"
    assert reply.request_type.upper() == ("" if without else "TEST")


@pytest.mark.parametrize(
    ("body", "repair"),
    [
        (result(data=LIST.replace("</USERS>", "")), "the end of <USERS> was missing"),
        (result(data=LIST.replace("</USER>", "")), "the end of <USER> was missing"),
        (result(data=LIST.replace("<USER>", "")), "without its beginning"),
        (result(message="a & b"), "a < or & stood in a text"),
        (b"Hello\r\n" + result(), "7 characters of junk came before"),
        (result() + result("2", 7, "ERROR"), "junk came after"),
        (result(message="\x0b"), ""),
    ],
)
def test_repairs(body: bytes, repair: str) -> None:
    """What is wrong around or inside a whole RESULT is repaired, and said."""
    reply = decode_reply(body)
    assert reply.code == 20
    assert reply.request_id == "1"
    assert repair in "; ".join(reply.repairs)
    if not repair.endswith(("before", "after")):
        with pytest.raises(BadReply, match="not well-formed"):
            decode_reply(body, repair=False)


def test_repaired_list_keeps_its_rows() -> None:
    """The seen fault: a list without its end tag."""
    whole, cut = (decode_reply(result(data=LIST.replace(end, ""))) for end in ("¤", "</USERS>"))
    assert cut.data == whole.data
    assert (whole.repaired, cut.repaired) == (False, True)


@given(st.integers(0, len(result(data=LIST)) - 1))
def test_cut_answers_are_refused(length: int) -> None:
    """An answer cut anywhere is a BadReply, and never a success with half its data."""
    with pytest.raises(BadReply):
        decode_reply(result(data=LIST)[:length])


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """Whatever comes is a reply or a BadReply."""
    for wrapped in (body, b"<RESULT>" + body + b"</RESULT>"):
        with contextlib.suppress(BadReply):
            assert isinstance(decode_reply(wrapped), Reply)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no RESULT"),
        (b"<html>busy</html>", "no RESULT; it begins with '<html>busy</html>' .HTTP 503"),
        (b"<RESULT><RESULTCODE>x</RESULTCODE></RESULT>", "neither a RESULTCODE that is a number"),
        (b"<RESULT/>", "neither a RESULTCODE"),
    ],
)
def test_no_replies(body: bytes, says: str) -> None:
    """The sentence says what came, and over HTTP with which status."""
    with pytest.raises(BadReply) as caught:
        decode_reply(body, http="HTTP 503, text/html")
    assert re.search(says, caught.value.message)


def test_unsafe() -> None:
    """A DTD, an entity, nesting beyond reason: refused unread."""
    bomb = b'<!DOCTYPE RESULT [<!ENTITY a "b">]><RESULT><RESULTCODE>&a;</RESULTCODE></RESULT>'
    deep = result(data="<A>" * 80 + "</A>" * 80)
    for body in (bomb, deep, deep.replace(b"</A></RESULT>", b"</RESULT>")):
        with pytest.raises(UnsafeDocument):
            decode_reply(body)


@pytest.mark.parametrize(
    "data",
    [
        "<A>é</A>".encode(),
        "<A>é</A>".encode("cp1252"),
        b'<?xml version="1.0" encoding="iso-8859-1"?><A>\xe9</A>',
        "\ufeff<A>é</A>".encode("utf-16"),
        "\ufeff<A>é</A>".encode(),
        b'<?xml version="1.0" encoding="no-such"?><A>\xc3\xa9</A>',
    ],
)
def test_charsets(data: bytes) -> None:
    """By byte order mark, by declaration, as UTF-8, else as Windows-1252."""
    assert parsed(decoded_text(data))[0].text == "é"
