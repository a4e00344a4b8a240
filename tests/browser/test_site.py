"""The site that ``make docs`` built: its pages ask for nothing, and fit their windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages(chromium: Any, scheme: Literal["light", "dark"], width: int) -> None:
    """Each page opens from its file, with no network; code and tables scroll in their frames."""
    pages = sorted(SITE.rglob("*.html"))
    assert pages, "there is no site yet: make docs"
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, offline=True
    )
    wrong: list[str] = []
    page = context.new_page()
    page.on("request", lambda one: wrong.append(one.url) if one.url.startswith("http") else None)
    page.on("requestfailed", lambda one: wrong.append(one.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        for file in pages:
            page.goto(file.as_uri())
            root = "document.documentElement"
            if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
                wrong.append(f"{file.name} is wider than {width} pixels")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (dark != "rgb(255, 255, 255)") == (scheme == "dark")
    finally:
        context.close()
    assert wrong == []
