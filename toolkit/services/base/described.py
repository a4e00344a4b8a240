"""What a docstring says of each parameter or attribute, in a line."""

from __future__ import annotations

import functools
import inspect
import itertools
import re
from collections.abc import Callable, Mapping

_SECTIONS = ("Parameters", "Attributes")
_NAMED = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: ?: .*)?$")
_SENTENCE = re.compile(r"^.*?[^.](?=[.;:]\s|\.?$)")


@functools.cache
def described(thing: Callable[..., object]) -> Mapping[str, str]:
    """The first words of what a docstring in numpy style says, by name; names without are left out.

    Examples
    --------
    >>> def send(url, *, read=60.0):
    ...     '''Send.
    ...
    ...     Parameters
    ...     ----------
    ...     url : str
    ...     read : float
    ...         Seconds between two pieces. None other.
    ...     '''
    >>> described(send)
    {'read': 'Seconds between two pieces'}
    """
    found: dict[str, list[str]] = {}
    names: list[str] = []
    inside = False
    lines = (inspect.getdoc(thing) or "").splitlines()
    for line, following in itertools.pairwise([*lines, ""]):
        if set(following) == {"-"}:
            inside, names = line in _SECTIONS, []
        elif line.startswith(" ") and inside:
            for name in names:
                found.setdefault(name, []).append(line.strip())
        elif inside and (match := _NAMED.match(line)):
            names = match[1].replace("*", "").split(", ")
    texts = {name: " ".join(words) for name, words in found.items()}
    return {name: _first(text) for name, text in texts.items()}


def _first(text: str) -> str:
    match = _SENTENCE.match(text)
    return (match[0] if match else text).replace("``", "")
