"""A real JupyterLab on loopback, with folders and settings of its own."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

# What a test may change is set again for each page.
SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}


class Lab:
    """A running server. Its token is made now and known to nobody else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "notebooks"
        self.folder.mkdir()
        self.runtime = folder / "runtime"
        self._settings = folder / "settings"
        self._log = (folder / "lab.log").open("wb")
        self.token = secrets.token_hex(24)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self._settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        environment.pop("SERVER_SOFTWARE", None)
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.folder}"),
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        self._process = subprocess.Popen(
            command, env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        self.configure()

    def wait(self, seconds: float = 60.0) -> None:
        """Until it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                self.ask("api/status")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        log = Path(self._log.name).read_text(errors="replace")
        raise AssertionError(f"JupyterLab does not answer:\n{log[-3000:]}")

    def ask(self, path: str, method: str = "GET") -> Any:
        """What its own interface answers."""
        headers = {"Authorization": f"token {self.token}"}
        answer = httpx.request(method, f"{self.url}/{path}", headers=headers, trust_env=False)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def configure(self, **changes: dict[str, Any]) -> None:
        """Settings of the next page; keywords are plugins' paths with ``__`` for their slashes."""
        for plugin in self._settings.rglob("*.jupyterlab-settings"):
            plugin.unlink()
        for plugin, values in {**SETTINGS, **changes}.items():
            file = self._settings / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))

    def close(self) -> None:
        """End the server with its kernels."""
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
