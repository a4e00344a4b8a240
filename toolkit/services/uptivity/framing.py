"""Where an XML document ends in a stream of bytes, however the stream is cut into pieces.

The vendor's "API Overview" ends a message by CR LF and describes these as "ASCII 13, hex A"; so
the end of the root element counts here, and any white space may follow it. A root's end inside a
comment or a CDATA section is none, and an end tag that is missing inside does not matter.
"""

from __future__ import annotations

import re

_LONGEST_TAG = 64 * 1024
_ANY = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.:-]*)(?=[\s/>])")


class Frame:
    r"""Looks for the end of one document while its bytes come.

    Parameters
    ----------
    root : bytes, optional
        The root's name, compared without case; what comes before it is junk. Unless given, the
        first element is the root.

    Attributes
    ----------
    begun : bool
        Whether the root's beginning has come.

    Examples
    --------
    >>> frame = Frame(b"RESULT")
    >>> frame.feed(b"junk<RESULT><A/></RES"), frame.feed(b"ULT>\r\n")
    (None, 4)
    """

    def __init__(self, root: bytes | None = None) -> None:
        self.begun = False
        self._tail = b""
        self._depth = 0
        self._until = b""
        self._next = None if root is None else _next_of(root)
        self._keep = len(root) + 12 if root else 140

    def feed(self, piece: bytes) -> int | None:
        """How many bytes of this piece belong to the document; None while it has not ended."""
        held = len(self._tail)
        data = self._tail + piece
        position = 0
        while True:
            if self._until:
                end = data.find(self._until, position)
                if end < 0:
                    self._tail = data[max(position, len(data) - len(self._until) + 1) :]
                    return None
                position, self._until = end + len(self._until), b""
            if self._next is None:
                first = _ANY.search(data, position)
                if first is None:
                    self._tail = data[max(position, len(data) - self._keep) :]
                    return None
                self._next, self._keep = _next_of(first[1]), len(first[1]) + 12
            found = self._next.search(data, position)
            if found is None:
                self._tail = data[max(position, len(data) - self._keep) :]
                return None
            if found[0] in (b"<!--", b"<![CDATA["):
                self._until = b"-->" if found[0] == b"<!--" else b"]]>"
                position = found.end()
                continue
            end = data.find(b">", found.end())
            if end < 0:
                self._tail = data[found.start() :]
                if len(self._tail) > _LONGEST_TAG:  # no tag of any answer: go on behind it
                    self._tail = self._tail[-self._keep :]
                return None
            position = end + 1
            if self._ends(found, data[end - 1 : end] == b"/"):
                return position - held

    def _ends(self, found: re.Match[bytes], empty: bool) -> bool:
        if found["close"]:
            self._depth -= self._depth > 0
            return self.begun and not self._depth
        self.begun = True
        if not empty:
            self._depth += 1
        return not self._depth


def _next_of(root: bytes) -> re.Pattern[bytes]:
    name = re.escape(root)
    return re.compile(rb"<!--|<!\[CDATA\[|<(?P<close>/?)" + name + rb"(?=[\s/>])", re.IGNORECASE)
