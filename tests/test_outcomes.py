"""Outcomes and the tree of exceptions."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest

from toolkit import outcomes
from toolkit.outcomes import CallError, Category, Outcome, error_for


@pytest.mark.parametrize("category", list(Category))
def test_success_and_partial_are_ok(category: Category) -> None:
    """Only these two; every other category has an exception that says it."""
    outcome = Outcome(7, "SEVEN", "text", category)
    assert outcome.ok is (category in (Category.SUCCESS, Category.PARTIAL))
    error = error_for(outcome, function="f", target="t")
    if not outcome.ok and category not in (Category.BAD_REPLY, Category.TRANSPORT):
        assert error.category is category
    assert (error.code, error.label, error.message) == (7, "SEVEN", "text")


def test_every_exception_is_in_the_tree() -> None:
    """The module's own drawing names every exception, and all descend from ToolkitError."""
    for name, kind in vars(outcomes).items():
        if isinstance(kind, type) and issubclass(kind, Exception):
            assert issubclass(kind, outcomes.ToolkitError)
            assert name in (outcomes.__doc__ or "")


def test_call_errors_survive_pickling() -> None:
    """They cross process boundaries with everything they say."""
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    error = outcomes.NotFound("no", function="f", target="a/b", code=213, label="L", at=at)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert type(again) is outcomes.NotFound
    assert str(again) == str(error) == "f(a/b): L 213: no"
    assert (again.code, again.at) == (213, at)


def test_builtin_kin() -> None:
    """Code that knows nothing of the toolkit can catch what it knows."""
    assert issubclass(outcomes.TimedOut, TimeoutError)
    assert issubclass(outcomes.Unreachable, ConnectionError)
    assert issubclass(outcomes.InvalidArgument, ValueError)
    assert issubclass(outcomes.NotRecorded, LookupError)
    assert outcomes.AlreadyExists is outcomes.Conflict
    assert str(CallError("no")) == "CallError: no"
