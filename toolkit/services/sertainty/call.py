"""One use of a function: arguments in, outcome and results out."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from toolkit.outcomes import CallError, Outcome
from toolkit.services.base.functions import Function
from toolkit.services.base.outcomerow import call_attrs
from toolkit.services.sertainty.envelope import Item, Reply
from toolkit.services.sertainty.results import acknowledgement, results_frame


@dataclass(frozen=True)
class Call:
    """What ``gateway.fetch`` gives: the outcome, the results as they came, and their DataFrame.

    Attributes
    ----------
    target : str
        What the function was aimed at, for example ``"nightly/ingest"``.
    at : datetime.datetime
        When it was sent (UTC).
    elapsed : float
        Seconds until the answer was whole.
    """

    function: Function
    target: str
    outcome: Outcome
    reply: Reply = field(repr=False)
    at: dt.datetime
    elapsed: float
    values: tuple[Any, ...] = field(default=(), repr=False)
    encoding: str = field(default="utf-8", repr=False)

    @property
    def results(self) -> tuple[Item, ...]:
        """Each result's name (or None) and its bytes, decoded from base64."""
        return self.reply.results

    @property
    def document(self) -> bytes:
        """The first result as it came, for example a whole log; empty when there is none."""
        return self.reply.results[0][1] if self.reply.results else b""

    @functools.cached_property
    def frame(self) -> pd.DataFrame:
        """The results as a DataFrame; ``attrs`` says which call it came from."""
        if self.function.results:
            try:
                frame = results_frame(self.function, self.values, self.reply, self.encoding)
            except CallError as error:
                error.function, error.target = self.function.name, self.target
                error.at, error.elapsed = self.at, self.elapsed
                raise
        else:
            frame = acknowledgement(self.function, self.target, self.outcome, self.elapsed, self.at)
        function = self.function
        frame.attrs.update(
            call_attrs(
                function.service, function.name, self.target, self.outcome, self.elapsed, self.at
            )
        )
        return frame
