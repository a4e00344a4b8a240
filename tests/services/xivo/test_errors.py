"""Error answers of every shape become one outcome; what cannot be read is read all the same."""

from __future__ import annotations

import pickle
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.services.xivo.wire import TOKEN, reason
from toolkit.outcomes import Category
from toolkit.services.xivo.errors import LONG, outcome_of, read_refusal


def encoded(document: object) -> bytes:
    return msgspec.json.encode(document)


CONFD: list[tuple[int, str, str, Category, tuple[str, ...], str]] = [
    (
        400,
        "Input Error - firstname: [u'Missing data for required field.']",
        "Input Error - firstname: Missing data for required field.",
        Category.INVALID_REQUEST,
        ("firstname",),
        "",
    ),
    (
        400,
        "Input Error - field 'limit': wrong type. Should be a positive number",
        "Input Error - field 'limit': wrong type. Should be a positive number",
        Category.INVALID_REQUEST,
        ("limit",),
        "",
    ),
    (
        400,
        "Input Error - missing parameters: firstname,lastname",
        "Input Error - missing parameters: firstname,lastname",
        Category.INVALID_REQUEST,
        ("firstname", "lastname"),
        "",
    ),
    (
        400,
        ("Input Error - limit: [{'constraint_id': 'range', 'constraint': {'min': 0}, "
        "'message': 'Must be greater than or equal to 0.'}]"),
        "Input Error - limit: Must be greater than or equal to 0.",
        Category.INVALID_REQUEST,
        ("limit",),
        "",
    ),
    (
        400,
        "Input Error - destination: {'type': [u'Not a valid choice.']}",
        "Input Error - destination: type: Not a valid choice.",
        Category.INVALID_REQUEST,
        ("destination",),
        "",
    ),
    (
        400,
        "Input Error - Extension '9100' is outside of range for context 'default'",
        "Input Error - Extension '9100' is outside of range for context 'default'",
        Category.INVALID_REQUEST,
        (),
        "Extension",
    ),
    (
        400,
        "Resource Error - User already exists ('username': u'ada')",
        "Resource Error - User already exists ('username': 'ada')",
        Category.CONFLICT,
        ("username",),
        "User",
    ),
    (
        400,
        "Resource Error - User is associated with a Line ('line_id': 1, 'user_id': 2)",
        "Resource Error - User is associated with a Line ('line_id': 1, 'user_id': 2)",
        Category.CONFLICT,
        ("line_id", "user_id"),
        "User",
    ),
    (
        404,
        "Resource Not Found - User was not found ('id': 9999)",
        "Resource Not Found - User was not found ('id': 9999)",
        Category.NOT_FOUND,
        ("id",),
        "User",
    ),
    (500, "Unexpected error: no such thing", "Unexpected error: no such thing",
     Category.SERVER_FAULT, (), ""),
]  # fmt: skip


@pytest.mark.parametrize(("status", "text", "message", "category", "fields", "resource"), CONFD)
def test_lists_of_texts(
    status: int,
    text: str,
    message: str,
    category: Category,
    fields: tuple[str, ...],
    resource: str,
) -> None:
    """confd's own shape: the sentence without Python's marks, the field, the resource."""
    outcome, said = outcome_of(status, encoded([text])), read_refusal(encoded([text]))
    assert (outcome.code, outcome.message, outcome.category) == (status, message, category)
    assert (said.fields, said.resource, said.messages) == (fields, resource, (text,))


def test_several_fields() -> None:
    """Each wrong field has its text; all are named, and a mixture of kinds is no conflict."""
    texts = ["Input Error - email: [u'Not a valid string.']", "Input Error - language: [u'Bad.']"]
    said = read_refusal(encoded(texts))
    assert said.fields == ("email", "language")
    assert said.message == "Input Error - email: Not a valid string.; Input Error - language: Bad."
    mixed = [*texts, "Resource Error - User already exists ('id': 1)"]
    assert outcome_of(400, encoded(mixed)).category is Category.INVALID_REQUEST


def test_reason_timestamp_status() -> None:
    """The shape of auth's tokens and of dird."""
    outcome = outcome_of(401, encoded(reason("Authentication Failed", 401)))
    assert (outcome.label, outcome.message) == ("UNAUTHORIZED", "Authentication Failed")
    assert outcome.category is Category.DENIED


def test_message_error_id_details() -> None:
    """Wazo's shape: the error's id, the resource, the fields of the details or of the message."""
    conflict = {
        "message": "Conflict detected",
        "error_id": "conflict",
        "details": {"username": {"constraint_id": "unique", "message": "already used"}},
        "timestamp": 1772366400.25,
        "resource": "users",
    }
    said = read_refusal(encoded(conflict))
    assert (said.error_id, said.resource, said.fields) == ("conflict", "users", ("username",))
    assert said.message == "Conflict detected; username: already used"
    assert outcome_of(409, encoded(conflict)).category is Category.CONFLICT
    listed = {
        "message": {"limit": [{"constraint_id": "range", "message": "Must be at least 0."}]},
        "error_id": "invalid-list-param",
        "details": {},
    }
    said = read_refusal(encoded(listed))
    assert (said.message, said.fields) == ("limit: Must be at least 0.", ("limit",))


