"""What was typed into the function form, checked and read by the kind of each argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from toolkit.documents import parse
from toolkit.outcomes import InvalidArgument, ToolkitError
from toolkit.services.base.functions import Argument, Function
from toolkit.widgets.written import Upload

FLAGS = {"true": True, "false": False}


@dataclass(slots=True)
class Entered:
    """The arguments of a call: in their places, and by name where they may be left out."""

    placed: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)


def checked(text: str, kind: str = "xml") -> tuple[str, str]:
    """Whether a text is XML, or JSON, that may be sent: a sentence and its tone.

    Examples
    --------
    >>> checked("<Task name='x'/>")
    ('Well-formed XML.', 'good')
    >>> checked('{"a": 1', "json")[1]
    'bad'
    """
    if not text.strip():
        return "", ""
    try:
        if kind == "json":
            msgspec.json.decode(text)
            return "Well-formed JSON.", "good"
        parse(text)
    except (ToolkitError, msgspec.DecodeError) as error:
        return str(error), "bad"
    return "Well-formed XML.", "good"


def entered(function: Function, values: Any, buffers: Sequence[memoryview]) -> Entered:
    """What the page sent, checked against the table.

    Raises
    ------
    InvalidArgument
        Something is missing, too much, or not of its kind.
    """
    given = function.given
    if not isinstance(values, list) or (not given and values):
        raise InvalidArgument(f"{function.method} takes other arguments than the page sent")
    fewest = len(given) - bool(given and given[-1].repeated)
    if len(values) > len(given) and not given[-1].repeated:
        raise InvalidArgument(f"{function.method} takes other arguments than the page sent")
    found = Entered()
    for place, value in enumerate(values):
        argument = given[min(place, len(given) - 1)]
        if argument.optional and (value is None or value == ""):
            continue
        read = _value(argument, value, buffers)
        if argument.optional and argument.kind not in ("json", "csv"):
            found.named[argument.name] = read
        else:
            found.placed.append(read)
    missing = [one for one in given[len(values) : fewest] if not one.optional]
    if missing:
        raise InvalidArgument(f"{missing[0].parameter} is missing")
    return found


def _value(argument: Argument, value: Any, buffers: Sequence[memoryview]) -> Any:
    name, kind = argument.parameter, argument.kind
    if kind in ("binary", "csv"):
        if not isinstance(value, dict):
            raise InvalidArgument(f"choose a file for {name}")
        return Upload(str(value.get("file")), bytes(buffers[int(value["buffer"])]))
    if not isinstance(value, str) or not value.strip():
        raise InvalidArgument(f"{name} is empty; fill it in")
    if kind in ("xml", "json"):
        says, tone = checked(value, kind)
        if tone == "bad":
            raise InvalidArgument(f"{name}: {says}")
        return msgspec.json.decode(value) if kind == "json" else value
    if kind == "integer":
        try:
            return int(value)
        except ValueError:
            raise InvalidArgument(f"{name} is a whole number, not {value!r}") from None
    if kind == "boolean":
        if value not in FLAGS:
            raise InvalidArgument(f"{name} is true or false, not {value!r}")
        return FLAGS[value]
    return value


def check_consent(function: Function, values: Sequence[Any], content: dict[str, Any]) -> None:
    """What changes state was confirmed; what destroys was named once more.

    Raises
    ------
    InvalidArgument
        It was not.
    """
    if (function.changes or function.destroys) and content.get("confirmed") is not True:
        raise InvalidArgument(f"{function.method} changes state; confirm it first")
    if not function.destroys:
        return
    pairs = zip(function.given, values, strict=False)
    name = [value for argument, value in pairs if argument.names][-1:] or [function.name]
    if content.get("typed") != str(name[0]):
        raise InvalidArgument(
            f"{function.method} cannot be taken back; type {name[0]} to confirm it"
        )
