"""What an exception of a call says beside its own words."""

from __future__ import annotations

from toolkit.outcomes import CallError, TransportFailure, Unreachable


def explain(error: CallError, function: str, target: str, lost_reply: str | None) -> None:
    """Say which call it was, and what a lost reply means for one that changes state.

    Parameters
    ----------
    lost_reply : str or None
        What to do when the reply was lost; None of a read.

    Examples
    --------
    >>> from toolkit.outcomes import TimedOut
    >>> error = TimedOut("no answer in time")
    >>> explain(error, "taskStart", "Nightly/ingest", "look at its status")
    >>> error.function, error.message
    ('taskStart', 'no answer in time (it may have been done; look at its status)')
    """
    error.function, error.target = function, target
    sent = isinstance(error, TransportFailure) and not isinstance(error, Unreachable)
    if sent and lost_reply is not None:
        error.message += f" (it may have been done; {lost_reply})"
