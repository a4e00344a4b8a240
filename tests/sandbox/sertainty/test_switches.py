"""Each switch, on the wire."""

from __future__ import annotations

import dataclasses

import httpx
import pytest

from sandbox.sertainty.wire import Wire, envelope
from toolkit import sandbox
from toolkit.sandbox.sertainty import DEMO_ROUNDS, DEMO_USER, SertaintyBox, Switches

FIRST = [prompt for prompt, _ in DEMO_ROUNDS[0]]


def test_function_case(wire: Wire, box: SertaintyBox) -> None:
    """6.2: names match without case by default, so the contents' configgetList works too."""
    for name in ("configgetList", "CONFIGGETLIST", "configGetList"):
        assert wire.call(name).code == 1
    box.switch(function_case="exact")
    assert wire.call("configgetList").code == 408
    assert wire.call("configGetList").code == 1
    assert wire.call("tempateGetTask", "folder-protect").code == 1
    assert wire.call("TempateGetTask", "folder-protect").code == 408


@pytest.mark.parametrize("only", ["templateGetTask", "tempateGetTask"])
def test_template_get(wire: Wire, box: SertaintyBox, only: str) -> None:
    """6.3: both spellings by default, one by switch."""
    spellings = ("templateGetTask", "tempateGetTask")
    first = [wire.call(name, "folder-protect") for name in spellings]
    assert first[0].values == first[1].values != []
    box.switch(template_get=only)
    codes = {name: wire.call(name, "folder-protect").code for name in spellings}
    assert codes == {name: 1 if name == only else 408 for name in spellings}


@pytest.mark.parametrize(
    ("style", "codes"),
    [
        # Session and option; two arguments, no Session; Session and two arguments; option alone
        ("any", (1, 1, 1, 3)),
        ("session", (1, 408, 408, 3)),
        ("args", (408, 1, 1, 408)),
        ("both", (408, 3, 1, 408)),
    ],
)
def test_alter_style(wire: Wire, box: SertaintyBox, style: str, codes: tuple[int, ...]) -> None:
    """6.1: where agentAlter's session and option must stand."""
    box.switch(alter_style=style)
    session = wire.session
    assert session is not None
    assert codes == (
        wire.call("agentAlter", "Enable").code,
        wire.bare("agentAlter", session, "Enable").code,
        wire.call("agentAlter", session, "Enable").code,
        wire.bare("agentAlter", "Enable").code,
    )
    assert wire.bare("agentAlter").code == 408
    assert wire.bare("agentAlter", "0" * 32, "Enable").code == (408 if style == "session" else 3)


def test_alter_style_both_compares(wire: Wire, box: SertaintyBox) -> None:
    """6.1: with the session in both places, both must be the same."""
    box.switch(alter_style="both")
    assert wire.call("agentAlter", "0" * 32, "Enable").code == 408


@pytest.mark.parametrize(
    ("names", "expected"),
    [("none", [None, None]), ("index", ["prompt-1", "prompt-2"]), ("text", FIRST)],
)
def test_prompt_names(box: SertaintyBox, names: str, expected: list[str | None]) -> None:
    """6.12: prompts may carry a name; echoing it is always a right way to answer."""
    box.switch(prompt_names=names)
    wire = Wire(box.url)
    reply = wire.bare("hostOpenSession", DEMO_USER)
    for prompts in DEMO_ROUNDS:
        if prompts is DEMO_ROUNDS[0]:
            assert reply.names == expected
        answers = [
            (name or f"prompt-{at}", answer)
            for at, (name, (_, answer)) in enumerate(
                zip(reply.names, prompts, strict=True), start=1
            )
        ]
        reply = wire.bare("hostOpenSession", DEMO_USER, *answers)
    assert reply.code == 1
    wire.close()


def test_prompt_names_are_escaped(box: SertaintyBox) -> None:
    """7.3: a prompt with <, &, quotes and line breaks is whole as an attribute as well."""
    prompt = "<a & 'b'>\n\"c\"\t]]>"
    box.add_user("odd", [[(prompt, "x")]]).switch(prompt_names="text")
    wire = Wire(box.url)
    reply = wire.bare("hostOpenSession", "odd")
    assert reply.names == [prompt]
    assert reply.texts == [prompt]
    wire.close()


@pytest.mark.parametrize(("names", "codes"), [("any", (2, 2)), ("index", (2, 3)), ("text", (3, 2))])
def test_answer_names(box: SertaintyBox, names: str, codes: tuple[int, int]) -> None:
    """4: whether answers named prompt-n, or by the prompt's text, are understood."""
    box.switch(answer_names=names)
    wire = Wire(box.url)
    right = [answer for _, answer in DEMO_ROUNDS[0]]
    for given, code in zip((["prompt-1", "prompt-2"], FIRST), codes, strict=True):
        wire.bare("hostOpenSession", DEMO_USER)
        reply = wire.bare("hostOpenSession", DEMO_USER, *zip(given, right, strict=True))
        assert reply.code == code
    wire.close()


def test_wrong_answer_again(box: SertaintyBox) -> None:
    """4: by switch a wrong answer brings the same prompts again, until the lockout."""
    box.switch(wrong_answer="again")
    wire = Wire(box.url)
    wire.bare("hostOpenSession", DEMO_USER)
    wrong = [("prompt-1", "x"), ("prompt-2", "y")]
    for _ in range(2):
        reply = wire.bare("hostOpenSession", DEMO_USER, *wrong)
        assert (reply.code, reply.texts) == (2, FIRST)
    assert wire.bare("hostOpenSession", DEMO_USER, *wrong).code == 3
    assert wire.bare("hostOpenSession", DEMO_USER).code == 3
    wire.close()


