"""A user's own rules for documents: a documented part of JSONPath, and XPath.

JSONPath: ``$`` is the document; ``.name`` and ``['name']`` a member, ``.*`` and ``[*]`` every
member or element, ``[2]`` one element, ``..name`` a member at any depth. No filters, slices or
unions: a rule that uses one is refused when it is given, not when it does not match.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from lxml import etree

from toolkit.cassettes.redaction.urls import Swap
from toolkit.outcomes import InvalidArgument

Rule = Callable[[str, str, Swap], str]
Path = tuple[str | int, ...]

_STEP = re.compile(
    r"(\.\.)(?:([\w\-]+)|(\*))|\.([\w\-]+)|(\.\*|\[\*\])|\[(\d+)\]|\[\s*(?:'([^']*)'|\"([^\"]*)\")\s*\]"
)
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_ANY = None


def json_rule(path: str) -> Rule:
    """The rule that swaps every scalar at, or under, a JSONPath.

    Raises
    ------
    InvalidArgument
        When the path is not in the part of JSONPath that is understood.

    Examples
    --------
    >>> rule = json_rule("$.users[*].phone")
    >>> rule('{"users": [{"phone": "555", "id": 1}]}', "", lambda kind, secret: "HIDDEN")
    '{"users": [{"phone": "HIDDEN", "id": 1}]}'
    """
    steps = _steps(path)

    def rule(text: str, _: str, swap: Swap) -> str:
        if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
            return text
        pieces: list[str] = []
        done = 0
        for where, start, end in scalars(text):
            if not any(_matches(steps, where[:length]) for length in range(len(where) + 1)):
                continue
            raw = text[start:end]
            plain = str(json.loads(raw, strict=False)) if raw[0] == '"' else raw
            new = swap("jsonpath", plain) if raw != "null" else plain
            if new != plain:
                pieces += (text[done:start], json.dumps(new))
                done = end
        return "".join([*pieces, text[done:]]) if pieces else text

    return rule


def xml_rule(path: str) -> Rule:
    """The rule that swaps the elements' texts and attributes that an XPath selects.

    The document is written anew when something was swapped (and only then). Prefixes that the
    document itself declares on its root can be used.

    Raises
    ------
    InvalidArgument
        When the path is not XPath 1.0.
    """
    try:
        etree.XPath(path)
    except etree.XPathSyntaxError as error:
        raise InvalidArgument(f"{path!r} is not an XPath: {error}") from None

    def rule(text: str, content_type: str, swap: Swap) -> str:
        if not text.lstrip("\ufeff \t\r\n").startswith("<"):
            return text
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
        )
        try:
            root = etree.fromstring(text.lstrip("\ufeff").encode(), _utf8(parser, text))
        except etree.XMLSyntaxError:
            if "xml" in content_type or text.lstrip("\ufeff \t\r\n").startswith("<?xml"):
                raise
            return text
        prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
        changed = False
        for found in _selected(root, path, prefixes):
            changed |= _swap_found(found, swap)
        if not changed:
            return text
        declared = re.match(r"\s*<\?xml[^>]*\?>\s*", text.lstrip("\ufeff"))
        return (declared[0] if declared else "") + etree.tostring(root, encoding="unicode")

    return rule


def scalars(text: str) -> list[tuple[Path, int, int]]:
    """Where each scalar of a JSON text stands: its path, and the offsets of its start and end.

    Raises
    ------
    ValueError
        When the text is not JSON.
    """
    found: list[tuple[Path, int, int]] = []
    path: list[str | int] = []
    inside: list[str] = []
    previous = ""
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in ("{", "["):
            inside.append(sign)
            path.append("" if sign == "{" else 0)
        elif sign in ("}", "]"):
            if not inside:
                raise ValueError("a bracket closes that was not opened")
            inside.pop()
            path.pop()
        elif sign == ",":
            if inside and inside[-1] == "[":
                path[-1] = int(path[-1]) + 1
        elif sign == ":":
            pass
        elif inside and inside[-1] == "{" and previous in ("{", ","):
            path[-1] = str(json.loads(sign, strict=False))
        else:
            found.append((tuple(path), match.start(), match.end()))
        previous = sign if len(sign) == 1 else ""
    if inside:
        raise ValueError("the text ends inside an object or an array")
    return found


def _steps(path: str) -> tuple[tuple[bool, str | int | None], ...]:
    steps: list[tuple[bool, str | int | None]] = []
    position = 1
    while path.startswith("$") and position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            break
        deep, name, star, member, every, number, single, double = match.groups()
        if deep:
            steps.append((True, _ANY if star else name))
        elif every:
            steps.append((False, _ANY))
        elif number is not None:
            steps.append((False, int(number)))
        else:
            steps.append((False, next(n for n in (member, single, double) if n is not None)))
        position = match.end()
    if not steps or position != len(path):
        raise InvalidArgument(
            f"{path!r} is not understood as a JSONPath: write it like $.user.phone, "
            "$.items[*].pin, $['a name'][0] or $..token (no filters, slices or unions)"
        )
    return tuple(steps)


def _matches(steps: tuple[tuple[bool, str | int | None], ...], path: Path) -> bool:
    if not steps:
        return not path
    deep, wanted = steps[0]
    reach = range(len(path)) if deep else range(min(1, len(path)))
    return any(
        (wanted is _ANY or path[at] == wanted) and _matches(steps[1:], path[at + 1 :])
        for at in reach
    )


def _utf8(parser: etree.XMLParser, text: str) -> etree.XMLParser:
    # A declaration names the encoding of the bytes that were; what is parsed here is UTF-8.
    if text.lstrip("\ufeff").startswith("<?xml"):
        return etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=False,
        )
    return parser


def _selected(root: etree._Element, path: str, prefixes: dict[str, str]) -> list[object]:
    found = root.getroottree().xpath(path, namespaces=prefixes)
    return list(found) if isinstance(found, list) else []


def _swap_found(found: object, swap: Swap) -> bool:
    if isinstance(found, etree._Element):
        changed = False
        for element in found.iter():
            if element.text and element.text.strip():
                changed |= _set_text(element, swap)
            if element is not found and element.tail and element.tail.strip():
                element.tail, old = swap("xpath", element.tail), element.tail
                changed |= element.tail != old
        return changed
    parent = getattr(found, "getparent", lambda: None)()
    if parent is None:
        return False
    if getattr(found, "is_attribute", False):
        name, old = found.attrname, str(found)  # type: ignore[attr-defined]
        parent.set(name, swap("xpath", old))
        return bool(parent.get(name) != old)
    if getattr(found, "is_tail", False):
        parent.tail, old = swap("xpath", parent.tail), parent.tail
        return bool(parent.tail != old)
    return _set_text(parent, swap)


def _set_text(element: etree._Element, swap: Swap) -> bool:
    old = element.text or ""
    value = old.strip()
    if not value:
        return False
    element.text = old.replace(value, swap("xpath", value), 1)
    return element.text != old
