"""Users as CSV: import all or nothing, update by uuid, export with its odd rule for Accept.

Seen from a real xivo-confd 16.15: the charset of Content-Type is obeyed and its type is not
looked at; a refused file gives a dict with ``errors``, one for each bad row; an export is CSV only
for ``text/csv; charset=utf-8`` to the letter, ``*/*`` or no Accept at all, and else JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from toolkit.sandbox.xivo.associations import BY_LINK, join
from toolkit.sandbox.xivo.call import Call
from toolkit.sandbox.xivo.crud import create, update
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.fields import Field, wrong
from toolkit.sandbox.xivo.refusals import Refusal, bad_input, not_found, written
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.web import Reply, Route, json_reply

_CSV = "text/csv; charset=utf-8"
_RECORDS = tuple(
    f"call_record_{way}_enabled"
    for way in ("outgoing_external", "outgoing_internal", "incoming_external", "incoming_internal")
)
_PERSON = ("firstname", "lastname", "email", "mobile_phone_number", "outgoing_caller_id",
           "language", "call_permission_password", "enabled", "ring_seconds",
           "simultaneous_calls", "supervision_enabled", "call_transfer_enabled",
           "dtmf_hangup_enabled")  # fmt: skip
_VOICEMAIL = ("name", "number", "context", "password", "email", "attach_audio",
              "delete_messages", "ask_password")  # fmt: skip
_LINE = ("line_protocol", "provisioning_code", "context", "sip_username", "sip_secret", "exten",
         "incall_exten", "incall_context", "call_permissions")  # fmt: skip


def columns(era: Era) -> list[str]:
    """The columns of an export, in a real server's order."""
    voicemail = [f"voicemail_{name}" for name in _VOICEMAIL]
    if era.tenants:
        middle = [*_RECORDS, "online_call_record_enabled", "userfield"]
        return ["uuid", "subscription_type", *_PERSON, *middle, *voicemail, *_LINE, "username"]
    middle = ["call_record_enabled", "online_call_record_enabled", "userfield", "username",
              "password", "cti_profile_name", "cti_profile_enabled"]  # fmt: skip
    return ["uuid", "entity_id", *_PERSON, *middle, *voicemail, *_LINE]


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part."""
    yield Route("POST", "/users/import", import_users, acl="confd.users.import.create")
    if not era.tenants:  # taken away in 19.06
        yield Route("PUT", "/users/import", update_users, acl="confd.users.import.update")
    yield Route("GET", "/users/export", export_users, acl="confd.users.export.read")


def _rows(call: Call) -> list[dict[str, str]]:
    charset = "utf-8"
    for part in call.request.headers.get("content-type", "").split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.lower() == "charset":
            charset = value.strip('"')
    try:
        text = call.request.body.decode(charset)
    except (LookupError, UnicodeDecodeError) as error:
        raise bad_input(f"the body is no text in {charset}: {error}") from None
    found = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: value or "" for name, value in row.items() if name is not None} for row in found]


class _Wrong(Exception):
    """A row whose user is refused, in the words of the import: no prefix, a dict's repr."""


def _each(call: Call, take: Any, name: str) -> Reply:
    """All rows or none: one error for each that is refused."""
    made, errors = [], []
    for number, row in enumerate(_rows(call), 1):
        message = ""
        try:
            made.append({"row_number": number, **take(call, row)})
        except Refusal as refusal:
            message = refusal.messages[0]
        except _Wrong as wrong_row:
            message = str(wrong_row)
        if message:
            details = {"row_number": number, "row": row}
            now = int(call.world.clock.now)
            errors.append({"timestamp": now, "message": message, "details": details})
    if errors:
        raise Refusal(400, body={"errors": errors})  # which undoes what the good rows did
    return json_reply({name: made}, 201)


def import_users(call: Call) -> Reply:
    """New users, each with what its row asks for."""
    return _each(call, _import, "created")


def update_users(call: Call) -> Reply:
    """Changed users, found by uuid; an empty cell sets null. 201 as well."""
    return _each(call, _update, "updated")


