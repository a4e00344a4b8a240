"""Asks a person only what the keyring does not know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from toolkit.outcomes import AccessDenied, LoginError
from toolkit.services.base.asking import Asker, Field, Form, Place, find_asker, place
from toolkit.services.base.keeping import Client, Kept, is_installed


def asker_for(
    client: Client, user: str | None, title: str, asker: Asker | None = None, *, keep: bool = False
) -> Asker:
    """Who answers a login: the keyring as far as it can, and for the rest a person.

    Parameters
    ----------
    client : a service's client
    user : str or None
    title : str
        What one logs in to.
    asker : Asker, optional
        Who is asked; then the keyring is not looked into.
    keep : bool
        Whether answers that opened a session are kept.

    Raises
    ------
    NobodyToAsk
        The keyring has no answers of the user, and no person can be asked here.
    InvalidArgument
        ``keep``, and the library ``keyring`` is not installed.
    """
    if not keep and (asker is not None or not is_installed()):
        return asker or find_asker(title)
    mixed = KeyringAsker(client, user, lambda: asker or find_asker(title), keep=keep)
    if asker is not None or not mixed.knows:
        mixed.person()
    return mixed


class KeyringAsker:
    """A form that is shown when the keyring does not have an answer.

    Parameters
    ----------
    client, user
        Whose answers.
    make : callable
        Gives the form.
    keep : bool
        Whether answers that opened a session are kept.
    """

    def __init__(
        self, client: Client, user: str | None, make: Callable[[], Asker], *, keep: bool
    ) -> None:
        self._client, self._make, self._keep = client, make, keep
        self._person: Asker | None = None
        self._kept: Kept | None = None
        self._looks = not keep  # who keeps new answers is asked for them
        self._used: set[str] = set()
        self._typed: dict[str, str] = {}
        if user is not None:
            self._is(user)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    @property
    def knows(self) -> bool:
        """Whether the keyring has answers of the user that may be sent."""
        return self._kept is not None and self._looks

    @property
    def waits(self) -> bool:
        """Whether the login may wait for the person."""
        if self._person is None:
            return place() is not Place.PAGE
        return getattr(self._person, "waits", True)

    def person(self) -> Asker:
        """The form; it is shown now."""
        if self._person is None:
            self._person = self._make()
        return self._person

    def _is(self, user: str) -> None:
        self._kept = Kept(self._client, user)
        if self._keep:
            self._kept.prompts  # noqa: B018 (a keyring that is not there is said before the login)
            return
        try:
            self._looks = self._looks and self._kept.usable
        except LoginError:
            self._looks = False

    async def user(self) -> str:
        """The user name: nobody but the person knows it."""
        name = await self.person().user()
        await asyncio.to_thread(self._is, name)
        return name

    async def answers(self, prompts: list[str], round_number: int) -> list[str]:
        """The kept answers, and what the person says to the other prompts."""
        found = [await self._look(prompt) for prompt in prompts]
        missing = [prompt for prompt, answer in zip(prompts, found, strict=True) if answer is None]
        if missing or not prompts:
            typed = iter(await self.person().answers(missing, round_number))
            found = [next(typed) if answer is None else answer for answer in found]
        self._typed |= dict(zip(prompts, map(str, found), strict=True))
        return [str(answer) for answer in found]

    async def fields(self, fields: Sequence[Field], title: str = "") -> list[str]:
        """Kept answers to hidden fields where the user is known, else what the person says."""
        if all(field.hidden for field in fields):
            found = [await self._look(field.label) for field in fields]
            if None not in found:
                return [str(one) for one in found]
        person = self.person()
        if not isinstance(person, Form):
            raise TypeError(f"{type(person).__name__} cannot ask for fields")
        texts = list(await person.fields(fields, title))
        for field, text in zip(fields, texts, strict=True):
            if field.hidden:
                self._typed[field.label] = text
            elif self._kept is None:
                await asyncio.to_thread(self._is, text)
        return texts

    async def ended(self, error: BaseException | None) -> bool:
        """Keep what was right, mark what was denied, and let the form say how it ended."""
        if error is None and self._keep and self._kept is not None and self._typed:
            await asyncio.to_thread(self._kept.keep, self._typed)
        if isinstance(error, AccessDenied) and self._used and self._kept is not None:
            await asyncio.to_thread(self._kept.mark_denied, error)
        self._typed, self._used, self._looks = {}, set(), False
        return isinstance(self._person, Form) and await self._person.ended(error)

    async def _look(self, prompt: str) -> str | None:
        """The kept answer to a prompt, once in a login."""
        if not self._looks or self._kept is None or prompt in self._used:
            return None
        try:
            found = await asyncio.to_thread(self._kept.get, prompt)
        except LoginError:
            return None
        if found is not None:
            self._used.add(prompt)
        return found
