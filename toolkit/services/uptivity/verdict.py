"""What a RESULT says: success, partial success, failure, or something that no table lists.

The order, where an answer contradicts itself: RESULTTYPE ERROR is a failure, whatever the code.
Else the label says it, where it is a known one; else the code. What neither tells is unknown: it
is a failure when RESULTTYPE says ERROR, and else the answer's data are given with a warning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from toolkit.outcomes import Category, Outcome, OutcomeError, error_for
from toolkit.services.uptivity.codes import CODES, LABELS, Code, Repeats
from toolkit.services.uptivity.reply import Reply

_LABEL = re.compile(r"API_[A-Z0-9_]+(?![A-Za-z0-9_])")
_LONGEST = 80
PARTIAL = 46


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reading of one answer; what it said itself is kept beside.

    Attributes
    ----------
    outcome : Outcome
        Code, label and category as read: the label's where label and code disagree.
    failed : bool
        Whether the call raises.
    kind : str
        The finer category of ``toolkit.codes("uptivity")``.
    repeats : Repeats
    wire_code : int or None
    wire_type, wire_message : str
        RESULTCODE, RESULTTYPE and RESULTMSG.
    notes : tuple of str
        What contradicted itself, or is not in the table.
    """

    outcome: Outcome
    failed: bool
    kind: str
    repeats: Repeats
    wire_code: int | None
    wire_type: str
    wire_message: str
    notes: tuple[str, ...] = ()

    def error(self, **context: Any) -> OutcomeError:
        """The exception of the outcome's category, with what came on the wire as attributes."""
        return error_for(
            self.outcome,
            kind=self.kind,
            repeats=self.repeats.value,
            wire_code=self.wire_code,
            wire_type=self.wire_type,
            wire_message=self.wire_message,
            **context,
        )


def verdict_of(reply: Reply, *, label_wins: bool = True) -> Verdict:
    """Read an answer.

    Examples
    --------
    >>> reply = Reply("1", "", "ERROR", 17, "API_ERROR_NO_DEFAULT_RECORDING_PATH")
    >>> verdict = verdict_of(reply)
    >>> verdict.outcome.code, verdict.wire_code, verdict.outcome.category.value
    (18, 17, 'server fault')
    """
    kind = "".join(reply.result_type.split())
    is_error = kind.casefold() == "error"
    by_code = CODES.get(reply.code) if reply.code is not None else None
    label = (None if is_error else _known(kind)) or _known(reply.message)
    row, notes = by_code, []
    if label is not None and reply.code not in LABELS[label]:
        if reply.code is not None:
            notes.append(f"the code {reply.code} and the label {label} disagree")
        if label_wins or by_code is None:
            row = CODES[LABELS[label][0]]
    category, failed = _decided(row, kind, is_error=is_error)
    if row is None or category is Category.UNKNOWN:
        notes.append(f"RESULTCODE {reply.code} with RESULTTYPE {kind or 'missing'} is in no table")
    code = row.code if row is not None else reply.code
    name = row.label if row is not None else _LABEL.match(reply.message)
    said = name if isinstance(name, str) else name[0] if name else kind or f"CODE_{code}"
    return Verdict(
        Outcome(code, said, _message(reply.message, row), category),
        failed,
        row.kind if row is not None else "unknown",
        row.repeats if row is not None else Repeats.NEVER,
        reply.code,
        reply.result_type,
        reply.message,
        tuple(notes),
    )


def _decided(row: Code | None, kind: str, *, is_error: bool) -> tuple[Category, bool]:
    if row is not None and row.category is Category.PARTIAL:
        return Category.PARTIAL, False  # its data are good, whatever RESULTTYPE calls it
    if row is None or row.category is Category.UNKNOWN:
        return Category.UNKNOWN, is_error or not kind or "ERROR" in kind.upper()
    if row.category is Category.SUCCESS:
        return (Category.UNKNOWN, True) if is_error else (Category.SUCCESS, False)
    return row.category, True


def _known(text: str) -> str | None:
    """The known label that a text is, or begins with."""
    bare = "".join(text[:_LONGEST].split()).upper()
    if bare in LABELS and len(text) < _LONGEST:
        return bare
    found = _LABEL.match(text.strip())
    return found[0] if found and found[0] in LABELS else None


def _message(message: str, row: Code | None) -> str:
    """The server's own words; where they are the label only, what the label means."""
    if row is not None and "".join(message.split()).upper() in ("", row.label):
        return row.meaning
    return message