def test_manual_start(wire: Wire, box: SertaintyBox) -> None:
    """6.15: after a shutdown only a person can start the agent; agentStart says so."""
    box.switch(manual_start=True)
    assert wire.call("agentStart").code == 1
    assert wire.call("agentShutdown").code == 1
    reply = wire.call("agentStart")
    assert reply.code == 502
    assert "administrator" in reply.message
    box.start_agent()
    assert wire.call("agentGetStatus").texts[0] == "Active"


def test_offline_ping_in_silence(wire: Wire, box: SertaintyBox) -> None:
    """4.4: an agent that is off may simply not answer; the client's timeout ends the wait."""
    box.switch(offline_ping="silence")
    assert wire.call("agentPing").code == 1
    assert wire.call("agentShutdown").code == 1
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(box.url, content=envelope("agentPing"), timeout=0.2)
    assert wire.call("agentStart").code == 1
    assert wire.call("agentPing").code == 1


def test_base64_line(wire: Wire, box: SertaintyBox) -> None:
    """2: base64 in lines of 76; the value stays the same."""
    plain = wire.call("configGetTasks", "Nightly")
    assert "\n" not in plain.text
    box.switch(base64_line=76)
    wrapped = wire.call("configGetTasks", "Nightly")
    assert wrapped.values == plain.values
    lines = wrapped.text.partition("<Result>")[2].partition("<")[0].splitlines()
    assert len(lines) > 5
    assert {len(line) for line in lines[:-1]} == {76}


def test_white_space(wire: Wire, box: SertaintyBox) -> None:
    """2: an indented reply with white space around status and values reads the same."""
    plain = wire.call("agentGetStatus")
    box.switch(white_space=True)
    spaced = wire.call("agentGetStatus")
    assert (spaced.code, spaced.message, spaced.values) == (1, "Success", plain.values)
    assert "\n  <Status>\n    1\n  </Status>" in spaced.text
    assert "<StatusMessage>Success</StatusMessage>" in spaced.text


def test_declaration(wire: Wire, box: SertaintyBox) -> None:
    """1: the reply may start with an XML declaration."""
    assert not wire.call("agentPing").text.startswith("<?xml")
    box.switch(declaration=True)
    assert wire.call("agentPing").text.startswith('<?xml version="1.0" encoding="UTF-8"?>')


def test_empty_results(wire: Wire, box: SertaintyBox) -> None:
    """2: without results the list is missing by default, empty by switch."""
    assert "ResultList" not in wire.call("agentPing").text
    box.switch(empty_results="empty")
    assert "<ResultList></ResultList>" in wire.call("agentPing").text
    assert wire.call("configGetList").text.count("<ResultList>") == 1


def test_named_status(wire: Wire, box: SertaintyBox) -> None:
    """6.24: taskGetStatus names its results in the guide's order; by switch it does not."""
    named = wire.call("taskGetStatus", "Nightly", "ingest")
    assert named.names == [
        "StartTime", "EndTime", "LastErrorTime", "Status", "Error", "ExecCnt", "ErrorCnt",
    ]  # fmt: skip
    box.switch(named_status=False)
    bare = wire.call("taskGetStatus", "Nightly", "ingest")
    assert bare.names == [None] * 7
    assert bare.values == named.values


def test_status_message(wire: Wire, box: SertaintyBox) -> None:
    """6.13: the message may be empty; the code alone tells."""
    box.switch(status_message=False)
    assert "<StatusMessage></StatusMessage>" in wire.call("agentPing").text
    assert wire.call("configGetStatus", "Nowhere").code == 213


def test_http_status(wire: Wire, box: SertaintyBox) -> None:
    """1: a valid Response may come with HTTP 500."""
    box.switch(http_status=500)
    reply = wire.call("agentPing")
    assert (reply.http_status, reply.code) == (500, 1)


def test_unfinished_logs(wire: Wire, box: SertaintyBox) -> None:
    """7.6: a log that is still being written lacks its end tag."""
    box.switch(unfinished_logs=True)
    for log in (wire.call("agentGetLog"), wire.call("taskGetLog", "Nightly", "index")):
        assert log.texts[0].startswith("<Log ")
        assert "</Log>" not in log.texts[0]


def test_every_switch_is_said_and_tested() -> None:
    """The docstring names each switch, and this room's tests use each."""
    from pathlib import Path

    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for field in dataclasses.fields(Switches):
        assert f"\n    {field.name}\n" in (Switches.__doc__ or "")
        assert f"{field.name}=" in tests


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        ({"alter_style": "some"}, "alter_style must be one of"),
        ({"named_status": "no"}, "True or False"),
        ({"session_minutes": -1}, "not below 0"),
        ({"base64_line": 75}, "multiple of 4"),
        ({"http_status": 99}, "200 to 599"),
        ({"http_statuss": 200}, "no switch 'http_statuss'.*http_status"),
        ({"host": "192.0.2.1"}, "127.0.0.1 only"),
    ],
)
def test_wrong_switches(switches: dict[str, object], said: str) -> None:
    """A wrong switch is refused at the start, in a sentence that says what would be right."""
    with pytest.raises(ValueError, match=said):
        sandbox.start("sertainty", **switches)


def test_switches_at_the_start_and_later() -> None:
    """Switches are options of start, can be read, and changed while it runs."""
    with sandbox.start("sertainty", http_status=500) as box:
        assert box.switches == Switches(http_status=500)
        with pytest.raises(ValueError, match="no switch"):
            box.switch(nothing=1)
        assert box.switch(http_status=200).switches == Switches()
