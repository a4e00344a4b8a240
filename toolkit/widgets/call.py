"""The function form: any function of a service, by the service's table alone.

The page sends ``{"kind": "run", "function": ..., "values": [...]}``: a text for each argument, or
``{"file": name, "buffer": number}`` for an upload. What changes state needs ``"confirmed": true``
with it, and what destroys ``"typed"``, the name once more: the kernel checks that too.
``offer`` asks for the names that an argument may have, ``check`` whether a text is XML or JSON;
both are
answered by a message with the same ``key``, and kept nowhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

import pandas as pd
import traitlets

from toolkit import services
from toolkit.outcomes import InvalidArgument, ToolkitError
from toolkit.services.base.closing import AsyncClosing
from toolkit.services.base.functions import Function, FunctionTable
from toolkit.widgets.entered import Entered, check_consent, checked, entered
from toolkit.widgets.widget import Widget, front
from toolkit.widgets.written import Upload, python_line, shape, table, variable


class Client(Protocol):
    """What the form needs of a service's client."""

    service_name: str
    url: str

    def call(self, name: str, *arguments: Any, **named: Any) -> pd.DataFrame:
        """Call a function by its name on the wire."""
        ...


class CallForm(Widget):
    """Calls any function of a client's service; ``toolkit.form(gateway)`` makes it.

    Attributes
    ----------
    result : DataFrame or None
        The last call's, whole.
    """

    _esm = front("call.js")
    _css = front("call.css")
    where = traitlets.Unicode().tag(sync=True)
    functions = traitlets.List(traitlets.Dict()).tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, client: Client) -> None:
        self.result: pd.DataFrame | None = None
        self._client = client
        self._table: FunctionTable = services.get(client.service_name).functions
        self._offered = [one for one in self._table.all if _can_be_asked(one)]
        self._lock = threading.Lock()
        self._busy = False
        self._names: dict[tuple[str, ...], list[str]] = {}
        super().__init__(
            {"run": self._on_run, "offer": self._on_offer, "check": self._on_check},
            where=f"{client.service_name} {client.url}",
            functions=[_described(one) for one in self._offered],
        )
        self._show("idle", "")

    def __repr__(self) -> str:
        return f"<form for {len(self._offered)} functions of {self.where}>"

    def _show(
        self,
        phase: str,
        says: str,
        tone: str = "",
        *,
        detail: str = "",
        code: str = "",
        rows: dict[str, Any] | None = None,
    ) -> None:
        self.shown = {
            "phase": phase,
            "says": says,
            "tone": tone,
            "detail": detail,
            "code": code,
            "table": rows,
        }

    # --- run -----------------------------------------------------------------------------------

    def _on_run(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        try:
            function = self._function(content)
            values = entered(function, content.get("values"), buffers)
            check_consent(function, values.placed, content)
        except InvalidArgument as error:
            self._show("failed", str(error), "bad")
            return
        with self._lock:
            if self._busy:
                return
            self._busy = True
        code = python_line(variable(self._client, "gateway"), function, values.placed, values.named)
        self._show("running", f"{function.method} is running.", "wait", code=code)
        self._apart(lambda: self._run(function, values, code))

    def _run(self, function: Function, values: Entered, code: str) -> None:
        given = [one.contents if isinstance(one, Upload) else one for one in values.placed]
        try:
            frame = self._client.call(function.name, *given, **values.named)
        except Exception as error:  # noqa: BLE001 - a thread's exception is seen nowhere else
            own = isinstance(error, ToolkitError)
            says = str(error) if own else f"{type(error).__name__}: {error}"
            self._free(lambda: self._show("failed", says, "bad", code=code))
            return
        self.result = frame
        label, elapsed = frame.attrs.get("label"), frame.attrs.get("elapsed")
        told = [str(label)] if label else []
        told += [f"{elapsed * 1000:,.0f} ms"] if isinstance(elapsed, float) else []
        name = variable(self, "")
        rows = table(frame) if len(frame.columns) else None
        self._free(
            lambda: self._show(
                "done",
                f"{function.method}: {', '.join([*told, shape(frame)])}",
                "good",
                detail=f"As a DataFrame: {name}.result" if name else "",
                code=code,
                rows=rows,
            )
        )
        if function.changes:
            self._names.clear()

    def _free(self, show: Callable[[], None]) -> None:
        with self._lock:
            self._busy = False
        show()

    def _apart(self, work: Callable[[], None]) -> None:
        # A slow server must not hold up the thread that takes the page's messages.
        threading.Thread(target=work, name="toolkit-form", daemon=True).start()

    def _function(self, content: dict[str, Any]) -> Function:
        function = self._table.get(str(content.get("function")))
        if function not in self._offered:
            raise InvalidArgument(f"{function.name} is not called by this form")
        return function

    # --- help while typing ---------------------------------------------------------------------

    def _on_offer(self, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        self._apart(lambda: self.send({**self._offer(content), "key": content.get("key")}))

    def _offer(self, content: dict[str, Any]) -> dict[str, Any]:
        try:
            argument = self._function(content).given[int(content["place"])]
            name, _, column = argument.listed.partition(".")
            lister = self._table.get(name)
            before = [str(value) for value in content["values"]][: len(lister.given)]
            if len(before) < len(lister.given) or not all(before):
                return {"names": [], "says": "Fill in what stands above to see the names."}
            key = (lister.name, *before)
            if key not in self._names:
                found = self._client.call(lister.name, *before)[column]
                self._names[key] = found.dropna().astype(str).drop_duplicates().tolist()
            return {"names": self._names[key], "says": ""}
        except (ToolkitError, KeyError, ValueError, IndexError, TypeError) as error:
            return {"names": [], "says": f"The names cannot be listed: {error}"}

    def _on_check(self, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        says, tone = checked(str(content.get("text", "")), str(content.get("as", "xml")))
        self.send({"says": says, "tone": tone, "key": content.get("key")})


def _can_be_asked(function: Function) -> bool:
    """Secrets are the login form's, and what only a login calls."""
    return not function.login and all(one.kind != "answer" for one in function.arguments)


def _described(function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "method": function.method,
        "summary": function.summary,
        "changes": function.changes or function.destroys,
        "destroys": function.destroys,
        "arguments": [
            {
                "name": argument.parameter,
                "kind": argument.kind,
                "names": argument.names,
                "repeated": argument.repeated,
                "wildcard": argument.wildcard,
                "choices": list(argument.choices),
                "optional": argument.optional,
                "listed": bool(argument.listed),
            }
            for argument in function.given
        ],
    }


def form(client: Client) -> CallForm:
    """A form that calls any function of a service; for notebooks.

    Parameters
    ----------
    client : a service's client
        For example what ``toolkit.sertainty.connect(url)`` gives.

    Returns
    -------
    CallForm
        Shown when it is a cell's last value; ``.result`` is the last call's DataFrame.

    Raises
    ------
    InvalidArgument
        That is no client of an installed service, or one whose calls are awaited.

    Examples
    --------
    >>> toolkit.form(gateway)  # doctest: +ELLIPSIS
    <form for 36 functions of sertainty http://127.0.0.1:...>
    """
    if not (hasattr(client, "service_name") and hasattr(client, "call")):
        raise InvalidArgument(
            "give the form a service's client, for example that of toolkit.sertainty.connect(url), "
            f"not {type(client).__name__}"
        )
    if isinstance(client, AsyncClosing):
        raise InvalidArgument(
            "a form takes a client of connect(url): it calls and shows at once, and one of "
            "connect_async(url) is awaited"
        )
    return CallForm(client)
