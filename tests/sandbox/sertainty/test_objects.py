"""What the functions do to agent, configurations, IDs, scripts, tasks and templates (guide 4)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sandbox.sertainty.wire import Wire
from toolkit.sandbox.sertainty import SertaintyBox

MACHINE = b'<Configuration id="7" name="Other"><Device id="8" name="other"/></Configuration>'


def test_agent_status_values(wire: Wire) -> None:
    """agentGetStatus: six values in the guide's order."""
    status, application, version, config, config_status, tasks = wire.call("agentGetStatus").texts
    assert (status, config, config_status, tasks) == ("Active", "Nightly", "Active", "Normal")
    assert application
    assert version


def test_alter(wire: Wire) -> None:
    """Disable and Enable set the agent's status; the option is read without case."""
    assert wire.call("agentAlter", "Disable").code == 1
    assert wire.call("agentGetStatus").texts[0] == "Disabled"
    assert wire.call("configGetStatus", "Nightly").texts[0] == "Disabled"
    assert wire.call("agentAlter", "enable").code == 1
    assert wire.call("agentGetStatus").texts[0] == "Active"
    assert wire.call("agentAlter", "Toggle").code == 408


def test_shutdown_and_start(wire: Wire) -> None:
    """After a shutdown the host answers Offline and Idle for the agent, which pings no more."""
    assert wire.call("agentShutdown").code == 1
    assert wire.call("agentGetStatus").texts[0] == "Offline"
    assert wire.call("configGetStatus", "Nightly").texts[0] == "Idle"
    ping = wire.call("agentPing")
    assert (ping.code, ping.message) == (502, "The agent is offline")
    assert wire.call("agentStart").code == 1
    assert wire.call("agentStart").code == 1
    assert wire.call("agentPing").code == 1
    assert wire.call("agentGetStatus").texts[0] == "Active"


def test_an_inactive_configuration_is_disabled(wire: Wire) -> None:
    """configGetStatus of an inactive configuration: Disabled (6.18); activation moves it."""
    assert wire.call("configGetStatus", "Daytime").texts == ["Disabled", "Normal"]
    assert wire.call("configActivate", "Daytime").code == 1
    assert wire.call("configGetStatus", "Daytime").texts == ["Active", "Normal"]
    assert wire.call("configGetStatus", "Nightly").texts == ["Disabled", "Normal"]
    assert wire.call("agentGetStatus").texts[3] == "Daytime"


def test_create_and_delete(wire: Wire) -> None:
    """A new configuration has an empty task list; a deleted one is gone with all it held."""
    assert wire.call("configCreate", "Fresh").code == 1
    tasks = ET.fromstring(wire.call("configGetTasks", "Fresh").values[0])
    assert (tasks.tag, tasks.get("config"), len(tasks)) == ("Tasks", "Fresh", 0)
    assert wire.call("configSaveScript", "Fresh", "a.uxl", "x").code == 1
    assert wire.call("configDelete", "Fresh").code == 1
    assert wire.call("configDelete", "Fresh").code == 213
    assert wire.call("configCreate", "Fresh").code == 1
    assert wire.call("configGetScript", "Fresh", "a.uxl").code == 213


def test_deleting_the_active_configuration(wire: Wire) -> None:
    """Nothing is active then: the name is empty."""
    assert wire.call("configDelete", "Nightly").code == 1
    status = wire.call("agentGetStatus")
    assert status.texts[3:] == ["", "Disabled", "Normal"]


def test_a_new_id_holds_only_the_given_fingerprints(wire: Wire) -> None:
    """No fingerprint: this machine's. One or more: exactly those (guide 4.16, 4.27)."""
    machine = wire.call("hostGetMachine").values[0]
    assert ET.fromstring(machine).tag == "Configuration"
    assert wire.call("configNewID", "Nightly", "here.iic").code == 1
    assert machine in wire.call("configGetID", "Nightly", "here.iic").values[0]
    assert wire.call("sharedNewID", "two.iic", MACHINE, MACHINE.replace(b"7", b"9")).code == 1
    contents = wire.call("sharedGetID", "two.iic").values[0]
    assert MACHINE in contents
    assert MACHINE.replace(b"7", b"9") in contents
    assert machine not in contents


@pytest.mark.parametrize(
    "document", [b"", b"<Configuration>", b"<Device/>", b"<!DOCTYPE Configuration><Configuration/>"]
)
def test_a_bad_fingerprint(wire: Wire, document: bytes) -> None:
    """A fingerprint that is not XML, not a Configuration, or has a DTD is 408; no ID is made."""
    assert wire.call("sharedNewID", "new.iic", document).code == 408
    assert wire.call("sharedGetID", "new.iic").code == 213


