"""What a person does in a browser to sign in, done with the standard library."""

from __future__ import annotations

import html
import http.client
import re
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

_ALERT = re.compile(r'<p role="alert">(.*?)</p>')


def sign_in(url: str, user: str, password: str, *, allow: bool) -> str:
    """Open the address, fill in both forms, and give where the browser is sent in the end."""
    place = _go("GET", url)
    if urlsplit(place).netloc != urlsplit(url).netloc:
        return place  # the application is told at once what is wrong
    request = parse_qs(urlsplit(place).query)["request"][0]
    form = {"request": request, "login": user, "password": password}
    place = _go("POST", urljoin(url, "/"), form)
    choice = "allow" if allow else "deny"
    return _go("POST", place, {"request": request, "choice": choice})


def open_page(url: str) -> int:
    """Open an address and give the status of what is shown there."""
    return _get(url)[0]


def _get(
    url: str, verb: str = "GET", form: dict[str, str] | None = None
) -> tuple[int, str, str | None]:
    """Send one request: status, text, and where the reply leads."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    body = None if form is None else urlencode(form)
    headers = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(verb, target, body, headers)
        reply = connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        return reply.status, text, reply.getheader("Location")
    finally:
        connection.close()


def _go(verb: str, url: str, form: dict[str, str] | None = None) -> str:
    """Send one request and give where its reply leads; ValueError if it is a page."""
    status, text, location = _get(url, verb, form)
    if location is None:
        said = _ALERT.search(text)
        raise ValueError(html.unescape(said[1]) if said else f"no form, status {status}")
    return urljoin(url, location)
