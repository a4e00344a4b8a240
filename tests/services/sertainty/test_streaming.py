"""A result read as it comes: over real sockets, against hand-written replies of a gateway."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from tests.loopback import Act, drop, reply
from tests.services.sertainty.streams import (
    DOCUMENT,
    LOG,
    chunked,
    logged_in,
    sent,
    with_length,
    wrapped,
)
from tests.services.sertainty.wire import response
from toolkit.services.sertainty.envelope import decode_request


@pytest.mark.parametrize(
    "act",
    [
        reply(DOCUMENT), chunked(DOCUMENT, 7919), chunked(DOCUMENT, 300_000),
        chunked(gzip.compress(DOCUMENT), 500, "content-encoding: gzip\r\n"), reply(wrapped(LOG)),
        reply(b"\n <?xml version='1.0' encoding='UTF-8'?>\n" + DOCUMENT),
        reply(DOCUMENT.replace(b"</Status>", b"</Status><Other>no</Other>")),
        reply(DOCUMENT.replace(b"</Result>", b"</Result><Result>c2Vjb25k</Result>")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reader", ["strict", "fast"])
def test_a_log_is_the_same_as_fetched(act: Act, reader: str) -> None:
    """However the bytes come: one piece, chunks, gzip, base64 in lines, more results."""
    with logged_in(act) as gateway:
        streamed = toolkit.read_log(gateway.stream("agentGetLog"), reader=reader)  # type: ignore[call-overload]
    pd.testing.assert_frame_equal(streamed, toolkit.read_log(LOG))
    assert streamed.attrs == {"record": "Log/Entry", "truncated": False, "Log.name": "agent"}


def test_what_it_knows_before_and_after() -> None:
    """Function, target and outcome are known before the result; it is read once."""
    with logged_in(reply(DOCUMENT)) as gateway:
        with gateway.stream("taskGetLog", "Nightly", "ingest") as result:
            assert result.name == "taskGetLog Nightly/ingest"
            assert result.call is gateway.last
            assert result.call is not None
            assert result.call.outcome.ok
            assert "taskGetLog Nightly/ingest" in repr(result)
            assert b"".join(result.iter_bytes()) == LOG.encode()
            with pytest.raises(toolkit.InvalidArgument, match="read already"):
                next(result.iter_bytes())
        logs = toolkit.read_log([gateway.stream("agentGetLog"), LOG])
        assert logs["log"].cat.categories.tolist() == ["agentGetLog", "1"]


def test_batches_and_parquet(tmp_path: Path) -> None:
    """As frames of some rows, and to a folder."""
    with logged_in(reply(DOCUMENT)) as gateway:
        parts = list(toolkit.iter_log(gateway.stream("agentGetLog"), rows=1000))
        stored = toolkit.read_log(
            gateway.stream("agentGetLog"), to="parquet", folder=tmp_path / "log"
        )
    assert [len(part) for part in parts] == [1000, 1000, 1000]
    assert stored.rows == 3000
    assert stored.frame()["text"].tolist()[::1000] == ["event 0", "event 1000", "event 2000"]


@pytest.mark.parametrize(
    ("status", "kind"), [(3, toolkit.AccessDenied), (213, toolkit.NotFound), (999, Exception)]
)
def test_what_is_no_success_raises_at_once(status: int, kind: type[Exception]) -> None:
    """Its category's exception, with the call's context, before anything is read."""
    with logged_in(reply(response(status, message="no such log"))) as gateway:
        gateway._state.answers = None
        with pytest.raises(kind) as caught:
            gateway.stream("taskGetLog", "Nightly", "ingest")
    error = caught.value
    assert isinstance(error, toolkit.CallError)
    assert (error.code, error.function, error.target) == (status, "taskGetLog", "Nightly/ingest")
    assert error.at is not None
    assert error.elapsed is not None


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (reply(b"<html><body>no</body></html>", content_type="text/html"), "an HTML page came"),
        (reply(b""), "body is empty"),
        (reply(b"<Response><Status>1</Stat"), "cut off|not well-formed"),
        (reply(b"nonsense" * 9), "not XML"),
        (reply(response(1)), "a success without a result"),
        (reply(b"<!DOCTYPE x []>" + DOCUMENT), "DTD"),
        (reply(b"<Response>" + b"<a>" * 40), "deeper than 32"),
        (reply(b"<Response>" + b" " * (2 << 20)), "in the first"),
        (reply(response(1, LOG * 5).replace(b"<Status>1</Status>", b"")), "in the first"),
    ],
)  # fmt: skip
def test_what_is_no_answer_raises_at_once(act: Act, sentence: str) -> None:
    """One sentence, the same as when it is read whole where that says more."""
    with logged_in(act) as gateway, pytest.raises(toolkit.BadReply, match=sentence) as caught:
        gateway.stream("agentGetLog")
    assert caught.value.function == "agentGetLog"


def test_a_status_after_a_short_result_is_read() -> None:
    """The order of the elements is not promised; what fits in the head is read anyway."""
    late = response(1, "<Log/>").replace(b"<Status>1</Status>", b"")
    with logged_in(
        reply(late.replace(b"</Response>", b"<Status>1</Status></Response>"))
    ) as gateway:
        assert len(toolkit.read_log(gateway.stream("agentGetLog"))) == 0


BAD = base64.b64encode(LOG.encode())


@pytest.mark.parametrize(
    ("packed", "sentence"),
    [
        (BAD[:80_000] + b"====" + BAD[80_000:], "not base64"),
        (BAD[:80_000] + b"A===" + BAD[80_004:], "not base64"),
        (BAD[:80_000] + b"*" + BAD[80_001:], "not base64"),
        (BAD[:80_000] + "é".encode() + BAD[80_001:], "not base64"),
        (BAD[:80_000] + b"-" + BAD[80_001:], "not base64"),
        (BAD[:-3].rstrip(b"=")[:80_001], "not base64"),
        (BAD[:80_000] + b"<b>" + BAD[80_000:], "not well-formed"),
        (BAD[:80_000] + b"&ent;" + BAD[80_000:], "not well-formed"),
        (BAD[:80_000] + b"<a>" * 40 + BAD[80_000:], "deeper than 32"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("truncated", ["raise", "keep"])
def test_what_is_wrong_in_the_middle(packed: bytes, sentence: str, truncated: str) -> None:
    """It is never passed over, also when what is merely cut would be kept."""
    body = response(1, "x").replace(b"eA==", packed)
    with (
        logged_in(reply(body)) as gateway,
        pytest.raises(toolkit.BadReply, match=sentence) as caught,
    ):
        toolkit.read_log(gateway.stream("agentGetLog"), truncated=truncated)  # type: ignore[call-overload]
    assert caught.value.function == "agentGetLog"


CUTS = [len(DOCUMENT) - 1, len(DOCUMENT) - 30, len(DOCUMENT) - 60, 200_001, 100_002, 50_003, 400]


@pytest.mark.parametrize("at", CUTS)
@pytest.mark.parametrize("how", ["length", "envelope"])
def test_a_cut_answer_raises_or_is_flagged(at: int, how: str) -> None:
    """At any place, whether the transport notices it or the Response only."""
    act = with_length(DOCUMENT[:at], len(DOCUMENT) if how == "length" else at)
    with logged_in(act) as gateway:
        wanted = toolkit.ConnectionLost if how == "length" else toolkit.BadReply
        with pytest.raises(wanted) as caught:
            toolkit.read_log(gateway.stream("agentGetLog"))
        assert caught.value.function == "agentGetLog"
        kept = toolkit.read_log(gateway.stream("agentGetLog"), truncated="keep")
    assert kept.attrs["truncated"] is True
    whole = toolkit.read_log(LOG)
    assert kept["text"].tolist() == whole["text"].tolist()[: len(kept)]
    came = max(0, at - DOCUMENT.index(b"<Result>") - len("<Result>")) // 4 * 3
    assert len(kept) == LOG[:came].count("</Entry>")


def test_a_log_that_grows_within_a_whole_answer() -> None:
    """The log itself may be cut in an answer that is not."""
    with logged_in(reply(response(1, LOG[:-40]))) as gateway:
        with pytest.raises(toolkit.DocumentError, match="cut off"):
            toolkit.read_log(gateway.stream("agentGetLog"))
        kept = toolkit.read_log(gateway.stream("agentGetLog"), truncated="keep")
    assert (len(kept), kept.attrs["truncated"]) == (2999, True)


def test_limits() -> None:
    """The size that is asked for is kept to; without one there is none, also beyond max_bytes."""
    with logged_in(reply(DOCUMENT), limits=toolkit.sertainty.Limits(max_bytes=1000)) as gateway:
        with pytest.raises(toolkit.ReplyTooLarge, match="100,000 bytes"):
            toolkit.read_log(gateway.stream("agentGetLog", max_bytes=100_000))
        with pytest.raises(toolkit.ReplyTooLarge):
            gateway.fetch("agentGetLog")
        assert len(toolkit.read_log(gateway.stream("agentGetLog"))) == 3000


@pytest.mark.parametrize(
    "name", ["agentPing", "hostOpenSession", "hostCloseSession", "agentRestart"]
)
def test_functions_without_a_document(name: str) -> None:
    """They are refused before anything is sent."""
    with logged_in(reply(DOCUMENT)) as gateway:
        with pytest.raises(toolkit.InvalidArgument, match="no result to be streamed"):
            gateway.stream(name)
        assert sent(gateway) == ["hostOpenSession"]


# --- sessions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [2, 3])
def test_a_lost_session_is_opened_again_once(status: int) -> None:
    """As for any other read; the stream is that of the second try."""
    lost, again = reply(response(status)), reply(response(1, "sid-2"))
    with logged_in(lost, again, reply(DOCUMENT)) as gateway:
        assert len(toolkit.read_log(gateway.stream("agentGetLog"))) == 3000
        assert sent(gateway) == ["hostOpenSession", "agentGetLog"] * 2
        assert decode_request(gateway.server.bodies[-1]).session == "sid-2"  # type: ignore[attr-defined]
    with logged_in(lost, again, lost) as gateway:
        with pytest.raises(toolkit.OutcomeError):
            gateway.stream("agentGetLog")
        assert sent(gateway) == ["hostOpenSession", "agentGetLog"] * 2


def test_a_lost_connection_is_tried_again_until_the_answer_begins() -> None:
    """Once, as any read; what breaks off later is the reader's to know."""
    with logged_in(drop, reply(DOCUMENT)) as gateway:
        assert len(toolkit.read_log(gateway.stream("agentGetLog"))) == 3000
    with logged_in(drop) as gateway, pytest.raises(toolkit.ConnectionLost) as caught:
        gateway.stream("agentGetLog")
    assert caught.value.function == "agentGetLog"
