"""HAR 1.2 in and out: what browsers' developer tools, mitmproxy and Playwright exchange.

A failure is an entry of status 0 whose response has ``_error``, as Chromium writes it. Bodies
that are not text are base64. What HAR has no place for (no time recorded, the server's content
encoding, httpx's name of a failure) stands in fields that begin with ``_``, as HAR allows.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from toolkit.cassettes.harparts import (
    bytes_of,
    cookies_of,
    failure_of,
    named,
    pairs_of,
    query_of,
    text_of,
    version_of,
)
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.outcomes import CassetteError

CREATOR = "session-toolkit"
_EPOCH = "1970-01-01T00:00:00.000000Z"


def read(source: str | os.PathLike[str] | bytes) -> Iterator[Interaction]:
    """Give the interactions of a HAR file in its order.

    Parameters
    ----------
    source : path or bytes

    Raises
    ------
    CassetteError
        When it is not HAR; the sentence says what is missing, and in which entry.

    Examples
    --------
    >>> [one.request.url for one in read(dumps([Interaction(Request("GET", "http://h/"))]))]
    ['http://h/']
    """
    name = "HAR" if isinstance(source, bytes) else os.fspath(source)
    try:
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
        log = _loaded(data.removeprefix(b"\xef\xbb\xbf"))["log"]
        entries = log["entries"]
        ours = log.get("creator", {}).get("name") == CREATOR
    except OSError as error:
        raise CassetteError(f"{name} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise CassetteError(f"{name} is not JSON, so not HAR: {error}.") from None
    except RecursionError:
        raise CassetteError(f"{name} is nested too deep to be HAR.") from None
    except (KeyError, TypeError, AttributeError):
        raise CassetteError(f"{name} is JSON but not HAR: it has no log with entries.") from None
    for number, entry in enumerate(entries):
        try:
            yield from_entry(entry, ours=ours)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            told = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise CassetteError(f"{name}, entry {number}: {told}.") from None


def write(interactions: Iterable[Interaction], path: str | os.PathLike[str]) -> int:
    """Write interactions as a HAR file, one after the other; give their number.

    The file appears under its name when it is whole.
    """
    target = Path(path)
    beside = target.with_name(target.name + ".new")
    count = 0
    try:
        with beside.open("wb") as file:
            for piece in _pieces(interactions):
                file.write(piece)
                count += 1
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return count - 2


def dumps(interactions: Iterable[Interaction]) -> bytes:
    """The same as bytes."""
    return b"".join(_pieces(interactions))


def to_entry(interaction: Interaction) -> dict[str, Any]:
    """Give the HAR entry of an interaction."""
    elapsed = interaction.elapsed
    entry: dict[str, Any] = {
        "startedDateTime": _stamp(interaction.recorded_at),
        "time": 0 if elapsed is None else round(elapsed * 1000, 3),
        "request": _asked(interaction.request, interaction.response),
        "response": _answered(interaction.response, interaction.failure),
        "cache": {},
        "timings": {"send": 0, "wait": round((elapsed or 0) * 1000, 3), "receive": 0},
    }
    if interaction.recorded_at is None:
        entry["_recorded_at"] = None
    if elapsed is None:
        entry["_elapsed"] = None
    return entry


def from_entry(entry: Mapping[str, Any], *, ours: bool = False) -> Interaction:
    """Read one HAR entry.

    Parameters
    ----------
    ours : bool
        Whether this module wrote it. Others leave the header Content-Encoding beside a body that
        they have decoded; it is taken away there, so that nobody decodes the body again.

    Raises
    ------
    KeyError, TypeError, ValueError
        When a part is missing or of the wrong kind.
    """
    asked, answered = entry["request"], entry["response"]
    request = Request(asked["method"], asked["url"], pairs_of(asked.get("headers")), _posted(asked))
    response, failure = _answer(answered, ours)
    at = None if "_recorded_at" in entry else _moment(entry.get("startedDateTime"))
    time = entry.get("time")
    elapsed = None if "_elapsed" in entry or not isinstance(time, (int, float)) else time
    return Interaction(
        request,
        response,
        failure,
        at,
        None if elapsed is None or elapsed < 0 else round(elapsed / 1000, 6),
    )


def _pieces(interactions: Iterable[Interaction]) -> Iterator[bytes]:
    try:
        version = importlib.metadata.version(CREATOR)
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    creator = msgspec.json.encode({"name": CREATOR, "version": version})
    yield b'{"log":{"version":"1.2","creator":' + creator + b',"pages":[],"entries":['
    mark = b"\n"
    for interaction in interactions:
        yield mark + _dumped(to_entry(interaction))
        mark = b",\n"
    yield b"\n]}}\n"


def _loaded(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except ValueError:
        # Half a surrogate pair, which JavaScript writes, is for the patient parser.
        return json.loads(data.decode("utf-8", "replace"))


def _dumped(entry: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(entry)
    except UnicodeEncodeError:
        # Half a surrogate pair in a header or URL has no UTF-8.
        return json.dumps(entry).encode()


def _asked(request: Request, response: Response | None) -> dict[str, Any]:
    content_type = request.header("content-type") or ""
    told: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "httpVersion": response.http_version if response else "HTTP/1.1",
        "cookies": cookies_of(request.headers, "cookie"),
        "headers": named(request.headers),
        "queryString": query_of(request.url),
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        text, encoding = text_of(request.body, content_type)
        told["postData"] = {"mimeType": content_type, "params": [], "text": text}
        if encoding:
            told["postData"]["encoding"] = encoding
    return told


def _answered(response: Response | None, failure: Failure | None) -> dict[str, Any]:
    known = response or Response(0, "", [], b"", "")
    content_type = known.header("content-type") or ""
    text, encoding = text_of(known.body, content_type)
    content: dict[str, Any] = {
        "size": len(known.body),
        "mimeType": content_type or "x-unknown",
        "text": text,
    }
    if encoding:
        content["encoding"] = encoding
    told: dict[str, Any] = {
        "status": known.status,
        "statusText": known.reason,
        "httpVersion": known.http_version,
        "cookies": cookies_of(known.headers, "set-cookie"),
        "headers": named(known.headers),
        "content": content,
        "redirectURL": known.header("location") or "",
        "headersSize": -1,
        "bodySize": len(known.body) if response else -1,
    }
    if known.encoding is not None:
        told["_encoding"] = known.encoding
    if failure is not None:
        told["_error"] = f"{failure.kind}: {failure.message}"
        told["_failure"] = {"kind": failure.kind, "message": failure.message}
    return told


def _answer(answered: Mapping[str, Any], ours: bool) -> tuple[Response | None, Failure | None]:
    status = int(answered["status"])
    failure = failure_of(answered, status)
    if status <= 0 and failure is not None:
        return None, failure
    headers = pairs_of(answered.get("headers"))
    content = answered.get("content") or {}
    content_type = next((v for k, v in headers if k.lower() == "content-type"), "")
    body = bytes_of(content, content_type)
    encoding = answered.get("_encoding")
    if not ours and not body.startswith(b"\x1f\x8b"):
        for index, (name, value) in enumerate(headers):
            if name.lower() == "content-encoding":
                encoding = encoding or value
                del headers[index]
                break
    reason = answered.get("statusText") or ""
    version = version_of(answered.get("httpVersion") or "HTTP/1.1")
    return Response(status, reason, headers, body, version, encoding), failure


def _posted(asked: Mapping[str, Any]) -> bytes:
    posted = asked.get("postData")
    if not posted:
        return b""
    mime = posted.get("mimeType") or ""
    if not posted.get("text") and posted.get("params"):
        from urllib.parse import urlencode

        pairs = [(one["name"], one.get("value") or "") for one in posted["params"]]
        return urlencode(pairs).encode()
    return bytes_of(posted, mime)


def _stamp(moment: dt.datetime | None) -> str:
    if moment is None:
        return _EPOCH
    aware = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return aware.isoformat(timespec="microseconds")[:-6] + "Z"


def _moment(stamp: Any) -> dt.datetime | None:
    if not stamp:
        return None
    moment = dt.datetime.fromisoformat(str(stamp))
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
