"""The 37 functions as methods, grouped by the object they act on.

Each method is one row of the table in ``functions.py``; what they share is said once, here.

Every method returns a DataFrame (that of an async gateway is awaited for it) and raises
:class:`toolkit.outcomes.CallError`: AccessDenied (3), NotFound (213), Conflict (232),
InvalidRequest (408), ServerFault (502), UnknownStatus, BadReply, Unreachable, TimedOut,
ConnectionLost; and InvalidArgument or NoSession before anything is sent.

A function that gives no results returns one row: ``function`` str, ``target`` str, ``code``
Int64, ``label`` str, ``category`` category, ``message`` str, ``elapsed`` float64 (seconds),
``at`` datetime64[us, UTC]. Sections are those of the Data Protector Web API guide.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal

from toolkit.cards import listed
from toolkit.services.base.client import Frame
from toolkit.services.sertainty.functions import TABLE

if TYPE_CHECKING:
    from toolkit.services.sertainty.basegateway import BaseGateway
    from toolkit.services.sertainty.call import Call

Contents = bytes | bytearray | memoryview | str | os.PathLike[str]
"""Bytes, a text (written as UTF-8), or the path of a file."""


class _Namespace(Generic[Frame]):
    """One object's functions."""

    _prefix = ""

    def __init__(self, gateway: BaseGateway[Frame]) -> None:
        self._gateway = gateway

    def __repr__(self) -> str:
        names = [name for name in dir(type(self)) if not name.startswith("_")]
        return f"<{self._gateway.service_name} {self._prefix}: {', '.join(names)}>"

    def _repr_html_(self) -> str:
        own = [one for one in TABLE.all if one.method.startswith(f"{self._prefix}.")]
        summary = (type(self).__doc__ or "").strip()
        rows = [(one.signature, one.summary) for one in own]
        return listed(f"{self._gateway.service_name} {self._prefix}", summary, rows)

    def _call(self, name: str, *values: Any) -> Frame:
        return self._gateway.call(name, *values)


class Agent(_Namespace[Frame]):
    """The agent: the process that runs the tasks."""

    _prefix = "agent"

    def alter(self, option: Literal["Enable", "Disable"]) -> Frame:
        """Enable or disable the agent's workflow system (4.1). Changes state.

        Examples
        --------
        >>> gateway.agent.alter("Enable")["label"].item()
        'SUCCESS'
        """
        return self._call("agentAlter", option)

    def get_log(self) -> Frame:
        """The agent's master log (4.2): one row an entry, columns as the log has them.

        Attributes and leaf children become columns; times are datetime64[us, UTC]. A log that is
        still being written is read as far as it goes and flagged in ``attrs["truncated"]``.
        """
        return self._call("agentGetLog")

    def get_status(self) -> Frame:
        """The agent's state and its active configuration (4.3), one row.

        Columns: ``agent_status`` category (Active, Disabled, Offline), ``application_name`` str,
        ``application_version`` str, ``config`` str, ``config_status`` category (Active, Disabled,
        Idle), ``task_status`` category (Normal, Errors).
        """
        return self._call("agentGetStatus")

    def ping(self) -> Frame:
        """Whether the agent answers (4.4). Needs no session.

        Raises
        ------
        TimedOut, Unreachable
            The agent may not be running.
        """
        return self._call("agentPing")

    def restart(self) -> Frame:
        """Restart the agent: ends all scheduled tasks, starts a new log (4.5). Changes state."""
        return self._call("agentRestart")

    def shutdown(self) -> Frame:
        """Stop the agent; starting it may need a person at the host (4.6). Changes state."""
        return self._call("agentShutdown")

    def start(self) -> Frame:
        """Start the agent (4.7). Changes state."""
        return self._call("agentStart")


class Config(_Namespace[Frame]):
    """Configurations: their tasks, IDs and scripts."""

    _prefix = "config"

    def activate(self, config_name: str) -> Frame:
        """Make it the active configuration, so that its tasks run (4.8). Changes state."""
        return self._call("configActivate", config_name)

    def create(self, config_name: str) -> Frame:
        """Make a configuration with no tasks (4.9). Changes state; Conflict when it exists."""
        return self._call("configCreate", config_name)

    def delete(self, config_name: str) -> Frame:
        """Delete a configuration with its tasks, logs and statistics (4.10). Destroys data."""
        return self._call("configDelete", config_name)

    def get_id(self, config_name: str, id_name: str) -> Frame:
        """The contents of an ID (4.11), one row.

        Columns: ``config`` str, ``id`` str, ``contents`` object (bytes), ``size`` Int64 (bytes),
        ``sha256`` str (hexadecimal).
        """
        return self._call("configGetID", config_name, id_name)

    def get_list(self) -> Frame:
        """The names of all configurations (4.12): column ``config`` str, one row each."""
        return self._call("configGetList")

    def get_script(self, config_name: str, script_name: str) -> Frame:
        """The contents of a script (4.13), one row.

        Columns: ``config`` str, ``script`` str, ``contents`` object (bytes), ``size`` Int64
        (bytes), ``sha256`` str. Text: ``frame["contents"].item().decode()``.
        """
        return self._call("configGetScript", config_name, script_name)

    def get_status(self, config_name: str) -> Frame:
        """A configuration's state (4.14), one row.

        Columns: ``config`` str, ``config_status`` category (Active, Disabled, Idle),
        ``task_status`` category (Normal, Errors).
        """
        return self._call("configGetStatus", config_name)

    def get_tasks(self, config_name: str) -> Frame:
        """The task definitions (4.15): one row a task, columns as the definitions have them."""
        return self._call("configGetTasks", config_name)

    def new_id(
        self, config_name: str, id_name: str, *machine_fingerprint: Contents | Call
    ) -> Frame:
        """Make a machine ID (4.16). Changes state; Conflict when it exists.

        With no fingerprint it holds the current machine's, else only those given: XML as
        ``gateway.fetch("hostGetMachine")`` brings it.
        """
        return self._call("configNewID", config_name, id_name, *machine_fingerprint)

    def save_id(self, config_name: str, id_name: str, id_contents: Contents) -> Frame:
        """Save an ID (4.17). Changes state; the last write wins."""
        return self._call("configSaveID", config_name, id_name, id_contents)

    def save_script(self, config_name: str, script_name: str, script_contents: Contents) -> Frame:
        """Save a script (4.18). Changes state; the last write wins."""
        return self._call("configSaveScript", config_name, script_name, script_contents)

    def save_tasks(self, config_name: str, tasks_contents: Contents) -> Frame:
        """Replace ALL task definitions of a configuration (4.19). Changes state."""
        return self._call("configSaveTasks", config_name, tasks_contents)


