"""The tree of the API as attributes: ``xivo.users(1).lines.add(2)``.

A place is a class that says what it has; what that does is in ``verbs.py``, and each method is one
row of the table in ``functions.py``. Paths, verbs and permissions are those of xivo-confd 16.15.

Examples
--------
>>> import toolkit
>>> from toolkit.services.xivo import connect
>>> with (
...     toolkit.sandbox.start("xivo", users=3) as box,
...     connect(box.confd, auth_url=box.auth) as xivo,
... ):
...     session = xivo.login_with(box.user, box.password)
...     users = xivo.users.list(order="id")
...     done = xivo.users(1).forwards.update("busy", enabled=True, destination="1001")
...     forwards = xivo.users(1).forwards.list()
>>> users["id"].tolist(), done["label"].item()
([1, 2, 3], 'NO_CONTENT')
>>> forwards["forward"].tolist(), forwards["destination"].iloc[0]
(['busy', 'noanswer', 'unconditional'], '1001')
"""

from __future__ import annotations

import abc
from typing import Any, ClassVar, Generic

import pandas as pd

from toolkit.services.base.asking import GivenAnswers
from toolkit.services.base.client import Frame
from toolkit.services.base.driving import Flow
from toolkit.services.base.functions import FunctionTable
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo import calling, places, userplaces
from toolkit.services.xivo.csvusers import IMPORTED, import_users
from toolkit.services.xivo.discovered import Found, Remote, discover
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.paging import PAGE, Tell
from toolkit.services.xivo.state import State
from toolkit.services.xivo.verbs import Part


class Resources(abc.ABC, Generic[Frame]):
    """The places of the API as attributes, and every operation by its name."""

    service_name: ClassVar[str] = "xivo"
    state: State
    found: Found[Frame]
    """What :meth:`discover` found, by place; there once it has run."""

    asterisk: Part[places.Asterisk[Frame]] = Part(places.Asterisk)
    call_logs: Part[places.CallLogs[Frame]] = Part(places.CallLogs)
    callpermissions: Part[places.CallPermissions[Frame]] = Part(places.CallPermissions)
    configuration: Part[places.Configuration[Frame]] = Part(places.Configuration)
    contexts: Part[places.Contexts[Frame]] = Part(places.Contexts)
    cti_profiles: Part[places.CtiProfiles[Frame]] = Part(places.CtiProfiles)
    devices: Part[places.Devices[Frame]] = Part(places.Devices)
    endpoints: Part[places.Endpoints[Frame]] = Part(places.Endpoints)
    entities: Part[places.Entities[Frame]] = Part(places.Entities)
    extensions: Part[places.Extensions[Frame]] = Part(places.Extensions)
    funckeys: Part[places.FuncKeys[Frame]] = Part(places.FuncKeys)
    groups: Part[places.Groups[Frame]] = Part(places.Groups)
    incalls: Part[places.Incalls[Frame]] = Part(places.Incalls)
    infos: Part[places.Infos[Frame]] = Part(places.Infos)
    ivr: Part[places.Ivr[Frame]] = Part(places.Ivr)
    lines: Part[places.Lines[Frame]] = Part(places.Lines)
    lines_sip: Part[places.LinesSip[Frame]] = Part(places.LinesSip)
    outcalls: Part[places.Outcalls[Frame]] = Part(places.Outcalls)
    queues: Part[places.Queues[Frame]] = Part(places.Queues)
    switchboards: Part[places.Switchboards[Frame]] = Part(places.Switchboards)
    trunks: Part[places.Trunks[Frame]] = Part(places.Trunks)
    users: Part[userplaces.Users[Frame]] = Part(userplaces.Users)
    voicemails: Part[places.Voicemails[Frame]] = Part(places.Voicemails)
    wizard: Part[places.Wizard[Frame]] = Part(places.Wizard)

    auth: Part[Remote[Frame]] = Part(Remote)
    agentd: Part[Remote[Frame]] = Part(Remote)
    call_logd: Part[Remote[Frame]] = Part(Remote)
    ctid_ng: Part[Remote[Frame]] = Part(Remote)
    dird: Part[Remote[Frame]] = Part(Remote)

    @abc.abstractmethod
    def drive(self, flow: Flow[pd.DataFrame], answers: GivenAnswers | None = None) -> Frame:
        """Run a flow to its end."""

    def call(
        self,
        function: str,
        *values: Any,
        page: int = PAGE,
        progress: Tell | None = None,
        **named: Any,
    ) -> Frame:
        """Call an operation by its name in the table, by its method, or by a filled path.

        Parameters
        ----------
        function : str
            ``"GET /users/{user_id}"``, ``"users.get"``, or ``"GET /users/1"`` with no values.
        *values
            What fills the path's holes, from left to right; then the body, where it takes one.
        **named
            Parameters of the query, or the fields of a JSON body; and ``nested``, ``secrets``,
            ``timezone``, which say what the DataFrame holds.

        Returns
        -------
        DataFrame
            As the method gives it. A list comes whole unless ``limit`` or ``offset`` is given.

        Raises
        ------
        InvalidArgument
            There is no such operation, or the arguments do not fit it; nothing was sent.
        CallError
            Any of its kinds.
        """
        return self.drive(self._called(function, values, named, page, progress))

    def _called(
        self,
        name: str,
        values: tuple[Any, ...],
        named: dict[str, Any],
        page: int,
        progress: Tell | None,
    ) -> Flow[pd.DataFrame]:
        row, filled = self._find(name)
        given = (*filled, *values)
        if row.resource == IMPORTED and len(given) == 1 and not named:
            return (yield from import_users(self.state, row, given[0]))
        flow = calling.frame_flow(self.state, row, given, named, page=page, progress=progress)
        return (yield from flow)

    def _find(self, name: str) -> tuple[RestFunction, tuple[str, ...]]:
        tables = [TABLE, *([self.found.table] if "found" in vars(self) else [])]
        for table in tables:
            exact = FunctionTable.find(table, name)
            if isinstance(exact, RestFunction):
                return exact, ()
        verb, _, path = name.partition(" ")
        for table in tables:
            matched = table.match(verb.upper(), path.strip()) if path else None
            if matched is not None:
                return matched[0], tuple(matched[1].values())
        return TABLE.get(name), ()

    def discover(self, api: str = "confd") -> Frame:
        """Take up the operations that the server's own specification has and our table has not.

        Parameters
        ----------
        api : str
            ``confd``, ``auth``, ``agentd``, ``ctid-ng``, ``dird`` or ``call-logd``.

        Returns
        -------
        DataFrame
            The new operations, one row each. Each is found by :meth:`call`; new places are
            attributes (``xivo.meetings.list()``), and all of them are below ``xivo.found``.

        Raises
        ------
        NotFound
            The server offers no specification (before 16.14).
        BadReply
            It is no Swagger 2.0, or larger than any is.
        """
        return self.drive(discover(self, api))


PLACES = tuple(name for name, part in vars(Resources).items() if isinstance(part, Part))
"""The names that a server has."""
