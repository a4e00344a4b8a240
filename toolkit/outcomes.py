"""What a service said about a call, and the exceptions that carry it, for all services.

The tree of exceptions::

    ToolkitError
    ├── InvalidArgument            refused before anything was sent (also a ValueError)
    ├── CallError                  has .function .target .code .label .message .category
    │   ├── OutcomeError           the service answered, and its answer is not a success
    │   │   ├── Challenged         it wants challenges answered first
    │   │   ├── AccessDenied       authentication or authorisation failed
    │   │   ├── NotFound
    │   │   ├── Conflict           it exists already (AlreadyExists is the same class)
    │   │   ├── InvalidRequest
    │   │   ├── Busy               try again later
    │   │   ├── ServerFault
    │   │   └── UnknownStatus      a code that no table lists
    │   ├── BadReply               something answered, but not in the service's language
    │   │   ├── ReplyTooLarge
    │   │   └── UnsafeDocument     a DTD, an entity, or XML nested beyond reason
    │   └── TransportFailure       no whole answer came
    │       ├── Unreachable        not one byte was sent (also a ConnectionError)
    │       ├── TimedOut           (also a TimeoutError)
    │       └── ConnectionLost     (also a ConnectionError)
    ├── LoginError
    │   ├── LoginAborted           the person, or the limit of rounds, ended the login
    │   ├── NobodyToAsk            a challenge came and nobody can answer it here
    │   └── NoSession              a function needs a session and there is none
    ├── DocumentError              a document (a log, a task list) that cannot be read
    └── CassetteError
        └── NotRecorded            a replay was asked for a request that the cassette does not hold

What a user writes::

    try:
        gateway.config.get_tasks("Nightly")
    except toolkit.NotFound as error:
        print(error.code, error.label, error.message)
    except toolkit.CallError as error:
        print(error)
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any, ClassVar


class Category(enum.StrEnum):
    """Our reading of an outcome, for every service: the values of each ``category`` column."""

    SUCCESS = "success"
    PARTIAL = "partial"
    CHALLENGED = "challenged"
    DENIED = "denied"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"
    INVALID_REQUEST = "invalid request"
    BUSY = "busy"
    SERVER_FAULT = "server fault"
    UNKNOWN = "unknown status"
    BAD_REPLY = "bad reply"
    TRANSPORT = "transport failure"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the service itself said: its code, the code's label, its message, and our category.

    Examples
    --------
    >>> Outcome(213, "FILE_NOT_FOUND", "File not found", Category.NOT_FOUND).ok
    False
    """

    code: int | None
    label: str
    message: str
    category: Category

    @property
    def ok(self) -> bool:
        """Whether the call did what it was asked to (a partial success did)."""
        return self.category in (Category.SUCCESS, Category.PARTIAL)


class ToolkitError(Exception):
    """The root of every exception that the toolkit raises on purpose."""


class InvalidArgument(ToolkitError, ValueError):
    """A call that was refused before anything was sent; the sentence says what would be right."""


class DocumentError(ToolkitError, ValueError):
    """A document (a log, a task list) that cannot be read; the sentence says where and why."""


class LoginError(ToolkitError):
    """A login that did not end in a session."""


class LoginAborted(LoginError):
    """The person gave up, or the limit of rounds was reached. Nothing more was sent."""


class NobodyToAsk(LoginError):
    """A challenge came where nobody can answer it (no terminal, no notebook front end)."""


class NoSession(LoginError):
    """The function needs a session and none is open; nothing was sent."""


class CassetteError(ToolkitError):
    """A cassette that cannot be opened, written or understood."""


class NotRecorded(CassetteError, LookupError):
    """A replay was asked for a request that the cassette does not hold."""


