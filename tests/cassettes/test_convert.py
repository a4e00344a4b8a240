"""Conversion between all formats of recorded traffic."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import pytest
import vcr
import yaml
from hypothesis import given, strategies as st
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import jsonserializer, yamlserializer

from toolkit.cassettes import blockyaml, flowline, stock
from toolkit.cassettes.convert import convert, read_any
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.cassettes.lock import WriterLock
from toolkit.cassettes.vcrdict import to_dict
from toolkit.outcomes import CassetteError, InvalidArgument

AT = dt.datetime(2026, 3, 1, 9, 30, 0, 250000, tzinfo=dt.UTC)
TRAFFIC = [
    Interaction(
        Request(
            "POST", "http://127.0.0.1:8080/", [("Content-Type", "text/xml")], b"<q a='1'>\n</q>"
        ),
        Response(
            200, "OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], "<r>caf\u00e9</r>".encode()
        ),
        recorded_at=AT,
        elapsed=0.125,
    ),
    Interaction(
        Request("GET", "http://127.0.0.1:8080/x"),
        failure=Failure("ConnectTimeout", "after 5 s"),
        recorded_at=AT,
        elapsed=5.0,
    ),
    Interaction(Request("DELETE", "http://127.0.0.1:8080/x"), Response(204, "No Content")),
]
BINARY = Interaction(
    Request("PUT", "http://127.0.0.1:8080/b", [], bytes(range(256))),
    Response(200, "OK", [], b"\xff" * 200),
)
CASSETTES = ["flow", "block", "json"]

TEXT = st.text(max_size=20)
ENTRIES = st.builds(
    lambda request, response, elapsed: to_dict(
        Interaction(request, response, None, AT, elapsed / 1000)
    ),
    st.builds(
        Request,
        st.sampled_from(["GET", "POST"]),
        TEXT.map(lambda text: "http://h/" + text),
        st.lists(
            st.tuples(st.sampled_from(["A", "No", "x y", "\u00e9:", "~"]) | TEXT, TEXT), max_size=3
        ),
        TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=100),
    ),
    st.builds(
        Response,
        st.integers(100, 599),
        TEXT | st.sampled_from(["Not Found", "On", "null", "1e3", "2026-03-01", "~", "= x"]),
        st.lists(st.tuples(TEXT, TEXT), max_size=2),
        TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=100),
    ),
    st.integers(0, 10**6),
)


def write(path: Path, traffic: list[Interaction]) -> Path:
    path.write_bytes(flowline.HEADER + b"".join(flowline.encode(to_dict(one)) for one in traffic))
    return path


def plain(value: object) -> object:
    """An entry with text as bytes, since YAML readers may give either."""
    if isinstance(value, dict):
        return {plain(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


@pytest.mark.parametrize("middle", [*CASSETTES, "har"])
@pytest.mark.parametrize("last", CASSETTES)
def test_there_and_back(tmp_path: Path, middle: str, last: str) -> None:
    """Through each format and on to each other, nothing is lost."""
    source = write(tmp_path / "a.yaml", TRAFFIC)
    assert convert(source, tmp_path / "b", to=middle) == 3
    assert convert(tmp_path / "b", tmp_path / "c", to=last) == 3
    assert list(read_any(tmp_path / "c")) == TRAFFIC


@pytest.mark.parametrize("form", ["flow", "block", "har"])
def test_binary_bodies(tmp_path: Path, form: str) -> None:
    """Bytes that are no text come back as they were."""
    source = write(tmp_path / "a.yaml", [BINARY])
    convert(source, tmp_path / "b", to=form)
    assert list(read_any(tmp_path / "b")) == [BINARY]


def test_binary_bodies_do_not_fit_json(tmp_path: Path) -> None:
    """vcrpy's JSON cannot hold them: a sentence says which one and where it fits."""
    source = write(tmp_path / "a.yaml", [TRAFFIC[0], BINARY])
    with pytest.raises(CassetteError, match=r"Interaction 1 .* block or flow YAML, or to HAR"):
        convert(source, tmp_path / "b.json")
    assert not (tmp_path / "b.json").exists()


@given(st.lists(ENTRIES, max_size=3))
def test_block_is_yaml(entries: list[dict[str, object]]) -> None:
    """The safe YAML loader and ours read from the block layout what was put in."""
    data = b"".join(blockyaml.document(entries))
    loaded = yaml.safe_load(data)
    assert plain(loaded["interactions"]) == plain(entries)
    assert loaded["version"] == 1
    assert plain(list(stock.read(data))) == plain(entries)


