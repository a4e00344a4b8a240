"""What an error answer says: four JSON shapes, HTML pages and bare statuses, as one outcome.

The shapes, seen from real servers (xivo-confd and xivo-auth 16.15, Wazo's master of 2026):

* a list of texts (confd), ``["Input Error - firstname: [u'Missing data for required field.']"]``;
* ``{"reason": [text], "timestamp": [seconds], "status_code": 401}`` (auth's tokens, dird);
* ``{"message", "error_id", "details", "timestamp", "resource"}`` (Wazo and the other APIs);
* ``{"errors": [{"message", "details": {"row_number", "row"}}]}`` (the import of users);

and ``{"message": text}`` from the framework. Whatever else comes is read too: nothing here raises.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from toolkit.outcomes import Category, Outcome, OutcomeError, error_for
from toolkit.services.xivo import statuses

if TYPE_CHECKING:
    from toolkit.services.xivo.call import Call

LONG = 2000
"""Characters of one message that are kept."""

SHORTEST = 4

_PREFIX = re.compile(
    r"(?P<kind>Input Error|Resource Error|Resource Not Found|Unexpected error)(?: - |: )"
)
_KINDS = {
    (400, "Resource Error"): Category.CONFLICT,
    (400, "Resource Not Found"): Category.NOT_FOUND,
}
# Python 2's texts, and the list around what marshmallow says of one field.
_TEXT = re.compile(r"\bu(?=['\"])")
_LISTED = re.compile(r"\[(['\"])((?:(?!\1).)*)\1\]")
# ``('token', 'acl')`` or with a tenant: Wazo's 401 holds the token in clear.
_DENIED = re.compile(
    r"\(\s*u?'[^']*'\s*,\s*u?'(?P<acl>[^']*)'\s*(?:,\s*u?'(?P<tenant>[^']*)'\s*)?\)"
)
_FIELDS = (
    re.compile(r"^field '(?P<name>[^']+)'"),
    re.compile(r"^'(?P<name>[^']+)' must be one of"),
    re.compile(r"^(?:missing|unknown|invalid) parameters?: (?P<name>[\w, ]+)$"),
    re.compile(r"^\{u?'(?P<name>\w+)'"),
    re.compile(r"^(?P<name>\w+): "),
)
_VALUES = re.compile(r"[(,] ?u?'(\w+)': ")
_ROW = re.compile(r"row \d+: ")
_CONSTRAINT = re.compile(r"[\[{]+'(?:constraint_id|constraint|message|type)': ")
_SAID = re.compile(r"'message': (['\"])((?:(?!\1).)*)\1")
_ONE = re.compile(r"\{'(\w+)': ([^{}]*)\}?")
_RESOURCE = re.compile(
    r"^(?P<name>[A-Z]\w*) (?:was not found|already exists|is (?:not )?associated with|"
    r"must be associated with|'[^']*' is outside)"
)
_TITLE = re.compile(r"<(?:h1|title)[^>]*>(.*?)</(?:h1|title)", re.IGNORECASE | re.DOTALL)
_PARAGRAPH = re.compile(r"<p[^>]*>(.*?)</p", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error answer says.

    Attributes
    ----------
    messages : tuple of str
        As the server wrote them, without a token that one may hold.
    message : str
        The same in one readable sentence.
    fields : tuple of str
        The fields, parameters or columns that are named as wrong.
    resource : str
        The resource that is named, for example ``"User"``.
    error_id : str
        The server's own word for the error, where it has one.
    acl, reason : str
        What a 401 says of itself (Wazo): the ACL that is wanted, and why it was denied.
    rows : tuple of (int, str)
        Of an import: the row's number, counted from 1, and its message.
    """

    messages: tuple[str, ...] = ()
    message: str = ""
    fields: tuple[str, ...] = ()
    resource: str = ""
    error_id: str = ""
    acl: str = ""
    reason: str = ""
    rows: tuple[tuple[int, str], ...] = ()


