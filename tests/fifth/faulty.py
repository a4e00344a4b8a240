"""Services that are each wrong in one way, and whether the contract says so.

Run where the lending library is installed; it prints each fault with the tests that saw it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from lending import client, functions

from toolkit import http
from toolkit.cassettes import transports
from toolkit.conformance import checks
from toolkit.outcomes import Category, Outcome
from toolkit.services.base import jsonapi, jsoncalls, jsonrecorded, restcall

Fault = contextlib.AbstractContextManager[Any]
REPEATED, TYPED = http._repeated, jsonapi.typed
ANYTHING = {"code": 0, "token": "invented-token", "books": [], "status": []}
REPR = jsoncalls.JsonCalls.__repr__


def _repeats(once: Callable[..., Any], retries: int, *, repeatable: bool) -> Any:
    return REPEATED(once, retries, repeatable=True)


def _empty(items: list[Any], model: Any) -> pd.DataFrame:
    return TYPED(items, model) if items else pd.DataFrame()


def _by_status(status: int, document: Any) -> Outcome:
    category = Category.SUCCESS if status == 200 else Category.SERVER_FAULT
    return Outcome(status, "", "", category)


def _other(self: Any, id: int) -> Any:  # noqa: A002
    return self._call("list")


def _telling(self: Any) -> str:
    return f"{REPR(self)} {self._token}"


def _nothing(self: Any, interaction: Any) -> Any:
    raise KeyError("nothing is known of it")


def _api(**changes: Any) -> Fault:
    """The service with other functions of its own."""
    api = dataclasses.replace(functions.API, **changes)

    @contextlib.contextmanager
    def changed() -> Iterator[None]:
        service = sys.modules["lending"].service
        with (
            mock.patch.object(client, "API", api),
            mock.patch.object(client.BaseLibrary, "api", api),
            mock.patch.object(service, "api", api),
        ):
            yield

    return changed()


FAULTS: dict[str, Callable[[], Fault]] = {
    "lost_after_it_was_sent": lambda: mock.patch.object(http, "_repeated", _repeats),
    "equal_when_empty": lambda: mock.patch.object(jsonapi, "typed", _empty),
    "what_is_said_decides": lambda: _api(outcome=_by_status),
    "the_same_request": lambda: mock.patch.object(client.Books, "get", _other),
    "not_in_any_byte": lambda: mock.patch.object(jsoncalls.JsonCalls, "__repr__", _telling),
    "refuses_a_page": lambda: mock.patch.object(restcall.RestCall, "data", ANYTHING),
    "breaks_the_reading": lambda: mock.patch.object(
        jsonrecorded.JsonService, "decode_call", _nothing
    ),
    "replayed_by_name": lambda: mock.patch.object(transports.Cassette, "keep", return_value=None),
    "typed_and_documented": lambda: mock.patch.object(client.Books.list, "__doc__", ""),
    "places_show_their_functions": lambda: mock.patch.object(
        jsoncalls.JsonPlace, "__repr__", return_value="<books>"
    ),
}


class Seen:
    """The tests that failed."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid.rpartition("::")[2])


if __name__ == "__main__":
    for name, fault in FAULTS.items():
        seen = Seen()
        checks.ONCE.clear()
        with fault():
            pytest.main([*sys.argv[1:], "-k", name], plugins=[seen])
        print(f"\nFAULT {name}: {' '.join(seen.failed) or 'nobody saw it'}")
