"""Names that hold secrets, placeholders, and texts that look random."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, strategies as st

from toolkit.cassettes.redaction import MASK, PATTERN, is_placeholder
from toolkit.cassettes.redaction.names import Names, looks_random
from toolkit.cassettes.redaction.placeholders import BASE64_MARK, Placeholders, is_blanked

SECRET_NAMES = """password Password user[password] new-password passwd pwd passphrase password2
passwordConfirmation token access_token refresh_token id_token accessToken csrf_token xsrfToken
X-Auth-Token api_key apiKey x-api-key client_secret clientSecret secret session Session sessionId
session_id PHPSESSID JSESSIONID sid private_key signature X-Amz-Signature AWSAccessKeyId credentials
pin otp authorization assertion subscription-key""".split()
OTHER_NAMES = """title id name code status page next_page_token pageToken token_type max_tokens
total_tokens passage author authority description keyboard monkey key sessions expires_in scope
ask_password_policy public_key_url state realm""".split()


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_of_secrets(name: str) -> None:
    """Each spelling of a secret's name is known."""
    assert Names().kind(name)


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_names(name: str) -> None:
    """Names that only look alike hold no secret."""
    assert Names().kind(name) is None


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_placeholders(secret: str, kind: str) -> None:
    """Any secret and kind give the documented form, once, and the same for another kind."""
    placeholders = Placeholders()
    text = placeholders.hide(kind, secret)
    if not is_placeholder(secret):
        assert PATTERN.fullmatch(text)
        assert secret not in text or len(secret) <= 24
    assert placeholders.hide("other", secret) == text == placeholders.hide(kind, text)


@given(st.binary(max_size=7), st.binary(max_size=7), st.sampled_from([MASK, "placeholder"]))
def test_a_placeholder_is_seen_inside_base64(before: bytes, after: bytes, text: str) -> None:
    """One search finds it at any alignment."""
    hidden = Placeholders().hide("session", text) if text == "placeholder" else MASK
    assert BASE64_MARK in base64.b64encode(before + hidden.encode() + after)


@given(st.integers(0, 9999))
def test_a_short_secret_cannot_be_guessed(pin: int) -> None:
    """Nobody who tries every PIN finds it: another recording's placeholders do not match."""
    text = Placeholders().hide("pin", str(pin))
    other = Placeholders()
    assert other.hide("pin", str(pin)) != text


def test_memory_of_kinds_is_bounded() -> None:
    """What is kept of a placeholder is a short digest, and not for ever."""
    placeholders = Placeholders()
    for number in range(5000):
        placeholders.hide("pin", str(number))
    assert repr(placeholders) == "<Placeholders kinds=4096>"


@pytest.mark.parametrize("text", ["***", "xxxx", "REDACTED", "<redacted>", "[FILTERED]", MASK])
def test_blanked(text: str) -> None:
    """What other tools put in a secret's place is known."""
    assert is_blanked(text)


@given(st.uuids())
def test_ids_look_random(value: object) -> None:
    """Generated ids do; words, dates and versions do not."""
    assert looks_random(str(value))
    for text in ("2019-04-01T08:00:00", "configuration", "HelloWorld", "nightly-2", "1.2.3.4.5"):
        assert not looks_random(text)


def test_a_placeholder_is_no_name_of_a_secret() -> None:
    """Not even one that folds to its kind, as its digest is of digits alone."""
    assert Names().kind("XXXXXXXX-token-1234567812345678") is None
    assert Names().kind("XXXXXXXX-token") is not None
