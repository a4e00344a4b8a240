"""XML as this server may write it: read strictly first, and repaired where that can be said.

A real answer was seen without the end tag of a list. What is repaired: a missing end tag inside
the document, an end tag too many, a bare ``&``, characters that XML forbids, junk around the
document. What is not: a document whose own end is missing, since it may have been cut anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from xml.parsers import expat

from toolkit.collector import without_collector
from toolkit.outcomes import BadReply, UnsafeDocument
from toolkit.services.uptivity.framing import Frame

_DEPTH = 64
_SHOWN = 120
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_START = re.compile(r"<([A-Za-z_][\w.:-]*)(?=[\s/>])")
_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<\?.*?\?>"
    r"|<(?P<close>/?)(?P<name>[A-Za-z_][\w.:-]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|lt|gt|amp|quot|apos);")
_BARE = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|lt|gt|amp|quot|apos);)")


@dataclass(slots=True)
class Element:
    """One element: its tag, its own text without the white space around, its children."""

    tag: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        """The first child of that name, compared without case."""
        wanted = name.casefold()
        return next((one for one in self.children if one.tag.casefold() == wanted), None)


def decoded_text(data: bytes) -> str:
    r"""Bytes as text: by byte order mark, by declaration, as UTF-8, else as Windows-1252.

    Examples
    --------
    >>> decoded_text(b"<A>caf\xe9</A>")
    '<A>café</A>'
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    declared = _DECLARED.search(data[:1024])
    if declared:
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, ValueError):
            pass
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def parsed(
    text: str, root: str | None = None, *, repair: bool = True
) -> tuple[Element, tuple[str, ...]]:
    """The document in a text, and what had to be repaired.

    Parameters
    ----------
    root : str, optional
        The root's name, compared without case; what stands before it is junk. Any, unless given.

    Raises
    ------
    BadReply
        There is no such document, or it is cut, or it is malformed and ``repair`` is False.
    UnsafeDocument
        It has a DTD or an entity, or is nested beyond reason.

    Examples
    --------
    >>> parsed("<R><L><N>1</N></R>")[1]
    ('the end of <L> was missing',)
    """
    start, end, text = _bounds(text, root)
    before, after = text[:start].strip("\x00\ufeff"), text[end:].strip("\x00")
    if "<!DOCTYPE" in text[:end] or "<!ENTITY" in text[:end]:
        raise UnsafeDocument("the answer has a DTD, which no answer of this service needs")
    document = text[start:end]
    notes: list[str] = []
    if re.sub(r"<\?xml.*?\?>", "", before, flags=re.DOTALL).strip():
        notes.append(f"{len(before):,} characters of junk came before the document")
    if after.strip():
        notes.append(f"{len(after):,} characters of junk came after the document")
    with without_collector():
        try:
            return _strict(document), tuple(notes)
        except expat.ExpatError as error:
            if not repair:
                raise BadReply(f"the answer is not well-formed XML: {error}") from None
            return _tolerant(document, notes), tuple(notes)


def _bounds(text: str, root: str | None) -> tuple[int, int, str]:
    """Where the document begins and ends in the text, which loses half surrogates."""
    data = text.encode("utf-8", "replace")
    text = data.decode()
    found = _START.search(text)
    if root is not None:
        found = re.search(rf"<({re.escape(root)})(?=[\s/>])", text, re.IGNORECASE)
    if found is None:
        what = f"no {root}" if root else "no XML"
        raise BadReply(f"the answer holds {what}; it begins with {_beginning(text)!r}")
    before = text[: found.start()].encode()
    end = Frame(found[1].encode()).feed(data[len(before) :])
    if end is None:
        raise BadReply(
            f"the answer breaks off after {len(text):,} characters, before </{found[1]}>; it "
            f"begins with {_beginning(text)!r}"
        )
    return found.start(), found.start() + len(data[len(before) : len(before) + end].decode()), text


def _beginning(text: str) -> str:
    return " ".join(text[: 2 * _SHOWN].split())[:_SHOWN]


def _strict(document: str) -> Element:
    """A well-formed document, read by expat: there is no DTD in it, nor an entity of its own."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    top = Element("")
    stack = [top]
    texts: list[list[str]] = [[]]

    def start(tag: str, _: dict[str, str]) -> None:
        if len(stack) > _DEPTH:
            raise UnsafeDocument(f"the answer is nested more than {_DEPTH} deep")
        one = Element(tag.rpartition(":")[2])
        stack[-1].children.append(one)
        stack.append(one)
        texts.append([])

    def end(_: str) -> None:
        stack.pop().text = "".join(texts.pop()).strip()

    def data(text: str) -> None:
        texts[-1].append(text)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = data
    parser.Parse(document.encode(), True)
    return top.children[0]


def _tolerant(document: str, notes: list[str]) -> Element:
    """A document whose tags do not match: what is open when an outer element ends, ends too."""
    stack: list[Element] = []
    texts: list[list[str]] = []
    root: Element | None = None

    def close() -> None:
        nonlocal root
        done = stack.pop()
        done.text = "".join(texts.pop()).strip()
        if stack:
            stack[-1].children.append(done)
        elif root is None:
            root = done

    for token in _TOKEN.finditer(document):
        name = token["name"]
        if name is None:
            if stack:
                texts[-1].append(_content(token, notes))
        elif not token["close"]:
            if len(stack) > _DEPTH:
                raise UnsafeDocument(f"the answer is nested more than {_DEPTH} deep")
            stack.append(Element(name.rpartition(":")[2]))
            texts.append([])
            if token["rest"].endswith("/"):
                close()
        else:
            wanted = name.rpartition(":")[2].casefold()
            if stack and stack[-1].tag.casefold() == wanted:
                close()
                continue
            if all(one.tag.casefold() != wanted for one in stack):
                notes.append(f"the end of <{name}> came without its beginning")
                continue
            while stack[-1].tag.casefold() != wanted:
                notes.append(f"the end of <{stack[-1].tag}> was missing")
                close()
            close()
    while stack:
        notes.append(f"the end of <{stack[-1].tag}> was missing")
        close()
    if root is None:
        raise BadReply(f"the answer is no XML; it begins with {_beginning(document)!r}")
    return root


def _content(token: re.Match[str], notes: list[str]) -> str:
    if token["cdata"] is not None:
        return token["cdata"]
    text = token["text"] or ""
    if "&" not in text and text != "<":
        return text
    if text == "<" or _BARE.search(text):
        notes.append("a < or & stood in a text as it is")
    return _ENTITY.sub(lambda found: unescape(found[0]), text)
