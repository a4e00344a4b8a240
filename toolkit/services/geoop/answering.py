"""The DataFrame of one answer that was recorded."""

from __future__ import annotations

from typing import Any

import msgspec
import pandas as pd

from toolkit.http import Answer
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop.call import Call, Item
from toolkit.services.geoop.flows import call_of
from toolkit.services.geoop.functions import ACTION, UPLOAD
from toolkit.services.geoop.items import frame_of
from toolkit.services.geoop.options import Options
from toolkit.services.geoop.state import State
from toolkit.services.geoop.writing import Batch, judge


def frame_of_call(plan: Plan, answer: Answer, collection: str) -> pd.DataFrame:
    """A page of items, an item, or one row of outcome for each item that was written.

    Raises
    ------
    CallError
        The call did not succeed; of refused items it has ``table``.
    """
    call = call_of(plan, answer)
    if plan.function in (ACTION, UPLOAD) or not plan.function.changes:
        result = frame_of(call.raise_for_outcome().items(collection), collection)
        result.attrs.update(call.attrs)
        return result
    sent = _sent(plan, call, collection)
    batch = Batch(plan.function, collection, "", sent, pd.RangeIndex(len(sent)), max(len(sent), 1))
    judge(call, collection, sent, batch.results, State("", "", Options(index_base="detect")))
    if not call.outcome.ok:
        try:
            call.raise_for_outcome()
        except Exception as error:
            error.table = batch.table()  # type: ignore[attr-defined]
            raise
    return batch.table()


def _sent(plan: Plan, call: Call, collection: str) -> list[Item]:
    """The items of the request; those of the answer where it had no body."""
    try:
        told: Any = msgspec.json.decode(plan.body or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        told = None
    found = told.get(collection) if isinstance(told, dict) else None
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        return found
    number = plan.target.rpartition("/")[2]
    if number.isdecimal():
        return [{"id": int(number)}]
    return call.items(collection) if call.outcome.ok else []
