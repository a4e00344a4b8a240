"""Sessions open once their login is answered, and what is closed is closed once its with ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from toolkit.outcomes import Unreachable
from toolkit.services.base.closing import Closing
from toolkit.services.base.session import BaseSession


@dataclass(frozen=True)
class Login:
    """What a login of these tests gives."""

    user: str


class Stay(BaseSession[Login]):
    """A session that is open until it is closed."""

    service_name = "tests"
    closed = False

    @property
    def open(self) -> bool:
        """Whether it was answered and not closed."""
        return not self._is_waiting and not self.closed

    def close(self) -> None:
        """Close it."""
        self.closed = True


class Cut(Closing):
    """Its server is gone when it is closed."""

    def close(self) -> None:
        """Fail."""
        raise Unreachable("nobody is there")


class Told(Cut):
    """The same, for which a warning is enough."""

    _left_behind = "something may be left"


def test_session() -> None:
    """A given login is open at once, says whose it is, and ends with its with."""
    with Stay(Login("ada"), Login("")) as session:
        assert (session.user, session.open) == ("ada", True)
        assert repr(session) == "<tests session of ada: open>"
    assert not session.open
    assert "closed" in session._repr_html_()
    assert "ada" in session._repr_html_()


async def _answered(*, error: bool = False) -> Stay:
    login: asyncio.Future[Login] = asyncio.get_running_loop().create_future()
    session = Stay(login, Login(""))
    assert (session.user, session.open) == ("", False)
    assert "not answered yet" in repr(session)
    assert "not answered yet" in session._repr_html_()
    if error:
        login.set_exception(Unreachable("nobody is there"))
    else:
        login.set_result(Login("ada"))
    await asyncio.sleep(0)
    return session


def test_answered_later() -> None:
    """A login that is answered later opens the session then; one that failed opens none."""
    assert asyncio.run(_answered()).open
    assert not asyncio.run(_answered(error=True)).open


def test_close_fails() -> None:
    """A failing close is an exception, or a warning at the with that hides no other exception."""
    with pytest.raises(Unreachable), Cut():
        pass
    with pytest.warns(UserWarning, match="something may be left: .*nobody") as warned, Told():
        pass
    assert warned[0].filename == __file__
    with pytest.warns(UserWarning, match="may be left"), pytest.raises(KeyError), Told():
        raise KeyError("first")