def _typed(call: Call, fields: tuple[Field, ...], row: dict[str, str], prefix: str = "") -> Item:
    """The cells of some fields as values, checked."""
    typed: Item = {}
    complaints: Item = {}
    for field in fields:
        text = row.get(prefix + field.name)
        if text is None or not field.there(call.era):
            continue
        value: Any = text or None
        if field.kind == "bool" and text in ("0", "1"):
            value = text == "1"
        elif field.kind == "int" and text.isdigit():
            value = int(text)
        if value is None and field.kind in ("bool", "int"):
            value = field.default
        said = wrong(field, value, call.era)
        if said is not None:
            complaints[field.name] = said
        typed[field.name] = value
    if complaints:
        raise _Wrong(written(complaints, call.era))
    return typed


def _import(call: Call, row: dict[str, str]) -> Item:
    users = BY_KIND["users"]
    typed = _typed(call, users.fields, row)
    if "firstname" not in typed:
        said = {"firstname": ["Missing data for required field."]}
        raise _Wrong(written(said, call.era))
    user = create(call, users, typed)
    made = _phone(call, row, user)
    return _result(call, user, made)


def _result(call: Call, user: Key, made: Item) -> Item:
    item = call.store.items["users"][user]
    result: Item = {"user_id": user, "user_uuid": item["uuid"]}
    sip = made.get("sip")
    if call.era.tenants:
        result["sip_uuid"] = None if sip is None else call.store.items["sip"][sip]["uuid"]
    else:
        result["sip_id"] = sip
        result["cti_profile_id"] = made.get("profile")
    names = {"line_id": "line", "sccp_id": "sccp", "extension_id": "extension",
             "incall_extension_id": "incall", "voicemail_id": "voicemail"}  # fmt: skip
    result |= {name: made.get(key) for name, key in names.items()}
    return result | {"call_permission_ids": made.get("permissions", [])}


def _phone(call: Call, row: dict[str, str], user: Key) -> Item:
    """Line, endpoint, extension, voicemail and the rest that a row asks for."""
    made: Item = {}
    if row.get("line_protocol"):
        _line(call, row, user, made)
    if row.get("voicemail_number"):
        voicemail = BY_KIND["voicemails"]
        body = _typed(call, voicemail.fields, row, "voicemail_")
        body["context"] = body.get("context") or row.get("context") or "default"
        body = {name: value for name, value in body.items() if value is not None}
        made["voicemail"] = create(call, voicemail, body)
        join(BY_LINK["users-voicemails"], call, user, made["voicemail"])
    if row.get("incall_exten"):
        _incall(call, row, user, made)
    if row.get("cti_profile_name"):
        _cti(call, row, user, made)
    names = [name for name in row.get("call_permissions", "").split(";") if name]
    made["permissions"] = [_permission(call, name, user) for name in names]
    return made


def _line(call: Call, row: dict[str, str], user: Key, made: Item) -> None:
    kind = row["line_protocol"]
    if kind not in ("sip", "sccp"):
        raise bad_input("'line_protocol' must be one of (sip, sccp)")
    context = row.get("context", "")
    made["line"] = create(call, BY_KIND["lines"], {"context": context})
    names = {"sip_username": "username", "sip_secret": "secret"}
    if call.era.tenants:
        names = {"sip_username": "name"}
    body = {own: row[name] for name, own in names.items() if row.get(name)}
    made[kind] = create(call, BY_KIND[kind], body if kind == "sip" else {})
    join(BY_LINK[f"lines-{kind}"], call, made["line"], made[kind])
    if row.get("exten"):
        made["extension"] = _extension(call, row["exten"], context)
        join(BY_LINK["lines-extensions"], call, made["line"], made["extension"])
    join(BY_LINK["users-lines"], call, user, made["line"])


def _extension(call: Call, exten: str, context: str) -> Key:
    return create(call, BY_KIND["extensions"], {"exten": exten, "context": context})


def _incall(call: Call, row: dict[str, str], user: Key, made: Item) -> None:
    ring = row.get("incall_ring_seconds", "")
    destination = {"type": "user", "user_id": user, "ring_time": int(ring) if ring else None}
    incall = create(call, BY_KIND["incalls"], {"destination": destination})
    context = row.get("incall_context") or "from-extern"
    made["incall"] = _extension(call, row["incall_exten"], context)
    join(BY_LINK["incalls-extensions"], call, incall, made["incall"])


