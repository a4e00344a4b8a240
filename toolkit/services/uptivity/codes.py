"""The API server's result codes: label, outcome, category, and whether it helps to ask again.

Codes and labels: the vendor's "API Server Command Results" (the same table in 17.3, 18.1 and
20.1). Its table says nothing more: outcome, category and ``repeats`` are our reading of the names.

16 and 17 have one label, so a label is no code's name: ``name`` tells them apart. 19 is not in
the table and stays unknown. 58 looks like a start value; what it means is read from RESULTTYPE.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import Category


class Repeats(enum.StrEnum):
    """Whether the same call may be sent again."""

    DONE = "not needed"
    NEVER = "not without a change"
    LATER = "later, by hand"
    BACKED_OFF = "later; the client does so a few times"
    ONCE = "reads only; the client does so once"
    FIX = "after an operator has acted"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table.

    Attributes
    ----------
    code : int
    label : str
        The vendor's, as it comes on the wire.
    kind : str
        A finer category: what sort of success or failure it is.
    name : str
        Unique; the label, but for 17.
    """

    code: int
    label: str
    kind: str
    category: Category
    repeats: Repeats
    meaning: str
    name: str = ""


_C, _R = Category, Repeats
_OK, _BAD, _STATE = (_C.SUCCESS, _R.DONE), (_C.INVALID_REQUEST, _R.NEVER), (_C.CONFLICT, _R.NEVER)
_GONE, _DOWN = (_C.NOT_FOUND, _R.NEVER), (_C.BUSY, _R.LATER)
_FAULT, _FIX = (_C.SERVER_FAULT, _R.ONCE), (_C.SERVER_FAULT, _R.FIX)
_FULL, _ODD = (_C.BUSY, _R.BACKED_OFF), (_C.UNKNOWN, _R.NEVER)

