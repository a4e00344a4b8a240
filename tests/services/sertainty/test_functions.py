"""The table of functions against the guide's, and the methods against the table."""

from __future__ import annotations

import inspect

import pytest

import toolkit
from toolkit.frames import describe
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.functions import FUNCTION_COLUMNS, Function, SessionPlace
from toolkit.services.sertainty import codes, namespaces
from toolkit.services.sertainty.functions import TABLE

GUIDE = """
agentAlter agentGetLog agentGetStatus agentPing agentRestart agentShutdown agentStart configActivate
configCreate configDelete configGetID configGetList configGetScript configGetStatus configGetTasks
configNewID configSaveID configSaveScript configSaveTasks hostCloseSession hostGetMachine
hostOpenSession sharedGetID sharedGetPreset sharedGetPresetList sharedGetScript sharedNewID
sharedSaveID sharedSaveScript taskGetLog taskGetStatus taskPause taskReset taskResume
templateGetList templateGetTask templateSaveTask
""".split()

NAMESPACES = {
    "agent": namespaces.Agent,
    "config": namespaces.Config,
    "host": namespaces.Host,
    "shared": namespaces.Shared,
    "task": namespaces.Task,
    "template": namespaces.Template,
}


def test_the_37_functions_of_the_guide() -> None:
    """All of them, in the guide's own order, each with its section."""
    assert [function.name for function in TABLE.all] == GUIDE
    sections = {function.section for function in TABLE.all}
    assert sections == {f"4.{number}" for number in range(1, 38)}


@pytest.mark.parametrize("function", TABLE.all, ids=lambda function: function.name)
def test_each_function_has_a_method_of_the_same_shape(function: Function) -> None:
    """The method exists, has a docstring with the section, and takes the table's arguments."""
    room, _, name = function.method.partition(".")
    method = getattr(NAMESPACES[room], name)
    assert f"({function.section})" in method.__doc__
    if function.name in ("hostOpenSession", "hostCloseSession"):
        return
    names = list(inspect.signature(method).parameters)[1:]
    expected = [argument.parameter for argument in function.given]
    assert names == (["option"] if function.name == "agentAlter" else expected)


def test_no_method_without_a_function() -> None:
    """Every public method of a namespace is a row of the table."""
    methods = {
        f"{room}.{name}"
        for room, kind in NAMESPACES.items()
        for name in vars(kind)
        if not name.startswith("_")
    }
    assert methods == {function.method for function in TABLE.all}


def test_where_the_session_goes() -> None:
    """Four functions show no Session element (guide 4.1, 4.4, 4.20, 4.22)."""
    odd = {f.name: f.session for f in TABLE.all if f.session is not SessionPlace.ELEMENT}
    assert odd == {
        "agentAlter": SessionPlace.ARGUMENT,
        "hostCloseSession": SessionPlace.ARGUMENT,
        "agentPing": SessionPlace.NONE,
        "hostOpenSession": SessionPlace.NONE,
    }


def test_reads_and_changes() -> None:
    """Every function but the ...Get... ones and agentPing changes state; two destroy data."""
    for function in TABLE.all:
        reads = "Get" in function.name or function.name == "agentPing"
        assert function.changes is not reads, function.name
    assert [f.name for f in TABLE.all if f.destroys] == ["configDelete", "taskReset"]


def test_functions_as_a_frame() -> None:
    """toolkit.functions gives the table with its declared columns and dtypes."""
    table = toolkit.functions("sertainty")
    declared = describe(FUNCTION_COLUMNS).set_index("column")["dtype"]
    assert table.dtypes.astype(str).to_dict() == declared.to_dict()
    assert table["function"].tolist() == GUIDE
    with pytest.raises(InvalidArgument, match=r"no service 'sertanty'; installed: .*sertainty"):
        toolkit.functions("sertanty")


def test_finding_a_function() -> None:
    """By wire name without case, by method, by the guide's other spelling; else the nearest."""
    assert TABLE.get("CONFIGGETLIST").name == "configGetList"
    assert TABLE.get("task.get_status").name == "taskGetStatus"
    assert TABLE.get("tempateGetTask").name == "templateGetTask"
    with pytest.raises(InvalidArgument, match="did you mean taskGetStatus"):
        TABLE.get("taskGetStatuss")


def test_codes() -> None:
    """The guide's seven codes; success is 1, and an unknown code never becomes a known one."""
    table = toolkit.codes("sertainty").set_index("code")
    assert table.index.tolist() == [1, 2, 3, 213, 232, 408, 502]
    assert codes.outcome(0, "").category == "unknown status"
    assert codes.outcome(200, "OK").ok is False
