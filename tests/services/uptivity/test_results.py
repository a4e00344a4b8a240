"""Data sub-nodes as DataFrames: types, times, what is missing, what is unknown."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from tests.services.uptivity.wire import result
from toolkit.services.uptivity.reply import decode_reply
from toolkit.services.uptivity.results import (
    CALL_COLUMNS,
    USER_COLUMNS,
    data_frame,
    parse_boolean,
    parse_time,
    typed_frame,
)
from toolkit.services.uptivity.warned import UptivityWarning

USER = """<USER><USER_ID>42</USER_ID><USERNAME>jdoe</USERNAME><EMPLOYEE_ID/>
<FIRST_NAME>Jane</FIRST_NAME><LAST_NAME>Doe</LAST_NAME><AGENT>TRUE</AGENT><STATUS>A</STATUS>
<ADD_TIME>1/1/0001 12:00:00 AM +00:00</ADD_TIME><MOD_TIME>4/12/2017 3:51:30 PM-05:00</MOD_TIME>
<SYS_USER/><SYS_DOMAIN/><EMAIL/><CRM_USER/><SITE_ID>-1</SITE_ID><PHONES/></USER>"""


def data(text: str) -> tuple:  # type: ignore[type-arg]
    return decode_reply(result(data=text)).data


def test_users() -> None:
    """The list that was seen in use: times, flags, numbers, empty elements."""
    frame = data_frame(data(f"<USERS><COUNT>1</COUNT>{USER}</USERS>"), USER_COLUMNS)
    row = frame.iloc[0]
    assert frame.columns.tolist() == [column.name for column in USER_COLUMNS]
    assert (row["user_id"], row["username"], row["agent"], row["status"]) == (42, "jdoe", True, "A")
    assert row["site_id"] == -1
    assert row["mod_time"] == dt.datetime(2017, 4, 12, 20, 51, 30, tzinfo=dt.UTC)
    assert frame[["add_time", "employee_id", "email", "phones"]].isna().all(axis=None)
    assert frame.attrs["count"] == 1
    dtypes = frame.dtypes.astype(str)
    assert dtypes[["user_id", "agent", "status", "add_time", "email"]].tolist() == [
        "Int64", "boolean", "category", "datetime64[us, UTC]", "str",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "<USERS/>", "<USERS><COUNT>0</COUNT></USERS>"])
def test_empty(text: str) -> None:
    """No users have the columns and dtypes of some."""
    full = data_frame(data(f"<USERS>{USER}</USERS>"), USER_COLUMNS)
    empty = data_frame(data(text), USER_COLUMNS)
    assert len(empty) == 0
    assert empty.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()


@pytest.mark.parametrize(
    "text",
    [
        "<CALLS><CALLCOUNT>2</CALLCOUNT><CALL>{}</CALL><CALL>{}</CALL></CALLS>",
        "<CALLCOUNT>2</CALLCOUNT><CALLS><CALL>{}</CALL><CALL>{}</CALL></CALLS>",
        "<CALLCOUNT>2</CALLCOUNT><CALL>{}</CALL><CALL>{}</CALL>",
        "<CALLLIST><Call>{}</Call><Call>{}</Call><CallCount>2</CallCount></CALLLIST>",
    ],
)
def test_calls_of_any_shape(text: str) -> None:
    """The list's shape is not public: rows are what has children, names in any case."""
    one = "<DeviceID>1001</DeviceID><CALLDIRECTION>I</CALLDIRECTION><keepdays>30</keepdays>"
    two = "<DEVICEID>1002</DEVICEID><COLOUR>red</COLOUR><LOCKED>N</LOCKED>"
    frame = data_frame(data(text.format(one, two)), CALL_COLUMNS)
    assert frame["deviceid"].tolist() == ["1001", "1002"]
    assert frame.columns[-2:].tolist() == ["colour", "locked"]
    assert (frame["locked"].iloc[1], str(frame["locked"].dtype)) == (False, "boolean")
    assert frame["calldirection"].cat.categories.tolist() == ["I", "O"]
    assert frame["keepdays"].iloc[0] == 30
    assert frame.attrs["count"] == 2


def test_count_differs() -> None:
    """What the server announces is compared with what came."""
    with pytest.warns(UptivityWarning, match="announces 3 records and has 1"):
        frame = data_frame(data(f"<USERS><COUNT>3</COUNT>{USER}</USERS>"), USER_COLUMNS)
    assert (len(frame), frame.attrs["count"]) == (1, 3)


