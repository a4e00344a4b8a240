"""Every function that reads, by both clients: equal frames, or equal exceptions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.services.attrs import lasting
from tests.services.xivo.awaited import at, blocking, comparable, use
from toolkit.outcomes import CallError
from toolkit.sandbox.xivo import XivoBox
from toolkit.services.xivo import AsyncServer, Server
from toolkit.services.xivo.functions import TABLE

READS = [one for one in TABLE.all if not one.changes]
PLACES = {
    "user_id": "users", "line_id": "lines", "extension_id": "extensions", "group_id": "groups",
    "voicemail_id": "voicemails", "device_id": "devices", "context_id": "contexts",
    "incall_id": "incalls", "outcall_id": "outcalls", "trunk_id": "trunks", "ivr_id": "ivr",
    "sip_id": "endpoints.sip", "sccp_id": "endpoints.sccp", "custom_id": "endpoints.custom",
    "template_id": "funckeys.templates", "callpermission_id": "callpermissions",
    "entity_id": "entities", "cti_profile_id": "cti_profiles",
}  # fmt: skip
MADE: dict[str, dict[str, object]] = {
    "lines": {"context": "default"}, "extensions": {"exten": "1234", "context": "default"},
    "endpoints.sip": {}, "endpoints.sccp": {}, "endpoints.custom": {"interface": "a/1"},
    "voicemails": {"name": "Ada", "number": "1234", "context": "default"},
    "groups": {"name": "sales"}, "incalls": {"destination": {"type": "none"}},
    "outcalls": {"name": "out", "context": "to-extern"}, "trunks": {"context": "from-extern"},
    "ivr": {"name": "menu", "menu_sound": "beep"}, "callpermissions": {"name": "abroad"},
    "funckeys.templates": {"name": "keys"},
}  # fmt: skip
OTHERS = {"forward_name": "busy", "service_name": "dnd", "token": "none-such"}


@pytest.fixture(scope="module", params=["15.18", "16.15", "wazo"])
def era(request: pytest.FixtureRequest) -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", era=request.param, users=12) as box:
        furnish(box)
        yield box


def furnish(box: XivoBox) -> None:
    """One of each kind, as far as the server takes it."""
    with blocking(box) as server:
        server.login_with(box.user, box.password)
        for place, fields in MADE.items():
            with contextlib.suppress(CallError):
                at(server, place).create(fields)
        with contextlib.suppress(CallError):
            server.lines(1).endpoints.sip.add(1)
            server.lines(1).extensions.add(1)
            server.users(1).lines.add(1)


def outcome(error: CallError) -> tuple[Any, ...]:
    return type(error), error.function, error.target, error.code, str(error)


def first_ids(server: Server) -> dict[str, object]:
    """What fills each hole of a path: the first item of its kind, where there is one."""
    found: dict[str, object] = dict(OTHERS)
    for hole, place in PLACES.items():
        try:
            frame = at(server, place).list()
            found[hole] = frame["id"].iloc[0] if len(frame) else 1
        except CallError:
            found[hole] = 1
    found["user_uuid"] = server.users.get(1)["uuid"].item()
    return found


def compare(found: object, expected: Any) -> None:
    if isinstance(found, CallError):
        assert outcome(found) == expected
    else:
        assert isinstance(found, pd.DataFrame)
        pd.testing.assert_frame_equal(comparable(found), comparable(expected))
        assert lasting(found.attrs) == lasting(expected.attrs)


def test_every_read_gives_the_frame_of_the_blocking_client(era: XivoBox) -> None:
    """All that read, by method and by name: equal frames, or equal exceptions."""
    known: dict[str, Any] = {}
    with blocking(era) as server:
        server.login_with(era.user, era.password)
        ids = first_ids(server)
        filled = {one.name: [ids.get(hole, 1) for hole in one.holes] for one in READS}
        here = [one for one in READS if one.api in ("confd", "auth")]
        for one in here:
            try:
                known[one.name] = server.call(one.name, *filled[one.name])
            except CallError as error:
                known[one.name] = outcome(error)

    async def look(server: AsyncServer) -> None:
        for one in here:
            given = filled[one.name]
            by_method = one.api == "confd"
            call = at(server, one.method)(*given) if by_method else server.call(one.name, *given)
            (found,) = await asyncio.gather(call, return_exceptions=True)
            compare(found, known[one.name])

    use(era, look)
    answered = sum(isinstance(one, pd.DataFrame) for one in known.values())
    assert answered >= {"15.18": 60, "16.15": 60, "wazo": 40}[era.era], answered
