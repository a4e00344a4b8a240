"""Large bodies of responses, kept in files beside the cassette, each named by its hash.

``monday.yaml`` keeps them in ``monday.yaml.bodies/``. In the cassette stands a sentence for
whoever plays it with another tool, and where the body is::

    body:
      file: "monday.yaml.bodies/9f86d08188..."
      string: "[2,000,000 bytes kept in monday.yaml.bodies/9f86d08188...]"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from toolkit.cassettes import flowline
from toolkit.outcomes import CassetteError

ENDING = ".bodies"
_NAME = re.compile(r"[^/\\:\x00]+\.bodies/([0-9a-f]{64})")


def put_aside(entry: dict[str, Any], cassette: Path, larger_than: int) -> dict[str, Any]:
    """Give the interaction with a large body of its response moved into a file.

    Parameters
    ----------
    entry : dict
        An interaction in vcrpy's form.
    cassette : Path
        The cassette that the entry is written to.
    larger_than : int
        Bytes; smaller bodies stay where they are.
    """
    body = entry["response"].get("body")
    if not isinstance(body, Mapping) or "file" in body:
        return entry
    text = body.get("string") or b""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    if len(data) <= larger_than:
        return entry
    name = f"{cassette.name}{ENDING}/{sha256(data).hexdigest()}"
    path = cassette.parent / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(data)
        beside.replace(path)
    kept = {"file": name, "string": f"[{len(data):,} bytes kept in {name}]"}
    return {**entry, "response": {**entry["response"], "body": kept}}


def put_back(entry: dict[str, Any], cassette: Path) -> dict[str, Any]:
    """Give the interaction with its body read from the file that it names.

    Raises
    ------
    CassetteError
        When the file is missing, is another one than was kept, or is not beside the cassette.
    """
    body = entry.get("response", {}).get("body")
    if not isinstance(body, Mapping) or "file" not in body:
        return entry
    name = str(body["file"])
    found = _NAME.fullmatch(name)
    if found is None or name.startswith("."):
        raise CassetteError(
            f"{cassette} names {name!r} as a body; bodies are kept in NAME{ENDING}/ beside it, "
            "in files named by their SHA-256."
        )
    path = cassette.parent / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CassetteError(f"A body of {cassette} is in {path}: {error.strerror}.") from None
    if sha256(data).hexdigest() != found[1]:
        raise CassetteError(f"{path} is not the body that {cassette} kept there: it was changed.")
    return {**entry, "response": {**entry["response"], "body": {"string": data}}}


def response_in(line: bytes, cassette: Path) -> dict[str, Any]:
    """The ``response`` of a line of a cassette, with a body that is kept beside it."""
    answer = flowline.decode_response(line)
    if b'"file"' in line:
        answer = put_back({"response": answer}, cassette)["response"]
    return answer
