"""IDs, scripts, presets and templates (guide 4.11-4.18, 4.23-4.29, 4.35-4.37).

Contents go in and come out byte for byte; nothing uploaded is ever run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.sandbox.sertainty.codes import exists, not_found
from toolkit.sandbox.sertainty.definitions import check_name, parse_document, read_task
from toolkit.sandbox.sertainty.envelope import Result
from toolkit.sandbox.sertainty.identity import machine_id

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.gateway import Call

_SHARED = ""


def _get(call: Call, area: str, kind: str, at: int) -> list[Result]:
    name = check_name(call.text(at), f"{kind} name")
    row = call.store.row(
        "SELECT contents FROM file WHERE area = ? AND kind = ? AND name = ?", area, kind, name
    )
    if row is None:
        raise not_found(f"{kind} {name!r}")
    return [Result(bytes(row["contents"]))]


def _save(call: Call, area: str, kind: str, at: int) -> None:
    name = check_name(call.text(at), f"{kind} name")
    contents = call.arguments[at + 1].value
    call.store.insert("file", area=area, kind=kind, name=name, contents=contents)


def _new_id(call: Call, area: str, at: int) -> None:
    name = check_name(call.text(at), "ID name")
    prints = [argument.value for argument in call.arguments[at + 1 :]]
    for document in prints:
        parse_document(document, "Configuration", "the machine fingerprint")
    if call.store.row("SELECT 1 FROM file WHERE area = ? AND kind = 'ID' AND name = ?", area, name):
        raise exists(f"ID {name!r}")
    contents = machine_id(name, prints or [call.gateway.fingerprint])
    call.store.insert("file", area=area, kind="ID", name=name, contents=contents)


def config_get_id(call: Call) -> list[Result]:
    """ConfigGetID."""
    return _get(call, call.config(0), "ID", 1)


def config_get_script(call: Call) -> list[Result]:
    """ConfigGetScript."""
    return _get(call, call.config(0), "script", 1)


def config_new_id(call: Call) -> None:
    """configNewID: 232 if it exists; the given fingerprints only, or this machine's."""
    _new_id(call, call.config(0), 1)


def config_save_id(call: Call) -> None:
    """configSaveID: overwrites."""
    _save(call, call.config(0), "ID", 1)


def config_save_script(call: Call) -> None:
    """configSaveScript: overwrites."""
    _save(call, call.config(0), "script", 1)


def shared_get_id(call: Call) -> list[Result]:
    """SharedGetID."""
    return _get(call, _SHARED, "ID", 0)


def shared_get_script(call: Call) -> list[Result]:
    """SharedGetScript."""
    return _get(call, _SHARED, "script", 0)


def shared_new_id(call: Call) -> None:
    """SharedNewID."""
    _new_id(call, _SHARED, 0)


def shared_save_id(call: Call) -> None:
    """SharedSaveID."""
    _save(call, _SHARED, "ID", 0)


def shared_save_script(call: Call) -> None:
    """SharedSaveScript."""
    _save(call, _SHARED, "script", 0)


def _named(call: Call, table: str) -> list[Result]:
    name = check_name(call.text(0), f"{table} name")
    row = call.store.row(f"SELECT contents FROM {table} WHERE name = ?", name)  # noqa: S608
    if row is None:
        raise not_found(f"{table} {name!r}")
    return [Result(bytes(row["contents"]))]


def _names(call: Call, table: str) -> list[Result]:
    rows = call.store.rows(f"SELECT name FROM {table} ORDER BY position")  # noqa: S608
    return call.texts(*(row["name"] for row in rows))


def get_preset(call: Call) -> list[Result]:
    """SharedGetPreset."""
    return _named(call, "preset")


def get_preset_list(call: Call) -> list[Result]:
    """SharedGetPresetList."""
    return _names(call, "preset")


def get_template(call: Call) -> list[Result]:
    """templateGetTask, or tempateGetTask."""
    return _named(call, "template")


def get_template_list(call: Call) -> list[Result]:
    """TemplateGetList."""
    return _names(call, "template")


def save_template(call: Call) -> None:
    """templateSaveTask: the name is inside the document (6.21); overwrites."""
    contents = call.arguments[0].value
    task = read_task(parse_document(contents, "Task", "the task definition"))
    call.gateway.add_template(task.name, contents)
