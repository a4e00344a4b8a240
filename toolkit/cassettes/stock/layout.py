"""One interaction in the block layout that vcrpy writes, read by one pattern.

``yaml.dump`` sorts keys and never varies its indentation, so an interaction's text is matched
whole, and only its scalars are looked at more closely. Whatever differs by a character raises
:class:`~toolkit.cassettes.stock.scalars.Unexpected`; nothing is guessed.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from toolkit.cassettes.stock.scalars import Unexpected, key, matched, scalar


def _value(indent: int) -> str:
    """The text of a scalar whose continuation lines stand at ``indent``."""
    return (
        rf"""(?:'(?:[^']++|'')*+'|"(?:[^"\\]++|\\.)*+"|!!binary \|(?:\n {{{indent}}}[\w+/=]++)++"""
        rf"""|[^'"!&*|>\n][^\n]*+(?:\n {{{indent}}} *+[^ \n][^\n]*+)*+)"""
    )


_HEADERS = r"\ \{\}|(?:\n {6}[^\n]++)++"
# Keys that other writers put beside vcrpy's own in a response, one scalar a line.
_EXTRA = r"(?:\n {4}(?!body:|headers:|status:)[a-z_]++: [^\n]++)*+"

_INTERACTION = re.compile(
    rf"- request:\n    body: (?P<sent>{_value(6)})\n    headers:(?P<asked>{_HEADERS})"
    rf"\n    method: (?P<method>{_value(6)})\n    uri: (?P<uri>{_value(6)})"
    r"\n  response:\n    body:(?:\ \{\}|\n      string: "
    rf"(?P<got>{_value(8)}))(?P<extra1>{_EXTRA})"
    rf"\n    headers:(?P<answered>{_HEADERS})(?P<extra2>{_EXTRA})"
    rf"\n    status:\n      code: (?P<code>[1-9][0-9]{{0,8}})"
    rf"\n      message: (?P<reason>{_value(8)})"
    rf"(?P<extra3>{_EXTRA})\n++",
    re.DOTALL,
)

_PRINTABLE = bytes((0x0A, *range(0x20, 0x7F)))
_NOT_PLAIN_TEXT = re.compile(
    r"[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_AT_MARGIN = re.compile(r"\n[^ \n]")

Parts = re.Match[str]


def text_of(data: bytes) -> str:
    """The text of one entry; only printable characters, spaces and line feeds are expected."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if not data.translate(None, _PRINTABLE):
        return data.decode("ascii")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unexpected("not UTF-8") from error
    if _NOT_PLAIN_TEXT.search(text):
        raise Unexpected("control characters")
    return text


def split(data: bytes) -> Parts:
    """The parts of one entry (``- request: ...`` up to the next entry), as text.

    Raises
    ------
    Unexpected
        When the entry is in any other layout.
    """
    text = text_of(data)
    parts = _INTERACTION.fullmatch(text)
    if parts is None or _AT_MARGIN.search(text):
        raise Unexpected("another layout")
    return parts


def parse(data: bytes) -> dict[str, Any]:
    """One entry as the YAML loader would give it.

    Examples
    --------
    >>> entry = b'''- request:
    ...     body: null
    ...     headers: {}
    ...     method: GET
    ...     uri: http://localhost/
    ...   response:
    ...     body:
    ...       string: hello
    ...     headers: {}
    ...     status:
    ...       code: 200
    ...       message: OK
    ... '''
    >>> parse(entry)["response"]["body"]
    {'string': 'hello'}
    """
    parts = split(data)
    sent, asked, method, uri, got, extra1, answered, extra2, code, reason, extra3 = parts.groups()
    response: dict[str, Any] = {"body": {} if got is None else {"string": matched(got)}}
    if extra1:
        response |= _extra(extra1)
    response["headers"] = _headers(answered)
    if extra2:
        response |= _extra(extra2)
    response["status"] = {"code": int(code), "message": scalar(reason)}
    if extra3:
        response |= _extra(extra3)
    return {
        "request": {
            "body": matched(sent),
            "headers": _headers(asked),
            "method": scalar(method),
            "uri": matched(uri),
        },
        "response": response,
    }


def asked(data: bytes) -> tuple[str, str, bytes] | None:
    """Method, URI and body of one entry's request; None when one of them is not usual text."""
    parts = split(data)
    method, uri, body = scalar(parts["method"]), matched(parts["uri"]), matched(parts["sent"])
    if isinstance(body, str):
        body = body.encode()
    if isinstance(method, str) and isinstance(uri, str) and isinstance(body, bytes | None):
        return method, uri, body or b""
    return None


def _headers(block: str) -> dict[str, list[Any]]:
    return {name: [*values] for name, values in _header_items(block)}


# A client sends the same headers with every request.
@functools.lru_cache(maxsize=256)
def _header_items(block: str) -> tuple[tuple[str, list[Any]], ...]:
    headers: dict[str, list[Any]] = {}
    if block == " {}":
        return ()
    values: list[Any] | None = None  # of the header being read
    pending: str | None = None  # a value that may go on in the next line
    for line in block.split("\n      ")[1:]:
        if line[:2] == "  ":
            if pending is None:
                raise Unexpected(line)
            pending = f"{pending}\n{line}"
            continue
        if pending is not None and values is not None:
            values.append(scalar(pending))
            pending = None
        if line[:2] == "- ":
            if values is None:
                raise Unexpected(line)
            pending = line[2:]
        elif line[-1] == ":":
            if values is not None and not values:
                raise Unexpected(line)
            values = headers[key(line[:-1])] = []
        elif line[-4:] == ": []":
            if values is not None and not values:
                raise Unexpected(line)
            headers[key(line[:-4])] = []
            values = None
        else:
            raise Unexpected(line)
    if pending is not None and values is not None:
        values.append(scalar(pending))
    elif values is not None:
        raise Unexpected(block)
    return tuple(headers.items())


def _extra(block: str) -> dict[str, Any]:
    found = {}
    for line in block.split("\n    ")[1:]:
        name, _, raw = line.partition(": ")
        found[key(name)] = scalar(raw)
    return found
