"""The gateway's 37 functions (guide section 4; the sheet's table in section 5).

One table drives encoding, decoding, the retry rule, ``toolkit.functions("sertainty")`` and the
documentation.
"""

from __future__ import annotations

from toolkit.frames import Column
from toolkit.services.base.functions import (
    Argument,
    Function,
    FunctionTable,
    Result,
    SessionPlace,
)

AGENT_STATUS = ("Active", "Disabled", "Offline")
CONFIG_STATUS = ("Active", "Disabled", "Idle")
TASKS_STATUS = ("Normal", "Errors")
TASK_STATUS = ("Error", "Executing", "Idle", "Paused", "Waiting")

_SESSION = Argument("session-id", "session")
_CONFIG = Argument("config-name", names=True, listed="configGetList.config")
_NEW_CONFIG = Argument("config-name", names=True)
_TASK = Argument("task-name", names=True, listed="configGetTasks.name")
_TASKS = Argument("task-name", names=True, wildcard=True, listed="configGetTasks.name")
_TEMPLATE = Argument("task-name", names=True, listed="templateGetList.template")
_ID = Argument("id-name", names=True)
_SCRIPT = Argument("script-name", names=True)
_PRESET = Argument("preset-name", names=True, listed="sharedGetPresetList.preset")
_ID_CONTENTS = Argument("id-contents", "binary")
_SCRIPT_CONTENTS = Argument("script-contents", "binary")
_FINGERPRINTS = Argument("machine-fingerprint", "xml", repeated=True)

_OWN_ID = (Result("id-contents", "binary", "contents"),)
_OWN_SCRIPT = (Result("script-contents", "binary", "contents"),)
_CONFIG_AND_TASKS = (
    Result("config-status", "category", "config_status", choices=CONFIG_STATUS),
    Result("task-status", "category", "task_status", choices=TASKS_STATUS),
)
_STATUS_RECORD = (
    Result("StartTime", "time", "start_time", about="start of the last execution (UTC)"),
    Result("EndTime", "time", "end_time", about="end of the last execution (UTC)"),
    Result("LastErrorTime", "time", "last_error_time", about="time of the last error (UTC)"),
    Result("Status", "category", "status", choices=TASK_STATUS, about="what the task is doing"),
    Result("Error", "text", "error", about="message of the last error"),
    Result("ExecCnt", "integer", "executions", about="executions since the last reset"),
    Result("ErrorCnt", "integer", "errors", about="errors since the last reset"),
)

_LOG = (Column("time", "time"), Column("level", "category"), Column("source"), Column("text"))
_DEFINITIONS = (Column("name"), Column("kind", "category"))

_SAME_AGAIN = "sets a value: calling it again is safe"
_EXISTS_MEANS_DONE = "call it again: 232 means that the first one was done"
_GONE_MEANS_DONE = "call it again: 213 means that the first one was done"


def _row(
    name: str,
    method: str,
    summary: str,
    section: str,
    arguments: tuple[Argument, ...] = (),
    results: tuple[Result, ...] = (),
    *,
    codes: tuple[int, ...] = (),
    session: SessionPlace = SessionPlace.ELEMENT,
    lost_reply: str = "",
    destroys: bool = False,
    named: bool = False,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        service="sertainty",
        name=name,
        method=method,
        summary=summary,
        arguments=arguments,
        results=results,
        named_results=named,
        session=session,
        changes=bool(lost_reply),
        destroys=destroys,
        lost_reply=lost_reply,
        codes=codes,
        section=section,
        aliases=aliases,
    )


