"""The places of the API but for the users: what each has; ``verbs.py`` has what that does."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.client import Frame
from toolkit.services.base.decoding import Nested
from toolkit.services.base.driving import Flow
from toolkit.services.xivo.verbs import (
    Adds,
    Association,
    Creates,
    Crud,
    Deletes,
    Gets,
    Id,
    Lists,
    Namespace,
    Part,
    Removes,
    Replaces,
    Shown,
    Updates,
)

Date = str | dt.date
"""A date or a time, as ISO 8601 text or an object; without a zone it is the server's own time."""


# --- lines, extensions and what they are made of -------------------------------------------------


class LineEndpoints(Namespace[Frame]):
    """The endpoint of a line, by its kind."""

    sip: Part[Association[Frame]] = Part(Association)
    sccp: Part[Association[Frame]] = Part(Association)
    custom: Part[Association[Frame]] = Part(Association)


class LineExtensions(Association[Frame], Creates[Frame]):
    """The extensions of a line; ``create`` is deprecated."""


class OldAssociation(Gets[Frame], Creates[Frame], Deletes[Frame]):
    """An association in its deprecated form."""


class Lines(Crud[Frame]):
    """The lines."""

    devices: Part[Association[Frame]] = Part(Association)
    endpoints: Part[LineEndpoints[Frame]] = Part(LineEndpoints)
    extension: Part[OldAssociation[Frame]] = Part(OldAssociation)
    extensions: Part[LineExtensions[Frame]] = Part(LineExtensions)
    users: Part[Shown[Frame]] = Part(Shown)


class OldLine(Gets[Frame]):
    """The line of an extension in its deprecated form."""


class Extensions(Crud[Frame]):
    """The extensions."""

    line: Part[OldLine[Frame]] = Part(OldLine)
    lines: Part[Shown[Frame]] = Part(Shown)


class Voicemails(Crud[Frame]):
    """The voicemails."""

    users: Part[Shown[Frame]] = Part(Shown)


class Devices(Crud[Frame]):
    """The devices. Two of their GETs act: ``autoprov`` and ``synchronize``."""

    lines: Part[Shown[Frame]] = Part(Shown)

    def autoprov(self, *ids: Id) -> Frame:
        """Reset a device to automatic provisioning. Changes state; it is never repeated."""
        return self._run("autoprov", ids)

    def synchronize(self, *ids: Id) -> Frame:
        """Make a device fetch its configuration. Changes state; it is never repeated."""
        return self._run("synchronize", ids)


class EndpointSip(Crud[Frame]):
    """The SIP endpoints."""

    lines: Part[Shown[Frame]] = Part(Shown)
    trunks: Part[Shown[Frame]] = Part(Shown)


class EndpointSccp(Crud[Frame]):
    """The SCCP endpoints."""

    lines: Part[Shown[Frame]] = Part(Shown)


class EndpointCustom(Crud[Frame]):
    """The custom endpoints."""

    lines: Part[Shown[Frame]] = Part(Shown)
    trunks: Part[Shown[Frame]] = Part(Shown)


class Endpoints(Namespace[Frame]):
    """The endpoints, by their kind."""

    sip: Part[EndpointSip[Frame]] = Part(EndpointSip)
    sccp: Part[EndpointSccp[Frame]] = Part(EndpointSccp)
    custom: Part[EndpointCustom[Frame]] = Part(EndpointCustom)


# --- calls in and out ----------------------------------------------------------------------------


class GivenExtensions(Adds[Frame], Removes[Frame]):
    """The extensions of it; they are listed in the object itself."""


class MemberUsers(Replaces[Frame]):
    """The users of a group: ``replace(users=[{"uuid": ...}])``."""


class GroupMembers(Namespace[Frame]):
    """The members of a group."""

    users: Part[MemberUsers[Frame]] = Part(MemberUsers)


class Groups(Crud[Frame]):
    """The groups."""

    extensions: Part[GivenExtensions[Frame]] = Part(GivenExtensions)
    members: Part[GroupMembers[Frame]] = Part(GroupMembers)


class Incalls(Crud[Frame]):
    """The incoming calls."""

    extensions: Part[GivenExtensions[Frame]] = Part(GivenExtensions)


class OutcallTrunks(Replaces[Frame]):
    """The trunks of an outgoing call: ``replace(trunks=[{"id": 1}])``."""


class Outcalls(Crud[Frame]):
    """The outgoing calls."""

    extensions: Part[GivenExtensions[Frame]] = Part(GivenExtensions)
    trunks: Part[OutcallTrunks[Frame]] = Part(OutcallTrunks)


