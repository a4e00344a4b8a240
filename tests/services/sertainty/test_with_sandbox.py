"""The client against the sandbox: two independent readings of the guide meet."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import toolkit
from toolkit.sandbox.sertainty import SertaintyBox
from toolkit.services.sertainty import Gateway
from toolkit.services.sertainty.functions import TABLE


@pytest.fixture
def box() -> Iterator[SertaintyBox]:
    with toolkit.sandbox.start("sertainty", seed=3) as running:
        yield running


@pytest.fixture
def gateway(box: SertaintyBox) -> Iterator[Gateway]:
    with toolkit.sertainty.connect(box.url) as client:
        client.login_with(box.user, box.answers)
        yield client


def called(box: SertaintyBox) -> list[str]:
    return [call["function"] for call in box.calls]


# --- login -------------------------------------------------------------------------------------


def test_two_rounds_by_mapping_list_and_callable(box: SertaintyBox) -> None:
    """The same login with each kind of answers; prompts with <, & and quotes among them."""
    in_order = list(box.answers.values())
    ways: list[Any] = [box.answers, in_order, lambda prompts: [box.answers[p] for p in prompts]]
    for answers in ways:
        with toolkit.sertainty.connect(box.url) as gateway:
            session = gateway.login_with(box.user, answers)
            assert (session.rounds, session.open) == (2, True)


def test_user_without_challenges(box: SertaintyBox) -> None:
    """Zero rounds: granted at once."""
    with toolkit.sertainty.connect(box.url) as gateway:
        assert gateway.login_with("charles").rounds == 0


def test_denied(box: SertaintyBox) -> None:
    """A wrong answer in the first round is denied, and no answer is sent a second time."""
    with toolkit.sertainty.connect(box.url) as gateway:
        with pytest.raises(toolkit.AccessDenied):
            gateway.login_with(box.user, ["wrong"] * 4)
        assert called(box) == ["hostOpenSession"] * 2
        with pytest.raises(toolkit.NoSession):
            gateway.config.get_list()


@pytest.mark.parametrize("named", ["none", "index", "text"])
@pytest.mark.parametrize(("understood", "option"), [("index", "position"), ("text", "text")])
def test_prompt_names_of_other_gateways(
    box: SertaintyBox, named: str, understood: str, option: str
) -> None:
    """Gateways that name prompts and understand answers otherwise: a setting, not a patch."""
    box.switch(prompt_names=named, answer_names=understood)
    with toolkit.sertainty.connect(box.url, prompt_names=option) as gateway:
        assert gateway.login_with(box.user, box.answers).rounds == 2


def test_lost_session_is_reopened_for_a_read(box: SertaintyBox, gateway: Gateway) -> None:
    """After the gateway forgot the session, a read logs in again; a write says it was denied."""
    box.drop_sessions()
    assert len(gateway.config.get_list()) > 0
    box.drop_sessions()
    with pytest.raises(toolkit.AccessDenied):
        gateway.config.create("New")
    assert called(box)[-1] == "configCreate"
    assert len(gateway.config.get_list()) > 0


def test_reopening_can_be_switched_off(box: SertaintyBox) -> None:
    """With reopen=False the denial of a read is raised."""
    with toolkit.sertainty.connect(box.url, reopen=False) as gateway:
        gateway.login_with(box.user, box.answers)
        box.drop_sessions()
        with pytest.raises(toolkit.AccessDenied):
            gateway.config.get_list()


# --- the switches of the sandbox against the options of the client ------------------------------

ODD_GATEWAYS: list[dict[str, Any]] = [
    {"function_case": "exact"},
    {"template_get": "tempateGetTask"},
    {"template_get": "templateGetTask"},
    {"base64_line": 76, "white_space": True},
    {"declaration": True},
    {"empty_results": "empty"},
    {"named_status": False},
    {"status_message": False},
    {"http_status": 500},
    {"unfinished_logs": True},
]


def look_around(gateway: Gateway) -> dict[str, pd.DataFrame]:
    return {
        "status": gateway.task.get_status("Nightly", "ingest"),
        "template": gateway.template.get_task("folder-protect"),
        "tasks": gateway.config.get_tasks("Nightly"),
        "none": gateway.config.get_tasks("Zürich"),
        "agent": gateway.agent.get_status(),
        "script": gateway.config.get_script("Nightly", "ingest.uxl"),
        "names": gateway.config.get_list(),
    }


@pytest.mark.parametrize("switches", ODD_GATEWAYS, ids=str)
def test_odd_gateways_give_the_same_frames(
    box: SertaintyBox, gateway: Gateway, switches: dict[str, Any]
) -> None:
    """However the gateway writes its answers, the frames are equal to a plain one's."""
    plain = look_around(gateway)
    box.switch(**switches)
    for name, frame in look_around(gateway).items():
        pd.testing.assert_frame_equal(frame, plain[name], obj=name)
    assert len(gateway.agent.get_log()) > 0


