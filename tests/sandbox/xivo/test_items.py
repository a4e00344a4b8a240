"""Items of every kind: what is made of what is sent, their keys in order, refusals in full."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
import pytest

from toolkit.sandbox.xivo import XivoBox

_USER = """id uuid firstname lastname email timezone language description caller_id
    outgoing_caller_id mobile_phone_number username password music_on_hold preprocess_subroutine
    userfield call_transfer_enabled dtmf_hangup_enabled call_record_enabled
    online_call_record_enabled supervision_enabled ring_seconds simultaneous_calls
    call_permission_password enabled links groups incalls lines forwards services voicemail"""
# Path -> what is sent, the keys of the answer in a real server's order, some of its values.
_KINDS: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "/users": ({"firstname": "Ada"}, _USER, {"caller_id": '"Ada"', "ring_seconds": 30}),
    "/lines": (
        {"context": "default"},
        """id name protocol device_id device_slot provisioning_extension context provisioning_code
        position caller_id_name caller_id_num registrar links endpoint_sip endpoint_sccp
        endpoint_custom extensions users""",
        {"name": None, "registrar": "default", "position": 1, "extensions": []},
    ),
    "/extensions": (
        {"context": "default", "exten": "1100"},
        "id exten context commented links group incall lines outcall",
        {"commented": False, "group": None, "lines": []},
    ),
    "/voicemails": (
        {"name": "vm", "number": "1100", "context": "default"},
        """id name number context password email language timezone pager max_messages attach_audio
        delete_messages ask_password enabled options links users""",
        {"ask_password": True, "attach_audio": None, "options": []},
    ),
    "/endpoints/sip": (
        {},
        "id username secret type host options links trunk line",
        {"type": "friend", "host": "dynamic", "line": None},
    ),
    "/endpoints/sccp": ({}, "id options links line", {"options": []}),
    "/endpoints/custom": (
        {"interface": "dahdi/g1"},
        "id interface enabled links trunk line",
        {"enabled": True},
    ),
    "/devices": (
        {"mac": "00:aa:bb:cc:dd:ee", "ip": "10.1.1.1"},
        """id status ip mac sn plugin vendor model version description template_id options
        links""",
        {"status": "not_configured", "sn": None},
    ),
    "/contexts": (
        {"name": "inside"},
        """id name label type user_ranges group_ranges queue_ranges conference_room_ranges
        incall_ranges description enabled links""",
        {"type": "internal", "user_ranges": []},
    ),
    "/groups": (
        {"name": "sales"},
        """id name preprocess_subroutine ring_strategy caller_id_mode caller_id_name timeout
        user_timeout retry_delay music_on_hold ring_in_use enabled links extensions incalls
        members""",
        {"ring_strategy": "all", "user_timeout": 15, "members": {"users": []}},
    ),
    "/incalls": (
        {"destination": {"type": "none"}},
        """id preprocess_subroutine caller_id_mode caller_id_name description destination links
        extensions""",
        {"destination": {"type": "none"}},
    ),
    "/outcalls": (
        {"name": "out"},
        """id name internal_caller_id preprocess_subroutine ring_time description enabled links
        trunks extensions""",
        {"internal_caller_id": False},
    ),
    "/trunks": (
        {"context": "default"},
        "id context links endpoint_sip endpoint_custom outcalls",
        {"outcalls": []},
    ),
    "/ivr": (
        {"name": "menu", "menu_sound": "hello"},
        """id name description greeting_sound menu_sound invalid_sound abort_sound timeout
        max_tries invalid_destination timeout_destination abort_destination choices links
        incalls""",
        {"timeout": 5, "max_tries": 3},
    ),
    "/callpermissions": (
        {"name": "abroad", "extensions": ["00"]},
        "id name password mode extensions enabled description links",
        {"mode": "deny", "extensions": ["00"]},
    ),
    "/entities": ({"name": "second"}, "id name display_name links", {"display_name": None}),
    "/funckeys/templates": ({"name": "reception"}, "id name keys links", {"keys": {}}),
}


@pytest.mark.parametrize("path", _KINDS)
def test_an_items_life(confd: httpx.Client, path: str) -> None:
    """201 with the whole item and its address; read, listed, changed, deleted."""
    sent, keys, values = _KINDS[path]
    made = confd.post(path, json=sent)
    assert made.status_code == 201, made.text
    item = made.json()
    assert list(item) == keys.split()
    assert {name: item[name] for name in values} == values
    assert {name: item[name] for name in sent} == sent
    url = f"{path}/{item['id']}"
    assert made.headers["location"] == f"{confd.base_url}".rstrip("/") + url
    assert [link["href"] for link in item["links"]] == [made.headers["location"]]
    assert confd.get(url).json() == item
    listed = confd.get(path).json()
    assert item in listed["items"]
    assert listed["total"] == len(listed["items"])
    if path not in ("/entities", "/funckeys/templates"):
        assert confd.put(url, json=item).status_code == 204, "what was read can be sent back"
        assert confd.get(url).json() == item
    assert confd.delete(url).status_code == 204
    assert confd.get(url).status_code == 404
    assert confd.delete(url).status_code == 404


def test_partial_updates(confd: httpx.Client) -> None:
    """Only what is sent changes; ids are ignored; an empty text is null; null may be refused."""
    before = confd.get("/users/1").json()
    sent = {"lastname": "", "userfield": "x", "id": 77, "uuid": str(uuid.uuid4()), "links": []}
    assert confd.put("/users/1", json=sent).status_code == 204
    after = confd.get("/users/1").json()
    assert after == before | {"lastname": None, "userfield": "x"}
    refused = confd.put("/users/1", json={"firstname": None})
    assert refused.json() == ["Input Error - firstname: [u'Field may not be null.']"]
    assert confd.put("/users/999", json={"firstname": "z"}).status_code == 404


def test_numbers_and_uuids(confd: httpx.Client) -> None:
    """A user goes by both; an unknown uuid is written as Python shows one."""
    user = confd.get("/users/1").json()
    assert confd.get(f"/users/{user['uuid']}").json() == user
    lost = "b3aeec8d-0000-4f20-acd9-8524095b8a3f"
    said = f"Resource Not Found - User was not found ('id': UUID('{lost}'))"
    assert confd.delete(f"/users/{lost}").json() == [said]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/users", {"firstname": 3}, "Input Error - firstname: [u'Not a valid string.']"),
        (
            "/users",
            {"firstname": "a", "language": "xx"},
            "Input Error - language: [u'String does not match expected pattern.']",
        ),
        (
            "/users",
            {"firstname": "a", "enabled": "yes"},
            "Input Error - enabled: [u'Not a valid boolean.']",
        ),
        (
            "/users",
            {"firstname": "a", "username": "alice"},
            "Resource Error - User already exists ('username': u'alice')",
        ),
        ("/lines", {}, "Input Error - context: [u'Missing data for required field.']"),
        (
            "/lines",
            {"context": "default", "registrar": "other"},
            "Input Error - field 'registrar': Registrar was not found ('registrar': u'other')",
        ),
        (
            "/extensions",
            {"context": "default", "exten": "9100"},
            "Input Error - Extension '9100' is outside of range for context 'default'",
        ),
        (
            "/devices",
            {"mac": "zz"},
            "Input Error - mac: [u'String does not match expected pattern.']",
        ),
        (
            "/incalls",
            {"destination": {"type": "nope"}},
            "Input Error - destination: {'type': [u'Not a valid choice.']}",
        ),
    ],
)
def test_refusals(confd: httpx.Client, path: str, body: Any, said: str) -> None:
    """400 and the real server's words, a list of one; nothing is made."""
    before = confd.get(path).json()["total"]
    reply = confd.post(path, json=body)
    assert (reply.status_code, reply.json()) == (400, [said])
    assert confd.get(path).json()["total"] == before


