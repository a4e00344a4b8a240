"""The options of a cassette, checked in one place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from toolkit.cassettes.durability import Sync
from toolkit.cassettes.matching import MatchOn
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.rules import ServiceRules
from toolkit.outcomes import CassetteError

Mode = Literal["none", "once", "new_episodes", "append", "all", "rewrite", "verify"]
Repeats = Literal["strict", "last"]
OnExpired = Literal["warn", "error", "record"]
_CHOICES = {"mode": Mode, "repeats": Repeats, "sync": Sync, "on_expired": OnExpired}


@dataclass(frozen=True, slots=True)
class Options:
    """How a cassette is used. :func:`record`, :func:`replay` and the transports take them too.

    Parameters
    ----------
    mode : str
        What happens to a request:

        ================ ===================================================================
        ``none``         answered from the cassette, else :exc:`NotRecorded`
        ``once``         sent and recorded if the cassette is new, else as ``none``
        ``new_episodes`` answered from the cassette, else sent and recorded
        ``append``       sent and recorded, after what is there
        ``all``          sent and recorded; on closing, what was recorded earlier for the same
                         request goes
        ``rewrite``      sent and recorded; on closing, all that was recorded earlier goes
        ``verify``       sent, and its answer compared with the recorded one
        ================ ===================================================================
    match_on : sequence of str or callable, optional
        What has to be the same: method, URI and body unless given. See
        :class:`~toolkit.cassettes.matching.Matching`.
    repeats : {"strict", "last"}
        Whether a request that is made oftener than it was recorded is :exc:`NotRecorded`, or
        gets its last answer again. Until then repeats get their answers in recorded order.
    redact : bool or Redactor
        Whether secrets become placeholders before anything is written.
    rules : sequence of ServiceRules, optional
        Instead of those of the installed services.
    sync : {"background", "always", "never"}
        When bytes reach the disk: at most 50 ms later, at once, or when the system likes.
    index : bool, optional
        Whether to keep an index beside the cassette; from 1,000 interactions on unless given.
    expire_after : datetime.timedelta, optional
        The age from which on a recorded answer is old.
    on_expired : {"warn", "error", "record"}
        What an old answer means; ``record`` sends the request, and replaces the answer on
        closing.
    drop_unused : bool
        Whether interactions that were not played go on closing.
    ignore : sequence of str or bytes
        Regular expressions of what may differ in bodies when verifying.
    """

    mode: Mode = "none"
    match_on: MatchOn | None = None
    repeats: Repeats = "strict"
    redact: bool | Redactor = True
    rules: Sequence[ServiceRules] | None = None
    sync: Sync = "background"
    index: bool | None = None
    expire_after: dt.timedelta | None = None
    on_expired: OnExpired = "warn"
    drop_unused: bool = False
    ignore: Sequence[str | bytes] = ()
    patterns: tuple[re.Pattern[bytes], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in get_args(choices):
                allowed = ", ".join(map(repr, get_args(choices)))
                raise CassetteError(f"{name} is one of {allowed}, not {value!r}.")
        if self.expire_after is not None and not isinstance(self.expire_after, dt.timedelta):
            raise CassetteError("expire_after is a datetime.timedelta, e.g. timedelta(days=30).")
        patterns = []
        for text in self.ignore:
            try:
                patterns.append(re.compile(text.encode() if isinstance(text, str) else text))
            except re.error as error:
                raise CassetteError(
                    f"ignore has {text!r}, no regular expression: {error}."
                ) from None
        object.__setattr__(self, "patterns", tuple(patterns))

    @classmethod
    def of(cls, given: dict[str, Any]) -> Options:
        """Make options of keyword arguments; an unknown one is an error that names the known."""
        try:
            return cls(**given)
        except TypeError:
            known = [one.name for one in fields(cls) if one.init]
            unknown = ", ".join(sorted(set(given) - set(known)))
            raise CassetteError(
                f"A cassette has no option {unknown}; it has {', '.join(known)}."
            ) from None
