"""The client's half of a JSON service: calls by name and by method, blocking or awaited."""

from __future__ import annotations

import abc
from typing import Any, ClassVar, Generic

import pandas as pd

from toolkit.cards import card, listed
from toolkit.outcomes import InvalidArgument, NoSession
from toolkit.services.base.client import Frame
from toolkit.services.base.driving import Flow
from toolkit.services.base.functions import SessionPlace
from toolkit.services.base.jsonapi import Headers, JsonApi
from toolkit.services.base.restcall import Plan, RestCall


class JsonCalls(abc.ABC, Generic[Frame]):
    """What the blocking and the async client of a JSON service share.

    Attributes
    ----------
    api : JsonApi
    url : str
    last : RestCall or None
        The last call that succeeded.
    """

    api: ClassVar[JsonApi]
    service_name: ClassVar[str]
    url: str = ""
    last: RestCall | None = None
    _token: str = ""
    """Of the session; empty where there is none."""
    _hidden: tuple[str, ...] = ()
    """What no exception may show, whatever the server tells back: what a login sent and got."""

    def __repr__(self) -> str:
        state = "logged in" if self._token else "no session"
        return f"<{self.service_name} {self.url}: {state}>"

    def _repr_html_(self) -> str:
        state = "open" if self._token else "none"
        return card(self.service_name, [("at", self.url), ("session", state)])

    def call(self, name: str, *arguments: Any, **named: Any) -> Frame:
        """A function by its name in the table, arguments in its order or by name.

        Raises
        ------
        InvalidArgument
            There is no such function, or its arguments are others; nothing was sent.
        """
        return self.drive(self._called(name, arguments, named))

    @abc.abstractmethod
    def drive(self, flow: Flow[pd.DataFrame]) -> Frame:
        """Run a flow to its end."""

    def _called(
        self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> Flow[pd.DataFrame]:
        function = self.api.table.get(name)
        if function.login:
            raise InvalidArgument(f"{function.name} is called by a login, as login_with() does")
        call = yield from self.fetch_flow(self.api.plan(function, arguments, named))
        return self.api.frame(call)

    def fetch_flow(self, plan: Plan) -> Flow[RestCall]:
        """One call, remembered as the last one that succeeded."""
        function = plan.function
        if function.session is not SessionPlace.NONE and not self._token:
            raise NoSession(f"{function.name} needs a session; log in first")
        headers = self.headers() if self._token else ()
        flow = self.api.call_flow(plan, self.url, headers, self._hidden)
        self.last = call = yield from flow
        return call

    def headers(self) -> Headers:
        """How a request carries the session."""
        return (("Authorization", f"Bearer {self._token}"),)


class JsonPlace(Generic[Frame]):
    """Functions of a client that belong together: its methods call :meth:`_call`."""

    def __init__(self, client: JsonCalls[Frame], name: str) -> None:
        self._client, self._name = client, name

    def __repr__(self) -> str:
        return f"<{self._client.service_name} {self._name} of {self._client.url}>"

    def _repr_html_(self) -> str:
        own = [one for one in self._client.api.table.all if one.method.startswith(f"{self._name}.")]
        rows = [(one.signature, one.summary) for one in own]
        return listed(f"{self._client.service_name} {self._name}", "each gives a DataFrame", rows)

    def _call(self, word: str, *arguments: Any, **named: Any) -> Frame:
        """The function whose method is this place's ``word``; a name of None is left out."""
        given = {name: value for name, value in named.items() if value is not None}
        return self._client.call(f"{self._name}.{word}", *arguments, **given)
