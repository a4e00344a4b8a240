"""vcrpy's options, one by one, with our engine beneath; and against vcrpy itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import vcr as stock_vcr
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.persisters.filesystem import FilesystemPersister

from tests.cassettes.answering import NO_TLS, Server, answering
from toolkit.cassettes.bridge import use_cassette, vcr
from toolkit.outcomes import CassetteError


@pytest.fixture
def server() -> Iterator[Server]:
    with answering() as running:
        yield running


def get(url: str, **options: Any) -> str:
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        return client.get(url, **options).text


def post(url: str, **options: Any) -> str:
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        return client.post(url, **options).text


def asked(url: str, paths: list[str]) -> list[str]:
    """What each request got: the answer, or the name of the refusal."""
    answers = []
    for path in paths:
        try:
            answers.append(get(url + path))
        except CannotOverwriteExistingCassetteException:
            answers.append("refused")
    return answers


SCRIPTS = [
    pytest.param({}, id="defaults"),
    pytest.param({"record_mode": "new_episodes"}, id="new episodes"),
    pytest.param({"record_mode": "none"}, id="none"),
    pytest.param({"record_mode": "all"}, id="all"),
    pytest.param({"record_mode": "any"}, id="any"),
    pytest.param({"allow_playback_repeats": True}, id="repeats"),
    pytest.param({"match_on": ["method", "path"]}, id="path only"),
    pytest.param({"match_on": ["query"]}, id="query only"),
    pytest.param({"record_mode": "all", "drop_unused_requests": True}, id="drop unused, all"),
    pytest.param({"ignore_localhost": True}, id="ignore localhost"),
    pytest.param({"ignore_hosts": ["127.0.0.1"]}, id="ignore hosts"),
    pytest.param({"filter_query_parameters": ["k"]}, id="filter query"),
]


@pytest.mark.parametrize("options", SCRIPTS)
def test_as_vcrpy_does(options: dict[str, Any], tmp_path: Path) -> None:
    """The same script with vcrpy and with the bridge: equal answers, counts and files."""
    first = ["/a", "/a", "/b?x=1", "/b?x=2", "/c?k=1"]
    later = ["/b?x=2", "/a", "/new", "/new", "/a", "/a", "/c?k=2", "/b?x=3"]
    told = []
    for name, use in (("theirs", stock_vcr.use_cassette), ("ours", use_cassette)):
        path = str(tmp_path / f"{name}.yaml")
        with answering() as server:
            with use(path):
                asked(server.url, first)
            with use(path, **options) as cassette:
                answers = asked(server.url, later)
                counts = (cassette.play_count, cassette.all_played, len(cassette))
            with use(path, record_mode="none") as kept:
                uris = [request.uri.replace(server.url, "") for request in kept.requests]
            told.append((answers, counts, len(server.served), uris))
    assert told[1] == told[0]


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_unused_interactions_are_dropped(mode: str, server: Server, tmp_path: Path) -> None:
    """What was not played goes; what stays keeps its order, and what was recorded now is kept.

    (vcrpy writes them in the order played, and loses a repeat that was recorded in this session.)
    """
    path = tmp_path / "cassette.yaml"
    with use_cassette(path):
        asked(server.url, ["/a", "/a", "/b", "/c"])
    with use_cassette(path, record_mode=mode, drop_unused_requests=True):
        asked(server.url, ["/c", "/a", "/a", "/a"])
    with use_cassette(path, record_mode="none") as cassette:
        paths = [request.path for request in cassette.requests]
    assert paths == ["/a", "/a", "/c"] + ["/a"] * (mode == "new_episodes")


def test_filters_on_headers_query_and_form(server: Server, tmp_path: Path) -> None:
    """Removed, replaced, or computed; and requests still match when the filtered part differs."""
    path = tmp_path / "cassette.yaml"
    options: dict[str, Any] = {
        "redact": False,
        "match_on": ["method", "uri", "body"],
        "filter_headers": ["x-gone", ("x-kept", "K")],
        "filter_query_parameters": [("key", lambda key, value, request: value[:1])],
        "filter_post_data_parameters": ["pin"],
    }

    def send(number: int) -> str:
        return post(
            f"{server.url}/json?key=a{number}",
            data={"pin": str(number), "name": "x"},
            headers={"X-Gone": f"g{number}", "X-Kept": f"k{number}"},
        )

    with use_cassette(path, **options) as cassette:
        live = send(1)
    (request,) = cassette.requests
    assert request.uri.endswith("/json?key=a")
    assert request.body == b"name=x"
    assert request.headers["x-kept"] == "K"
    assert "x-gone" not in request.headers
    with use_cassette(path, record_mode="none", **options):
        assert send(2) == live


def test_hooks_change_and_drop(server: Server, tmp_path: Path) -> None:
    """before_record_request and before_record_response change what is kept; None keeps nothing."""
    path = tmp_path / "cassette.yaml"

    def request_hook(request: Any) -> Any:
        return None if request.path == "/private" else request

    def response_hook(response: dict[str, Any]) -> dict[str, Any] | None:
        if b"/dropped" in response["body"]["string"]:
            return None
        response["body"]["string"] = b"changed"
        return response

    with use_cassette(
        path, before_record_request=request_hook, before_record_response=response_hook
    ) as cassette:
        assert get(f"{server.url}/a") == "answer 1 to /a"
        get(f"{server.url}/private")
        get(f"{server.url}/dropped")
    assert [request.path for request in cassette.requests] == ["/a"]
    with use_cassette(path):
        assert get(f"{server.url}/a") == "changed"


def test_filters_that_came_later_apply_to_what_was_loaded(server: Server, tmp_path: Path) -> None:
    """As in vcrpy: an old cassette with the parameter matches once the parameter is filtered."""
    path = tmp_path / "cassette.yaml"
    with use_cassette(path):
        live = get(f"{server.url}/a?stamp=1")
    with use_cassette(path, record_mode="none", filter_query_parameters=["stamp"]):
        assert get(f"{server.url}/a?stamp=2") == live


def test_custom_matchers(server: Server, tmp_path: Path) -> None:
    """A matcher that returns, one that asserts, and one added for a single cassette."""
    path = tmp_path / "cassette.yaml"
    recorder = vcr()
    recorder.register_matcher("shard", lambda r1, r2: r1.query[0][1][0] == r2.query[0][1][0])

    def same_path(r1: Any, r2: Any) -> None:
        assert r1.path == r2.path

    recorder.register_matcher("same_path", same_path)
    with recorder.use_cassette(path):
        live = [get(f"{server.url}/a?s=a1"), get(f"{server.url}/a?s=b1")]
    with recorder.use_cassette(
        path, record_mode="none", match_on=["method", "shard"], additional_matchers=["same_path"]
    ):
        assert get(f"{server.url}/a?s=b2") == live[1]
        assert get(f"{server.url}/a?s=a2") == live[0]
        with pytest.raises(CannotOverwriteExistingCassetteException):
            get(f"{server.url}/other?s=a3")


def get_and_fail(url: str, path: Path, **options: Any) -> None:
    with use_cassette(path, **options):
        get(url)
        raise RuntimeError


def test_no_record_on_exception(server: Server, tmp_path: Path) -> None:
    """With record_on_exception=False a failed block leaves the cassette as it was."""
    path = tmp_path / "cassette.yaml"
    with pytest.raises(RuntimeError):
        get_and_fail(f"{server.url}/a", path, record_on_exception=False)
    assert not path.exists()
    with use_cassette(path, record_on_exception=False):
        get(f"{server.url}/a")
    with pytest.raises(RuntimeError):
        get_and_fail(f"{server.url}/b", path, record_mode="all")
    with use_cassette(path, record_mode="none") as cassette:
        assert [request.path for request in cassette.requests] == ["/a", "/b"]


def test_what_was_recorded_survives_a_failure_of_the_block(server: Server, tmp_path: Path) -> None:
    """Each call is in the file when it returns, not at the end."""
    path = tmp_path / "cassette.yaml"
    with use_cassette(path):
        get(f"{server.url}/a")
        assert b"/a" in path.read_bytes()


def test_sensitive_data_hidden_and_restored(server: Server, tmp_path: Path) -> None:
    """vcrpy 9's filter_sensitive_data: placeholders in the file, values in the replay."""
    path = tmp_path / "cassette.yaml"
    options: dict[str, Any] = {"filter_sensitive_data": {"<PLACE>": "north-77"}}
    with use_cassette(path, **options):
        live = get(f"{server.url}/north-77")
    assert "north-77" not in path.read_text()
    assert "<PLACE>" in path.read_text()
    with use_cassette(path, record_mode="none", **options):
        assert get(f"{server.url}/north-77") == live


