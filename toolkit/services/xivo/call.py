"""One use of a function: a plan of what to send, and the call that came of it."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, replace
from typing import Any

import httpx
import msgspec

from toolkit.outcomes import BadReply, Outcome
from toolkit.services.base.rest import RestFunction

JSON = "application/json"
CSV = "text/csv; charset=utf-8"
"""Exactly so: an export's ``Accept: text/csv`` gives JSON (seen from xivo-confd 16.15)."""

SHOWN = 200


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """One request before it is sent; what a dry run lists.

    Attributes
    ----------
    path : str
        Below the base of the function's API, holes filled and percent-encoded:
        ``"/users/1/lines/2"``.
    target : str
        What it is aimed at, for tables and errors: ``"1/2"``. Never a secret.
    """

    function: RestFunction
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str = JSON
    accept: str = JSON
    target: str = ""

    def __repr__(self) -> str:
        # Neither a token in the path, nor what the query or the body holds.
        path = self.function.path if "{token}" in self.function.path else self.path
        names = ", ".join(name for name, _ in self.query)
        asks = f" with {names}" if names else ""
        size = "" if self.body is None else f", {len(self.body):,} bytes"
        return f"<xivo plan: {self.function.verb} {self.function.api} {path}{asks}{size}>"


@dataclass(frozen=True, repr=False)
class Call:
    """What ``server.fetch`` gives: the outcome, and the answer as it came.

    Attributes
    ----------
    function : RestFunction
        The function's row in the table.
    target : str
        What it was aimed at, for example ``"1/2"``.
    outcome : Outcome
        The HTTP status as code, its label, the server's message, our category.
    body : bytes
        The answer's body.
    at : datetime.datetime
        When it was sent (UTC).
    elapsed : float
        Seconds until the answer was whole.
    """

    function: RestFunction
    target: str
    outcome: Outcome
    status: int
    headers: httpx.Headers
    body: bytes
    at: dt.datetime
    elapsed: float

    def __repr__(self) -> str:
        aim = f"({self.target})" if self.target else ""
        said = f"{self.outcome.code} {self.outcome.label}, {len(self.body):,} bytes"
        return f"<xivo call {self.function.name}{aim}: {said} in {self.elapsed:.3f} s>"

    @functools.cached_property
    def data(self) -> Any:
        """The body decoded from JSON; None when there is none.

        Raises
        ------
        BadReply
            It is not JSON: a proxy's page, or a body that was cut.
        """
        if not self.body.strip():
            return None
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            kind = self.headers.get("content-type", "no content type")
            raise BadReply(
                f"the answer is no JSON ({error}; HTTP {self.status}, {kind}): "
                f"{' '.join(self.text[:SHOWN].split())!r}",
                function=self.function.name,
                target=self.target,
                at=self.at,
                elapsed=self.elapsed,
            ) from None

    @functools.cached_property
    def text(self) -> str:
        """The body as text, in the charset that its content type names (UTF-8 unless it does)."""
        charset = _charset(self.headers.get("content-type", ""))
        try:
            return self.body.decode(charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

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


def _charset(content_type: str) -> str:
    _, mark, rest = content_type.lower().partition("charset=")
    return rest.split(";")[0].strip(" \"'") if mark else "utf-8"
