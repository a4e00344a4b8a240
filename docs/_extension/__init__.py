"""Pages made of the toolkit itself: tables of functions, codes, columns and options; notebooks."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from _extension.errors import ErrorDirective, TreeDirective
from _extension.names import point_names
from _extension.offline import check_offline
from _extension.outside import bring_in
from _extension.tables import (
    CodesTable,
    ColumnsTable,
    CommandsTable,
    FunctionsTable,
    OptionsTable,
    SettingsTable,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives, and bring in the pages that live outside ``docs``."""
    app.add_directive("functions", FunctionsTable)
    app.add_directive("codes", CodesTable)
    app.add_directive("columns", ColumnsTable)
    app.add_directive("options", OptionsTable)
    app.add_directive("settings", SettingsTable)
    app.add_directive("commands", CommandsTable)
    app.add_directive("what-is", ErrorDirective)
    app.add_directive("error-tree", TreeDirective)
    app.connect("config-inited", bring_in)
    app.connect("doctree-read", point_names)
    app.connect("build-finished", check_offline)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
