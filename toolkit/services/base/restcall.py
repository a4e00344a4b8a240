"""One use of a REST function: a plan of what to send, and the call that came of it."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from toolkit.outcomes import BadReply, Outcome
from toolkit.services.base.outcomerow import call_attrs
from toolkit.services.base.rest import RestFunction

JSON = "application/json"
SHOWN = 200
"""Characters of an answer that an exception shows."""


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
        where = f"{self.function.api} {path}".strip()
        size = "" if self.body is None else f", {len(self.body):,} bytes"
        return f"<{self.function.service} plan: {self.function.verb} {where}{asks}{size}>"


@dataclass(frozen=True, repr=False)
class RestCall:
    """One call of a REST function.

    Attributes
    ----------
    function : RestFunction
        The function's row in the table.
    target : str
        What it was aimed at, for example ``"1/2"``.
    outcome : Outcome
        What the service said: code, label, message, our category.
    status : int
        Of HTTP.
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
        service = self.function.service
        return f"<{service} call {self.function.name}{aim}: {said} in {self.elapsed:.3f} s>"

    @property
    def attrs(self) -> dict[str, Any]:
        """What the ``attrs`` of a frame of it say."""
        function = self.function
        return call_attrs(
            function.service, function.name, self.target, self.outcome, self.elapsed, self.at
        )

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
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
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


def _charset(content_type: str) -> str:
    _, mark, rest = content_type.lower().partition("charset=")
    return rest.split(";")[0].strip(" \"'") if mark else "utf-8"
