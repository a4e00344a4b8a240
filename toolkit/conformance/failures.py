"""What the service says becomes an outcome, and an outcome that is none of success raises."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolkit
from toolkit.cassettes import read
from toolkit.conformance.checks import QUICK, Checks, call, none_of
from toolkit.conformance.loopback import Scripted
from toolkit.conformance.subject import Client, Said
from toolkit.outcomes import (
    AccessDenied,
    BadReply,
    Busy,
    CallError,
    Category,
    Challenged,
    Conflict,
    InvalidRequest,
    NotFound,
    ServerFault,
    TransportFailure,
    UnknownStatus,
)

SHARED: dict[Category, type[CallError]] = {
    kind.category: kind
    for kind in (
        AccessDenied, BadReply, Busy, Challenged, Conflict, InvalidRequest, NotFound, ServerFault,
        TransportFailure, UnknownStatus,
    )
}  # fmt: skip
GOOD = (Category.SUCCESS, Category.PARTIAL)


class Failures(Checks):
    """Success is decided by the service's own rule."""

    def test_each_category_of_the_codes_is_tried(self) -> None:
        """The subject has an answer for each category that the table of codes has."""
        tried = {one.category for one in self.subject.said()}
        codes = toolkit.codes(self.subject.name)
        assert {Category(one) for one in codes["category"].unique()} <= tried

    def test_what_is_said_decides(self, server: Scripted) -> None:
        """A success gives a DataFrame; a failure the exception that all services share."""
        found = []
        for said in self.subject.said():
            with self._answered(server, said) as client:
                found += [f"{said.what}: {wrong}" for wrong in self._tried(client, said)]
        none_of(found)

    @contextlib.contextmanager
    def _answered(self, server: Scripted, said: Said) -> Iterator[Client]:
        """A client whose calls are answered so; a refused one is not tried again."""
        server.then(*self.first_acts())
        known = self.subject.known(server.url)
        with self.connected(known, limits=QUICK, **self.subject.plain) as client:
            server.then(said.act)
            yield client

    def _tried(self, client: Client, said: Said) -> list[str]:
        function = self.row(self.subject.read).name
        try:
            call(client, self.subject.read)
        except CallError as error:
            if said.category in GOOD:
                return [f"raised {error!r}"]
            came = (type(error), error.category, error.code, error.label, error.function)
            right = (SHARED[said.category], said.category, said.code, said.label, function)
            wrong = [f"{one!r}, not {other!r}" for one, other in zip(came, right, strict=True)
                     if one != other]  # fmt: skip
            if said.message not in error.message:
                wrong.append(f"its message is {error.message!r}")
            if "\n" in str(error) or error.label not in str(error) or function not in str(error):
                wrong.append(f"its text is {str(error)!r}")
            if error.at is None or error.elapsed is None:
                wrong.append("it does not say when it was")
            return wrong
        return [] if said.category in GOOD else ["gave a DataFrame"]

    def test_a_recording_says_the_same(self, server: Scripted, tmp_path: Path) -> None:
        """Code, label and category of a recorded answer are those of the live one."""
        found = []
        for number, said in enumerate(self.subject.said()):
            path = tmp_path / f"{number}.yaml"
            with self._answered(server, said) as client, toolkit.record(path):
                try:
                    call(client, self.subject.read)
                except CallError as error:
                    raised: CallError | None = error
                else:
                    raised = None
            last = list(read(path))[-1]
            record = self.subject.service.decode_call(last)
            if said.category != record.category or said.label != record.label:
                found.append(f"{said.what}: {record.category}, {record.label}")
            if record.code != said.code:
                found.append(f"{said.what}: the code {record.code}, not {said.code}")
            found += self._decoded(said, raised, path)
        none_of(found)

    def _decoded(self, said: Said, raised: CallError | None, path: Path) -> list[str]:
        """What the recorded answer gives or raises, beside what the live one did."""
        last = list(read(path))[-1]
        try:
            self.subject.service.decode_frame(last)
        except CallError as error:
            if raised is None or type(error) is not type(raised) or error.code != raised.code:
                return [f"{said.what}: decoded it raises {error!r}, live {raised!r}"]
            return []
        return [] if raised is None else [f"{said.what}: decoded it gives a DataFrame"]

    @pytest.mark.parametrize("by", ["method", "name"])
    def test_either_way_raises_the_same(self, server: Scripted, by: str) -> None:
        """By method and by name the same class, code and sentence."""
        bad = next(one for one in self.subject.said() if one.category not in GOOD)
        one = self.subject.read
        with self._answered(server, bad) as client:
            with pytest.raises(SHARED[bad.category]) as caught:
                self.subject.method(client, one)() if by == "method" else call(client, one)
        assert (caught.value.code, caught.value.label) == (bad.code, bad.label)
        assert isinstance(caught.value, toolkit.CallError)
