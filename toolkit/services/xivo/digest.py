"""HTTP Digest as xivo-confd has it: RFC 2069's form, its nonce in a session cookie.

Seen from xivo-confd 15.18 and 16.15: no qop, no algorithm, no stale. Nonce and opaque live in the
cookie that comes with the challenge, so an answer must carry it; the pair then serves any number
of requests, until the server is restarted.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

import httpx

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a 401 asks for, and the cookie that must come back with the answer."""

    realm: str
    nonce: str = field(repr=False)
    opaque: str = field(default="", repr=False)
    cookie: str = field(default="", repr=False)

    @classmethod
    def of(cls, headers: httpx.Headers) -> Challenge | None:
        """The challenge of a 401; None when it has none that can be answered.

        Examples
        --------
        >>> said = 'Digest realm="Authentication Required",nonce="0a",opaque="0b"'
        >>> Challenge.of(httpx.Headers({"www-authenticate": said})).realm
        'Authentication Required'
        >>> Challenge.of(httpx.Headers({"www-authenticate": 'Basic realm="x"'}))
        """
        for said in headers.get_list("www-authenticate"):
            scheme, _, rest = said.strip().partition(" ")
            if scheme.lower() != "digest":
                continue
            found = {
                name.lower(): _ESCAPED.sub(r"\1", quoted) if quoted or not plain else plain
                for name, quoted, plain in _PARAMETER.findall(rest)
            }
            if "nonce" in found and found.get("algorithm", "MD5").upper() == "MD5":
                return cls(
                    found.get("realm", ""),
                    found["nonce"],
                    found.get("opaque", ""),
                    _cookie(headers),
                )
        return None

    def answer(
        self, user: str, password: str, method: str, url: str
    ) -> tuple[tuple[str, str], ...]:
        """The headers that answer it for one request.

        Examples
        --------
        >>> challenge = Challenge("r", "n", "o", "session=abc")
        >>> dict(challenge.answer("ada", "pw", "GET", "http://box.example/1.1/users"))["Cookie"]
        'session=abc'
        """
        uri = httpx.URL(url).raw_path.decode()  # as it is on the wire
        secret = _md5(f"{user}:{self.realm}:{password}")
        response = _md5(f"{secret}:{self.nonce}:{_md5(f'{method}:{uri}')}")
        fields = {
            "username": user,
            "realm": self.realm,
            "nonce": self.nonce,
            "uri": uri,
            "response": response,
        }
        if self.opaque:
            fields["opaque"] = self.opaque
        said = ", ".join(f'{name}="{_quoted(value)}"' for name, value in fields.items())
        cookie = (("Cookie", self.cookie),) if self.cookie else ()
        return (("Authorization", f"Digest {said}"), *cookie)


def _cookie(headers: httpx.Headers) -> str:
    """All cookies of the answer, as they are sent back."""
    pairs = (value.split(";")[0].strip() for value in headers.get_list("set-cookie"))
    return "; ".join(pair for pair in pairs if "=" in pair)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
