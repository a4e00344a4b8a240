"""Expiry, what is unused, verification, and errors that explain themselves."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cassettes.samples import (
    ALL,
    URL,
    answers,
    as_stock,
    ask,
    interaction,
    names,
    record,
    stock,
)
from toolkit.cassettes import Cassette, CassetteWarning, Interaction, Request, Response
from toolkit.outcomes import CassetteError, NotRecorded

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cassette with the answers 1 to a, 2 to b, 3 to a again."""
    record(tmp_path / "a.yaml", *ALL)
    return tmp_path / "a.yaml"


def test_verify_reports_where_the_live_answer_differs(path: Path) -> None:
    """By value, secrets and what is told to be ignored aside."""
    live = {
        b"a": Response(200, "OK", [("Content-Type", "text/xml")], b"1"),
        b"b": Response(500, "Oops", [("Content-Type", "text/plain; x=y")], b"other"),
        b"z": Response(200, "OK", [], b""),
    }
    with Cassette(path, "verify") as cassette:
        for body, response in live.items():
            request = interaction(body).request
            assert cassette.find(request) is None
            cassette.keep(Interaction(request, response))
    assert [one.parts for one in cassette.differences] == [
        ("status", "content type", "body"),
        ("not recorded",),
    ]
    text = str(cassette.differences[0])
    assert "-200" in text
    assert "+500" in text
    assert URL in text
    assert answers(path) == ALL


def test_verify_ignores_spelling_secrets_and_patterns(tmp_path: Path) -> None:
    """JSON by value, XML by content, placeholders alike, a time stamp by its pattern."""
    path = tmp_path / "a.yaml"
    json_type = [("Content-Type", "application/json")]

    def kept(body: bytes) -> Interaction:
        return Interaction(Request("GET", URL), Response(200, "OK", json_type, body))

    with Cassette(path, "append") as cassette:
        cassette.keep(kept(b'{"at": "2026-01-01", "token": "first-5b1c9f0e2d", "n": 1}'))
    for ignore, count in (([], 1), ([r"\d{4}-\d\d-\d\d"], 0)):
        with Cassette(path, "verify", ignore=ignore) as cassette:
            cassette.keep(kept(b'{"n":1.0,"token":"second-77aa0c41e9","at":"2026-02-02"}'))
        assert len(cassette.differences) == count
        assert "second-77aa0c41e9" not in repr(cassette.differences)


def test_old_answers_warn_fail_or_are_recorded_again(tmp_path: Path) -> None:
    """By the age that they were recorded with; those without a time never get old."""
    path = tmp_path / "a.yaml"
    record(path, (b"a", b"old"), at=NOW - 3 * DAY)
    record(path, (b"b", b"young"), at=NOW)
    with Cassette(path, expire_after=DAY) as cassette:
        assert ask(cassette, b"b") == b"young"
        with pytest.warns(CassetteWarning, match="longer ago than 1 day"):
            assert ask(cassette, b"a") == b"old"
    with (
        Cassette(path, expire_after=DAY, on_expired="error") as cassette,
        pytest.raises(CassetteError, match="Record it again"),
    ):
        ask(cassette, b"a")
    with Cassette(path, expire_after=DAY, on_expired="record") as cassette:
        assert ask(cassette, b"a", b"new") == b"new"
        assert ask(cassette, b"b", b"new") == b"young"
        with pytest.raises(NotRecorded):
            ask(cassette, b"c", b"new")
    assert answers(path) == [(b"b", b"young"), (b"a", b"new")]


def test_what_was_not_played_is_listed_and_dropped(path: Path) -> None:
    """Listing changes nothing; dropping happens on closing, with an index or without."""
    for index in (None, True, None):
        with Cassette(path, index=index) as cassette:
            assert len(cassette) == 3
            ask(cassette, b"a")
            left = [
                (one.request.body, one.response.body) for one in cassette.unused() if one.response
            ]
            assert left == [(b"b", b"2"), (b"a", b"3")]
    assert answers(path) == ALL
    with Cassette(path, drop_unused=True) as cassette:
        ask(cassette, b"b")
    assert answers(path) == [(b"b", b"2")]
    with Cassette(path, "new_episodes", drop_unused=True) as cassette:
        ask(cassette, b"c", b"4")
    assert answers(path) == [(b"c", b"4")]