def test_half_a_surrogate_pair_is_kept_as_bytes() -> None:
    """Text that has no UTF-8 still makes a cassette that loads."""
    data = b"".join(blockyaml.document([{"request": {"uri": "a\ud800"}, "response": {}}]))
    loaded = yaml.safe_load(data)["interactions"][0]["request"]["uri"]
    assert loaded == "a\ud800".encode("utf-8", "surrogatepass")


def test_block_takes_the_quick_reader() -> None:
    """Our layout is vcrpy's own: the quick reader takes it without the YAML loader."""
    from toolkit.cassettes.stock.layout import parse

    for one in (TRAFFIC[0], TRAFFIC[2], BINARY):
        entry = to_dict(one)
        assert plain(parse(blockyaml.encode(entry))) == plain(entry)


def test_block_is_what_one_wants_to_review() -> None:
    """One key a line, and every text on one."""
    assert blockyaml.encode(to_dict(TRAFFIC[0])).decode() == (
        "- request:\n"
        "    body: \"<q a='1'>\\n</q>\"\n"
        "    headers:\n"
        "      Content-Type:\n"
        '      - "text/xml"\n'
        "    method: POST\n"
        '    uri: "http://127.0.0.1:8080/"\n'
        "  response:\n"
        "    body:\n"
        '      string: "<r>caf\u00e9</r>"\n'
        "    elapsed: 0.125\n"
        "    headers:\n"
        "      Set-Cookie:\n"
        '      - "a=1"\n'
        '      - "b=2"\n'
        '    http_version: "HTTP/1.1"\n'
        '    recorded_at: "2026-03-01T09:30:00.250000Z"\n'
        "    status:\n"
        "      code: 200\n"
        "      message: OK\n"
    ).replace("message: OK", 'message: "OK"')


@pytest.mark.parametrize(
    ("form", "serializer"),
    [("flow", yamlserializer), ("block", yamlserializer), ("json", jsonserializer)],
)
def test_vcrpy_loads_them(tmp_path: Path, form: str, serializer: object) -> None:
    """Stock vcrpy loads what we convert to, and has the same requests and bodies."""
    convert(write(tmp_path / "a.yaml", TRAFFIC), tmp_path / "b", to=form)
    requests, responses = FilesystemPersister.load_cassette(str(tmp_path / "b"), serializer)
    assert [one.method for one in requests] == ["POST", "failed GET", "DELETE"]
    assert responses[0]["body"]["string"] == TRAFFIC[0].response.body


def test_what_vcrpy_wrote_is_converted(tmp_path: Path) -> None:
    """A cassette saved by vcrpy itself becomes any of ours."""
    path = tmp_path / "stock.yaml"
    cassette = vcr.cassette.Cassette(str(path), record_mode=vcr.mode.ALL)
    request = vcr.request.Request("POST", "http://127.0.0.1/", b"\xff\x00", {"A": "1"})
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b"x"}}
    cassette.append(request, response)
    cassette._save()
    for form in ("flow", "block", "har"):
        assert convert(path, tmp_path / form, to=form) == 1
        one = next(read_any(tmp_path / form))
        assert one.request.body == b"\xff\x00"
        assert one.request.header("a") == "1"


@pytest.mark.parametrize("form", CASSETTES)
def test_an_empty_cassette(tmp_path: Path, form: str) -> None:
    """No interactions is a cassette too, for vcrpy as well."""
    source = tmp_path / "a.yaml"
    source.write_text("interactions: []\nversion: 1\n")
    assert convert(source, tmp_path / "b", to=form) == 0
    assert list(read_any(tmp_path / "b")) == []
    serializer = jsonserializer if form == "json" else yamlserializer
    assert FilesystemPersister.load_cassette(str(tmp_path / "b"), serializer) == ([], [])


def test_redact_on_the_way(tmp_path: Path) -> None:
    """An old cassette is cleaned in place: secrets go, equal stays equal, the rest stays."""
    token = "9f86d081884c7d659a2feaa0c55ad015"
    reply = json.dumps({"data": {"token": token}}).encode()
    source = write(
        tmp_path / "a.yaml",
        [
            Interaction(Request("POST", "http://h/token"), Response(200, "OK", [], reply)),
            Interaction(Request("GET", f"http://h/a/{token}"), Response(200, "OK", [], b"fine")),
        ],
    )
    assert convert(source, source, redact=True) == 2
    assert token not in source.read_text()
    first, second = read_any(source)
    handed = json.loads(first.response.body)["data"]["token"]
    assert second.request.url == f"http://h/a/{handed}"
    assert second.response.body == b"fine"


