"""The function form is built from the table."""

from __future__ import annotations

import toolkit
from toolkit.conformance.checks import Checks, none_of
from toolkit.conformance.loopback import Scripted
from toolkit.conformance.subject import Client
from toolkit.services.base.functions import Function
from toolkit.widgets.entered import entered


class Forms(Checks):
    """A form needs nothing of a service but its table and its client."""

    def test_a_form_of_every_function(self, client: Client, server: Scripted) -> None:
        """Each function that asks for no secret, with the fields of its row; nothing is sent."""
        form = toolkit.form(client)
        try:
            shown = {one["name"]: one for one in form.functions}
            assert set(shown) == {one.name for one in self.functions if not _asks(one)}
            found = []
            for name, one in shown.items():
                function = self.subject.service.functions.get(name)
                fields = [(field["name"], field["kind"]) for field in one["arguments"]]
                if fields != [(each.parameter, each.kind) for each in function.given]:
                    found.append(f"{name}: {fields}")
                if one["destroys"] != function.destroys or one["method"] != function.method:
                    found.append(f"{name}: {one}")
            none_of(found)
            assert self.subject.name in repr(form)
            assert server.requests == []
        finally:
            form.close()

    def test_what_may_be_left_out(self) -> None:
        """A function whose arguments all may be left out is run by an empty form."""
        for function in self.functions:
            if not _asks(function) and all(one.optional for one in function.given):
                filled = entered(function, ["" for _ in function.given], [])
                assert not any(filled.placed), function.name


def _asks(function: Function) -> bool:
    return any(argument.kind == "answer" for argument in function.arguments)