def test_saves_overwrite_and_areas_are_apart(wire: Wire) -> None:
    """Save functions overwrite; an ID and a script, shared or of a configuration, never mix."""
    for contents in (b"one", b"\x00two\xff"):
        assert wire.call("configSaveID", "Nightly", "same", contents).code == 1
        assert wire.call("configSaveScript", "Nightly", "same", contents + b"s").code == 1
        assert wire.call("sharedSaveID", "same", contents + b"i").code == 1
        assert wire.call("sharedSaveScript", "same", contents + b"x").code == 1
    assert wire.call("configGetID", "Nightly", "same").values == [b"\x00two\xff"]
    assert wire.call("configGetScript", "Nightly", "same").values == [b"\x00two\xffs"]
    assert wire.call("sharedGetID", "same").values == [b"\x00two\xffi"]
    assert wire.call("sharedGetScript", "same").values == [b"\x00two\xffx"]
    assert wire.call("configGetID", "Daytime", "same").code == 213


def test_saving_tasks_replaces_all(wire: Wire, box: SertaintyBox) -> None:
    """The document comes back byte for byte; old tasks go, one that keeps its name keeps counts."""
    box.run_task("Nightly", "index")
    document = b'<Tasks><Task name="index" kind="Time"/><!-- kept --><Task name="new"/></Tasks>'
    assert wire.call("configSaveTasks", "Nightly", document).code == 1
    assert wire.call("configGetTasks", "Nightly").values == [document]
    assert wire.status("Nightly", "index")["ExecCnt"] == "1"
    assert wire.status("Nightly", "new")["ExecCnt"] == "0"
    assert wire.call("taskGetStatus", "Nightly", "ingest").code == 213


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no XML",
        b"<Tasks><Task/></Tasks>",
        b'<Tasks><Task name=""/></Tasks>',
        b'<Tasks><Task name="*"/></Tasks>',
        b'<Tasks><Task name="a/b"/></Tasks>',
        b'<Tasks><Task name="a"/><Task name="a"/></Tasks>',
        b'<Tasks><Task name="a"><Schedule><StartHour>two</StartHour></Schedule></Task></Tasks>',
        b'<Task name="a"/>',
        b'<!DOCTYPE Tasks><Tasks><Task name="a"/></Tasks>',
    ],
)
def test_bad_task_definitions(wire: Wire, document: bytes) -> None:
    """A document that is no task list is 408 and the old tasks stay."""
    assert wire.call("configSaveTasks", "Nightly", document).code == 408
    assert wire.call("taskGetStatus", "Nightly", "ingest").code == 1


def test_templates(wire: Wire) -> None:
    """templateSaveTask takes the name from the document, overwrites, and keeps the order."""
    one = b'<Task name="mine" kind="Time"><Script type="string">a.uxl</Script></Task>'
    two = one.replace(b"a.uxl", b"b.uxl")
    for document in (one, two):
        assert wire.call("templateSaveTask", document).code == 1
    assert wire.call("templateGetList").texts == ["folder-protect", "nightly-backup", "mine"]
    assert wire.call("templateGetTask", "mine").values == [two]
    for bad in (b"<Task/>", b"<Tasks/>", b"", b'<!DOCTYPE Task><Task name="x"/>'):
        assert wire.call("templateSaveTask", bad).code == 408


def test_presets_are_documents(wire: Wire) -> None:
    """Each preset of the list can be had, and is XML of that name."""
    for name in wire.call("sharedGetPresetList").texts:
        assert ET.fromstring(wire.call("sharedGetPreset", name).values[0]).get("name") == name


def test_the_default_documents_are_well_formed(wire: Wire) -> None:
    """Every configuration's task list is a Tasks document whose tasks have a status and a log."""
    for config in wire.call("configGetList").texts:
        root = ET.fromstring(wire.call("configGetTasks", config).values[0])
        assert root.get("config") == config
        for task in root.findall("Task"):
            name = task.get("name", "")
            assert wire.call("taskGetStatus", config, name).code == 1
            assert wire.log(config, name).get("task") == name


def test_uploaded_scripts_are_not_run(wire: Wire, box: SertaintyBox, tmp_path: Path) -> None:
    """A script that would leave a trace leaves none when its task runs."""
    trace = f"{tmp_path}/trace"
    script = f"import os; os.mkdir({trace!r})"
    assert wire.call("configSaveScript", "Nightly", "index.uxl", script).code == 1
    changes = box.run_task("Nightly", "index")
    assert [change.status for change in changes if change.task == "index"] == [
        "Executing",
        "Waiting",
    ]
    assert not Path(trace).exists()
