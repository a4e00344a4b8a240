"""Which profile file is read, and what is refused in one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import toolkit
from toolkit.cassettes.redaction.names import EXACT, SUFFIXES
from toolkit.configuration import profilefile
from toolkit.configuration.profilefile import find_file, read_file
from toolkit.outcomes import InvalidArgument

Write = Callable[[str], Path]
SECRET = "pony-7f3a"


def test_no_file_is_nothing_set(folder: Path) -> None:
    """Without a profile file there are no profiles, and settings have their defaults."""
    assert find_file() is None
    assert toolkit.profiles().empty
    assert set(toolkit.settings()["source"]) == {"default"}


def test_the_nearest_folder_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory, the folders above it up to home, then the user's own folder."""
    project, home = folder.parent, folder.parent.parent
    above = home.parent / "toolkit.toml"
    above.write_text("[defaults]\nread = 1")
    assert find_file() is None  # above home nothing is looked for
    import platformdirs

    users = Path(platformdirs.user_config_path("session-toolkit", appauthor=False))
    users.mkdir(parents=True)
    (users / "profiles.toml").touch()
    assert find_file() == users / "profiles.toml"
    for place in (home, project, folder):
        (place / "toolkit.toml").touch()
        assert find_file() == place / "toolkit.toml"
    row = toolkit.settings().set_index("setting").loc["profiles"]
    assert row["value"] == str(folder / "toolkit.toml")
    assert row["where"] == "the working directory, or one above it"
    named = folder / "other.toml"
    named.touch()
    monkeypatch.setenv("TOOLKIT_PROFILES", "other.toml")
    assert find_file() == named
    row = toolkit.settings().set_index("setting").loc["profiles"]
    assert (row["value"], row["source"]) == (str(named), "environment")
    monkeypatch.setenv("TOOLKIT_PROFILES", "off")
    assert find_file() is None
    assert toolkit.settings().set_index("setting").loc["profiles", "value"] == "off"


def test_the_users_file_is_said(folder: Path) -> None:
    """The table says that the file is the user's own."""
    import platformdirs

    users = Path(platformdirs.user_config_path("session-toolkit", appauthor=False))
    users.mkdir(parents=True)
    (users / "profiles.toml").touch()
    row = toolkit.settings().set_index("setting").loc["profiles"]
    assert row["where"] == "the user's folder"


