"""A process that records a subject's story until it is killed.

It is told whom to record by its arguments (module and class of the subject, and the cassette),
and how the server is reached by a line of JSON. It says a digest of each call's DataFrame as soon
as the call has returned, and never ends by itself.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading

from toolkit.conformance.checks import digest


def main(module: str, kind: str, path: str) -> None:
    """Record the story, saying each call's digest, and wait for the end."""
    import toolkit

    subject = getattr(importlib.import_module(module), kind)()
    known = json.loads(sys.stdin.readline())
    with toolkit.record(path):
        client = subject.connect(known)
        subject.login(client, known)
        for one in subject.samples:
            frame = client.call(one.function, *one.arguments, **one.named)
            print(digest(frame), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
