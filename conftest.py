"""What the tests and the examples in docstrings share."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile(
    "default",
    deadline=None,
    max_examples=100,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("default")

# A test must not follow the settings of whoever runs it.
for _name in [name for name in os.environ if name.startswith("TOOLKIT_")]:
    if _name != "TOOLKIT_BROWSER":
        del os.environ[_name]
os.environ["TOOLKIT_PROFILES"] = "off"

# A test must not look into the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

# A shell starts what runs in its background with Ctrl-C ignored, and tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

PING = b"<Request><Function>agentPing</Function></Request>"
CARELESS = """version: 1
interactions:
- request: {method: GET, uri: "http://127.0.0.1/", body: null,
    headers: {Authorization: [Bearer invented-0123456789-invented]}}
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: ""}}
"""


@pytest.fixture(scope="session")
def example_names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The names that examples may use, and a folder of recordings and logs to copy for each.

    ``gateway`` is logged in to the running sandbox ``box`` at ``url``; ``calls`` are those of
    ``cassettes/monday.yaml``; ``cassettes/tuesday.yaml``, ``agent.xml``, ``old/agent.xml.gz`` and
    ``careless.yaml`` (which holds a token) lie beside it.
    """
    import httpx

    import toolkit

    folder = tmp_path_factory.mktemp("examples")
    monday = folder / "cassettes" / "monday.yaml"
    with (
        toolkit.sandbox.start("sertainty", seed=7, workload=1.0) as box,
        toolkit.sertainty.connect(box.url) as gateway,
    ):
        with toolkit.record(monday):
            gateway.login_with(box.user, box.answers)
            gateway.agent.get_status()
            gateway.task.get_status("Nightly", "ingest")
            gateway.task_statuses()
            log = gateway.fetch("agentGetLog").document
            httpx_client = httpx.Client(transport=toolkit.RecordTransport(folder / "ping.yaml"))
            with httpx_client as client:
                client.post(box.url, content=PING)
        with monday.open("ab") as end, (folder / "ping.yaml").open("rb") as ping:
            end.writelines(line for line in ping if line.startswith(b"- "))
        (folder / "ping.yaml").unlink()
        shutil.copy(monday, monday.with_name("tuesday.yaml"))
        (folder / "careless.yaml").write_text(CARELESS, encoding="utf-8")
        (folder / "agent.xml").write_bytes(log)
        (folder / "old").mkdir()
        (folder / "old" / "agent.xml.gz").write_bytes(gzip.compress(log))
        yield {
            "folder": folder,
            "toolkit": toolkit,
            "httpx": httpx,
            "box": box,
            "url": box.url,
            "ping": PING,
            "gateway": gateway,
            "answers": box.answers,
            "calls": toolkit.read_calls(monday),
        }


@pytest.fixture(autouse=True)
def _examples(request: pytest.FixtureRequest) -> None:
    """Give an example its names, and a folder of its own to read from and write into."""
    if isinstance(request.node, pytest.DoctestItem):
        names = request.getfixturevalue("example_names")
        request.node.dtest.globs.update(names)  # type: ignore[union-attr]
        _give_keyring(request.getfixturevalue("monkeypatch"))
        folder: Path = request.getfixturevalue("tmp_path")
        shutil.copytree(names["folder"], folder, dirs_exist_ok=True)
        request.getfixturevalue("monkeypatch").chdir(folder)


def _give_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyring for one example, in memory."""
    keyring = pytest.importorskip("keyring")
    held: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(keyring, "get_password", lambda *entry: held.get(entry))
    monkeypatch.setattr(
        keyring, "set_password", lambda service, user, text: held.update({(service, user): text})
    )
    monkeypatch.setattr(keyring, "delete_password", lambda *entry: held.pop(entry))
