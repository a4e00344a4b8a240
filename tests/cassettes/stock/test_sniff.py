"""What a file is, by its first bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from vcr.serializers import jsonserializer, yamlserializer

from toolkit.cassettes import stock

REQUEST = {"method": "GET", "uri": "http://127.0.0.1/", "body": None, "headers": {}}
RESPONSE = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "x"}}
DOCUMENT = {"version": 1, "interactions": [{"request": REQUEST, "response": RESPONSE}]}
LINE = json.dumps(DOCUMENT["interactions"][0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"version: 1\ninteractions:\n- {LINE}\n", "flow-lines"),
        (f"version: 1\r\ninteractions:\r\n- {LINE}\r\n", "flow-lines"),
        ("version: 1\ninteractions:\n", "flow-lines"),
        (yamlserializer.serialize(DOCUMENT), "vcr-yaml"),
        ("# a comment\n" + yamlserializer.serialize(DOCUMENT), "vcr-yaml"),
        (yaml.dump(DOCUMENT, default_flow_style=True), "vcr-yaml"),
        ("version: 1\ninteractions: []\n", "vcr-yaml"),
        ("- request: !!python/object:vcr.request.Request\n    body: null\n", "vcr-yaml"),
        (jsonserializer.serialize(DOCUMENT), "vcr-json"),
        (json.dumps({"interactions": [], "version": 1}), "vcr-json"),
        ("\ufeff" + json.dumps(DOCUMENT), "vcr-json"),
        (json.dumps([{"request": REQUEST, "response": RESPONSE}]), "vcr-json"),
        (json.dumps({"log": {"version": "1.2", "entries": []}}, indent=2), "har"),
        (json.dumps({"$schema": "x", "log": {"entries": []}}), "har"),
        ("", None),
        ("<html></html>", None),
        ('{"a": 1}', None),
        ("[1, 2]", None),
        ("interactions\n", None),
        ("\0interactions:\n", None),
    ],
)
def test_sniff(text: str, expected: str | None, tmp_path: Path) -> None:
    """Each format is told from the others; anything else is None."""
    path = tmp_path / "file"
    path.write_bytes(text.encode())
    assert stock.sniff(path) == expected


def test_sniff_looks_at_the_head_only(tmp_path: Path) -> None:
    """A large file costs no more than a small one."""
    path = tmp_path / "file"
    path.write_bytes(b"x\n" * 100_000 + b"interactions:\n")
    assert stock.sniff(path) is None


def test_sniff_of_a_missing_file(tmp_path: Path) -> None:
    """The system's own error."""
    with pytest.raises(FileNotFoundError):
        stock.sniff(tmp_path / "missing")
