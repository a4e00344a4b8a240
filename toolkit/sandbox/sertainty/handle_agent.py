"""The agent and the host: status, start, stop, log, machine, sessions (guide 4.1-4.7, 4.20-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.sandbox.sertainty.codes import fault, invalid
from toolkit.sandbox.sertainty.envelope import Reply, Result

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.gateway import Call

APPLICATION = "Sertainty Data Protector"
VERSION = "3.4.0"


def alter(call: Call) -> None:
    """agentAlter: the last argument is the option, wherever the session stands (6.1)."""
    style, count = call.switches.alter_style, len(call.arguments)
    first = call.text(0) if count == 2 else None
    counts, session = {
        "any": ((1, 2), call.session or first),
        "args": ((2,), first),
        "session": ((1,), call.session),
        "both": ((2,), call.session),
    }[style]
    if count not in counts:
        raise invalid(f"agentAlter takes {counts[0]} arguments here, not {count}")
    call.need_session(session)
    if style == "both" and first != call.session:
        raise invalid("the first argument is not the session")
    option = call.text(-1).lower()
    if option not in ("enable", "disable"):
        raise invalid("the option must be Enable or Disable")
    call.store.set("disabled", option == "disable")
    call.note("Warning" if option == "disable" else "Info", f"Agent set to {option}d")


def get_log(call: Call) -> list[Result]:
    """AgentGetLog."""
    return [Result(call.log_document())]


def get_status(call: Call) -> list[Result]:
    """agentGetStatus: six values in order."""
    active = call.store.get("active", "")
    agent = "Active"
    if not call.store.get("running", default=True):
        agent = "Offline"
    elif call.store.get("disabled", default=False):
        agent = "Disabled"
    return call.texts(agent, APPLICATION, VERSION, active, *call.config_status(active))


def ping(call: Call) -> None:
    """agentPing: only an agent that runs answers (guide 4.4)."""
    if not call.store.get("running", default=True):
        if call.switches.offline_ping == "silence":
            call.silent = True
        raise fault("The agent is offline")


def restart(call: Call) -> None:
    """agentRestart: ends all tasks and begins a new master log."""
    call.gateway.stop_agent(call.now)
    call.gateway.start_agent(call.now)


def shutdown(call: Call) -> None:
    """AgentShutdown."""
    if call.store.get("running", default=True):
        call.note("Warning", f"Agent shut down by {call.user}")
        call.gateway.stop_agent(call.now)
    call.store.set("by_hand", value=True)


def start(call: Call) -> None:
    """agentStart: refused after a shutdown if the switch ``manual_start`` is on (6.15)."""
    if call.store.get("running", default=True):
        return
    if call.switches.manual_start and call.store.get("by_hand", default=False):
        raise fault("The agent was shut down: an administrator must start it on the host")
    call.gateway.start_agent(call.now)


def close_session(call: Call) -> None:
    """hostCloseSession: the id is the argument; a Session element does as well (6.6)."""
    session = call.text(0) if call.arguments else call.session
    user = call.gateway.auth.close_session(session, call.now, call.switches)
    call.note("Info", f"Session of {user} closed", source="Host")


def open_session(call: Call) -> Reply:
    """hostOpenSession: the user, then named answers."""
    user = call.text(0)
    reply = call.gateway.auth.open_session(
        user, call.arguments[1:], call.peer, call.now, call.switches
    )
    text = "Session opened for" if reply.code == 1 else "Challenge sent to"
    call.note("Info", f"{text} {user}", source="Host")
    return reply


def get_machine(call: Call) -> list[Result]:
    """HostGetMachine."""
    return [Result(call.gateway.fingerprint)]
