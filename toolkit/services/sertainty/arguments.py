"""Python values to arguments (the sheet's kinds, section 5). Checked before anything is sent."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.functions import Argument, Function
from toolkit.services.sertainty.envelope import Item

_DECLARED = re.compile(r"""\s*<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def encode_argument(argument: Argument, value: Any, encoding: str) -> bytes:
    """One argument's bytes, before base64.

    Raises
    ------
    InvalidArgument
        The value does not fit the argument's kind; nothing was sent.
    """
    name = argument.parameter
    if argument.kind in ("binary", "xml"):
        return _document(name, value, encoding)
    if not isinstance(value, str):
        raise InvalidArgument(f"{name} must be a text, not {type(value).__name__}")
    if argument.kind == "choice":
        for choice in argument.choices:
            if choice.casefold() == value.casefold():
                return choice.encode(encoding)
        raise InvalidArgument(f"{name} must be {' or '.join(argument.choices)}, not {value!r}")
    try:
        return value.encode(encoding)
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"{name} cannot be written as {encoding}: {error.reason}") from None


def _document(name: str, value: Any, encoding: str) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, os.PathLike):
        try:
            return Path(value).read_bytes()
        except OSError as error:
            raise InvalidArgument(f"{name}: {value} cannot be read: {error.strerror}") from None
    if isinstance(value, str):
        declared = _DECLARED.match(value)
        try:
            return value.encode(declared[1] if declared else encoding)
        except (LookupError, UnicodeEncodeError) as error:
            raise InvalidArgument(f"{name} cannot be encoded: {error}") from None
    contents = getattr(value, "document", None)
    if isinstance(contents, bytes):
        return contents
    raise InvalidArgument(
        f"{name} must be bytes, a text, a path or a fetched call, not {type(value).__name__}"
    )


def encode_arguments(function: Function, values: Sequence[Any], encoding: str) -> list[Item]:
    """The arguments that the caller gives, in wire order, checked against the table.

    Raises
    ------
    InvalidArgument
        Too few, too many, or one of the wrong kind; the sentence shows the signature.
    """
    given = function.given
    repeated = bool(given) and given[-1].repeated
    fewest = len(given) - repeated
    if len(values) < fewest or (len(values) > len(given) and not repeated):
        raise InvalidArgument(
            f"{function.name} takes {fewest}{' or more' * repeated} arguments, "
            f"not {len(values)}: {function.signature}"
        )
    items: list[Item] = []
    for position, value in enumerate(values):
        argument = given[min(position, len(given) - 1)]
        if value == "*" and argument.names and _is_task_of_one(function, argument):
            raise InvalidArgument(f"{function.name} takes one task's name; '*' is not allowed here")
        items.append((None, encode_argument(argument, value, encoding)))
    return items


def _is_task_of_one(function: Function, argument: Argument) -> bool:
    return argument.name == "task-name" and not argument.wildcard and len(function.given) > 1


def target_of(function: Function, values: Sequence[Any]) -> str:
    """What a call is aimed at: its naming arguments, joined by a slash.

    Examples
    --------
    >>> from toolkit.services.sertainty.functions import TABLE
    >>> target_of(TABLE.get("taskGetStatus"), ["nightly", "ingest"])
    'nightly/ingest'
    """
    names = [
        str(value)
        for argument, value in zip(function.given, values, strict=False)
        if argument.names
    ]
    return "/".join(names)
