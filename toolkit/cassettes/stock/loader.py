"""The YAML loader for cassettes: plain data only, bounded, with errors that say where.

It accepts the tags that vcrpy has written over the years (they become text, lists and bytes) and
refuses every other Python tag: nothing a cassette says is ever called or instantiated.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from toolkit.outcomes import CassetteError

MAX_DEPTH = 100
"""Nesting beyond this is refused: a cassette needs a dozen levels, the parser's stack is finite."""
MAX_EXPANSION = 10
"""An aliased document may stand for at most this many times its own size (or 1 MB)."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PYTHON = "tag:yaml.org,2002:python/"


class CassetteLoader(_Base):  # type: ignore[misc]
    """A safe loader with vcrpy's legacy tags as plain data."""


def _text(loader: Any, node: Any) -> Any:
    return loader.construct_scalar(node)


def _sequence(loader: Any, node: Any) -> list[Any]:
    found: list[Any] = loader.construct_sequence(node, deep=True)
    return found


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return found


def _file_body(loader: Any, node: Any) -> bytes:
    state = _mapping(loader, node).get("state") or (b"",)
    return _joined(state[:1])


def _iterated_body(loader: Any, node: Any) -> bytes:
    arguments: Any = _mapping(loader, node).get("args") or ([],)
    return _joined(arguments[0] or [])


def _joined(parts: Any) -> bytes:
    return b"".join(p.encode("utf-8") if isinstance(p, str) else bytes(p or b"") for p in parts)


for _tag, _constructor in {
    "str": _text,
    "unicode": _text,
    "tuple": _sequence,
    "object/new:_io.BytesIO": _file_body,
    "object/apply:builtins.iter": _iterated_body,
    # Cassettes from before vcrpy 1.0.
    "object:vcr.request.Request": _mapping,
    "object/apply:__builtin__.frozenset": _sequence,
    "object/apply:builtins.frozenset": _sequence,
}.items():
    CassetteLoader.add_constructor(_PYTHON + _tag, _constructor)


# An anchor stands where a node can start; "&amp;" in a text is a false alarm and costs time only.
_ANCHOR = re.compile(rb"(?:^|[\s\[{,:?])&")
_DEEP_LINE = re.compile(rb"\n {%d}" % MAX_DEPTH)


def compose(data: bytes, name: str, first_line: int = 1) -> Any:
    """The node tree of one document, after its nesting and its aliases were checked.

    Raises
    ------
    CassetteError
        When it is no YAML, is nested too deep, or expands beyond reason; the line is named.
    """
    anchored = _ANCHOR.search(data) is not None
    try:
        if anchored or _may_be_deep(data):
            anchored = _walk_events(data, name, first_line)
        loader = CassetteLoader(data)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
        if anchored:
            _refuse_bomb(root, max(MAX_EXPANSION * len(data), 1 << 20), name)
    except yaml.YAMLError as error:
        raise broken(error, data, name, first_line) from error
    except RecursionError as error:
        raise CassetteError(f"{name}: the document is nested too deep for a cassette") from error
    return root


def construct(node: Any, data: bytes, name: str, first_line: int = 1) -> Any:
    """The plain data of a node.

    Raises
    ------
    CassetteError
        When it has a tag that would build an object or run code, or a value of the wrong form.
    """
    loader = CassetteLoader(b"")
    try:
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise broken(error, data, name, first_line) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        line = first_line + node.start_mark.line
        raise CassetteError(f"{name}, line {line}: a value cannot be read ({error})") from error
    finally:
        loader.dispose()


def _may_be_deep(data: bytes) -> bool:
    openings = sum(data.count(mark) for mark in (b"[", b"{", b"- ", b"? "))
    return openings > MAX_DEPTH or _DEEP_LINE.search(data) is not None


def _walk_events(data: bytes, name: str, first_line: int) -> bool:
    """Check the nesting with the event parser, which needs no stack; True if there are aliases."""
    depth = 0
    aliases = False
    for event in yaml.parse(data, Loader=CassetteLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                line = first_line + event.start_mark.line
                raise CassetteError(f"{name}, line {line}: nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases = True
    return aliases


def _refuse_bomb(root: Any, limit: int, name: str) -> None:
    """Measure the document with every alias written out, without writing it out."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def measure(node: Any) -> int:
        known = sizes.get(id(node))
        if known is not None:
            return known
        if id(node) in open_nodes:
            raise CassetteError(f"{name}: an alias contains itself")
        open_nodes.add(id(node))
        value = node.value
        if isinstance(value, str):
            size = 1 + len(value)
        else:
            size = 1 + sum(
                measure(child[0]) + measure(child[1])
                if isinstance(child, tuple)
                else measure(child)
                for child in value
            )
        if size > limit:
            raise CassetteError(
                f"{name}: its aliases expand to more than {limit // 1_000_000} MB; refused"
            )
        open_nodes.discard(id(node))
        sizes[id(node)] = size
        return size

    if root is not None:
        measure(root)


def broken(error: yaml.YAMLError, data: bytes, name: str, first_line: int = 1) -> CassetteError:
    """The one sentence for a YAML error: file, line, and what is wrong there."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    position = getattr(error, "position", None)
    if mark is not None:
        line = first_line + mark.line
    elif position is not None:
        line = first_line + data.count(b"\n", 0, position)
    else:
        line = first_line
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    where = f"{name}, line {line}"
    tag = re.search(r"tag:yaml\.org,2002:python/([\w./:]+)", problem)
    if tag:
        return CassetteError(
            f"{where}: the tag !!python/{tag[1]} would build an object or run code; "
            "a cassette holds plain data only"
        )
    if "unexpected end of stream" in problem:
        return CassetteError(f"{where}: the file ends in the middle of a value; it was cut short")
    return CassetteError(f"{where}: not readable as YAML: {problem}")
