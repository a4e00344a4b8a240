"""What the functions give: documented columns and dtypes, the same when nothing came."""

from __future__ import annotations

from toolkit.conformance.checks import Checks, call, none_of, shape
from toolkit.conformance.loopback import Scripted
from toolkit.conformance.subject import Client


class Frames(Checks):
    """Every public call gives a DataFrame whose columns one can count on."""

    def test_documented_columns(self) -> None:
        """Each documented column is there, with its dtype."""
        found = []
        for one in self.both_ways():
            came = dict(shape(one.by_name))
            for column in self.subject.documented(self.row(one.sample)):
                if came.get(column.name) != column.dtype:
                    has = came.get(column.name, "missing")
                    name = f"{one.sample.function}: {column.name}"
                    found.append(f"{name} is {has}, not {column.dtype}")
        none_of(found)

    def test_equal_when_empty(self, client: Client, server: Scripted) -> None:
        """A list of nothing has the columns and dtypes of a list of something."""
        found, tried = [], 0
        for one in self.everything:
            empty = self.success(self.row(one), 0)
            if not empty:
                continue
            tried += 1
            server.then(*empty)
            none = call(client, one)
            server.then(*self.success(self.row(one), 2))
            some = call(client, one)
            if len(none) or len(some) != 2:
                found.append(f"{one.function}: {len(none)} and {len(some)} rows")
            if shape(none) != shape(some):
                differ = sorted(set(shape(none)) ^ set(shape(some)))
                found.append(f"{one.function}: {differ or 'the order of columns'}")
        assert tried, "no function can answer with nothing"
        none_of(found)

    def test_dtypes_of_the_house(self) -> None:
        """Text, whole numbers, times and flags have one dtype each, whatever the service."""
        house = {"str", "Int64", "float64", "boolean", "datetime64[us, UTC]", "category", "object"}
        none_of(
            f"{one.sample.function}: {name} is {dtype}"
            for one in self.both_ways()
            for name, dtype in shape(one.by_name)
            if dtype not in house
        )
