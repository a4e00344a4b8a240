"""What an exception of the toolkit is, from the exception itself."""

from __future__ import annotations

import inspect

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _extension.tables import literal, prose, reference
from toolkit import outcomes


class ErrorDirective(SphinxDirective):
    """``{what-is} NotFound``: what it says of itself, and what else catches it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """One paragraph."""
        self.env.note_reread()
        kind = getattr(outcomes, self.arguments[0])
        about = (inspect.getdoc(kind) or "").split("\n\n")[0]
        caught = [one for one in kind.__mro__[1:] if one not in (object, BaseException, Exception)]
        paragraph = nodes.paragraph(classes=["what-it-means"])
        paragraph += reference(f"toolkit.outcomes.{kind.__name__}", f"toolkit.{kind.__name__}")
        paragraph += [nodes.Text(": "), *prose(about)]
        if caught:
            paragraph += nodes.Text(" Also caught as ")
            for at, one in enumerate(caught):
                paragraph += [nodes.Text(", " if at else ""), literal(one.__name__)]
            paragraph += nodes.Text(".")
        return [paragraph]


class TreeDirective(SphinxDirective):
    """``{error-tree}``: all exceptions, drawn from their classes."""

    def run(self) -> list[nodes.Node]:
        """The tree as text."""
        self.env.note_reread()
        text = "\n".join(["ToolkitError", *_branches(outcomes.ToolkitError)])
        block = nodes.literal_block(text, text)
        block["language"] = "text"
        return [block]


def _branches(kind: type[Exception], indent: str = "") -> list[str]:
    """The classes under one, each where its first base is."""
    lines = []
    below = [
        one
        for one in kind.__subclasses__()
        if one.__bases__[0] is kind and one.__module__ == outcomes.__name__
    ]
    for one in below:
        last = one is below[-1]
        lines.append(f"{indent}{'└── ' if last else '├── '}{one.__name__}")
        lines += _branches(one, indent + ("    " if last else "│   "))
    return lines
