"""The result codes, and how a command is refused with one."""

from __future__ import annotations

# API Server Command Results, table of codes; 19 is not in it, 16 and 17 share a label.
LABELS = {
    0: "API_RECORDING_STARTED",
    1: "API_ERROR_ALREADY_RECORDING",
    2: "API_ERROR_OUT_OF_DISK_SPACE",
    3: "API_ERROR_NO_FREE_CHANNELS",
    4: "API_ERROR_UNKNOWN",
    5: "API_DEVICE_ALIAS_UNSPECIFIED",
    6: "API_ERROR_SCHEDULER_NOT_RUNNING",
    7: "API_DEVICE_NOT_IN_CALL",
    8: "API_DEVICE_INVALID",
    9: "API_DID_NOT_MATCH_A_SCHEDULE",
    10: "API_UNKNOWN_MESSAGE_TYPE",
    11: "API_ERROR_PROCESSING_MESSAGE",
    12: "API_DEVICE_NOT_RECORDING",
    13: "API_RECORDING_STOPPED",
    14: "API_REQUESTID_INVALID",
    15: "API_INVALID_REQUEST_TYPE",
    16: "API_INVALID_MESSAGE_FORMAT",
    17: "API_INVALID_MESSAGE_FORMAT",
    18: "API_ERROR_NO_DEFAULT_RECORDING_PATH",
    20: "API_OK",
    21: "API_ERROR_INVALID_ACTION",
    22: "API_ERROR_KEYS_NOT_UNIQUE",
    23: "API_DATABASE_QUERY_ERROR",
    24: "API_AGENT_NOT_FOUND",
    25: "API_AGENT_NOT_ACTIVE",
    26: "API_BLANK_REQUIRED_VALUE",
    27: "API_NO_GROUP",
    28: "API_USER_NOT_FOUND",
    29: "API_MODE_INVALID",
    30: "API_EVENT_TYPE_INVALID",
    31: "API_ERROR_CLIENT_NOT_FOUND",
    32: "API_ERROR_ALREADY_MONITORING",
    33: "API_SESSIONID_UNSPECIFIED",
    34: "API_ERROR_RECORDER_NOT_RUNNING",
    35: "API_ERROR_BLOCKED_RECORDING_FILTER",
    36: "API_ERROR_LOGGER_NOT_RUNNING",
    37: "API_RECORDING_UPDATED",
    38: "API_BLACKOUT_INVALID_STATE",
    39: "API_UNLICENSED",
    40: "API_RECORDID_INVALID",
    41: "API_FILE_NOT_FOUND",
    42: "API_AGENT_ALREADY_EXIST",
    43: "API_STREAMING_STARTED",
    44: "API_COMMAND_NOT_ALLOWED",
    45: "API_EMAIL_NOT_VALID",
    46: "API_PARTIAL_CORE_RESPONSE",
    47: "API_COMMAND_QUEUE_FULL",
    48: "API_TOO_MANY_CLIENTS",
    49: "API_COMMAND_NOT_SUPPORTED",
    50: "API_ROLE_ALREADY_EXISTS",
    51: "API_PERMISSIONIDENT_NOT_FOUND",
    52: "API_ROLE_NOT_FOUND",
    53: "API_SITEID_NOT_VALID",
    54: "API_USER_ALREADY_EXIST",
    55: "API_CONFIG_ERROR",
    56: "API_MASKID_NOT_VALID",
    57: "API_PHONEID_IN_USE",
    58: "API_STATUS_DEFAULT",
    59: "API_PARAMETERS_INVALID",
}

OK = 20
PARTIAL = 46
NOT_ERRORS = frozenset({0, 13, OK, 37, 43, PARTIAL, 58})
"""Codes whose RESULTTYPE is their label; that of all others is ``ERROR``."""


class Refusal(Exception):
    """Ends a command with an error code.

    Attributes
    ----------
    code
        One of `LABELS`.
    detail
        What was wrong, in words.
    cause
        The kind of incident that is to blame, or empty.
    """

    def __init__(self, code: int, detail: str, cause: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.cause = cause
