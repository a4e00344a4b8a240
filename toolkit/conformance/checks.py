"""What all parts of the contract stand on: the subject, its clients, frames and complaints."""

from __future__ import annotations

import contextlib
import hashlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
import pytest

from toolkit.conformance.loopback import Act, Scripted, scripted
from toolkit.conformance.subject import Client, Known, Sample, Subject
from toolkit.http import Limits
from toolkit.outcomes import ToolkitError
from toolkit.services.base.functions import Function

QUICK = Limits(connect=10.0, read=10.0, total=30.0, max_bytes=256 * 1024)
"""Of the scripted server's clients: small answers."""

_MOMENTARY = ("at", "elapsed")


@dataclass(frozen=True, slots=True)
class Both:
    """A call by method and by name: its DataFrames, and the requests (head, body) of each."""

    sample: Sample
    by_method: pd.DataFrame
    by_name: pd.DataFrame
    requests: tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]


ONCE: dict[type, list[Both]] = {}
"""What each class of tests has called; of hundreds of functions it takes a while."""


class Checks:
    """The base of each part."""

    subject: ClassVar[Subject]

    @property
    def functions(self) -> tuple[Function, ...]:
        """Those of the table that are called, not those of a login alone."""
        return tuple(one for one in self.subject.service.functions.all if not one.login)

    @property
    def everything(self) -> tuple[Sample, ...]:
        """A sample of every function."""
        return (*self.subject.samples, *self.subject.elsewhere)

    def row(self, one: Sample) -> Function:
        """Its function."""
        return self.subject.service.functions.get(one.function)

    @pytest.fixture
    def server(self) -> Iterator[Scripted]:
        """A scripted server, ready for a login."""
        with scripted(*self.first_acts()) as running:
            yield running

    @pytest.fixture
    def client(self, server: Scripted) -> Iterator[Client]:
        """A client of it that is logged in; the server's requests are counted from there."""
        with self.connected(self.subject.known(server.url), limits=QUICK) as client:
            server.requests.clear()
            yield client

    def first_acts(self) -> list[Act]:
        """What a scripted server does until the client is logged in."""
        return [*self.subject.welcome(), *self.success(self.row(self.subject.read))]

    def success(self, function: Function, rows: int = 1) -> list[Act]:
        """A success in a list; none where it cannot have so many rows."""
        act = self.subject.answer(function, rows)
        return [] if act is None else [act]

    def both_ways(self) -> list[Both]:
        """Every function called at a scripted server, by method and by name; done once a class."""
        if type(self) not in ONCE:
            with scripted(*self.first_acts()) as server:
                known = self.subject.known(server.url)
                with self.connected(known, limits=QUICK) as client:
                    ONCE[type(self)] = [self._both(client, server, one) for one in self.everything]
        return ONCE[type(self)]

    def _both(self, client: Client, server: Scripted, one: Sample) -> Both:
        frames, requests = [], []
        for way in (self.subject.method(client, one), lambda: call(client, one)):
            server.then(*self.success(self.row(one)))
            server.requests.clear()
            found = way()
            assert isinstance(found, pd.DataFrame), f"{one.function} gives {type(found).__name__}"
            frames.append(found)
            requests.append(list(server.requests))
            self.again(client, server, one)
        return Both(one, frames[0], frames[1], (requests[0], requests[1]))

    def again(self, client: Client, server: Scripted, one: Sample) -> None:
        """Log in anew after a function that ends a session; answer it as before."""
        if one.function in self.subject.ends:
            server.then(*self.subject.welcome(), *self.success(self.row(one)))
            self.subject.login(client, self.subject.known(server.url))

    @contextlib.contextmanager
    def connected(self, known: Known, **options: Any) -> Iterator[Client]:
        """A client that is logged in, and closed whatever its server says then."""
        client = self.subject.connect(known, **options)
        try:
            self.subject.login(client, known)
            yield client
        finally:
            with warnings.catch_warnings(), contextlib.suppress(ToolkitError):
                warnings.simplefilter("ignore")
                client.close()


def call(client: Client, one: Sample) -> pd.DataFrame:
    """The call by its name on the wire."""
    found = client.call(one.function, *one.arguments, **one.named)
    assert isinstance(found, pd.DataFrame), f"{one.function} gives {type(found).__name__}"
    return found


def lasting(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame without what is another at every call: when it was sent, how long it took."""
    return frame.drop(columns=[name for name in _MOMENTARY if name in frame.columns])


def difference(one: pd.DataFrame, other: pd.DataFrame) -> str:
    """How two frames differ, in a line; empty where they do not."""
    if shape(one) == shape(other) and one.equals(other):
        return ""
    try:
        pd.testing.assert_frame_equal(one, other)
    except AssertionError as error:
        return " ".join(str(error).split())
    return ""


def shape(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Columns and dtypes."""
    return [(str(name), str(dtype)) for name, dtype in frame.dtypes.items()]


def digest(frame: pd.DataFrame) -> str:
    """A hash of columns, dtypes and every value.

    Examples
    --------
    >>> one, other = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1.0]})
    >>> digest(one) == digest(one.copy()), digest(one) == digest(other)
    (True, False)
    """
    told = [
        (str(name), str(dtype), [repr(value) for value in frame[name]])
        for name, dtype in frame.dtypes.items()
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def none_of(complaints: Iterable[str]) -> None:
    """Fail with all of them, one a line."""
    found = list(complaints)
    assert not found, "\n" + "\n".join(found)
