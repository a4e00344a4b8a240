"""What a call gives, and how it raises."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from toolkit.outcomes import BadReply, CallError, Category, error_for
from toolkit.services.base.restcall import JSON as JSON, SHOWN, Plan as Plan, RestCall
from toolkit.services.geoop.answers import Reading, read_answer

Item = dict[str, Any]


@dataclass(frozen=True, repr=False)
class Call(RestCall):
    """What ``geoop.fetch`` gives: the outcome, and the answer as it came."""

    @functools.cached_property
    def reading(self) -> Reading:
        """What the answer says: result, metadata, failures."""
        return read_answer(self.status, self.body)

    @property
    def metadata(self) -> Item:
        """The answer's metadata; empty where it has none."""
        return self.reading.metadata or {}

    def items(self, collection: str) -> list[Item]:
        """The items of the answer.

        Raises
        ------
        BadReply
            It holds no list of items.
        """
        data = self.data
        found = data.get(collection) if isinstance(data, dict) else None
        if found is None and isinstance(data, dict):
            lists = [value for key, value in data.items() if isinstance(value, list)]
            found = lists[0] if len(lists) == 1 else None
        if isinstance(found, dict):
            found = [found]
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            keys = ", ".join(data) if isinstance(data, dict) else type(data).__name__
            raise BadReply(
                f"the answer holds no list {collection!r}; it has {keys or 'nothing'}"[:SHOWN],
                function=self.function.name,
                target=self.target,
                at=self.at,
                elapsed=self.elapsed,
            )
        return found

    def raise_for_outcome(self) -> Call:
        """The call itself when it succeeded.

        Raises
        ------
        CallError
            Of the outcome's category, with ``status``, ``type``, ``field``, ``description``.
        """
        if not self.outcome.ok:
            raise error_of(self)
        return self


def error_of(call: Call, **more: Any) -> CallError:
    """The exception of a call that did not succeed."""
    outcome, problem = call.outcome, call.reading.problem
    context: dict[str, Any] = {
        "function": call.function.name,
        "target": call.target,
        "at": call.at,
        "elapsed": call.elapsed,
        "status": call.status,
        "type": problem.type if problem else "",
        "field": problem.field if problem else "",
        "description": problem.description if problem else "",
        **more,
    }
    if outcome.category is Category.BAD_REPLY:
        return BadReply(outcome.message, code=outcome.code, label=outcome.label, **context)
    return error_for(outcome, **context)
