"""Clients by the name of a profile, against the sandbox and as they are made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests.loopback import reply, scripted
from toolkit.configuration import chosen_limits, chosen_proxy, chosen_verify
from toolkit.outcomes import InvalidArgument
from toolkit.services import connecting, offered, profiles

Write = Callable[[str], Path]
SECRET = "pony-7f3a"


@pytest.fixture(scope="module")
def box() -> Iterator[Any]:
    with toolkit.sandbox.start("sertainty") as running:
        yield running


def test_a_session_by_profile(box: Any, ring: Any, write: Write) -> None:
    """A profile's name is all that a script needs: its user's answers are in the keyring."""
    write(f"""
        [defaults]
        read = 20
        [profiles.prod-gateway]
        service = "sertainty"
        url = "{box.url}"
        user = "{box.user}"
        retries = 0
        alter_style = "args"
    """)
    with toolkit.connect("prod-gateway", total=90) as gateway:
        assert isinstance(gateway, toolkit.sertainty.Gateway)
        limits = gateway.limits
        assert (limits.read, limits.retries, limits.total, limits.connect) == (20, 0, 90, 5)
        assert gateway.options.alter_style == "args"
        table = toolkit.settings("prod-gateway").set_index("setting")
        assert (table.loc["answers", "source"], table.loc["user", "value"]) == ("default", box.user)
        toolkit.keep_answers(gateway, box.user, box.answers)
        table = toolkit.settings("prod-gateway").set_index("setting")
        assert table.loc["answers", ["value", "source"]].tolist() == ["set", "keyring"]
        session = asyncio.run(gateway.login())
        assert (session.user, gateway.profile.name) == (box.user, "prod-gateway")
        assert gateway.task.get_status("Nightly", "ingest")["task"].item() == "ingest"


def test_ready_answers_are_the_profiles_users(box: Any, write: Write) -> None:
    """Where answers are given and no user, it is the profile's; an argument names another."""
    write(f'[profiles.prod]\nservice = "sertainty"\nurl = "{box.url}"\nuser = "{box.user}"')
    with toolkit.connect("prod") as gateway:
        assert asyncio.run(gateway.login(answers=box.answers)).user == box.user
    with toolkit.connect("prod", user="bob") as gateway:
        assert gateway.profile.user == "bob"


def test_an_async_client_by_profile(box: Any, write: Write) -> None:
    """connect_async gives the awaited client of the same profile, with the same settings."""
    write(f'[profiles.prod]\nservice = "sertainty"\nurl = "{box.url}"\nread = 20')

    async def asked() -> Any:
        async with toolkit.connect_async("prod") as gateway:
            assert (gateway.limits.read, gateway.profile.name) == (20, "prod")
            await gateway.login_with(box.user, box.answers)
            return await gateway.task.get_status("Nightly", "ingest")

    assert asyncio.run(asked())["task"].item() == "ingest"


def test_a_profile_in_no_file(box: Any, folder: Path) -> None:
    """A mapping says what a profile would say; it has no variables of its own."""
    with toolkit.connect({"service": "sertainty", "url": box.url, "read": 20}) as gateway:
        assert (gateway.limits.read, gateway.url) == (20, box.url)
    table = toolkit.settings({"service": "geoop", "user": "ada"}).set_index("setting")
    assert table["variable"].isna()["client_id"]
    with pytest.raises(InvalidArgument, match=r"give it to connect\(\) as the argument token"):
        toolkit.connect({"service": "geoop", "token": SECRET})
    with pytest.raises(InvalidArgument, match=r"a name or a mapping, not int; toolkit\.profiles"):
        toolkit.connect(7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("sertainty", "https://gateway.example/dp"),
        ("uptivity", "tcp://recorder.example"),
        ("xivo", "https://xivo.example"),
        ("geoop", "https://api.example"),
    ],
)
def test_every_service(name: str, url: str, write: Write) -> None:
    """Each service's client is made of a profile, with its own default limits but for one."""
    write(f'[profiles.there]\nservice = "{name}"\nurl = "{url}"\nconnect = 2')
    own = offered(name, "LIMITS") or toolkit.Limits()
    table = toolkit.settings("there").set_index("setting")
    with toolkit.connect("there") as client:
        assert client.service_name == name
        assert (client.limits.connect, client.limits.read) == (2, own.read)
    assert float(table.loc["read", "value"]) == own.read