def test_errors_of_an_import() -> None:
    """The fourth shape: each row by its number; what the row held does not come out."""
    document = {
        "errors": [
            {
                "timestamp": 1772366400,
                "message": "Resource Error - User already exists ('email': u'a@example.org')",
                "details": {"row_number": 3, "row": {"email": "a@example.org", "password": "p4ss"}},
            },
            {"message": "{'firstname': [u'Field may not be null.']}", "details": None},
        ]
    }
    said = read_refusal(encoded(document))
    assert [number for number, _ in said.rows] == [3, 2]
    assert said.message == (
        "row 3: Resource Error - User already exists ('email': 'a@example.org'); "
        "row 2: firstname: Field may not be null."
    )
    assert said.fields == ("email", "firstname")
    assert "p4ss" not in repr(said)
    document["errors"].pop()
    assert outcome_of(400, encoded(document)).category is Category.INVALID_REQUEST


def test_pages_and_bare_statuses() -> None:
    """HTML gives its title and first paragraph; a bare text itself; nothing the status's words."""
    html = b"<!doctype html><title>404 Not Found</title><h1>Not Found</h1>\n<p>No such\n URL.</p>"
    assert outcome_of(404, html).message == "404 Not Found: No such URL."
    assert outcome_of(401, b"Unauthorized Access\n").message == "Unauthorized Access"
    assert (
        outcome_of(401, b"").message == "the token is bad, or lacks the ACL, or xivo-auth is down"
    )
    assert outcome_of(500, encoded({"message": "Internal Server Error"})).message == (
        "Internal Server Error"
    )
    assert outcome_of(405, b'""').label == "METHOD_NOT_ALLOWED"


def test_statuses_that_are_not_in_the_table() -> None:
    """They keep their number and get the category of their class."""
    found = {code: outcome_of(code, b"").category for code in (207, 302, 418, 599, 700)}
    assert list(map(str, found.values())) == [
        "success",
        "unknown status",
        "invalid request",
        "server fault",
        "unknown status",
    ]
    assert outcome_of(418, b"").label == "HTTP_418"


def test_wazo_quotes_the_token() -> None:
    """Its 401 holds the token in clear: the text names the ACL and the tenant, never the token."""
    said = read_refusal(encoded([f"('{TOKEN}', 'confd.users.read')"]))
    assert (said.acl, said.message) == ("confd.users.read", "not authorised for confd.users.read")
    tenant = "4bd57dd0-1111-4bde-8888-c4d3b8b0a2a1"
    said = read_refusal(encoded([f"('{TOKEN}', 'confd.users.read', '{tenant}')"]))
    assert said.message == f"not authorised for confd.users.read in tenant {tenant}"
    assert TOKEN not in repr(said)
    details = {
        "message": "Unauthorized",
        "error_id": "unauthorized",
        "details": {
            "invalid_token": TOKEN,
            "reason": "not_found_or_expired",
            "required_access": "auth.users.read",
        },
    }
    said = read_refusal(encoded(details))
    assert (said.acl, said.reason) == ("auth.users.read", "not_found_or_expired")
    assert TOKEN not in repr(said)


def test_given_secrets_do_not_come_out() -> None:
    """A password that the server echoes is blanked as a word, and not inside of other words."""
    said = read_refusal(encoded(["bad hunter2 in hunter22"]), secrets=["hunter2", "in", ""])
    assert said.message == "bad … in hunter22"


def test_length_is_bounded() -> None:
    """A message of a megabyte stays readable."""
    said = read_refusal(encoded(["x" * 1_000_000]))
    assert len(said.message) == LONG


JSON: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["message", "reason", "errors", "details", "resource", "error_id", "row_number"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(document=JSON, status=st.integers(100, 999))
def test_any_json(document: object, status: int) -> None:
    """Whatever JSON comes, an outcome comes out, of the status, and with texts in its places."""
    outcome = outcome_of(status, encoded(document))
    assert outcome.code == status
    assert isinstance(outcome.message, str)
    said = read_refusal(encoded(document))
    assert all(isinstance(text, str) for text in (*said.messages, *said.fields, said.resource))


@given(body=st.binary(), status=st.integers(100, 999))
def test_any_bytes(body: bytes, status: int) -> None:
    """The same for bytes that are nothing at all."""
    assert outcome_of(status, body).code == status


@pytest.mark.parametrize("depth", [10, 1000, 100_000])
def test_deep_json(depth: int) -> None:
    """Nesting without end is no way to break the reading."""
    assert outcome_of(400, b"[" * depth + b"]" * depth).code == 400
    assert outcome_of(400, b'{"message":' * depth + b"1" + b"}" * depth).code == 400


def test_every_status_has_a_row() -> None:
    """``toolkit.codes`` tells label, category, and what is repeated; never a change of state."""
    from toolkit.services.xivo import statuses

    table = statuses.to_frame().set_index("code")
    assert table.loc[404, "category"] == "not found"
    assert table.loc[503, "category"] == "busy"
    assert table["label"].is_unique
    assert table["meaning"].str.len().gt(0).all()


def test_exceptions_carry_everything_and_cross_processes() -> None:
    """The shared tree, with status, messages, field and resource; also after pickling."""
    from tests.services.xivo.wire import answer, logged_in
    from toolkit.services.xivo.functions import TABLE
    from toolkit.services.xivo.planning import make_plan

    refusal = answer(["Resource Not Found - User was not found ('id': 9)"], "404 NOT FOUND")
    with logged_in(refusal) as (server, _):
        with pytest.raises(toolkit.NotFound) as caught:
            server.fetch(make_plan(TABLE.get("users.get"), [9]))
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):  # noqa: S301
        facts = error.__dict__
        assert (facts["status"], error.code, error.label) == (404, 404, "NOT_FOUND")
        assert (facts["field"], facts["resource"]) == ("id", "User")
        assert facts["messages"] == ("Resource Not Found - User was not found ('id': 9)",)
        assert str(error) == (
            "GET /users/{user_id}(9): NOT_FOUND 404: "
            "Resource Not Found - User was not found ('id': 9)"
        )
