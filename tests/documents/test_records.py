"""Documents of the services, and odd ones, as tables."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pytest

from toolkit import documents
from toolkit.documents import RecordPath, find_record, records
from toolkit.frames import Column
from toolkit.outcomes import DocumentError, InvalidArgument

LOG = """<Log name="agent_20190401_080000">
  <Entry time="2019-04-01T08:00:00" level="Info" source="Agent">started</Entry>
  <Entry time="2019-04-01T08:00:01" level="Error" source="Task">run &lt;1&gt; failed</Entry>
</Log>"""
TASKS = """<Tasks config="Default">
  <Task name="protect-inbox" kind="Change">
    <Enabled type="bool">true</Enabled>
    <ID type="string">machine.iic</ID>
    <Folders>
      <Folder name="Source" type="string">/in</Folder>
      <Folder name="Target" type="string">/out</Folder>
    </Folders>
    <Parameters><Parameter name="Pattern" type="string">*.pdf</Parameter></Parameters>
  </Task>
  <Task name="nightly" kind="Time">
    <Enabled type="bool">false</Enabled>
    <Schedule><StartHour type="int">2</StartHour></Schedule>
  </Task>
</Tasks>"""
TASK = TASKS[TASKS.index("<Task ") : TASKS.index("</Task>")] + "</Task>"
MACHINE = """<Configuration id="1000000001" name="Lab-host1">
  <Enabled type="bool">true</Enabled>
  <Device id="2000000001" name="host1">
    <Architecture type="string">x86_64</Architecture><Ram type="string">0016</Ram>
  </Device>
  <Location id="3000000001" name="Lab"><City type="string">Nashville</City></Location>
</Configuration>"""


def kinds(table: pd.DataFrame) -> dict[str, str]:
    return table.dtypes.astype(str).to_dict()


def test_log() -> None:
    """A log is a row an entry, with times in UTC, and its header in the attributes."""
    log = records(LOG)
    assert kinds(log) == {
        "time": "datetime64[us, UTC]",
        "level": "category",
        "source": "str",
        "text": "str",
    }
    assert log["text"].tolist() == ["started", "run <1> failed"]
    assert log["time"][1] == dt.datetime(2019, 4, 1, 8, 0, 1, tzinfo=dt.UTC)
    assert log.attrs == {
        "record": "Log/Entry",
        "truncated": False,
        "Log.name": "agent_20190401_080000",
    }


def test_tasks() -> None:
    """Tasks are a row each: typed children, named folders by their name, no column of types."""
    tasks = records(TASKS)
    assert tasks.attrs["record"] == "Tasks/Task"
    assert list(tasks) == [
        "name", "kind", "Enabled", "ID", "Folders.Source", "Folders.Target",
        "Parameters.Pattern", "Schedule.StartHour",
    ]  # fmt: skip
    assert tasks["Enabled"].tolist() == [True, False]
    assert tasks["Folders.Target"][0] == "/out"
    assert tasks["Schedule.StartHour"].dtype == "Int64"


@pytest.mark.parametrize("document", [f"<Tasks config='c'>{TASK}</Tasks>", TASK])
def test_one_task_reads_the_same_in_a_list_and_alone(document: str) -> None:
    """One task is one row, whether it is the root or stands in a list; also by its path."""
    for table in (records(document), records(document, path="Task")):
        assert table["name"].tolist() == ["protect-inbox"]
        assert table["Folders.Source"].tolist() == ["/in"]


def test_fingerprint_is_one_row() -> None:
    """Nothing repeats in a fingerprint: one row, and text that is declared stays text."""
    machine = records(MACHINE)
    assert machine.loc[0, "Device.name"] == "host1"
    assert machine.loc[0, "Device.Ram"] == "0016"
    assert machine.loc[0, "Location.City"] == "Nashville"
    assert bool(machine.loc[0, "Enabled"]) is True


@pytest.mark.parametrize("rules", [1, 2])
def test_preset_is_a_row_a_rule(rules: int) -> None:
    """The rules of a preset are its records, one or several."""
    rule = '<Rule name="R"><Deny><Deny type="bool">true</Deny></Deny></Rule>'
    preset = records(f'<Preset name="Strict"><Rules>{rule * rules}</Rules></Preset>')
    assert preset.attrs["record"] == "Preset/Rules/Rule"
    assert len(preset) == rules
    assert preset.attrs["Preset.name"] == "Strict"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("<Log><Entry a='1'/></Log>", "Log/Entry"),
        ("<Log x='1' y='2'><Entry>a</Entry><Entry>b</Entry></Log>", "Log/Entry"),
        ("<Log><Name>n</Name><Entry a='1'/><Entry a='2'/></Log>", "Log/Entry"),
        ("<X><Made/><By/><Es>" + "<E a='1' b='2'/>" * 3 + "</Es></X>", "X/Es/E"),
        ("<L><Day d='1'><E a='1'/><E a='2'/></Day><Day d='2'><E a='3'/></Day></L>", "L/Day/E"),
        ("<Ts><T n='1' k='2'><S a='1'/><S a='1'/></T><T n='1' k='2'/></Ts>", "Ts/T"),
        ("<A><Name>n</Name><Value>1</Value></A>", "/A"),
        ("<A><Tag>n</Tag><Tag>1</Tag><B/></A>", "/A"),
        ("<F><Folder name='Source'>/in</Folder><B>1</B><Folder name='T'>/o</Folder></F>", "/F"),
        ("<A>text</A>", "/A"),
        ("<r><a x='1'/><b x='1'/><b x='1'/><a x='1'/><a x='1'/></r>", "r/a"),
        ('<l:Log xmlns:l="urn:x"><l:Entry a="1"/><l:Entry a="2"/></l:Log>', "l:Log/l:Entry"),
    ],
)
def test_which_record_is_found(document: str, path: str) -> None:
    """The rule in the module's words, a document for each clause."""
    assert str(find_record(document.encode())) == path