def test_the_environment_wins_over_a_services_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's own limits are defaults: what the environment says of one of them counts."""
    monkeypatch.setenv("TOOLKIT_CONNECT", "2")
    with toolkit.uptivity.connect("tcp://recorder.example") as server:
        assert (server.limits.connect, server.limits.read) == (2, 30)


def test_what_the_profile_lacks_the_service_has(write: Write) -> None:
    """A service with an address of its own needs none; another does, and says so."""
    write('[profiles.field]\nservice = "geoop"\n[profiles.prod]\nservice = "sertainty"')
    with toolkit.connect("field") as client:
        assert client.url == "https://api.geoop.com"
    with pytest.raises(InvalidArgument, match=r'\[profiles\.prod\] needs url = "https://'):
        toolkit.connect("prod")
    with toolkit.connect("prod", url="https://gateway.example/dp") as gateway:
        assert gateway.url == "https://gateway.example/dp"


def test_a_table_in_a_profile(write: Write) -> None:
    """Options that are tables, and headers, are tables in the file."""
    write("""
        [profiles.phones]
        service = "xivo"
        url = "https://xivo.example"
        [profiles.phones.ports]
        auth = 19497
        [profiles.phones.headers]
        X-Site = "north"
        [profiles.field]
        service = "geoop"
        [profiles.field.modifiers]
        page_name = "p"
    """)
    with toolkit.connect("phones") as xivo:
        assert dict(xivo.options.ports) == {"auth": 19497}
    with toolkit.connect("field") as geoop:
        assert geoop.options.modifiers.page_name == "p"
        assert geoop.options.modifiers.sort_name == "sort"
    modifiers = toolkit.geoop.Modifiers(page_name="q")
    with toolkit.connect("field", modifiers=modifiers) as geoop:
        assert geoop.options.modifiers == modifiers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r'\[profiles\.x\] needs service = "\.\.\.", one of geoop, sertainty, uptivity'),
        ("service = 7", 'needs service = "'),
        ('service = "geop"', "a service that is not installed: 'geop'; did you mean 'geoop'"),
        ('service = "geoop"\nraed = 7', "a key that means nothing: 'raed'; did you mean 'read'"),
        ('service = "geoop"\nchnk = 7', "a key that means nothing: 'chnk'; did you mean 'chunk'"),
        ('service = "geoop"\nalter_style = "args"', "means nothing: 'alter_style'"),
        ('service = "geoop"\nprogress = "off"', "progress is not of one server.*TOOLKIT_PROGRESS"),
        ('service = "geoop"\nread = "soon"', "read: a number of seconds above 0 is expected"),
        ('service = "geoop"\nread = true', "read: a number of seconds above 0 is expected"),
        ('service = "geoop"\nchunk = "many"', "chunk: a whole number is expected, not 'many'"),
        ('service = "geoop"\nchunk = 0', r"\[profiles\.x\]: chunk is a whole number from 1 on"),
        ('service = "geoop"\ncounts = 3', "counts: true or false is expected"),
        ('service = "geoop"\nclient_login = "x"', "client_login: one of form, basic is expected"),
        ('service = "geoop"\nmodifiers = {pag_name = "p"}', "modifiers: a table of page_name, "),
        ('service = "geoop"\nmodifiers = 7', "modifiers: a table of page_name, "),
        ('service = "geoop"\nuser = 7', "user: a text is expected, not 7"),
        ('service = "geoop"\nverify = "gone.pem"', "verify: the path of a CA file is expected"),
    ],
)
def test_a_profile_that_means_nothing(write: Write, text: str, said: str) -> None:
    """Whatever is wrong in a profile is one sentence that names the file and the table."""
    path = write(f"[profiles.x]\n{text}")
    for ask in (toolkit.settings, toolkit.connect):
        with pytest.raises(InvalidArgument, match=said) as raised:
            ask("x")  # type: ignore[operator]
        assert str(raised.value).startswith(f"{path} [profiles.x]")


