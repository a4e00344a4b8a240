"""What goes with what: the order that works, the refusals, and what items show of it."""

from __future__ import annotations

from typing import Any

import httpx

from toolkit.sandbox.xivo import XivoBox


def _make(confd: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    reply = confd.post(path, json=body)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def _phone(confd: httpx.Client) -> tuple[int, int, int]:
    """Line, endpoint and extension, associated in the order that works."""
    line = _make(confd, "/lines", context="default")["id"]
    sip = _make(confd, "/endpoints/sip")["id"]
    assert confd.put(f"/lines/{line}/endpoints/sip/{sip}").status_code == 204
    extension = _make(confd, "/extensions", exten="1100", context="default")["id"]
    assert confd.put(f"/lines/{line}/extensions/{extension}").status_code == 204
    return line, sip, extension


def test_a_phone_in_the_right_order(confd: httpx.Client, box: XivoBox) -> None:
    """Endpoint, extension, user, device: 204 each, without a body but called JSON."""
    line, sip, extension = _phone(confd)
    put = confd.put(f"/users/1/lines/{line}")
    assert (put.status_code, put.content) == (204, b"")
    assert put.headers["content-type"] == "application/json"
    assert put.headers["content-length"] == "0"
    device = next(iter(box.items("devices")))
    assert confd.put(f"/lines/{line}/devices/{device}").status_code == 204
    user = confd.get("/users/1").json()
    shown = user["lines"][0]
    assert list(shown) == [
        "id", "endpoint_sip", "endpoint_sccp", "endpoint_custom", "extensions", "links",
    ]  # fmt: skip
    assert shown["endpoint_sip"]["id"] == sip
    assert shown["extensions"][0]["exten"] == "1100"
    item = confd.get(f"/lines/{line}").json()
    assert item["protocol"] == "sip"
    assert item["name"] == shown["endpoint_sip"]["username"]
    assert (item["caller_id_num"], item["device_id"]) == ("1100", device)
    assert item["users"][0]["uuid"] == user["uuid"]
    assert confd.get(f"/devices/{device}").json()["status"] == "configured"
    summary = confd.get("/users?view=summary&exten=1100").json()["items"]
    assert [(row["id"], row["extension"], row["protocol"]) for row in summary] == [
        (1, "1100", "sip")
    ]
    association = confd.get("/users/1/lines").json()
    assert association["total"] == 1
    row = association["items"][0]
    assert [link["rel"] for link in row.pop("links")] == ["lines", "users"]
    assert row == {"user_id": 1, "line_id": line, "main_user": True, "main_line": True}
    assert confd.get(f"/extensions/{extension}").json()["lines"][0]["id"] == line


def test_an_endpoint_comes_first(confd: httpx.Client) -> None:
    """A line without an endpoint takes no user, no extension and no device."""
    line = _make(confd, "/lines", context="default")["id"]
    extension = _make(confd, "/extensions", exten="1100", context="default")["id"]
    said = f"Resource Error - Line must be associated with a Endpoint ('line_id': {line})"
    for path in (f"/users/1/lines/{line}", f"/lines/{line}/extensions/{extension}"):
        reply = confd.put(path)
        assert (reply.status_code, reply.json()) == (400, [said])


def test_twice(confd: httpx.Client) -> None:
    """What is associated already is 400, by PUT and by the old POST."""
    line, _, _ = _phone(confd)
    old = confd.post("/users/1/lines", json={"line_id": line})
    assert old.status_code == 201
    assert set(old.json()) == {"user_id", "line_id", "main_user", "main_line", "links"}
    assert old.headers["location"].endswith(f"/1.1/users/1/lines/{line}")
    says = f"Resource Error - User is associated with a Line ('line_id': {line}, 'user_id': 1)"
    assert confd.put(f"/users/1/lines/{line}").json() == [says]
    assert confd.post("/users/1/lines", json={"line_id": line}).json() == [says]
    other = _make(confd, "/endpoints/sip")["id"]
    assert confd.put(f"/lines/{line}/endpoints/sip/{other}").status_code == 400


def test_what_is_needed_stays(confd: httpx.Client) -> None:
    """A user with a voicemail or line, an endpoint in use: deleted only when let go."""
    line, sip, _ = _phone(confd)
    voicemail = _make(confd, "/voicemails", name="vm", number="1100", context="default")["id"]
    confd.put(f"/users/1/lines/{line}")
    assert confd.put(f"/users/1/voicemails/{voicemail}").status_code == 204
    kept = confd.delete("/users/1")
    assert kept.status_code == 400
    ids = f"('voicemail_id': {voicemail}, 'user_id': 1)"
    assert kept.json() == [f"Resource Error - User is associated with a Voicemail {ids}"]
    assert confd.delete("/users/1/voicemails").status_code == 204
    assert "with a Line" in confd.delete("/users/1").json()[0]
    assert confd.delete(f"/endpoints/sip/{sip}").status_code == 400
    assert confd.delete(f"/lines/{line}/endpoints/sip/{sip}").status_code == 400
    assert confd.delete(f"/users/1/lines/{line}").status_code == 204
    again = confd.delete(f"/users/1/lines/{line}")
    assert again.json()[0].startswith("Resource Error - User is not associated with Line")
    assert confd.delete("/users/1").status_code == 204
    assert confd.get("/users/1").status_code == 404


def test_missing_ends(confd: httpx.Client) -> None:
    """Each end that is not there is 404 by its own name."""
    assert confd.put("/users/99/lines/1").json() == [
        "Resource Not Found - User was not found ('id': 99)"
    ]
    assert confd.put("/users/1/lines/99").json() == [
        "Resource Not Found - Line was not found ('id': 99)"
    ]


def test_replaced_lists(confd: httpx.Client) -> None:
    """Trunks of an outcall and members of a group are replaced as a whole."""
    out = _make(confd, "/outcalls", name="out")["id"]
    trunks = [_make(confd, "/trunks", context="to-extern")["id"] for _ in range(2)]
    for wanted in (trunks, trunks[::-1], []):
        body = {"trunks": [{"id": one} for one in wanted]}
        assert confd.put(f"/outcalls/{out}/trunks", json=body).status_code == 204
        shown = confd.get(f"/outcalls/{out}").json()["trunks"]
        assert [one["id"] for one in shown] == wanted
    group = _make(confd, "/groups", name="sales")["id"]
    people = [confd.get(f"/users/{number}").json()["uuid"] for number in (1, 2)]
    body = {"users": [{"uuid": one} for one in people]}
    assert confd.put(f"/groups/{group}/members/users", json=body).status_code == 204
    members = confd.get(f"/groups/{group}").json()["members"]["users"]
    assert [one["uuid"] for one in members] == people
    assert confd.get("/users/1").json()["groups"][0]["name"] == "sales"


def test_singles(confd: httpx.Client) -> None:
    """An entity is replaced; call permissions are listed; an endpoint is one object or 404."""
    assert confd.get("/users/1/entities").json()["entity_id"] == 1
    other = _make(confd, "/entities", name="other")["id"]
    assert confd.put(f"/users/1/entities/{other}").status_code == 204
    assert confd.get("/users/1/entities").json()["entity_id"] == other
    permission = _make(confd, "/callpermissions", name="abroad", extensions=["00"])["id"]
    assert confd.put(f"/users/1/callpermissions/{permission}").status_code == 204
    listed = confd.get("/users/1/callpermissions").json()
    assert listed["items"][0]["call_permission_id"] == permission
    line, sip, _ = _phone(confd)
    assert confd.get(f"/lines/{line}/endpoints/sip").json()["endpoint_id"] == sip
    assert confd.get(f"/endpoints/sip/{sip}/lines").json()["line_id"] == line
    assert confd.get(f"/lines/{line}/endpoints/sccp").status_code == 404


def test_agents_and_queues(confd: httpx.Client) -> None:
    """A queue's members have a penalty of their own."""
    body = {"agent_id": 1, "penalty": 2}
    assert confd.post("/queues/1/members/agents", json=body).status_code == 201
    assert confd.get("/queues/1/members/agents/1").json() == {"queue_id": 1, **body}
    assert confd.put("/queues/1/members/agents/1", json={"penalty": 5}).status_code == 204
    assert confd.get("/queues/1/members/agents/1").json()["penalty"] == 5
    assert confd.delete("/queues/1/members/agents/1").status_code == 204
    assert confd.get("/queues/1/members/agents/1").status_code == 404
