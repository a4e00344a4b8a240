"""1,000 awaited calls that are interrupted: all end at once, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import AsyncKernelManager
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import yamlserializer

import toolkit
from tests.services.sertainty.awaited import Counting, counting, plain
from toolkit.services.sertainty.envelope import RequestDocument

ANSWERED, AT_ONCE = 100, 50
PROGRAM = """
import asyncio, signal, sys, toolkit

async def stop_later(stop, url):
    async with toolkit.sertainty.connect_async(url, ping_timeout=300) as gateway:
        await gateway.agent.ping()  # answered when the others are under way
    stop()

async def main(way, url, cassette):
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 3600  # a busy machine is no fault
    try:
        with toolkit.record(cassette):
            async with toolkit.sertainty.connect_async(url) as gateway:
                await gateway.login_with("ada")
                try:
                    async with asyncio.timeout(None) as limit:
                        names = [f"t{number}" for number in range(1000)]
                        reads = [gateway.fetch("taskGetStatus", "c", name) for name in names]
                        calls = asyncio.gather(*reads)
                        stop = {
                            "signal": lambda: signal.raise_signal(signal.SIGINT),
                            "cancel": calls.cancel,
                            "timeout": lambda: limit.reschedule(loop.time()),
                        }[way]
                        stopping = asyncio.create_task(stop_later(stop, url))
                        await calls
                except (asyncio.CancelledError, TimeoutError) as error:
                    print(type(error).__name__)
                    if way == "signal":
                        raise
                    await stopping
                print(*(await gateway.config.get_list())["config"])
    finally:
        print(len(asyncio.all_tasks()), "task")

try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    print("interrupted")
"""
CELLS = {
    "connect": """
        import asyncio, toolkit
        gateway = toolkit.sertainty.connect_async({url!r})
        await gateway.login_with("ada")
        """,
    "many": """
        reads = [gateway.fetch("taskGetStatus", "c", f"t{n}") for n in range(1000)]
        await asyncio.gather(*reads)
        """,
    "again": """
        print(*(await gateway.config.get_list())["config"], len(asyncio.all_tasks()) < 20)
        await gateway.close()
        """,
}


@contextlib.asynccontextmanager
async def stopping() -> AsyncIterator[Counting]:
    """A gateway that answers about 100 statuses, and holds the others."""

    def answer(document: RequestDocument) -> bytes:
        if server.functions["taskGetStatus"] >= ANSWERED:
            server.hold()
        return plain(document)

    async with counting(answer) as server:
        server.never_held |= {"configGetList", "agentPing"}
        server.when["agentPing"] = lambda: server.under_way == AT_ONCE + 1
        yield server


async def run_program(way: str, cassette: Path) -> tuple[str, str, Counting]:
    async with stopping() as server:
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM),
            *(way, server.url, str(cassette)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(300):
                said, complained = await program.communicate()
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        await server.until(lambda: not server.connections)
    return said.decode(), complained.decode(), server


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("signal", ["CancelledError", "1 task", "interrupted"]),
        ("cancel", ["CancelledError", "Nightly", "1 task"]),
        ("timeout", ["TimeoutError", "Nightly", "1 task"]),
    ],
)
def test_a_program_is_interrupted(way: str, says: list[str], tmp_path: Path) -> None:
    """No task and no connection is left, nothing is warned of, the session is closed.

    After a cancellation or a timeout the same client goes on. The recording is loaded by vcrpy,
    and holds what was answered, whole, and nothing else.
    """
    cassette = tmp_path / "calls.yaml"
    said, complained, server = asyncio.run(run_program(way, cassette))
    assert complained == ""
    assert said.splitlines() == says
    assert server.most == AT_ONCE + 1
    assert server.functions["hostCloseSession"] == 1
    requests, responses = FilesystemPersister.load_cassette(str(cassette), yamlserializer)
    assert len(requests) == len(responses)
    calls = toolkit.read_calls(cassette)
    assert len(calls) == len(requests)
    assert calls["category"].unique().tolist() == ["success"]
    statuses = calls[calls["function"] == "taskGetStatus"]
    assert ANSWERED <= len(statuses) <= server.functions["taskGetStatus"] - AT_ONCE
    assert statuses["target"].is_unique


@contextlib.asynccontextmanager
async def kernel() -> AsyncIterator[tuple[AsyncKernelManager, Any]]:
    manager = AsyncKernelManager()
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=300)
        yield manager, client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)


async def cell(client: Any, code: str) -> tuple[dict[str, Any], str]:
    """A cell's reply, and all that it printed."""
    printed: list[str] = []

    def heard(message: dict[str, Any]) -> None:
        printed.append(str(message["content"].get("text", "")))

    lines = "\n".join(line.strip() for line in code.splitlines())
    reply = await client.execute_interactive(lines, output_hook=heard, timeout=300)
    return reply["content"], "".join(printed)


def test_a_cell_is_interrupted() -> None:
    """The kernel's interrupt ends an awaiting cell; the next one uses the same client."""

    async def main() -> None:
        async with stopping() as server, kernel() as (manager, client):
            connected, _ = await cell(client, CELLS["connect"].format(url=server.url))
            assert connected["status"] == "ok", connected
            many = asyncio.ensure_future(cell(client, CELLS["many"]))
            await server.until(lambda: server.under_way == AT_ONCE)
            await manager.interrupt_kernel()
            server.free.set()  # a kernel may see it only when something comes
            interrupted, printed = await many
            assert interrupted["ename"] in ("CancelledError", "KeyboardInterrupt")
            assert "destroyed" not in printed
            again, printed = await cell(client, CELLS["again"])
            assert (again["status"], printed.split()) == ("ok", ["Nightly", "True"])
            assert server.functions["hostCloseSession"] == 1
            assert server.functions["taskGetStatus"] < 1000

    asyncio.run(main())
