r"""Cassettes that vcrpy wrote: YAML in every layout, and JSON.

>>> from toolkit.cassettes import stock
>>> list(stock.read(b"interactions: []\nversion: 1\n"))
[]
"""

from toolkit.cassettes.stock.reading import (
    LIMIT,
    CutShortWarning,
    entries,
    load,
    read,
    requests,
    scan,
)
from toolkit.cassettes.stock.sniffing import Format, sniff

__all__ = [
    "LIMIT",
    "CutShortWarning",
    "Format",
    "entries",
    "load",
    "read",
    "requests",
    "scan",
    "sniff",
]
