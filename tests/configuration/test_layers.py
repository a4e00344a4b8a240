"""The documented layer wins, for every setting and every set of layers that give it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import hypothesis
import pytest
from hypothesis import strategies as st

import toolkit
from toolkit.configuration import SETTINGS, Layers, Setting, find
from toolkit.configuration.profilefile import Profile, ProfileFile
from toolkit.configuration.table import LIMITS
from toolkit.configuration.values import shown
from toolkit.services.connecting import prepared
from toolkit.services.geoop import Modifiers
from toolkit.services.profiles import rows_of

ORDER = ("argument", "environment", "profile", "defaults", "keyring")
NAMES = {"defaults": "profile"}  # both are layers of the profile file
FIELD = Profile("field", {"service": "geoop"}, Path("toolkit.toml"))
ROWS = {**rows_of(FIELD), **{n: SETTINGS[n] for n in ("record_mode", "progress")}}


def values(setting: Setting, files: list[str]) -> list[Any]:
    """Five values that the setting takes, each another one where it has as many."""
    kind = setting.kind
    if setting.name == "verify":
        return files
    if setting.name == "redirect_path":
        return [f"/{word}" for word in "abcde"]
    if setting.name == "version":
        return [f"1.{number}" for number in range(5)]
    if get_origin(kind) is Literal:
        return (list(get_args(kind)) * 5)[:5]
    if kind is bool:
        return [True, False] * 2 + [True]
    if kind is Modifiers:
        return [{"page_name": word} for word in "abcde"]
    if kind == dict[str, str]:
        return [{"X-Site": word} for word in "abcde"]
    if kind is str:
        return [f"https://{word}.example" for word in "abcde"]
    return [number + 3 for number in range(5)]


def as_text(value: Any) -> str:
    """The value as a variable of the environment has it."""
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("authorities")
    paths = [folder / f"{word}.pem" for word in "abcde"]
    for path in paths:
        path.touch()
    return [str(path) for path in paths]


@hypothesis.given(st.sampled_from(sorted(ROWS)), st.sets(st.sampled_from(ORDER)))
def test_the_documented_layer_wins(files: list[str], name: str, given: set[str]) -> None:
    """Argument, environment, profile, the file's defaults, keyring, default: the first wins."""
    setting = ROWS[name]
    of = dict(zip(ORDER, values(setting, files), strict=True))
    said = {one: {name: of[one]} if one in given else {} for one in ORDER}
    path = Path("toolkit.toml")
    layers = Layers(
        said["argument"],
        {setting.variable: as_text(of["environment"])} if "environment" in given else {},
        ProfileFile(path, said["defaults"]),
        Profile("field", said["profile"], path),
        said["keyring"].get,
    )
    allowed = [one for one in ORDER if one in given and one in setting.layers]
    found = find(setting, layers)
    if not allowed:
        assert (found.value, found.source) == (setting.default, "default")
        return
    assert found.source == NAMES.get(allowed[0], allowed[0])
    assert shown(setting, found.value) == shown(setting, plain(setting, of[allowed[0]]))


def plain(setting: Setting, value: Any) -> Any:
    return Modifiers(**value) if setting.kind is Modifiers else value


@hypothesis.settings(
    max_examples=40, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(
    st.fixed_dictionaries(
        {
            name: st.sets(st.sampled_from(("argument", "environment", "profile", "defaults")))
            for name in (*LIMITS, "chunk", "client_id")
        }
    ),
    st.sets(st.sampled_from(("argument", "environment", "keyring"))),
)
def test_the_table_and_the_client_agree(
    folder: Path,
    ring: Any,
    write: Callable[[str], Path],
    given: dict[str, set[str]],
    secret: set[str],
) -> None:
    """settings() names the layer that won, and the client of the profile has that value."""
    numbers = dict(zip(ORDER, range(3, 8), strict=True))
    tables: dict[str, list[str]] = {"defaults": [], "profile": ['service = "geoop"']}
    arguments: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, layers in given.items():
            for layer in layers & ROWS[name].layers:
                value = numbers[layer]
                if layer == "argument":
                    arguments[name] = str(value) if name == "client_id" else value
                elif layer == "environment":
                    patch.setenv(ROWS[name].variable, str(value))
                else:
                    tables[layer].append(f'{name} = "{value}"')
        if "argument" in secret:
            arguments["client_secret"] = "by argument"
        if "environment" in secret:
            patch.setenv("TOOLKIT_FIELD_CLIENT_SECRET", "by environment")
        ring.held.clear()
        if "keyring" in secret:
            with toolkit.geoop.connect() as client:
                toolkit.keep_answers(client, "field", {"client_secret": "by keyring"})
        write(
            "\n".join(["[defaults]", *tables["defaults"], "[profiles.field]", *tables["profile"]])
        )
        shown_there = toolkit.settings("field", **arguments).set_index("setting")
        with toolkit.connect("field", **arguments) as client:
            for name, layers in given.items():
                won = next((one for one in ORDER if one in layers & ROWS[name].layers), None)
                row = shown_there.loc[name]
                assert row["source"] == (NAMES.get(won, won) if won else "default")
                value = numbers[won] if won else ROWS[name].default
                if name == "client_id":
                    assert client.state.client_id == str(value)
                else:
                    of = client.limits if name in LIMITS else client.options
                    assert getattr(of, name) == value
            won = next((one for one in ORDER if one in secret), None)
            row = shown_there.loc["client_secret"]
            assert row["source"] == (won or "default")
            assert row["value"] == "set" if won else row.isna()["value"]
            assert client.state.client_secret == (f"by {won}" if won else "")


def test_limits_are_in_the_table() -> None:
    """The rows that are limits are the fields of toolkit.Limits, with the same defaults."""
    limits = toolkit.Limits()
    assert {name: SETTINGS[name].default for name in LIMITS} == {
        name: getattr(limits, name) for name in limits.__slots__
    }


def test_record_modes_are_those_of_cassettes() -> None:
    """The setting takes every mode that a cassette takes."""
    from toolkit.cassettes.options import Mode

    assert get_args(SETTINGS["record_mode"].kind) == get_args(Mode)


def test_the_keyring_is_asked_last(ring: Any, write: Callable[[str], Path]) -> None:
    """Nothing is looked up in the keyring that something else gives, nor what is no secret."""
    write('[profiles.field]\nservice = "geoop"\nclient_id = "mine"')
    found = prepared("field", {"client_secret": "pony", "token": "given", "refresh_token": "x"})
    assert (found.found["token"].source, ring.read) == ("argument", [])
    toolkit.settings()
    assert ring.read == []
