"""What only Wazo has: tokens with metadata, lists of wazo-auth, its errors, tenants, uuids."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.xivo import plain
from sandbox.xivo.conftest import client
from toolkit import sandbox
from toolkit.sandbox.xivo import XivoBox

_NOBODY = "4bd57dd0-1111-4bde-8888-c4d3b8b0a2a1"


@pytest.fixture
def box() -> Iterator[XivoBox]:
    with sandbox.start("xivo", era="wazo", users=2) as started:
        yield started


@pytest.fixture
def auth(box: XivoBox) -> Iterator[httpx.Client]:
    """A client of wazo-auth that may do everything."""
    with client(box) as confd:
        made = str(confd.headers["X-Auth-Token"])
    with plain.Client(base_url=box.auth, headers={"X-Auth-Token": made}) as one:
        yield one


def _log_in(box: XivoBox, **body: Any) -> httpx.Response:
    return plain.post(f"{box.auth}/token", auth=(box.user, box.password), json=body)


def test_a_token(box: XivoBox) -> None:
    """More keys than before, ``acl`` for ``acls``; the backend may be left out or unknown."""
    for body in ({}, {"backend": "wazo_user"}, {"backend": "xivo_service"}):
        reply = _log_in(box, **body)
        assert reply.status_code == 200
        assert reply.headers["wazo-sessions-revoked"] == "0"
        data = reply.json()["data"]
        assert list(data) == [
            "token", "auth_id", "xivo_user_uuid", "xivo_uuid", "issued_at", "expires_at",
            "utc_issued_at", "utc_expires_at", "acl", "metadata", "session_uuid", "remote_addr",
            "user_agent",
        ]  # fmt: skip
        assert data["acl"] == ["#"]
        assert list(data["metadata"]) == [
            "uuid", "tenant_uuid", "auth_id", "pbx_user_uuid", "xivo_uuid", "purpose",
        ]  # fmt: skip


def test_refused_logins(box: XivoBox) -> None:
    """/token keeps the old shape, with the reason first and the schema's words."""
    wrong = plain.post(f"{box.auth}/token", auth=(box.user, "bad"), json={})
    assert wrong.status_code == 401
    assert list(wrong.json()) == ["reason", "timestamp", "status_code"]
    bad = _log_in(box, expiration=-1)
    assert bad.status_code == 400
    span = "{'constraint_id': 'range', 'constraint': {'min': 1, 'max': 315360000}, 'message': "
    says = "'Must be greater than or equal to 1 and less than or equal to 315360000.'}"
    assert bad.json()["reason"] == [f"{{'expiration': [{span}{says}]}}"]
    empty = plain.post(f"{box.auth}/token", auth=(box.user, box.password))
    assert (empty.status_code, list(empty.json())) == (400, ["message"])


def test_refresh_tokens(box: XivoBox) -> None:
    """``access_type: offline`` gives one that stands for name and password later."""
    given = _log_in(box, access_type="offline", client_id="tests").json()["data"]
    body = {"refresh_token": given["refresh_token"], "client_id": "tests"}
    again = plain.post(f"{box.auth}/token", json=body)
    assert again.status_code == 200
    assert again.json()["data"]["auth_id"] == given["auth_id"]
    other = plain.post(f"{box.auth}/token", json=body | {"client_id": "others"})
    assert other.status_code == 401


def test_scopes(box: XivoBox, auth: httpx.Client) -> None:
    """Several scopes at once; a tenant that is not there is 403."""
    made = _log_in(box).json()["data"]["token"]
    reply = auth.post(f"/token/{made}/scopes/check", json={"scopes": ["confd.users.read", "x"]})
    assert reply.json() == {"scopes": {"confd.users.read": True, "x": True}}
    reply = auth.get(f"/token/{made}?scope=x.y&tenant=zz")
    assert (reply.status_code, reply.json()["reason"]) == (403, ["Unauthorized for tenant zz"])


def test_lists_of_auth(auth: httpx.Client) -> None:
    """total counts all, filtered what was found; policies have no filtered."""
    listed = auth.get("/users?search=lookout&limit=1&order=username").json()
    assert list(listed) == ["filtered", "total", "items"]
    assert (listed["filtered"], listed["total"]) == (1, 4)
    assert listed["items"][0]["username"] == "lookout"
    assert list(auth.get("/policies").json()) == ["items", "total"]
    assert auth.get("/tenants").json()["total"] == 2
    assert auth.get("/groups").json()["items"][0]["read_only"] is True
    assert auth.head("/status").status_code == 200
    assert auth.get("/backends").json() == {"data": ["ldap_user", "wazo_user"]}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "limit=-1",
            {"limit": [{"constraint_id": "range", "constraint": {"min": 0},
                        "message": "Must be greater than or equal to 0."}]},
        ),
        (
            "order=nope",
            {"order": [{"constraint_id": "enum",
                        "constraint": {"choices": ["username", "firstname", "lastname"]},
                        "message": "Must be one of: username, firstname, lastname."}]},
        ),
    ],
)  # fmt: skip
def test_bad_list_parameters(auth: httpx.Client, query: str, message: Any) -> None:
    """The message is a dict."""
    reply = auth.get(f"/users?{query}")
    said = reply.json()
    assert (reply.status_code, said["error_id"]) == (400, "invalid-list-param")
    assert list(said) == ["message", "error_id", "details", "timestamp", "resource"]
    assert (said["message"], said["resource"]) == (message, "users")