def test_paths(server: Server, tmp_path: Path) -> None:
    """path_transformer, func_path_generator and cassette_library_dir are vcrpy's."""
    recorder = vcr(
        cassette_library_dir=str(tmp_path / "library"),
        path_transformer=vcr().ensure_suffix(".yaml"),
    )

    @recorder.use_cassette(func_path_generator=lambda function: f"of-{function.__name__}")
    def work() -> None:
        get(f"{server.url}/a")

    work()
    assert (tmp_path / "library" / "of-work.yaml").is_file()


def test_a_custom_persister_is_vcrpys_own_business(server: Server, tmp_path: Path) -> None:
    """It would store secrets: refused unless redaction is turned off, then vcrpy does it all."""

    class Persister(FilesystemPersister):  # type: ignore[misc]
        saved: list[str] = []  # noqa: RUF012

        @classmethod
        def save_cassette(cls, path: str, cassette: Any, serializer: Any) -> None:
            cls.saved.append(path)

    recorder = vcr()
    recorder.register_persister(Persister)
    with pytest.raises(CassetteError, match="redact=False"), recorder.use_cassette("x.yaml"):
        pass
    with recorder.use_cassette(str(tmp_path / "x.yaml"), redact=False):
        get(f"{server.url}/a")
    assert Persister.saved == [str(tmp_path / "x.yaml")]


def test_metadata_is_refused(server: Server, tmp_path: Path) -> None:
    """Flow lines have no place for vcrpy 9's metadata: said, not lost."""
    with (
        use_cassette(tmp_path / "x.yaml") as cassette,
        pytest.raises(CassetteError, match="keeps no metadata"),
    ):
        cassette.get_metadata("a", 1)