def test_second_ones(confd: httpx.Client) -> None:
    """What must be unique names both fields where two make it so."""
    body = {"exten": "1100", "context": "default"}
    assert confd.post("/extensions", json=body).status_code == 201
    said = "Resource Error - Extension already exists ('exten': u'1100', 'context': u'default')"
    assert confd.post("/extensions", json=body).json() == [said]
    mac = {"mac": "00:aa:bb:cc:dd:ee"}
    assert confd.post("/devices", json=mac).status_code == 201
    said = "Resource Error - Device already exists ('mac': u'00:aa:bb:cc:dd:ee')"
    assert confd.post("/devices", json=mac).json() == [said]


def test_several_wrong_fields(confd: httpx.Client) -> None:
    """Several strings, in no order to rely on."""
    reply = confd.post("/users", json={"firstname": 3, "language": "xx", "email": 7})
    assert {one.split(":")[0] for one in reply.json()} == {
        "Input Error - firstname",
        "Input Error - language",
        "Input Error - email",
    }


def test_forwards_services_and_cti(confd: httpx.Client) -> None:
    """Each on its own or together; strict booleans; a forward that is on goes somewhere."""
    busy = {"enabled": True, "destination": "123"}
    assert confd.put("/users/1/forwards/busy", json=busy).status_code == 204
    forwards = confd.get("/users/1/forwards").json()
    assert list(forwards) == ["busy", "noanswer", "unconditional"]
    assert forwards["busy"] == busy == confd.get("/users/1").json()["forwards"]["busy"]
    all_off = {name: {"enabled": False, "destination": None} for name in forwards}
    assert confd.put("/users/1/forwards", json=all_off).status_code == 204
    assert confd.get("/users/1/forwards").json() == all_off
    assert confd.put("/users/1/forwards/busy", json={"enabled": True}).status_code == 400
    assert confd.put("/users/1/services/dnd", json={"enabled": True}).status_code == 204
    assert confd.get("/users/1/services/dnd").json() == {"enabled": True}
    wrong = confd.put("/users/1/services/dnd", json={"enabled": "yes"})
    assert wrong.json() == ["Input Error - enabled: [u'Not a valid boolean.']"]
    cti = confd.get("/users/2/cti").json()
    assert list(cti) == ["user_id", "enabled", "cti_profile_id", "links"]
    assert confd.put("/users/2/cti", json={"enabled": True}).status_code == 400


