"""Which element of an unknown document is its record.

The rule, in order. A *value* is an element without elements in it and without attributes (but
``type``); a *property* is a named value, such as ``<Folder name="Source">/in</Folder>``.

1. Start at the root. As long as the element is a mere wrapper (elements of one name in it and
   nothing else; below the root no attributes either), go into it. What repeats there is the
   record; what does not is looked at in the same way, until it is no wrapper.
2. Then: the element's children of one name that repeat and are neither values nor properties, the
   most frequent first. ``<Log><Name/><Created/><Entry .../><Entry .../></Log>`` has the record
   ``Log/Entry``.
3. Else the outermost element below that repeats likewise and holds at least half of the document's
   values: ``<Export><Made/><Entries><Entry .../> ... </Entries></Export>``.
4. Else nothing repeats, and the element itself is the only record: a fingerprint, one task.
   (A root with nothing at all in it has no records.)

A record that is itself a wrapper of repeated elements (``<Day date="..."><Entry/><Entry/></Day>``)
gives way to those, and its attributes become columns (``Day.date``).

The rule looks at the first MiB of a document, so that a log of any size is read once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from toolkit.documents.hardened import Feed, Truncated, parser_for
from toolkit.documents.limits import LIMITS, MIB, Limits, too_deep
from toolkit.documents.source import CHUNK, Stream
from toolkit.outcomes import InvalidArgument

HEAD = MIB


@dataclass(frozen=True, slots=True)
class RecordPath:
    """The path of a document's record: ``Log/Entry`` from the root, or ``Entry`` wherever it is.

    Examples
    --------
    >>> RecordPath.of("Log/Entry"), RecordPath.of(".//Entry")
    (RecordPath('Log/Entry'), RecordPath('Entry'))
    """

    names: tuple[str, ...]
    anywhere: bool = False

    @classmethod
    def of(cls, path: str) -> RecordPath:
        """Read a path: ``Log/Entry``, ``/Log/Entry``, ``Log/*/Entry``, ``.//Entry``, ``Entry``.

        A path of one name means that element wherever it is, the root included; with a slash in
        front it means the root.
        """
        bare = path.removeprefix(".")
        anywhere = bare.startswith("//") or "/" not in bare
        names = tuple(bare.lstrip("/").split("/"))
        if not all(names) or any(set(name) & set(" []@()") for name in names):
            raise InvalidArgument(
                f"{path!r} is not the path of a record; Log/Entry or .//Entry would be."
            )
        return cls(names, anywhere)

    def matches(self, stack: Sequence[str]) -> bool:
        """Whether the innermost of these nested elements is the record."""
        names = self.names
        if len(stack) != len(names) and not (self.anywhere and len(stack) > len(names)):
            return False
        return all(
            name in ("*", tag, local(tag))
            for name, tag in zip(reversed(names), reversed(stack), strict=False)
        )

    def __str__(self) -> str:
        plain = "/".join(self.names)
        if self.anywhere:
            return plain if len(self.names) == 1 else f".//{plain}"
        return plain if len(self.names) > 1 else f"/{plain}"

    def __repr__(self) -> str:
        return f"RecordPath({str(self)!r})"


def local(name: str) -> str:
    """A name without its namespace prefix."""
    return name.rpartition(":")[2]


@dataclass(slots=True)
class Node:
    """All elements of one path: how many there are, how they repeat, and what they hold."""

    name: str
    count: int = 0
    most: int = 0
    """Of one parent's children, at most this many."""
    text: bool = False
    attributes: set[str] = field(default_factory=set)
    held: int = 0
    """Values in these elements themselves: attributes and texts."""
    children: dict[str, Node] = field(default_factory=dict)

    @property
    def is_value(self) -> bool:
        """Whether it is nothing but a text."""
        return not self.children and not self.attributes

    @property
    def is_property(self) -> bool:
        """Whether it is a named text."""
        return (
            not self.children
            and self.text
            and len(self.attributes) == 1
            and self.attributes <= PROPERTY_NAMES
        )

    @property
    def repeats(self) -> bool:
        """Whether one parent has several."""
        return self.most > 1

    def wraps(self, attributes: int) -> Node | None:
        """The only kind of element in it, when it has that and at most so many attributes."""
        if len(self.children) != 1 or self.text or len(self.attributes) > attributes:
            return None
        (only,) = self.children.values()
        return None if only.is_value and not only.repeats else only

    def total(self) -> int:
        """Values in these elements and all within them."""
        return self.held + sum(child.total() for child in self.children.values())


PROPERTY_NAMES = frozenset({"name", "Name", "key", "Key"})


def find_record(
    head: bytes, encoding: str | None = None, *, prefer: Iterable[str] = (), limits: Limits = LIMITS
) -> RecordPath:
    """The record of a document, found in its first bytes by the rule of this module.

    Parameters
    ----------
    head : bytes
        The document or its beginning; the encoding is as in :class:`Stream`.
    prefer : iterable of str
        Paths that win over the rule when the document has such an element; the first of them also
        when the document is empty (a root with the right name and nothing in it).

    Raises
    ------
    DocumentError, UnsafeDocument
        As :func:`toolkit.documents.records`.

    Examples
    --------
    >>> find_record(b"<Log><Entry a='1'/><Entry a='2'/></Log>")
    RecordPath('Log/Entry')
    """
    preferred = [RecordPath.of(path) for path in prefer]
    if preferred and len(head) > CHUNK:
        begun = survey(head[:CHUNK], encoding, limits)
        if begun is not None and _occurs(preferred[0], begun, []):
            return preferred[0]
    root = survey(head, encoding, limits)
    if root is None:
        return preferred[0] if preferred else RecordPath(("*",))
    for path in preferred:
        if _occurs(path, root, []):
            return path
        empty = not root.children and not root.text
        if empty and not path.anywhere and path.names[0] in ("*", root.name, local(root.name)):
            return path
    return _choose(root)


def _choose(root: Node) -> RecordPath:
    stack, node = [root.name], root
    while only := node.wraps(attributes=len(node.attributes) if node is root else 0):
        stack.append(only.name)
        if only.repeats:
            return _inner(only, stack)
        node = only
    here = [child for child in node.children.values() if _record_like(child)]
    if here:
        found = max(here, key=lambda child: child.count)
        return _inner(found, [*stack, found.name])
    level = [([*stack, child.name], child) for child in node.children.values()]
    enough = root.total() / 2
    while level:
        heavy = [(path, at) for path, at in level if _record_like(at) and at.total() >= enough]
        if heavy:
            path, found = max(heavy, key=lambda pair: pair[1].count)
            return _inner(found, path)
        level = [
            ([*path, child.name], child) for path, at in level for child in at.children.values()
        ]
    return RecordPath(tuple(stack))


def _record_like(node: Node) -> bool:
    return node.repeats and not node.is_value and not node.is_property


def _inner(node: Node, stack: list[str]) -> RecordPath:
    while (only := node.wraps(attributes=1)) and _record_like(only):
        stack.append(only.name)
        node = only
    return RecordPath(tuple(stack))


def _occurs(path: RecordPath, node: Node, above: list[str]) -> bool:
    stack = [*above, node.name]
    return path.matches(stack) or any(
        _occurs(path, child, stack) for child in node.children.values()
    )


def survey(head: bytes, encoding: str | None, limits: Limits) -> Node | None:
    """The paths of a document's beginning as a tree of nodes; None when no element has begun."""
    top = Node("")
    nodes = [top]
    counts: list[dict[str, int]] = [{}]

    def start(name: str, attributes: dict[str, str]) -> None:
        parent = nodes[-1]
        if len(nodes) > limits.depth:
            raise too_deep(limits.depth)
        node = parent.children.get(name)
        if node is None:
            node = parent.children[name] = Node(name)
        node.count += 1
        number = counts[-1][name] = counts[-1].get(name, 0) + 1
        node.most = max(node.most, number)
        kept = {key for key in attributes if not key.startswith("xmlns") and key != "type"}
        if len(nodes) == 2 and "type" in attributes:
            kept.add("type")
        node.attributes |= kept
        node.held += len(kept)
        nodes.append(node)
        counts.append({})

    def end(_: str) -> None:
        node = nodes.pop()
        counts.pop()
        if not node.children:
            node.held += 1

    def text(data: str) -> None:
        if not nodes[-1].text and data.strip(" \t\r\n"):
            nodes[-1].text = True

    parser = parser_for(encoding)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    feed = Feed(parser, limits)
    with contextlib.suppress(Truncated):  # the head of a long document always is
        for at in range(0, len(head), CHUNK):
            feed.take(head[at : at + CHUNK])
        feed.end()
    return next(iter(top.children.values()), None)


def head_of(stream: Stream) -> tuple[bytes, Stream]:
    """The first MiB of a stream, and a stream that begins with it again."""
    held: list[bytes] = []
    length = 0
    for chunk in stream.chunks:
        held.append(chunk)
        length += len(chunk)
        if length >= HEAD:
            break
    return b"".join(held), Stream(chain(held, stream.chunks), stream.encoding)