def _cti(call: Call, row: dict[str, str], user: Key, made: Item) -> None:
    name = row["cti_profile_name"]
    for key, profile in call.store.items["profiles"].items():
        if profile["name"] == name:
            item = call.store.items["users"][user]
            enabled = row.get("cti_profile_enabled") == "1"
            cti = {"enabled": enabled, "cti_profile_id": key}
            call.store.put("users", user, item | {"_cti": cti})
            made["profile"] = key
            return
    raise not_found(call.era, "CtiProfile", name=name)


def _permission(call: Call, name: str, user: Key) -> Key:
    for key, permission in call.store.items["callpermissions"].items():
        if permission["name"] == name:
            join(BY_LINK["users-callpermissions"], call, user, key)
            return key
    raise not_found(call.era, "CallPermission", name=name)


def _update(call: Call, row: dict[str, str]) -> Item:
    user = call.store.uuids.get(("users", row.get("uuid", "")))
    if user is None:
        raise not_found(call.era, "User", uuid=row.get("uuid", ""))
    users, store = BY_KIND["users"], call.store
    update(call, users, user, store.items["users"][user], _typed(call, users.fields, row))
    line = store.first("users-lines", user)
    made: Item = {
        "line": line,
        "voicemail": store.first("users-voicemails", user),
        "permissions": list(store.rights("users-callpermissions", user)),
        "profile": store.items["users"][user]["_cti"]["cti_profile_id"],
    }
    if line is not None:
        made |= {kind: store.first(f"lines-{kind}", line) for kind in ("sip", "sccp")}
        made["extension"] = store.first("lines-extensions", line)
        if made["sip"] is not None:
            names = {"sip_username": "username", "sip_secret": "secret"}
            body = {own: row[name] for name, own in names.items() if row.get(name)}
            update(call, BY_KIND["sip"], made["sip"], store.items["sip"][made["sip"]], body)
    if made["voicemail"] is not None:
        cells = _typed(call, BY_KIND["voicemails"].fields, row, "voicemail_")
        sent = {name: value for name, value in cells.items() if value is not None}
        item = store.items["voicemails"][made["voicemail"]]
        update(call, BY_KIND["voicemails"], made["voicemail"], item, sent)
    elif row.get("voicemail_number"):
        wanted = {name: text for name, text in row.items() if name.startswith("voicemail_")}
        made |= {"voicemail": _phone(call, wanted, user)["voicemail"]}
    return _result(call, user, made)


def export_users(call: Call) -> Reply:
    """Every user with what a row of an import can say."""
    names = columns(call.era)
    rows = [_row(call, key, names) for key in call.store.items["users"]]
    accept = call.request.headers.get("accept")
    if accept not in (None, "", "*/*", _CSV):
        return json_reply({"content": rows, "headers": names})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return Reply(200, out.getvalue().encode(), _CSV)


def _row(call: Call, user: Key, names: list[str]) -> dict[str, str]:
    store, item = call.store, call.store.items["users"][user]
    found: Item = dict(item)
    found["entity_id"] = store.first("users-entities", user)
    profile = item["_cti"]["cti_profile_id"]
    found["cti_profile_name"] = store.items["profiles"].get(profile, {}).get("name")
    found["cti_profile_enabled"] = item["_cti"]["enabled"]
    voicemail = store.first("users-voicemails", user)
    if voicemail is not None:
        box = store.items["voicemails"][voicemail]
        found |= {f"voicemail_{name}": box[name] for name in _VOICEMAIL}
    permissions = store.rights("users-callpermissions", user)
    named = (store.items["callpermissions"][key]["name"] for key in permissions)
    found["call_permissions"] = ";".join(named)
    line = store.first("users-lines", user)
    if line is not None:
        found |= _line_cells(call, line)
    if call.era.tenants and found["subscription_type"] == 0:
        found["subscription_type"] = None
    return {name: _cell(found.get(name)) for name in names}


def _line_cells(call: Call, line: Key) -> Item:
    store = call.store
    columns_of = call.views.columns("lines", line)
    cells: Item = {
        "line_protocol": columns_of["protocol"],
        "provisioning_code": columns_of["provisioning_code"],
        "context": columns_of["context"],
    }
    sip = store.first("lines-sip", line)
    if sip is not None:
        endpoint = store.items["sip"][sip]
        cells["sip_username"] = endpoint.get("username", endpoint.get("name"))
        cells["sip_secret"] = endpoint.get("secret")
    extension = store.first("lines-extensions", line)
    if extension is not None:
        cells["exten"] = store.items["extensions"][extension]["exten"]
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
