"""``toolkit watch``: what changes on a server, a line a change, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import inspect
import operator
from collections.abc import Callable
from typing import Any

import toolkit
from toolkit import services
from toolkit.configuration.table import unknown
from toolkit.outcomes import InvalidArgument


def run(options: argparse.Namespace) -> int:
    """Connect, log in where the service has a login, and print each change."""
    recording = toolkit.record(options.record) if options.record else contextlib.nullcontext()
    client = toolkit.connect(_server(options))
    with recording, client:
        if not options.of and not getattr(client, "watched", None):
            raise InvalidArgument(
                f"say what of {client.service_name} to watch: --of users.list --key id, a method "
                "that gives a table and the columns that tell its rows apart"
            )
        _log_in(client, options.user)
        toolkit.watch(
            client,
            options.every,
            of=_function(client, options.of) if options.of else None,
            key=options.key.split(",") if options.key else (),
            times=options.times,
        )
    return 0


def _server(options: argparse.Namespace) -> Any:
    if "://" in options.server:
        if options.service not in services.load():
            raise unknown("no service is called", options.service, services.load())
        return {"service": options.service, "url": options.server}
    return options.server


def _log_in(client: Any, user: str | None) -> None:
    """Ask whoever sits here, or the keyring; a service without a login needs nothing."""
    login: Callable[..., Any] | None = getattr(client, "login", None)
    if login is None:
        return
    user = user or client.profile.user
    named = {"user": user} if user and "user" in inspect.signature(login).parameters else {}
    asyncio.run(login(**named))


def _function(client: Any, name: str) -> Callable[[], Any]:
    try:
        found = operator.attrgetter(name)(client)
    except AttributeError:
        found = None
    if not callable(found):
        raise InvalidArgument(
            f"{client.service_name} has no method {name!r}; --of takes one without arguments, "
            "such as users.list"
        )
    return found  # type: ignore[no-any-return]
