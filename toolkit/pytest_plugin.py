"""A pytest plugin: HTTP calls of marked tests are replayed from cassettes.

::

    @pytest.mark.cassette                       # cassettes/test_tasks/test_status.yaml
    def test_status(): ...

    @pytest.mark.cassette("monday.yaml", match_on=["method", "uri", "body"])
    def test_monday(cassette):                  # the open cassette, should a test want it
        ...

Nothing is recorded unless asked for: ``pytest --cassette-mode=once`` records what is missing.
Who comes from pytest-recording keeps ``@pytest.mark.vcr``, ``--record-mode``, ``--block-network``,
``vcr_config``, ``vcr_cassette_dir`` and ``default_cassette_name``: they work here as long as no
other plugin claims them. Cassettes are found where pytest-recording looks for them.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

_MODES = ("none", "once", "new_episodes", "all", "rewrite")
_MODE_HELP = "HTTP of tests with cassettes: none (replay only, the default), once, new_episodes, "
_ILLEGAL = re.compile(r"[<>?%*:|\"'/\\]")
_MARKERS = {
    "cassette": "cassette(path=None, **options): replay this test's HTTP from a cassette; the "
    "options are those of toolkit.use_cassette, and allowed_hosts",
    "cassette_block_network": "cassette_block_network(allowed_hosts=[]): refuse connections",
}
# Words of pytest-recording: ours only when nobody else brings them.
_SHARED_MARKERS = {
    "vcr": "vcr(path=None, **options): as cassette",
    "default_cassette": "default_cassette(name): file name of this test's cassette",
    "block_network": "block_network(allowed_hosts=[]): as cassette_block_network",
}
_SHARED_OPTIONS: dict[str, dict[str, Any]] = {
    "--record-mode": {"choices": _MODES, "help": "as --cassette-mode"},
    "--block-network": {"action": "store_true", "help": "as --cassette-block-network"},
}


class NetworkBlocked(RuntimeError):
    """A test tried to connect although the network is blocked for it."""


class _State:
    """What this session found out about the words it may use."""

    def __init__(self, config: pytest.Config) -> None:
        self.own_markers = set(config.getini("markers"))
        self.options: set[str] = set(getattr(config, "_toolkit_options", ()))
        self.markers: set[str] = set()


_STATE = pytest.StashKey[_State]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that are ours alone."""
    group = parser.getgroup("cassettes")
    group.addoption("--cassette-mode", choices=_MODES, help=f"{_MODE_HELP}all or rewrite")
    group.addoption(
        "--cassette-block-network",
        action="store_true",
        help="refuse connections in every test (see also --cassette-allowed-hosts)",
    )
    group.addoption(
        "--cassette-allowed-hosts",
        default="",
        metavar="HOSTS",
        help="hosts to which tests may connect all the same, separated by commas",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser
) -> Generator[None, Any, Any]:
    """Add the shared options when all plugins and conftest files had their turn."""
    result = yield
    mine = []
    for name, settings in _SHARED_OPTIONS.items():
        if not _is_claimed(parser, name, settings):
            parser.getgroup("cassettes").addoption(name, **settings)
            mine.append(name)
    early_config._toolkit_options = mine  # type: ignore[attr-defined]
    return result


def _is_claimed(parser: pytest.Parser, name: str, settings: dict[str, Any]) -> bool:
    words = [name] if "action" in settings else [name, "none"]
    try:
        _, unknown = parser.parse_known_and_unknown_args(words)
    except (SystemExit, pytest.UsageError):  # known, with other values
        return True
    return name not in unknown


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register our markers, and remember which there were before other plugins added theirs."""
    config.stash[_STATE] = _State(config)
    for text in _MARKERS.values():
        config.addinivalue_line("markers", text)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Take the shared markers that no other plugin has registered."""
    config = session.config
    state = config.stash[_STATE]
    added = [line for line in config.getini("markers") if line not in state.own_markers]
    taken = {re.split(r"[(:]", line, maxsplit=1)[0].strip() for line in added}
    for name, text in _SHARED_MARKERS.items():
        if name not in taken:
            state.markers.add(name)
            config.addinivalue_line("markers", text)


@pytest.fixture(autouse=True)
def _cassette_of_the_marker(request: pytest.FixtureRequest) -> Iterator[None]:
    """Open the cassette of a marked test, and block the network where that is asked for."""
    with contextlib.ExitStack() as stack:
        hosts = _allowed_hosts(request)
        if hosts is not None:
            stack.enter_context(_blocked_network(hosts))
        if _markers(request, "cassette", "vcr"):
            request.getfixturevalue("cassette")
        yield


@pytest.fixture(scope="module")
def cassette_config() -> dict[str, Any]:
    """Options of ``toolkit.use_cassette`` for all cassettes; override it in a conftest or test."""
    return {}


@pytest.fixture(scope="module")
def cassette_dir(request: pytest.FixtureRequest) -> str:
    """The folder of cassettes: ``cassettes/<test module>`` beside the module unless overridden."""
    module = Path(request.node.path)
    return str(module.parent / "cassettes" / module.stem)