def test_unused_ones_of_a_stock_cassette_are_dropped_too(tmp_path: Path) -> None:
    """It becomes flow lines then."""
    import yaml

    path = tmp_path / "a.yaml"
    entries = as_stock(interaction(b"a"), interaction(b"b"), interaction(b"c"))
    path.write_text(yaml.safe_dump({"interactions": entries, "version": 1}))
    with Cassette(path, drop_unused=True) as cassette:
        ask(cassette, b"b")
    assert stock(path) == as_stock(interaction(b"b"))


def test_the_nearest_recording_is_shown_with_what_differs(tmp_path: Path) -> None:
    """The element that differs, and not a page of XML; secrets are masked."""
    path = tmp_path / "a.yaml"
    bodies = [
        b"<call><name>taskGetStatus</name><task>nightly</task><n>%d</n></call>" % number
        for number in range(5)
    ]
    record(path, *((body, b"") for body in bodies), (b"unlike", b""))
    asked = bodies[3].replace(b"nightly", b"weekly")
    with Cassette(path) as cassette, pytest.raises(NotRecorded) as caught:
        ask(cassette, asked)
    text = str(caught.value)
    assert "the nearest is number 4 of 6. It differs in:\n  body" in text
    assert "-<task>nightly</task>" in text
    assert "+<task>weekly</task>" in text
    secret = "tok-77aa0c41e9b2"
    with Cassette(path) as cassette, pytest.raises(NotRecorded) as caught:
        cassette.find(Request("GET", f"{URL}?token={secret}", [("Authorization", secret)]))
    assert "  method" in str(caught.value)
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request("POST", "http://elsewhere/x", [], b"a"), "it has 3 interactions, none like it"),
        (Request("POST", URL.replace("8080", "9090"), [], b"a"), "-http://127.0.0.1:8080/gateway"),
        (Request("POST", URL, [], b"\0\xff" * 9), "+ 18 bytes"),
        (Request("POST", URL, [], b"<p>" + b"<i>x</i>" * 4000 + b"</p>"), "more lines)"),
    ],
)
def test_what_is_unlike_everything_is_explained_too(
    path: Path, request_: Request, expected: str
) -> None:
    """Another server, a binary body, a long one: short, and never an error of its own."""
    with Cassette(path) as cassette, pytest.raises(NotRecorded) as caught:
        cassette.find(request_)
    assert expected in str(caught.value)
    assert len(str(caught.value)) < 4000


def test_functions_of_two_requests_choose_among_candidates(path: Path) -> None:
    """vcrpy's own kind of matcher, asked only where the named ones agree."""
    asked: list[tuple[bytes, bytes]] = []

    def same_first_byte(one: Any, other: Any) -> bool:
        asked.append((one.body, other.body))
        return one.body[:1] == other.body[:1]

    record(path, (b"bb", b"4"))
    with Cassette(path, match_on=["method", "uri", same_first_byte], repeats="last") as cassette:
        assert [ask(cassette, b"bx") for _ in range(3)] == [b"2", b"4", b"4"]
        with pytest.raises(NotRecorded, match="a matcher refused"):
            ask(cassette, b"zz")
    assert (b"bx", b"a") in asked