def test_users_of_auth(auth: httpx.Client) -> None:
    """Created with 200; a name that is taken is 409; an unknown one 404; a bad token 401."""
    made = auth.post("/users", json={"username": "u1", "password": "secret1"})
    assert made.status_code == 200
    assert uuid.UUID(made.json()["uuid"])
    twice = auth.post("/users", json={"username": "u1"})
    assert (twice.status_code, twice.json()["error_id"]) == (409, "conflict")
    assert twice.json()["details"]["username"]["message"] == 'The login "u1" is already used'
    lost = auth.get(f"/users/{_NOBODY}").json()
    assert (lost["message"], lost["error_id"]) == (f'No such user: "{_NOBODY}"', "unknown-user")
    denied = auth.get("/users", headers={"X-Auth-Token": "zz"})
    assert denied.status_code == 401
    assert denied.json()["details"] == {
        "invalid_token": "zz",
        "reason": "not_found_or_expired",
        "required_access": "auth.users.read",
    }
    assert auth.delete(f"/users/{made.json()['uuid']}").status_code == 204


def test_tenants(box: XivoBox, auth: httpx.Client) -> None:
    """The header chooses the tenant; recurse shows those below; an unknown one is an odd 401."""
    branch, master = (one["uuid"] for one in auth.get("/tenants?order=name").json()["items"])
    with client(box) as confd:
        head = {"Wazo-Tenant": branch}
        made = confd.post("/users", json={"firstname": "Zed"}, headers=head).json()
        assert made["tenant_uuid"] == branch
        assert confd.get("/users").json()["total"] == 2
        assert confd.get("/users", headers=head).json()["total"] == 1
        assert confd.get("/users?recurse=true").json()["total"] == 3
        assert confd.get("/users?recurse=true", headers=head).json()["total"] == 1
        assert confd.get("/users", headers={"Wazo-Tenant": master}).json()["total"] == 2
        odd = confd.get("/users", headers={"Wazo-Tenant": _NOBODY})
        said = f"('{confd.headers['X-Auth-Token']}', 'confd.users.read', '{_NOBODY}')"
        assert (odd.status_code, odd.json()) == (401, [said])


def test_uuids(box: XivoBox) -> None:
    """Groups and SIP endpoints go by their uuid; a SIP endpoint has no number at all."""
    with client(box) as confd:
        sip = confd.post("/endpoints/sip", json={"name": "abc"})
        assert "id" not in sip.json()
        uuid_ = sip.json()["uuid"]
        assert sip.headers["location"] == f"{box.confd}/endpoints/sip/{uuid_}"
        assert confd.get(f"/endpoints/sip/{uuid_}").json()["name"] == "abc"
        group = confd.post("/groups", json={"name": "sales"}).json()
        assert confd.put(f"/groups/{group['uuid']}", json={"timeout": 9}).status_code == 204
        assert confd.get(f"/groups/{group['id']}").status_code == 404
        assert confd.get("/status").json()["rest_api"] == {"status": "ok"}
        assert confd.get("/infos").json()["wazo_version"] == "26.08"
        assert confd.get("/entities").status_code == 404


@pytest.mark.parametrize(
    ("path", "sent", "keys"),
    [
        (
            "/lines",
            {"context": "default"},
            """id tenant_uuid name protocol device_id device_slot provisioning_extension context
            provisioning_code position caller_id_name caller_id_num registrar links application
            endpoint_sip endpoint_sccp endpoint_custom extensions users is_webrtc""",
        ),
        (
            "/extensions",
            {"exten": "1100", "context": "default"},
            """id tenant_uuid exten context commented enabled links conference parking_lot group
            incall lines outcall queue""",
        ),
        (
            "/endpoints/sip",
            {"name": "abc"},
            """uuid tenant_uuid name label aor_section_options auth_section_options
            endpoint_section_options identify_section_options registration_section_options
            registration_outbound_auth_section_options outbound_auth_section_options templates
            transport asterisk_id links trunk line""",
        ),
    ],
)
def test_shapes(box: XivoBox, path: str, sent: dict[str, Any], keys: str) -> None:
    """The keys of a new item in a real server's order."""
    with client(box) as confd:
        assert list(confd.post(path, json=sent).json()) == keys.split()


def test_contexts_within_contexts(box: XivoBox) -> None:
    """A context is named by the server, and shows the contexts that were put into it."""
    with client(box) as confd:
        made = confd.post("/contexts", json={"label": "inside"}).json()
        assert made["name"].endswith(made["uuid"])
        put = confd.put(f"/contexts/{made['id']}/contexts", json={"contexts": [{"id": 1}]})
        assert put.status_code == 204
        assert confd.get(f"/contexts/{made['id']}").json()["contexts"] == [{"id": 1}]
