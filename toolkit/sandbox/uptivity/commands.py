"""The commands by their TYPE: those that the vendor confirms, and those that must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.sandbox.uptivity import calls, live, people, recordings, users
from toolkit.sandbox.uptivity.codes import OK
from toolkit.sandbox.uptivity.envelope import Reply, Request

if TYPE_CHECKING:
    from toolkit.sandbox.uptivity.engine import Engine, Handler


def test(engine: Engine, request: Request) -> Reply:  # noqa: ARG001
    """Say that the server is there."""
    return Reply(OK)


CONFIRMED: dict[str, Handler] = {
    "TEST": test,
    "CALLSTART": calls.start,
    "CALLUPDATE": calls.update,
    "CALLSTOP": calls.stop,
    "CALLLIST": calls.listing,
    "IMPORTUSER": users.importuser,
}

# Their names are invented: result codes and parameters say only that such commands exist.
EXPERIMENTAL: dict[str, Handler] = {
    "RECORDSTART": recordings.start,
    "RECORDSTOP": recordings.stop,
    "RECORDUPDATE": recordings.update,
    "RECORDINGLIST": recordings.listing,
    "RECORDINGGET": recordings.fetch,
    "ARCHIVE": recordings.archive,
    "BLACKOUTSTART": live.blackout_start,
    "BLACKOUTSTOP": live.blackout_stop,
    "MONITORSTART": live.monitor_start,
    "MONITORSTOP": live.monitor_stop,
    "EVENTREGISTER": live.register,
    "CHANNELLIST": live.channels,
    "AGENTLOGON": people.logon,
    "AGENTLOGOFF": people.logoff,
    "AGENTADD": people.add_agent,
    "AGENTLIST": people.agents,
    "IMPORTROLE": people.importrole,
}
