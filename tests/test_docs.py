"""The pages run, their links lead somewhere, and they name everything that is public."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import nbformat
import pytest

import toolkit
from tests import documented
from tests.documented import ROOT
from toolkit import outcomes
from toolkit.cli.main import _COMMANDS

PAGES = documented.pages()
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LINKING = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *NOTEBOOKS]

# Links that leave the project, all of them: no test can follow one without a network. Look at
# them by hand now and then, and keep them few.
OUTSIDE = {
    "https://vcrpy.readthedocs.io": "the format of cassettes, and its options",
    "https://semver.org": "how versions are counted",
}

_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _text(path: Path) -> str:
    """The prose of a page or of a notebook's cells."""
    if path.suffix != ".ipynb":
        return documented.prose(path.read_text(encoding="utf-8"))
    cells = nbformat.read(path, as_version=4).cells
    return documented.prose("\n\n".join(c.source for c in cells if c.cell_type == "markdown"))


def _anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+?)\s*$", _text(path), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", one.casefold()) for one in headings]
    return {one.replace(" ", "-") for one in plain}


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block of code runs, in order, and prints what the page says."""
    monkeypatch.chdir(tmp_path)
    documented.run_page(path, tmp_path)


@pytest.mark.parametrize("path", LINKING, ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    """Each file, picture and heading that is linked is there; links outside are known."""
    for target in ("".join(found) for found in _LINK.findall(_text(path))):
        if re.match(r"https?://", target):
            assert target in OUTSIDE, f"{target} is not among the links outside"
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if file.parent == ROOT / "docs" and file.name in documented.MADE:
            continue  # a copy of a page that is looked at where it is written
        assert file.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in _anchors(file), f"{target}: no such heading"


@pytest.mark.parametrize("path", LINKING, ids=_name)
def test_names_in_the_text_exist(path: Path) -> None:
    """Names of the toolkit, commands and targets of make in a sentence are those that exist."""
    for code in _CODE.findall(_text(path)):
        if found := re.match(r"toolkit((?:\.(?!toml\b)\w+)+)", code):
            _look_up(found[1].strip("."))
        elif re.match(r"(?:make|pip) \w", code):
            documented.look_at(code)
        elif (found := re.match(r"toolkit (\w+)", code)) and found[1] != "COMMAND":
            assert found[1] in _COMMANDS, f"there is no command {code}"


def _look_up(dotted: str) -> None:
    """A public name and what it has, or a module that is no public name."""
    try:
        found = toolkit
        for name in dotted.split("."):
            found = getattr(found, name)
    except AttributeError:
        module, _, name = f"toolkit.{dotted}".rpartition(".")
        if importlib.util.find_spec(f"{module}.{name}") is None:
            getattr(importlib.import_module(module), name)


def test_code_fits_its_page() -> None:
    """No line of code is wider than the site shows without scrolling."""
    for path in PAGES:
        for block in documented.blocks(path.read_text(encoding="utf-8")):
            if block.language in ("python", "toml", "yaml"):
                wide = [line for line in block.text.splitlines() if len(line) > 90]
                assert not wide, f"{path.name}, line {block.line}: {wide[0]}"


def test_every_public_name_is_in_the_reference() -> None:
    """What ``toolkit`` offers has its entry on a page of the reference."""
    pages = "\n".join(
        page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs/reference").glob("*.md"))
    )
    entries = set(re.findall(r"^\.\. auto\w+:: (?:toolkit\.)?([\w.]+)", pages, re.MULTILINE))
    entries |= {"outcomes." + name for name in vars(outcomes)} if "outcomes" in entries else set()
    missing = [
        name
        for name in toolkit.__all__
        if name not in entries
        and f"outcomes.{name}" not in entries
        and not any(entry.startswith(f"{name}.") for entry in entries)
    ]
    assert not missing


def test_every_error_is_in_troubleshooting() -> None:
    """Each exception has a heading of its own, what it means, and what to do."""
    text = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE))
    errors = {
        kind.__name__
        for kind in vars(outcomes).values()
        if isinstance(kind, type) and issubclass(kind, outcomes.ToolkitError)
    }
    assert set(parts) == errors
    for name, part in parts.items():
        assert f"```{{what-is}} {name}\n" in part
        assert len(documented.prose(part).strip()) > 40, f"{name} says nothing of what to do"


def test_pictures_are_used() -> None:
    """Each picture that the tests of the browser make is on a page."""
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    from docs.pictures import PICTURES

    pictures = {picture.name for picture in (ROOT / "docs/images").glob("*.png")}
    assert pictures == set(PICTURES), "docs/pictures.py says where each comes from"
    for name in pictures:
        assert f"images/{name}" in text


def test_the_pages_of_the_site_are_in_its_tree() -> None:
    """No page is lost: each is in the list of pages above it."""
    for page in PAGES[1:]:
        folder = page.parent
        above = folder / "index.md" if page.stem != "index" else folder.parent / "index.md"
        if page == ROOT / "docs/index.md":
            continue
        entry = page.stem if page.stem != "index" else f"{folder.name}/index"
        assert re.search(rf"^{re.escape(entry)}$", above.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_reason_for_each_dependency() -> None:
    """CONTRIBUTING names what pyproject installs for those who only use the toolkit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").casefold()
    for wanted in (*project["dependencies"], *project["optional-dependencies"]["docs"]):
        name = re.split(r"[<>=\[]", wanted)[0]
        assert name in reasons, f"no reason for {name}"
