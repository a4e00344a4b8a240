"""Users and call logs as CSV, with the quirks of a real server."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

_CSV = "text/csv; charset=utf-8"
_FILE = """firstname,lastname,email,line_protocol,context,exten,voicemail_name,voicemail_number
Csv,One,one@example.org,sip,default,1201,One,1201
Csv,Two,two@example.org,sccp,default,1202,,
"""


def _import(
    confd: httpx.Client, text: str | bytes, kind: str = _CSV, verb: str = "POST"
) -> httpx.Response:
    body = text if isinstance(text, bytes) else text.encode()
    return confd.request(verb, "/users/import", content=body, headers={"Content-Type": kind})


def test_an_import(confd: httpx.Client) -> None:
    """201 and a row for each user with the ids of all that was made."""
    reply = _import(confd, _FILE)
    assert reply.status_code == 201, reply.text
    rows = reply.json()["created"]
    assert set(rows[0]) == {
        "row_number", "user_id", "user_uuid", "line_id", "sip_id", "sccp_id", "extension_id",
        "incall_extension_id", "voicemail_id", "cti_profile_id", "call_permission_ids",
    }  # fmt: skip
    first, second = rows
    assert (first["row_number"], first["sccp_id"], second["sip_id"]) == (1, None, None)
    user = confd.get(f"/users/{first['user_id']}").json()
    assert user["lines"][0]["extensions"][0]["exten"] == "1201"
    assert user["voicemail"]["id"] == first["voicemail_id"]


def test_all_or_nothing(confd: httpx.Client) -> None:
    """One bad row: nothing is made, and a dict with an error for each bad row."""
    assert _import(confd, _FILE).status_code == 201
    before = {path: confd.get(path).json()["total"] for path in ("/users", "/lines", "/extensions")}
    reply = _import(confd, "firstname,email,line_protocol,context,exten\n"
                           "New,new@example.org,sip,default,1300\n"
                           "Csv,two@example.org,,,\n")  # fmt: skip
    assert reply.status_code == 400
    errors = reply.json()["errors"]
    assert [error["details"]["row_number"] for error in errors] == [2]
    assert errors[0]["message"] == (
        "Resource Error - User already exists ('email': u'two@example.org')"
    )
    assert errors[0]["details"]["row"]["firstname"] == "Csv"
    assert isinstance(errors[0]["timestamp"], int)
    after = {path: confd.get(path).json()["total"] for path in before}
    assert after == before
    assert _import(confd, "firstname,email\nNew,new@example.org\n").status_code == 201


def test_a_missing_name(confd: httpx.Client) -> None:
    """The words of the import: a dict's repr, no prefix; unknown columns are ignored."""
    reply = _import(confd, "firstname,nope\n,1\n")
    error: dict[str, Any] = reply.json()["errors"][0]
    assert error["message"] == "{'firstname': [u'Field may not be null.']}"
    assert error["details"] == {"row_number": 1, "row": {"firstname": "", "nope": "1"}}


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_charsets(confd: httpx.Client, charset: str, end: str) -> None:
    """The charset that is said is obeyed; both line ends work."""
    body = f"firstname,lastname{end}Chloé,Lefèvre{end}".encode(charset)
    reply = _import(confd, body, f"text/csv; charset={charset}")
    made = confd.get(f"/users/{reply.json()['created'][0]['user_id']}").json()
    assert (made["firstname"], made["lastname"]) == ("Chloé", "Lefèvre")


def test_the_type_is_not_checked(confd: httpx.Client) -> None:
    """JSON is a file without rows."""
    reply = _import(confd, "{}", "application/json")
    assert (reply.status_code, reply.json()) == (201, {"created": []})


def test_an_update(confd: httpx.Client) -> None:
    """By uuid, 201 as well; an empty cell is null; an unknown uuid is an error."""
    uuid = confd.get("/users/1").json()["uuid"]
    reply = _import(confd, f"uuid,lastname,email\n{uuid},Changed,\n", verb="PUT")
    assert reply.status_code == 201
    assert reply.json()["updated"][0]["user_id"] == 1
    user = confd.get("/users/1").json()
    assert (user["lastname"], user["email"]) == ("Changed", None)
    lost = _import(confd, "uuid,lastname\n4bd57dd0-1111-4bde-8888-c4d3b8b0a2a1,x\n", verb="PUT")
    assert "was not found" in lost.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (_CSV, _CSV),
        ("*/*", _CSV),
        (None, _CSV),
        ("text/csv", "application/json"),
        ("application/json", "application/json"),
    ],
)
def test_an_export(confd: httpx.Client, accept: str | None, kind: str) -> None:
    """CSV for one Accept to the letter, for anything and for nothing; else JSON."""
    _import(confd, _FILE)
    headers = dict(confd.headers) | ({"accept": accept} if accept else {})
    if accept is None:
        headers.pop("accept")
    request = httpx.Request("GET", f"{confd.base_url}users/export", headers=headers)
    reply = confd.send(request)
    assert (reply.status_code, reply.headers["content-type"]) == (200, kind)
    if kind == _CSV:
        assert reply.text.count("\r\n") == 6
        rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    else:
        assert set(reply.json()) == {"headers", "content"}
        rows = reply.json()["content"]
    assert [row["exten"] for row in rows] == ["", "", "", "1201", "1202"]
    assert rows[3]["voicemail_number"] == "1201"
    assert (rows[0]["enabled"], rows[0]["call_record_enabled"]) == ("1", "0")


def test_call_logs(confd: httpx.Client) -> None:
    """CSV whatever Accept says; both ends of a span or none."""
    reply = confd.get("/call_logs")
    assert reply.headers["content-type"] == _CSV
    assert reply.headers["content-disposition"] == "attachment;filename=xivo-call-logs.csv"
    lines = reply.text.split("\r\n")
    assert lines[0] == "Call Date,Caller,Called,Period,user Field"
    assert len(lines) == 11
    span = {"start_date": "2026-03-02T00:00:00", "end_date": "2026-03-12T00:00:00"}
    some = confd.get("/call_logs", params=span).text.split("\r\n")
    assert 1 < len(some) < 11
    assert confd.get("/call_logs", params={"end_date": "2026-03-12"}).status_code == 400
    assert confd.get("/call_logs", params=span | {"end_date": "x"}).status_code == 400
    assert confd.get("/switchboards/1/stats").text.startswith("date,entered")
    assert confd.get("/switchboards/9/stats").status_code == 404
