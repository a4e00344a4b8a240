"""Both doors lead to one engine, and take what the vendor's pages show."""

from __future__ import annotations

import httpx
import pytest

from sandbox.uptivity.wire import Line, Says, code, names, post
from toolkit import sandbox
from toolkit.sandbox.uptivity import UptivityBox


def test_the_availability_probe(ask: Says) -> None:
    """TEST gives the RESULT of the vendor's example, with the REQUESTID that was sent."""
    result = ask("TEST", 17)
    assert [(child.tag, child.text) for child in result] == [
        ("REQUESTTYPE", "TEST"),
        ("REQUESTID", "17"),
        ("RESULTTYPE", "API_OK"),
        ("RESULTCODE", "20"),
        ("RESULTMSG", "API_OK"),
    ]


def test_a_call_from_door_to_door(box: UptivityBox, line: Line) -> None:
    """A call begun on the socket is seen, changed and ended on the Web API."""
    assert code(line.ask("CALLSTART", 1, DEVICEID="2001", ANI="5550100")) == 0
    assert code(post(box, "callupdate", 2, deviceid="2001", user1="gold", keepdays=90)) == 37
    listed = line.ask("CALLLIST", 3)
    assert listed.findtext("CALLS/CALLCOUNT") == "1"
    assert [listed.findtext(f"CALLS/CALL/{name}") for name in ("ANI", "USER1", "KEEPDAYS")] == [
        "5550100",
        "gold",
        "90",
    ]
    assert code(post(box, "CALLSTOP", 4, deviceid="2001")) == 13
    assert line.ask("CALLLIST", 5).findtext("CALLS/CALLCOUNT") == "0"


def test_users(ask: Says) -> None:
    """IMPORTUSER list gives every user with the elements that a public client saw, in order."""
    users = ask("IMPORTUSER", 1, ACTION="list").find("USERS")
    assert users is not None
    assert users.findtext("COUNT") == str(len(users) - 1) == "4"
    assert (
        names(users[1])
        == (
            "USER_ID USERNAME EMPLOYEE_ID FIRST_NAME LAST_NAME AGENT STATUS ADD_TIME MOD_TIME"
            " SYS_USER SYS_DOMAIN EMAIL CRM_USER SITE_ID PHONES"
        ).split()
    )
    assert users[1].findtext("PHONES/PHONE") == "2001"


@pytest.mark.parametrize("path", ["/webAPI.aspx", "/Webapi.aspx", "/WEBAPI.ASPX"])
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_path_and_names_have_no_case(box: UptivityBox, path: str, verb: str) -> None:
    """The path and the names of parameters are compared without case; GET and POST both do."""
    url = str(httpx.URL(box.url).copy_with(path=path))
    reply = httpx.request(verb, url, params={"RequestId": "5", "TYPE": "Test"})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert "<REQUESTID>5</REQUESTID>" in reply.text
    assert not reply.text.startswith("<?xml")


def test_forms_and_xml_in_a_body(box: UptivityBox) -> None:
    """Parameters may come as a form, beside a query string too, or as the socket's XML."""
    form = httpx.post(box.url, data={"type": "test", "requestid": "6"})
    mixed = httpx.post(box.url, params={"type": "test"}, data={"requestid": "6"})
    xml = httpx.post(box.url, content=b"<TEST><REQUESTID>6</REQUESTID></TEST>")
    assert form.text == mixed.text == xml.text
    assert "<RESULTCODE>20</RESULTCODE>" in xml.text


def test_other_paths_and_verbs(box: UptivityBox) -> None:
    """Another path is a page with 404, another verb one with 405, as a web server's are."""
    assert httpx.get(str(httpx.URL(box.url).copy_with(path="/"))).status_code == 404
    assert httpx.put(box.url).status_code == 405


def test_text_that_is_no_ascii(box: UptivityBox, line: Line) -> None:
    """UTF-8 and Windows-1252 are understood at both doors, and UTF-8 comes back."""
    assert code(line.ask("CALLSTART", 1, DEVICEID="2001", CALLID="Zoë")) == 0
    line.send(
        b"<REQUEST><TYPE>CALLUPDATE</TYPE><REQUESTID>2</REQUESTID><DEVICEID>2001</DEVICEID>"
        b"<USER1>Andr\xe9</USER1></REQUEST>\r\n"
    )
    assert b"<RESULTCODE>37<" in line.read()
    httpx.post(f"{box.url}?type=callupdate&requestid=3&deviceid=2001&user2=Andr%E9&user3=a%26+b")
    call = line.ask("CALLLIST", 4).find("CALLS/CALL")
    assert call is not None
    assert [call.findtext(name) for name in ("CALLID", "USER1", "USER2", "USER3")] == [
        "Zoë",
        "André",
        "André",
        "a& b",
    ]


def test_what_start_refuses() -> None:
    """A wrong option is one sentence."""
    with pytest.raises(ValueError, match="there is no host to choose"):
        sandbox.start("uptivity", host="example.test")
    with pytest.raises(ValueError, match="agents must not be below 0"):
        sandbox.start("uptivity", agents=-1)
    with pytest.raises(ValueError, match="no switch 'colour'"):
        sandbox.start("uptivity", colour="red")
    with pytest.raises(ValueError, match="port must be 0"):
        sandbox.start("uptivity", tcp_port=70000)
