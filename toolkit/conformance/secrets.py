"""Not one secret in any byte that is kept or shown."""

from __future__ import annotations

import base64
import contextlib
import html
import itertools
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

import toolkit
from toolkit.cassettes.check import check
from toolkit.conformance.checks import QUICK, Checks, call
from toolkit.conformance.loopback import Scripted, reply
from toolkit.conformance.subject import Client
from toolkit.outcomes import ToolkitError


class Secrets(Checks):
    """Passwords, answers, tokens: in no cassette, log, repr, sentence or widget."""

    def test_not_in_any_byte(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        """A story's cassette, every log line of it, and all that its objects show of themselves."""
        caplog.set_level(logging.DEBUG)
        path = tmp_path / "story.yaml"
        with self.subject.serve() as known:
            with toolkit.record(path), self.connected(known) as client:
                secrets = set(self.subject.secrets(client, known))
                for one in self.subject.samples:
                    call(client, one)
                secrets.update(self.subject.secrets(client, known))
                shown = list(_shown(client))
        kept = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
        said = [record.getMessage().encode() for record in caplog.records]
        calls = toolkit.read_calls(path).to_csv().encode()
        _check_free(secrets, [*kept, *said, *(text.encode() for text in shown), calls])
        assert check(path).empty

    def test_each_of_them_was_in_danger(self, tmp_path: Path) -> None:
        """Each secret stands in a recording that hides none, so that the test above sees it."""
        path = tmp_path / "careless.yaml"
        with self.subject.serve() as known:
            with toolkit.record(path, redact=False), self.connected(known) as client:
                call(client, self.subject.read)
                secrets = list(self.subject.secrets(client, known))
        bare = path.read_bytes()
        assert [one for one in secrets if not any(form in bare for form in forms(one))] == []

    def test_an_answer_that_echoes_them(self, client: Client, server: Scripted) -> None:
        """A server's page that repeats what it was sent does not bring it into an exception."""
        known = self.subject.known(server.url)
        secrets = list(self.subject.secrets(client, known))
        echo = " ".join(secrets).encode()
        kinds = ("text/html", "application/json", "text/xml")
        statuses = ("200 OK", "401 Unauthorized", "500 Internal Server Error")
        for status, kind in itertools.product(statuses, kinds):
            server.then(reply(b"<html><p>" + echo + b"</p></html>", status, kind))
            with pytest.raises(ToolkitError) as caught:
                call(client, self.subject.read)
            _check_free(secrets, [str(caught.value).encode(), repr(caught.value).encode()])
            with contextlib.suppress(ToolkitError):
                self.subject.login(client, known)

    def test_a_login_that_is_refused(self, server: Scripted, tmp_path: Path) -> None:
        """Its exception and its recording hold none either."""
        known = self.subject.known(server.url)
        server.then(reply(b"<html>no</html>", "403 Forbidden", "text/html"))
        client = self.subject.connect(known, limits=QUICK)
        path = tmp_path / "refused.yaml"
        try:
            with toolkit.record(path):
                if self.subject.welcome():
                    with pytest.raises(ToolkitError) as caught:
                        self.subject.login(client, known)
                    secrets = list(self.subject.secrets(client, known))
                    _check_free(secrets, [path.read_bytes(), str(caught.value).encode()])
        finally:
            client.close()


def forms(secret: str) -> Iterator[bytes]:
    """How a secret may stand among other bytes: plain, escaped, encoded.

    Examples
    --------
    >>> list(forms("pass/word"))[1]
    b'pass%2Fword'
    """
    raw = secret.encode()
    yield raw
    yield quote(secret, safe="").encode()
    yield quote_plus(secret).encode()
    yield json.dumps(secret)[1:-1].encode()
    yield html.escape(secret).encode()
    yield raw.hex().encode()
    yield secret.encode("utf-16-le")
    for before in range(3):  # the same bytes look otherwise at each place within three
        text = base64.b64encode(b"\0" * before + raw)
        inner = text[(0, 2, 3)[before] :].rstrip(b"=")
        inner = inner[: len(inner) - bool((len(raw) + before) % 3)]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _check_free(secrets: Iterable[str], places: Iterable[bytes]) -> None:
    held = list(places)
    for secret in secrets:
        assert len(secret) > 3, "so short a text says nothing where it is found"
        for form in forms(secret):
            for place in held:
                at = place.find(form)
                assert at < 0, f"{form!r} stands in {place[max(0, at - 80) : at + 80]!r}"


def _shown(client: Client) -> Iterator[str]:
    """What a client and what belongs to it show of themselves."""
    form = toolkit.form(client)
    yield json.dumps(form.get_state(), default=repr)
    seen = [client, form, getattr(client, "last", None), getattr(client, "state", None)]
    for name in dir(client):
        with contextlib.suppress(ToolkitError):  # what is not turned on says so
            seen.append(None if name.startswith("_") else getattr(client, name))
    for one in seen:
        yield repr(one)
        card = getattr(one, "_repr_html_", None)
        if callable(card):
            yield str(card())
    form.close()
