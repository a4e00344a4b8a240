"""kill -9 at any moment: nothing finished is lost, and stock vcrpy loads the file."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.cassettes.samples import stock
from toolkit.cassettes import Cassette, read

# Every thread says a number as soon as its call has returned: what was said must be there.
RECORDER = """
    import sys, threading
    import httpx
    from toolkit.cassettes import Cassette, RecordTransport

    path, threads, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    filler = "aé漢\\U0001f600" * size
    said = threading.Lock()

    def answer(request):
        return httpx.Response(200, text=filler + request.content.decode())

    def run(thread):
        transport = RecordTransport(cassette, httpx.MockTransport(answer))
        with httpx.Client(transport=transport) as client:
            number = 0
            while True:
                text = f"{thread}.{number}"
                client.post("http://127.0.0.1/", content=text)
                with said:
                    sys.stdout.write(text + "\\n")
                    sys.stdout.flush()
                number += 1

    cassette = Cassette(path, "append", redact=False)
    print("ready", flush=True)
    for thread in range(threads):
        threading.Thread(target=run, args=(thread,), daemon=True).start()
    threading.Event().wait()
"""


def killed(path: Path, threads: int, size: int, after: float) -> set[str]:
    """Record in a process of its own, kill it after some seconds, give what it said it had."""
    command = [sys.executable, "-c", textwrap.dedent(RECORDER), str(path), str(threads), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        timer = time.perf_counter() + after
        said = set()
        while time.perf_counter() < timer:
            said.add(process.stdout.readline())
        process.kill()
        said.update(process.stdout.read().splitlines(keepends=True))
        process.wait()
    return {text.decode().strip() for text in said if text.endswith(b"\n")}


@pytest.mark.filterwarnings("ignore::toolkit.cassettes.CassetteWarning")
@pytest.mark.parametrize(("threads", "size"), [(1, 1), (1, 3000), (8, 200)])
def test_a_killed_recording_has_all_that_was_finished(
    tmp_path: Path, threads: int, size: int
) -> None:
    """Short lines, lines of many pages, eight threads; a new recording goes on after each."""
    chance = random.Random(threads * size)  # noqa: S311 - moments, not secrets
    for turn in range(3):
        path = tmp_path / f"{turn}.yaml"
        finished = killed(path, threads, size, chance.uniform(0.005, 0.1))
        recorded = [one.request.body.decode() for one in read(path)]
        assert finished <= set(recorded)
        assert len(recorded) == len(set(recorded)) <= len(finished) + threads
        assert [entry["request"]["body"] for entry in stock(path)] == recorded
        for thread in range(threads):
            mine = [text for text in recorded if text.startswith(f"{thread}.")]
            assert mine == [f"{thread}.{number}" for number in range(len(mine))]
        with Cassette(path, "append") as cassette:
            cassette.keep(next(iter(read(path))))
        assert len(stock(path)) == len(list(read(path))) == len(recorded) + 1


def test_a_cassette_that_grows_over_several_kills_keeps_everything(tmp_path: Path) -> None:
    """Each next process goes on where the killed one stopped."""
    path = tmp_path / "a.yaml"
    counts = []
    for _ in range(3):
        finished = killed(path, 2, 400, 0.05)
        counts.append(len(finished))
        assert sum(counts) <= len(stock(path)) == len(list(read(path)))
