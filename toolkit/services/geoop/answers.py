"""What an answer says: ``result`` decides, the HTTP status comes second.

From the vendor's page "API Responses". One sample of the release notes of 1.0 has ``response`` in
place of ``result``. A body without either, or that is no JSON, is judged by its status. Nothing
here raises.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from toolkit.outcomes import Category, Outcome
from toolkit.services.geoop import statuses

LONG = 2000
"""Characters of one message that are kept."""

_TAG = re.compile(r"<(?:style|script).*?</(?:style|script)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_KEYS = ("result", "response")


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: of the whole request, or of one item."""

    type: str = ""
    code: int | None = None
    message: str = ""
    description: str = ""
    field: str = ""

    def __str__(self) -> str:
        said = f"{self.field}: {self.message}" if self.field else self.message
        more = self.description
        return f"{said} ({more})" if more and more != self.message else said

    def plain(self) -> dict[str, Any]:
        """What it has, for JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Failure:
    """One item that was refused: what the service read of it, and its errors."""

    raw: dict[str, Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer says.

    Attributes
    ----------
    result : str
        ``success``, ``failure``, ``error``, another word, or empty where none came.
    is_json : bool
        Whether the body was an object.
    """

    outcome: Outcome
    result: str = ""
    is_json: bool = False
    metadata: dict[str, Any] | None = None
    problem: Problem | None = None
    failures: tuple[Failure, ...] = ()


def read_answer(status: int, body: bytes, *, secrets: Iterable[str] = ()) -> Reading:
    """What an answer says; of its texts every secret is taken out.

    Examples
    --------
    >>> said = read_answer(200, b'{"result": "error", "error": {"type": "system", "code": 7}}')
    >>> said.outcome.code, said.outcome.label, said.outcome.category.value
    (7, 'SYSTEM', 'server fault')
    >>> read_answer(502, b"<h1>Bad gateway</h1>").outcome.message
    'Bad gateway'
    """
    reader = _Reader(status, tuple(one for one in secrets if len(one) > 3))
    try:
        document = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Reading(reader.page(body))
    return reader.read(document, bool(body.strip()))


class _Reader:
    def __init__(self, status: int, secrets: tuple[str, ...]) -> None:
        self._status = status
        self._secrets = secrets

    def read(self, document: dict[str, Any], came: bool) -> Reading:
        result = next((document[key] for key in _KEYS if isinstance(document.get(key), str)), "")
        found = document.get("metadata")
        metadata = found if isinstance(found, dict) else None
        if result == "success":
            outcome = Outcome(self._status, "SUCCESS", "", Category.SUCCESS)
            return Reading(outcome, result, True, metadata)
        problem = self._problem(document.get("error"))
        if result == "failure":
            failures = self._failures(document.get("failures"))
            return Reading(self._failed(failures), result, True, metadata, problem, failures)
        if result == "error" or problem is not None:
            return Reading(self._refused(problem or Problem()), result, True, metadata, problem)
        row = statuses.status(self._status)
        if result:
            said = f"result {self._clean(result)!r} is none that is known"
            outcome = Outcome(self._status, "UNKNOWN", said, Category.UNKNOWN)
        else:
            message = self._clean(document.get("message")) or row.meaning
            ok = row.category is Category.SUCCESS
            outcome = Outcome(self._status, row.label, "" if ok else message, row.category)
        return Reading(outcome, result, came, metadata)

    def page(self, body: bytes) -> Outcome:
        """The outcome of what is no JSON object: a proxy's page, or a cut body."""
        row = statuses.status(self._status)
        text = html.unescape(_TAG.sub(" ", body[: 4 * LONG].decode("utf-8", "replace")))
        said = self._clean(" ".join(text.split()))
        if row.category is Category.SUCCESS:
            message = f"the answer is no JSON object: {said[:200]!r}"
            return Outcome(self._status, "NOT_JSON", message, Category.BAD_REPLY)
        return Outcome(self._status, row.label, said or row.meaning, row.category)

    def _refused(self, problem: Problem) -> Outcome:
        row = statuses.status(self._status)
        category = statuses.TYPES.get(problem.type, row.category)
        if self._status in (statuses.NOT_FOUND, statuses.TOO_MANY):
            category = row.category
        if category is Category.SUCCESS:
            category = Category.UNKNOWN
        message = str(problem) or row.meaning
        if self._status == statuses.NOT_FOUND and "access" not in message:
            message += " (it does not exist, or this client may not see it)"
        code = self._status if problem.code is None else problem.code
        return Outcome(code, problem.type.upper() or row.label, message, category)

    def _failed(self, failures: tuple[Failure, ...]) -> Outcome:
        problems = [problem for failure in failures for problem in failure.problems]
        code = next((one.code for one in problems if one.code is not None), self._status)
        said = "; ".join(str(one) for one in problems[:3])
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        count = f"{len(failures)} item{'' if len(failures) == 1 else 's'}"
        message = f"{count} refused, none was saved: {said}{more}"
        return Outcome(code, "FAILURE", message, Category.INVALID_REQUEST)

    def _failures(self, given: Any) -> tuple[Failure, ...]:
        found = []
        for one in given if isinstance(given, list) else ():
            raw = one.get("rawData") if isinstance(one, dict) else None
            errors = one.get("errors") if isinstance(one, dict) else None
            problems = (self._problem(error) for error in (errors or ()))
            found.append(
                Failure(raw if isinstance(raw, dict) else {}, tuple(filter(None, problems)))
            )
        return tuple(found)

    def _problem(self, given: Any) -> Problem | None:
        if not isinstance(given, dict):
            return None
        code = given.get("code")
        number = code if isinstance(code, int) and not isinstance(code, bool) else None
        texts = (self._clean(given.get(name)) for name in ("message", "description", "field"))
        return Problem(self._clean(given.get("type")), number, *texts)

    def _clean(self, value: Any) -> str:
        text = value if isinstance(value, str) else "" if value is None else str(value)
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text[:LONG]
