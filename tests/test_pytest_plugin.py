"""The pytest plugin, used as its users do: tests of their own in a project of their own."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cassettes.answering import Server, answering
from toolkit.cassettes.bridge import use_cassette

pytest_plugins = ["pytester"]

PROJECT = """
import urllib.request
import pytest

URL = {url!r}

def get(path):
    with urllib.request.urlopen(URL + path, timeout=5) as response:
        return response.read().decode()
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with answering() as running:
        yield running


class Project:
    def __init__(self, pytester: pytest.Pytester, url: str) -> None:
        self.pytester = pytester
        self.url = url
        self.folder = Path(pytester.path)

    def write(self, text: str, **files: str) -> None:
        self.pytester.makepyfile(test_tasks=PROJECT.format(url=self.url) + text, **files)

    def run(self, *arguments: str, alone: bool = False) -> pytest.RunResult:
        """Run pytest there: in a process of its own, or (sooner done) in this one."""
        run = self.pytester.runpytest_subprocess if alone else self.pytester.runpytest_inprocess
        return run(
            *("-p", "toolkit.pytest_plugin", "-p", "no:cacheprovider", "-W", "error"),
            *("--strict-markers", *arguments),
        )

    def cassettes(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.folder).as_posix()) for path in self.folder.rglob("*.yaml")
        )


@pytest.fixture
def project(pytester: pytest.Pytester, server: Server, monkeypatch: pytest.MonkeyPatch) -> Project:
    # Not the plugins of whoever runs this suite: ours, and what a test adds.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Project(pytester, server.url)


def test_recorded_when_asked_and_replayed_by_default(project: Project, server: Server) -> None:
    """Nothing is sent by default; --cassette-mode=once records; then it is replayed."""
    project.write("@pytest.mark.cassette\ndef test_status(): assert get('/a') == 'answer 1 to /a'")
    missing = project.run(alone=True)
    missing.assert_outcomes(failed=1)
    said = "*RequestNotRecorded: There is no cassette*pytest: --cassette-mode=once*"
    missing.stdout.fnmatch_lines([said])
    assert server.served == []
    project.run("--cassette-mode=once", alone=True).assert_outcomes(passed=1)
    assert len(server.served) == 1
    assert project.cassettes() == ["cassettes/test_tasks/test_status.yaml"]
    project.run("--cassette-block-network", alone=True).assert_outcomes(passed=1)
    assert len(server.served) == 1


def test_the_words_of_pytest_recording(project: Project, server: Server) -> None:
    """Its marker, options and fixtures work when it is not there, with its names of files."""
    project.write(
        """
@pytest.fixture(scope="module")
def vcr_config():
    return {"match_on": ["path"], "filter_query_parameters": ["k"]}

@pytest.mark.vcr
def test_status(): assert get('/a?k=1') == 'answer 1 to /a?k=1'

class TestGroup:
    pytestmark = pytest.mark.vcr(match_on=["method"])

    @pytest.mark.parametrize("x", ["one/two"])
    def test_more(self, x): get('/b')

    @pytest.mark.default_cassette("named.yaml")
    def test_named(self): get('/c')

@pytest.mark.block_network
def test_blocked():
    with pytest.raises(Exception, match="may not connect to 127.0.0.1"):
        get('/d')
"""
    )
    project.run("--record-mode=once").assert_outcomes(passed=4)
    assert project.cassettes() == [
        "cassettes/test_tasks/TestGroup.test_more[one-two].yaml",
        "cassettes/test_tasks/named.yaml",
        "cassettes/test_tasks/test_status.yaml",
    ]
    assert len(server.served) == 3
    project.run("--record-mode=none", "--block-network").assert_outcomes(passed=4)
    assert len(server.served) == 3


def test_marker_fixtures_and_options_of_ours(project: Project) -> None:
    """A path and options in the marker, fixtures overridden, the open cassette as a fixture.

    Also in a test that runs an event loop, and in a unittest.TestCase.
    """
    project.write(
        """
import asyncio, unittest, httpx

@pytest.mark.cassette
def test_async():
    async def work():
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(URL + "/async")).text
    assert asyncio.run(work()) == "answer 1 to /async"

@pytest.mark.cassette
class TestOld(unittest.TestCase):
    def test_it(self): self.assertEqual(get("/old"), "answer 2 to /old")

@pytest.mark.cassette("monday.yaml", match_on=["method", "uri", "body"])
def test_marked(cassette):
    get('/a')
    assert len(cassette) == 1

def test_by_fixture(cassette):
    get('/b')
    assert cassette.requests[0].path == '/b'

def test_without():
    get('/c')
""",
        conftest="""
import pytest
@pytest.fixture(scope="module")
def cassette_dir(tmp_path_factory, request): return str(request.config.rootpath / "tapes")
@pytest.fixture
def cassette_name(request): return "of-" + request.node.name
@pytest.fixture(scope="module")
def cassette_config(): return {"record_mode": "once"}
""",
    )
    project.run().assert_outcomes(passed=5)
    assert project.cassettes() == [
        "tapes/monday.yaml",
        *(f"tapes/of-{name}.yaml" for name in ("test_async", "test_by_fixture", "test_it")),
    ]
    # The command line has the last word.
    project.run("--cassette-mode=none").assert_outcomes(passed=5)


