"""The site: ``make docs`` builds it from these pages, the docstrings and the saved notebooks."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import toolkit

project = "session-toolkit"
author = "the authors of session-toolkit"
project_copyright = "the authors of session-toolkit, MIT licence"
release = version = toolkit.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "_extension",
]
exclude_patterns = ["_build", "_extension"]
html_theme = "furo"
html_title = "session-toolkit"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sphinx = False
highlight_language = "none"
pygments_style = "friendly"
pygments_dark_style = "monokai"
# The default of the theme fetches nothing either; said here, so that it stays so.
html_theme_options = {"navigation_with_keys": True}

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

# The tests execute the notebooks; the site shows what they saved. No output of theirs needs a
# script, and the widgets' own would come from another host.
nb_execution_mode = "off"
nb_ipywidgets_js = {}

autosummary_generate = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

# Every reference to a name of the toolkit has to lead somewhere. Those to other libraries cannot:
# their inventories are elsewhere, and the build has no network.
nitpicky = True
# A class named in a signature only is shown, and leads somewhere where it is documented.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!toolkit\.)\w+\..*"),
    (r"py:class", r".*"),
    (r"py:attr", r"\w+"),  # of an instance, told of in the text of its class
]
