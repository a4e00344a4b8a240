"""From a row of calls back to the recorded interaction, and to the DataFrame it gave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pandas as pd

from toolkit.analysis.decoding import interactions_of
from toolkit.analysis.sources import is_there
from toolkit.cassettes import Interaction
from toolkit.outcomes import CassetteError


def recorded(calls: pd.DataFrame) -> Iterator[tuple[object, Interaction]]:
    """The interactions of these calls: index label and interaction, cassette by cassette.

    Each cassette is read once, and only as far as needed.

    Parameters
    ----------
    calls : DataFrame
        From :func:`read_calls`, or any selection of its rows.

    Raises
    ------
    CassetteError
        A cassette is gone, or is shorter than it was.

    Examples
    --------
    >>> calls = toolkit.read_calls("cassettes/monday.yaml")
    >>> label, interaction = next(recorded(calls[calls["function"] == "agentGetStatus"]))
    >>> interaction.response.body[:28]
    b'<Response><Status>1</Status>'
    """
    for cassette, rows in calls.groupby("cassette", observed=True, sort=False):
        wanted = {int(place): label for label, place in rows["position"].items()}
        path = str(cassette)
        if not is_there(path):
            raise CassetteError(f"The cassette {path} is not there any more.")
        found = 0
        for place, interaction in enumerate(islice(interactions_of(path), max(wanted) + 1)):
            if place in wanted:
                found += 1
                yield wanted[place], interaction
        if found < len(wanted):
            raise CassetteError(f"The cassette {path} has fewer calls than when it was read.")
