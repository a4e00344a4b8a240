"""What a call gives, and how it raises."""

from __future__ import annotations

from dataclasses import dataclass, replace

from toolkit.services.base.restcall import JSON as JSON, SHOWN as SHOWN, Plan as Plan, RestCall

CSV = "text/csv; charset=utf-8"
"""Exactly so: an export's ``Accept: text/csv`` gives JSON (seen from xivo-confd 16.15)."""


@dataclass(frozen=True, repr=False)
class Call(RestCall):
    """What ``server.fetch`` gives: the outcome, and the answer as it came."""

    def saying(self, message: str) -> Call:
        """The same call with another message of its outcome."""
        return replace(self, outcome=replace(self.outcome, message=message))

    def raise_for_outcome(self) -> Call:
        """The call itself when it succeeded.

        Raises
        ------
        OutcomeError
            Of the outcome's category, with ``status``, ``messages``, ``field``, ``resource``.
        """
        from toolkit.services.xivo.errors import error_of

        if not self.outcome.ok:
            raise error_of(self)
        return self
