"""vcrpy's own API with our engine beneath: for every library that vcrpy patches.

``use_cassette`` and ``vcr`` take vcrpy's options and mean by them what vcrpy means. What differs
is below: recorded calls are appended at once and survive a kill, look-up does not get slower with
the cassette, secrets are redacted, and threads and tasks can use a cassette each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from toolkit.cassettes.bridge.config import Recorder
from toolkit.cassettes.bridge.engine import EngineCassette, RequestNotRecorded

__all__ = ["EngineCassette", "Recorder", "RequestNotRecorded", "use_cassette", "vcr"]


def vcr(**options: Any) -> Recorder:
    """Give a ``vcr.VCR`` whose cassettes use our engine.

    Parameters
    ----------
    **options
        Those of ``vcr.VCR`` (``record_mode``, ``match_on``, ``cassette_library_dir``,
        ``filter_headers``, ``before_record_request`` ...), and two of ours: ``redact`` (True, or
        a :class:`~toolkit.cassettes.redaction.Redactor`, or False) and ``sync`` (when recorded
        calls reach the disk: ``"background"``, ``"always"`` or ``"never"``).

    Raises
    ------
    TypeError
        When an option is none of these.

    Examples
    --------
    >>> recorder = vcr(cassette_library_dir="cassettes", record_mode="none")
    >>> @recorder.use_cassette
    ... def test_tasks():
    ...     ...
    """
    return Recorder(**options)


def use_cassette(
    path: str | os.PathLike[str] | Callable[..., Any] | None = None, **options: Any
) -> Any:
    """Record the HTTP calls of a block or a function to a cassette, or replay them from it.

    It is vcrpy's ``use_cassette``: a context manager and a decorator, also of coroutine
    functions; requests, urllib3, httpx, aiohttp, http.client and what else vcrpy patches.

    Parameters
    ----------
    path : str or path, optional
        The cassette; a decorated function without one gets a cassette of its own name.
    **options
        As :func:`vcr` has them. Requests match as vcrpy compares them by default (method and
        URI); give ``match_on=("method", "uri", "body")`` where one URI serves everything.

    Raises
    ------
    CassetteError
        When the cassette cannot be read or written, or somebody else is recording to it.
    RequestNotRecorded
        From the HTTP call itself, when the record mode forbids to send what is not recorded.
        It is vcrpy's CannotOverwriteExistingCassetteException and our NotRecorded in one.

    Examples
    --------
    >>> by = ("method", "uri", "body")
    >>> path = "cassettes/monday.yaml"
    >>> with use_cassette(path, record_mode="none", match_on=by) as cassette:
    ...     response = httpx.post(url, content=ping)
    >>> cassette.play_count
    1
    """
    return Recorder().use_cassette(path, **options)
