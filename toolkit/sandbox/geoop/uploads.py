"""POST /files/upload: one file as a part of a form.

That the action exists is the vendor's; the form is ours: ``multipart/form-data`` with a part
``file``, and if wanted a part ``job`` with a job's id.
"""

from __future__ import annotations

import base64
import email.message

from toolkit.sandbox.geoop.errors import ApiError
from toolkit.sandbox.geoop.fields import Field, no_such_item, too_large
from toolkit.sandbox.geoop.people import Who
from toolkit.sandbox.geoop.reading import show_default
from toolkit.sandbox.geoop.schema import COLLECTIONS
from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.web import Request
from toolkit.sandbox.geoop.world import World
from toolkit.sandbox.geoop.writing import Failure

_FILES = COLLECTIONS["files"]
Part = tuple[str, str, bytes]  # file name, media type, content


def upload(world: World, who: Who, request: Request) -> Item:
    """Keep a file and give its item."""
    parts = _parts(request)
    if "file" not in parts:
        raise ApiError("content", 7, "The form has no part with the name file.")
    name, kind, content = parts["file"]
    raw: Item = {"name": name, "size": len(content)}
    job: Item | None = None
    if "job" in parts:
        said = parts["job"][2].decode("utf-8", "replace").strip()
        job = who.find("jobs", int(said)) if said.isascii() and said.isdecimal() else None
        if job is None:
            field: Field = _FILES.by_name["job"]
            number = int(said) if said.isascii() and said.isdecimal() else 0
            raise Failure({0: [no_such_item(field, number)]}, [raw | {"job": said}])
    if len(content) > world.switches.upload_limit:
        raise Failure({0: [too_large(world.switches.upload_limit)]}, [raw])
    item: Item = {
        "id": world.store.next_id("files", _FILES.first_id),
        "name": name or "file",
        "size": len(content),
        "mimeType": kind,
        "job": None if job is None else {"id": job["id"]},
        "account": {"id": who.account} if job is None else job["account"],
        "created": world.clock.text,
        "createdBy": {"id": who.id},
        "_content": base64.b64encode(content).decode(),
    }
    world.store.put("files", item)
    return show_default(item, _FILES)


def _header(text: str) -> email.message.Message:
    message = email.message.Message()
    message["Content-Type"] = text
    return message


def _parts(request: Request) -> dict[str, Part]:
    """The parts of a form by name; 400 if it is none."""
    boundary = _header(request.headers.get("content-type", "")).get_param("boundary")
    if request.content_type != "multipart/form-data" or not isinstance(boundary, str):
        raise ApiError("syntax", 24, "A file must be sent as multipart/form-data.")
    pieces = (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise ApiError("syntax", 25, "The form is not complete.")
    found: dict[str, Part] = {}
    for piece in pieces[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        about = _header(headers.get("content-disposition", ""))
        name = about.get_param("name")
        if isinstance(name, str):
            file_name = about.get_param("filename")
            kind = headers.get("content-type", "application/octet-stream")
            found[name] = (file_name if isinstance(file_name, str) else "", kind, content)
    return found
