"""What the vendor's pages leave open, each behind one named option."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.options import changed, check_choices


@dataclass(frozen=True, slots=True)
class Options:
    """How this server reads the places where the pages are silent or contradict themselves.

    Attributes
    ----------
    http_method : {"POST", "GET"}
        The page "Web API Service" speaks of a URL only; a client at work was seen to POST with a
        query and an empty body, which no proxy repeats.
    encoding : str
        Of what is sent: the XML's bytes, the query's percent-encoding. What is received is read
        as it declares itself, else as UTF-8, else as Windows-1252.
    root : {"REQUEST", "type"}
        The root element on the socket: REQUEST with a TYPE inside as in the overview's example,
        or the type itself as its prose has it.
    keep_connection : bool
        Whether the socket stays open between calls, as long as the server leaves it open.
    other_id : {"auto", "raise", "warn"}
        What an answer means that echoes another REQUESTID; ``auto`` raises on the socket and
        warns over HTTP, where an answer cannot be another request's.
    label_wins : bool
        Whether a known label is followed where the code says something else (the vendor's own
        example has 17 with the label of 18). Both are kept in any case.
    repair : bool
        Whether an answer with a missing end tag or a bare ``&`` is read, and marked as repaired.
    tries : int
        How often a call is sent whose answer is 47 or 48 (the queue is full, too many clients).
    wait, wait_most : float
        Seconds before the second try, doubled for each further one, and their most. A random
        part of them is waited, so that clients do not come back all at once.
    warn_special : bool
        Whether to warn of ``<``, ``>`` and control characters in a value: some commands are
        documented to fail with them.
    experimental : bool
        Whether ``server.experimental`` has commands whose names the pages do not confirm.
    """

    service: ClassVar[str] = "uptivity"
    http_method: Literal["POST", "GET"] = "POST"
    encoding: str = "utf-8"
    root: Literal["REQUEST", "type"] = "REQUEST"
    keep_connection: bool = True
    other_id: Literal["auto", "raise", "warn"] = "auto"
    label_wins: bool = True
    repair: bool = True
    tries: int = 4
    wait: float = 0.5
    wait_most: float = 8.0
    warn_special: bool = True
    experimental: bool = False

    def __post_init__(self) -> None:
        check_choices(self)
        try:
            ascii_like = "<A>".encode(codecs.lookup(self.encoding).name) == b"<A>"
        except (LookupError, TypeError):
            ascii_like = False
        if not ascii_like:
            raise InvalidArgument(
                f"encoding must be one that has ASCII in it, such as utf-8 or windows-1252, "
                f"not {self.encoding!r}"
            )
        if self.tries < 1 or self.wait < 0 or self.wait_most < 0:
            raise InvalidArgument("tries must be 1 or more; wait and wait_most 0 or more seconds")

    @classmethod
    def of(cls, options: Options | None, changes: dict[str, Any]) -> Options:
        """The options with some changed.

        Raises
        ------
        InvalidArgument
            A name that is no option.
        """
        return changed(cls, options, changes)
