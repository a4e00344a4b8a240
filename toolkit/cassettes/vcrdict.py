"""Interactions in vcrpy's dictionary form, the shape that its serializers read and write.

::

    {"request": {"method": "POST", "uri": "http://...", "body": "<q/>", "headers": {"A": ["1"]}},
     "response": {"status": {"code": 200, "message": "OK"}, "headers": {"B": ["2"]},
                  "body": {"string": "<r/>"},
                  "http_version": "HTTP/1.1", "recorded_at": "2026-03-01T09:30:00.250000Z",
                  "elapsed": 0.125, "encoding": "gzip", "failure": {"kind": ..., "message": ...}}}

The last five keys are ours. They stand inside ``response`` because vcrpy drops what stands
beside ``request`` and ``response`` when it saves a cassette, and keeps what is inside.

A failure is an interaction that vcrpy can load and save but never plays: method and URI carry
the mark ``failed``, so that none of its matchers finds it, and the status code is 0 (as HAR
writes a failed request) unless a response had begun.

A body is text where its bytes are UTF-8, and bytes otherwise.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from toolkit.cassettes.interaction import Failure, Headers, Interaction, Request, Response
from toolkit.outcomes import CassetteError

_to_json = msgspec.json.Encoder().encode
_WHOLE_SECOND = len("2026-01-05T08:00:05Z")
FAILED_METHOD = "failed "
FAILED_URI = "failed:"


def to_dict(interaction: Interaction) -> dict[str, Any]:
    """Give the interaction in vcrpy's form, with our keys inside ``response``.

    Headers keep the order of their first appearance; the values of a name stay in their order.

    Examples
    --------
    >>> kept = Interaction(Request("GET", "http://h/"), Response(204, "No Content"))
    >>> to_dict(kept)["response"]["status"]
    {'code': 204, 'message': 'No Content'}
    """
    request, response, failure = interaction.request, interaction.response, interaction.failure
    method, uri = request.method, request.url
    if failure is not None:
        method, uri = FAILED_METHOD + method, FAILED_URI + uri
    if response is None:
        response = Response(0, failure.kind if failure else "", http_version="")
    answer: dict[str, Any] = {
        "status": {"code": response.status, "message": response.reason},
        "headers": _grouped(response.headers),
        "body": {"string": _text_or_bytes(response.body)},
    }
    if response.http_version:
        answer["http_version"] = response.http_version
    if response.encoding:
        answer["encoding"] = response.encoding
    if interaction.recorded_at is not None:
        answer["recorded_at"] = _stamp(interaction.recorded_at)
    if interaction.elapsed is not None:
        # Below 0.0001 JSON writes an exponent that YAML 1.1 takes for text.
        answer["elapsed"] = written_seconds(interaction.elapsed)
    if failure is not None:
        answer["failure"] = {"kind": failure.kind, "message": failure.message}
    return {
        "request": {
            "method": method,
            "uri": uri,
            "body": _text_or_bytes(request.body),
            "headers": _grouped(request.headers),
        },
        "response": answer,
    }


def from_dict(entry: Mapping[str, Any]) -> Interaction:
    """Read an interaction from vcrpy's form, of any of its versions.

    Raises
    ------
    CassetteError
        When the entry has no request or response of that form; the sentence says what is wrong.
    """
    try:
        request = request_from_dict(entry["request"])
        response, failure, recorded_at, elapsed = response_from_dict(entry["response"])
    except KeyError as error:
        raise CassetteError(f"An interaction has no {error.args[0]!r}.") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise CassetteError(f"An interaction is not of vcrpy's form: {error}.") from None
    if failure is not None:
        request.method = request.method.removeprefix(FAILED_METHOD)
        request.url = request.url.removeprefix(FAILED_URI)
    return Interaction(request, response, failure, recorded_at, elapsed)


def request_from_dict(asked: Mapping[str, Any]) -> Request:
    """Read vcrpy's ``request``; the mark of a failure is left where it is."""
    method, uri = asked["method"], asked["uri"]
    if not (isinstance(method, str) and isinstance(uri, str)):
        raise TypeError("method and uri of a request are text")
    return Request(method, uri, header_pairs(asked.get("headers")), _to_bytes(asked.get("body")))


