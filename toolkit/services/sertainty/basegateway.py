"""What a blocking gateway and an awaited one share: all but the lines that wait."""

from __future__ import annotations

import abc
import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Generic
from urllib.parse import urlsplit

import pandas as pd

from toolkit.cards import card
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.asking import Answers, Asker
from toolkit.services.base.client import Frame
from toolkit.services.base.driving import AsyncSender, Flow, drive_login
from toolkit.services.base.functions import SessionPlace
from toolkit.services.base.keepasking import asker_for
from toolkit.services.base.keeping import answers_of, profile_user
from toolkit.services.sertainty import namespaces
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.flows import call_flow, closed_flow
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.logins import given_flow, login_flow, opened_flow
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.state import Granted, SessionState
from toolkit.services.sertainty.statuses import read_all


class BaseGateway(abc.ABC, Generic[Frame]):
    """A gateway's functions, each of which gives a DataFrame, or what is awaited to have one."""

    service_name = "sertainty"
    url: str

    def __init__(self, url: str, options: Options) -> None:
        self.url = _checked(url)
        self.options = options
        self.last: Call | None = None
        self._state = SessionState(options, url=self.url)
        self.agent = namespaces.Agent[Frame](self)
        self.config = namespaces.Config[Frame](self)
        self.host = namespaces.Host[Frame](self)
        self.shared = namespaces.Shared[Frame](self)
        self.task = namespaces.Task[Frame](self)
        self.template = namespaces.Template[Frame](self)

    @abc.abstractmethod
    def drive(self, flow: Flow[pd.DataFrame]) -> Frame:
        """Run a flow to its end."""

    def __repr__(self) -> str:
        who = f"session of {self._state.user}" if self._state.session_id else "no session"
        return f"<sertainty gateway {self.url}: {who}>"

    def _repr_html_(self) -> str:
        rooms = (self.agent, self.config, self.host, self.shared, self.task, self.template)
        session = self._state.user if self._state.session_id else "none; log in first"
        names = ", ".join(type(room).__name__.lower() for room in rooms)
        return card("sertainty gateway", [("at", self.url), ("session", session), ("has", names)])

    # --- what is given -------------------------------------------------------------------------

    def call(self, name: str, *arguments: Any) -> Frame:
        """Call a function by its name on the wire.

        Parameters
        ----------
        name : str
            For example ``"taskGetStatus"``; compared without case.
        *arguments
            In the order of ``toolkit.functions("sertainty")``; the session is filled in.

        Returns
        -------
        DataFrame
            The same as the function's method gives.
        """
        return self.drive(self._called(name, arguments))

    def open_session(self, user: str, answers: Mapping[str, str] | Sequence[str] = ()) -> Frame:
        """See ``host.open_session``."""
        return self.drive(opened_flow(self._state, user, answers))

    def close_session(self) -> Frame:
        """See ``host.close_session``. The session is forgotten whatever the gateway answers."""
        return self.drive(self._called("hostCloseSession", ()))

    def task_statuses(self) -> Frame:
        """The status record of every task of every configuration.

        Returns
        -------
        DataFrame
            The columns of ``task.get_status`` and ``at`` (datetime64[us, UTC]): when it was read.
        """
        return self.drive(read_all(self._fetched))

    def holds(self, session_id: str) -> bool:
        """Whether that is the session in use."""
        return self._state.session_id == session_id

    # --- the flows -----------------------------------------------------------------------------

    def _called(self, name: str, arguments: Sequence[Any]) -> Flow[pd.DataFrame]:
        function = TABLE.get(name)
        if function.name == "hostOpenSession":
            user, *answers = arguments or ("",)
            return (yield from opened_flow(self._state, user, answers))
        return (yield from self._fetched(function.name, *arguments)).frame

    def _fetched(self, name: str, *arguments: Any) -> Flow[Call]:
        function = TABLE.get(name)
        if function.name == "hostOpenSession":
            raise InvalidArgument("hostOpenSession is called by login_with or host.open_session")
        if function.name == "hostCloseSession" and not arguments:
            call = yield from closed_flow(self._state)
        else:
            call = yield from call_flow(function, arguments, self._state)
        self.last = call
        return call

    def _streamed(self, name: str, arguments: Sequence[Any]) -> Flow[Call]:
        function = TABLE.get(name)
        if not function.results or function.session is SessionPlace.NONE:
            raise InvalidArgument(
                f"{function.name} has no result to be streamed; gateway.call gives what it says"
            )
        return (yield from call_flow(function, arguments, self._state))

    def _granted(self, user: str, answers: Answers) -> Flow[Granted]:
        return (yield from given_flow(self._state, user, answers_of(self, user, answers)))

    async def _asked(
        self, send: AsyncSender, user: str | None, asker: Asker | None, *, keep: bool
    ) -> Granted | asyncio.Future[Granted]:
        """What a person's login gives, or (under Voila) will give when the form is answered."""
        if user is None:
            user = profile_user(self)
        title = f"sertainty gateway {urlsplit(self.url).netloc}"
        asker = asker_for(self, user, title, asker, keep=keep)
        self._state.answers = None
        login = drive_login(lambda: login_flow(self._state, user), send, asker)
        return await login if getattr(asker, "waits", True) else asyncio.ensure_future(login)


def named(client: object, user: str | None) -> str:
    """The user of a login by ready answers: the one that is given, else the profile's.

    Raises
    ------
    InvalidArgument
        There is none.
    """
    found = profile_user(client) if user is None else user
    if found is None:
        raise InvalidArgument("answers are given, so give the user too")
    return found


def _checked(url: str) -> str:
    parts = urlsplit(str(url))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidArgument(
            f"the gateway's address must be like https://host:port/path, not {url!r}"
        )
    return str(url)
