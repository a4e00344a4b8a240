"""Refusals of confd, in its own words."""

from __future__ import annotations

import uuid
from typing import Any

from toolkit.sandbox.xivo.eras import Era


class Refusal(Exception):
    """An answer that is no success: a status and the messages of the JSON list.

    ``body`` takes the place of the list where the shape is another one (CSV import).
    """

    def __init__(self, status: int, *messages: str, body: Any = None) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = messages
        self.body = body


def written(value: Any, era: Era) -> str:
    """A value as Python's repr shows it in the era's Python."""
    if isinstance(value, uuid.UUID):
        return f"UUID('{value}')"
    if isinstance(value, str):
        text = repr(value) if not era.u else repr(value.encode("unicode-escape").decode())
        return era.u + text.replace("\\\\", "\\")
    if isinstance(value, list):
        return "[" + ", ".join(written(one, era) for one in value) + "]"
    if isinstance(value, dict):
        pairs = (f"'{name}': {written(one, era)}" for name, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    return repr(value)


def details(era: Era, /, **values: Any) -> str:
    """The metadata at the end of a message: a dict's repr in round brackets."""
    return "(" + ", ".join(f"'{name}': {written(one, era)}" for name, one in values.items()) + ")"


def bad_input(message: str) -> Refusal:
    """400 for a value that cannot be."""
    return Refusal(400, f"Input Error - {message}")


def not_found(era: Era, title: str, /, **values: Any) -> Refusal:
    """404 for something that is not there."""
    return Refusal(404, f"Resource Not Found - {title} was not found {details(era, **values)}")


def field_not_found(era: Era, name: str, title: str, /, **values: Any) -> Refusal:
    """400 for a field that names something that is not there."""
    return bad_input(f"field '{name}': {title} was not found {details(era, **values)}")


def conflict(era: Era, message: str, /, **values: Any) -> Refusal:
    """400 for what does not go together."""
    return Refusal(400, f"Resource Error - {message} {details(era, **values)}")


def exists(era: Era, title: str, /, **values: Any) -> Refusal:
    """400 for a second one of what there may be one of."""
    return conflict(era, f"{title} already exists", **values)


def not_positive(name: str) -> Refusal:
    """400 for a limit, offset or position that is no number."""
    return bad_input(f"field '{name}': wrong type. Should be a positive number")