def test_values_around_the_record_become_columns() -> None:
    """What groups the records (a day) is a column of each; the root's goes to the attributes."""
    day = '<Day date="{0}"><E a="1"/><E a="2"/></Day>'
    table = records(f'<L host="h">{day.format("mon")}{day.format("tue")}</L>')
    assert table["Day.date"].tolist() == ["mon", "mon", "tue", "tue"]
    assert table.attrs["L.host"] == "h"


def test_names_that_would_be_the_same() -> None:
    """Element before attribute before own text; the loser is named by its XPath."""
    table = records(
        '<R><E name="a" text="t">x<name>b</name></E><E><a.b>1</a.b><a><b>2</b></a></E></R>'
    )
    assert set(table) == {"./@name", "text", "name", "text()", "a.b", "./a/b"}
    assert table.loc[0, "./@name"] == "a"
    assert table.loc[0, "name"] == "b"
    assert table.loc[0, "text()"] == "x"
    assert table.loc[1, "./a/b"] == 2


def test_repeated_elements_are_numbered() -> None:
    """A second element of a name has a column of its own, so nothing is lost or joined."""
    table = records("<R><E><Tag>1</Tag><Tag>2</Tag></E><E><Tag>3</Tag></E></R>")
    assert table["Tag"].tolist() == [1, 3]
    assert table["Tag.2"].tolist() == [2, pd.NA]


def test_namespaces_do_not_show() -> None:
    """Prefixes and declarations are not part of names; a path may be given with or without."""
    log = '<l:Log xmlns:l="urn:x"><l:Entry l:a="1"/><l:Entry l:a="2"/></l:Log>'
    for path in (None, "Log/Entry", "l:Log/l:Entry", "Entry"):
        assert records(log, path=path)["a"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("Log/Entry", 2), ("/Log/Entry", 2), (".//Entry", 2), ("//Entry", 2), ("Entry", 2),
        ("Log/*", 2), ("*/Entry", 2), ("Log", 1), ("/Log", 1), ("/Entry", 0), ("Other/Entry", 0),
        (".//Log/Entry", 2), ("Log/Entry/X", 0),
    ],
)  # fmt: skip
def test_paths(path: str, rows: int) -> None:
    """A path counts from the root when it has a slash; one name is found wherever it is."""
    assert len(records(LOG, path=path)) == rows


