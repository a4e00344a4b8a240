"""The rows about cassettes, and their targets."""

from __future__ import annotations

from benchmarks.rows import NOT_PEERS, ROWS, Row, costs, exactly, faster

VCRPY = "vcrpy"
MOCK = "httpx.MockTransport"
LARGE = 10_000
"""From so many on the peers that look at every interaction get fewer turns, or a limit."""
FLAT = 1.15
"""How much more than with 100 interactions still counts as flat."""

NOT_PEERS |= {MOCK, "ours, 100"}


def _scaled(seconds: float) -> float:
    """Seconds of a machine where a request over MockTransport takes 83.5 us, as a share of it."""
    return round(seconds / 83.5e-6, 2)


ROWS |= {
    "open": Row("open without an index and answer the last request", "s", faster(40, VCRPY), LARGE),
    "open_indexed": Row(
        "open with an index and answer the last request", "s", faster(1000, VCRPY), LARGE
    ),
    "open_memory": Row("memory held by the open cassette", "B", costs(0.15, VCRPY), LARGE),
    "open_stock": Row(
        "open what vcrpy wrote and answer the last request", "s", faster(5, VCRPY), LARGE
    ),
    "open_stock_memory": Row("memory held by what vcrpy wrote", "B", costs(0.5, VCRPY), LARGE),
    "open_only": Row("open, nothing asked for", "s"),
    "index": Row("make the index, once", "s"),
    "replay": Row("replay one request, the last ones of the cassette", "s", costs(1.15, MOCK)),
    "replay_flat": Row("the same against a cassette of 100", "s", costs(FLAT, "ours, 100")),
    "replay_async": Row("replay one request, AsyncClient", "s", costs(1.15, MOCK)),
    "replay_post": Row("replay one request, made by client.post", "s"),
    "use_cassette": Row("replay one request through use_cassette", "s", costs(2.0, MOCK)),
    "use_cassette_flat": Row("the same against a cassette of 100", "s", costs(FLAT, "ours, 100")),
    "session": Row("a session of 1,000 calls, replayed", "s", faster(100, VCRPY)),
    "session_earlier": Row("the same against vcrpy 8.2.1", "s", faster(20, "vcrpy 8.2.1")),
    "session_bridge": Row("the same through use_cassette", "s", faster(100, VCRPY)),
    "session_all": Row("a session of all calls, replayed", "s"),
    "record": Row("record one more request", "s", costs(1.5, "bare request")),
    "record_flat": Row("the same against a cassette of 100", "s", costs(FLAT, "ours, 100")),
    "record_mock": Row("record one more request, no socket", "s"),
    "persist": Row("CPU to persist an interaction", "s", costs(_scaled(15e-6), MOCK)),
    "keep": Row("the same with its redaction", "s"),
    "kill": Row("kill -9: finished interactions lost", "", exactly(0)),
    "kill_loads": Row("kill -9: stock vcrpy loads what is left", "", exactly(1)),
    "kill_saving": Row("kill -9 while it is saved: stock vcrpy loads it", ""),
    "add": Row("add one call to a cassette", "s"),
    "add_alone": Row("the same without the request itself", "s", costs(_scaled(1e-3), MOCK)),
    "add_bytes": Row("bytes written for it", "B"),
    "threads": Row("8 threads: requests in the right cassette", "", exactly(80)),
    "tasks": Row("8 tasks: requests in the right cassette", "", exactly(80)),
    "deck": Row("8 threads, the toolkit's own clients", "", exactly(80)),
    "patched": Row("functions of httpx still patched afterwards", "", exactly(0)),
    "secrets": Row("one login: secrets on disk, of 8", "", exactly(0)),
    "secrets_replay": Row("one login: it replays without the server", "", exactly(1)),
    "failures": Row("failures of 5 that replay as the same exception", "", exactly(5)),
    "times": Row("time stamps and durations, saved by stock vcrpy", "", exactly(1)),
    "calls": Row("cassette to DataFrame with codes, a call", "s", costs(_scaled(20e-6), MOCK)),
    "calls_loop": Row("the same against a loop over vcrpy's", "s", faster(50, VCRPY)),
    "calls_stock": Row("the same from a cassette that vcrpy wrote", "s"),
}