TABLE = FunctionTable(
    "sertainty",
    (
        _row(
            "agentAlter",
            "agent.alter",
            "Enable or disable the agent's workflow system.",
            "4.1",
            (_SESSION, Argument("alter-option", "choice", choices=("Disable", "Enable"))),
            session=SessionPlace.ARGUMENT,
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "agentGetLog",
            "agent.get_log",
            "The agent's master log, one row an entry.",
            "4.2",
            results=(
                Result("clear-log-data", "xml", repeated=True, path="Log/Entry", records=_LOG),
            ),
            codes=(213,),
        ),
        _row(
            "agentGetStatus",
            "agent.get_status",
            "The agent's state and its active configuration.",
            "4.3",
            results=(
                Result("agent-status", "category", "agent_status", choices=AGENT_STATUS),
                Result("application-name", "text", "application_name"),
                Result("application-version", "text", "application_version"),
                Result("config-name", "text", "config"),
                *_CONFIG_AND_TASKS,
            ),
        ),
        _row(
            "agentPing",
            "agent.ping",
            "Whether the agent answers.",
            "4.4",
            session=SessionPlace.NONE,
        ),
        _row(
            "agentRestart",
            "agent.restart",
            "Restart the agent: ends all scheduled tasks and starts a new log.",
            "4.5",
            lost_reply="look at agent.get_log before calling it again: each restart ends all tasks",
        ),
        _row(
            "agentShutdown",
            "agent.shutdown",
            "Stop the agent; starting it again may need a person at the host.",
            "4.6",
            lost_reply="look at agent.get_status before calling it again",
        ),
        _row("agentStart", "agent.start", "Start the agent.", "4.7", lost_reply="call it again"),
        _row(
            "configActivate",
            "config.activate",
            "Make a configuration the active one, so that its tasks run.",
            "4.8",
            (_CONFIG,),
            codes=(213,),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "configCreate",
            "config.create",
            "Make a configuration with no tasks.",
            "4.9",
            (_NEW_CONFIG,),
            codes=(232,),
            lost_reply=_EXISTS_MEANS_DONE,
        ),
        _row(
            "configDelete",
            "config.delete",
            "Delete a configuration with its tasks, logs and statistics.",
            "4.10",
            (_CONFIG,),
            codes=(213,),
            lost_reply=_GONE_MEANS_DONE,
            destroys=True,
        ),
        _row(
            "configGetID",
            "config.get_id",
            "The contents of one of a configuration's IDs.",
            "4.11",
            (_CONFIG, _ID),
            _OWN_ID,
            codes=(213,),
        ),
        _row(
            "configGetList",
            "config.get_list",
            "The names of all configurations.",
            "4.12",
            results=(Result("config-name", "text", "config", repeated=True),),
        ),
        _row(
            "configGetScript",
            "config.get_script",
            "The contents of one of a configuration's scripts.",
            "4.13",
            (_CONFIG, _SCRIPT),
            _OWN_SCRIPT,
            codes=(213,),
        ),
        _row(
            "configGetStatus",
            "config.get_status",
            "A configuration's state, and whether its tasks have errors.",
            "4.14",
            (_CONFIG,),
            _CONFIG_AND_TASKS,
            codes=(213,),
        ),
        _row(
            "configGetTasks",
            "config.get_tasks",
            "A configuration's task definitions, one row a task.",
            "4.15",
            (_CONFIG,),
            (Result("task-definitions", "xml", repeated=True, path="Task", records=_DEFINITIONS),),
            codes=(213,),
        ),
        _row(
            "configNewID",
            "config.new_id",
            "Make a machine ID in a configuration.",
            "4.16",
            (_CONFIG, _ID, _FINGERPRINTS),
            codes=(213, 232),
            lost_reply=_EXISTS_MEANS_DONE,
        ),
        _row(
            "configSaveID",
            "config.save_id",
            "Save an ID in a configuration.",
            "4.17",
            (_CONFIG, _ID, _ID_CONTENTS),
            codes=(213,),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "configSaveScript",
            "config.save_script",
            "Save a script in a configuration.",
            "4.18",
            (_CONFIG, _SCRIPT, _SCRIPT_CONTENTS),
            codes=(213,),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "configSaveTasks",
            "config.save_tasks",
            "Replace all task definitions of a configuration.",
            "4.19",
            (_CONFIG, Argument("tasks-contents", "xml")),
            codes=(213,),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "hostCloseSession",
            "host.close_session",
            "End a session.",
            "4.20",
            (_SESSION,),
            session=SessionPlace.ARGUMENT,
            lost_reply="call it again",
        ),
        _row(
            "hostGetMachine",
            "host.get_machine",
            "The fingerprint of the agent's machine.",
            "4.21",
            results=(Result("fingerprint", "xml", path="Configuration"),),
        ),
        _row(
            "hostOpenSession",
            "host.open_session",
            "Ask for a session: granted, denied, or prompts to answer.",
            "4.22",
            (Argument("client-user", names=True), Argument("prompt-n", "answer", repeated=True)),
            (
                Result("session-id", "session"),
                Result("prompt-n", "prompt", repeated=True),
            ),
            codes=(2,),
            session=SessionPlace.NONE,
            lost_reply="log in anew: answers are never sent twice",
        ),
        _row(
            "sharedGetID",
            "shared.get_id",
            "The contents of a shared ID.",
            "4.23",
            (_ID,),
            _OWN_ID,
            codes=(213,),
        ),
        _row(
            "sharedGetPreset",
            "shared.get_preset",
            "A rule preset, one row a rule.",
            "4.25",
            (_PRESET,),
            (Result("preset-contents", "xml", path="Rule"),),
            codes=(213,),
        ),
        _row(
            "sharedGetPresetList",
            "shared.get_preset_list",
            "The names of all rule presets.",
            "4.26",
            results=(Result("preset-name", "text", "preset", repeated=True),),
        ),
        _row(
            "sharedGetScript",
            "shared.get_script",
            "The contents of a shared script.",
            "4.24",
            (_SCRIPT,),
            _OWN_SCRIPT,
            codes=(213,),
        ),
        _row(
            "sharedNewID",
            "shared.new_id",
            "Make a machine ID that every configuration may use.",
            "4.27",
            (_ID, _FINGERPRINTS),
            codes=(232,),
            lost_reply=_EXISTS_MEANS_DONE,
        ),
        _row(
            "sharedSaveID",
            "shared.save_id",
            "Save a shared ID.",
            "4.28",
            (_ID, _ID_CONTENTS),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "sharedSaveScript",
            "shared.save_script",
            "Save a shared script.",
            "4.29",
            (_SCRIPT, _SCRIPT_CONTENTS),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "taskGetLog",
            "task.get_log",
            "A task's log, one row an entry.",
            "4.30",
            (_CONFIG, _TASK),
            (Result("task-log", "xml", repeated=True, path="Log/Entry", records=_LOG),),
            codes=(213,),
        ),
        _row(
            "taskGetStatus",
            "task.get_status",
            "A task's status record: times, counts and the last error.",
            "4.31",
            (_CONFIG, _TASK),
            _STATUS_RECORD,
            codes=(213,),
            named=True,
        ),
        _row(
            "taskPause",
            "task.pause",
            "Pause a task, or all of a configuration's with '*'.",
            "4.32",
            (_CONFIG, _TASKS),
            codes=(213,),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "taskReset",
            "task.reset",
            "Delete a task's statistics and log, or all of a configuration's with '*'.",
            "4.33",
            (_CONFIG, _TASKS),
            codes=(213,),
            lost_reply="calling it again also deletes what was counted since",
            destroys=True,
        ),
        _row(
            "taskResume",
            "task.resume",
            "Resume a paused task, or all of a configuration's with '*'.",
            "4.34",
            (_CONFIG, _TASKS),
            codes=(213,),
            lost_reply=_SAME_AGAIN,
        ),
        _row(
            "templateGetList",
            "template.get_list",
            "The names of all task templates.",
            "4.35",
            results=(Result("task-name", "text", "template", repeated=True),),
        ),
        _row(
            "templateGetTask",
            "template.get_task",
            "A template's task definition, as one row.",
            "4.36",
            (_TEMPLATE,),
            (Result("task-definition", "xml", path="Task"),),
            codes=(213,),
            aliases=("tempateGetTask",),
        ),
        _row(
            "templateSaveTask",
            "template.save_task",
            "Save a task definition as a template (its name is inside).",
            "4.37",
            (Argument("task-definition", "xml"),),
            lost_reply=_SAME_AGAIN,
        ),
    ),
)
