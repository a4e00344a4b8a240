"""The other services: clients whose methods give frames as well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pandas as pd

import toolkit
from toolkit.sandbox.uptivity import UptivityBox
from toolkit.sandbox.xivo import XivoBox


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """Each from its sandbox."""
    with toolkit.sandbox.start("uptivity") as box:
        assert_type(box, UptivityBox)
        with toolkit.uptivity.connect(box.url) as server:
            assert_type(server.users.list(), pd.DataFrame)
    with toolkit.sandbox.start("xivo") as xivo_box:
        assert_type(xivo_box, XivoBox)
        assert_type(xivo_box.url, str)
    with toolkit.sandbox.start("geoop") as geoop_box:
        assert_type(geoop_box.url, str)
