"""The rows about logs, and their targets."""

from __future__ import annotations

from benchmarks.rows import ROWS, Row, at_most, costs, exactly, faster

READ_XML, EXPAT, NAIVE = "pandas.read_xml", "expat, no handlers", "naive"
SHORTER = "ours, the shorter log"


ROWS |= {
    "log_strict": Row("XML log to a frame, strict reader", "s", faster(4, READ_XML)),
    "log_strict_floor": Row("the same against the bare parser", "s", costs(1 / 0.22, EXPAT)),
    "log_fast": Row("XML log to a frame, fast reader", "s", faster(12, READ_XML)),
    "log_parquet": Row("XML log to Parquet, strict reader", "s"),
    "log_parquet_fast": Row("XML log to Parquet, fast reader", "s"),
    "log_memory": Row("memory to read a log, strict reader", "B"),
    "log_frame": Row("bytes of memory a byte of log, strict reader", "", at_most(1.2)),
    "log_frame_fast": Row("bytes of memory a byte of log, fast reader", "", at_most(1.2)),
    "log_frame_held": Row("bytes that the frame itself holds, a byte of log", ""),
    "stream_strict": Row("HTTP to Parquet as one stream, strict reader", "s", faster(3.5, NAIVE)),
    "stream_fast": Row("HTTP to Parquet as one stream, fast reader", "s", faster(5, NAIVE)),
    "stream_memory": Row("memory of the stream, strict reader", "B", at_most(150 << 20)),
    "stream_memory_fast": Row("memory of the stream, fast reader", "B", at_most(150 << 20)),
    "stream_flat": Row("the process's whole memory, a longer log", "B", costs(1.2, SHORTER)),
    "cut_raises": Row("share of cut logs that raise", "", exactly(1)),
    "cut_flagged": Row("share of cut logs that are flagged when kept", "", exactly(1)),
    "cut_rows": Row("share of cut logs kept with just the whole events", "", exactly(1)),
    "cut_stream": Row("the same three of cut answers of a gateway", "", exactly(1)),
}
