"""The client's sessions against the sandbox: two independent readings of the protocol meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import toolkit
from toolkit.sandbox.xivo import XivoBox
from toolkit.services.xivo.server import Server


@pytest.fixture(scope="module", params=["15.18", "16.15", "wazo"])
def running(request: pytest.FixtureRequest) -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", era=request.param, users=3) as box:
        yield box


@pytest.fixture
def box(running: XivoBox) -> Iterator[XivoBox]:
    yield running
    running.clear_faults()
    running.switch(auth_down=False, trusted_hosts=())


def client(box: XivoBox, **options: Any) -> Server:
    return toolkit.xivo.connect(box.confd, auth_url=box.auth, **options)


def called(box: XivoBox, since: int) -> list[tuple[str, int]]:
    return [(f"{call['method']} {call['api']}", call["status"]) for call in box.calls[since:]]


def test_every_address(box: XivoBox) -> None:
    """With and without the prefix, the era is told by the token."""
    for url, auth_url in [(box.url, box.auth_url), (box.confd, box.auth)]:
        with toolkit.xivo.connect(url, auth_url=auth_url) as server:
            session = server.login_with(box.user, box.password)
            assert server.era == box.era
            assert len(server.users.list()) == 3
            assert session.open
        assert not session.open


def test_revoked_at_the_end(box: XivoBox) -> None:
    """Leaving revokes: the token is of no use to anyone."""
    with client(box) as server:
        server.login_with(box.user, box.password)
        token = server.state.granted.token  # type: ignore[union-attr]
    with client(box, token=token) as server:
        with pytest.raises(toolkit.AccessDenied, match="log in again"):
            server.users.list()


def test_login_refused(box: XivoBox) -> None:
    """A wrong password; a token that lives no second is refused before anything is sent."""
    with client(box) as server:
        with pytest.raises(toolkit.AccessDenied, match="Authentication Failed"):
            server.login_with(box.user, "wrong-pass-1")
        with pytest.raises(toolkit.InvalidArgument, match="at least 1 second"):
            server.login_with(box.user, box.password, expiration=-1)


def test_missing_acl(box: XivoBox) -> None:
    """Each era's denial names the ACL that is missing; what the token may do goes on."""
    with client(box) as server:
        old = box.era == "15.18"  # one ACL for everything: the account without any lacks it
        user = (box.no_acls, box.no_acls_password) if old else (box.reader, box.reader_password)
        session = server.login_with(*user)
        with pytest.raises(toolkit.AccessDenied) as caught:
            server.lines.list()
        acl = "acl:confd" if old else "confd.lines.read"
        assert (caught.value.__dict__["reason"], caught.value.__dict__["acl"]) == ("acl", acl)
        assert not session.allows(acl)
        if not old:
            assert session.allows("confd.users.read")
            assert len(server.users.list()) == 3


def test_token_that_ends_unseen(box: XivoBox) -> None:
    """The server's clock is ahead: a read gets a new token, and the caller sees nothing of it."""
    with client(box) as server:
        server.login_with(box.user, box.password, expiration=60)
        box.advance(61)
        assert len(server.users.list()) == 3
        box.drop_tokens()
        with pytest.raises(toolkit.AccessDenied):
            server.users.update(1, description="x")
        server.users.update(1, description="x")


def test_token_that_ends_without_a_password(box: XivoBox) -> None:
    """Nothing is kept with ``renew=False``: the end is told."""
    with client(box, renew=False) as server:
        server.login_with(box.user, box.password)
        box.drop_tokens()
        with pytest.raises(toolkit.AccessDenied, match="has ended"):
            server.users.list()
        with pytest.raises(toolkit.NoSession):
            server.users.list()


def test_local_times_of_the_server(box: XivoBox) -> None:
    """xivo-auth writes its own local time: only the span counts."""
    with toolkit.sandbox.start("xivo", era=box.era, utc_offset=-9.5) as far:
        with client(far) as server:
            session = server.login_with(far.user, far.password, expiration=600)
            left = (session.until - pd.Timestamp.now("UTC")).total_seconds()  # type: ignore[operator]
    assert 500 < left <= 600