@pytest.fixture
def cassette_name(request: pytest.FixtureRequest) -> str:
    """The cassette's file name, without ``.yaml``: class and test unless overridden."""
    named = _markers(request, "default_cassette")
    if named and named[-1].args:
        return str(named[-1].args[0])
    class_name = f"{request.cls.__name__}." if request.cls else ""
    return _ILLEGAL.sub("-", f"{class_name}{request.node.name}")


@pytest.fixture
def cassette(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The cassette of this test, open while it runs: vcrpy's attributes, our engine."""
    from toolkit.cassettes.bridge import use_cassette

    options: dict[str, Any] = {**_shared_fixture(request, "vcr_config", "cassette_config")}
    path: str | None = None
    for mark in _markers(request, "cassette", "vcr"):  # the outermost first
        if len(mark.args) > 1:
            raise pytest.UsageError(
                f"{request.node.nodeid}: a test has one cassette; {mark.name} got "
                f"{len(mark.args)} paths"
            )
        path = mark.args[0] if mark.args else path
        options |= mark.kwargs
    options.pop("allowed_hosts", None)
    options.pop("block_network", None)
    mode = _mode(request.config, options.pop("record_mode", None))
    if mode == "rewrite":
        mode, options["drop_unused_requests"] = "all", True
    folder = Path(_shared_fixture(request, "vcr_cassette_dir", "cassette_dir"))
    if path is None:
        name = _shared_fixture(request, "default_cassette_name", "cassette_name")
        path = name if str(name).endswith((".yaml", ".yml", ".json")) else f"{name}.yaml"
    with use_cassette(folder / path, record_mode=mode, **options) as opened:
        yield opened


def _mode(config: pytest.Config, configured: Any) -> str:
    """The record mode: the command line's word, else the marker's or the config's, else none."""
    mode = config.getoption("--cassette-mode")
    if mode is None and "--record-mode" in config.stash[_STATE].options:
        mode = config.getoption("--record-mode")
    return str(mode or getattr(configured, "value", configured) or "none")


def _markers(request: pytest.FixtureRequest, *names: str) -> list[pytest.Mark]:
    """The marks of these names that are ours to read, the outermost first."""
    state = request.config.stash.get(_STATE, None)
    ours = {name for name in names if name in _MARKERS or (state and name in state.markers)}
    return [mark for mark in request.node.iter_markers() if mark.name in ours][::-1]


def _shared_fixture(request: pytest.FixtureRequest, shared: str, own: str) -> Any:
    """A fixture by its name elsewhere, if somebody defined it, else by ours."""
    try:
        return request.getfixturevalue(shared)
    except pytest.FixtureLookupError as error:
        if error.argname != shared:
            raise
    return request.getfixturevalue(own)


def _allowed_hosts(request: pytest.FixtureRequest) -> list[str] | None:
    """The hosts that this test may connect to; None when the network is not blocked."""
    config = request.config
    marks = _markers(request, "cassette_block_network", "block_network")
    blocked = bool(marks) or config.getoption("--cassette-block-network")
    if not blocked and "--block-network" in config.stash[_STATE].options:
        blocked = config.getoption("--block-network")
    if not blocked:
        return None
    hosts = [host for host in config.getoption("--cassette-allowed-hosts").split(",") if host]
    for mark in (*marks, *_markers(request, "cassette", "vcr")):
        hosts += mark.kwargs.get("allowed_hosts", ())
    return [host.strip() for host in hosts]


@contextlib.contextmanager
def _blocked_network(allowed: Iterable[str]) -> Iterator[None]:
    """Refuse to connect anywhere but to the allowed hosts (names, addresses or patterns)."""
    patterns = [re.compile(host) for host in allowed]
    numbers = {address for host in allowed for address in _addresses(host)}
    exempt = threading.local()
    connect, connect_ex, pair = socket.socket.connect, socket.socket.connect_ex, socket.socketpair

    def check(sock: socket.socket, address: Any) -> None:
        if not isinstance(address, tuple) or getattr(exempt, "on", False):
            return  # a local socket, or the two ends of a socket pair (event loops have one)
        host = str(address[0])
        if host in numbers or any(pattern.fullmatch(host) for pattern in patterns):
            return
        sock.close()  # whoever made it expects an OSError before closing it
        raise NetworkBlocked(
            f"this test may not connect to {host}:{address[1]}; record its calls "
            "(--cassette-mode=once without the block), or allow the host"
        )

    def guarded(sock: socket.socket, address: Any) -> None:
        check(sock, address)
        connect(sock, address)

    def guarded_ex(sock: socket.socket, address: Any) -> int:
        check(sock, address)
        return connect_ex(sock, address)

    def free_pair(*args: Any, **kwargs: Any) -> Any:
        exempt.on = True
        try:
            return pair(*args, **kwargs)
        finally:
            exempt.on = False

    patch = pytest.MonkeyPatch()
    try:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        patch.setattr(socket, "socketpair", free_pair)
        yield
    finally:
        patch.undo()


def _addresses(host: str) -> set[str]:
    """The host itself; for localhost its numbers too. Names elsewhere are not looked up."""
    return {host, "127.0.0.1", "::1"} if host == "localhost" else {host}
