"""Speaks to the gateway with plain httpx and hand-written XML, as the guide words it."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

import httpx

from toolkit.sandbox.sertainty import DEMO_ANSWERS, OPEN_USER

Value = str | bytes
Named = tuple[str, Value]


@dataclass
class Answered:
    """A Response, taken apart by hand."""

    code: int
    message: str
    values: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    text: str = ""
    http_status: int = 200

    @property
    def texts(self) -> list[str]:
        return [value.decode() for value in self.values]

    @property
    def named(self) -> dict[str | None, str]:
        return dict(zip(self.names, self.texts, strict=True))


def encode(value: Value) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def envelope(function: str, *arguments: Value | Named, session: str | None = None) -> str:
    """A request document; an argument that is a pair is (name, value)."""
    text = "<Request>"
    if session is not None:
        text += f"<Session>{escape(session)}</Session>"
    text += f"<Function>{escape(function)}</Function>"
    if arguments:
        text += "<ArgList>"
        for argument in arguments:
            if isinstance(argument, tuple):
                name = quoteattr(argument[0])
                text += f"<Argument name={name}>{encode(argument[1])}</Argument>"
            else:
                text += f"<Argument>{encode(argument)}</Argument>"
        text += "</ArgList>"
    return text + "</Request>"


def read(reply: httpx.Response) -> Answered:
    root = ET.fromstring(reply.content)
    assert root.tag == "Response"
    results = root.findall("ResultList/Result")
    return Answered(
        code=int(root.findtext("Status", "")),
        message=root.findtext("StatusMessage", ""),
        values=[base64.b64decode("".join((one.text or "").split())) for one in results],
        names=[one.get("name") for one in results],
        text=reply.text,
        http_status=reply.status_code,
    )


class Wire:
    """A client of one gateway: posts documents, keeps a session if one is opened."""

    def __init__(self, url: str) -> None:
        self.url = url
        # Plain HTTP: without this each client loads certificates, and takes 20 ms for it.
        self.client = httpx.Client(timeout=30, verify=False)  # noqa: S501
        self.session: str | None = None

    def post(self, body: str | bytes) -> httpx.Response:
        return self.client.post(self.url, content=body)

    def send(self, body: str | bytes) -> Answered:
        return read(self.post(body))

    def call(self, function: str, *arguments: Value | Named) -> Answered:
        return self.send(envelope(function, *arguments, session=self.session))

    def bare(self, function: str, *arguments: Value | Named) -> Answered:
        """A call without a Session element."""
        return self.send(envelope(function, *arguments))

    def open(self, user: str = OPEN_USER) -> Wire:
        """Log in, whatever the prompts: the demo's answers are known."""
        reply = self.bare("hostOpenSession", user)
        while reply.code == 2:
            answers = [
                (f"prompt-{at}", DEMO_ANSWERS[prompt])
                for at, prompt in enumerate(reply.texts, start=1)
            ]
            reply = self.bare("hostOpenSession", user, *answers)
        assert reply.code == 1
        (self.session,) = reply.texts
        return self

    def status(self, config: str, task: str) -> dict[str | None, str]:
        return self.call("taskGetStatus", config, task).named

    def log(self, *task: str) -> ET.Element:
        function = "taskGetLog" if task else "agentGetLog"
        return ET.fromstring(self.call(function, *task).values[0])

    def close(self) -> None:
        self.client.close()