def test_auth_down(box: XivoBox) -> None:
    """confd denies everything then; the client says what it is."""
    with client(box) as server:
        server.login_with(box.user, box.password)
        box.switch(auth_down=True)
        with pytest.raises(toolkit.Busy, match="xivo-auth does not answer") as caught:
            server.users.list()
        assert caught.value.code == 503
        box.switch(auth_down=False)
        assert len(server.users.list()) == 3


def test_reads_repeat_and_changes_do_not(box: XivoBox) -> None:
    """A connection that breaks after the work was done: one user, and an error that says so."""
    with client(box) as server:
        server.login_with(box.user, box.password)
        before = len(server.users.list())
        box.fault("drop", "GET /users")
        assert len(server.users.list()) == before
        box.fault("drop", "POST /users", after=True)
        with pytest.raises(toolkit.ConnectionLost, match="it may have been done; look into"):
            server.users.create(firstname="Once")
        made = server.users.list(search="Once")
        assert len(made) == 1
        server.users.delete(int(made["id"].item()))


def test_faults_become_exceptions(box: XivoBox) -> None:
    """A proxy's page, a server's fault, a body that was cut, JSON that is none."""
    with client(box) as server:
        server.login_with(box.user, box.password)
        box.fault("html", "GET /infos")
        with pytest.raises(toolkit.Busy, match="Bad Gateway"):
            server.infos.get()
        box.fault("answer", "GET /infos", status=500)
        with pytest.raises(toolkit.ServerFault, match="the database does not answer"):
            server.infos.get()
        box.fault("raw", "GET /infos", text='{"uuid": ', status=200)
        with pytest.raises(toolkit.BadReply, match="no JSON"):
            server.infos.get()
        box.fault("html", "GET /infos", status=200)
        with pytest.raises(toolkit.BadReply, match="a page came instead of JSON"):
            server.infos.get()
        box.fault("cut", "GET /infos", times=2)
        with pytest.raises(toolkit.ConnectionLost):
            server.infos.get()


def test_digest(box: XivoBox) -> None:
    """One challenge for a whole session; without an ACL account may do everything. Not in Wazo."""
    if box.era == "wazo":
        with client(box, authentication="digest") as server:
            with pytest.raises(toolkit.AccessDenied, match="no Digest"):
                server.login_with(box.user, box.password)
        return
    with client(box, authentication="digest") as server:
        since = len(box.calls)
        server.login_with(box.no_acls, box.no_acls_password)
        for _ in range(3):
            server.users.list()
        assert called(box, since) == [("GET confd", 401), *[("GET confd", 200)] * 4]
    with client(box, authentication="digest") as server:
        with pytest.raises(toolkit.AccessDenied, match="password of visitor is wrong"):
            server.login_with(box.no_acls, "wrong-pass-1")


def test_no_authentication(box: XivoBox) -> None:
    """An account by address, and confd's own port for its machine."""
    if box.open_url:
        with toolkit.xivo.connect(box.open_url, authentication="none") as server:
            assert len(server.users.list()) == 3
            assert server.era == box.era
        box.switch(trusted_hosts=("127.0.0.1",))
        with client(box, authentication="none") as server:
            assert len(server.users.list()) == 3
            box.switch(trusted_hosts=())
            with pytest.raises(toolkit.AccessDenied):
                server.users.list()


def test_406_and_415_never_come(box: XivoBox) -> None:
    """The strictest server takes every request: its headers are always exact."""
    with client(box) as server:
        since = len(box.calls)
        server.login_with(box.user, box.password)
        made = server.users.create(firstname="Exact")
        one = int(made["id"].item())
        server.users.update(one, lastname="x")
        server.users.get(one)
        server.users.delete(one)
        statuses = {call["status"] for call in box.calls[since:]}
    assert statuses <= {200, 201, 204}
