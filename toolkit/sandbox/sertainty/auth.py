"""Who may call: challenge rounds, lockout and sessions (guide 4.20 and 4.22)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from toolkit.sandbox.sertainty.codes import CHALLENGED, MESSAGES, SUCCESS, denied, invalid
from toolkit.sandbox.sertainty.envelope import Argument, Reply, Result
from toolkit.sandbox.sertainty.store import Store
from toolkit.sandbox.sertainty.switches import Switches

Rounds = Sequence[Sequence[tuple[str, str]]]


def check_rounds(rounds: Rounds) -> list[list[list[str]]]:
    """The rounds as JSON keeps them; ValueError if they are not lists of (prompt, answer)."""
    reason = "rounds must be a list of rounds, each a list of (prompt, answer) texts"
    try:
        kept = [[[prompt, answer] for prompt, answer in one] for one in rounds]
    except (TypeError, ValueError):
        raise ValueError(reason) from None
    if not all(isinstance(text, str) for one in kept for pair in one for text in pair):
        raise ValueError(reason)
    return kept


class Auth:
    """Users, their challenges under way, and sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_user(self, name: str, rounds: Rounds) -> None:
        """Add a user, or give one new rounds and a clean record."""
        self._store.insert("user", name=name, rounds=json.dumps(check_rounds(rounds)))

    def unlock(self, user: str) -> None:
        """Forget a user's refused logins."""
        self._store.execute(
            "UPDATE user SET cycle_failures = 0, total_failures = 0 WHERE name = ?", user
        )

    def open_session(
        self, user: str, answers: Sequence[Argument], peer: str, now: float, switches: Switches
    ) -> Reply:
        """One call of hostOpenSession: challenged, granted, or refused (3)."""
        row = self._store.row("SELECT * FROM user WHERE name = ?", user)
        if row is None:
            raise denied(f"no user {user!r}")
        if _locked(row["cycle_failures"], switches.cycle_failures) or _locked(
            row["total_failures"], switches.total_failures
        ):
            raise denied(f"{user} is locked out")
        rounds = json.loads(row["rounds"])
        pending = self._store.row(
            "SELECT round FROM challenge WHERE user = ? AND peer = ? AND expires > ?",
            user, peer, now,
        )  # fmt: skip
        asked = -1 if pending is None else pending["round"]
        if asked >= len(rounds):  # the user was given fewer rounds meanwhile
            asked = -1
        if asked < 0 and answers:
            raise denied("answers came, but no challenge waits for any")
        if asked >= 0 and rounds[asked] and not answers:
            asked = -1  # a first call again: the login starts over
        if asked >= 0 and not _right(rounds[asked], answers, switches):
            self._store.execute(
                "UPDATE user SET cycle_failures = cycle_failures + 1,"
                " total_failures = total_failures + 1 WHERE name = ?", user,
            )  # fmt: skip
            if switches.wrong_answer == "again" and not _locked(
                row["cycle_failures"] + 1, switches.cycle_failures
            ):
                return self._ask(user, peer, asked, rounds[asked], now, switches)
            self._forget(user, peer)
            raise denied(f"{user} answered wrongly")
        if asked + 1 < len(rounds):
            return self._ask(user, peer, asked + 1, rounds[asked + 1], now, switches)
        return self._grant(user, peer, now)

    def close_session(self, session: str | None, now: float, switches: Switches) -> str:
        """End a session and give its user; 3 if there is none such."""
        user = self.check(session, now, switches)
        self._store.execute("DELETE FROM session WHERE id = ?", session)
        return user

    def check(self, session: str | None, now: float, switches: Switches) -> str:
        """The user of a live session, which counts as used; 3 for a missing or dead one."""
        row = self._store.row("SELECT * FROM session WHERE id = ?", session)
        if row is None:
            raise denied("no such session")
        idle = 60.0 * switches.session_minutes
        if idle and now - row["used"] > idle:
            self._store.execute("DELETE FROM session WHERE id = ?", session)
            raise denied("the session expired")
        if row["used"] != now:
            self._store.execute("UPDATE session SET used = ? WHERE id = ?", now, session)
        return str(row["user"])

    def drop_sessions(self) -> int:
        """End every session, and give how many there were."""
        return self._store.execute("DELETE FROM session")

    def _ask(
        self,
        user: str,
        peer: str,
        number: int,
        prompts: list[list[str]],
        now: float,
        switches: Switches,
    ) -> Reply:
        self._store.insert(
            "challenge", user=user, peer=peer, round=number,
            expires=now + 60.0 * switches.round_minutes,
        )  # fmt: skip
        results = []
        for at, (prompt, _) in enumerate(prompts, start=1):
            names = {"none": None, "index": f"prompt-{at}", "text": prompt}
            results.append(Result(prompt.encode(), names[switches.prompt_names]))
        return Reply(CHALLENGED, MESSAGES[CHALLENGED], results)

    def _grant(self, user: str, peer: str, now: float) -> Reply:
        self._forget(user, peer)
        self._store.execute("UPDATE user SET cycle_failures = 0 WHERE name = ?", user)
        session = secrets.token_hex(16)
        self._store.insert("session", id=session, user=user, opened=now, used=now)
        return Reply(SUCCESS, MESSAGES[SUCCESS], [Result(session.encode())])

    def _forget(self, user: str, peer: str) -> None:
        self._store.execute("DELETE FROM challenge WHERE user = ? AND peer = ?", user, peer)


def _locked(failures: int, limit: int) -> bool:
    return 0 < limit <= failures


def _right(prompts: list[list[str]], answers: Sequence[Argument], switches: Switches) -> bool:
    given: dict[str, str] = {}
    for answer in answers:
        if answer.name is None:
            raise invalid("an answer needs a name: prompt-1 and so on, or the prompt's text")
        try:
            given[answer.name] = answer.value.decode()
        except UnicodeDecodeError:
            raise invalid("an answer is not UTF-8 text") from None
    for at, (prompt, right) in enumerate(prompts, start=1):
        names = {"any": (prompt, f"prompt-{at}"), "index": (f"prompt-{at}",), "text": (prompt,)}
        found = [given[name] for name in names[switches.answer_names] if name in given]
        if not found or _same(found[0]) != _same(right):
            return False
    return True


def _same(answer: str) -> str:
    return answer.strip().casefold()
