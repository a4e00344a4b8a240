"""The table of the 37 functions: what each takes, and who answers it (guide 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.sandbox.sertainty import (
    handle_agent as agent,
    handle_config as config,
    handle_files as files,
    handle_task as task,
)
from toolkit.sandbox.sertainty.codes import invalid
from toolkit.sandbox.sertainty.envelope import Reply, Result
from toolkit.sandbox.sertainty.switches import Switches

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.gateway import Call

Answer = list[Result] | Reply | None


@dataclass(frozen=True, slots=True)
class Function:
    """A row: arguments at least and at most (None = any number), and whether a session is due.

    ``writes`` functions leave a line in the master log.
    """

    name: str
    least: int
    most: int | None
    session: bool
    writes: bool
    answer: Callable[[Call], Answer]


def _row(
    name: str,
    arguments: str,
    answer: Callable[[Call], Answer],
    *,
    session: bool = True,
    writes: bool = False,
) -> Function:
    least, _, most = arguments.partition("-")
    upper = int(least) if not _ else int(most) if most else None
    return Function(name, int(least), upper, session, writes, answer)


FUNCTIONS = (
    _row("agentAlter", "1-2", agent.alter, session=False, writes=True),
    _row("agentGetLog", "0", agent.get_log),
    _row("agentGetStatus", "0", agent.get_status),
    _row("agentPing", "0", agent.ping, session=False),
    _row("agentRestart", "0", agent.restart, writes=True),
    _row("agentShutdown", "0", agent.shutdown, writes=True),
    _row("agentStart", "0", agent.start, writes=True),
    _row("configActivate", "1", config.activate, writes=True),
    _row("configCreate", "1", config.create, writes=True),
    _row("configDelete", "1", config.delete, writes=True),
    _row("configGetID", "2", files.config_get_id),
    _row("configGetList", "0", config.get_list),
    _row("configGetScript", "2", files.config_get_script),
    _row("configGetStatus", "1", config.get_status),
    _row("configGetTasks", "1", config.get_tasks),
    _row("configNewID", "2-", files.config_new_id, writes=True),
    _row("configSaveID", "3", files.config_save_id, writes=True),
    _row("configSaveScript", "3", files.config_save_script, writes=True),
    _row("configSaveTasks", "2", config.save_tasks, writes=True),
    _row("hostCloseSession", "0-1", agent.close_session, session=False),
    _row("hostGetMachine", "0", agent.get_machine),
    _row("hostOpenSession", "1-", agent.open_session, session=False),
    _row("sharedGetID", "1", files.shared_get_id),
    _row("sharedGetPreset", "1", files.get_preset),
    _row("sharedGetPresetList", "0", files.get_preset_list),
    _row("sharedGetScript", "1", files.shared_get_script),
    _row("sharedNewID", "1-", files.shared_new_id, writes=True),
    _row("sharedSaveID", "2", files.shared_save_id, writes=True),
    _row("sharedSaveScript", "2", files.shared_save_script, writes=True),
    _row("taskGetLog", "2", task.get_log),
    _row("taskGetStatus", "2", task.get_status),
    _row("taskPause", "2", task.pause, writes=True),
    _row("taskReset", "2", task.reset, writes=True),
    _row("taskResume", "2", task.resume, writes=True),
    _row("templateGetList", "0", files.get_template_list),
    _row("templateGetTask", "1", files.get_template),
    _row("templateSaveTask", "1", files.save_template, writes=True),
)

_EXACT = {function.name: function for function in FUNCTIONS}
_FOLDED = {function.name.lower(): function for function in FUNCTIONS}


def find(name: str, switches: Switches) -> Function:
    """The function of a name on the wire; 408 if there is none.

    ``tempateGetTask`` stands in the guide's 4.36, ``templateGetTask`` in its Table 3.
    """
    folded = switches.function_case == "any"
    spoken = name.lower() if folded else name
    for spelling in ("templateGetTask", "tempateGetTask"):
        if spoken == (spelling.lower() if folded else spelling):
            if switches.template_get not in ("both", spelling):
                raise invalid(f"no function {name!r}")
            return _EXACT["templateGetTask"]
    function = (_FOLDED if folded else _EXACT).get(spoken)
    if function is None:
        raise invalid(f"no function {name!r}")
    return function
