"""A lending library's JSON API: the example of a service of one's own."""

from __future__ import annotations

from typing import Any

from lending.client import AsyncLibrary, Library
from lending.functions import API
from toolkit.services.base.jsonrecorded import JsonService

__all__ = ["AsyncLibrary", "Library", "connect", "connect_async", "service"]

service = JsonService(API)


def connect(url: str, **options: Any) -> Library:
    """A client of the library at ``url``; options are ``limits``, ``headers``, ``transport`` ..."""
    return Library(url, **options)


def connect_async(url: str, **options: Any) -> AsyncLibrary:
    """The same with methods that are awaited."""
    return AsyncLibrary(url, **options)