class Host(_Namespace[Frame]):
    """The gateway's host: sessions and the machine."""

    _prefix = "host"

    def close_session(self) -> Frame:
        """End the session of this gateway (4.20). Changes state."""
        return self._gateway.close_session()

    def get_machine(self) -> Frame:
        """The machine's fingerprint (4.21) as one row.

        The document itself, to make an ID with: ``gateway.fetch("hostGetMachine").document``.
        """
        return self._call("hostGetMachine")

    def open_session(
        self, client_user: str, answers: Mapping[str, str] | Sequence[str] = ()
    ) -> Frame:
        """One step of the login by hand (4.22); ``login_with`` does the whole loop.

        Parameters
        ----------
        answers : mapping of name to answer, or sequence (named ``prompt-1`` …)

        Returns
        -------
        DataFrame
            ``state`` category (granted, challenged), ``name`` str, ``prompt`` str: one row a
            prompt, or one row ``granted``. The session id stays in the gateway.

        Raises
        ------
        AccessDenied
            The gateway said no.
        """
        return self._gateway.open_session(client_user, answers)


class Shared(_Namespace[Frame]):
    """What all configurations share: IDs, scripts and rule presets."""

    _prefix = "shared"

    def get_id(self, id_name: str) -> Frame:
        """The contents of a shared ID (4.23), one row.

        Columns: ``id`` str, ``contents`` object (bytes), ``size`` Int64 (bytes), ``sha256`` str.
        """
        return self._call("sharedGetID", id_name)

    def get_preset(self, preset_name: str) -> Frame:
        """A rule preset (4.25): one row a rule, columns as the preset has them."""
        return self._call("sharedGetPreset", preset_name)

    def get_preset_list(self) -> Frame:
        """The names of all rule presets (4.26): column ``preset`` str, one row each."""
        return self._call("sharedGetPresetList")

    def get_script(self, script_name: str) -> Frame:
        """The contents of a shared script (4.24), one row.

        Columns: ``script`` str, ``contents`` object (bytes), ``size`` Int64, ``sha256`` str.
        """
        return self._call("sharedGetScript", script_name)

    def new_id(self, id_name: str, *machine_fingerprint: Contents | Call) -> Frame:
        """Make a machine ID (4.27), as ``config.new_id``. Changes state."""
        return self._call("sharedNewID", id_name, *machine_fingerprint)

    def save_id(self, id_name: str, id_contents: Contents) -> Frame:
        """Save a shared ID (4.28). Changes state; the last write wins."""
        return self._call("sharedSaveID", id_name, id_contents)

    def save_script(self, script_name: str, script_contents: Contents) -> Frame:
        """Save a shared script (4.29). Changes state; the last write wins."""
        return self._call("sharedSaveScript", script_name, script_contents)


class Task(_Namespace[Frame]):
    """The tasks of a configuration: their status, log and execution."""

    _prefix = "task"

    def get_log(self, config_name: str, task_name: str) -> Frame:
        """A task's log (4.30): one row an entry, columns as the log has them."""
        return self._call("taskGetLog", config_name, task_name)

    def get_status(self, config_name: str, task_name: str) -> Frame:
        """A task's status record (4.31), one row.

        Columns: ``config`` str, ``task`` str, ``start_time``, ``end_time``, ``last_error_time``
        datetime64[us, UTC], ``status`` category (Error, Executing, Idle, Paused, Waiting; an
        unknown one is kept), ``error`` str, ``executions`` Int64, ``errors`` Int64. A time or a
        count in an unknown form stays text, and its column is then str.
        """
        return self._call("taskGetStatus", config_name, task_name)

    def pause(self, config_name: str, task_name: str) -> Frame:
        """Pause a task, or all with ``"*"`` (4.32). Changes state."""
        return self._call("taskPause", config_name, task_name)

    def reset(self, config_name: str, task_name: str) -> Frame:
        """Delete a task's statistics and log, or all tasks' with ``"*"`` (4.33). Destroys data."""
        return self._call("taskReset", config_name, task_name)

    def resume(self, config_name: str, task_name: str) -> Frame:
        """Resume a paused task, or all with ``"*"`` (4.34). Changes state."""
        return self._call("taskResume", config_name, task_name)


class Template(_Namespace[Frame]):
    """Task definitions kept as templates."""

    _prefix = "template"

    def get_list(self) -> Frame:
        """The names of all templates (4.35): column ``template`` str, one row each."""
        return self._call("templateGetList")

    def get_task(self, task_name: str) -> Frame:
        """A template's task definition (4.36), as one row."""
        return self._call("templateGetTask", task_name)

    def save_task(self, task_definition: Contents) -> Frame:
        """Save a task definition as a template; its name is inside (4.37). Changes state."""
        return self._call("templateSaveTask", task_definition)
