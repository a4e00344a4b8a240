"""The function form, with a page that is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.widgets.page import page, press, until
from toolkit.services import get
from toolkit.widgets import written
from toolkit.widgets.call import CallForm, form
from toolkit.widgets.entered import checked

TABLE = get("sertainty").functions


@pytest.fixture
def published() -> Iterator[list[str]]:
    """Everything that the kernel publishes."""
    with page() as sent:
        yield sent


@pytest.fixture
def box() -> Iterator[toolkit.sandbox.sertainty.SertaintyBox]:
    with toolkit.sandbox.start("sertainty") as started:
        yield started


@pytest.fixture
def call_form(box: Any, published: list[str]) -> Iterator[CallForm]:
    """A form for a gateway with a session."""
    with toolkit.sertainty.connect(box.url) as gateway:
        gateway.login_with("charles")
        yield form(gateway)


def run(one: CallForm, function: str, *values: Any, **more: Any) -> dict[str, Any]:
    """Press Run and wait for the end."""
    press(one, "run", function=function, values=list(values), **more)
    until(lambda: one.shown["phase"] in ("done", "failed"))
    return dict(one.shown)


def asked(one: CallForm, published: list[str], kind: str, **content: Any) -> dict[str, Any]:
    """Send a question and wait for the answer with its key."""
    press(one, kind, key="k1", **content)
    found: list[dict[str, Any]] = []

    def answered() -> bool:
        for message in list(published):
            data = json.loads(message)[1] or {}
            if data.get("content", {}).get("key") == "k1":
                found.append(data["content"])
        return bool(found)

    until(answered)
    published.clear()
    return found[0]


def test_every_function_but_the_login(call_form: CallForm) -> None:
    """The table's functions with their fields; what asks for secrets is the login form's."""
    shown = {one["name"]: one for one in call_form.functions}
    assert set(shown) == {one.name for one in TABLE.all} - {"hostOpenSession"}
    assert [one["name"] for one in shown["taskGetStatus"]["arguments"]] == [
        "config_name",
        "task_name",
    ]
    assert shown["agentAlter"]["arguments"][0]["choices"] == ["Disable", "Enable"]
    assert shown["configDelete"]["destroys"]
    assert not shown["agentPing"]["changes"]


def test_a_call(call_form: CallForm) -> None:
    """The table's texts, the DataFrame itself, and the line that gives the same."""
    shown = run(call_form, "taskGetStatus", "Nightly", "ingest")
    assert shown["phase"] == "done"
    assert shown["code"] == 'gateway.task.get_status("Nightly", "ingest")'
    assert ["task", "ingest"] in shown["table"]["rows"]
    assert call_form.result is not None
    assert call_form.result["task"].item() == "ingest"
    rows = run(call_form, "configGetList")["table"]
    assert rows["columns"] == ["config"]


def test_the_exceptions_sentence(call_form: CallForm, box: Any) -> None:
    """What the gateway says is in the form, as the exception has it; the form works on."""
    shown = run(call_form, "taskGetStatus", "Nightly", "nothing")
    assert (shown["phase"], shown["tone"], shown["table"]) == ("failed", "bad", None)
    assert "FILE_NOT_FOUND 213" in shown["says"]
    call_form._client.call("hostCloseSession")
    box.close()
    assert "Unreachable" in run(call_form, "agentPing")["says"]


@pytest.mark.parametrize(
    ("function", "values", "more", "says"),
    [
        ("nothing", [], {}, "no function 'nothing'"),
        ("hostOpenSession", ["ada"], {}, "not called by this form"),
        ("taskGetStatus", ["Nightly"], {}, "task_name is missing"),
        ("taskGetStatus", ["Nightly", " "], {}, "task_name is empty"),
        ("taskGetStatus", ["Nightly", 7], {}, "task_name is empty"),
        ("agentPing", ["x"], {}, "takes other arguments"),
        ("configCreate", ["New"], {}, "confirm it first"),
        ("configCreate", ["New"], {"confirmed": "yes"}, "confirm it first"),
        ("configDelete", ["Nightly"], {"confirmed": True}, "type Nightly"),
        ("configDelete", ["Nightly"], {"confirmed": True, "typed": "nightly"}, "type Nightly"),
        ("taskReset", ["Nightly", "ingest"], {"confirmed": True, "typed": "Nightly"}, "ingest"),
        ("configSaveTasks", ["Nightly", "<a><b></a>"], {"confirmed": True}, "not well-formed"),
        ("configSaveTasks", ["N", "<!DOCTYPE a><a/>"], {"confirmed": True}, "DTD"),
        ("configSaveScript", ["Nightly", "x", "text"], {"confirmed": True}, "choose a file"),
    ],
)
def test_refused_before_anything_is_sent(
    call_form: CallForm, box: Any, function: str, values: list[Any], more: Any, says: str
) -> None:
    """The kernel checks what the page should have: fields, consent, the name of what is lost."""
    before = len(box.calls)
    shown = run(call_form, function, *values, **more)
    assert says in shown["says"]
    assert len(box.calls) == before


