"""Who answers a challenge: given answers, a person at a terminal or a form, or nobody.

An :class:`Asker` is asked once per round. Answers are handed straight to the request and kept
nowhere; none of the objects here has a repr that shows one.

A notebook's form is found through the entry points of the group ``toolkit.forms``: each loads a
factory as :func:`register_form` takes it. They are loaded only where a form can be shown.
"""

from __future__ import annotations

import asyncio
import enum
import functools
import getpass
import importlib.metadata
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from toolkit.outcomes import InvalidArgument, LoginAborted, LoginError, NobodyToAsk, ToolkitError

Answers = (
    Mapping[str, str]
    | Sequence[str]
    | Sequence[Sequence[str]]
    | Callable[[list[str]], "Sequence[str] | Mapping[str, str] | None"]
    | Literal["keyring"]
)
"""Ready answers: by prompt, in order (flat, or a sequence a round), made by a callable, or kept."""


GROUP = "toolkit.forms"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to ask: any text as its label, and whether what is typed stays hidden."""

    label: str
    hidden: bool = True


class Asker(Protocol):
    """Asks a person. Raises LoginAborted when the person gives up."""

    async def user(self) -> str:
        """The user name."""
        ...

    async def answers(self, prompts: list[str], round_number: int) -> Sequence[str]:
        """One answer for each prompt of this round (counted from 1)."""
        ...


@runtime_checkable
class Form(Asker, Protocol):
    """An asker that is told what to ask, and hears how the login ended.

    Attributes
    ----------
    waits : bool
        Whether the login may wait for the person. Where False, as on a page that is shown only
        when every cell has ended, the login goes on by itself after the cell.
    """

    waits: bool

    async def fields(self, fields: Sequence[Field], title: str = "") -> Sequence[str]:
        """One text for each field: a user and a password, a sign-in page's code."""
        ...

    async def ended(self, error: BaseException | None) -> bool:
        """Told how the login ended (None: it is open). True asks for another try."""
        ...


class GivenAnswers:
    """Ready answers, each used once.

    Parameters
    ----------
    answers : mapping, sequence or callable
        A mapping goes from prompt to answer (compared exactly, then trimmed and without case). A
        sequence of str is used up in order over all rounds; a sequence of sequences has one for
        each round. A callable gets the list of prompts and returns one of these for that round,
        or None to give up.

    Examples
    --------
    >>> GivenAnswers({"First pet?": "Rex"}).take(["first pet? "], 1)
    ['Rex']
    """

    def __init__(self, answers: Answers) -> None:
        if isinstance(answers, str | bytes):
            raise InvalidArgument(
                "answers is one text; give a mapping of prompt to answer, a list, a callable, "
                'or "keyring"'
            )
        self._answers: Any = answers
        self._left: list[object] | None = None
        self._by_round = False
        if not callable(answers) and not isinstance(answers, Mapping):
            try:
                self._left = list(answers)
            except TypeError:
                raise InvalidArgument(
                    "answers must be a mapping of prompt to answer, a sequence, or a callable, "
                    f"not {type(answers).__name__}"
                ) from None
            self._answers = tuple(self._left)
            self._by_round = bool(self._left) and not isinstance(self._left[0], str)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def again(self) -> GivenAnswers:
        """The same answers, from their beginning, for another login."""
        return GivenAnswers(self._answers)

    def denied(self, error: BaseException) -> None:
        """Told that the server denied them."""

    def take(self, prompts: list[str], round_number: int) -> list[str]:
        """The answers to one round of prompts.

        Raises
        ------
        LoginAborted
            The callable gave None.
        LoginError
            An answer is missing; nothing was sent.
        """
        if self._left is not None:
            return _texts(self._next(len(prompts)), prompts, round_number)
        made = self._answers(list(prompts)) if callable(self._answers) else self._answers
        if made is None:
            raise LoginAborted("the login was given up; nothing more was sent")
        if isinstance(made, Mapping):
            return _from_mapping(made, prompts)
        if isinstance(made, str | bytes) or not isinstance(made, Sequence):
            raise InvalidArgument("the answers' callable must return a list or a mapping, or None")
        return _texts(made, prompts, round_number)

    def _next(self, count: int) -> Sequence[object]:
        left = self._left or []
        if not self._by_round:
            taken, left[:count] = left[:count], []
            return taken
        values = left.pop(0) if left else []
        if isinstance(values, str | bytes) or not isinstance(values, Sequence):
            raise InvalidArgument("answers by round must be a sequence of sequences of texts")
        return values


def _from_mapping(answers: Mapping[str, str], prompts: list[str]) -> list[str]:
    loose = {prompt.strip().casefold(): answer for prompt, answer in answers.items()}
    missing = [
        prompt
        for prompt in prompts
        if prompt not in answers and prompt.strip().casefold() not in loose
    ]
    if missing:
        asked = "; ".join(repr(prompt) for prompt in missing)
        raise LoginError(f"no answer was given for: {asked}. Nothing was sent for this round")
    return _texts(
        [answers.get(prompt, loose.get(prompt.strip().casefold())) for prompt in prompts],
        prompts,
        0,
    )


