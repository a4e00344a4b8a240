"""The client's face: methods, arguments, HTTP's side of the wire, TLS, options."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import toolkit
from tests.loopback import Scripted, raw, reply, scripted
from tests.services.uptivity.wire import answer, result, scripted as socket_server
from toolkit.outcomes import InvalidArgument
from toolkit.services.uptivity.experimental import INVENTED
from toolkit.services.uptivity.server import Server

NUMBERLESS = result("")


def asked(server: Scripted) -> tuple[str, str, dict[str, str]]:
    """Method, path and query of the last request."""
    line = server.requests[-1][0].split(b"\r\n")[0].decode()
    method, target, _ = line.split(" ")
    parts = urlsplit(target)
    return method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))


def client(server: Scripted, **options: Any) -> Server:
    return toolkit.uptivity.connect(server.url, **options)


def test_http_form() -> None:
    """A POST with a query and no body; GET where the option says so; the path as given."""
    with scripted(reply(NUMBERLESS)) as server:
        with client(server) as one:
            one.calls.start(1001, ani="555 1", user2="é&")
            method, path, query = asked(server)
            assert (method, path, server.bodies[-1]) == ("POST", "/webAPI.aspx", b"")
            assert int(query.pop("requestid")) > 0
            assert query == {"type": "callstart", "deviceid": "1001", "ani": "555 1", "user2": "é&"}
        with client(server, http_method="GET") as one:
            one.test()
            assert asked(server)[0] == "GET"
        with toolkit.uptivity.connect(f"{server.url}proxy/webapi.aspx") as one:
            one.test()
            assert asked(server)[1] == "/proxy/webapi.aspx"


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda one: one.calls.stop("1", callinstance=2), {"type": "callstop", "deviceid": "1",
                                                           "callinstance": "2"}),
        (lambda one: one.calls.update(sys_user="jo", keepdays=30, user15="x", CtiInitiated=True),
         {"type": "callupdate", "sys_user": "jo", "keepdays": "30", "user15": "x",
          "ctiinitiated": "Y"}),
        (lambda one: one.calls.list(), {"type": "calllist"}),
        (lambda one: one.users.list(), {"type": "importuser", "action": "list"}),
        (lambda one: one.users.send("add", username="x"), {"type": "importuser", "action": "add",
                                                            "username": "x"}),
        (lambda one: one.send("newCommand", a=1), {"type": "newcommand", "a": "1"}),
        (lambda one: one.call("CALLSTART", "7", "2", ani="5"),
         {"type": "callstart", "deviceid": "7", "callinstance": "2", "ani": "5"}),
        (lambda one: one.call("calls.update", "7", KEEPDAYS="30"),
         {"type": "callupdate", "deviceid": "7", "keepdays": "30"}),
        (lambda one: one.call("users.send", "list"), {"type": "importuser", "action": "list"}),
    ],
)  # fmt: skip
def test_methods(use: Any, expected: dict[str, str]) -> None:
    """Each method sends what it says."""
    with scripted(reply(NUMBERLESS)) as server, client(server) as one:
        use(one)
        query = asked(server)[2]
        query.pop("requestid")
        assert query == expected


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda one: one.calls.start(), "CALLSTART needs one of deviceid, devicealias"),
        (lambda one: one.calls.stop("", callinstance=1), "CALLSTOP needs one of"),
        (lambda one: one.call("CALLUPDATE", keepdays=3), "CALLUPDATE needs one of"),
        (lambda one: one.call("CALLUPDATE", "1", keepdays="x"), "keepdays must be a whole number"),
        (lambda one: one.call("CALLSTRAT"), "did you mean CALLSTART"),
        (lambda one: one.call("TEST", 1), "TEST has 0 arguments, not 1"),
        (lambda one: one.call("CALLSTOP", "1", DEVICEID="2"), "DEVICEID is given twice"),
        (lambda one: one.call("IMPORTUSER"), "IMPORTUSER needs action"),
        (lambda one: one.experimental, "experimental=True"),
    ],
)
def test_refused(use: Any, says: str) -> None:
    """What cannot be right is refused before anything is sent."""
    with scripted(reply(NUMBERLESS)) as server, client(server) as one:
        with pytest.raises(InvalidArgument, match=says):
            use(one)
        assert server.requests == []


def test_any_http_status() -> None:
    """A RESULT is one under any status and content type."""
    for status in ("200 OK", "500 Internal Server Error", "404 Not Found"):
        with scripted(reply(NUMBERLESS, status, "application/octet-stream")) as server:
            with client(server) as one:
                assert one.test()["code"].item() == 20


def test_cut_http_body() -> None:
    """A body that ends with the connection, inside the RESULT, is no answer."""
    cut = raw(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + NUMBERLESS[:-12])
    with scripted(cut) as server, client(server) as one:
        with pytest.raises(toolkit.BadReply, match="breaks off"):
            one.test()


def test_experimental() -> None:
    """Off by default; turned on, each name is there, sends itself, and says it is invented."""
    with scripted(reply(NUMBERLESS)) as server, client(server, experimental=True) as one:
        names = one.experimental.names()
        assert set(names["type"]) == set(INVENTED)
        assert {name.lower() for name in INVENTED} <= set(dir(one.experimental))
        one.experimental.recordstart(deviceid="1001")
        assert asked(server)[2]["type"] == "recordstart"
        assert "invented" in one.experimental.recordstart.__doc__
        with pytest.raises(AttributeError, match="no experimental command 'explode'"):
            _ = one.experimental.explode


def test_no_secret_no_login() -> None:
    """The face has no login, and the docs say what that means."""
    assert not hasattr(Server, "login")
    for said in (toolkit.uptivity.__doc__, Server.__doc__):
        assert said is not None
        assert "full control" in " ".join(said.split())


def test_options() -> None:
    """An unknown option, a wrong value, and what a socket has no use for."""
    for options, says in [
        ({"http_methd": "GET"}, "no option is called http_methd; there are: encoding"),
        ({"http_method": "PUT"}, "http_method must be one of POST, GET"),
        ({"encoding": "utf-16"}, "encoding must be one that has ASCII in it"),
        ({"tries": 0}, "tries must be 1 or more"),
    ]:
        with pytest.raises(InvalidArgument, match=says):
            toolkit.uptivity.connect("http://h", **options)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="no proxy and no headers"):
        toolkit.uptivity.connect("tcp://h", headers={"a": "b"})


def test_tls(tmp_path: Any) -> None:
    """Verified by default; a CA file that cannot be read is refused with what would be right."""
    bad = tmp_path / "ca.pem"
    bad.write_text("no certificate")
    for verify in (bad, str(tmp_path / "missing.pem")):
        with pytest.raises(InvalidArgument, match="path of a CA file in PEM form"):
            toolkit.uptivity.connect("https://h", verify=verify)
    context = ssl.create_default_context()
    toolkit.uptivity.connect("https://h", verify=context).close()
    toolkit.uptivity.connect("https://h", verify=False).close()


def test_reprs() -> None:
    """One line, and a card in a notebook."""
    with socket_server(answer()) as server, toolkit.uptivity.connect(server.url) as one:
        assert repr(one) == f"<uptivity server {server.url}>"
        assert "none needed" in one._repr_html_()
        assert repr(one.calls) == f"<uptivity calls of {server.url}>"
        one.test()
        assert one.last is not None
        assert one.last.function == "TEST"


def test_table_of_functions() -> None:
    """Six rows, each of which is a method of the face."""
    table = toolkit.functions("uptivity").set_index("function")
    assert table.index.tolist() == [
        "TEST", "CALLSTART", "CALLSTOP", "CALLUPDATE", "CALLLIST", "IMPORTUSER",
    ]  # fmt: skip
    assert table.index[table["changes"]].tolist() == [
        "CALLSTART", "CALLSTOP", "CALLUPDATE", "IMPORTUSER",
    ]  # fmt: skip
    one = toolkit.uptivity.connect("tcp://h")
    for method in table["method"]:
        found: Any = one
        for name in method.partition("(")[0].split("."):
            found = getattr(found, name)
        assert found.__doc__
