"""Read a cassette in any of vcrpy's layouts, one interaction at a time."""

from __future__ import annotations

import io
import json
import os
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from toolkit.cassettes.stock import layout, legacy
from toolkit.cassettes.stock.blocks import Piece, pieces
from toolkit.cassettes.stock.loader import compose, construct
from toolkit.cassettes.stock.scalars import Unexpected
from toolkit.cassettes.stock.sniffing import HEAD, sniff_bytes
from toolkit.collector import without_collector
from toolkit.outcomes import CassetteError

LIMIT = 256 * 1024 * 1024
"""The largest interaction that is read unless the caller allows more, in bytes."""

Source = str | os.PathLike[str] | bytes
_MERGED = b"\xff\xfe", b"\xfe\xff"


class CutShortWarning(UserWarning):
    """A cassette without its ``version`` line, which vcrpy writes last: more may be missing."""


def read(source: Source, *, limit: int = LIMIT) -> Iterator[dict[str, Any]]:
    r"""Give the interactions of a cassette in vcrpy's dictionary form, in order.

    Vcrpy's own block layout takes a fast path and little memory; every other YAML (flow style,
    other key orders, aliases, old tags) goes through the safe YAML loader; JSON through a JSON
    parser. What comes out is the same.

    Parameters
    ----------
    source : path or bytes
        A file, or the bytes of one.
    limit : int
        Largest interaction accepted, in bytes.

    Yields
    ------
    dict
        ``{"request": {"method", "uri", "body", "headers"}, "response": {"status": {"code",
        "message"}, "headers", "body": {"string"}}}`` and whatever else stood in them. Bodies are
        text or bytes as the file has them, headers a name and its list of values.

    Raises
    ------
    CassetteError
        When the file is no cassette, is cut short, or asks for more than plain data; the
        sentence names file and line. Interactions before that place were given already.

    Examples
    --------
    >>> for entry in read(b"interactions: []\nversion: 1\n"):
    ...     print(entry["request"]["uri"])
    """
    for _, _, entry in scan(source, limit=limit):
        yield entry


def scan(
    source: Source, *, limit: int = LIMIT
) -> Iterator[tuple[int | None, int | None, dict[str, Any]]]:
    """Give ``(offset, length, interaction)`` for an index that reads single interactions later.

    Offset and length are None where an interaction cannot be read without the rest of its file
    (JSON, aliases, unusual YAML). Otherwise ``load(file[offset:offset + length])`` gives it again.

    Raises
    ------
    CassetteError
        As :func:`read`.
    """
    name = "cassette" if isinstance(source, bytes) else os.fspath(source)
    done = 0
    with _opened(source) as stream:
        kind = _kind(stream.read(HEAD), name)
        stream.seek(0)
        if kind == "vcr-json":
            for entry in _from_json(stream.read(), name):
                yield None, None, entry
            return
        try:
            last = b""
            for piece in pieces(stream, name, limit):
                entry = _entry(piece, name)
                yield piece.offset, len(piece.data), entry
                done += 1
                last = piece.data
            _warn_if_cut_short(stream, name, done, last)
        except Unexpected:
            pass
        else:
            return
        stream.seek(0)
        data = stream.read()
    for number, entry in enumerate(_from_document(data, name)):
        if number >= done:
            yield None, None, entry


Asked = tuple[str, str, bytes]
"""Method, URI and body of a request."""


def entries(source: Source, *, limit: int = LIMIT) -> Iterator[tuple[int, int]]:
    """Give ``(offset, length)`` of each interaction of a file in block layout, in order.

    Each piece is matched against the layout, though its values are not built: a span that is
    given can be read by :func:`load`.

    Raises
    ------
    CassetteError
        When the file (or one interaction) is in a layout whose parts cannot be read apart.
    """
    for offset, length, _ in requests(source, limit=limit):
        yield offset, length


def requests(source: Source, *, limit: int = LIMIT) -> Generator[tuple[int, int, Asked | None]]:
    """Give what :func:`entries` gives, and beside it method, URI and body of each request.

    None stands for a request that takes more than a look: :func:`load` builds it.
    """
    name = "cassette" if isinstance(source, bytes) else os.fspath(source)
    with _opened(source) as stream:
        try:
            for piece in pieces(stream, name, limit):
                yield piece.offset, len(piece.data), _asked(piece, name)
        except Unexpected:
            raise CassetteError(
                f"{name}: its interactions cannot be read apart from each other; use read()"
            ) from None


def _asked(piece: Piece, name: str) -> Asked | None:
    try:
        return layout.asked(piece.data)
    except Unexpected:
        _entry(piece, name)
        return None


