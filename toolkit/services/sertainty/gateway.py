"""The client of a Sertainty gateway: it sends what the flows say, and keeps one session."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import pandas as pd

from toolkit import http
from toolkit.cards import card
from toolkit.cassettes import DeckTransport
from toolkit.frames import frame
from toolkit.http import Answer, Limits, Verify
from toolkit.outcomes import AccessDenied, InvalidArgument, NoSession
from toolkit.services.base.asking import Answers, Asker, GivenAnswers
from toolkit.services.base.closing import Closing
from toolkit.services.base.driving import Flow, Send, Sender, drive, drive_login, in_thread
from toolkit.services.base.functions import SessionPlace
from toolkit.services.base.keepasking import asker_for
from toolkit.services.base.keeping import answers_of
from toolkit.services.sertainty import namespaces
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.flows import (
    SessionState,
    call_flow,
    login_flow,
    open_flow,
)
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.results import PROMPT_COLUMNS, prompts
from toolkit.services.sertainty.session import LEFT_BEHIND, Session
from toolkit.services.sertainty.streaming import StreamedResult, stream


class Gateway(Closing):
    """A Sertainty Data Protector gateway: 37 functions, each a method that gives a DataFrame.

    Made by ``toolkit.sertainty.connect(url)``. The functions are grouped by what they act on:
    ``agent``, ``config``, ``host``, ``shared``, ``task``, ``template``; :meth:`call` takes the
    name on the wire. Use it in ``with`` to end its session and its connections.
    """

    service_name = "sertainty"
    _left_behind = LEFT_BEHIND

    def __init__(
        self,
        url: str,
        *,
        options: Options | None = None,
        limits: Limits | None = None,
        verify: Verify = True,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        **changes: Any,
    ) -> None:
        self.url = _checked(url)
        self.options = Options.of(options, changes)
        self.limits = limits or Limits()
        self._state = SessionState(self.options)
        self._answers: GivenAnswers | None = None
        self._client = http.make_client(
            DeckTransport(transport or http.make_transport(verify=verify, proxy=proxy)),
            headers={"content-type": self.options.content_type, **(headers or {})},
            limits=self.limits,
        )
        self.last: Call | None = None
        self.agent = namespaces.Agent(self)
        self.config = namespaces.Config(self)
        self.host = namespaces.Host(self)
        self.shared = namespaces.Shared(self)
        self.task = namespaces.Task(self)
        self.template = namespaces.Template(self)

    def __repr__(self) -> str:
        who = f"session of {self._state.user}" if self._state.session_id else "no session"
        return f"<sertainty gateway {self.url}: {who}>"

    def _repr_html_(self) -> str:
        rooms = (self.agent, self.config, self.host, self.shared, self.task, self.template)
        session = self._state.user if self._state.session_id else "none; log in first"
        names = ", ".join(type(room).__name__.lower() for room in rooms)
        return card("sertainty gateway", [("at", self.url), ("session", session), ("has", names)])

    # --- calls ---------------------------------------------------------------------------------

    def call(self, name: str, *arguments: Any) -> pd.DataFrame:
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
        function = TABLE.get(name)
        if function.name == "hostOpenSession":
            user, *answers = arguments or ("",)
            return self.open_session(user, answers)
        if function.name == "hostCloseSession":
            return self.close_session()
        return self.fetch(function.name, *arguments).frame

    def fetch(self, name: str, *arguments: Any) -> Call:
        """The same call, with the results as they came: ``.outcome``, ``.document``, ``.frame``.

        Examples
        --------
        >>> gateway.fetch("agentGetLog").document[:5]
        b'<Log '
        """
        function = TABLE.get(name)
        if function.name == "hostOpenSession":
            raise InvalidArgument("hostOpenSession is called by login_with or host.open_session")
        call = self._drive(call_flow(function, arguments, self._state))
        self.last = call
        return call

    def stream(self, name: str, *arguments: Any, max_bytes: int | None = None) -> StreamedResult:
        """The same call for a result of any size, such as a whole log, read as it comes.

        What the gateway says of the call is known before its result begins: a call that does not
        succeed raises here, as :meth:`fetch` does. No limit of ``limits`` but the time between
        two pieces applies to the result. A recording keeps the whole answer, and so holds it while
        it comes; a replay gives it in pieces again.

        Parameters
        ----------
        max_bytes : int, optional
            Of the result, after which reading it stops with ReplyTooLarge.

        Examples
        --------
        >>> toolkit.read_log(gateway.stream("agentGetLog")).columns.tolist()[:3]
        ['time', 'level', 'source']
        """
        function = TABLE.get(name)
        if not function.results or function.session is SessionPlace.NONE:
            raise InvalidArgument(
                f"{function.name} has no result to be streamed; gateway.call gives what it says"
            )
        result = stream(
            self._drive,
            call_flow(function, arguments, self._state),
            begin=self._begin,
            send=self._send,
            max_bytes=max_bytes,
        )
        self.last = result.call
        return result

    # --- the session ---------------------------------------------------------------------------

    def login_with(self, user: str, answers: Answers = ()) -> Session:
        """Log in with ready answers, for scripts.

        Parameters
        ----------
        answers : mapping, sequence, callable, or "keyring"
            By prompt; in order (flat, or one sequence a round); or ``callable(prompts)``, which
            may return None to give up. Kept in memory to open a lost session again for a read
            (option ``reopen``); never written anywhere. With ``"keyring"`` those that
            :func:`toolkit.keep_answers` put there.

        Raises
        ------
        AccessDenied
            The gateway said no. Answers are never sent a second time.
        LoginAborted, LoginError
            Given up, too many rounds, or an answer is missing. Nothing more was sent.

        Examples
        --------
        >>> gateway.login_with("ada", answers)
        <sertainty session of ada: open, 2 rounds>
        """
        given = answers_of(self, user, answers)
        try:
            granted = drive(login_flow(self._state, user), self._send, given)
        except AccessDenied as error:
            given.denied(error)
            raise
        self._answers = given
        self._state.can_reopen = self.options.reopen
        return Session(self, granted)

    async def login(
        self,
        user: str | None = None,
        *,
        answers: Answers | None = None,
        asker: Asker | None = None,
        keep: bool = False,
    ) -> Session:
        """Log in by asking a person: a form in a notebook, prompts in a terminal.

        With ``answers`` nobody is asked, nor where the keyring has the user's answers
        (:func:`toolkit.keep_answers`). Answers are shown nowhere, and kept nowhere unless ``keep``
        is true: then the keyring keeps those that opened the session.

        Raises
        ------
        NobodyToAsk
            There is neither a terminal nor a notebook here that takes input.
        AccessDenied, LoginAborted
            As in :meth:`login_with`.
        """
        if answers is not None:
            if user is None:
                raise InvalidArgument("answers are given, so give the user too")
            return self.login_with(user, answers)
        title = f"sertainty gateway {urlsplit(self.url).netloc}"
        asker = asker_for(self, user, title, asker, keep=keep)
        self._answers, self._state.can_reopen = None, False
        login = drive_login(lambda: login_flow(self._state, user), in_thread(self._send), asker)
        if getattr(asker, "waits", True):
            return Session(self, await login)
        return Session(self, asyncio.ensure_future(login))

    def open_session(
        self, user: str, answers: Mapping[str, str] | Sequence[str] = ()
    ) -> pd.DataFrame:
        """See ``host.open_session``."""
        if isinstance(answers, str):
            raise InvalidArgument("answers must be a list or a mapping of name to answer")
        if isinstance(answers, Mapping):
            named = list(answers.items())
        else:
            named = [(f"prompt-{place}", answer) for place, answer in enumerate(answers, 1)]
        reply, session_id = drive(open_flow(user, named, self._state), self._send)
        if session_id is not None:
            self._state.user, self._state.session_id = user, session_id
            self._state.can_reopen = False
            return frame(PROMPT_COLUMNS, [("granted", None, None)])
        asked = prompts(reply, self.options.text_encoding)
        return frame(PROMPT_COLUMNS, [("challenged", name, text) for name, text in asked])

    def close_session(self) -> pd.DataFrame:
        """See ``host.close_session``. The session is forgotten whatever the gateway answers."""
        if self._state.session_id is None:
            raise NoSession("hostCloseSession needs a session, and none is open")
        self._state.can_reopen, self._answers = False, None
        try:
            return self.fetch("hostCloseSession").frame
        finally:
            self._state.session_id = None

    def end_session(self) -> None:
        """Close the session; one that the gateway has forgotten already is ended too."""
        with contextlib.suppress(AccessDenied):
            self.close_session()

    def holds(self, session_id: str) -> bool:
        """Whether that is the session in use."""
        return self._state.session_id == session_id

    # --- statistics ----------------------------------------------------------------------------

    def task_statuses(self) -> pd.DataFrame:
        """The status record of every task of every configuration.

        Returns
        -------
        DataFrame
            The columns of ``task.get_status`` and ``at`` (datetime64[us, UTC]): when it was read.
        """
        from toolkit.services.sertainty.statuses import read_all

        return read_all(self)

    # --- the life of the client ----------------------------------------------------------------

    def close(self) -> None:
        """End the session, if one is open, and the connections."""
        try:
            if self._state.session_id is not None:
                self.end_session()
        finally:
            self._client.close()

    # --- the lines that wait -------------------------------------------------------------------

    def _drive(self, flow: Flow[Call], send: Sender | None = None) -> Call:
        again = self._answers.again() if self._answers is not None else None
        try:
            return drive(flow, send or self._send, again)
        except AccessDenied as error:
            if again is not None and self._state.session_id is None:
                again.denied(error)
            raise

    def _send(self, step: Send) -> Answer:
        return http.send(
            self._client,
            self._request(step),
            limits=self.limits,
            repeatable=step.repeatable,
            timeout=step.timeout,
        )

    def _begin(self, step: Send) -> httpx.Response:
        return http.begin(
            self._client, self._request(step), limits=self.limits, repeatable=step.repeatable
        )

    def _request(self, step: Send) -> httpx.Request:
        return self._client.build_request(self.options.http_method, self.url, content=step.body)


def _checked(url: str) -> str:
    parts = urlsplit(str(url))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidArgument(
            f"the gateway's address must be like https://host:port/path, not {url!r}"
        )
    return str(url)