def test_a_name_that_is_not_there(folder: Path, write: Write) -> None:
    """An unknown profile or argument names the nearest one."""
    with pytest.raises(InvalidArgument, match=r"no profile 'prod'.* \[profiles\.prod\] would be"):
        toolkit.connect("prod")
    path = write('[profiles.prod-gateway]\nservice = "geoop"')
    with pytest.raises(InvalidArgument, match="did you mean 'prod-gateway'") as raised:
        toolkit.connect("prod-gatewy")
    assert str(path) in str(raised.value)
    with pytest.raises(InvalidArgument, match="takes no argument 'raed'; did you mean 'read'"):
        toolkit.connect("prod-gateway", raed=7)
    with pytest.raises(InvalidArgument, match="there is no setting 'raed'; did you mean 'read'"):
        toolkit.settings(raed=7)


def test_an_address_is_no_name(folder: Path, write: Write) -> None:
    """It says who takes an address, and does not repeat what may hold a password."""
    for _ in range(2):  # with a profile file and without
        with pytest.raises(InvalidArgument, match=r"such as toolkit\.sertainty\.connect") as raised:
            toolkit.connect("https://ada:hunter2@gateway.example/")
        assert "hunter2" not in str(raised.value)
        write('[profiles.field]\nservice = "geoop"')


