"""Who answers a challenge."""

from __future__ import annotations

import asyncio
import io
import sys
import types

import pytest
from hypothesis import given, strategies as st

from toolkit.outcomes import InvalidArgument, LoginAborted, LoginError, NobodyToAsk
from toolkit.services.base import asking
from toolkit.services.base.asking import GivenAnswers, TerminalAsker, find_asker


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_mapping_answers_in_the_order_of_the_prompts(answers: dict[str, str]) -> None:
    """Each prompt gets its own answer, in any order, in every round."""
    prompts = list(reversed(answers))
    given_answers = GivenAnswers(answers)
    for round_number in (1, 2):
        taken = given_answers.take(prompts, round_number)
        assert taken == [answers[prompt] for prompt in prompts]


def test_flat_sequence_is_used_up_over_the_rounds() -> None:
    """The answers go on from one round to the next; the end of them is an error."""
    given_answers = GivenAnswers(["a", "b", "c"])
    assert given_answers.take(["1?"], 1) == ["a"]
    assert given_answers.take([], 2) == []
    assert given_answers.take(["2?", "3?"], 3) == ["b", "c"]
    with pytest.raises(LoginError, match=r"1 prompts came in round 4 and 0 answers"):
        given_answers.take(["4?"], 4)


def test_one_sequence_a_round() -> None:
    """Nested answers belong to their round, also to one without prompts."""
    given_answers = GivenAnswers([["a"], [], ("b", "c")])
    assert given_answers.take(["1?"], 1) == ["a"]
    assert given_answers.take([], 2) == []
    assert given_answers.take(["2?", "3?"], 3) == ["b", "c"]
    with pytest.raises(LoginError, match="2 answers were given"):
        GivenAnswers([["a", "b"]]).take(["1?"], 1)


def test_callable_makes_a_list_or_a_mapping() -> None:
    """It gets the prompts of the round; what it returns is read like ready answers."""
    assert GivenAnswers(lambda prompts: [p.upper() for p in prompts]).take(["a"], 1) == ["A"]
    assert GivenAnswers(lambda prompts: dict.fromkeys(prompts, "x")).take(["a"], 1) == ["x"]


def test_the_same_answers_again() -> None:
    """Another login starts from the beginning of a sequence."""
    given_answers = GivenAnswers(["a"])
    given_answers.take(["1?"], 1)
    assert given_answers.again().take(["1?"], 1) == ["a"]


class Typing:
    """A terminal: what is typed, and what it showed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *typed: str | BaseException) -> None:
        self.typed, self.shown = list(typed), list[str]()
        monkeypatch.setattr("builtins.input", self.read)
        monkeypatch.setattr("getpass.getpass", self.read)

    def read(self, prompt: str) -> str:
        self.shown.append(prompt)
        value = self.typed.pop(0)
        if isinstance(value, BaseException):
            raise value
        return value


def test_terminal_asks_each_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user name is typed visibly, each answer hidden."""
    terminal = Typing(monkeypatch, "ada", "rex", "paris")
    asker = TerminalAsker()
    assert asyncio.run(asker.user()) == "ada"
    assert asyncio.run(asker.answers(["Pet?", "Town?"], 1)) == ["rex", "paris"]
    assert terminal.shown == ["User: ", "Pet? ", "Town? "]


@pytest.mark.parametrize("way", [EOFError(), KeyboardInterrupt()])
def test_giving_up_at_the_terminal(monkeypatch: pytest.MonkeyPatch, way: BaseException) -> None:
    """Ctrl-C and Ctrl-D give up the login with a sentence, not with a traceback's noise."""
    Typing(monkeypatch, way)
    with pytest.raises(LoginAborted, match="given up"):
        asyncio.run(TerminalAsker().answers(["Pet?"], 1))


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal it is an error at once, which names the other way."""
    monkeypatch.setattr("sys.stdin", io.StringIO("typed into a pipe"))
    with pytest.raises(NobodyToAsk, match="login_with"):
        find_asker()


@pytest.mark.parametrize(
    ("allow", "software", "found"),
    [(True, "", True), (False, "", False), (True, "voila/0.5", False)],
)
def test_kernels(monkeypatch: pytest.MonkeyPatch, allow: bool, software: str, found: bool) -> None:
    """Where no form is installed, a kernel that takes input is asked; nbclient and Voila not."""
    monkeypatch.setattr(asking, "_installed_forms", lambda: ())
    kernel = types.SimpleNamespace(_allow_stdin=allow)
    shell = types.SimpleNamespace(kernel=kernel)
    module = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", module)  # type: ignore[arg-type]
    monkeypatch.setenv("SERVER_SOFTWARE", software)
    if found:
        assert isinstance(find_asker(), TerminalAsker)
    else:
        with pytest.raises(NobodyToAsk):
            find_asker()


def test_a_registered_form_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form is asked before the terminal; one that cannot be shown here is passed over."""
    monkeypatch.setattr(asking, "_forms", [])
    form = TerminalAsker()
    titles: list[str] = []

    def cannot_be_shown(title: str) -> None:
        titles.append(title)

    asking.register_form(lambda title: form)
    asking.register_form(cannot_be_shown)
    assert find_asker("a gateway") is form
    assert titles == ["a gateway"]


@pytest.mark.parametrize("wrong", ["text", b"bytes", 7, None])
def test_what_cannot_be_answers(wrong: object) -> None:
    """A single text is the usual mistake; it is not taken letter by letter."""
    with pytest.raises(InvalidArgument):
        GivenAnswers(wrong)  # type: ignore[arg-type]
