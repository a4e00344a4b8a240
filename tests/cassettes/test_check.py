"""The scanner for secrets in anyone's cassettes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cassettes.redaction.test_positions import PLACES, SECRET
from toolkit.cassettes import flowline, har
from toolkit.cassettes.check import COLUMNS, check, hint, main
from toolkit.cassettes.convert import convert
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.vcrdict import to_dict
from toolkit.outcomes import CassetteError

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLWhlcmU"
PLAIN = Interaction(
    Request("GET", "http://h/users?page=2", [("Accept", "application/json")]),
    Response(200, "OK", [("Content-Type", "application/json")], b'{"items": [{"id": 1}]}'),
)


def write(path: Path, *traffic: Interaction) -> Path:
    path.write_bytes(flowline.HEADER + b"".join(flowline.encode(to_dict(one)) for one in traffic))
    return path


def all_text(frame: pd.DataFrame) -> str:
    return frame.to_csv()


@pytest.mark.parametrize("place", PLACES)
def test_each_place_is_found_and_redaction_clears_it(tmp_path: Path, place: str) -> None:
    """What redaction hides is found before it, and nothing after; the secret is never told."""
    path = write(tmp_path / "a.yaml", PLAIN, PLACES[place])
    found = check(path)
    assert not found.empty
    assert set(found["entry"]) == {1}
    assert SECRET not in all_text(found)
    assert convert(path, path, redact=True) == 2
    assert check(path).empty


def test_what_is_told(tmp_path: Path) -> None:
    """Cassette, entry, place, kind and a hint that does not give the secret away."""
    one = Interaction(
        Request("POST", "http://h/?api_key=xyz123", [("Authorization", "Bearer zzzz")]),
        Response(200, "OK", [], b'{"token": "9f86d081-884c-4d65-9a2f-eaa0c55ad015"}'),
    )
    found = check(write(tmp_path / "a.yaml", PLAIN, one))
    assert found[["entry", "place", "kind", "hint"]].values.tolist() == [
        [1, "url", "secret", "6 characters: letters and digits"],
        [1, "request header Authorization", "bearer", "4 characters: letters"],
        [1, "response body", "token", "36 characters: a UUID"],
    ]
    assert found["cassette"].unique().tolist() == [str(tmp_path / "a.yaml")]


def test_nothing_found_has_the_same_columns(tmp_path: Path) -> None:
    """An empty result has the columns and dtypes of a full one."""
    empty = check(write(tmp_path / "a.yaml", PLAIN))
    full = check(write(tmp_path / "b.yaml", PLACES["bearer"]))
    assert empty.empty
    assert list(empty.columns) == [column.name for column in COLUMNS]
    assert empty.dtypes.astype(str).tolist() == full.dtypes.astype(str).tolist()


@pytest.mark.parametrize("form", ["flow", "block", "json", "har"])
def test_any_format(tmp_path: Path, form: str) -> None:
    """The same findings in each format of recorded traffic."""
    source = write(tmp_path / "a.yaml", PLAIN, PLACES["json"], PLACES["cookie"])
    convert(source, tmp_path / "b", to=form)
    found = check(tmp_path / "b")
    assert found[["entry", "kind"]].values.tolist() == [
        [1, "password"],
        [2, "cookie"],
        [2, "cookie"],
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (JWT, "jwt"),
        ("-----BEGIN PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhDAAAA\n-----END", "private key"),
        ("curl -H 'Authorization: Basic YWxpY2U6aHVudGVyMg=='", "basic"),
        ("Bearer abcdefghijklmnop0123", "bearer"),
        ("AKIAIOSFODNN7EXAMPLE", "access key"),
        ("ghp_" + "a1B2" * 9, "token"),
        ("xoxb-1234567890-abcdefgh", "token"),
        ("sk-" + "a1B2" * 6, "api key"),
    ],
)
def test_shapes(tmp_path: Path, text: str, kind: str) -> None:
    """Secrets that have no telling name are known by their shape, inside base64 too."""
    for body in (text.encode(), b"<a>" + base64.b64encode(f"see {text}".encode()) + b"</a>"):
        one = Interaction(Request("POST", "http://h/", [], body), Response(200))
        found = check(write(tmp_path / "a.yaml", one))
        assert kind in set(found["kind"])
        assert found["place"].str.startswith("request body").all()


def test_fields_inside_base64(tmp_path: Path) -> None:
    """An envelope whose argument is base64 of XML or JSON hides no password."""
    for inner in (f"<login><password>{SECRET}</password></login>", json.dumps({"pin": SECRET})):
        body = b"<a><Argument>" + base64.b64encode(inner.encode()) + b"</Argument></a>"
        one = Interaction(Request("POST", "http://h/", [], body), Response(200))
        found = check(write(tmp_path / "a.yaml", one))
        assert found[["place", "kind"]].values.tolist() == [["request body, in base64", "password"]]


def test_comments_of_the_file_are_looked_at(tmp_path: Path) -> None:
    """The bytes of the file count, not only what a reader makes of them."""
    path = write(tmp_path / "a.yaml", PLAIN)
    path.write_bytes(path.read_bytes() + b"# recorded with " + JWT.encode() + b"\n")
    found = check(path)
    assert found["place"].tolist() == ["line 4"]
    assert found["entry"].isna().all()


@pytest.mark.parametrize("blank", ["***", "REDACTED", "XXXXXXXX", "[FILTERED]", ""])
def test_what_somebody_blanked_is_no_finding(tmp_path: Path, blank: str) -> None:
    """Other tools' marks are known."""
    one = Interaction(
        Request("POST", f"http://h/?token={blank}", [("Authorization", f"Bearer {blank}")]),
        Response(200, "OK", [], json.dumps({"password": blank}).encode()),
    )
    assert check(write(tmp_path / "a.yaml", one)).empty