@pytest.mark.parametrize("style", ["both", "args", "session"])
def test_alter_styles(box: SertaintyBox, style: str) -> None:
    """Each way of carrying agentAlter's session is understood by a gateway that wants it."""
    box.switch(alter_style=style)
    with toolkit.sertainty.connect(box.url, alter_style=style) as gateway:
        gateway.login_with(box.user, box.answers)
        gateway.agent.alter("Disable")
        assert gateway.agent.get_status()["agent_status"].item() == "Disabled"
        gateway.agent.alter("Enable")


# --- results -----------------------------------------------------------------------------------


def test_same_columns_when_empty(gateway: Gateway) -> None:
    """A configuration without tasks gives no rows, and the columns to count on."""
    empty = gateway.config.get_tasks("Zürich")
    assert (len(empty), empty.columns.tolist()) == (0, ["name", "kind"])


def test_contents_round_trip(gateway: Gateway, tmp_path: Path) -> None:
    """Bytes of any value, a text and a file's contents are saved and read back."""
    data = bytes(range(256)) * 40
    (tmp_path / "a.uxl").write_bytes(b"\xff\x00raw")
    gateway.config.save_id("Nightly", "own.iic", data)
    gateway.config.save_script("Nightly", "a.uxl", tmp_path / "a.uxl")
    gateway.shared.save_script("grüß.uxl", "// gr\u00fc\u00df \U0001f40d\n")
    assert gateway.config.get_id("Nightly", "own.iic")["contents"].item() == data
    assert gateway.config.get_script("Nightly", "a.uxl")["contents"].item() == b"\xff\x00raw"
    text = gateway.shared.get_script("grüß.uxl")["contents"].item().decode()
    assert text == "// gr\u00fc\u00df \U0001f40d\n"


def test_fingerprint_makes_an_id(gateway: Gateway) -> None:
    """The machine's fingerprint, fetched and passed on unchanged, makes an ID."""
    fingerprint = gateway.fetch("hostGetMachine")
    assert len(fingerprint.frame) == 1
    gateway.config.new_id("Nightly", "a.iic", fingerprint)
    gateway.config.new_id("Nightly", "b.iic", fingerprint.document)
    with pytest.raises(toolkit.AlreadyExists) as caught:
        gateway.config.new_id("Nightly", "a.iic")
    assert (caught.value.code, caught.value.label) == (232, "FILE_EXISTS")


def test_task_run_changes_the_record(box: SertaintyBox, gateway: Gateway) -> None:
    """A run that fails is seen in the status record and in the log."""
    before = gateway.task.get_status("Nightly", "ingest").iloc[0]
    box.run_task("Nightly", "ingest", error="disk is full", seconds=4)
    after = gateway.task.get_status("Nightly", "ingest").iloc[0]
    assert after["executions"] == before["executions"] + 1
    assert after["errors"] == before["errors"] + 1
    assert (after["status"], after["error"]) == ("Error", "disk is full")
    assert (after["end_time"] - after["start_time"]).total_seconds() == 4
    log = gateway.task.get_log("Nightly", "ingest")
    assert log["text"].str.contains("disk is full").any()


def test_task_statuses(gateway: Gateway) -> None:
    """One row for each task of each configuration."""
    table = gateway.task_statuses()
    assert {"Nightly", "Daytime", "Archive"} == set(table["config"])
    assert "R&D <intake>" in set(table["task"])


# --- faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "answer", "code": 502, "text": "disk is full"}, toolkit.ServerFault),
        ({"kind": "answer", "code": 999, "text": "?"}, toolkit.UnknownStatus),
        ({"kind": "html"}, toolkit.BadReply),
        ({"kind": "cut"}, toolkit.ConnectionLost),
        ({"kind": "drop"}, toolkit.ConnectionLost),
        ({"kind": "dtd"}, toolkit.UnsafeDocument),
        ({"kind": "raw", "text": "{}"}, toolkit.BadReply),
        ({"kind": "big", "size": 3_000_000}, toolkit.ReplyTooLarge),
        ({"kind": "delay", "seconds": 30.0}, toolkit.TimedOut),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else value.__name__,
)
def test_faults(box: SertaintyBox, fault: dict[str, Any], kind: type) -> None:
    """Each fault of a gateway is its own exception with the function, and the client goes on."""
    limits = toolkit.Limits(read=0.3, max_bytes=1_000_000)
    with toolkit.sertainty.connect(box.url, limits=limits) as gateway:
        gateway.login_with(box.user, box.answers)
        box.fault(function="configCreate", **fault)
        with pytest.raises(kind) as caught:
            gateway.config.create("New")
        box.clear_faults()
        assert caught.value.function == "configCreate"
        assert called(box).count("configCreate") <= 1  # a delayed call is counted when it ends
        assert len(gateway.config.get_list()) > 0


