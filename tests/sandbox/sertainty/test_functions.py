"""Each of the 37 functions, with its results and its codes (guide 4)."""

from __future__ import annotations

import pytest

from sandbox.sertainty.wire import Value, Wire
from toolkit.sandbox.sertainty.functions import FUNCTIONS

TASKS = b'<Tasks config="Daytime"><Task name="only" kind="Time"/></Tasks>'

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