def load(data: bytes, name: str = "cassette", line: int = 1) -> dict[str, Any]:
    """Read one interaction from the bytes of its span.

    Raises
    ------
    CassetteError
        When the bytes are not one whole interaction (the file has changed since).
    """
    try:
        return _entry(Piece(0, line, data), name)
    except Unexpected as error:
        raise CassetteError(
            f"{name}, line {line}: not one whole interaction; has the file changed?"
        ) from error


def _opened(source: Source) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise CassetteError(f"{os.fspath(source)}: cannot be read ({error.strerror})") from error


def _kind(head: bytes, name: str) -> str:
    if head.startswith(_MERGED):
        raise CassetteError(f"{name}, line 1: the file is UTF-16; a cassette is UTF-8")
    kind = sniff_bytes(head)
    if kind == "har":
        raise CassetteError(f"{name}: this is a HAR file, not a cassette of vcrpy")
    if kind is None and head.strip():
        nul = head.find(b"\0")
        if nul >= 0:
            line = 1 + head.count(b"\n", 0, nul)
            raise CassetteError(f"{name}, line {line}: a NUL byte; this is no text file")
        raise CassetteError(f"{name}, line 1: neither YAML nor JSON with interactions in it")
    return kind or "vcr-yaml"


def _entry(piece: Piece, name: str) -> dict[str, Any]:
    """One interaction from its own text: by the fast path, else by the YAML loader."""
    try:
        return layout.parse(piece.data)
    except Unexpected:
        pass
    try:
        with without_collector():
            root = compose(piece.data, name, piece.line)
            item = construct(root, piece.data, name, piece.line)
    except CassetteError as error:
        # An alias to another interaction, or a text cut in two: the whole file will tell.
        raise Unexpected(str(error)) from error
    if not isinstance(item, list) or len(item) != 1:
        raise Unexpected("not one interaction")
    return legacy.interaction(item[0], f"{name}, line {piece.line}")


def _from_document(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """All interactions of a file that has to be read whole."""
    _require_text(data, name)
    with without_collector():
        root = compose(data, name)
    if root is None:
        return
    items = root.value if root.id == "sequence" else _interactions_node(root, name)
    while items:
        node = items[0]
        where = f"{name}, line {node.start_mark.line + 1}"
        with without_collector():
            item = construct(node, data, name)
        yield legacy.interaction(item, where)
        del items[0]


def _interactions_node(root: Any, name: str) -> list[Any]:
    if root.id == "mapping":
        for key, value in root.value:
            if key.value == "interactions":
                if value.id == "sequence":
                    nodes: list[Any] = value.value
                    return nodes
                if value.id == "scalar" and value.tag.endswith(":null"):
                    line = value.start_mark.line + 1
                    raise CassetteError(f"{name}, line {line}: no interaction; it was cut short")
    raise CassetteError(f"{name}, line 1: there is no list of interactions in it")


def _from_json(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    _require_text(data, name)
    document = _json(data.removeprefix(b"\xef\xbb\xbf"), name)
    items = document.get("interactions") if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise CassetteError(f"{name}: there is no list of interactions in it")
    for number, item in enumerate(items, 1):
        yield legacy.interaction(item, f"{name}, interaction {number}")


def _json(data: bytes, name: str) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        pass  # Half a surrogate pair is JSON to vcrpy's own parser.
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise CassetteError(
            f"{name}, line {error.lineno}: not readable as JSON: {error.msg}"
        ) from error
    except RecursionError as error:
        raise CassetteError(f"{name}: the document is nested too deep for a cassette") from error


def _require_text(data: bytes, name: str) -> None:
    nul = data.find(b"\0")
    if nul >= 0:
        line = 1 + data.count(b"\n", 0, nul)
        raise CassetteError(f"{name}, line {line}: a NUL byte; this is no text file")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise CassetteError(
            f"{name}, line {line}: not UTF-8 (byte {data[error.start]:#04x})"
        ) from error


def _warn_if_cut_short(stream: BinaryIO, name: str, count: int, last: bytes) -> None:
    """Vcrpy sorts keys, so that ``version`` comes last; flow lines have it first."""
    stream.seek(0)
    if b"version:" in stream.read(32):
        return
    stream.seek(0, os.SEEK_END)
    stream.seek(max(0, stream.tell() - 4096))
    tail = stream.read()
    if b"\nversion:" not in tail and last:
        warnings.warn(
            f"{name} has no version line after interaction {count}; it may have been cut short",
            CutShortWarning,
            stacklevel=4,
        )
