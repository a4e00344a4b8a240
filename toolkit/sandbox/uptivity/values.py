"""Parameters with a kind: numbers, Y or N, and a few choices."""

from __future__ import annotations

from toolkit.sandbox.uptivity.codes import Refusal
from toolkit.sandbox.uptivity.envelope import Request

USER_FIELDS = tuple(f"USER{number}" for number in range(1, 16))
METADATA = (
    "CALLID", "ANI", "DNIS", "CALLDIRECTION", "GATE", "SGROUP", "KEEPDAYS", "ARCHIVEACTION",
    "CTIINITIATED", "AGENTINITIATED", *USER_FIELDS,
)  # fmt: skip

# API Server Parameter Definitions.
_NUMBERS = (
    "AGENTID", "ARCHIVEACTION", "CALLCOUNT", "COREIDENT", "COUNT", "KEEPDAYS", "RECORDID",
)  # fmt: skip
_FLAGS = ("AGENTINITIATED", "ALLOWSELFDOWNLOAD", "ALLOWSELFRECORD", "CTIINITIATED")
_CHOICES = {"CALLDIRECTION": ("I", "O")} | dict.fromkeys(_FLAGS, ("Y", "N"))


def check_values(request: Request) -> None:
    """Refuse (59) a value that is not of its parameter's kind; blank ones pass."""
    for name in _NUMBERS:
        value = request.get(name).removeprefix("-")
        if value and not (value.isascii() and value.isdigit()):
            raise Refusal(59, f"{name} must be a number")
    for name, choices in _CHOICES.items():
        value = request.get(name).upper()
        if value and value not in choices:
            raise Refusal(59, f"{name} must be {' or '.join(choices)}")


def metadata(request: Request) -> dict[str, str]:
    """The metadata of a call that a request gives; a blank value empties a field."""
    return {
        name: request.values[name].upper() if name in _CHOICES else request.values[name]
        for name in METADATA
        if name in request.values
    }