def test_options_in_the_environment(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's options may be set under its name, with a profile and without one."""
    write('[profiles.field]\nservice = "geoop"\npage_size = 5\nchunk = 5')
    monkeypatch.setenv("TOOLKIT_GEOOP_PAGE_SIZE", "7")
    monkeypatch.setenv("TOOLKIT_GEOOP_INDEX_BASE", "0")
    monkeypatch.setenv("TOOLKIT_GEOOP_MODIFIERS", '{"page_name": "p"}')
    with toolkit.geoop.connect() as plain, toolkit.connect("field") as named:
        assert (plain.options.page_size, named.options.page_size) == (7, 7)
        assert (plain.options.chunk, named.options.chunk) == (100, 5)
        assert (plain.options.index_base, plain.options.modifiers.page_name) == (0, "p")
    with toolkit.geoop.connect(page_size=9) as given:
        assert given.options.page_size == 9
    with toolkit.geoop.connect(options=toolkit.geoop.Options()) as whole:
        assert whole.options.page_size == 0
    monkeypatch.setenv("TOOLKIT_GEOOP_CHUNK", "0")
    for connect in (toolkit.geoop.connect, lambda: toolkit.connect("field")):
        with pytest.raises(InvalidArgument, match="TOOLKIT_GEOOP_CHUNK: chunk is a whole number"):
            connect()


def test_whole_arguments_win_whole(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits or options given whole leave the other layers out; single arguments change them."""
    write('[profiles.field]\nservice = "geoop"\nread = 5\nchunk = 5')
    monkeypatch.setenv("TOOLKIT_TOTAL", "7")
    limits, options = toolkit.Limits(connect=1), toolkit.geoop.Options(page_size=3)
    with toolkit.connect("field", limits=limits, options=options, retries=4, scope="x") as client:
        assert client.limits == toolkit.Limits(connect=1, retries=4)
        assert client.options == toolkit.geoop.Options(page_size=3, scope="x")
    assert chosen_limits(limits, toolkit.Limits()) is limits


def test_a_path_in_a_profile_is_beside_it(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CA file that a profile names lies beside the file, wherever one works."""
    path = write('[profiles.x]\nservice = "geoop"\nverify = "ca.pem"')
    (folder / "ca.pem").touch()
    (folder / "deeper").mkdir()
    monkeypatch.chdir(folder / "deeper")
    row = toolkit.settings("x").set_index("setting").loc["verify"]
    assert row["value"] == str(path.with_name("ca.pem"))
    with pytest.raises(InvalidArgument, match=r"ca\.pem' cannot be read"):
        toolkit.connect("x")


def test_who_is_trusted(write: Write, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """An argument wins over the variable, also to trust the public authorities, or anybody."""
    (folder / "ca.pem").touch()
    write('[profiles.x]\nservice = "geoop"\nverify = false')
    assert toolkit.settings("x").set_index("setting").loc["verify", "value"] == "false"
    toolkit.connect("x").close()
    monkeypatch.setenv("TOOLKIT_VERIFY", "ca.pem")
    assert chosen_verify(None) == "ca.pem"
    assert chosen_verify(True) is True
    assert chosen_verify(False) is False
    for connect in (toolkit.geoop.connect, lambda: toolkit.connect("x")):
        with pytest.raises(InvalidArgument, match=r"ca\.pem' cannot be read"):
            connect()
    toolkit.connect("x", verify=True).close()
    toolkit.geoop.connect(verify=True).close()


def test_through_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is gone through, unless the argument is empty."""
    with scripted(reply(b"hello")) as server:
        monkeypatch.setenv("TOOLKIT_PROXY", server.url)
        assert chosen_proxy(None) == server.url
        assert chosen_proxy("") is None
        with toolkit.sertainty.connect("http://gateway.example/dp") as gateway:
            with pytest.raises(toolkit.BadReply):
                gateway.agent.ping()
        assert b"http://gateway.example/dp" in server.requests[0][0]


def test_a_service_that_cannot_be_connected_to(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin without connect, or without an async client, says so."""
    write('[profiles.x]\nservice = "geoop"')
    told = {"connect": toolkit.geoop.connect}
    monkeypatch.setattr(connecting, "offered", lambda service, what: told.get(what))
    with pytest.raises(InvalidArgument, match=r"no connect_async; toolkit\.connect makes"):
        toolkit.connect_async("x")
    told.clear()
    with pytest.raises(InvalidArgument, match=r"the service geoop has no connect$"):
        toolkit.connect("x")


def test_a_small_plugin(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connect that passes on what it is given is given what somebody said, and no more."""
    path = write('[profiles.x]\nservice = "geoop"\nurl = "https://x.example"')
    told: dict[str, Any] = {"connect": lambda url, **options: (url, options)}
    for module in (connecting, profiles):
        monkeypatch.setattr(module, "offered", lambda service, what: told.get(what))
    assert toolkit.connect("x") == ("https://x.example", {})
    assert toolkit.connect("x", read=5)[1] == {"limits": toolkit.Limits(read=5)}
    limits = toolkit.Limits(read=7)
    assert toolkit.connect("x", limits=limits)[1] == {"limits": limits}
    path.write_text(path.read_text() + '\nproxy = "http://p.example"\nverify = false')
    assert toolkit.connect("x")[1] == {"proxy": "http://p.example", "verify": False}
    told["connect"] = lambda url: url
    with pytest.raises(InvalidArgument, match="the service geoop takes no verify, proxy"):
        toolkit.connect("x")


def test_record_mode_in_the_environment(
    box: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that records is answered from its recording where the environment says so."""
    with toolkit.sertainty.connect(box.url) as gateway:
        with toolkit.record("ping.yaml"):
            first = gateway.agent.ping()
        monkeypatch.setenv("TOOLKIT_RECORD_MODE", "none")
        with toolkit.record("ping.yaml") as recording:
            assert gateway.agent.ping().equals(first)
            assert recording.calls == 1
        with toolkit.record("ping.yaml", mode="append"):
            gateway.agent.ping()
    assert len(toolkit.read_calls("ping.yaml")) == 2
