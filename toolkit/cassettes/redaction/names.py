"""Which names (of headers, fields, elements, attributes, parameters) hold a secret, by kind.

Names are compared folded: without case, punctuation and trailing digits, so that ``api_key``,
``apiKey``, ``X-Api-Key`` and ``user[api-key]`` are one entry of the tables.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable

from toolkit.cassettes.redaction.placeholders import is_placeholder

EXACT: dict[str, str] = {
    "pass": "password",
    "pw": "password",
    "psw": "password",
    "userpass": "password",
    "passwords": "password",
    "pin": "password",
    "pincode": "password",
    "otp": "password",
    "totp": "password",
    "otpcode": "password",
    "mfacode": "password",
    "verificationcode": "password",
    "secretanswer": "password",
    "securityanswer": "password",
    "cvv": "password",
    "cvc": "password",
    "tokens": "token",
    "tokenid": "token",
    "tokenvalue": "token",
    "bearer": "token",
    "assertion": "token",
    "samlresponse": "token",
    "ticket": "token",
    "sid": "session",
    "secrets": "secret",
    "apikeys": "secret",
    "auth": "secret",
    "authorization": "secret",
    "proxyauthorization": "secret",
    "cookie": "cookie",
    "cookies": "cookie",
    "setcookie": "cookie",
    "sig": "signature",
    "hmac": "signature",
    "codeverifier": "secret",
    "devicecode": "secret",
    "authcode": "secret",
    "authorizationcode": "secret",
}
"""Folded name -> kind."""

SUFFIXES: dict[str, str] = {
    "password": "password",
    "passwd": "password",
    "pwd": "password",
    "passphrase": "password",
    "passcode": "password",
    "passwordconfirmation": "password",
    "passwordconfirm": "password",
    "passwordrepeat": "password",
    "passwordagain": "password",
    "passwordhash": "password",
    "token": "token",
    "jwt": "token",
    "clientassertion": "token",
    "session": "session",
    "sessionid": "session",
    "sessid": "session",
    "sessionkey": "session",
    "sessionuuid": "session",
    "sessionhandle": "session",
    "secret": "secret",
    "apikey": "secret",
    "secretkey": "secret",
    "privatekey": "secret",
    "accesskey": "secret",
    "accesskeyid": "secret",
    "authkey": "secret",
    "encryptionkey": "secret",
    "signingkey": "secret",
    "sharedkey": "secret",
    "masterkey": "secret",
    "accountkey": "secret",
    "subscriptionkey": "secret",
    "functionskey": "secret",
    "credential": "secret",
    "credentials": "secret",
    "signature": "signature",
}
"""End of a folded name -> kind."""

NOT_SECRET = (
    "nexttoken",
    "pagetoken",
    "continuationtoken",
    "synctoken",
    "cursortoken",
    "previoustoken",
    "notoken",
)
"""Ends of names that a suffix would take, and that only say where a listing goes on."""

PLURAL = frozenset({"passwords", "tokens", "secrets", "credentials", "apikeys", "cookies"})
"""Names whose numbers are counts, and whose objects hold nothing but secrets."""

_LONGEST = max(map(len, SUFFIXES))
_ENDS = tuple(SUFFIXES)
_PUNCTUATION = re.compile(r"[\W_]+")
_KEPT = 4096
_GENERATED = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}")


def fold(name: str) -> str:
    """The name as the tables have it.

    Examples
    --------
    >>> fold("X-Api-Key"), fold("user[password]"), fold("Passwd2")
    ('xapikey', 'userpassword', 'passwd')
    """
    return _PUNCTUATION.sub("", name).lower().rstrip("0123456789")


class Names:
    """The tables with a user's own names added.

    Parameters
    ----------
    extra : iterable of str
        Further names, compared folded and whole.
    """

    def __init__(self, extra: Iterable[str] = ()) -> None:
        self.extra = frozenset(folded for name in extra if (folded := fold(name)))
        self._known: dict[str, str | None] = {}

    def kind(self, name: str) -> str | None:
        """The kind of secret that a field of this name holds, or None.

        Examples
        --------
        >>> Names().kind("refresh_token"), Names().kind("next_page_token"), Names().kind("title")
        ('token', None, None)
        """
        try:
            return self._known[name]
        except KeyError:
            kind = self._look_up(name)
            if len(self._known) >= _KEPT:
                self._known.clear()
            if len(name) <= 200:
                self._known[name] = kind
            return kind

    def _look_up(self, name: str) -> str | None:
        if is_placeholder(name):  # one with a digest of digits alone would fold to its kind
            return None
        folded = fold(name)
        if folded in self.extra:
            return "field"
        kind = EXACT.get(folded)
        if kind is not None:
            return kind
        if not folded.endswith(_ENDS) or folded.endswith(NOT_SECRET):
            return None
        tail = folded[-_LONGEST:]
        return next(SUFFIXES[tail[cut:]] for cut in range(len(tail)) if tail[cut:] in SUFFIXES)


@functools.lru_cache(maxsize=16)
def names_with(extra: frozenset[str]) -> Names:
    """The tables with these names added: one object for all redactors that have the same.

    What it found out about a name serves them all; a redactor is made for each recording.
    """
    return Names(extra)


def looks_random(text: str) -> bool:
    """Whether a text has the look of a generated id rather than of words or of a date.

    Examples
    --------
    >>> looks_random("9f86d081884c7d65"), looks_random("configuration"), looks_random("Summer24")
    (True, False, False)
    """
    if len(text) < 8 or any(sign.isspace() for sign in text):
        return False
    if _GENERATED.fullmatch(text):
        return True
    classes = [
        0 if sign.isdigit() else 1 if sign.islower() else 2 for sign in text if sign.isalnum()
    ]
    switches = sum(a != b for a, b in itertools.pairwise(classes))
    if switches < 3:
        return False
    distinct = len(set(text))
    return distinct >= min(6, len(text) // 2) and (0 in classes or len(text) >= 16)
