"""What the blocking and the async client of an API server share: all but the lines that wait."""

from __future__ import annotations

import abc
from typing import Any, Generic

import httpx
import pandas as pd

from toolkit.cards import card
from toolkit.http import Limits
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.asking import GivenAnswers
from toolkit.services.base.client import Frame
from toolkit.services.base.driving import Flow, Send
from toolkit.services.base.functions import Function
from toolkit.services.uptivity import namespaces
from toolkit.services.uptivity.call import Call, Command
from toolkit.services.uptivity.doors import EVENT_PORT, Door
from toolkit.services.uptivity.envelope import checked
from toolkit.services.uptivity.events import Events
from toolkit.services.uptivity.experimental import Experimental, refused
from toolkit.services.uptivity.flows import State, call_flow
from toolkit.services.uptivity.functions import AGENT_NAMES, TABLE
from toolkit.services.uptivity.options import Options

LIMITS = Limits(connect=5.0, read=30.0, total=120.0, max_bytes=16 * 1024 * 1024)


class BaseServer(abc.ABC, Generic[Frame]):
    """Everything that gives a DataFrame, or what is awaited to have one."""

    service_name = "uptivity"
    limits: Limits
    last: Call | None = None

    def _at(self, url: str, options: Options, *, proxied: bool) -> None:
        """Note which server it is, and how it is spoken to."""
        self.options = options
        self._state = State(Door.of(url), options)
        self.url = self._state.door.url
        self._is_tcp = self._state.door.kind == "tcp"
        if self._is_tcp and proxied:
            raise InvalidArgument("the command socket takes no proxy and no headers; HTTP does")
        self.calls: namespaces.Calls[Frame] = namespaces.Calls(self)
        self.users: namespaces.Users[Frame] = namespaces.Users(self)

    def __repr__(self) -> str:
        return f"<{self._is} {self.url}>"

    def _repr_html_(self) -> str:
        has = "test, calls, users" + ", experimental" * self.options.experimental
        return card(self._is, [("at", self.url), ("login", "none needed"), ("has", has)])

    _is = "uptivity server"

    @property
    def experimental(self) -> Experimental[Frame]:
        """Commands under invented names (see that module); only when they are turned on."""
        if not self.options.experimental:
            raise refused()
        return Experimental(self)

    # --- calls ---------------------------------------------------------------------------------

    def test(self) -> Frame:
        """Ask whether the server answers (TEST).

        Returns
        -------
        DataFrame
            One row: ``function``, ``target`` str, ``code`` Int64, ``label`` str, ``category``
            category, ``message`` str, ``elapsed`` float64 (s), ``at`` datetime64[us, UTC].
        """
        return self.send("TEST")

    def send(self, kind: str, /, **parameters: Any) -> Frame:
        """Send any command, known here or not.

        Parameters
        ----------
        kind : str
            The TYPE, for example ``"CALLSTART"``, in any case.
        **parameters
            By name in any case; a bool is sent as Y or N, None is left out. The REQUESTID is
            filled in. Nothing else is checked: the server says what it thinks of it.

        Returns
        -------
        DataFrame
            The answer's data, typed by the names of its fields; without data, one row that says
            how the call ended.

        Raises
        ------
        InvalidArgument
            A name or a value that cannot be carried; nothing was sent.
        CallError
            Any of its kinds, with ``code``, ``label``, ``wire_code``, ``kind``, ``repeats``.
        """
        return self.drive(self._frame_flow(kind, parameters))

    def call(self, name: str, /, *arguments: Any, **parameters: Any) -> Frame:
        """Call a command of the table, arguments in its order or by name.

        Raises
        ------
        InvalidArgument
            There is none of that name, or its arguments are not usable.
        """
        return self.drive(self._named_flow(name, arguments, parameters))

    def about_a_call(self, kind: str, parameters: dict[str, Any]) -> Frame:
        """Send a command about a call of a device.

        Raises
        ------
        InvalidArgument
            Nothing says whose call it is; nothing was sent.
        """
        return self.drive(self._whose_flow(kind, parameters))

    # --- events --------------------------------------------------------------------------------

    def events(self, port: int = EVENT_PORT, **options: Any) -> Events:
        """Listen to the server's events (see :class:`Events` for the options).

        Of an async client it is used as ``async with server.events() as events``, and read by
        ``async for row in events``.
        """
        host = self._state.door.host
        host = f"[{host}]" if ":" in host else host
        return Events(f"tcp://{host}:{port}", **options)

    # --- the way of a call ---------------------------------------------------------------------

    @abc.abstractmethod
    def drive(self, flow: Flow[pd.DataFrame], answers: GivenAnswers | None = None) -> Frame:
        """Run a flow to its end."""

    def _call_flow(self, kind: str, parameters: dict[str, Any]) -> Flow[Call]:
        command = Command(*checked(kind, parameters, self.options))
        self.last = call = yield from call_flow(command, self._state)
        return call

    def _frame_flow(self, kind: str, parameters: dict[str, Any]) -> Flow[pd.DataFrame]:
        return (yield from self._call_flow(kind, parameters)).frame

    def _whose_flow(self, kind: str, parameters: dict[str, Any]) -> Flow[pd.DataFrame]:
        _says_whose(kind, parameters)
        return (yield from self._frame_flow(kind, parameters))

    def _named_flow(
        self, name: str, arguments: tuple[Any, ...], parameters: dict[str, Any]
    ) -> Flow[pd.DataFrame]:
        function = TABLE.get(name)
        given = _given(function, arguments, parameters)
        if any(argument.name in AGENT_NAMES for argument in function.arguments):
            _says_whose(function.name, given)
        return (yield from self._frame_flow(function.name, given))

    def _line(self, step: Send) -> httpx.Request:
        """A step as the command socket has it, which knows no headers."""
        request = httpx.Request(step.method, step.url, content=step.body)
        for name in ("host", "content-length"):
            request.headers.pop(name, None)
        timeout = httpx.Timeout(self.limits.read, connect=self.limits.connect)
        request.extensions["timeout"] = timeout.as_dict()
        return request


def _given(
    function: Function, arguments: tuple[Any, ...], parameters: dict[str, Any]
) -> dict[str, Any]:
    """The parameters by name, once they are what the table has."""
    if len(arguments) > len(function.arguments):
        raise InvalidArgument(
            f"{function.name} has {len(function.arguments)} arguments, not {len(arguments)}; "
            "others are given by name"
        )
    given: dict[str, Any] = {}
    for argument, value in zip(function.arguments, arguments, strict=False):
        given[argument.name] = value
    for key, value in parameters.items():
        if key.lower() in given:
            raise InvalidArgument(f"{key} is given twice")
        given[key.lower()] = value
    for argument in function.arguments:
        value = given.get(argument.name)
        text = value.strip().removeprefix("-") if isinstance(value, str) else ""
        if argument.kind == "integer" and text and not text.isdigit():
            raise InvalidArgument(f"{argument.name} must be a whole number, not {value!r}")
        if not argument.optional and value in (None, ""):
            raise InvalidArgument(f"{function.name} needs {argument.name}")
    return given


def _says_whose(kind: str, parameters: dict[str, Any]) -> None:
    """Refuse a command about a call that names no device and no agent."""
    given = {name.lower() for name, value in parameters.items() if value not in (None, "")}
    if not given.intersection(AGENT_NAMES):
        raise InvalidArgument(
            f"{kind} needs one of {', '.join(AGENT_NAMES)}, to say whose call it is"
        )