def test_a_named_file_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is named is not passed over when it is not there."""
    monkeypatch.setenv("TOOLKIT_PROFILES", "gone.toml")
    with pytest.raises(InvalidArgument, match=r"TOOLKIT_PROFILES: .* 'gone\.toml' is not there"):
        toolkit.profiles()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[defaults", "is no TOML: "),
        ("read = 20", "means nothing here: 'read'; there are: defaults, profiles"),
        ("[profile.x]", "means nothing here: 'profile'; did you mean 'profiles'"),
        ("defaults = 1", r"defaults must be a table, \[defaults\]"),
        ("profiles = [1]", r"profiles must be a table, \[profiles\]"),
        ("[profiles]\nx = 1", r"profiles\.x must be a table, \[profiles\.x\]"),
        ("[defaults]\nraed = 20", r"\[defaults\] has a key .*'raed'; did you mean 'read'"),
        ("[defaults]\nverify = false", "verify belongs to one server.*TOOLKIT_VERIFY"),
        ("[defaults]\nproxy = 'http://p'", "proxy belongs to one server.*TOOLKIT_PROXY"),
        ("[defaults]\nprogress = 'off'", "has a key that means nothing: 'progress'"),
        ("[profiles.a-b]\n[profiles.a_b]", "'a-b' and 'a_b' would have the same environment"),
    ],
)
def test_a_file_that_means_nothing(write: Write, text: str, said: str) -> None:
    """A wrong table or key is one sentence that names the file, and the nearest right name."""
    path = write(text)
    with pytest.raises(InvalidArgument, match=said) as raised:
        toolkit.profiles()
    assert str(raised.value).startswith(str(path))


def test_a_file_of_another_encoding(folder: Path) -> None:
    """A file that is not UTF-8, or is a folder, is said to be none."""
    path = folder / "toolkit.toml"
    path.write_bytes(b"[profiles.\xff]")
    with pytest.raises(InvalidArgument, match="is no TOML: it is not UTF-8"):
        toolkit.settings()
    with pytest.raises(InvalidArgument, match="cannot be read"):
        read_file(folder)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"password = '{SECRET}'", "password is a secret.*toolkit.keep_answers"),
        (f"answers = ['{SECRET}']", "answers is a secret"),
        (f"answers = {{pet = '{SECRET}'}}", "answers is a secret"),
        (f"client_secret = '{SECRET}'", "TOOLKIT_FIELD_CLIENT_SECRET .*keep_answers.*'field'"),
        (f"headers = {{Authorization = '{SECRET}'}}", "Authorization is a secret"),
        (f"url = 'https://ada:{SECRET}@geoop.example'", "a user or a password in the address"),
        (f"proxy = 'http://{SECRET}@proxy.example'", "a user or a password in the address"),
        (f"url = 'https://geoop.example/?token={SECRET}'", "a secret in the address's query"),
        (f"url = 'https://geoop.example/#access_token={SECRET}'", "a secret in the address's"),
        (f"auth = '{SECRET}'", "auth is a secret"),
        (f"headers = {{auth = '{SECRET}'}}", "auth is a secret"),
        (f"hosts = ['x', 'https://{SECRET}@y.example']", "a user or a password in the address"),
        (f"hosts = [[{{pin = '{SECRET}'}}]]", "pin is a secret"),
    ],
)
def test_no_secret_in_a_profile(write: Write, line: str, said: str) -> None:
    """A secret is refused by whatever reads the file, with where it belongs, and not repeated."""
    path = write(f"[profiles.field]\nservice = 'geoop'\n{line}")
    for ask in (toolkit.profiles, toolkit.settings, lambda: toolkit.connect("field")):
        with pytest.raises(InvalidArgument, match=said) as raised:
            ask()
        assert str(raised.value).startswith(f"{path} [profiles.field]: ")
        assert SECRET not in str(raised.value)


@pytest.mark.parametrize("name", sorted({*EXACT, *SUFFIXES}))
def test_every_name_that_redaction_hides_is_refused(write: Write, name: str) -> None:
    """What is a secret in a recording is one in a profile."""
    write(f"[profiles.x]\nservice = 'geoop'\n{name} = '{SECRET}'")
    with pytest.raises(InvalidArgument, match=f"{name} is a secret"):
        toolkit.profiles()


def test_an_address_that_cannot_be_read_is_left_to_its_service(write: Write) -> None:
    """What is no address is refused where it is used, by what is wrong with it."""
    write("[profiles.x]\nservice = 'sertainty'\nurl = 'http://[x'")
    assert toolkit.profiles()["url"].item() == "http://[x"
    with pytest.raises(ValueError, match=r"Invalid IPv6|address"):
        toolkit.connect("x")


def test_a_working_directory_beside_the_home_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside the home folder, and for a user without one, all folders above are looked into."""
    outside = folder.parent.parent.parent / "elsewhere"
    outside.mkdir()
    monkeypatch.chdir(outside)
    (outside.parent / "toolkit.toml").touch()
    assert find_file() == outside.parent / "toolkit.toml"

    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    assert find_file() == outside.parent / "toolkit.toml"


def test_a_shared_folder_above_says_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody else put above one's own folder is not read."""
    shared = folder.parent
    (shared / "toolkit.toml").touch()
    assert find_file() == shared / "toolkit.toml"
    monkeypatch.setattr(profilefile, "_owner", lambda place: 7 if place == shared else 8)
    assert find_file() is None


def test_profiles_are_listed(write: Write) -> None:
    """One row a profile, with what it says of service, address and user."""
    path = write("""
        [profiles.prod-gateway]
        service = "sertainty"
        url = "https://gateway.example/dp"
        user = "ada"
        [profiles.field]
        service = "geoop"
    """)
    table = toolkit.profiles()
    assert table["profile"].tolist() == ["prod-gateway", "field"]
    assert table["service"].tolist() == ["sertainty", "geoop"]
    assert table["user"].isna().tolist() == [False, True]
    assert table["where"].tolist() == [
        f"{path} [profiles.prod-gateway]", f"{path} [profiles.field]",
    ]  # fmt: skip


def test_the_table_has_its_columns_when_empty(folder: Path, write: Write) -> None:
    """Columns and dtypes are the same with profiles and without any."""
    empty = toolkit.profiles().dtypes.astype(str)
    write("[profiles.field]\nservice = 'geoop'")
    assert toolkit.profiles().dtypes.astype(str).tolist() == empty.tolist()
    assert empty.tolist() == ["str", "category", "str", "str", "str"]
