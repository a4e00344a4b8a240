"""Names in signatures and docstrings lead to the object that their own module means by them."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import toolkit


def point_names(_app: Sphinx, page: nodes.document) -> None:
    """Give short names their full ones; a type in a signature that has none is plain text."""
    for described in page.findall(addnodes.desc):
        signature = described.next_node(addnodes.desc_signature)
        if described.get("domain") != "py" or signature is None:
            continue
        home = _home(f"{signature.get('module') or ''}.{signature.get('fullname') or ''}")
        for link in list(described.findall(addnodes.pending_xref)):
            target = link["reftarget"]
            if "." in target or link.get("refdomain") != "py" or "full" in link:
                continue
            if link.get("reftype") in ("meth", "attr"):
                continue  # found in its class
            full = _full_name(home, target)
            if full:
                link["reftarget"], link["refspecific"], link["full"] = full, False, True
            elif isinstance(link.parent, nodes.TextElement) and _is_type(link):
                link.replace_self(nodes.Text(target))


def _is_type(link: addnodes.pending_xref) -> bool:
    """Whether it stands in a signature."""
    above: nodes.Node | None = link.parent
    while above is not None and not isinstance(above, addnodes.desc):
        if isinstance(above, addnodes.desc_signature):
            return True
        above = above.parent
    return False


def _home(dotted: str) -> Any:
    """The module that an object was written in."""
    found = named(dotted.strip("."))
    module = getattr(found, "__module__", None)
    return named(module) if isinstance(module, str) else found


def _full_name(home: Any, name: str) -> str:
    public = name in toolkit.__all__
    found = getattr(toolkit, name) if public else getattr(home, name, None)
    module, qualified = getattr(found, "__module__", ""), getattr(found, "__qualname__", "")
    if public and not module.endswith(".outcomes"):
        return f"toolkit.{name}"
    return f"{module}.{qualified}" if module and qualified else ""


def named(dotted: str) -> Any:
    """The object of that dotted name: a module, or what stands in one; None where there is none."""
    path = dotted.split(".")
    for end in range(len(path), 0, -1):
        found = _imported(".".join(path[:end]))
        if found is None:
            continue
        for name in path[end:]:
            found = getattr(found, name, None)
        return found
    return None


@functools.cache
def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
