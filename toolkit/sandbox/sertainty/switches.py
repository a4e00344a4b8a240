"""Everything in which a real gateway may differ: one switch for each open point of the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args, get_type_hints

from toolkit.sandbox.switches import Changeable


@dataclass(frozen=True, slots=True)
class Switches(Changeable):
    """How the gateway behaves where the guide is silent or contradicts itself.

    The defaults are what the guide's examples suggest, or else what most servers do.

    Attributes
    ----------
    function_case
        ``"any"`` matches function names without case, ``"exact"`` as in Table 3 only.
    template_get
        Which spelling of function 36 is known: ``"both"``, ``"templateGetTask"`` (Table 3) or
        ``"tempateGetTask"`` (the Format).
    alter_style
        Where agentAlter's session and option must be: ``"any"``, ``"args"`` (two arguments,
        no Session), ``"session"`` (Session, option only) or ``"both"``.
    prompt_names
        Names of the prompt Results: ``"none"``, ``"index"`` (prompt-1 ...) or ``"text"``
        (the prompt's own text).
    answer_names
        Which names of answers are understood: ``"any"``, ``"index"`` or ``"text"``.
    wrong_answer
        A wrong answer is ``"deny"`` (3, the login is over) or ``"again"`` (2, the same prompts).
    cycle_failures
        Refused logins in a row until the user is locked out (MaximumCycleFailures); 0 = never.
    total_failures
        Refused logins in all until the user is locked out (MaximumTotalFailures); 0 = never.
    round_minutes
        How long a challenge waits for its answers.
    session_minutes
        Minutes without a call after which a session is dead (3); 0 = never.
    manual_start
        After agentShutdown, agentStart answers 502 until a person starts the agent.
    offline_ping
        agentPing while the agent is offline: ``"fault"`` (502) or ``"silence"`` (no answer).
    base64_line
        Characters in a line of base64 in replies; 0 = no line breaks, else a multiple of 4.
    white_space
        Indents the reply and puts white space around the values in it.
    declaration
        Starts the reply with an XML declaration.
    empty_results
        When nothing is returned: ``"omit"`` the ResultList or write an ``"empty"`` one.
    named_status
        The Results of taskGetStatus carry names.
    status_message
        Writes the StatusMessage's text; if not, the element is empty.
    http_status
        HTTP status of every reply that is a Response.
    unfinished_logs
        Logs are still being written: the end tag is missing.
    body_limit
        Largest request in bytes; a larger one is 408.

    Examples
    --------
    >>> Switches(alter_style="args").alter_style
    'args'
    """

    function_case: Literal["any", "exact"] = "any"
    template_get: Literal["both", "templateGetTask", "tempateGetTask"] = "both"
    alter_style: Literal["any", "args", "session", "both"] = "any"
    prompt_names: Literal["none", "index", "text"] = "none"
    answer_names: Literal["any", "index", "text"] = "any"
    wrong_answer: Literal["deny", "again"] = "deny"
    cycle_failures: int = 3
    total_failures: int = 999
    round_minutes: float = 5.0
    session_minutes: float = 0.0
    manual_start: bool = False
    offline_ping: Literal["fault", "silence"] = "fault"
    base64_line: int = 0
    white_space: bool = False
    declaration: bool = False
    empty_results: Literal["omit", "empty"] = "omit"
    named_status: bool = True
    status_message: bool = True
    http_status: int = 200
    unfinished_logs: bool = False
    body_limit: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        for name, kind in get_type_hints(type(self)).items():
            value = getattr(self, name)
            choices = get_args(kind)
            if choices and value not in choices:
                raise ValueError(f"switch {name} must be one of {choices}, not {value!r}")
            if kind is bool and not isinstance(value, bool):
                raise ValueError(f"switch {name} must be True or False, not {value!r}")
            if kind in (int, float) and (
                isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0
            ):
                raise ValueError(f"switch {name} must be a number not below 0, not {value!r}")
        if self.base64_line % 4:
            raise ValueError(f"switch base64_line must be a multiple of 4, not {self.base64_line}")
        if not 200 <= self.http_status <= 599:
            raise ValueError(f"switch http_status must be 200 to 599, not {self.http_status}")