def test_changes_with_consent(call_form: CallForm) -> None:
    """With the confirmation, and the name once more, it is done."""
    assert run(call_form, "configCreate", "New", confirmed=True)["phase"] == "done"
    assert run(call_form, "configDelete", "New", confirmed=True, typed="New")["phase"] == "done"


def test_upload(call_form: CallForm, published: list[str]) -> None:
    """A file's bytes arrive as they are, and are neither kept in state nor published."""
    contents = b"\x00\xffs3cret script\r\n"
    sent = {"file": 'a "b".uxl', "buffer": 0}
    press(
        call_form,
        "run",
        [contents],
        function="configSaveScript",
        values=["Nightly", "new.uxl", sent],
        confirmed=True,
    )
    until(lambda: call_form.shown["phase"] in ("done", "failed"))
    assert call_form.shown["phase"] == "done"
    assert call_form.shown["code"].endswith("""open('a "b".uxl', "rb").read())""")
    stored = call_form._client.call("configGetScript", "Nightly", "new.uxl")
    assert stored["contents"].item() == contents
    assert "s3cret" not in "\n".join(published) + json.dumps(call_form.get_state(), default=repr)


def test_names_on_offer(call_form: CallForm, published: list[str]) -> None:
    """From the matching list function, with what was typed before; listed again after a change."""
    offer = {"function": "taskGetStatus", "place": 0, "values": []}
    assert "Nightly" in asked(call_form, published, "offer", **offer)["names"]
    offer = {"function": "taskGetStatus", "place": 1, "values": ["Nightly"]}
    assert "ingest" in asked(call_form, published, "offer", **offer)["names"]
    early = {"function": "taskGetStatus", "place": 1, "values": [""]}
    assert "Fill in" in asked(call_form, published, "offer", **early)["says"]
    wrong = {"function": "taskGetStatus", "place": 1, "values": ["nowhere"]}
    assert "213" in asked(call_form, published, "offer", **wrong)["says"]
    strange = {"function": "taskGetStatus", "place": "x", "values": None}
    assert "cannot be listed" in asked(call_form, published, "offer", **strange)["says"]
    run(call_form, "configCreate", "Brand-new", confirmed=True)
    offer = {"function": "taskGetStatus", "place": 0, "values": []}
    assert "Brand-new" in asked(call_form, published, "offer", **offer)["names"]


def test_each_list_function_gives_its_column(call_form: CallForm) -> None:
    """What the table says of listing is true: function, arguments and column."""
    for function in TABLE.all:
        for place, argument in enumerate(function.given):
            if argument.listed:
                name, _, column = argument.listed.partition(".")
                lister = TABLE.get(name)
                before = [one.parameter for one in function.given[:place]]
                assert [one.parameter for one in lister.given] == before[: len(lister.given)]
                found = call_form._client.call(name, *["Nightly"][: len(lister.given)])
                assert column in found.columns


def test_check_while_typing(call_form: CallForm, published: list[str]) -> None:
    """A sentence on every text; nothing said of an empty one."""
    assert asked(call_form, published, "check", text="<a>")["tone"] == "bad"
    assert asked(call_form, published, "check", text="<a>é</a>")["tone"] == "good"
    assert checked("  ") == ("", "")


def test_one_run_at_a_time(call_form: CallForm, box: Any) -> None:
    """A second press while a call is under way does nothing."""
    call_form._busy = True
    press(call_form, "run", function="agentPing", values=[])
    assert call_form.shown["phase"] == "idle"


def test_no_client() -> None:
    """What is no client is refused with what would be one."""
    with pytest.raises(toolkit.InvalidArgument, match="connect"):
        form("http://127.0.0.1")  # type: ignore[arg-type]


def test_tables_of_any_frame() -> None:
    """Long, wide, with every kind of value: texts only, no more than fit."""
    frame = pd.DataFrame(
        {
            "text": ["x" * 999, None],
            "time": pd.to_datetime(["2026-01-02T03:04:05Z", None]),
            "bytes": [b"abc", None],
            "list": [[1, 2], []],
            "number": [0.1 + 0.2, float("nan")],
        }
    )
    rows = written.table(frame)["rows"]
    assert rows[0][0].endswith("…")
    assert rows[0][1:] == ["2026-01-02 03:04:05", "3 bytes", "[1, 2]", "0.3"]
    assert rows[1] == [None, None, None, "[]", None]
    wide = pd.DataFrame([range(99)] * 99)
    shown = written.table(wide)
    assert (len(shown["columns"]), len(shown["rows"])) == (written.COLUMNS, written.ROWS)
    assert written.shape(wide) == "the first 50 of 99 rows, the first 40 of 99 columns"
    assert written.table(frame.iloc[:1])["columns"] == ["column", "value"]


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "Bücher", "it's"])
def test_the_line_is_python(text: str) -> None:
    """Whatever was typed, the line's arguments are that."""
    line = written.python_line("g", TABLE.get("configGetStatus"), [text])
    got: list[str] = []
    config = type("Config", (), {"get_status": staticmethod(got.append)})
    eval(line, {"g": type("Gateway", (), {"config": config})})  # noqa: S307 (our own line)
    assert got == [text]
