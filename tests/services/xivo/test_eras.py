"""Where a server's APIs are, and which family of servers it is of."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import toolkit
from tests.loopback import scripted
from tests.services.xivo.wire import Requests, answer, connected, denied, page, token
from toolkit.outcomes import InvalidArgument
from toolkit.services.xivo import Options, connect
from toolkit.services.xivo.eras import APIS, Addresses
from toolkit.services.xivo.server import Server

HOST = "https://xivo.example"
BASES: list[tuple[str, dict[str, Any], str, str]] = [
    (HOST, {"era": "16.15"}, f"{HOST}:9486/1.1", f"{HOST}:9497/0.1"),
    (HOST + "/", {"era": "15.18"}, f"{HOST}:9486/1.1", f"{HOST}:9497/0.1"),
    (HOST, {"era": "wazo"}, f"{HOST}/api/confd/1.1", f"{HOST}/api/auth/0.1"),
    (f"{HOST}:8443", {"era": "wazo"}, f"{HOST}:8443/api/confd/1.1", f"{HOST}:8443/api/auth/0.1"),
    (f"{HOST}:9486", {}, f"{HOST}:9486/1.1", f"{HOST}:9497/0.1"),
    (f"{HOST}:9486/1.1/", {}, f"{HOST}:9486/1.1", f"{HOST}:9497/0.1"),
    (f"{HOST}/api/confd/1.1", {}, f"{HOST}/api/confd/1.1", f"{HOST}/api/auth/0.1"),
    (f"{HOST}/pbx/api", {}, f"{HOST}/pbx/api/confd/1.1", f"{HOST}/pbx/api/auth/0.1"),
    ("http://127.0.0.1:9487", {}, "http://127.0.0.1:9487/1.1", "https://127.0.0.1:9497/0.1"),
    ("http://127.0.0.1", {"era": "16.15"}, "http://127.0.0.1:9487/1.1",
     "https://127.0.0.1:9497/0.1"),
    ("http://127.0.0.1:19486/1.1", {"ports": {"auth": 19497}}, "http://127.0.0.1:19486/1.1",
     "http://127.0.0.1:19497/0.1"),
    ("http://[::1]:9486/1.1", {}, "http://[::1]:9486/1.1", "http://[::1]:9497/0.1"),
    (HOST, {"era": "16.15", "ports": {"confd": 50051}}, f"{HOST}:50051/1.1", f"{HOST}:9497/0.1"),
    (HOST, {"era": "16.15", "addresses": {"auth": "https://auth.example/0.1/"}},
     f"{HOST}:9486/1.1", "https://auth.example/0.1"),
    (HOST, {"era": "16.15", "addresses": {"auth": "https://auth.example"}},
     f"{HOST}:9486/1.1", "https://auth.example/0.1"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "options", "confd", "auth"), BASES)
def test_bases(url: str, options: dict[str, Any], confd: str, auth: str) -> None:
    """Each form of address, with named eras, ports and addresses."""
    addresses = Addresses(url, Options(**options))
    assert (addresses.base("confd"), addresses.base("auth")) == (confd, auth)


def test_every_api_has_a_base() -> None:
    """Ports of XiVO, prefixes of Wazo."""
    ports, behind = (Addresses(HOST, Options(era=era)) for era in ("16.15", "wazo"))  # type: ignore[arg-type]
    assert ports.base("dird") == f"{HOST}:9489/0.1"
    assert ports.base("ctid") == "http://xivo.example:9495/0.1"
    assert len({ports.base(api) for api in APIS}) == len({behind.base(api) for api in APIS})


@pytest.mark.parametrize(
    ("url", "options", "says"),
    [
        ("xivo.example", {}, "must be like https://host"),
        ("ftp://xivo.example", {}, "must be like"),
        ("https://xivo.example:99999", {}, "must be like"),
        ("https://xivo.example/1.1?x=1", {}, "must be like"),
        ("https://ada:pw-of-ada@xivo.example", {}, "must not hold a user or a password"),
        (HOST, {"ports": {"agend": 1}}, "no API 'agend'; there are: confd, auth"),
        (HOST, {"addresses": {"auth": "nowhere"}}, "must be like"),
        (HOST, {"era": "17"}, "era must be one of detect, 15.18, 16.15, wazo, not '17'"),
        (HOST, {"authentication": "oauth"}, "must be one of token, digest, none"),
        (HOST, {"expiration": 0}, "at least 1 second"),
        (HOST, {"expiration": "7"}, "whole seconds"),
        (HOST, {"renew_before": -1}, "must not be negative"),
        (HOST, {"tennant": "x"}, "no option is called tennant; there are: addresses"),
    ],
)
def test_unusable(url: str, options: dict[str, Any], says: str) -> None:
    """One sentence that says what would be right, and never a password."""
    with pytest.raises(InvalidArgument, match=says) as caught:
        connect(url, **options)
    assert "pw-of-ada" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "era"),
    [
        (token(), "16.15"),
        (token(acls=["acl:confd"]), "15.18"),
        (token(acl=["#"]), "wazo"),
    ],
)
def test_token_tells_the_era(said: dict[str, Any], era: str) -> None:
    """Nothing is asked for it."""
    with scripted(answer(said)) as loopback, connected(loopback.url) as server:
        server.login_with("ada", "pw-of-ada-1")
        assert server.era == era
        assert len(loopback.requests) == 1


WAZO = answer(["('', 'confd.infos.read')"], "401 UNAUTHORIZED")


@pytest.mark.parametrize(
    ("acts", "era", "count"),
    [
        ([denied(), page(b"", kind="application/x-yaml")], "16.15", 2),
        ([denied(), page(b"", "404 NOT FOUND")], "15.18", 2),
        ([WAZO], "wazo", 1),
        ([answer({"uuid": "5f2b", "wazo_version": "26.08"})], "wazo", 1),
        ([answer({"uuid": "5f2b"}), page(b"", kind="application/x-yaml")], "16.15", 2),
    ],
)
def test_era_without_a_token(acts: list[Any], era: str, count: int) -> None:
    """Asked for once, without credentials: how /infos is denied, and whether there is a spec."""
    with scripted(*acts) as loopback, connected(loopback.url) as server:
        assert server.era == era
        assert server.era == era
        requests = Requests(loopback.requests)
        assert len(requests) == count
        assert requests[0][0] == "GET /1.1/infos"
        assert "authorization" not in requests[0][1]


def test_named_era_is_believed() -> None:
    """A named era is not looked for."""
    with connected("http://127.0.0.1:9/", era="15.18") as server:
        assert server.era == "15.18"
        assert server.state.family.strict


def found_out(reachable: dict[str, httpx.Response]) -> tuple[Server, list[str]]:
    """A client of a bare host where only some addresses can be reached; and what it asked."""
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url}")
        for base, response in reachable.items():
            if str(request.url).startswith(base):
                return response
        raise httpx.ConnectError("refused")

    limits = toolkit.Limits(retries=0)
    return connect(HOST, transport=httpx.MockTransport(handle), limits=limits), asked


def test_bare_host_is_found_out() -> None:
    """A host alone: XiVO's port first, then Wazo's prefix; then the login goes where it is."""
    wazo = {
        f"{HOST}/api/confd/1.1": httpx.Response(401, json=["('', 'confd.infos.read')"]),
        f"{HOST}/api/auth/0.1": httpx.Response(200, json=token(acl=["#"])),
    }
    server, asked = found_out(wazo)
    with server:
        server.login_with("ada", "pw-of-ada-1")
    assert asked[:3] == [
        f"GET {HOST}:9486/1.1/infos",
        f"GET {HOST}/api/confd/1.1/infos",
        f"POST {HOST}/api/auth/0.1/token",
    ]
    xivo = {
        f"{HOST}:9486/1.1": httpx.Response(401, text="Unauthorized Access"),
        f"{HOST}:9497/0.1": httpx.Response(200, json=token()),
    }
    server, asked = found_out(xivo)
    with server:
        server.login_with("ada", "pw-of-ada-1")
    assert asked[:2] == [f"GET {HOST}:9486/1.1/infos", f"POST {HOST}:9497/0.1/token"]


def test_bare_host_that_is_none() -> None:
    """Where neither answers as confd does, the error says what to give."""
    server, _ = found_out({HOST: httpx.Response(404, html="<h1>It works!</h1>")})
    with server, pytest.raises(InvalidArgument, match="give confd's own address, or name the era"):
        _ = server.era
    server, _ = found_out({})
    with server, pytest.raises(toolkit.Unreachable):
        _ = server.era
