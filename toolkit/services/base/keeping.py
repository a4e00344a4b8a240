"""Answers that are kept in the system's keyring: by service, address, user and prompt.

The keyring is the operating system's (Keychain, Credential Locker, Secret Service), reached by the
library ``keyring`` (extra ``keyring``). An entry's service is ``session-toolkit SERVICE URL USER``
and its user name the prompt; one more entry lists the prompts, so that all can be forgotten.

What a server denied is marked, and never sent a second time: too many wrong answers lock an
account. The mark stays until other answers are kept, or these are forgotten.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from toolkit.cassettes.deck import Recording, playing
from toolkit.outcomes import InvalidArgument, LoginError
from toolkit.services.base.asking import Answers, GivenAnswers

WORD = "keyring"
"""What ``answers=`` is given to have them taken from the keyring."""

_LIST = "(prompts)"
_LONGEST = 200  # characters of a prompt in an entry's name: Windows takes no more than 513
_denied_here: set[str] = set()


class Client(Protocol):
    """A service's client, as far as its answers are concerned."""

    @property
    def service_name(self) -> str:
        """Whose client it is."""
        ...

    @property
    def url(self) -> str:
        """The server's address."""
        ...


class Address(NamedTuple):
    """What the answers are for, where there is no client yet."""

    service_name: str
    url: str


class Kept:
    """The answers of one user of a service at one address."""

    def __init__(self, client: Client, user: str) -> None:
        parts = urlsplit(client.url)
        where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}{parts.path}"
        self.user = user
        self._name = f"session-toolkit {client.service_name} {where.rstrip('/')} {user}"

    def __repr__(self) -> str:
        return f"<kept answers of {self.user}>"

    @property
    def prompts(self) -> list[str]:
        """What answers are kept for."""
        return list(self._about().get("prompts", []))

    @property
    def denied(self) -> bool:
        """Whether the server denied these answers."""
        return self._name in _denied_here or bool(self._about().get("denied"))

    @property
    def usable(self) -> bool:
        """Whether there are answers that may be sent."""
        return bool(self.prompts) and not self.denied

    def get(self, prompt: str) -> str | None:
        """The answer to a prompt, compared without case and blanks; None if none is kept."""
        with _asked_for() as keyring:
            found: str | None = keyring.get_password(self._name, _entry(prompt))
        return found

    def keep(self, answers: Mapping[str, str]) -> None:
        """Keep these, beside those that are kept already, and take a denial's mark away."""
        prompts = dict.fromkeys([*self.prompts, *map(_entry, answers)])
        with _asked_for() as keyring:
            for prompt, answer in answers.items():
                keyring.set_password(self._name, _entry(prompt), answer)
        self._write({"prompts": list(prompts)})
        _denied_here.discard(self._name)

    def forget(self) -> int:
        """Take all away; how many answers there were."""
        prompts = self.prompts
        with _asked_for() as keyring:
            for entry in (*prompts, *([_LIST] if prompts else [])):
                with contextlib.suppress(keyring.errors.PasswordDeleteError):
                    keyring.delete_password(self._name, entry)
        _denied_here.discard(self._name)
        return len(prompts)

    def mark_denied(self, error: BaseException) -> None:
        """Say that the server denied them; a replay's denial says nothing of them."""
        if any(not isinstance(one, Recording) for one in playing()):
            return
        error.add_note(
            f"The answers came from the keyring. They will not be sent again: keep others with "
            f"toolkit.keep_answers, or toolkit.forget_answers(..., {self.user!r})."
        )
        _denied_here.add(self._name)
        with contextlib.suppress(LoginError):
            self._write({"prompts": self.prompts, "denied": True})

    def _about(self) -> dict[str, Any]:
        with _asked_for() as keyring:
            text = keyring.get_password(self._name, _LIST)
        try:
            found = json.loads(text or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, about: dict[str, Any]) -> None:
        with _asked_for() as keyring:
            keyring.set_password(self._name, _LIST, json.dumps(about))


class KeptAnswers(GivenAnswers):
    """Answers out of the keyring, for a login that asks nobody. Each is sent once in a login.

    Raises
    ------
    LoginError
        None are kept, or those that are kept were denied. Nothing was sent.
    """

    def __init__(self, kept: Kept) -> None:
        super().__init__(())
        if not kept.prompts:
            raise LoginError(
                f"the keyring has no answers of {kept.user!r} for this server; "
                "toolkit.keep_answers, or login(..., keep=True), puts them there"
            )
        if kept.denied:
            raise LoginError(
                f"the server denied the answers of {kept.user!r} that the keyring has, so they are "
                "not sent again; toolkit.keep_answers replaces them, toolkit.forget_answers takes "
                "them away"
            )
        self._kept = kept
        self._used: set[str] = set()

    def again(self) -> KeptAnswers:
        """The same, for another login."""
        return KeptAnswers(self._kept)

    def take(self, prompts: list[str], round_number: int) -> list[str]:  # noqa: ARG002
        """The answers to one round of prompts."""
        found: list[str] = []
        for prompt in prompts:
            answer = self._kept.get(prompt)
            if answer is None:
                raise LoginError(
                    f"the keyring has no answer to {prompt!r}. Nothing was sent for this round"
                )
            if _entry(prompt) in self._used:
                raise LoginError(
                    f"the server asked {prompt!r} once more, and a kept answer is sent once. "
                    "Nothing was sent for this round"
                )
            found.append(answer)
        self._used.update(map(_entry, prompts))
        return found

    def denied(self, error: BaseException) -> None:
        """Mark them, if any was sent."""
        if self._used:
            self._kept.mark_denied(error)


