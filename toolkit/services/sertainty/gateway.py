"""The blocking client of a Sertainty gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pandas as pd

from toolkit import http
from toolkit.http import Answer
from toolkit.services.base.asking import Answers, Asker
from toolkit.services.base.client import Client
from toolkit.services.base.driving import Send, drive, in_thread
from toolkit.services.base.watched import Watched
from toolkit.services.sertainty.basegateway import BaseGateway, named
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.flows import ended_flow
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.rules import function_of
from toolkit.services.sertainty.session import LEFT_BEHIND, Session
from toolkit.services.sertainty.streaming import StreamedResult


class Gateway(Client, BaseGateway[pd.DataFrame]):
    """A Sertainty Data Protector gateway: 37 functions, each a method that gives a DataFrame.

    Made by ``toolkit.sertainty.connect(url)``. The functions are grouped by what they act on:
    ``agent``, ``config``, ``host``, ``shared``, ``task``, ``template``; :meth:`call` takes the
    name on the wire. Use it in ``with`` to end its session and its connections.
    """

    _left_behind = LEFT_BEHIND

    def __init__(
        self, url: str, options: Options, headers: Mapping[str, str] | None = None, **network: Any
    ) -> None:
        BaseGateway.__init__(self, url, options)
        headers = {"content-type": options.content_type, **(headers or {})}
        Client.__init__(self, headers=headers, **network)

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What ``toolkit.watch`` looks at: the statuses of all tasks, and the agent's log."""
        return (
            Watched("tasks", self.task_statuses, ("config", "task"), ignored=("at",)),
            Watched("log", lambda: self.stream("agentGetLog"), is_log=True),
        )

    def fetch(self, name: str, *arguments: Any) -> Call:
        """The same call, with the results as they came: ``.outcome``, ``.document``, ``.frame``.

        Examples
        --------
        >>> gateway.fetch("agentGetLog").document[:5]
        b'<Log '
        """
        return self.drive(self._fetched(name, *arguments))

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
        opened: list[StreamedResult] = []

        def answer(step: Send) -> Answer:
            while opened:
                opened.pop().close()
            if function_of(step.body) == "hostOpenSession":  # its answers are read whole
                return self._send(step)
            opened.append(StreamedResult(self._begin(step), max_bytes))
            return opened[-1].begin()

        try:
            call = drive(self._streamed(name, arguments), answer, wait=self._wait)
            result = opened[-1].called(call)
        except BaseException:
            for one in opened:
                one.close()
            raise
        self.last = call
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
        return Session(self, self.drive(self._granted(user, answers)))

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
            return self.login_with(named(self, user), answers)
        return Session(self, await self._asked(in_thread(self._send), user, asker, keep=keep))

    def end_session(self) -> None:
        """Close the session; one that the gateway has forgotten already is ended too."""
        self.drive(ended_flow(self._state))

    def close(self) -> None:
        """End the session, if one is open, and the connections."""
        try:
            self.end_session()
        finally:
            super().close()

    # --- the lines that wait -------------------------------------------------------------------

    def _begin(self, step: Send) -> httpx.Response:
        return http.begin(
            self._client, self._request(step), limits=self.limits, repeatable=step.repeatable
        )