_ROWS: tuple[tuple[int, str, str, tuple[Category, Repeats], str], ...] = (
    (0, "API_RECORDING_STARTED", "recording", _OK, "the recording has begun"),
    (1, "API_ERROR_ALREADY_RECORDING", "state", _STATE, "the device is being recorded already"),
    (2, "API_ERROR_OUT_OF_DISK_SPACE", "server resource", _FIX, "the server's disk is full"),
    (3, "API_ERROR_NO_FREE_CHANNELS", "server capacity", _DOWN, "all recording channels are used"),
    (4, "API_ERROR_UNKNOWN", "server", _FAULT, "the server failed and does not say how"),
    (5, "API_DEVICE_ALIAS_UNSPECIFIED", "missing value", _BAD, "no device alias was given"),
    (6, "API_ERROR_SCHEDULER_NOT_RUNNING", "component down", _DOWN, "the scheduler is not running"),
    (7, "API_DEVICE_NOT_IN_CALL", "state", _STATE, "the device has no such call"),
    (8, "API_DEVICE_INVALID", "bad reference", _BAD, "the server does not know the device"),
    (9, "API_DID_NOT_MATCH_A_SCHEDULE", "policy", _STATE, "no schedule wants this call recorded"),
    (10, "API_UNKNOWN_MESSAGE_TYPE", "request", _BAD, "the server knows no command of that type"),
    (11, "API_ERROR_PROCESSING_MESSAGE", "server", _FAULT, "the server failed at the message"),
    (12, "API_DEVICE_NOT_RECORDING", "state", _STATE, "the device is not being recorded"),
    (13, "API_RECORDING_STOPPED", "recording", _OK, "the recording has ended"),
    (14, "API_REQUESTID_INVALID", "request", _BAD, "REQUESTID is missing or no number"),
    (15, "API_INVALID_REQUEST_TYPE", "request", _BAD, "TYPE is missing or not usable"),
    (16, "API_INVALID_MESSAGE_FORMAT", "request", _BAD, "the message cannot be read"),
    (17, "API_INVALID_MESSAGE_FORMAT", "request", _BAD, "the message is not of the right form"),
    (18, "API_ERROR_NO_DEFAULT_RECORDING_PATH", "server configuration", _FIX,
     "no default path for recordings is set up"),
    (20, "API_OK", "general", _OK, "done"),
    (21, "API_ERROR_INVALID_ACTION", "bad value", _BAD, "the command has no such ACTION"),
    (22, "API_ERROR_KEYS_NOT_UNIQUE", "conflict", _STATE, "the keys fit more than one"),
    (23, "API_DATABASE_QUERY_ERROR", "server", _FAULT, "a query of the server's database failed"),
    (24, "API_AGENT_NOT_FOUND", "not found", _GONE, "there is no such agent"),
    (25, "API_AGENT_NOT_ACTIVE", "state", _STATE, "the agent is not active"),
    (26, "API_BLANK_REQUIRED_VALUE", "missing value", _BAD, "a required value is blank"),
    (27, "API_NO_GROUP", "not found", _GONE, "there is no such group"),
    (28, "API_USER_NOT_FOUND", "not found", _GONE, "there is no such user"),
    (29, "API_MODE_INVALID", "bad value", _BAD, "there is no such mode"),
    (30, "API_EVENT_TYPE_INVALID", "bad value", _BAD, "there is no such type of event"),
    (31, "API_ERROR_CLIENT_NOT_FOUND", "not found", _GONE, "there is no such client"),
    (32, "API_ERROR_ALREADY_MONITORING", "state", _STATE, "it is being monitored already"),
    (33, "API_SESSIONID_UNSPECIFIED", "missing value", _BAD, "no session id was given"),
    (34, "API_ERROR_RECORDER_NOT_RUNNING", "component down", _DOWN, "the recorder is not running"),
    (35, "API_ERROR_BLOCKED_RECORDING_FILTER", "policy", _STATE, "a filter forbids to record it"),
    (36, "API_ERROR_LOGGER_NOT_RUNNING", "component down", _DOWN, "the logger is not running"),
    (37, "API_RECORDING_UPDATED", "recording", _OK, "the recording's data are changed"),
    (38, "API_BLACKOUT_INVALID_STATE", "state", _STATE, "the blackout cannot change like that now"),
    (39, "API_UNLICENSED", "licensing", (_C.DENIED, _R.FIX), "the licence does not cover it"),
    (40, "API_RECORDID_INVALID", "bad reference", _BAD, "there is no recording of that id"),
    (41, "API_FILE_NOT_FOUND", "not found", _GONE, "the file is not there"),
    (42, "API_AGENT_ALREADY_EXIST", "conflict", _STATE, "the agent exists already"),
    (43, "API_STREAMING_STARTED", "monitoring", _OK, "the live stream has begun"),
    (44, "API_COMMAND_NOT_ALLOWED", "permission", (_C.DENIED, _R.NEVER),
     "the command is not allowed here"),
    (45, "API_EMAIL_NOT_VALID", "bad value", _BAD, "that is no e-mail address"),
    (46, "API_PARTIAL_CORE_RESPONSE", "partial", (_C.PARTIAL, _R.LATER),
     "some cores of the system did not answer; the data lack theirs"),
    (47, "API_COMMAND_QUEUE_FULL", "throttling", _FULL, "the queue of commands is full"),
    (48, "API_TOO_MANY_CLIENTS", "throttling", _FULL, "too many clients are connected"),
    (49, "API_COMMAND_NOT_SUPPORTED", "unsupported", _BAD, "this server does not do that command"),
    (50, "API_ROLE_ALREADY_EXISTS", "conflict", _STATE, "the role exists already"),
    (51, "API_PERMISSIONIDENT_NOT_FOUND", "not found", _GONE, "there is no such permission"),
    (52, "API_ROLE_NOT_FOUND", "not found", _GONE, "there is no such role"),
    (53, "API_SITEID_NOT_VALID", "bad value", _BAD, "there is no site of that id"),
    (54, "API_USER_ALREADY_EXIST", "conflict", _STATE, "the user exists already"),
    (55, "API_CONFIG_ERROR", "server configuration", _FIX, "the server is not set up rightly"),
    (56, "API_MASKID_NOT_VALID", "bad value", _BAD, "there is no mask of that id"),
    (57, "API_PHONEID_IN_USE", "conflict", _STATE, "the phone belongs to another agent"),
    (58, "API_STATUS_DEFAULT", "unclear", _ODD, "a start value, which says nothing"),
    (59, "API_PARAMETERS_INVALID", "bad value", _BAD, "a parameter has a value it cannot have"),
)  # fmt: skip

OK, THROTTLED = 20, frozenset({47, 48})

CODES = {
    code: Code(
        code, label, kind, category, repeats, meaning, f"{label}_17" if code == 17 else label
    )
    for code, label, kind, (category, repeats), meaning in _ROWS
}

LABELS: dict[str, tuple[int, ...]] = {}
for _row in CODES.values():
    LABELS[_row.label] = (*LABELS.get(_row.label, ()), _row.code)

CODE_COLUMNS = (
    Column("code", "integer", about="RESULTCODE on the wire"),
    Column("label", about="the vendor's; 16 and 17 share one"),
    Column("meaning", about="what the label says"),
    Column("category", "category", tuple(Category), about="its category in every service"),
    Column("name", about="the label, made unique"),
    Column("outcome", "category", ("success", "partial", "error", "unclear"), "what came of it"),
    Column("kind", "category", about="a finer category"),
    Column("repeats", "category", tuple(Repeats), about="whether the same call may be sent again"),
)

_OUTCOMES = {Category.SUCCESS: "success", Category.PARTIAL: "partial", Category.UNKNOWN: "unclear"}


def to_frame() -> pd.DataFrame:
    """The table as a DataFrame.

    Examples
    --------
    >>> table = to_frame()
    >>> len(table), table.loc[table["category"] == "partial", "label"].tolist()
    (59, ['API_PARTIAL_CORE_RESPONSE'])
    """
    return frame(
        CODE_COLUMNS,
        [
            (
                row.code,
                row.label,
                row.meaning,
                row.category.value,
                row.name,
                _OUTCOMES.get(row.category, "error"),
                row.kind,
                row.repeats.value,
            )
            for row in CODES.values()
        ],
    )