class CallError(ToolkitError):
    """A call that did not succeed.

    Attributes
    ----------
    function : str
        Wire name of the function, for example ``"taskGetStatus"``.
    target : str
        What the function was aimed at, for example ``"nightly/ingest"``; empty when it has none.
    code : int or None
        The service's own code; None when no readable answer came.
    label, message : str
        The code's name in the service's table, and the text that came with it.
    category : Category
        Our reading of it.
    elapsed : float or None
        Seconds from the first byte sent to the last received.
    at : datetime.datetime or None
        When the call was sent (UTC).
    """

    category: Category = Category.UNKNOWN
    default_label: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        function: str = "",
        target: str = "",
        code: int | None = None,
        label: str = "",
        elapsed: float | None = None,
        at: dt.datetime | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.function = function
        self.target = target
        self.code = code
        self.label = label or self.default_label or type(self).__name__
        self.elapsed = elapsed
        self.at = at
        for name, value in extra.items():
            setattr(self, name, value)

    @property
    def message(self) -> str:
        """The text that came with the code; set anew, the old one is gone from the repr too."""
        return str(self.args[0])

    @message.setter
    def message(self, text: str) -> None:
        self.args = (text,)

    def __str__(self) -> str:
        where = f"{self.function}({self.target})" if self.target else self.function
        code = "" if self.code is None else f" {self.code}"
        head = f"{where}: {self.label}{code}" if where else f"{self.label}{code}"
        return f"{head}: {self.message}" if self.message else head

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process boundaries (parallel reading); the default loses the keywords.
        return (_rebuild, (type(self), self.message, dict(self.__dict__)))


def _rebuild(kind: type[CallError], message: str, state: dict[str, Any]) -> CallError:
    error = kind(message)
    error.__dict__.update(state)
    return error


class OutcomeError(CallError):
    """The service answered, and its answer is not a success."""


class Challenged(OutcomeError):
    """The service wants challenges answered before it goes on."""

    category = Category.CHALLENGED


class AccessDenied(OutcomeError):
    """Authentication or authorisation failed."""

    category = Category.DENIED


class NotFound(OutcomeError):
    """What the call names does not exist."""

    category = Category.NOT_FOUND


class Conflict(OutcomeError):
    """What the call would make exists already, or is in a state that forbids the change."""

    category = Category.CONFLICT


AlreadyExists = Conflict


class InvalidRequest(OutcomeError):
    """The service does not accept the request as it was made."""

    category = Category.INVALID_REQUEST


class Busy(OutcomeError):
    """The service cannot do it now; the same call may succeed later."""

    category = Category.BUSY


class ServerFault(OutcomeError):
    """The service failed; its message says how."""

    category = Category.SERVER_FAULT


class UnknownStatus(OutcomeError):
    """The service answered with a code that its documentation does not list."""

    category = Category.UNKNOWN


class BadReply(CallError):
    """Something answered, but not in the service's language (HTML, a cut body, bad base64)."""

    category = Category.BAD_REPLY


class ReplyTooLarge(BadReply):
    """The body passed the client's limit; reading stopped there."""


class UnsafeDocument(BadReply, DocumentError):
    """A DTD, an entity, or nesting beyond reason: refused unread, whoever sent it."""


class TransportFailure(CallError):
    """No whole answer came."""

    category = Category.TRANSPORT


class Unreachable(TransportFailure, ConnectionError):
    """No connection was made: not one byte of the request was sent."""


class TimedOut(TransportFailure, TimeoutError):
    """The time allowed ran out after the request was (perhaps partly) sent."""


class ConnectionLost(TransportFailure, ConnectionError):
    """The connection broke after the request was (perhaps partly) sent."""


_BY_CATEGORY: dict[Category, type[OutcomeError]] = {
    kind.category: kind
    for kind in (
        Challenged,
        AccessDenied,
        NotFound,
        Conflict,
        InvalidRequest,
        Busy,
        ServerFault,
        UnknownStatus,
    )
}


def error_for(outcome: Outcome, **context: Any) -> OutcomeError:
    """Make the exception of an outcome's category.

    Parameters
    ----------
    outcome : Outcome
        One that is not ``ok``.
    **context
        ``function``, ``target``, ``elapsed``, ``at``, as :class:`CallError` has them.

    Examples
    --------
    >>> denied = Outcome(3, "ACCESS_DENIED", "Denied", Category.DENIED)
    >>> str(error_for(denied, function="agentGetLog"))
    'agentGetLog: ACCESS_DENIED 3: Denied'
    """
    kind = _BY_CATEGORY.get(outcome.category, UnknownStatus)
    return kind(outcome.message, code=outcome.code, label=outcome.label, **context)
