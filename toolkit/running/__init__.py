"""One call for each row of a table: matched, sent, kept, and gone on with after an interruption."""

from toolkit.running.rowbyrow import run

__all__ = ["run"]