def test_rewrite_replaces_the_cassette(project: Project, server: Server) -> None:
    """--cassette-mode=rewrite records all anew, and only then drops what was there."""
    project.write("@pytest.mark.cassette\ndef test_status(): print(get('/a'))")
    with use_cassette(project.folder / "cassettes" / "test_tasks" / "test_status.yaml"):
        urllib.request.urlopen(f"{server.url}/a").close()  # noqa: S310 - loopback
    for option in ("--cassette-mode=rewrite", "--cassette-block-network"):
        project.run(option, "-s").stdout.fnmatch_lines(["*answer 2 to /a*"])
    assert len(server.served) == 2


def test_the_network_is_blocked_but_for_some(project: Project) -> None:
    """Connections are refused with a sentence, event loops work, allowed hosts are reached."""
    project.write(
        """
import asyncio

def test_refused():
    with pytest.raises(Exception, match="may not connect to 10.11.12.13:80"):
        import socket
        socket.create_connection(("10.11.12.13", 80), 1)

@pytest.mark.cassette_block_network(allowed_hosts=["127.*"])
def test_allowed():
    get('/a')
    asyncio.run(asyncio.sleep(0))

def test_allowed_by_option():
    get('/a')
"""
    )
    project.run(
        "--cassette-block-network", "--cassette-allowed-hosts=10.9.9.9,localhost"
    ).assert_outcomes(passed=3)


OTHER = """
import pytest

def pytest_addoption(parser):
    parser.getgroup("other").addoption("--record-mode", choices=["none", "other"])
    parser.getgroup("other").addoption("--block-network", action="store_true")

def pytest_configure(config):
    config.addinivalue_line("markers", "vcr: the other's")
    config.addinivalue_line("markers", "block_network: the other's")

@pytest.fixture
def vcr_config(): return {"record_mode": "all"}

@pytest.fixture(autouse=True)
def other(request):
    if request.node.get_closest_marker("vcr"):
        print("the other's cassette, mode", request.config.getoption("--record-mode"))
    yield
"""


@pytest.mark.parametrize("order", [["other_plugin"], []])
def test_beside_another_plugin_of_the_same_words(
    project: Project, server: Server, order: list[str]
) -> None:
    """Whoever else brings --record-mode and the vcr marker keeps them, loaded before or after."""
    project.write(
        """
@pytest.mark.vcr
def test_theirs(): pass

@pytest.mark.block_network
def test_theirs_too(): get('/free')

@pytest.mark.cassette
def test_ours(): get('/a')
""",
        other_plugin=OTHER,
        **({} if order else {"conftest": "from other_plugin import *"}),
    )
    project.pytester.syspathinsert()
    plugins = [argument for name in order for argument in ("-p", name)]
    result = project.run(*plugins, "--record-mode=other", "--cassette-mode=once", "-s", alone=True)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*the other's cassette, mode other*"])
    assert project.cassettes() == ["cassettes/test_tasks/test_ours.yaml"]


def test_a_marker_registered_by_the_user_is_still_ours(project: Project) -> None:
    """Users of strict markers list ``vcr`` in their ini file: that is no other plugin."""
    project.pytester.makeini("[pytest]\nmarkers =\n    vcr: our tests with cassettes\n")
    project.write("@pytest.mark.vcr\ndef test_status(): get('/a')")
    project.run("--record-mode=once").assert_outcomes(passed=1)
    assert project.cassettes() == ["cassettes/test_tasks/test_status.yaml"]


def test_wrong_use_is_said(project: Project) -> None:
    """An unknown mode, two paths, an option that does not exist."""
    project.write(
        """
@pytest.mark.cassette("a", "b")
def test_two(): pass

@pytest.mark.cassette(matchon=["uri"])
def test_misspelled(): pass
"""
    )
    result = project.run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*a test has one cassette*", "*unknown option matchon*"])
    assert "invalid choice" in project.run("--cassette-mode=sometimes").stderr.str()


def test_starting_pytest_imports_nothing_heavy(project: Project) -> None:
    """Without a marked test neither vcrpy nor pandas is loaded."""
    project.write(
        """
import sys
def test_light():
    assert not {"vcr", "pandas", "yaml", "toolkit.cassettes"} & set(sys.modules)
"""
    )
    project.run(alone=True).assert_outcomes(passed=1)
    result = project.run("--help")
    result.stdout.fnmatch_lines(["*--cassette-mode*", "*--record-mode*"])
