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


def _go(verb: str, url: str, form: dict[str, str] | None = None) -> str:
    """Send one request and give where its reply leads."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    body = None if form is None else urlencode(form)
    headers = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(verb, target or "/", body, headers)
        reply = connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        location = reply.getheader("Location")
    finally:
        connection.close()
    if location is None:
        said = _ALERT.search(text)
        raise ValueError(html.unescape(said[1]) if said else f"no form, status {reply.status}")
    return urljoin(url, location)
