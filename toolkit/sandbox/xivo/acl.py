"""Access control lists: ``service.resource.action`` with ``*``, ``#`` and ``me``."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

ACTIONS = {"GET": "read", "HEAD": "read", "PUT": "update", "POST": "create", "DELETE": "delete"}

# What a user's own token may do (seen from xivo-auth 16.15).
USER_ACLS = (
    "confd.users.me.read", "confd.users.me.update", "confd.users.me.funckeys.*",
    "confd.users.me.funckeys.*.*", "confd.users.me.#.read", "confd.users.me.services.*.*",
    "confd.users.me.forwards.*.*", "ctid-ng.users.me.#", "ctid-ng.users.*.presences.read",
    "ctid-ng.lines.*.presences.read", "ctid-ng.transfers.*.read", "ctid-ng.transfers.*.delete",
    "ctid-ng.transfers.*.complete.update", "dird.#.me.read", "dird.directories.favorites.#",
    "dird.directories.lookup.*.headers.read", "dird.directories.lookup.*.read",
    "dird.directories.personal.*.read", "dird.personal.#", "events.calls.me",
    "events.transfers.me", "events.chat.message.*.me", "events.statuses.*",
    "events.switchboards", "events.users.me.#", "events.config.users.me.#", "websocketd",
)  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _pattern(acl: str, auth_id: str) -> re.Pattern[str]:
    """One entry of a token as a pattern: ``*`` is one word, ``#`` any, ``me`` also the owner."""
    words = []
    for word in acl.split("."):
        text = re.escape(word).replace(r"\*", "[^.]*?").replace(r"\#", ".*?")
        words.append(f"(?:me|{re.escape(auth_id)})" if word == "me" else text)
    return re.compile(r"\.".join(words))


def allows(acls: Iterable[str], required: str, auth_id: str) -> bool:
    """Whether a token with these entries may do what is required.

    Examples
    --------
    >>> allows(["confd.users.*.read"], "confd.users.12.read", "7")
    True
    >>> allows(["confd.users.*.read"], "confd.users.12.lines.read", "7")
    False
    >>> allows(["confd.users.me.#.read"], "confd.users.7.forwards.read", "7")
    True
    """
    return any(_pattern(acl, auth_id).fullmatch(required) for acl in acls)


def required(template: str, holes: Mapping[str, object]) -> str:
    """A template with its holes filled; dots in what was in the URL become ``_``."""
    for name, value in holes.items():
        template = template.replace("{" + name + "}", str(value).replace(".", "_"))
    return template


def of_path(path: str, verb: str) -> str:
    """The entry that a path of confd needs by the rule.

    Examples
    --------
    >>> of_path("/users/{user_id}/lines", "GET")
    'confd.users.{user_id}.lines.read'
    """
    return ".".join(["confd", *path.strip("/").split("/"), ACTIONS[verb]])
