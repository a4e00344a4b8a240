"""The table of operations: as many as the server has, each found again, each reachable."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.models import MODELS

CONFD = TABLE.of("confd")


def test_as_many_as_16_15_has() -> None:
    """108 paths and 196 operations of confd 1.1; five of auth, thirteen of agentd."""
    assert len(CONFD) == 196
    assert len({one.path for one in CONFD}) == 108
    assert Counter(one.api for one in TABLE.all) == {
        "confd": 196, "auth": 5, "agentd": 13, "ctid-ng": 33, "dird": 25, "call-logd": 1,
    }  # fmt: skip


def test_verbs_of_confd() -> None:
    """The operations by verb, as a 16.15 lists them."""
    counted = Counter(one.verb for one in CONFD)
    assert counted == {"GET": 88, "PUT": 45, "DELETE": 38, "POST": 25}


def test_names_and_methods_are_unique() -> None:
    """No two operations share a name or a method."""
    assert len({one.name for one in TABLE.all}) == len(TABLE)
    assert len({one.method for one in TABLE.all}) == len(TABLE)


@pytest.mark.parametrize("function", TABLE.all, ids=lambda one: one.name)
def test_found_again(function: RestFunction) -> None:
    """Each operation's path, filled, is found with its values; a fixed word is never a value."""
    values = {hole: f"v{number}.x y" for number, hole in enumerate(function.holes)}
    path = function.fill(values)
    assert TABLE.match(function.verb, path, function.api) == (function, values)
    assert TABLE.get(function.method) is function
    assert TABLE.get(function.name) is function


@pytest.mark.parametrize("function", TABLE.all, ids=lambda one: one.name)
def test_what_a_row_says(function: RestFunction) -> None:
    """Summary, columns, arguments and permission fit each other."""
    assert function.summary.endswith(".")
    assert (function.shape == "none") == (not function.answer) == (not function.resource)
    assert not function.resource or function.resource in MODELS
    assert set(re.findall(r"\{([^}]+)\}", function.acl)) <= set(function.holes)
    assert function.order == "" or function.paged
    assert bool(function.lost_reply) == function.changes
    assert function.session.value == ("header" if function.acl else "none")


def test_permissions() -> None:
    """They follow the path but for those that the server has otherwise."""
    for name, acl in {
        "users.list": "confd.users.read",
        "users.update": "confd.users.{user_id}.update",
        "users.forwards.get": "confd.users.{user_id}.forwards.{forward_name}.read",
        "users.import_csv": "confd.users.import.create",
        "users.export_csv": "confd.users.export.read",
        "asterisk.sip.general.get": "confd.asterisk.sip.general.get",
        "asterisk.sip.general.update": "confd.asterisk.sip.general.update",
        "devices.synchronize": "confd.devices.{device_id}.synchronize.read",
        "queues.members.agents.create": "confd.queues.{queue_id}.members.create",
        "lines_sip.list": "confd.#",
        "wizard.discover": "",
        "agentd.agents.login": "agentd.agents.by-id.{agent_id}.login.create",
    }.items():
        assert TABLE.get(name).acl == acl
    assert TABLE.get("users.get").permission({"user_id": "a.b"}) == "confd.users.a_b.read"


def test_what_changes() -> None:
    """All but reads change state; of the GETs two do."""
    acting = {one.method for one in TABLE.all if one.verb == "GET" and one.changes}
    assert acting == {"devices.autoprov", "devices.synchronize"}
    assert all(one.changes for one in TABLE.all if one.verb in ("PUT", "POST", "DELETE"))
    assert not TABLE.get("auth.tokens.check").changes
    assert TABLE.get("users.delete").destroys
    assert not TABLE.get("users.lines.remove").destroys


def test_deprecated() -> None:
    """Fourteen operations are marked, as in the server's own specification."""
    old = [one for one in TABLE.all if one.deprecated]
    assert len(old) == 14
    assert {one.path.split("/")[1] for one in old} == {"lines_sip", "lines", "users", "extensions"}


@pytest.mark.parametrize(
    ("method", "column"),
    [("users.list", "id"), ("lines.list", "provisioning_code"), ("extensions.list", ""),
     ("voicemails.list", ""), ("endpoints.sip.list", "username"), ("devices.list", "id"),
     ("funckeys.templates.list", "")],
)  # fmt: skip
def test_column_to_page_by(method: str, column: str) -> None:
    """Each list is paged by a column of unique values, or by none where it has none."""
    function = TABLE.get(method)
    assert function.paged
    assert function.order == column


def test_lists_that_ignore_limit() -> None:
    """Lists of associations and CTI profiles are not paged."""
    for method in ("cti_profiles.list", "users.lines.list", "users.callpermissions.list"):
        assert not TABLE.get(method).paged


def test_as_a_frame() -> None:
    """The table is a DataFrame like every service's."""
    frame = TABLE.to_frame()
    assert len(frame) == len(TABLE)
    row = frame[frame["function"] == "GET /users"].iloc[0]
    assert row["method"].startswith("users.list(order=None, direction=None, limit=None, offset")
    assert row["session"] == "header"
    assert row["results"].startswith("id:integer*, uuid:text*, firstname:text*")
    assert "forwards:json*" in row["results"]
    assert bool(row["repeatable"])


def test_unknown_name() -> None:
    """A misspelt name is answered with the nearest."""
    with pytest.raises(InvalidArgument, match="GET /users"):
        TABLE.get("GET /user")
