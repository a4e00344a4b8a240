"""The ways taken on systems that lack some calls; each runs in a process without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MISSING = """
import os, sys
for name in ("pread", "pwrite"):
    if hasattr(os, name):
        delattr(os, name)
"""
RECORD_AND_REPLAY = """
import threading, httpx, toolkit
from toolkit.cassettes import read

PING = b"<Request><Function>agentPing</Function></Request>"
path = sys.argv[1]

with toolkit.sandbox.start("sertainty") as box:
    with httpx.Client(transport=toolkit.RecordTransport(path)) as client:
        threads = [
            threading.Thread(target=lambda: [client.post(box.url, content=PING) for _ in range(8)])
            for _ in range(3)
        ]
        for one in threads: one.start()
        for one in threads: one.join()
        live = client.post(box.url, content=PING).content
    with httpx.Client(transport=toolkit.RecordTransport(path)) as client:
        client.post(box.url, content=PING)
with httpx.Client(transport=toolkit.ReplayTransport(path)) as client:
    replayed = {client.post(box.url, content=PING).content for _ in range(26)}
print(len(list(read(path))), replayed == {live})
"""


def test_without_positional_reads_and_writes(tmp_path: Path) -> None:
    """As on Windows: many threads record, a second recording appends, a replay reads it all."""
    command = [sys.executable, "-c", MISSING + RECORD_AND_REPLAY, str(tmp_path / "ping.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("26 True", "")
