"""Users as CSV: imported with an outcome for each row, exported with types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.services.xivo.confd import Confd, refused, running, said
from toolkit.outcomes import BadReply, InvalidArgument, InvalidRequest
from toolkit.services.xivo.answers import csv_items
from toolkit.services.xivo.models import EMPTY, model
from toolkit.services.xivo.server import Server

USERS = pd.DataFrame(
    {"firstname": ["Ada", "Chloé"], "enabled": [True, False], "exten": ["1000", None]},
    index=["x", "y"],
)
SENT = "firstname,enabled,exten\nAda,1,1000\nChloé,0,\n".encode()
EXPORT = (
    b"uuid,entity_id,firstname,enabled,ring_seconds,password,cti_profile_enabled,new\r\n"
    b'a,1,"Ada, the first",1,30,invented-word,0,n\r\nb,,Bob,,,,,\r\n'
)


def made(number: int, **more: Any) -> dict[str, Any]:
    return {"row_number": number, "user_id": number + 10, "user_uuid": f"u{number}",
            "line_id": None, "call_permission_ids": [], **more}  # fmt: skip


def failed(number: int, message: str) -> dict[str, Any]:
    row = {"firstname": "Ada", "password": "invented-word"}
    return {"timestamp": 1, "message": message, "details": {"row_number": number, "row": row}}


@pytest.fixture
def confd() -> Confd:
    return Confd()


@pytest.fixture
def xivo(confd: Confd) -> Iterator[Server]:
    with running(confd) as server:
        yield server


def test_import(xivo: Server, confd: Confd, tmp_path: Path) -> None:
    """From a frame, text, bytes or a file: one row each, with the ids of what was made."""
    confd.rules["POST /users/import"] = lambda _: said({"created": [made(1), made(2)]}, 201)
    found = xivo.users.import_csv(USERS)
    assert confd.asked[-1].body == SENT
    assert confd.asked[-1].headers["content-type"] == "text/csv; charset=utf-8"
    assert confd.asked[-1].headers["accept"] == "application/json"
    assert found.index.tolist() == ["x", "y"]
    assert list(found)[:5] == ["row_number", "outcome", "message", "user_id", "user_uuid"]
    assert found["outcome"].tolist() == ["created", "created"]
    assert found["user_id"].tolist() == [11, 12]
    assert found["line_id"].isna().all()
    path = tmp_path / "users.csv"
    path.write_bytes(SENT)
    for given in (SENT, SENT.decode(), path, str(path)):
        assert xivo.users.import_csv(given)["row_number"].tolist() == [1, 2]
        assert confd.asked[-1].body == SENT


def test_refused_rows(xivo: Server, confd: Confd) -> None:
    """Rows that are refused say why; the others say that nothing was done; no row is shown."""
    errors = [failed(2, "Resource Error - User already exists ('email': u'a@example.org')")]
    confd.rules["POST /users/import"] = lambda _: said({"errors": errors}, 400)
    found = xivo.users.import_csv(USERS)
    assert found.index.tolist() == ["x", "y"]
    assert found["outcome"].tolist() == ["not done", "failed"]
    assert "all or none" in found["message"].iloc[0]
    assert "User already exists" in found["message"].iloc[1]
    assert "invented-word" not in found.to_string()
    whole = xivo.users.import_csv(SENT)
    assert whole["row_number"].tolist() == [1, 2]
    assert found.dtypes.astype(str).to_dict() == whole.dtypes.astype(str).to_dict()


def test_update(xivo: Server, confd: Confd) -> None:
    """By uuid with PUT; the server answers 201 and calls them updated."""
    confd.rules["PUT /users/import"] = lambda _: said({"updated": [made(1)]}, 201)
    found = xivo.users.import_update("uuid,lastname\nu1,Changed\n")
    assert found["outcome"].tolist() == ["updated"]


def test_nothing_made(xivo: Server, confd: Confd) -> None:
    """An empty answer has the same columns."""
    confd.rules["POST /users/import"] = lambda _: said({"created": []}, 201)
    found = xivo.users.import_csv("firstname\n")
    assert len(found) == 0
    assert found["outcome"].dtype == "category"


def test_refused_altogether(xivo: Server, confd: Confd) -> None:
    """Another refusal is an error like any."""
    confd.rules["POST /users/import"] = lambda _: refused("Input Error - no CSV")
    with pytest.raises(InvalidRequest, match="no CSV"):
        xivo.users.import_csv(USERS)
    with pytest.raises(InvalidArgument, match="a CSV is a DataFrame, a text, bytes or the path"):
        xivo.users.import_csv(7)  # type: ignore[arg-type]


def test_export(xivo: Server, confd: Confd) -> None:
    """Typed columns in the server's order of ours; passwords only when asked for."""
    confd.rules["GET /users/export"] = lambda _: (200, "text/csv; charset=utf-8", EXPORT)
    frame = xivo.users.export_csv()
    assert confd.asked[-1].headers["accept"] == "text/csv; charset=utf-8"
    assert frame["firstname"].tolist() == ["Ada, the first", "Bob"]
    assert frame["entity_id"].tolist() == [1, pd.NA]
    assert frame["enabled"].tolist() == [True, pd.NA]
    assert frame["new"].tolist()[0] == "n"
    assert "password" not in frame
    assert "sip_secret" not in frame
    assert xivo.users.export_csv(secrets=True)["password"].tolist()[0] == "invented-word"
    assert xivo.last is not None
    assert xivo.last.text == EXPORT.decode()