def _texts(values: Sequence[object], prompts: list[str], round_number: int) -> list[str]:
    if len(values) != len(prompts):
        where = f" in round {round_number}" if round_number else ""
        raise LoginError(
            f"{len(prompts)} prompts came{where} and {len(values)} answers were given: "
            f"{'; '.join(map(repr, prompts))}. Nothing was sent for this round"
        )
    for value in values:
        if not isinstance(value, str):
            raise InvalidArgument(f"an answer must be a text, not {type(value).__name__}")
    return [str(value) for value in values]


class TerminalAsker:
    """Asks at the terminal, or through a notebook's own input box; answers are not shown."""

    waits = True

    async def user(self) -> str:
        """The user name, typed visibly."""
        return (await self.fields([Field("User:", hidden=False)]))[0]

    async def answers(self, prompts: list[str], round_number: int) -> list[str]:
        """One hidden input for each prompt."""
        print(f"Round {round_number}: {len(prompts)} to answer (Ctrl-C gives up)")
        return await self.fields([Field(prompt) for prompt in prompts])

    async def fields(self, fields: Sequence[Field], title: str = "") -> list[str]:
        """One input for each field, hidden where the field is."""
        if title:
            print(title)
        return [
            await _ask(getpass.getpass if field.hidden else input, f"{field.label} ")
            for field in fields
        ]

    async def ended(self, error: BaseException | None) -> bool:  # noqa: ARG002
        """The exception, or the cell's result, says it."""
        return False


async def _ask(read: Callable[[str], str], prompt: str) -> str:
    try:
        return read(prompt)
    except (EOFError, KeyboardInterrupt, asyncio.CancelledError):
        raise LoginAborted("the login was given up; nothing more was sent") from None


_INTERRUPTED = "LoginAborted: interrupted: the login was given up; nothing more was sent"


def shorten(error: BaseException) -> None:
    """Have a notebook show how a login ended in one line, and not the way through our code.

    The exception stays what it is: what cancelled a task is told by a CancelledError.

    Examples
    --------
    >>> error = LoginAborted("the login was given up; nothing more was sent")
    >>> shorten(error)
    >>> error._render_traceback_()
    ['LoginAborted: the login was given up; nothing more was sent']
    """
    if isinstance(error, asyncio.CancelledError | KeyboardInterrupt):
        lines = [_INTERRUPTED]
    elif isinstance(error, ToolkitError):
        lines = [f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]
    else:
        return
    # IPython asks an exception for this; a partial, since exceptions cross processes.
    error._render_traceback_ = functools.partial(list, lines)  # type: ignore[union-attr]


AskerFactory = Callable[[str], "Asker | None"]
_forms: list[AskerFactory] = []


class Place(enum.StrEnum):
    """Where this runs, as far as asking a person goes."""

    FORM = "a notebook whose kernel takes clicks while a cell waits"
    PAGE = "Voila: a page that is shown only when every cell has ended"
    INPUT = "a notebook whose kernel takes typed input only"
    TERMINAL = "a terminal"
    NOBODY = "nowhere: no person can be asked"


AWAITS_FROM = (7, 4)
"""The ipykernel from which on messages of forms arrive while a cell waits."""


def place() -> Place:
    """Where this runs."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    kernel = getattr(running, "kernel", None)
    if kernel is None:
        return Place.TERMINAL if sys.stdin and sys.stdin.isatty() else Place.NOBODY
    if os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
        return Place.PAGE
    if not getattr(kernel, "_allow_stdin", False):
        return Place.NOBODY
    version = getattr(sys.modules.get("ipykernel"), "version_info", (0,))
    return Place.FORM if tuple(version[:2]) >= AWAITS_FROM else Place.INPUT


def register_form(factory: AskerFactory) -> None:
    """Offer a better way to ask than the terminal's.

    ``factory(title)`` gives an :class:`Asker`, or None where its form cannot be shown; the title
    says what one logs in to. The last one registered is asked first, those of the entry points
    after them.
    """
    _forms.append(factory)


@functools.cache
def _installed_forms() -> tuple[AskerFactory, ...]:
    return tuple(entry.load() for entry in importlib.metadata.entry_points(group=GROUP))


def find_asker(title: str = "Log in") -> Asker:
    """The best way to ask a person here.

    Raises
    ------
    NobodyToAsk
        There is no notebook front end and no terminal: say who answers with ``login_with``.
    """
    here = place()
    forms = _installed_forms() if here in (Place.FORM, Place.PAGE) else ()
    for factory in (*reversed(_forms), *forms):
        asker = factory(title)
        if asker is not None:
            return asker
    if here in (Place.FORM, Place.INPUT, Place.TERMINAL):
        return TerminalAsker()
    error = NobodyToAsk(
        "nobody can be asked here (no terminal, and no notebook that takes input); "
        "use login_with(user, answers)"
    )
    shorten(error)
    raise error
