"""Everything in which a real API server may differ: one switch for each open point."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from toolkit.sandbox.switches import Changeable


@dataclass(frozen=True, slots=True)
class Switches(Changeable):
    """How the server behaves where the vendor's pages are silent or contradict each other.

    Attributes
    ----------
    requesttype
        REQUESTTYPE ``"before"`` the REQUESTID (as a public client saw it), ``"after"`` it (as in
        the API Overview) or ``"absent"`` (as in API Server Command Results).
    errors_off_by_one
        Errors from 18 on have a number one lower, their label stays: 17 for 18, as in the error
        example of API Server Command Results.
    blank_in_message
        RESULTMSG of an error starts with a blank, as in the same example.
    message
        RESULTMSG of an error is its ``"label"``, the ``"detail"`` in words, or ``"both"``.
    drop_close_tag
        The end tag of a list (``</USERS>``) is missing.
    line_end
        What ends a reply and an event on a socket: ``"crlf"``, ``"lf"`` or ``"cr"``.
    indent
        Each element of a reply stands on a line of its own.
    declaration
        Replies start with an XML declaration.
    encoding
        Of replies and events: ``"utf-8"`` or ``"windows-1252"``.
    time_shape
        ``"us"``: ``4/12/2017 3:51:30 PM-05:00``; ``"padded"``: ``04/12/2017 15:51:30``, no
        offset; ``"iso"``: ``2017-04-12T15:51:30-05:00``.
    offset_space
        A blank before the offset of ``"us"``: ``"yes"``, ``"no"``, or ``"mixed"``: in some
        fields, as a public client saw it.
    utc_offset
        Hours by which the server's local time differs from UTC.
    http_status
        HTTP status of a RESULT that is an error.
    content_type
        Content-Type of every RESULT; empty sends none.
    methods
        Verbs that the Web API takes: ``"both"`` GET and POST, or one of them; another is 405.
    special_characters
        ``"accept"`` angle brackets in a value, or ``"refuse"`` them with 59.
    call_result
        CALLSTART, CALLSTOP and CALLUPDATE answer with the ``"decision"`` about the recording (0, 3,
        9, 13, 37 ...) or always ``"ok"`` (20): then only events tell.
    repeated_start
        CALLSTART for a call with an instance that is there already: ``"already"`` (1 if it is
        recorded, else 20) or ``"ok"`` (20).
    experimental
        Commands whose names nobody has confirmed are known, else they are 10.
    disabled, forbidden, unlicensed
        Types that answer 49, 44 or 39.
    max_clients
        Connections to the socket and the Web API at once; one more is told 48 and closed. 0 = any
        number.
    refuse_on
        The one too many is told so after its first ``"request"``, or at once on ``"connect"``
        (sockets only).
    queue_size
        Commands that wait or run at once; one more is 47. 0 = any number.
    latency
        Seconds that each command takes.
    cores, partial_cores
        CTI cores there are, and how many of them do not answer: reads are then 46 and lack the
        calls and recordings of those.
    channels
        Recordings at once; one more is 3. 0 = any number.
    recording_path
        Where recordings go; empty makes each one 18.
    read_timeout
        Seconds that a socket waits for the rest of a message; then it is 16 and closed.
    idle_timeout
        Seconds that a socket waits for a message; 0 = for ever.
    message_limit
        Largest request in bytes; a larger one is 16, and a socket is closed.

    Examples
    --------
    >>> Switches(line_end="cr").line_end
    'cr'
    """

    requesttype: Literal["before", "after", "absent"] = "before"
    errors_off_by_one: bool = False
    blank_in_message: bool = False
    message: Literal["label", "detail", "both"] = "label"
    drop_close_tag: bool = False
    line_end: Literal["crlf", "lf", "cr"] = "crlf"
    indent: bool = False
    declaration: bool = False
    encoding: Literal["utf-8", "windows-1252"] = "utf-8"
    time_shape: Literal["us", "padded", "iso"] = "us"
    offset_space: Literal["mixed", "yes", "no"] = "mixed"
    utc_offset: float = -5.0
    http_status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    methods: Literal["both", "GET", "POST"] = "both"
    special_characters: Literal["accept", "refuse"] = "accept"
    call_result: Literal["decision", "ok"] = "decision"
    repeated_start: Literal["already", "ok"] = "already"
    experimental: bool = False
    disabled: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    unlicensed: tuple[str, ...] = ()
    max_clients: int = 0
    refuse_on: Literal["request", "connect"] = "request"
    queue_size: int = 0
    latency: float = 0.0
    cores: int = 3
    partial_cores: int = 0
    channels: int = 0
    recording_path: str = "D:\\Recordings"
    read_timeout: float = 30.0
    idle_timeout: float = 0.0
    message_limit: int = 1024 * 1024

    def __post_init__(self) -> None:
        for name, kind in _kinds().items():
            value = getattr(self, name)
            if get_origin(kind) is tuple:
                types = [value] if isinstance(value, str) else list(value)
                object.__setattr__(self, name, tuple(one.upper() for one in types))
            elif get_args(kind) and value not in get_args(kind):
                raise ValueError(f"switch {name} must be one of {get_args(kind)}, not {value!r}")
            elif kind is bool and not isinstance(value, bool):
                raise ValueError(f"switch {name} must be True or False, not {value!r}")
            elif kind is str and not isinstance(value, str):
                raise ValueError(f"switch {name} must be text, not {value!r}")
            elif kind in (int, float):
                _check_number(name, value)
        if not 200 <= self.http_status <= 599:
            raise ValueError(f"switch http_status must be 200 to 599, not {self.http_status}")
        if self.cores < 1:
            raise ValueError(f"switch cores must be 1 or more, not {self.cores}")
        if self.partial_cores > self.cores:
            raise ValueError(
                f"switch partial_cores must be at most cores ({self.cores}),"
                f" not {self.partial_cores}"
            )


@functools.cache  # a declaration is read once
def _kinds() -> dict[str, Any]:
    return get_type_hints(Switches)


def _check_number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(  # noqa: TRY004 - as for the other switches
            f"switch {name} must be a number, not {value!r}"
        )
    if name == "utc_offset":
        if not -14 <= value <= 14:
            raise ValueError(f"switch utc_offset must be -14 to 14 hours, not {value!r}")
    elif value < 0:
        raise ValueError(f"switch {name} must not be below 0, not {value!r}")