def test_function_keys(confd: httpx.Client) -> None:
    """A user's own keys, and a template's beneath them."""
    assert confd.get("/users/1/funckeys").json() == {"id": 1, "name": None, "keys": {}}
    key = {"blf": True, "label": "x", "destination": {"type": "custom", "exten": "*10"}}
    assert confd.put("/users/1/funckeys/1", json=key).status_code == 204
    shown = confd.get("/users/1/funckeys/1").json()
    assert {name: shown[name] for name in key} == key
    bad = confd.put("/users/1/funckeys/1", json={"destination": {"type": "nope"}})
    assert bad.json() == ["Input Error - destination: {'type': [u'Not a valid choice.']}"]
    template = confd.post("/funckeys/templates", json={"name": "t", "keys": {"2": key}}).json()
    put = confd.put(f"/users/1/funckeys/templates/{template['id']}")
    assert put.status_code == 204
    assert set(confd.get("/users/1/funckeys").json()["keys"]) == {"1", "2"}
    assert confd.delete("/users/1/funckeys/1").status_code == 204
    assert confd.get("/users/1/funckeys/1").status_code == 404
    assert confd.get("/funckeys/destinations").json()["total"] > 5


def test_two_gets_that_act(confd: httpx.Client, box: XivoBox) -> None:
    """autoprov and synchronize change a device, though they are GETs."""
    device = next(iter(box.items("devices")))
    assert confd.get(f"/devices/{device}/synchronize").status_code == 204
    assert box.items("devices")[device]["_synchronized"] == 1
    made = confd.post("/devices", json={"ip": "10.9.9.9"}).json()
    assert re.fullmatch(r"[0-9a-f]{32}", made["id"])
    assert confd.get(f"/devices/{made['id']}/autoprov").status_code == 204
    assert confd.get(f"/devices/{made['id']}").json()["status"] == "autoprov"


def test_an_incall_shows_its_user(confd: httpx.Client) -> None:
    """A destination is shown with the names of what it names, and the user shows the incall."""
    body = {"destination": {"type": "user", "user_id": 1}}
    shown = confd.post("/incalls", json=body).json()["destination"]
    assert list(shown) == ["ring_time", "user_id", "user_firstname", "user_lastname", "type"]
    assert shown["user_firstname"] == "Alice"
    assert len(confd.get("/users/1").json()["incalls"]) == 1
    lost = {"destination": {"type": "user", "user_id": 99}}
    assert confd.post("/incalls", json=lost).status_code == 400


def test_an_old_line(confd: httpx.Client) -> None:
    """lines_sip makes a line with its endpoint at once."""
    made = confd.post("/lines_sip", json={"context": "default", "device_slot": 1})
    assert made.status_code == 201, made.text
    line = made.json()
    assert confd.get(f"/lines/{line['id']}").json()["name"] == line["username"]
    assert confd.put(f"/lines_sip/{line['id']}", json={"secret": "s3cret"}).status_code == 204
    assert confd.get("/lines_sip").json()["items"][0]["secret"] == "s3cret"
    assert confd.delete(f"/lines_sip/{line['id']}").status_code == 204
    assert confd.get("/endpoints/sip").json()["total"] == 0
