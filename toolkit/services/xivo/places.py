"""The places of the API but for the users: what each has; ``verbs.py`` has what that does."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.decoding import Nested
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


class LineEndpoints(Namespace):
    """The endpoint of a line, by its kind."""

    sip = Part(Association)
    sccp = Part(Association)
    custom = Part(Association)


class LineExtensions(Association, Creates):
    """The extensions of a line; ``create`` is deprecated."""


class OldAssociation(Gets, Creates, Deletes):
    """An association in its deprecated form."""


class Lines(Crud):
    """The lines."""

    devices = Part(Association)
    endpoints = Part(LineEndpoints)
    extension = Part(OldAssociation)
    extensions = Part(LineExtensions)
    users = Part(Shown)


class OldLine(Gets):
    """The line of an extension in its deprecated form."""


class Extensions(Crud):
    """The extensions."""

    line = Part(OldLine)
    lines = Part(Shown)


class Voicemails(Crud):
    """The voicemails."""

    users = Part(Shown)


class Devices(Crud):
    """The devices. Two of their GETs act: ``autoprov`` and ``synchronize``."""

    lines = Part(Shown)

    def autoprov(self, *ids: Id) -> pd.DataFrame:
        """Reset a device to automatic provisioning. Changes state; it is never repeated."""
        return self._run("autoprov", ids)

    def synchronize(self, *ids: Id) -> pd.DataFrame:
        """Make a device fetch its configuration. Changes state; it is never repeated."""
        return self._run("synchronize", ids)


class EndpointSip(Crud):
    """The SIP endpoints."""

    lines = Part(Shown)
    trunks = Part(Shown)


class EndpointSccp(Crud):
    """The SCCP endpoints."""

    lines = Part(Shown)


class EndpointCustom(Crud):
    """The custom endpoints."""

    lines = Part(Shown)
    trunks = Part(Shown)


class Endpoints(Namespace):
    """The endpoints, by their kind."""

    sip = Part(EndpointSip)
    sccp = Part(EndpointSccp)
    custom = Part(EndpointCustom)


# --- calls in and out ----------------------------------------------------------------------------


class GivenExtensions(Adds, Removes):
    """The extensions of it; they are listed in the object itself."""


class MemberUsers(Replaces):
    """The users of a group: ``replace(users=[{"uuid": ...}])``."""


class GroupMembers(Namespace):
    """The members of a group."""

    users = Part(MemberUsers)


class Groups(Crud):
    """The groups."""

    extensions = Part(GivenExtensions)
    members = Part(GroupMembers)


class Incalls(Crud):
    """The incoming calls."""

    extensions = Part(GivenExtensions)


class OutcallTrunks(Replaces):
    """The trunks of an outgoing call: ``replace(trunks=[{"id": 1}])``."""


class Outcalls(Crud):
    """The outgoing calls."""

    extensions = Part(GivenExtensions)
    trunks = Part(OutcallTrunks)


class TrunkEndpoints(Namespace):
    """The endpoint of a trunk, by its kind."""

    sip = Part(Association)
    custom = Part(Association)


class Trunks(Crud):
    """The trunks."""

    endpoints = Part(TrunkEndpoints)


class Ivr(Crud):
    """The voice menus."""


class CallPermissions(Crud):
    """The call permissions."""

    users = Part(Shown)


class QueueAgents(Creates, Gets, Updates, Deletes):
    """The agents of a queue: ``create(agent_id=7, penalty=1)``."""


class QueueMembers(Namespace):
    """The members of a queue."""

    agents = Part(QueueAgents)


class Queues(Namespace):
    """The queues; confd 16.15 knows their members only."""

    members = Part(QueueMembers)


class Switchboards(Lists):
    """The switchboards."""

    def stats(
        self, *ids: Id, start_date: Date | None = None, end_date: Date | None = None
    ) -> pd.DataFrame:
        """The statistics of a switchboard, one row a day."""
        return self._run("stats", ids, start_date=start_date, end_date=end_date)


class CallLogs(Namespace):
    """The call log."""

    def list(
        self,
        *,
        start_date: Date | None = None,
        end_date: Date | None = None,
        timezone: str = "UTC",
    ) -> pd.DataFrame:
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
        if (start_date is None) != (end_date is None):
            raise InvalidArgument("give start_date and end_date, both or none")
        return self._run("list", start_date=start_date, end_date=end_date, timezone=timezone)


# --- the rest ------------------------------------------------------------------------------------


class Contexts(Crud):
    """The contexts."""


class Entities(Lists, Gets, Creates, Deletes):
    """The entities; confd cannot change one."""


class LinesSip(Shown, Gets, Creates, Updates, Deletes):
    """SIP lines in their deprecated form."""


class CtiProfiles(Shown, Gets):
    """The CTI profiles."""


class TemplateKeys(Gets, Updates, Deletes):
    """The keys of a template, by their position."""


class FuncKeyTemplates(Lists, Gets, Creates, Deletes):
    """The templates of function keys."""

    keys = Part(TemplateKeys)
    users = Part(Shown)


class FuncKeys(Namespace):
    """Function keys: their templates and what they may point at."""

    templates = Part(FuncKeyTemplates)
    destinations = Part(Shown)


class Setting(Gets, Updates):
    """One object that is read and changed."""


class AsteriskSip(Namespace):
    """The configuration of SIP."""

    general = Part(Setting)


class Asterisk(Namespace):
    """The configuration of Asterisk."""

    sip = Part(AsteriskSip)


class Configuration(Namespace):
    """The configuration of confd itself."""

    live_reload = Part(Setting)


class Infos(Gets):
    """The uuid of the server."""


class Wizard(Gets, Creates):
    """The first set-up of a server. Needs no login."""

    def discover(self, *, nested: Nested = "json") -> pd.DataFrame:
        """What the server found out about its network; only before it is set up."""
        return self._run("discover", nested=nested)
