"""Each of the 37 functions, with its results and its codes (guide 4, fact sheet 5)."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from sandbox.wire import Value, Wire
from toolkit.sandbox.sertainty import SertaintyBox
from toolkit.sandbox.sertainty.functions import FUNCTIONS

TASKS = b'<Tasks config="Daytime"><Task name="only" kind="Time"/></Tasks>'
MACHINE = b'<Configuration id="7" name="Other"><Device id="8" name="other"/></Configuration>'

# Every function with arguments that succeed on a fresh gateway, and how many results come.
GOOD: dict[str, tuple[tuple[Value, ...], int]] = {
    "agentAlter": (("Disable",), 0),
    "agentGetLog": ((), 1),
    "agentGetStatus": ((), 6),
    "agentPing": ((), 0),
    "agentRestart": ((), 0),
    "agentShutdown": ((), 0),
    "agentStart": ((), 0),
    "configActivate": (("Daytime",), 0),
    "configCreate": (("Fresh",), 0),
    "configDelete": (("Archive",), 0),
    "configGetID": (("Nightly", "ops.iic"), 1),
    "configGetList": ((), 4),
    "configGetScript": (("Nightly", "ingest.uxl"), 1),
    "configGetStatus": (("Nightly",), 2),
    "configGetTasks": (("Nightly",), 1),
    "configNewID": (("Nightly", "new.iic"), 0),
    "configSaveID": (("Nightly", "saved.iic", b"\x00\xff"), 0),
    "configSaveScript": (("Nightly", "saved.uxl", "print();"), 0),
    "configSaveTasks": (("Daytime", TASKS), 0),
    "hostCloseSession": (("SESSION",), 0),
    "hostGetMachine": ((), 1),
    "hostOpenSession": (("charles",), 1),
    "sharedGetID": (("gateway.iic",), 1),
    "sharedGetPreset": (("Strict",), 1),
    "sharedGetPresetList": ((), 3),
    "sharedGetScript": (("common.uxl",), 1),
    "sharedNewID": (("new.iic",), 0),
    "sharedSaveID": (("saved.iic", b"\x00\xff"), 0),
    "sharedSaveScript": (("saved.uxl", "print();"), 0),
    "taskGetLog": (("Nightly", "ingest"), 1),
    "taskGetStatus": (("Nightly", "ingest"), 7),
    "taskPause": (("Nightly", "ingest"), 0),
    "taskReset": (("Nightly", "ingest"), 0),
    "taskResume": (("Nightly", "ingest"), 0),
    "templateGetList": ((), 2),
    "templateGetTask": (("folder-protect",), 1),
    "templateSaveTask": ((b'<Task name="mine" kind="Time"/>',), 0),
}
NO_SESSION = {"agentPing", "hostOpenSession"}
NAMED_TASK = ("taskGetLog", "taskGetStatus", "taskPause", "taskReset", "taskResume")


def arguments(wire: Wire, function: str) -> tuple[Value, ...]:
    assert wire.session is not None
    return tuple(wire.session if one == "SESSION" else one for one in GOOD[function][0])


def test_there_are_37() -> None:
    """The table names the guide's 37 functions, each once."""
    assert len(FUNCTIONS) == 37
    assert {function.name for function in FUNCTIONS} == set(GOOD)


@pytest.mark.parametrize("function", GOOD)
def test_success(wire: Wire, function: str) -> None:
    """Each function succeeds with 1 and gives the results the guide lists."""
    reply = wire.call(function, *arguments(wire, function))
    assert (reply.code, reply.message) == (1, "Success")
    assert len(reply.values) == GOOD[function][1]


@pytest.mark.parametrize("function", sorted(set(GOOD) - NO_SESSION))
def test_a_session_is_needed(wire: Wire, function: str) -> None:
    """A missing or dead session is 3, and nothing is done."""
    good = arguments(wire, function)
    if function == "hostCloseSession":
        good = ("0" * 32,)
    reply = wire.bare(function, *good)
    assert (reply.code, reply.message, reply.values) == (3, "Denied", [])
    live, wire.session = wire.session, "f" * 32
    assert wire.call(function, *good).code == 3
    wire.session = live
    assert wire.call("configGetList").texts == ["Nightly", "Daytime", "Archive", "Zürich"]


@pytest.mark.parametrize("function", sorted(set(GOOD) - {"hostOpenSession"}))
def test_too_many_arguments(wire: Wire, function: str) -> None:
    """A wrong number of arguments is 408."""
    if function in ("configNewID", "sharedNewID"):  # any number of fingerprints, but of those only
        extra: tuple[Value, ...] = ("no fingerprint",)
    else:
        extra = ("x", "y")
    assert wire.call(function, *arguments(wire, function), *extra).code == 408


