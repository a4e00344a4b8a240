"""The table of functions, the table of codes, and what the entry point loads."""

from __future__ import annotations

import inspect
from typing import get_args

import pandas as pd

import toolkit
from toolkit.cassettes.rules import ServiceRules
from toolkit.conformance.checks import Checks, none_of
from toolkit.outcomes import Category
from toolkit.services.base.functions import FUNCTION_COLUMNS, ArgumentKind, ResultKind


class Tables(Checks):
    """A service is data first."""

    def test_one_name(self) -> None:
        """The entry point, the service, its table and its rules have one name."""
        service, name = self.subject.service, self.subject.name
        assert service.name == service.rules.name == service.functions.service == name
        assert isinstance(service.rules, ServiceRules)
        assert name in repr(service)

    def test_functions(self) -> None:
        """The table has the columns of every service; its names and methods are unique."""
        table = toolkit.functions(self.subject.name)
        assert table.columns.tolist() == [column.name for column in FUNCTION_COLUMNS]
        assert (table["service"] == self.subject.name).all()
        assert table["function"].is_unique
        assert table["method"].is_unique
        assert table["summary"].str.len().gt(0).all()
        assert (table["repeatable"] == ~table["changes"]).all()
        assert not (table["destroys"] & ~table["changes"]).any()

    def test_kinds(self) -> None:
        """Arguments and results have known kinds; each name is found, with case and without."""
        table = self.subject.service.functions
        found = []
        for function in table.all:
            for argument in function.arguments:
                if argument.kind not in get_args(ArgumentKind):
                    found.append(f"{function.name}: no kind {argument.kind!r} ({argument.name})")
                if (argument.kind == "choice") != bool(argument.choices):
                    found.append(f"{function.name}: a choice has choices ({argument.name})")
            for result in function.results:
                if result.kind not in get_args(ResultKind):
                    found.append(f"{function.name}: no kind {result.kind!r} ({result.name})")
            for word in (function.name, function.method, function.name.swapcase()):
                if table.find(word) is not function:
                    found.append(f"{word} is not found")
        none_of(found)

    def test_changes_say_what_a_lost_reply_means(self) -> None:
        """Whoever does not know whether it was done is told what to do next."""
        none_of(
            f"{function.name} changes state and has no lost_reply"
            for function in self.subject.service.functions.all
            if function.changes and not function.lost_reply
        )

    def test_samples(self) -> None:
        """The subject tries every function of the table but those of a login."""
        tried = {self.row(one).name for one in self.everything}
        assert tried == {one.name for one in self.functions}

    def test_codes(self) -> None:
        """Code, label, meaning and category first; codes are unique, categories the shared ones."""
        table = toolkit.codes(self.subject.name)
        assert table.columns.tolist()[:4] == ["code", "label", "meaning", "category"]
        assert table["code"].dtype == pd.Int64Dtype()
        assert table["code"].is_unique
        assert set(table["category"]) <= set(Category)
        assert Category.SUCCESS in set(table["category"])

    def test_methods_are_typed_and_documented(self, client: object) -> None:
        """Each method of the table is there, says what it gives, and has a sentence."""
        found = []
        for function in self.functions:
            method: object = client
            for word in function.method.split("."):
                method = getattr(method, word)
            assert callable(method)
            if not (inspect.getdoc(method) or "").strip():
                found.append(f"{function.method} has no docstring")
            signature = inspect.signature(method)
            if signature.return_annotation is inspect.Signature.empty:
                found.append(f"{function.method} does not say what it gives")
            found += [
                f"{function.method} does not say what {name} takes"
                for name, one in signature.parameters.items()
                if one.annotation is inspect.Parameter.empty
            ]
        none_of(found)
