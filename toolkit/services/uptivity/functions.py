"""The table of commands: the six whose names the vendor's pages, or a client at work, confirm.

TEST, CALLSTART and the parameters are of the pages "API Overview", "API Server Commands" and
"Parameter Definitions" (17.1 to 20.1); CALLUPDATE of the example in "Web API Service"; CALLLIST of
the description of CALLCOUNT; IMPORTUSER was seen in use, with ``ACTION=list`` only. CALLSTOP is
CALLSTART's pair. The lists of parameters are not public in full: any other parameter may be given,
and is sent as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.services.base.functions import (
    Argument,
    ArgumentKind,
    Function,
    FunctionTable,
    SessionPlace,
)

AGENT_NAMES = ("deviceid", "devicealias", "stationname", "sys_user", "crm_user")
"""At least one of them says whose call it is."""

METADATA: tuple[tuple[str, ArgumentKind], ...] = (
    ("ani", "text"),
    ("dnis", "text"),
    ("callid", "text"),
    ("calldirection", "choice"),
    ("gate", "text"),
    ("sgroup", "text"),
    ("station", "text"),
    ("keepdays", "integer"),
    ("archiveaction", "integer"),
    *((f"user{number}", "text") for number in range(1, 16)),
)
"""What a call may carry, with kinds."""


def _arguments(*, data: bool) -> tuple[Argument, ...]:
    who = tuple(
        Argument(name, names=name == "deviceid", optional=True)
        for name in (AGENT_NAMES[0], "callinstance", *AGENT_NAMES[1:])
    )
    more = tuple(
        Argument(name, kind, choices=("I", "O") if kind == "choice" else (), optional=True)
        for name, kind in METADATA
    )
    return who + more if data else who


def _row(
    name: str,
    method: str,
    summary: str,
    arguments: tuple[Argument, ...] = (),
    *,
    lost: str = "",
    codes: tuple[int, ...] = (),
    section: str,
) -> Function:
    return Function(
        "uptivity",
        name,
        method,
        summary,
        arguments,
        session=SessionPlace.NONE,
        changes=bool(lost),
        lost_reply=lost,
        codes=codes,
        section=section,
    )


_OF_A_CALL = (5, 7, 8, 24, 25, 26)

TABLE = FunctionTable(
    "uptivity",
    (
        _row("TEST", "test", "Ask whether the server answers.", section="API Overview"),
        _row(
            "CALLSTART",
            "calls.start",
            "Say that a call has begun on a device; the scheduler decides whether to record it.",
            _arguments(data=True),
            lost="calls.list() shows whether the call is known; sent again without a callinstance "
            "it may begin a second one",
            codes=_OF_A_CALL,
            section="API Server Commands",
        ),
        _row(
            "CALLSTOP",
            "calls.stop",
            "Say that the call on a device has ended.",
            _arguments(data=False),
            lost="sent again, a call that has ended gives 7",
            codes=_OF_A_CALL,
            section="the pair of CALLSTART",
        ),
        _row(
            "CALLUPDATE",
            "calls.update",
            "Change the data of the call on a device.",
            _arguments(data=True),
            lost="the same values may be sent again",
            codes=(*_OF_A_CALL, 37),
            section="API Server Web API Service",
        ),
        _row(
            "CALLLIST",
            "calls.list",
            "The calls that are running.",
            codes=(46,),
            section="Parameter Definitions (CALLCOUNT)",
        ),
        _row(
            "IMPORTUSER",
            "users.send",
            "Administer users; the action list reads them and changes nothing.",
            (Argument("action", names=True),),
            lost="users.list() shows whether it was done",
            codes=(21, 28, 45, 53, 54, 56),
            section="seen in use",
        ),
    ),
)


def is_read(name: str, parameters: Mapping[str, str]) -> bool:
    """Whether a command changes nothing, so that it may be sent again.

    Examples
    --------
    >>> is_read("IMPORTUSER", {"ACTION": "list"}), is_read("IMPORTUSER", {"ACTION": "add"})
    (True, False)
    >>> is_read("SOMETHING", {})
    False
    """
    function = TABLE.find(name)
    if function is None:
        return False
    if function.name == "IMPORTUSER":
        return parameters.get("ACTION", "").strip().casefold() == "list"
    return not function.changes