def test_export_as_json(xivo: Server, confd: Confd) -> None:
    """A server that answers JSON all the same gives the same frame."""
    lines = [line.split(",") for line in ("a,1,Ada,1,30,p,0,n", "b,,Bob,,,,,")]
    heads = EXPORT.decode().splitlines()[0].split(",")
    document = {
        "headers": heads,
        "content": [dict(zip(heads, line, strict=True)) for line in lines],
    }
    confd.rules["GET /users/export"] = lambda _: said(document)
    as_json = xivo.users.export_csv()
    text = "\r\n".join([",".join(heads), *(",".join(line) for line in lines)])
    confd.rules["GET /users/export"] = lambda _: (200, "text/csv", text.encode())
    pd.testing.assert_frame_equal(as_json, xivo.users.export_csv())


def test_round_trip(xivo: Server, confd: Confd) -> None:
    """An export can be imported again."""
    confd.rules["GET /users/export"] = lambda _: (200, "text/csv", EXPORT)
    confd.rules["PUT /users/import"] = lambda _: said({"updated": [made(1), made(2)]}, 201)
    xivo.users.import_update(xivo.users.export_csv())
    sent = csv_items(confd.asked[-1].body.decode(), model("csv_users"))
    wanted = csv_items(EXPORT.decode(), model("csv_users"))
    for ours, theirs in zip(sent, wanted, strict=True):
        kept = {name: value for name, value in theirs.items() if name != "password"}
        assert {name: ours[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("a,b\n", []),
        ("a,b\n1\n", [{"a": "1", "b": None}]),
        ("a\n1,2\n", [{"a": "1", "column_2": "2"}]),
        ("\ufeffa\r\n\r\nx\r\n", [{"a": "x"}]),
        ('a\n"x\ny"\n', [{"a": "x\ny"}]),
    ],
)
def test_rows_of_any_csv(text: str, rows: list[dict[str, Any]]) -> None:
    """Short and long rows, blank lines, marks and line ends: nothing is lost."""
    assert csv_items(text, EMPTY) == rows


def test_values_that_do_not_fit() -> None:
    """A column with one value of another kind stays text."""
    rows = csv_items("enabled,ring_seconds\n1,30\nmaybe,30s\n", model("csv_users"))
    assert rows == [
        {"enabled": "1", "ring_seconds": "30"}, {"enabled": "maybe", "ring_seconds": "30s"},
    ]  # fmt: skip


def test_no_csv() -> None:
    """A broken CSV is an error, not fewer rows."""
    with pytest.raises(BadReply, match="no CSV"):
        csv_items('a\n"x', EMPTY)


def test_switchboard_statistics(xivo: Server, confd: Confd) -> None:
    """The statistics of a switchboard are a CSV too."""
    text = '"date","entered","answered","waiting_time_average"\r\n"2026-01-01",3,2,1.5\r\n'
    confd.rules["GET /switchboards/s/stats"] = lambda _: (200, "text/csv", text.encode())
    frame = xivo.switchboards("s").stats(start_date="2026-01-01", end_date="2026-01-02")
    assert frame[["date", "entered", "answered"]].iloc[0].tolist() == ["2026-01-01", 3, 2]
    assert frame["abandoned"].isna().all()
