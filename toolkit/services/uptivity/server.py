"""The client of an API server: it sends what the flow says, through either door."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx
import pandas as pd

from toolkit import http
from toolkit.cards import card
from toolkit.cassettes import DeckTransport
from toolkit.http import Answer, Limits, Verify
from toolkit.outcomes import InvalidArgument, Unreachable
from toolkit.services.base.closing import Closing
from toolkit.services.base.driving import Send, drive
from toolkit.services.uptivity import namespaces
from toolkit.services.uptivity.call import Call, Command
from toolkit.services.uptivity.doors import EVENT_PORT, Counted, Door
from toolkit.services.uptivity.envelope import checked
from toolkit.services.uptivity.events import Events
from toolkit.services.uptivity.experimental import Experimental, refused
from toolkit.services.uptivity.flows import State, call_flow
from toolkit.services.uptivity.functions import AGENT_NAMES, TABLE
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.sockets import TcpTransport

LIMITS = Limits(connect=5.0, read=30.0, total=120.0, max_bytes=16 * 1024 * 1024)


class Server(Closing):
    """An Uptivity API server, behind its HTTP Web API or its command socket.

    Made by ``toolkit.uptivity.connect(url)``. The confirmed commands are ``test()``, ``calls``
    (start, stop, update, list) and ``users`` (list, send); :meth:`send` takes any type.

    **The protocol has no login: whoever reaches the port has full control.** Keep the ports behind
    a firewall, and let a client in another network come through TLS (2013) or a tunnel.

    Attributes
    ----------
    url : str
        Whole, with port and path.
    options : Options
    last : Call or None
        The last call that succeeded.
    """

    service_name = "uptivity"

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
        self.options = Options.of(options, changes)
        self.limits = limits or LIMITS
        self._state = State(Door.of(url), self.options)
        self.url = self._state.door.url
        self._is_tcp = self._state.door.kind == "tcp"
        if self._is_tcp and (proxy or headers):
            raise InvalidArgument("the command socket takes no proxy and no headers; HTTP does")
        if transport is None:
            transport = (
                TcpTransport(keep=self.options.keep_connection)
                if self._is_tcp
                else http.make_transport(verify=verify, proxy=proxy)
            )
        self._network = Counted(transport)
        self._client = http.make_client(
            DeckTransport(self._network), headers=dict(headers or {}), limits=self.limits
        )
        self.last: Call | None = None
        self.calls = namespaces.Calls(self)
        self.users = namespaces.Users(self)

    def __repr__(self) -> str:
        return f"<uptivity server {self.url}>"

    def _repr_html_(self) -> str:
        has = "test, calls, users" + ", experimental" * self.options.experimental
        return card("uptivity server", [("at", self.url), ("login", "none needed"), ("has", has)])

    @property
    def experimental(self) -> Experimental:
        """Commands under invented names (see that module); only when they are turned on."""
        if not self.options.experimental:
            raise refused()
        return Experimental(self)

    # --- calls ---------------------------------------------------------------------------------

    def test(self) -> pd.DataFrame:
        """Ask whether the server answers (TEST).

        Returns
        -------
        DataFrame
            One row: ``function``, ``target`` str, ``code`` Int64, ``label`` str, ``category``
            category, ``message`` str, ``elapsed`` float64 (s), ``at`` datetime64[us, UTC].
        """
        return self.send("TEST")

    def send(self, kind: str, /, **parameters: Any) -> pd.DataFrame:
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
        return self.fetch(kind, **parameters).frame

    def call(self, name: str, /, *arguments: Any, **parameters: Any) -> pd.DataFrame:
        """Call a command of the table, arguments in its order or by name.

        Raises
        ------
        InvalidArgument
            There is none of that name, or its arguments are not usable.
        """
        function = TABLE.get(name)
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
        if any(argument.name in AGENT_NAMES for argument in function.arguments):
            namespaces.says_whose(function.name, given)
        return self.fetch(function.name, **given).frame

    def fetch(self, kind: str, /, **parameters: Any) -> Call:
        """Do what :meth:`send` does, and give the answer as it came: ``.reply``, ``.verdict``."""
        command = Command(*checked(kind, parameters, self.options))
        call = drive(call_flow(command, self._state), self._send, wait=self._wait)
        self.last = call
        return call

    # --- events --------------------------------------------------------------------------------

    def events(self, port: int = EVENT_PORT, **options: Any) -> Events:
        """Listen to the server's events (see :class:`Events` for the options)."""
        host = self._state.door.host
        host = f"[{host}]" if ":" in host else host
        return Events(f"tcp://{host}:{port}", **options)

    # --- the life of the client ----------------------------------------------------------------

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # --- the lines that wait -------------------------------------------------------------------

    def _send(self, step: Send) -> Answer:
        if self._is_tcp:
            request = httpx.Request(step.method, step.url, content=step.body)
            for name in ("host", "content-length"):  # a socket has no headers
                request.headers.pop(name, None)
            limits = httpx.Timeout(self.limits.read, connect=self.limits.connect)
            request.extensions["timeout"] = limits.as_dict()
        else:
            request = self._client.build_request(step.method, step.url, content=step.body)
        self._network.forget()
        try:
            return http.send(self._client, request, limits=self.limits, repeatable=step.repeatable)
        except Unreachable as error:
            if "CERTIFICATE_VERIFY_FAILED" in error.message:
                error.message += (
                    "; name the server's CA file by verify='ca.pem', or trust any server by "
                    "verify=False"
                )
            raise

    def _wait(self, seconds: float) -> None:
        if self._network.was_used:  # a cassette is not busy
            time.sleep(seconds)