@pytest.mark.parametrize("path", ["", "Log//Entry", "Log/Entry[1]", "Log/@name", "Log/"])
def test_paths_that_are_none(path: str) -> None:
    """What is not a path is refused with one that would be."""
    with pytest.raises(InvalidArgument, match=r"Log/Entry or \.//Entry would be"):
        records(LOG, path=path)


def test_empty_documents() -> None:
    """A known path without records gives the declared columns and no rows."""
    columns = (Column("time", "time"), Column("level", "category", ("Info",)), Column("text"))
    full = records(LOG, columns=columns)
    for empty in (
        records('<Log name="x"/>', path="Log/Entry", columns=columns),
        records("<Log></Log>", prefer=["Log/Entry"], columns=columns),
        records("<Log/>", columns=columns),
    ):
        assert len(empty) == 0
        assert kinds(empty) == {name: kinds(full)[name] for name in ("time", "level", "text")}
    assert list(full)[:3] == ["time", "level", "text"]


def test_preferred_paths_win_only_where_they_occur() -> None:
    """A preferred path is taken when it is there, else the rule decides."""
    assert str(find_record(LOG.encode(), prefer=["X/Y", "Log"])) == "Log"
    assert str(find_record(LOG.encode(), prefer=["X/Y"])) == "Log/Entry"


def test_a_declared_column_with_an_odd_value_is_text() -> None:
    """The declared type is given up rather than the value."""
    table = records("<R><E n='1'/><E n='x'/></R>", columns=[Column("n", "integer")])
    assert table["n"].tolist() == ["1", "x"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "iso-8859-1",
        "windows-1252",
        "utf-32",
        "shift_jis",
        "gb18030",
    ],
)
def test_declared_encodings(encoding: str, mark: bytes) -> None:
    """Any encoding that Python knows, declared or marked, also cut into single bytes."""
    word = {"shift_jis": "日本", "gb18030": "中文"}.get(encoding, "Grüße")
    name = "utf-16" if encoding.startswith("utf-16") else encoding
    text = f'<?xml version="1.0" encoding="{name}"?>\r\n<Log><E a="1">{word}</E></Log>'
    data = text.encode(encoding)
    if encoding == "utf-8":
        data = mark + data
    assert records(data)["text"].tolist() == [word]
    assert records(bytes([byte]) for byte in data)["text"].tolist() == [word]


def test_text_is_text_whatever_its_declaration_says(tmp_path: Path) -> None:
    """A str was decoded already; .NET declares UTF-16 in what is stored as UTF-8."""
    text = '\n <?xml version="1.0" encoding="utf-16"?><Log><E a="1">ü</E></Log>'
    file = tmp_path / "log.xml"
    file.write_text(text.strip(), encoding="utf-8")
    with file.open(encoding="utf-8") as opened:
        assert records(opened)["text"].tolist() == ["ü"]
    assert records(text)["text"].tolist() == ["ü"]
    assert records(text.encode())["text"].tolist() == ["ü"]
    assert records(file)["text"].tolist() == ["ü"]
    assert records(io.BytesIO(text.encode()))["text"].tolist() == ["ü"]


def test_line_ends_are_those_of_xml() -> None:
    """CR LF is one line feed."""
    assert records(b"<L><E a='1'>x\r\ny</E></L>")["text"].tolist() == ["x\ny"]


def test_batches_stream_with_growing_columns() -> None:
    """Batches are whole records; columns only become more, and the own text stays last."""
    entries = "".join(f'<E n="{n}">t</E>' for n in range(5)) + "<E n='5' late='y'>t</E>"
    parts = list(documents.batches(io.BytesIO(f"<L>{entries}</L>".encode()), batch_rows=2))
    assert sum(part.rows for part in parts) == 6
    assert list(parts[-1].columns) == ["n", "late", ""]


def test_path_of_is_its_own_text() -> None:
    """Reading back a path's text gives the same path."""
    for path in ("Log/Entry", "Entry", "/Log", ".//Log/Entry"):
        assert str(RecordPath.of(str(RecordPath.of(path)))) == str(RecordPath.of(path)) == path


def test_what_is_no_document() -> None:
    """A source of another type is refused by its type's name."""
    with pytest.raises(DocumentError, match="not int"):
        records(5)  # type: ignore[arg-type]
    with pytest.raises(DocumentError, match="pieces of int"):
        records([1, 2])  # type: ignore[list-item]