def response_from_dict(
    answer: Mapping[str, Any],
) -> tuple[Response | None, Failure | None, dt.datetime | None, float | None]:
    """Read vcrpy's ``response``: response, failure, when it was recorded, seconds it took."""
    if "status_code" in answer:  # written by vcrpy before 6 for httpx
        return _old_httpx_response(answer), None, None, None
    status = answer["status"]
    failed = answer.get("failure")
    stamp = answer.get("recorded_at")
    elapsed = answer.get("elapsed")
    code = int(status["code"])
    response = None
    if code or failed is None:
        response = Response(
            code,
            status.get("message") or "",
            header_pairs(answer.get("headers")),
            _body(answer.get("body")),
            answer.get("http_version") or "HTTP/1.1",
            answer.get("encoding"),
        )
    failure = None if failed is None else Failure(str(failed["kind"]), str(failed["message"]))
    return (
        response,
        failure,
        None if stamp is None else _moment(stamp),
        None if elapsed is None else float(elapsed),
    )


def moment_of(answer: Mapping[str, Any]) -> dt.datetime | None:
    """When vcrpy's ``response`` was recorded (UTC), if its writer kept that."""
    stamp = answer.get("recorded_at")
    return None if stamp is None else _moment(stamp)


def _old_httpx_response(answer: Mapping[str, Any]) -> Response:
    return Response(
        int(answer["status_code"]),
        "",
        header_pairs(answer.get("headers")),
        _to_bytes(answer.get("content")),
        answer.get("http_version") or "HTTP/1.1",
    )


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped = {name: [value] for name, value in headers}
    if len(grouped) < len(headers):  # a name came twice
        grouped = {name: [] for name, _ in headers}
        for name, value in headers:
            grouped[name].append(value)
    return grouped


def header_pairs(headers: Any) -> Headers:
    """Read headers of any of vcrpy's forms: a mapping of names to values, or to lists of them."""
    if not headers:
        return []
    items: Iterable[tuple[Any, Any]] = headers.items() if isinstance(headers, Mapping) else headers
    return [
        (_header_text(name), _header_text(value))
        for name, values in items
        for value in (values if isinstance(values, (list, tuple)) else (values,))
    ]


def _header_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if value is None or isinstance(value, (int, float)):
        return "" if value is None else str(value)
    raise TypeError("a header's value is text")


def _text_or_bytes(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _body(body: Any) -> bytes:
    if isinstance(body, Mapping):
        if "base64_string" in body:
            return base64.b64decode(body["base64_string"])
        return _to_bytes(body.get("string"))
    return _to_bytes(body)


def _to_bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if body is None:
        return b""
    if hasattr(body, "read"):
        return _to_bytes(body.read())
    if isinstance(body, Mapping):
        raise TypeError("a body is text or bytes")
    if isinstance(body, Iterable):  # the chunks of a body that was given as an iterator
        chunks = list(body)
        if chunks and all(isinstance(chunk, int) for chunk in chunks):
            return bytes(chunks)
        if all(isinstance(chunk, (str, bytes, bytearray)) for chunk in chunks):
            return b"".join(_to_bytes(chunk) for chunk in chunks)
    raise TypeError("a body is text or bytes")


def _stamp(moment: dt.datetime) -> str:
    if moment.tzinfo is not dt.UTC:
        moment = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    text = _to_json(moment)[1:-1].decode()  # many times as fast as isoformat()
    return text if len(text) > _WHOLE_SECOND else f"{text[:-1]}.000000Z"


def _moment(stamp: Any) -> dt.datetime:
    moment = stamp if isinstance(stamp, dt.datetime) else dt.datetime.fromisoformat(str(stamp))
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def written_seconds(elapsed: float) -> float:
    """Round to what is written: microseconds, and never in the form 1e-05, which is YAML text."""
    return round(elapsed, 6 if elapsed >= 0.0001 else 4)
