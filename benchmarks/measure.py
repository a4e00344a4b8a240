"""CPU time of contenders that take turns, and of fresh processes with their memory.

CPU time and not time on the clock: other programs on the machine disturb it less. Contenders
take turns in one run, because a machine is not equally fast from one minute to the next.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

Use = Callable[[int], object]
Contender = tuple[int, Callable[[], AbstractContextManager[Use]]]
"""How many uses make a batch, and what prepares one (untimed) and gives what is timed."""
ROOT = Path(__file__).parent.parent
_FOLDER = re.compile(r"\S*[/\\](?=[\w.-]+[.:]?(\s|$))")
_NAMED = re.compile(r"[\w.]+(Error|Exception|Request)\b")


def take_turns(contenders: Mapping[str, Contender], rounds: int) -> dict[str, float]:
    """Give the median CPU seconds of one use, for each contender."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for round_ in range(rounds):
        first = round_ % len(names)
        for name in names[first:] + names[:first]:
            batch, prepare = contenders[name]
            with prepare() as use:
                gc.collect()
                before = time.process_time()
                for number in range(batch):
                    use(number)
                seconds[name].append((time.process_time() - before) / batch)
    return {name: statistics.median(found) for name, found in seconds.items()}


def timed(action: Callable[[], object]) -> float:
    """CPU seconds of doing something once."""
    before = time.process_time()
    action()
    return time.process_time() - before


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    try:
        # Not getrusage where this is there: it begins with the peak of the parent process.
        with Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def fresh(what: str, *arguments: Any, path: Path | None = None, limit: float = 600) -> Any:
    """Call ``module:function`` of this package in a process of its own; give what it returns.

    ``path`` is a folder of packages that go before the installed ones.

    Raises
    ------
    RuntimeError
        When it fails, with the end of what it wrote.
    """
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command(what, *arguments), env=environment(path), capture_output=True, text=True,
        timeout=limit, check=False, cwd=ROOT,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{what}{arguments} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def serving(module: str, *arguments: str) -> Iterator[str]:
    """Run a server of this package that prints its port; give its address.

    It ends with its standard input, so never later than we.
    """
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate(timeout=30)


def reason(error: Exception) -> str:
    """The line of an error's text that names the exception; the last one if none does."""
    lines = (str(error) or type(error).__name__).strip().splitlines()
    named = next((line for line in reversed(lines) if _NAMED.match(line)), lines[-1])
    return _FOLDER.sub("", named).rstrip(".")  # where it was is of no interest elsewhere


def command(what: str, *arguments: Any) -> list[str]:
    """The command line of :func:`fresh`."""
    return [sys.executable, "-m", "benchmarks.measure", what, json.dumps(arguments)]


def environment(path: Path | None = None) -> dict[str, str]:
    """The environment of :func:`fresh`."""
    folders = [str(ROOT)] if path is None else [str(path), str(ROOT)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders), "PYTHONUNBUFFERED": "1"}


def main() -> None:
    """Do what :func:`fresh` asked for."""
    module, name = sys.argv[1].split(":")
    arguments = json.loads(sys.argv[2])
    print(json.dumps(getattr(importlib.import_module(module), name)(*arguments)))


if __name__ == "__main__":
    main()
