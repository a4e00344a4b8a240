"""What the contract cannot know of a service: its server, its login, and what it may answer."""

from __future__ import annotations

import abc
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from toolkit import services
from toolkit.conformance.loopback import Act
from toolkit.frames import Column, Kind
from toolkit.outcomes import Category
from toolkit.services.base.functions import Function
from toolkit.services.base.service import Service

Known = Mapping[str, Any]
"""How a server is reached, and who may log in there: ``url`` and whatever else, as JSON has it."""

Client = Any
"""A service's client: it has ``service_name``, ``url``, ``call``, ``close`` and its methods."""

_KINDS: dict[str, Kind] = {
    "text": "text",
    "json": "text",
    "binary": "binary",
    "category": "category",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "time": "time",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One use of a function, by its name in the table: arguments in its order, and by name."""

    function: str
    arguments: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


def sample(function: str, /, *arguments: Any, **named: Any) -> Sample:
    """Short for a :class:`Sample`.

    Examples
    --------
    >>> sample("GET /users/{id}", 7).arguments
    (7,)
    """
    return Sample(function, arguments, named)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of the service, and what it means by the service's own rule.

    Attributes
    ----------
    what : str
        In words, for whoever reads a test's name.
    act : Act
        Answers so (see ``loopback``).
    category : Category
        Ours. Any but SUCCESS and PARTIAL raises.
    code, label : int or None, str
        As the exception and a recording have them.
    message : str
        What the exception's message holds.
    """

    what: str
    act: Act
    category: Category
    code: int | None
    label: str
    message: str = ""


class Subject(abc.ABC):
    """One service under the contract.

    Attributes
    ----------
    name : str
        Of its entry point.
    samples : sequence of Sample
        A story that works on a fresh server, each call once: every function that it has.
    elsewhere : sequence of Sample
        Functions that the server of :meth:`serve` has not; they are called at a scripted one.
    ends : sequence of str
        Functions after which one has to log in again.
    plain : mapping
        Options of :meth:`connect` with which a refusal is raised as it came: no other login is
        tried, and nobody waits.
    read, change : Sample
        A function that reads and one that changes state, on which answers are tried. Each sends
        one request.
    """

    name: ClassVar[str]
    samples: Sequence[Sample]
    elsewhere: Sequence[Sample] = ()
    ends: Sequence[str] = ()
    plain: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    read: Sample
    change: Sample

    @property
    def service(self) -> Service:
        """The service, found as everything finds it."""
        return services.get(self.name)

    # --- a real server -------------------------------------------------------------------------

    @abc.abstractmethod
    def serve(self) -> AbstractContextManager[Known]:
        """Start a fresh server on loopback; the same each time."""

    @abc.abstractmethod
    def connect(self, known: Known, **options: Any) -> Client:
        """A client of that server; options such as ``limits`` and ``transport`` are passed on."""

    def connect_async(self, known: Known, **options: Any) -> Client:
        """Such a client whose methods are awaited."""
        raise NotImplementedError(f"{type(self).__name__} has no connect_async")

    def login(self, client: Client, known: Known) -> Any:  # noqa: B027 (not every service has)
        """Open a session, where the service has any."""

    async def login_async(self, client: Client, known: Known) -> Any:
        """The same, awaited."""
        opened = self.login(client, known)
        return await opened if inspect.isawaitable(opened) else opened

    def secrets(self, client: Client, known: Known) -> Iterable[str]:  # noqa: ARG002
        """What no byte may hold: passwords, answers, and the tokens of the session at hand."""
        return ()

    # --- a scripted one ------------------------------------------------------------------------

    def known(self, url: str) -> Known:
        """How a scripted server at that address is reached."""
        return {"url": url}

    def welcome(self) -> Sequence[Act]:
        """What a scripted server answers to a login, request by request."""
        return ()

    @abc.abstractmethod
    def answer(self, function: Function, rows: int = 1) -> Act | None:
        """A success with so many rows of documented fields; None where it cannot have so many.

        It is asked for 1, for 2 and for 0, of every function but those of a login.
        """

    @abc.abstractmethod
    def said(self) -> Sequence[Said]:
        """What the server may say to :attr:`read`, and what that means.

        Each category of the codes, and each rule that could be mistaken, both ways: a failure with
        HTTP 200, a success with 500.
        """

    def documented(self, function: Function) -> Sequence[Column]:
        """The columns that the documentation promises; by default those of the table's results."""
        return [
            Column(one.column or one.name, _KINDS[one.kind])
            for one in function.results
            if one.kind in _KINDS
        ]

    # --- how it is called ----------------------------------------------------------------------

    def changes(self, one: Sample) -> bool:
        """Whether that call changes state; some functions do with some arguments only."""
        return self.service.functions.get(one.function).changes

    def method(self, client: Client, one: Sample) -> Callable[[], Any]:
        """The call by its method: ``client.task.get_status(...)`` for ``task.get_status``."""
        found = client
        for word in self.service.functions.get(one.function).method.split("."):
            found = getattr(found, word)
        return lambda: found(*one.arguments, **one.named)
