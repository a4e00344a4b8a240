"""A process that reads cassettes for another: ``python -m toolkit.analysis.worker``.

It takes one line of JSON a cassette from its standard input and answers with a line of JSON and,
unless the calls went to a file, with so many bytes of Arrow. The caller's own script is not run
again, as it is where processes are spawned by multiprocessing, and nothing is pickled.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from toolkit.analysis.decoding import Part, read_part, write_part


def answer(asked: dict[str, str], out: BinaryIO) -> None:
    """Read one cassette."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        into = asked.get("into")
        file = asked["file"]
        part = write_part(file, Path(into)) if into else read_part(file)
    body = packed(part.table)
    head = {
        "rows": part.rows,
        "fault": part.fault,
        "warned": [str(one.message) for one in warned],
        "bytes": len(body),
    }
    out.write(json.dumps(head).encode() + b"\n")
    out.write(body)
    out.flush()


def part_of(head: dict[str, object], packed: bytes, cassette: str) -> Part:
    """An answer as the part it was."""
    table = pa.ipc.open_stream(packed).read_all() if packed else None
    return Part(cassette, head["rows"], head["fault"], head["warned"], table)  # type: ignore[arg-type]


def packed(table: pa.Table | None) -> bytes:
    """A table as bytes; none as none."""
    if table is None:
        return b""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def main() -> None:
    """Answer until there is nothing more to read."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anybody prints must not come between the answers
    for line in sys.stdin.buffer:
        answer(json.loads(line), out)


if __name__ == "__main__":
    main()
