"""HTTP Digest as an old flask-httpauth does it: RFC 2069, the nonce in a signed session cookie.

Without the cookie of the 401 the answer to its challenge is refused. The secret is made at start,
so a restart voids every nonce.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable

from toolkit.sandbox.xivo.web import HTML_UTF8, Reply, Request

_REALM = "Authentication Required"
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - the protocol's own


class Digest:
    """Challenges and checks.

    Parameters
    ----------
    password
        Gives the password of an account, or None.
    """

    def __init__(self, password: Callable[[str], str | None]) -> None:
        self._password = password
        self._secret = secrets.token_bytes(16)

    def _sign(self, text: str) -> str:
        made = hmac.new(self._secret, text.encode(), hashlib.sha1).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def _cookie(self, nonce: str, opaque: str) -> str:
        text = json.dumps({"auth_nonce": nonce, "auth_opaque": opaque})
        packed = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return f"{packed}.{self._sign(packed)}"

    def _session(self, request: Request) -> dict[str, str]:
        for part in request.headers.get("cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            packed, _, signature = value.partition(".")
            if name == "session" and hmac.compare_digest(signature, self._sign(packed)):
                padded = packed + "=" * (-len(packed) % 4)
                session: dict[str, str] = json.loads(base64.urlsafe_b64decode(padded))
                return session
        return {}

    def challenge(self) -> Reply:
        """The 401 with a new nonce, and the cookie to answer it with."""
        nonce, opaque = _md5(secrets.token_hex()), _md5(secrets.token_hex())
        asks = f'Digest realm="{_REALM}",nonce="{nonce}",opaque="{opaque}"'
        headers = [("WWW-Authenticate", asks), self._set(nonce, opaque)]
        return Reply(401, b"Unauthorized Access", HTML_UTF8, headers)

    def _set(self, nonce: str, opaque: str) -> tuple[str, str]:
        return "Set-Cookie", f"session={self._cookie(nonce, opaque)}; HttpOnly; Path=/"

    def check(self, request: Request) -> list[tuple[str, str]] | None:
        """The headers to send back when the answer is right (the cookie again), else None."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "digest":
            return None
        said = {name: quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
        session = self._session(request)
        nonce, opaque = session.get("auth_nonce"), session.get("auth_opaque")
        password = self._password(said.get("username", ""))
        if nonce is None or opaque is None or password is None:
            return None
        if said.get("nonce") != nonce or said.get("opaque") != opaque:
            return None
        user = _md5(f"{said['username']}:{_REALM}:{password}")
        asked = _md5(f"{request.method}:{said.get('uri', '')}")
        right = _md5(f"{user}:{nonce}:{asked}")
        if not hmac.compare_digest(right, said.get("response", "")):
            return None
        return [self._set(nonce, opaque)]