def test_dropped_read_is_repeated(box: SertaintyBox, gateway: Gateway) -> None:
    """A read whose connection broke is sent once more, and nobody notices."""
    box.fault("drop", "configGetList")
    assert len(gateway.config.get_list()) > 0
    assert called(box).count("configGetList") == 2


def test_gateway_that_is_gone() -> None:
    """A closed port is Unreachable, for the login too."""
    with toolkit.sandbox.start("sertainty") as box:
        url = box.url
    with toolkit.sertainty.connect(url) as gateway, pytest.raises(toolkit.Unreachable):
        gateway.login_with("ada", ["x"])


# --- recording and replaying -------------------------------------------------------------------


def session(url: str, answers: Any) -> dict[str, Any]:
    """A small session: what each call gave, errors too."""
    gave: dict[str, Any] = {}
    with toolkit.sertainty.connect(url) as gateway:
        gateway.login_with("ada", answers)
        gave.update(look_around(gateway))
        gave["log"] = gateway.agent.get_log()
        gave["pause"] = gateway.task.pause("Nightly", "*")
        gave["all"] = gateway.task_statuses()
        try:
            gateway.task.get_status("Nightly", "none")
        except toolkit.NotFound as error:
            gave["error"] = str(error)
    return gave


def test_replay_equals_live_with_the_gateway_gone(tmp_path: Path) -> None:
    """Every frame and error of a replay is equal, with other answers, and no socket is opened."""
    cassette = tmp_path / "session.yaml"
    with toolkit.sandbox.start("sertainty") as box:
        url, answers = box.url, box.answers
        with toolkit.record(cassette):
            live = session(url, answers)
    with toolkit.replay(cassette) as tape:
        replayed = session(url, ["any", "other", "answers", "do"])
        assert tape.calls == len(toolkit.read_calls(cassette))
    assert live.keys() == replayed.keys()
    for name, before in live.items():
        if isinstance(before, pd.DataFrame):
            pd.testing.assert_frame_equal(before, replayed[name], obj=name)
        else:
            assert before == replayed[name]


def test_what_was_not_recorded_is_an_error(tmp_path: Path) -> None:
    """A replay asked for another task names what is nearest, and sends nothing."""
    cassette = tmp_path / "session.yaml"
    with toolkit.sandbox.start("sertainty") as box:
        url, answers = box.url, box.answers
        with toolkit.record(cassette):
            session(url, answers)
    with toolkit.replay(cassette), toolkit.sertainty.connect(url) as gateway:
        gateway.login_with("ada", answers)
        with pytest.raises(toolkit.NotRecorded, match=r"taskGetStatus\(Nightly/never") as caught:
            gateway.task.get_status("Nightly", "never-asked-for")
        assert "-2: none" in str(caught.value)
        assert "+2: never-asked-for" in str(caught.value)
        gateway.host.close_session()


def test_no_secret_in_any_byte(tmp_path: Path) -> None:
    """Neither answers nor session ids are on disk, plainly or behind base64."""
    cassette = tmp_path / "session.yaml"
    with toolkit.sandbox.start("sertainty") as box:
        answers = {prompt: f"sécret-{n}-of-{box.user}" for n, prompt in enumerate(box.answers)}
        rounds = [[(prompt, answer)] for prompt, answer in answers.items()]
        box.add_user("eve", rounds)
        with toolkit.record(cassette), toolkit.sertainty.connect(box.url) as gateway:
            gateway.login_with("eve", answers)
            ids = [gateway._state.session_id]
            gateway.agent.alter("Enable")
            gateway.config.get_list()
            box.drop_sessions()
            gateway.config.get_list()
            ids.append(gateway._state.session_id)
    assert len(set(ids)) == 2
    secrets = [*answers.values(), *map(str, ids)]
    for file in tmp_path.iterdir():
        data = file.read_bytes()
        for secret in secrets:
            packed = base64.b64encode(secret.encode()).rstrip(b"=")
            assert secret.encode() not in data, file
            assert packed not in data, file


def test_every_function_is_in_the_sandbox(box: SertaintyBox, gateway: Gateway) -> None:
    """No function of the table is unknown to the other reading: none answers 408 for its name."""
    values = {"alter-option": "Enable", "tasks-contents": "<Tasks/>"}
    values["task-definition"] = "<Task name='t'/>"
    for function in TABLE.all:
        if function.name.startswith(("host", "agentShutdown")):
            continue
        given = [values.get(a.name, "some-name") for a in function.given if not a.repeated]
        with contextlib.suppress(toolkit.NotFound, toolkit.AlreadyExists):
            gateway.call(function.name, *given)
