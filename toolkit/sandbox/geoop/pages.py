"""The pages that a person sees while signing in: two small forms, and a page for what is wrong."""

from __future__ import annotations

import html

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,"><style>
body {{ font: 16px/1.5 sans-serif; max-width: 22em; margin: 4em auto; color: #223; }}
input {{ display: block; width: 100%; margin: .2em 0 1em; padding: .4em; box-sizing: border-box; }}
button {{ padding: .5em 1.2em; margin-right: .6em; }} [role=alert] {{ color: #a11; }}
</style></head><body><h1>{title}</h1>
{content}
</body></html>
"""


def _page(title: str, content: str) -> bytes:
    return _PAGE.format(title=html.escape(title), content=content).encode()


def sign_in(request: str, client: str, *, login: str = "", wrong: bool = False) -> bytes:
    """A form: a login (``#login``), a password (``#password``), a button (``#sign-in``)."""
    alert = '<p role="alert">Wrong login or password.</p>' if wrong else ""
    return _page(
        "Sign in",
        f"""<p>{html.escape(client)} asks you to sign in.</p>{alert}
<form method="post" action="/">
<input type="hidden" name="request" value="{html.escape(request)}">
<label>Login <input id="login" name="login" autocomplete="username"
 value="{html.escape(login)}" autofocus required></label>
<label>Password <input id="password" name="password" type="password"
 autocomplete="current-password" required></label>
<button id="sign-in">Sign in</button>
</form>""",
    )


def grant(request: str, client: str, person: str) -> bytes:
    """The form that asks whether the application may act for the person: ``#allow``, ``#deny``."""
    return _page(
        "Allow access",
        f"""<p>{html.escape(person)}, may {html.escape(client)} use your account?</p>
<form method="post" action="/grant">
<input type="hidden" name="request" value="{html.escape(request)}">
<button id="allow" name="choice" value="allow">Allow</button>
<button id="deny" name="choice" value="deny">Deny</button>
</form>""",
    )


def wrong(message: str) -> bytes:
    """What cannot be told to the application, because it is not known who it is."""
    return _page("This cannot be done", f'<p role="alert">{html.escape(message)}</p>')
