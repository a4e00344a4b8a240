"""The clients of a lending library: methods written out, for completion and type checkers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lending.functions import API, LOGIN
from toolkit.services.base.client import AsyncClient, AwaitedFrame, Client, Frame
from toolkit.services.base.driving import Flow
from toolkit.services.base.jsoncalls import JsonCalls, JsonPlace


class Books(JsonPlace[Frame]):
    """The books: list, get, create, update, delete.

    All but ``delete`` give ``id`` Int64, ``title``, ``author`` str, ``year`` Int64, ``state``
    category (free, lent), ``due`` datetime64[us, UTC], ``tags`` str (JSON).
    """

    def list(self, *, state: str | None = None) -> Frame:
        """All books, or those in one state; one row each."""
        return self._call("list", state=state)

    def get(self, id: int) -> Frame:  # noqa: A002 (as the service calls it)
        """One book, one row; NotFound where there is none."""
        return self._call("get", id)

    def create(self, book: Mapping[str, Any] | None = None, /, **fields: Any) -> Frame:
        """Take in a book: ``title`` is needed."""
        return self._call("create", {**(book or {}), **fields})

    def update(
        self,
        id: int,  # noqa: A002 (as the service calls it)
        book: Mapping[str, Any] | None = None,
        /,
        **fields: Any,
    ) -> Frame:
        """Change the fields of a book."""
        return self._call("update", id, {**(book or {}), **fields})

    def delete(self, id: int) -> Frame:  # noqa: A002 (as the service calls it)
        """Throw a book away: one row of outcome; Conflict while it is lent."""
        return self._call("delete", id)


class BaseLibrary(JsonCalls[Frame]):
    """What the blocking and the async client share."""

    api, service_name = API, "lending"

    def _know(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.books: Books[Frame] = Books(self, "books")

    def status(self) -> Frame:
        """What the library holds: ``version`` str, ``books``, ``lent`` Int64."""
        return self.call("GET /status")

    def _login(self, user: str, password: str) -> Flow[pd.DataFrame]:
        plan = API.plan(LOGIN, ({"user": user, "password": password},), {})
        self._token, self._hidden = "", (password,)
        call = yield from API.call_flow(plan, self.url, (), self._hidden)
        self._token = call.data["token"]
        self._hidden = (password, self._token)
        return API.frame(call)


class Library(Client, BaseLibrary[pd.DataFrame]):
    """A lending library; made by ``lending.connect(url)``."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(**options)
        self._know(url)

    def login_with(self, user: str, password: str) -> pd.DataFrame:
        """Log in; the token is kept in memory."""
        return self.drive(self._login(user, password))


class AsyncLibrary(AsyncClient, BaseLibrary[AwaitedFrame]):
    """The same, awaited."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(**options)
        self._know(url)

    async def login_with(self, user: str, password: str) -> pd.DataFrame:
        """Log in; the token is kept in memory."""
        return await self.drive(self._login(user, password))