def test_large_bodies_beside_the_cassette(tmp_path: Path) -> None:
    """They go to files named by hash, once each; they come back; other tools see a sentence."""
    large = Interaction(Request("GET", "http://h/l"), Response(200, "OK", [], b"\xffabc" * 1000))
    source = write(tmp_path / "a.yaml", [TRAFFIC[0], large, large])
    for form in CASSETTES:
        target = tmp_path / f"{form}.cassette"
        convert(source, target, to=form, aside=1000)
        kept = list((tmp_path / f"{form}.cassette.bodies").iterdir())
        assert len(kept) == 1
        assert kept[0].read_bytes() == large.response.body
        assert list(read_any(target)) == [TRAFFIC[0], large, large]
        serializer = jsonserializer if form == "json" else yamlserializer
        _, responses = FilesystemPersister.load_cassette(str(target), serializer)
        assert responses[1]["body"]["string"].startswith(b"[4,000 bytes kept in ")
        convert(target, tmp_path / "back.yaml")
        assert list(read_any(tmp_path / "back.yaml")) == [TRAFFIC[0], large, large]


def test_a_body_file_that_is_not_what_was_kept(tmp_path: Path) -> None:
    """Changed, missing or somewhere else: a sentence says so, and nothing is read there."""
    large = Interaction(Request("GET", "http://h/l"), Response(200, "OK", [], b"abc" * 1000))
    target = tmp_path / "b.yaml"
    convert(write(tmp_path / "a.yaml", [large]), target, aside=1000)
    kept = next((tmp_path / "b.yaml.bodies").iterdir())
    kept.write_bytes(b"other")
    with pytest.raises(CassetteError, match="was changed"):
        list(read_any(target))
    kept.unlink()
    with pytest.raises(CassetteError, match="No such file"):
        list(read_any(target))
    target.write_text(target.read_text().replace("b.yaml.bodies/", "../b.yaml.bodies/"))
    with pytest.raises(CassetteError, match="beside it"):
        list(read_any(target))


def test_a_target_that_is_being_recorded(tmp_path: Path) -> None:
    """A cassette with a writer is not replaced under its hands."""
    source = write(tmp_path / "a.yaml", TRAFFIC)
    target = write(tmp_path / "b.yaml", [])
    lock = WriterLock(target)
    try:
        with pytest.raises(CassetteError, match="one writer"):
            convert(source, target)
    finally:
        lock.release()


def test_a_source_that_breaks_off(tmp_path: Path) -> None:
    """An entry that cannot be read leaves the target as it was."""
    source = write(tmp_path / "a.yaml", TRAFFIC)
    source.write_bytes(source.read_bytes() + b'- {"request": 1}\n')
    target = tmp_path / "b.yaml"
    target.write_text("old")
    with pytest.raises(CassetteError):
        convert(source, target, to="block")
    assert target.read_text() == "old"
    assert threading.active_count() >= 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize(
    ("target", "to", "says"),
    [("b.txt", None, "does not end in a known format"), ("b.yaml", "toml", "'toml' is no format")],
)
def test_formats_that_are_none(tmp_path: Path, target: str, to: str | None, says: str) -> None:
    """The sentence lists the formats."""
    source = write(tmp_path / "a.yaml", TRAFFIC)
    with pytest.raises(InvalidArgument, match=rf"{says}: name one of flow, block, json, har"):
        convert(source, tmp_path / target, to=to)  # type: ignore[arg-type]


def test_har_holds_its_bodies_itself(tmp_path: Path) -> None:
    """Files beside a HAR file are refused."""
    with pytest.raises(InvalidArgument, match="aside is for cassettes"):
        convert(write(tmp_path / "a.yaml", TRAFFIC), tmp_path / "b.har", aside=1)


def test_a_file_that_is_no_recorded_traffic(tmp_path: Path) -> None:
    """Missing and foreign files are named."""
    with pytest.raises(CassetteError, match=r"none\.yaml cannot be read"):
        list(read_any(tmp_path / "none.yaml"))
    (tmp_path / "notes.yaml").write_text("a: 1\n")
    with pytest.raises(CassetteError, match=r"notes\.yaml"):
        list(read_any(tmp_path / "notes.yaml"))
