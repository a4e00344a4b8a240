"""Wrong values of any layer: one sentence that names the source, and repeats no secret."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import toolkit
from toolkit.configuration import SETTINGS, Setting, chosen
from toolkit.configuration.values import converted, has_user, shown
from toolkit.outcomes import InvalidArgument


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("read", "abc", "a number of seconds above 0"),
        ("read", "0", "a number of seconds above 0"),
        ("connect", "-1", "a number of seconds above 0"),
        ("total", "nan", "a number of seconds above 0"),
        ("total", "inf", "a number of seconds above 0"),
        ("read", "true", "a number of seconds above 0"),
        ("max_bytes", "0", "a whole number of bytes from 1 on"),
        ("max_bytes", "1.5", "a whole number of bytes from 1 on"),
        ("retries", "-1", "a whole number from 0 on"),
        ("at_once", "none", "a whole number from 1 on"),
        ("record_mode", "sometimes", "one of none, once, new_episodes"),
    ],
)
def test_a_wrong_variable(
    name: str, text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment is refused where it is read, by the variable's name."""
    monkeypatch.setenv(SETTINGS[name].variable, text)
    said = rf"the environment variable TOOLKIT_{name.upper()}: {expected}.* expected, not '{text}'"
    with pytest.raises(InvalidArgument, match=said):
        chosen(name)
    with pytest.raises(InvalidArgument, match=said):
        toolkit.settings()


@pytest.mark.parametrize("value", ["x", True, [1], float("inf"), 0])
def test_a_wrong_argument(value: Any) -> None:
    """So is an argument."""
    with pytest.raises(InvalidArgument, match="the argument read: a number of seconds above 0"):
        toolkit.settings(read=value)


@pytest.mark.parametrize("value", ['"x"', "true", "[1]", "nan", "0"])
def test_a_wrong_default_in_the_file(value: str, write: Callable[[str], Path]) -> None:
    """So is the profile file, by its path and table."""
    path = write(f"[defaults]\nread = {value}")
    with pytest.raises(InvalidArgument, match="a number of seconds above 0") as raised:
        toolkit.settings()
    assert f"{path} [defaults] read: " in str(raised.value)


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to nothing sets nothing."""
    monkeypatch.setenv("TOOLKIT_READ", "")
    assert chosen("read").source == "default"


@pytest.mark.parametrize("word", ["false", "No", "OFF", "0"])
def test_no_variable_switches_verification_off(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS is not switched off from outside: no client is made at all."""
    monkeypatch.setenv("TOOLKIT_VERIFY", word)
    with pytest.raises(InvalidArgument, match=r"TOOLKIT_VERIFY: TLS is not switched off there"):
        toolkit.sertainty.connect("https://gateway.example/")


def test_an_authority_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CA file that is not there is said before anything is sent."""
    monkeypatch.setenv("TOOLKIT_VERIFY", "gone.pem")
    with pytest.raises(
        InvalidArgument, match=r"the path of a CA file is expected, not 'gone\.pem'"
    ):
        toolkit.sertainty.connect("https://gateway.example/")
    (folder / "there.pem").touch()
    monkeypatch.setenv("TOOLKIT_VERIFY", "there.pem")
    assert chosen("verify").value == "there.pem"
    monkeypatch.setenv("TOOLKIT_VERIFY", "true")
    assert chosen("verify").value is True


def test_a_secret_is_not_repeated() -> None:
    """What is wrong with a secret is said without it."""
    setting = Setting("token", int, None, "", "a number", secret=True)
    with pytest.raises(InvalidArgument, match=r"here: a number is expected$"):
        converted(setting, "pony", "here")
    assert shown(setting, "pony") == "set"
    assert shown(setting, None) is None


def test_a_password_in_a_proxy_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment may hold one; the table of settings shows the address alone."""
    monkeypatch.setenv("TOOLKIT_PROXY", "http://ada:pony@proxy.example:3128")
    row = toolkit.settings().set_index("setting").loc["proxy"]
    assert row["value"] == "http://…@proxy.example:3128"
    assert row["source"] == "environment"


def test_objects_are_named_by_their_kind() -> None:
    """A context has no text of its own; its kind is shown."""
    table = toolkit.settings(verify=ssl.create_default_context()).set_index("setting")
    assert table.loc["verify", ["value", "source"]].tolist() == ["SSLContext", "argument"]


@pytest.mark.parametrize(
    ("text", "has"),
    [("http://[ada@x", True), ("http://[x", False), ("ada@x.example", False), ("", False)],
)
def test_addresses_with_a_user(text: str, has: bool) -> None:
    """An address that cannot be read is one with a user where it has the sign."""
    assert has_user(text) is has


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [(bool, "Yes", True), (bool, "off", False), (bool, True, True), (int, "7", 7), (float, 7, 7.0)],
)
def test_words_of_the_environment(kind: Any, value: Any, wanted: Any) -> None:
    """A variable is a text, and becomes what its setting is."""
    found = converted(Setting("x", kind, None, ""), value, "here")
    assert (found, type(found)) == (wanted, kind)


@pytest.mark.parametrize(
    ("kind", "value"), [(bool, "maybe"), (bool, 2), (int, True), (str, 7), (str, True)]
)
def test_other_kinds_are_refused(kind: Any, value: Any) -> None:
    """A yes is no number, and a number is no text."""
    with pytest.raises(InvalidArgument, match="here: a thing is expected, not"):
        converted(Setting("x", kind, None, "", "a thing"), value, "here")
