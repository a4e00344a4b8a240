"""The browser's part of a login: opened here, and caught at a loopback address at its end."""

from __future__ import annotations

import asyncio
import http.server
import threading
import webbrowser
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from toolkit.outcomes import InvalidArgument, LoginAborted, LoginError
from toolkit.services.base.asking import Field
from toolkit.services.base.closing import Closing

Opener = Callable[[str], object]
SECONDS = 300.0
"""How long a person may take in the browser."""

_PAGE = (
    b"<!doctype html><meta charset=utf-8><title>Login</title>"
    b"<p>You may close this page and go back to your notebook or terminal.</p>"
)


class Redirect(Closing):
    """A server on a port of 127.0.0.1 that takes the one request at a login's end.

    Parameters
    ----------
    port : int
        0 takes a free one.
    path : str
        What else is asked for, an icon for example, is answered with 404.
    """

    def __init__(self, port: int = 0, path: str = "/callback") -> None:
        self._came = threading.Event()
        self._target = ""
        came, take = self._came, self._take

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                ours = self.path.partition("?")[0] == path and "?" in self.path
                self.send_response(200 if ours else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Content-Length", str(len(_PAGE) if ours else 0))
                self.end_headers()
                if ours:
                    self.wfile.write(_PAGE)
                    if not came.is_set():
                        take(self.path)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
                """Nothing: the address holds the code."""

        try:
            self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        except OSError as error:
            raise InvalidArgument(
                f"port {port} of 127.0.0.1 cannot be used for the redirect ({error.strerror}); "
                "redirect_port=0 takes a free one"
            ) from None
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.uri = f"{self.base}{path}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="geoop login", daemon=True
        )
        self._thread.start()

    def _take(self, target: str) -> None:
        self._target = target
        self._came.set()

    def wait(self, seconds: float) -> str:
        """The address that the browser was sent to.

        Raises
        ------
        LoginAborted
            It did not come in time.
        """
        if not self._came.wait(seconds) or not self._target:
            raise LoginAborted(f"the browser did not come back within {seconds:g} seconds")
        return self.base + self._target

    def close(self) -> None:
        """Stop listening; whoever waits is told."""
        self._came.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Browser:
    """Asks a person through the browser (an ``asking.Form``)."""

    waits = True

    def __init__(self, url: str, redirect: Redirect, opener: Opener | None, seconds: float) -> None:
        self._url, self._redirect = url, redirect
        self._opener, self._seconds = opener or webbrowser.open, seconds

    async def user(self) -> str:
        """Who it is is asked in the browser."""
        raise LoginError("the user is asked for in the browser")

    async def answers(self, prompts: list[str], round_number: int) -> list[str]:  # noqa: ARG002
        """There are no challenges."""
        raise LoginError("this login has no challenges")

    async def fields(self, fields: Sequence[Field], title: str = "") -> list[str]:  # noqa: ARG002
        """Open the browser, and wait for the address that it is sent to at the end."""
        opened = await asyncio.to_thread(self._opener, self._url)
        if opened is False:
            print(
                "No browser could be opened here. Open this address yourself, on this machine "
                f"(for another one there is login(paste=True)):\n{self._url}"
            )
        return [await asyncio.to_thread(self._redirect.wait, self._seconds)]

    async def ended(self, error: BaseException | None) -> bool:  # noqa: ARG002
        """The exception, or the cell's result, says it."""
        return False


class Replayed(Browser):
    """The browser's part of a recorded login: no person and no socket is needed for a replay."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def fields(self, fields: Sequence[Field], title: str = "") -> list[str]:  # noqa: ARG002
        """An address with the state that was sent; any code answers."""
        asked = dict(parse_qsl(urlsplit(self._url).query))
        answer = urlencode({"code": "replayed", "state": asked["state"]})
        return [f"{asked['redirect_uri']}?{answer}"]
