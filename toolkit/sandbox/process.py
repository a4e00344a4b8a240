"""A sandbox in a process of its own: for benchmarks, and to be killed.

``python -m toolkit.sandbox.process`` is the child. Lines of JSON go both ways over its standard
input and output: first the options, then controls. The child ends when its input does, so it
cannot outlive the one who started it.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any, cast

_ERRORS = {"ValueError": ValueError, "OSError": OSError, "TypeError": TypeError}


class ProcessRunner:
    """Starts a service's sandbox in a child process and passes controls on to it.

    Attributes
    ----------
    url : str
        Base URL of the server.
    pid : int
        The child's process id.
    """

    def __init__(self, service: str, options: Mapping[str, Any]) -> None:
        self._lock = threading.Lock()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "toolkit.sandbox.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.pid = self._child.pid
        self._input = cast("IO[str]", self._child.stdin)
        self._output = cast("IO[str]", self._child.stdout)
        try:
            self.url: str = self._exchange({"service": service, "options": dict(options)})
        except BaseException:
            self.close()
            raise

    def send(self, control: str, **arguments: Any) -> Any:
        """Use one control; raises what the child raised, or RuntimeError if it is gone."""
        return self._exchange({"control": control, "arguments": arguments})

    def _exchange(self, message: dict[str, Any]) -> Any:
        with self._lock:
            try:
                self._input.write(json.dumps(message) + "\n")
                self._input.flush()
                line = self._output.readline()
            except (OSError, ValueError):
                line = ""
        if not line:
            raise RuntimeError("the sandbox's process has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise _ERRORS.get(answer["error"], RuntimeError)(answer["message"])
        return answer["value"]

    def kill(self) -> None:
        """End the child at once, without a chance to tidy up."""
        self._child.kill()
        self._child.wait()

    def close(self) -> None:
        """End the child and wait for it."""
        with contextlib.suppress(OSError):  # it was killed before
            self._input.close()
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._output.close()


def main() -> None:
    """Serve until standard input ends."""
    from toolkit import sandbox

    # Ctrl-C in a terminal reaches the whole group; the one who started this ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    box: sandbox.Box | None = None
    try:
        for line in sys.stdin:
            message = json.loads(line)
            try:
                if box is None:
                    box = sandbox.start(message["service"], **message["options"])
                    value: Any = box.url
                else:
                    value = box.control(message["control"], **message["arguments"])
                answer = {"value": value}
            except Exception as error:  # noqa: BLE001 - it is raised on the other side
                names = [kind.__name__ for kind in type(error).__mro__]
                known = [name for name in names if name in _ERRORS]
                answer = {"error": (known or names)[0], "message": str(error)}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    finally:
        if box is not None:
            box.close()


if __name__ == "__main__":
    main()