@pytest.mark.parametrize("function", [name for name in GOOD if GOOD[name][0]])
def test_too_few_arguments(wire: Wire, function: str) -> None:
    """One argument less is 408 (hostCloseSession may name its session in the element instead)."""
    expected = 1 if function == "hostCloseSession" else 408
    assert wire.call(function, *arguments(wire, function)[:-1]).code == expected


@pytest.mark.parametrize(
    ("function", "values"),
    [
        ("configActivate", ("Nowhere",)),
        ("configDelete", ("Nowhere",)),
        ("configGetID", ("Nowhere", "ops.iic")),
        ("configGetID", ("Nightly", "nothing.iic")),
        ("configGetID", ("Nightly", "ingest.uxl")),
        ("configGetScript", ("Nightly", "nothing.uxl")),
        ("configGetStatus", ("nightly",)),
        ("configGetTasks", ("Nowhere",)),
        ("configNewID", ("Nowhere", "new.iic")),
        ("configSaveID", ("Nowhere", "new.iic", b"x")),
        ("configSaveScript", ("Nowhere", "new.uxl", b"x")),
        ("configSaveTasks", ("Nowhere", TASKS)),
        ("sharedGetID", ("nothing.iic",)),
        ("sharedGetPreset", ("Nothing",)),
        ("sharedGetScript", ("nothing.uxl",)),
        ("templateGetTask", ("nothing",)),
        ("tempateGetTask", ("nothing",)),
        *((function, ("Nightly", "nothing")) for function in NAMED_TASK),
        *((function, ("Nowhere", "ingest")) for function in NAMED_TASK),
        ("taskPause", ("Nowhere", "*")),
    ],
)
def test_not_found(wire: Wire, function: str, values: tuple[Value, ...]) -> None:
    """An unknown configuration, task, ID, script, preset or template is 213."""
    reply = wire.call(function, *values)
    assert (reply.code, reply.message) == (213, "File not found")


@pytest.mark.parametrize(
    ("function", "values"),
    [
        ("configCreate", ("Nightly",)),
        ("configNewID", ("Nightly", "machine.iic")),
        ("sharedNewID", ("machine.iic",)),
    ],
)
def test_exists(wire: Wire, function: str, values: tuple[Value, ...]) -> None:
    """What must be new and is not is 232, and what was there stays."""
    before = wire.call("sharedGetID", "machine.iic").values
    reply = wire.call(function, *values)
    assert (reply.code, reply.message) == (232, "File already exists")
    assert wire.call("sharedGetID", "machine.iic").values == before


BAD_NAMES = ["", " ", ".", "..", "../x", "a/b", "a\\b", "a\0b", "a\nb", "x" * 256, b"\xff"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_names(wire: Wire, name: Value) -> None:
    """Separators, .., NUL, controls and empty names are 408 wherever a name is due."""
    for function, values in [
        ("configCreate", (name,)),
        ("configGetStatus", (name,)),
        ("configSaveID", ("Nightly", name, b"x")),
        ("configSaveScript", ("Nightly", name, b"x")),
        ("configNewID", ("Nightly", name)),
        ("sharedSaveID", (name, b"x")),
        ("sharedSaveScript", (name, b"x")),
        ("sharedGetScript", (name,)),
        ("sharedNewID", (name,)),
        ("taskGetStatus", ("Nightly", name)),
        ("taskPause", ("Nightly", name)),
        ("sharedGetPreset", (name,)),
        ("templateGetTask", (name,)),
    ]:
        assert wire.call(function, *values).code == 408, function


def test_names_of_any_alphabet(wire: Wire) -> None:
    """A name may hold whatever else Unicode has; it comes back as it went in."""
    for name in ('Büro <1> & "2"', "夜間", "a'b", "naïve.iic", "*"):
        assert wire.call("configCreate", name).code == 1
        assert wire.call("sharedSaveScript", name, name).code == 1
        assert wire.call("sharedGetScript", name).texts == [name]
        assert name in wire.call("configGetList").texts


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


def test_uploaded_scripts_are_not_run(wire: Wire, box: SertaintyBox, tmp_path: object) -> None:
    """A script that would leave a trace leaves none when its task runs."""
    trace = f"{tmp_path}/trace"
    script = f"import os; os.mkdir({trace!r})"
    assert wire.call("configSaveScript", "Nightly", "index.uxl", script).code == 1
    changes = box.run_task("Nightly", "index")
    assert [change.status for change in changes if change.task == "index"] == [
        "Executing",
        "Waiting",
    ]
    assert not __import__("pathlib").Path(trace).exists()
