"""POST /files/upload."""

from __future__ import annotations

import base64

import httpx
import pytest

from toolkit.sandbox.geoop import GeoopBox

CONTENT = bytes(range(256)) + b"\r\n\r\n--\r\n"


def test_a_file(box: GeoopBox, api: httpx.Client) -> None:
    """It is kept byte for byte, with its name, size and type, and the job that it is for."""
    files = {"file": ("plan é.pdf", CONTENT, "application/pdf")}
    reply = api.post("/files/upload", files=files, data={"job": "1002"})
    assert reply.status_code == 200
    body = reply.json()
    (made,) = body["files"]
    assert body["metadata"] == {"receivedItemsCount": 1, "validItems": [0]}
    assert made["size"] == len(CONTENT)
    assert (made["name"], made["mimeType"]) == ("plan é.pdf", "application/pdf")
    assert made["job"] == {"id": 1002}
    kept = box.items("files")[str(made["id"])]
    assert base64.b64decode(kept["_content"]) == CONTENT
    assert api.get(f"/files/{made['id']}").json()["files"] == [made]
    renamed = api.patch(f"/files/{made['id']}", json={"files": [{"name": "plan.pdf"}]})
    assert renamed.json()["files"][0]["name"] == "plan.pdf"
    assert api.delete(f"/files/{made['id']}").is_success
    assert api.get("/files").json()["files"] == []


def test_an_empty_file(api: httpx.Client) -> None:
    """It may be empty, and belong to no job."""
    reply = api.post("/files/upload", files={"file": ("a.txt", b"", "text/plain")})
    (made,) = reply.json()["files"]
    assert (made["size"], made["job"], made["account"]) == (0, None, {"id": 22})


def test_a_part_without_a_type(api: httpx.Client) -> None:
    """Then it is bytes of any kind."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhi\r\n--x--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    (made,) = api.post("/files/upload", content=body, headers=headers).json()["files"]
    assert (made["mimeType"], made["size"]) == ("application/octet-stream", 2)


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/json", b"{}", 400, 1224),
        ("multipart/form-data", b"", 400, 1224),
        ("multipart/form-data; boundary=x", b"", 400, 1225),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nhi", 400, 1225),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nhi\r\n--x--',
            422,
            1407,
        ),
    ],
)
def test_no_file(api: httpx.Client, kind: str, body: bytes, status: int, code: int) -> None:
    """What is no form, not a whole one, or has no part of the name file."""
    reply = api.post("/files/upload", content=body, headers={"Content-Type": kind})
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("size", "job", "code"), [(11, "1002", 1312), (1, "1", 1309), (1, "many", 1309)]
)
def test_refused_files(box: GeoopBox, api: httpx.Client, size: int, job: str, code: int) -> None:
    """Too large, or for a job that is not there: a failure, and nothing is kept."""
    box.switch(upload_limit=10)
    reply = api.post("/files/upload", files={"file": ("a", b"x" * size)}, data={"job": job})
    body = reply.json()
    assert (reply.status_code, body["result"]) == (422, "failure")
    assert body["metadata"] == {"receivedItemsCount": 1, "invalidItems": [0]}
    assert body["failures"][0]["errors"][0]["code"] == code
    assert body["failures"][0]["rawData"]["size"] == size
    assert box.items("files") == {}
