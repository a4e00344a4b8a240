"""Bodies kept in files beside a cassette are read and replayed like any other."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.loopback import reply, scripted
from toolkit.cassettes import RecordTransport, ReplayTransport, read
from toolkit.cassettes.convert import convert
from toolkit.outcomes import CassetteError

LARGE = b"<Log>" + b"<Entry>grown</Entry>" * 5000 + b"</Log>"


@pytest.fixture
def cassette(tmp_path: Path) -> tuple[Path, str]:
    """A recording whose large body stands in a file."""
    plain, aside = tmp_path / "plain.yaml", tmp_path / "aside.yaml"
    with scripted(reply(LARGE)) as server:
        with httpx.Client(transport=RecordTransport(plain)) as client:
            client.post(server.url, content=b"log")
        url = server.url
    convert(plain, aside, aside=1000)
    assert aside.stat().st_size < 2000
    return aside, url


def test_replayed_and_read(cassette: tuple[Path, str]) -> None:
    """The replay answers with the body itself, and so does reading."""
    path, url = cassette
    with httpx.Client(transport=ReplayTransport(path)) as client:
        assert client.post(url, content=b"log").content == LARGE
    response = next(read(path)).response
    assert response is not None
    assert response.body == LARGE


def test_missing_and_changed_bodies(cassette: tuple[Path, str]) -> None:
    """A body that is gone, or is not the one that was kept, is an error that names its file."""
    path, url = cassette
    (body,) = (path.parent / "aside.yaml.bodies").iterdir()
    body.write_bytes(b"other")
    with httpx.Client(transport=ReplayTransport(path)) as client:
        with pytest.raises(CassetteError, match="it was changed"):
            client.post(url, content=b"log")
    body.unlink()
    with pytest.raises(CassetteError, match=body.name):
        next(read(path))


def test_a_body_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """A cassette from elsewhere cannot make us read any file."""
    (tmp_path / "hostile.yaml").write_text(
        'version: 1\ninteractions:\n- {"request":{"method":"GET","uri":"http://127.0.0.1/",'
        '"body":null,"headers":{}},"response":{"status":{"code":200,"message":"OK"},'
        '"headers":{},"body":{"file":"../../etc/passwd","string":""}}}\n'
    )
    with pytest.raises(CassetteError, match="bodies are kept in"):
        next(read(tmp_path / "hostile.yaml"))