def read_refusal(body: bytes, *, secrets: Iterable[str] = ()) -> Refusal:
    """What the body of an error says. Never raises.

    Parameters
    ----------
    secrets : iterable of str
        Tokens that must not come out, wherever the server wrote them.

    Examples
    --------
    >>> said = read_refusal(b'''["Input Error - firstname: [u'Missing data.']"]''')
    >>> said.message, said.fields
    ('Input Error - firstname: Missing data.', ('firstname',))
    >>> read_refusal(b"<h1>Not Found</h1><p>No such URL.</p>").message
    'Not Found: No such URL.'
    """
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = _page(body.decode("utf-8", "replace"))
        document = [said] if said else []
    # Shorter ones are words of any sentence.
    hidden = tuple(re.escape(secret) for secret in secrets if len(secret) >= SHORTEST)
    return _Reader(hidden).read(document)


def outcome_of(status: int, body: bytes, *, secrets: Iterable[str] = ()) -> Outcome:
    """The outcome of an answer: the HTTP status, its label, what it says, our category.

    Examples
    --------
    >>> outcome_of(400, b'["Resource Error - User already exists"]').category.value
    'conflict'
    >>> outcome_of(204, b"")
    Outcome(code=204, label='NO_CONTENT', message='', category=<Category.SUCCESS: 'success'>)
    """
    done = _DONE.get(status)
    if done is not None:
        return done
    row = statuses.status(status)
    if row.category is Category.SUCCESS:
        return Outcome(status, row.label, "", row.category)
    return _outcome(row, read_refusal(body, secrets=secrets))


_DONE = {
    row.code: Outcome(row.code, row.label, "", row.category)
    for row in statuses.STATUSES.values()
    if row.category is Category.SUCCESS
}


def _outcome(row: statuses.Status, refusal: Refusal) -> Outcome:
    # The rows of an import are told one by one; as a whole it was a bad request.
    kinds = {found[1] if (found := _PREFIX.match(text)) else "" for text in refusal.messages}
    category = row.category
    if len(kinds) == 1:
        category = _KINDS.get((row.code, kinds.pop()), category)
    return Outcome(row.code, row.label, refusal.message or row.meaning, category)


def error_of(call: Call, *, secrets: Iterable[str] = (), **more: Any) -> OutcomeError:
    """The exception of a call that did not succeed.

    It has ``status`` (int), ``messages`` (tuple of str), ``field`` (str, the first one named),
    ``fields``, ``resource``, ``error_id`` and ``rows``; ``acl`` and ``reason`` where a 401 was
    explained.
    """
    refusal = read_refusal(call.body, secrets=secrets)
    extra: dict[str, Any] = {
        "status": call.status,
        "messages": refusal.messages,
        "field": refusal.fields[0] if refusal.fields else "",
        "fields": refusal.fields,
        "resource": refusal.resource,
        "error_id": refusal.error_id,
        "rows": refusal.rows,
        "acl": refusal.acl,
        "reason": refusal.reason,
    }
    return error_for(
        call.outcome,
        function=call.function.name,
        target=call.target,
        at=call.at,
        elapsed=call.elapsed,
        **{**extra, **more},
    )