def test_secrets_reach_neither_the_cassette_nor_its_index(tmp_path: Path) -> None:
    """Redaction is on unless turned off, and replay finds the request with its real secret."""
    path = tmp_path / "a.yaml"
    secret = "s3cr3t-77aa0c41e9b2"
    request = Request("POST", f"{URL}?api_key={secret}", [("Authorization", f"Bearer {secret}")])
    with Cassette(path, "append", index=True) as cassette:
        cassette.keep(Interaction(request, Response(200, "OK", [("Set-Cookie", f"s={secret}")])))
    with Cassette(path, index=True) as cassette:
        assert cassette.find(request) is not None
        assert len(cassette) == 1
    assert names(tmp_path) == ["a.yaml", "a.yaml.index"]
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes()
    with Cassette(tmp_path / "open.yaml", "append", redact=False) as cassette:
        cassette.keep(Interaction(request, Response(200)))
    assert secret in (tmp_path / "open.yaml").read_text()


def test_eight_threads_share_one_cassette(tmp_path: Path) -> None:
    """Recording loses nothing; replaying gives each answer once."""
    path = tmp_path / "a.yaml"
    got: list[bytes | None] = []

    def run(cassette: Cassette, live: bool) -> None:
        for number in range(25):
            body = b"%d" % number
            got.append(ask(cassette, body, b"x" * 3000 if live else None))

    for mode, live in (("append", True), ("none", False)):
        got.clear()
        with Cassette(path, mode) as cassette:  # type: ignore[arg-type]
            threads = [threading.Thread(target=run, args=(cassette, live)) for _ in range(8)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            assert cassette.calls == 200
        assert got == [b"x" * 3000] * 200
    assert len(stock(path)) == 200


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"mode": "nonsense"}, "mode is one of 'none', 'once', 'new_episodes', 'append'"),
        ({"repeats": "often"}, "repeats is one of 'strict', 'last', not 'often'"),
        ({"sync": "later"}, "sync is one of"),
        ({"on_expired": "cry"}, "on_expired is one of"),
        ({"match_on": ["nothing"]}, "no matcher 'nothing'"),
        ({"expire_after": 30}, "expire_after is a datetime.timedelta"),
        ({"ignore": ["("]}, "no regular expression"),
        ({"record_mode": "none"}, "no option record_mode; it has mode, match_on"),
    ],
)
def test_wrong_options_are_refused_with_the_right_ones(
    path: Path, options: dict[str, Any], expected: str
) -> None:
    """One sentence that says what would be right."""
    with pytest.raises(CassetteError) as caught:
        Cassette(path, **options)
    assert expected in str(caught.value)


def test_a_cassette_that_cannot_be_used_says_so(tmp_path: Path, path: Path) -> None:
    """Missing, closed, or opened for the other thing."""
    for mode in ("none", "verify"):
        with pytest.raises(CassetteError, match=r"There is no cassette .*gone\.yaml"):
            Cassette(tmp_path / "gone.yaml", mode)  # type: ignore[arg-type]
    cassette = Cassette.open(path)
    assert repr(cassette) == f"<Cassette {str(path)!r} none, 0 calls>"
    with pytest.raises(CassetteError, match="to be replayed, not recorded"):
        cassette.keep(interaction())
    cassette.close()
    cassette.close()
    assert "closed" in repr(cassette)
    for use in (lambda: ask(cassette, b"a"), lambda: cassette.keep(interaction())):
        with pytest.raises(CassetteError, match="is closed"):
            use()
    assert list(cassette.unused()) == []
    assert len(list(cassette)) == 3


def test_a_failed_opening_gives_the_lock_back(path: Path) -> None:
    """A cassette that cannot be read is not left locked."""
    path.write_bytes(b"interactions: 5\n")
    for _ in range(2):
        with pytest.raises(CassetteError, match=r"(?!.*recorded by)"):
            Cassette(path, "new_episodes")
    assert names(path.parent) == ["a.yaml"]


def test_nothing_recorded_leaves_no_file(tmp_path: Path) -> None:
    """A session without a call makes neither a cassette nor a lock that stays."""
    Cassette(tmp_path / "folder" / "a.yaml", "append").close()
    Cassette(tmp_path / "folder" / "a.yaml", "rewrite").close()
    assert names(tmp_path / "folder") == []
