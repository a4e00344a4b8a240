"""XML documents of unknown shape, read safely: bounded, without DTD, entities or network.

Two ways in:

* :func:`parse` gives the lxml element of a small document (an envelope, a reply).
* :func:`records` gives the DataFrame of a document that repeats something (a log, a list of
  tasks), whatever its elements are called; :func:`batches` is the same as a stream.

Both refuse a DTD or an entity with :class:`toolkit.outcomes.UnsafeDocument` and anything else that
is wrong with :class:`toolkit.outcomes.DocumentError`, each with one sentence.
"""

from toolkit.documents.limits import LIMITS, Limits
from toolkit.documents.rows import Batch, batches
from toolkit.documents.safe import parse
from toolkit.documents.shape import RecordPath, find_record
from toolkit.documents.source import Source
from toolkit.documents.table import records

__all__ = [
    "LIMITS",
    "Batch",
    "Limits",
    "RecordPath",
    "Source",
    "batches",
    "find_record",
    "parse",
    "records",
]