class _Reader:
    """Collects what one document says."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self.acl = self.reason = ""

    def read(self, document: object) -> Refusal:
        resource = error_id = ""
        named: list[str] = []
        rows: tuple[tuple[int, str], ...] = ()
        if isinstance(document, dict):
            resource, error_id = _word(document.get("resource")), _word(document.get("error_id"))
            rows = tuple(self._rows(document.get("errors")))
            texts = [f"row {number}: {text}" for number, text in rows]
            texts += self._texts(document, named)
        else:
            texts = [self._clean(text) for text in _flat(document)]
        for text in texts:
            plain = _PREFIX.sub("", _ROW.sub("", text, count=1), count=1)
            named += _fields(plain)
            resource = resource or _resource(plain)
        readable = "; ".join(filter(None, (_readable(text) for text in texts)))
        return Refusal(
            tuple(texts),
            readable[:LONG],
            tuple(dict.fromkeys(filter(None, named))),
            resource,
            error_id,
            self.acl,
            self.reason,
            rows,
        )

    def _texts(self, document: dict[Any, Any], named: list[str]) -> list[str]:
        said = document.get("reason") or document.get("message") or document.get("error")
        texts = []
        if isinstance(said, dict):
            for name, inner in said.items():
                named.append(self._clean(str(name)))
                texts.append(f"{self._clean(str(name))}: {self._inner(inner)}")
        else:
            texts += [self._clean(text) for text in _flat(said)]
        details = document.get("details")
        if isinstance(details, dict):
            self.acl = self._clean(_word(details.get("required_access")))
            self.reason = self._clean(_word(details.get("reason")))
            for name, inner in details.items():
                if isinstance(inner, dict) and "message" in inner:
                    named.append(self._clean(str(name)))
                    texts.append(f"{self._clean(str(name))}: {self._inner(inner)}")
        return texts

    def _rows(self, errors: object) -> Iterator[tuple[int, str]]:
        """Each row's number and message; what the row holds may be a password, and is left out."""
        for place, error in enumerate(errors if isinstance(errors, list) else (), 1):
            if not isinstance(error, dict):
                yield place, _readable(self._clean(str(error)))
                continue
            details = error.get("details")
            number = details.get("row_number") if isinstance(details, dict) else None
            if isinstance(number, bool) or not isinstance(number, int):
                number = place
            yield number, _readable(self._clean(_word(error.get("message"))))

    def _inner(self, value: object) -> str:
        """The text inside ``[{"constraint_id": ..., "message": text}]``."""
        if isinstance(value, dict):
            value = value.get("message", value)
        elif isinstance(value, list):
            return "; ".join(self._inner(one) for one in value)
        return self._clean(_word(value))

    def _clean(self, text: str) -> str:
        """A text without tokens, and not without end."""
        text = text[:LONG]
        for secret in self._secrets:
            text = re.sub(rf"(?<!\w){secret}(?!\w)", "…", text)
        denied = _DENIED.fullmatch(text.strip())
        if denied is None:
            return text
        self.acl = denied["acl"]
        tenant = f" in tenant {denied['tenant']}" if denied["tenant"] else ""
        return f"not authorised for {denied['acl']}{tenant}"


def _flat(value: object, depth: int = 3) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth:
        for one in value:
            yield from _flat(one, depth - 1)
    elif value is not None:
        yield _word(value)


def _word(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _readable(text: str) -> str:
    """Without Python's own marks: ``[u'Not a valid string.']`` is what it says."""
    text = _TEXT.sub("", text)
    constraint = _CONSTRAINT.search(text)
    if constraint:
        said = "; ".join(found[2] for found in _SAID.finditer(text, constraint.start()))
        text = text[: constraint.start()] + said if said else text
    text = _LISTED.sub(lambda found: found[2], text)
    return _ONE.sub(r"\1: \2", text).strip()


def _fields(text: str) -> list[str]:
    for pattern in _FIELDS:
        found = pattern.search(text)
        if found:
            return [name.strip() for name in found["name"].split(",") if name.strip()]
    return _VALUES.findall(text)


def _resource(text: str) -> str:
    found = _RESOURCE.match(text)
    return found["name"] if found else ""


def _page(text: str) -> str:
    """The title and the first paragraph of an HTML page; a bare text as it is."""
    if "<" not in text:
        return " ".join(text[:LONG].split())
    parts = [found[1] for found in (_TITLE.search(text), _PARAGRAPH.search(text)) if found]
    said = [" ".join(html.unescape(_TAG.sub(" ", part)).split()) for part in parts]
    return ": ".join(part for part in said if part)[:LONG]