def test_recordings() -> None:
    """Fields of a recording, in the vendor's mixed case."""
    fields = (
        "<Ident>7</Ident><Calldirection>O</Calldirection><duration>61</duration>"
        "<locked>Y</locked><recording_time>12/31/2017 11:59:59 PM -05:00</recording_time>"
        "<qa_score>88</qa_score><mediaLabel>x</mediaLabel>"
    )
    frame = data_frame(data(f"<RECORDINGS><RECORDING>{fields}</RECORDING></RECORDINGS>"), ())
    row = frame.iloc[0]
    assert (row["ident"], row["duration"], row["locked"], row["qa_score"]) == ("7", 61, True, 88)
    assert row["recording_time"] == dt.datetime(2018, 1, 1, 4, 59, 59, tzinfo=dt.UTC)
    assert row["medialabel"] == "x"


def test_what_does_not_fit_stays_text() -> None:
    """An unknown value passes through; it never becomes a wrong one."""
    rows = [
        {"keepdays": "30", "locked": "maybe", "add_time": "soon", "status": "Q"},
        {"keepdays": "9" * 30, "locked": "Y", "add_time": "", "status": "A"},
    ]
    frame = typed_frame(rows)
    assert frame["keepdays"].tolist() == ["30", "9" * 30]
    assert frame["locked"].tolist() == ["maybe", "Y"]
    assert frame["add_time"].iloc[0] == "soon"
    assert frame["status"].tolist() == ["Q", "A"]


def test_nested() -> None:
    """Phones are one text; what is nested deeper has its parents' names."""
    fields = (
        "<USER_ID>1</USER_ID><PHONES><PHONE>7</PHONE><PHONE>8</PHONE></PHONES>"
        "<SITE><NAME>north</NAME><ROOM>2</ROOM></SITE><TAG>a</TAG><TAG>b</TAG>"
    )
    row = data_frame(data(f"<USERS><USER>{fields}</USER></USERS>"), USER_COLUMNS).iloc[0]
    assert (row["phones"], row["site.name"], row["tag"]) == ("7, 8", "north", "a, b")


@given(
    st.datetimes(dt.datetime(1950, 1, 2), dt.datetime(2199, 12, 30)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.integers(-12 * 60, 14 * 60),
    st.sampled_from(["", " "]),
    st.sampled_from(["us", "padded", "24", "iso"]),
)
def test_times(moment: dt.datetime, minutes: int, blank: str, shape: str) -> None:
    """Every spelling of a time is the same time, with or without a blank before its offset."""
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    zone = f"{sign}{size // 60:02}:{size % 60:02}"
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    clock = f"{moment:%M:%S}"
    text = {
        "us": f"{moment.month}/{moment.day}/{moment.year} {hour}:{clock} {half}{blank}{zone}",
        "padded": f"{moment:%m/%d/%Y} {hour:02}:{clock} {half.lower()}{blank}{zone}",
        "24": f"{moment:%m/%d/%Y %H:%M:%S}{blank}{zone}",
        "iso": f"{moment.isoformat()}{blank}{zone}",
    }[shape]
    expected = moment.replace(tzinfo=dt.UTC) - dt.timedelta(minutes=minutes)
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text", ["soon", "13/1/2020 1:00:00 AM", "1/1/2020 13:00:00 PM", "2/30/2020 1:00"]
)
def test_no_times(text: str) -> None:
    """What is no time is said to be none."""
    with pytest.raises(ValueError):  # noqa: PT011 (the text is the caller's own)
        parse_time(text)


def test_never_set() -> None:
    """Year 0001 in any spelling, and nothing at all, are missing."""
    for text in ("1/1/0001 12:00:00 AM+00:00", "0001-01-01T00:00:00", "01/01/0001 00:00:00", " "):
        assert parse_time(text) is None


@pytest.mark.parametrize(
    ("text", "flag"), [("Y", True), ("n", False), ("TRUE", True), ("False", False)]
)
def test_flags(text: str, flag: bool) -> None:
    """Y and N, TRUE and FALSE in any case."""
    assert parse_boolean(text) is flag
    with pytest.raises(ValueError, match="maybe"):
        parse_boolean("maybe")
