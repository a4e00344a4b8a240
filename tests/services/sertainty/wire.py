"""Hand-written replies of a gateway."""

from __future__ import annotations

import base64


def response(status: int, *results: bytes | str | tuple[str, str], message: str = "text") -> bytes:
    items = ""
    for result in results:
        name, value = result if isinstance(result, tuple) else (None, result)
        raw = value.encode() if isinstance(value, str) else value
        attribute = f' name="{name}"' if name else ""
        items += f"<Result{attribute}>{base64.b64encode(raw).decode()}</Result>"
    return (
        f"<Response><Status>{status}</Status><StatusMessage>{message}</StatusMessage>"
        f"<ResultList>{items}</ResultList></Response>"
    ).encode()