def answers_of(client: Client, user: str, answers: Answers) -> GivenAnswers:
    """Ready answers, or with ``"keyring"`` those that are kept."""
    if isinstance(answers, str) and answers == WORD:
        return KeptAnswers(Kept(client, user))
    return GivenAnswers(answers)


def keep_answers(client: Client, user: str, answers: Mapping[str, str]) -> None:
    """Keep a user's answers in the system's keyring.

    ``client.login(user)`` and ``login_with(user, "keyring")`` take them from there. A cell that
    holds answers is kept by the notebook: there, ``await client.login(user, keep=True)`` asks for
    them in the form, and keeps them when they were right.

    Parameters
    ----------
    client : a service's client
        What ``connect(url)`` gave; the answers are for its address only.
    user : str
    answers : mapping
        Prompt to answer; prompts are compared without case and blanks.

    Raises
    ------
    InvalidArgument
        The answers are no mapping of texts, or the library ``keyring`` is not installed.
    LoginError
        The system has no keyring, or it is locked.

    Examples
    --------
    >>> with toolkit.sertainty.connect(url) as gateway:
    ...     toolkit.keep_answers(gateway, box.user, box.answers)
    ...     gateway.login_with(box.user, "keyring").rounds
    2
    """
    given: object = answers
    texts = isinstance(given, Mapping) and all(
        isinstance(one, str) for pair in given.items() for one in pair
    )
    if not texts or not answers:
        raise InvalidArgument("answers to keep are a mapping of prompt to answer, both texts")
    Kept(client, user).keep(answers)


def forget_answers(client: Client, user: str) -> int:
    """Take a user's answers out of the system's keyring.

    Returns
    -------
    int
        How many there were.

    Raises
    ------
    InvalidArgument, LoginError
        As :func:`keep_answers`.

    Examples
    --------
    >>> toolkit.keep_answers(gateway, "ada", {"First pet?": "Rex"})
    >>> toolkit.forget_answers(gateway, "ada")
    1
    """
    return Kept(client, user).forget()


def is_installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec("keyring") is not None


def asks_nobody() -> bool:
    """Whether the keyring can be looked into now and is sure to ask nobody for its password.

    Only the Secret Service says whether it is locked; others that may ask count as if they did.
    """
    if not is_installed():
        return False
    import keyring

    backend: Any = keyring.get_keyring()
    return all(_is_open(one) for one in getattr(backend, "backends", None) or [backend])


def _is_open(backend: Any) -> bool:
    module = type(backend).__module__
    if not module.startswith(_MAY_ASK):
        return True
    if not module.startswith(_SAYS):
        return False
    import secretstorage

    try:
        with contextlib.closing(secretstorage.dbus_init()) as bus:
            return not secretstorage.get_default_collection(bus).is_locked()
    except secretstorage.exceptions.SecretStorageException:
        return False


_SAYS = "keyring.backends.SecretService"
_MAY_ASK = (
    _SAYS, "keyring.backends.kwallet", "keyring.backends.libsecret", "keyring.backends.macOS",
    "keyrings.alt.",
)  # fmt: skip


def profile_user(client: object) -> str | None:
    """The user that the profile of a client names, where ``toolkit.connect`` made it of one."""
    user = getattr(getattr(client, "profile", None), "user", None)
    return user if isinstance(user, str) else None


def _entry(prompt: str) -> str:
    """A prompt as an entry's name."""
    name = " ".join(prompt.split()).casefold() or "(no text)"
    if len(name) <= _LONGEST and name != _LIST:
        return name
    return f"{name[:_LONGEST]} {hashlib.sha256(name.encode()).hexdigest()[:16]}"


@contextlib.contextmanager
def _asked_for() -> Iterator[Any]:
    """The library, whose errors become sentences."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise InvalidArgument(
            "answers are kept by the library keyring, which is not installed; "
            "pip install 'session-toolkit[keyring]' would do it"
        ) from None
    try:
        yield keyring
    except keyring.errors.NoKeyringError:
        raise LoginError("this system has no keyring, or none that can be reached") from None
    except keyring.errors.KeyringError as error:
        raise LoginError(
            f"the keyring does not answer: {str(error) or type(error).__name__}"
        ) from None


__all__: Sequence[str] = (
    "WORD", "Address", "Client", "Kept", "KeptAnswers", "answers_of", "asks_nobody",
    "forget_answers", "is_installed", "keep_answers", "profile_user",
)  # fmt: skip