def test_what_cannot_be_read_is_not_clean(tmp_path: Path) -> None:
    """A body in an unknown encoding is a finding; a file that is no cassette is an error."""
    one = Interaction(
        Request("POST", "http://h/", [("Content-Encoding", "br")], b"\x8b\x02\x80\xff"),
        Response(200),
    )
    found = check(write(tmp_path / "a.yaml", one))
    assert found["kind"].unique().tolist() == ["unreadable"]
    (tmp_path / "b.yaml").write_text("a: 1\n")
    with pytest.raises(CassetteError):
        check(tmp_path / "b.yaml")


def test_own_names(tmp_path: Path) -> None:
    """A redactor with further names finds what these hold."""
    one = Interaction(Request("GET", "http://h/?badge=4711"), Response(200))
    path = write(tmp_path / "a.yaml", one)
    assert check(path).empty
    assert len(check(path, redactor=Redactor(fields=["badge"]))) == 1


def test_exit_codes(tmp_path: Path) -> None:
    """0 for clean, 1 for findings, 2 for a file that cannot be read; one line a finding."""
    clean = write(tmp_path / "clean.yaml", PLAIN)
    dirty = write(tmp_path / "dirty.yaml", PLACES["json"])
    lines: list[str] = []
    assert main([clean], lines.append) == 0
    assert lines == []
    assert main([clean, dirty], lines.append) == 1
    told = f"{len(SECRET)} characters: letters, digits and signs"
    assert lines == [f"{dirty}: entry 0, request body: password, {told}"]
    assert main([tmp_path / "none.yaml", dirty], lines.append) == 2
    assert "none.yaml cannot be read" in lines[1]


def test_main_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without another way to write, findings are printed."""
    assert main(write(tmp_path / "a.yaml", PLACES["cookie"])) == 1
    assert "request header Cookie: cookie" in capsys.readouterr().out


def test_hints() -> None:
    """A hint tells length and make."""
    assert hint("7") == "1 character: digits"
    assert hint("caf\u00e9 au lait") == "12 characters"


def test_har_of_a_browser(tmp_path: Path) -> None:
    """Cookies of a HAR file are found once, though HAR lists them twice."""
    path = tmp_path / "a.har"
    har.write([PLACES["set-cookie"]], path)
    assert check(path)["place"].tolist() == ["response header Set-Cookie"]


def test_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder stands for all recordings in it; one without any is not called clean."""
    (tmp_path / "deep").mkdir()
    careless = Interaction(
        Request("GET", "http://h/", [("Authorization", "Bearer zzzz")]), PLAIN.response
    )
    path = write(tmp_path / "deep" / "b.yaml", careless)
    write(tmp_path / "a.yaml", PLAIN)
    (tmp_path / "notes.txt").write_text("Authorization: Bearer zzzz")
    assert check(tmp_path)["cassette"].unique().tolist() == [str(path)]
    assert main([tmp_path]) == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(CassetteError, match=r"holds no recording \(\.yaml"):
        check(tmp_path / "empty")
    assert main([tmp_path / "empty"]) == 2
    assert "holds no recording" in capsys.readouterr().out
