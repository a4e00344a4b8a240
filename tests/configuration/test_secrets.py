"""Secrets come from an argument, the environment or the keyring, and go to one server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import keyring.errors
import pytest

import toolkit
from toolkit.services.base.keeping import asks_nobody

Write = Callable[[str], Path]
SECRET = "pony-7f3a"


def test_secrets_reach_one_server_alone(
    ring: Any, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret's variable has the profile's name, so that no other server is sent it."""
    write('[profiles.north]\nservice = "xivo"\nurl = "https://north.example"\n'
          '[profiles.south]\nservice = "xivo"\nurl = "https://south.example"')  # fmt: skip
    monkeypatch.setenv("TOOLKIT_NORTH_TOKEN", SECRET)
    monkeypatch.setenv("TOOLKIT_XIVO_TOKEN", SECRET)
    monkeypatch.setenv("TOOLKIT_TOKEN", SECRET)
    north, south = toolkit.connect("north"), toolkit.connect("south")
    assert north.state.granted.token == SECRET
    assert south.state.granted is None
    for one in (north, south):
        one._client.close()
    with pytest.warns(UserWarning, match="TOOLKIT_XIVO_TOKEN means nothing"):
        table = toolkit.settings("north").set_index("setting")
    assert table.loc["token", ["value", "source"]].tolist() == ["set", "environment"]
    assert SECRET not in table.to_csv()


def test_the_kept_secret_is_for_its_address(ring: Any, write: Write) -> None:
    """What the keyring has for one address is not given to another."""
    write('[profiles.field]\nservice = "geoop"\nuser = "ada"')
    with toolkit.connect("field") as client:
        toolkit.keep_answers(client, "ada", {"client_secret": SECRET})
    with toolkit.connect("field") as client:
        assert client.state.client_secret == SECRET
    with toolkit.connect("field", url="https://other.example") as client:
        assert client.state.client_secret == ""


def test_no_keyring_is_no_failure(write: Write, monkeypatch: pytest.MonkeyPatch, ring: Any) -> None:
    """Without a keyring, with one that does not open, or without its library, nothing fails."""
    write('[profiles.field]\nservice = "geoop"\nuser = "ada"')

    def locked(service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("the collection is locked")

    monkeypatch.setattr(ring, "get_password", locked)
    assert toolkit.settings("field").set_index("setting").loc["token", "source"] == "default"
    toolkit.connect("field").close()
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert toolkit.settings("field").set_index("setting").loc["token", "source"] == "default"
    toolkit.connect("field").close()


@pytest.mark.parametrize(
    "module", ["keyring.backends.macOS", "keyring.backends.kwallet", "keyrings.alt.file"]
)
def test_settings_asks_nobody(
    module: str, write: Write, ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that may ask for its password is left alone by the table; connect looks."""
    write('[profiles.field]\nservice = "geoop"\nuser = "ada"')
    with toolkit.connect("field") as client:
        toolkit.keep_answers(client, "ada", {"client_secret": SECRET})
    monkeypatch.setattr(type(ring), "__module__", module)
    ring.read.clear()
    assert toolkit.settings("field").set_index("setting").loc["client_secret", "value"] != "set"
    assert ring.read == []
    with toolkit.connect("field") as client:
        assert client.state.client_secret == SECRET


class Service:
    """Stands in for the library that speaks with the Secret Service."""

    class exceptions:  # noqa: N801 (as it is called there)
        class SecretStorageException(Exception): ...

    def __init__(self, state: str) -> None:
        self.state = state

    def dbus_init(self) -> Service:
        if self.state == "away":
            raise self.exceptions.SecretStorageException("nobody answers")
        return self

    def get_default_collection(self, bus: Service) -> Service:
        return bus

    def is_locked(self) -> bool:
        return self.state == "locked"

    def close(self) -> None: ...


@pytest.mark.parametrize(("state", "looked"), [("open", True), ("locked", False), ("away", False)])
def test_a_locked_keyring_is_left_alone(
    state: str, looked: bool, ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Secret Service says whether it is locked: the table looks only where it is not."""
    monkeypatch.setitem(sys.modules, "secretstorage", Service(state))  # type: ignore[arg-type]
    monkeypatch.setattr(type(ring), "__module__", "keyring.backends.SecretService")
    assert asks_nobody() is looked


def test_a_chain_of_keyrings_is_open_when_all_are(
    ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where several keyrings are asked in turn, each of them may ask a person."""
    monkeypatch.setattr(ring, "backends", [object(), ring], raising=False)
    assert asks_nobody()
    monkeypatch.setattr(type(ring), "__module__", "keyring.backends.macOS")
    assert not asks_nobody()


def test_a_secret_of_no_service(write: Write) -> None:
    """A profile that is not whole yet is refused for its secret, too."""
    write(f'[profiles.x]\nservice = "none such"\ntoken = "{SECRET}"')
    with pytest.raises(toolkit.InvalidArgument, match=r"token is a secret.*keep_answers") as raised:
        toolkit.settings("x")
    assert SECRET not in str(raised.value)