class TrunkEndpoints(Namespace[Frame]):
    """The endpoint of a trunk, by its kind."""

    sip: Part[Association[Frame]] = Part(Association)
    custom: Part[Association[Frame]] = Part(Association)


class Trunks(Crud[Frame]):
    """The trunks."""

    endpoints: Part[TrunkEndpoints[Frame]] = Part(TrunkEndpoints)


class Ivr(Crud[Frame]):
    """The voice menus."""


class CallPermissions(Crud[Frame]):
    """The call permissions."""

    users: Part[Shown[Frame]] = Part(Shown)


class QueueAgents(Creates[Frame], Gets[Frame], Updates[Frame], Deletes[Frame]):
    """The agents of a queue: ``create(agent_id=7, penalty=1)``."""


class QueueMembers(Namespace[Frame]):
    """The members of a queue."""

    agents: Part[QueueAgents[Frame]] = Part(QueueAgents)


class Queues(Namespace[Frame]):
    """The queues; confd 16.15 knows their members only."""

    members: Part[QueueMembers[Frame]] = Part(QueueMembers)


class Switchboards(Lists[Frame]):
    """The switchboards."""

    def stats(
        self, *ids: Id, start_date: Date | None = None, end_date: Date | None = None
    ) -> Frame:
        """The statistics of a switchboard, one row a day."""
        return self._run("stats", ids, start_date=start_date, end_date=end_date)


class CallLogs(Namespace[Frame]):
    """The call log."""

    def list(
        self,
        *,
        start_date: Date | None = None,
        end_date: Date | None = None,
        timezone: str = "UTC",
    ) -> Frame:
        """The calls, one row each.

        Parameters
        ----------
        start_date, end_date : str or date, optional
            Both or none; ``2026-01-31`` or ``2026-01-31T08:00:00``, in the server's own time.
        timezone : str
            The server's own, as ``Europe/Paris``: its log names none.

        Returns
        -------
        DataFrame
            ``call_date`` datetime64[us, UTC], ``caller`` str, ``called`` str, ``period`` Int64
            (seconds), ``user_field`` str.
        """
        return self._drive(self._listed(start_date, end_date, timezone))

    def _listed(self, start: Date | None, end: Date | None, timezone: str) -> Flow[pd.DataFrame]:
        if (start is None) != (end is None):
            raise InvalidArgument("give start_date and end_date, both or none")
        span = {} if start is None else {"start_date": start, "end_date": end}
        return (yield from self._called("list", (), {**span, "timezone": timezone}))


# --- the rest ------------------------------------------------------------------------------------


class Contexts(Crud[Frame]):
    """The contexts."""


class Entities(Lists[Frame], Gets[Frame], Creates[Frame], Deletes[Frame]):
    """The entities; confd cannot change one."""


class LinesSip(Shown[Frame], Gets[Frame], Creates[Frame], Updates[Frame], Deletes[Frame]):
    """SIP lines in their deprecated form."""


class CtiProfiles(Shown[Frame], Gets[Frame]):
    """The CTI profiles."""


class TemplateKeys(Gets[Frame], Updates[Frame], Deletes[Frame]):
    """The keys of a template, by their position."""


class FuncKeyTemplates(Lists[Frame], Gets[Frame], Creates[Frame], Deletes[Frame]):
    """The templates of function keys."""

    keys: Part[TemplateKeys[Frame]] = Part(TemplateKeys)
    users: Part[Shown[Frame]] = Part(Shown)


class FuncKeys(Namespace[Frame]):
    """Function keys: their templates and what they may point at."""

    templates: Part[FuncKeyTemplates[Frame]] = Part(FuncKeyTemplates)
    destinations: Part[Shown[Frame]] = Part(Shown)


class Setting(Gets[Frame], Updates[Frame]):
    """One object that is read and changed."""


class AsteriskSip(Namespace[Frame]):
    """The configuration of SIP."""

    general: Part[Setting[Frame]] = Part(Setting)


class Asterisk(Namespace[Frame]):
    """The configuration of Asterisk."""

    sip: Part[AsteriskSip[Frame]] = Part(AsteriskSip)


class Configuration(Namespace[Frame]):
    """The configuration of confd itself."""

    live_reload: Part[Setting[Frame]] = Part(Setting)


class Infos(Gets[Frame]):
    """The uuid of the server."""


class Wizard(Gets[Frame], Creates[Frame]):
    """The first set-up of a server. Needs no login."""

    def discover(self, *, nested: Nested = "json") -> Frame:
        """What the server found out about its network; only before it is set up."""
        return self._run("discover", nested=nested)
