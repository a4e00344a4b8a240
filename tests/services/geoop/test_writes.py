"""Writes: atomic requests, failures on the caller's own rows, chunks that are told plainly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.loopback import drop
from tests.services.geoop.conftest import Connect
from tests.services.geoop.wire import answer, connected, failure, jobs
from toolkit.sandbox.geoop import GeoopBox
from toolkit.services.geoop.client import Client
from toolkit.services.geoop.items import items_of
from toolkit.services.geoop.writing import COLUMNS

NAMES = [column.name for column in COLUMNS]
LABELS = ["ash", "birch", "cedar", "date", "elm", "fir", "gum"]


def table(bad: tuple[int, ...] = (), count: int = 7) -> pd.DataFrame:
    """Jobs to make; the bad ones have no title."""
    titles = [None if place in bad else f"Job {place}" for place in range(count)]
    columns = {"title": titles, "client.id": 318, "status.id": 1, "account.id": 22}
    return pd.DataFrame(columns, index=LABELS[:count])


def count_of(box: GeoopBox) -> int:
    return len(box.items("jobs"))


def sent(body: bytes) -> Any:
    return msgspec.json.decode(body)


def test_rows_are_made(geoop: Client, box: GeoopBox) -> None:
    """Each row becomes an item; the result has the caller's index and the new ids."""
    result = geoop.jobs.create(table())
    assert result.columns.tolist() == NAMES
    assert result.index.tolist() == LABELS
    assert result["saved"].all()
    assert result["id"].is_unique
    made = box.items("jobs")[str(result.loc["cedar", "id"])]
    assert (made["title"], made["client"]) == ("Job 2", {"id": 318})
    assert result.attrs["report"] == "Saved: chunk 1 (7 items)"
    geoop.jobs.delete(result["id"])


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("option", ["detect", "said"])
@pytest.mark.parametrize(
    ("bad", "fates", "report"),
    [
        ((1,), "nrn|...|.", "Refused, none saved: chunk 1 (3 items); not sent: chunks 2-3"),
        ((4,), "sss|nrn|.", "Saved: chunk 1 (3 items); refused, none saved: chunk 2 (3 items)"),
        ((6,), "sss|sss|r", "Saved: chunks 1-2 (6 items); refused, none saved: chunk 3 (1 item)"),
        ((3, 5), "sss|rnr|.", "Saved: chunk 1 (3 items); refused, none saved: chunk 2 (3 items)"),
    ],
)
@pytest.mark.filterwarnings("ignore:this server counts invalidItems from 1:RuntimeWarning")
def test_failures_land_on_their_rows(
    connect: Connect,
    box: GeoopBox,
    base: Any,
    option: str,
    bad: tuple[int, ...],
    fates: str,
    report: str,
) -> None:
    """In the first, middle and last chunk, whatever the first index is."""
    box.switch(index_base=base)
    geoop = connect(chunk=3, **({"index_base": base} if option == "said" else {}))
    geoop.login_with()
    before = count_of(box)
    with pytest.raises(toolkit.InvalidRequest, match=f"row '{LABELS[bad[0]]}': title") as caught:
        geoop.jobs.create(table(bad))
    result = caught.value.table
    words = {"s": "saved", "r": "refused", "n": "not saved", ".": "not sent"}
    assert result["fate"].tolist() == [words[sign] for sign in fates.replace("|", "")]
    assert result.index.tolist() == LABELS
    assert result.attrs["report"].startswith(report)
    assert report in str(caught.value)
    wrong = result.loc[[LABELS[place] for place in bad]]
    assert wrong["field"].tolist() == ["title"] * len(bad)
    assert wrong["type"].tolist() == ["validation"] * len(bad)
    assert (wrong["code"] >= 1300).all()
    assert msgspec.json.decode(wrong["errors"].iloc[0])[0]["field"] == "title"
    saved = result.loc[result["saved"], "id"]
    assert count_of(box) - before == len(saved)
    if len(saved):
        geoop.jobs.delete(saved)


def test_a_table_instead_of_an_exception(geoop: Client) -> None:
    """By option; with ``continue`` the later chunks are sent all the same."""
    result = geoop.jobs.create(table((1,)), chunk=3, on_error="continue", on_failure="table")
    assert result["saved"].tolist() == [False] * 3 + [True] * 4
    assert result.attrs["report"] == (
        "Refused, none saved: chunk 1 (3 items); saved: chunks 2-3 (4 items)"
    )
    geoop.jobs.delete(result.loc[result["saved"], "id"])


def test_a_failure_with_status_200_is_one(geoop: Client, box: GeoopBox) -> None:
    """``result`` decides."""
    box.switch(failure_status=200, result_key="response")
    with pytest.raises(toolkit.InvalidRequest, match="row 'ash'"):
        geoop.jobs.create(table((0,)))


def test_a_server_that_counts_from_one_is_told_once(geoop: Client, box: GeoopBox) -> None:
    """A warning names the option; the next failure needs none."""
    box.switch(index_base=1)
    with pytest.warns(RuntimeWarning, match="index_base=1"):
        geoop.jobs.create(table((6,)), on_failure="table")
    again = geoop.jobs.create(table((0, 3)), on_failure="table")
    assert again.index[again["fate"] == "refused"].tolist() == ["ash", "date"]


RAW = {"title": "Job 1"}


@pytest.mark.parametrize(
    ("act", "refused"),
    [
        (failure([1], 3, [RAW]), ["birch"]),  # what was read tells: from 0
        (failure([2], 3, [RAW]), ["birch"]),  # what was read tells: from 1
        (failure([1], 3), ["birch"]),  # nothing tells: from 0
        (failure([3], 3), ["cedar"]),
        (failure([1], 3, validItems=[2, 3]), ["ash"]),
        (failure([1], 3, validItems=[0, 2]), ["birch"]),
        (failure([], 3, [RAW]), ["birch"]),  # no indices: by what was read
        (failure([7], 3), []),
    ],
)
@pytest.mark.filterwarnings("ignore:this server counts:RuntimeWarning")
def test_indices_of_all_sorts(act: Any, refused: list[str]) -> None:
    """The first index is found from the answer; an index of no item breaks nothing."""
    with connected(act) as (geoop, _):
        result = geoop.jobs.create(table(count=3), on_failure="table")
    assert result.index[result["fate"] == "refused"].tolist() == refused
    assert not result["saved"].any()


def test_a_fatal_error_says_what_was_saved_before(geoop: Client, box: GeoopBox) -> None:
    """The exception has the table and a note with the report."""
    box.fault("error", "POST /jobs", type="system")
    with pytest.raises(toolkit.ServerFault) as caught:
        geoop.jobs.create(table(), chunk=3)
    assert caught.value.table["fate"].tolist() == ["not saved"] * 3 + ["not sent"] * 4
    assert caught.value.__notes__ == [
        "Not saved: chunk 1 (3 items); not sent: chunks 2-3 (4 items)"
    ]


def test_a_lost_reply_is_unknown_and_not_sent_again() -> None:
    """Nobody knows whether it was saved; the message says what to do."""
    with connected(drop) as (geoop, loopback):
        with pytest.raises(toolkit.ConnectionLost, match="look into the list") as caught:
            geoop.jobs.create(table(count=3), chunk=2)
        assert len(loopback.requests) == 1
    assert caught.value.table["fate"].tolist() == ["unknown", "unknown", "not sent"]
    assert caught.value.table["saved"].isna().tolist() == [True, True, False]


def test_update_and_delete(geoop: Client, box: GeoopBox) -> None:
    """By rows with an id, by an index called id, and one by its id; missing cells are left."""
    ids = geoop.jobs.create(table())["id"]
    rows = pd.DataFrame({"id": ids, "title": ["New", *[None] * 6]})
    assert geoop.jobs.update(rows)["saved"].all()
    kept = box.items("jobs")
    assert [kept[str(number)]["title"] for number in ids[:2]] == ["New", "Job 1"]
    geoop.jobs.update(rows.set_index("id").rename(columns={"title": "description"}).head(1))
    geoop.jobs.update(ids["ash"], description=None, deleted=True)
    one = box.items("jobs")[str(ids["ash"])]
    assert (one["description"], one["deleted"]) == (None, True)
    assert geoop.jobs.delete(int(ids["ash"]))["id"].tolist() == [ids["ash"]]
    assert geoop.jobs.delete(ids[1:].tolist())["saved"].all()
    assert not set(box.items("jobs")) & set(ids.astype(str))


def test_override(connect: Connect, box: GeoopBox) -> None:
    """By option PATCH and DELETE go as POST with X-Method."""
    geoop = connect(override=True)
    geoop.login_with()
    number = int(geoop.jobs.create(table(count=1))["id"].iloc[0])
    geoop.jobs.update(number, title="Other")
    geoop.jobs.delete([number])
    assert [call["function"] for call in box.calls[-2:]] == ["PATCH /jobs/{id}", "DELETE /jobs"]
    with connected(jobs(1), override=True) as (client, loopback):
        client.jobs.delete(1)
        head = loopback.requests[0][0].lower()
        assert head.startswith(b"post /jobs/1 ")
        assert b"x-method: delete" in head


def test_what_is_sent() -> None:
    """One key, the collection's name, with an array; associations are objects."""
    with connected(jobs(5)) as (geoop, loopback):
        geoop.jobs.create(title="Gate", **{"client.id": 318})
        geoop.jobs.update(5, title="Wall")
        geoop.jobs.delete(5)
    assert [sent(body) for body in loopback.bodies[:2]] == [
        {"jobs": [{"title": "Gate", "client": {"id": 318}}]},
        {"jobs": [{"id": 5, "title": "Wall"}]},
    ]
    assert loopback.bodies[2] == b""


def test_rows_that_cannot_be_sent(geoop: Client, box: GeoopBox) -> None:
    """Nothing is sent, and the sentence says which row or what is wrong."""
    before = len(box.calls)
    for call, said in [
        (lambda: geoop.jobs.update(pd.DataFrame({"title": ["x"]}, index=["r"])), "row 'r' needs"),
        (lambda: geoop.jobs.update([{"id": 1}, {"id": "x"}]), "row 1 needs"),
        (lambda: geoop.jobs.delete(["x"]), "ids are whole numbers"),
        (lambda: geoop.jobs.create([{"a": 1, "a.b": 2}]), "cannot both be sent"),
        (lambda: geoop.jobs.create(table(), title="x"), "rows or fields"),
        (lambda: geoop.jobs.create(), "rows, or fields"),
        (lambda: geoop.jobs.create(table(), chunk=0), "chunk is a whole number"),
        (lambda: geoop.jobs.create(table(), on_error="skip"), "stop or continue"),
        (lambda: geoop.jobs.create(table(), on_failure="log"), "raise or table"),
        (lambda: geoop.jobs.create(table(), missing="zero"), "skip or null"),
    ]:
        with pytest.raises(toolkit.InvalidArgument, match=said):
            call()
    assert len(box.calls) == before
    none = geoop.jobs.create(table(count=0))
    assert (len(none), none.columns.tolist()) == (0, NAMES)
    assert none.attrs["report"] == "Nothing to send"


def test_upload(geoop: Client, box: GeoopBox, tmp_path: Path) -> None:
    """A file goes as a form; the same file is the same request."""
    path = tmp_path / "plan.txt"
    path.write_bytes(b"north\r\nsouth")
    item = geoop.files.upload(path, job=1001)
    assert (item["name"].item(), item["size"].item()) == ("plan.txt", 12)
    assert box.items("files")[str(item["id"].item())]["job"] == {"id": 1001}
    with pytest.raises(toolkit.InvalidArgument, match="cannot be read"):
        geoop.files.upload(tmp_path / "none.txt")
    box.switch(upload_limit=3)
    with pytest.raises(toolkit.InvalidRequest):
        geoop.files.upload(path)
    act = answer({"result": "success", "files": [{"id": 1}]})
    with connected(act) as (client, loopback):
        client.files.upload(path)
        client.files.upload(path)
        assert loopback.bodies[0] == loopback.bodies[1]


def test_actions() -> None:
    """Any action of any collection; an answer without items is an empty frame."""
    with connected(jobs(5), answer({"result": "success"})) as (geoop, loopback):
        assert geoop.jobs.action("assign", {"id": 5})["id"].tolist() == [5]
        assert geoop.jobs.action("notify").empty
        with pytest.raises(toolkit.InvalidArgument):
            geoop.jobs.action("a/b")
    assert [sent(body) if body else None for body in loopback.bodies] == [{"id": 5}, None]


def test_lists_go_back_as_they_came() -> None:
    """Text that holds JSON in a whole column is what it holds; one title that looks so is not."""
    rows = pd.DataFrame({"workgroups": ['[{"id":3}]', None], "title": ["[]", "Gate"]})
    assert items_of(rows) == [{"workgroups": [{"id": 3}], "title": "[]"}, {"title": "Gate"}]


cells = st.none() | st.integers(1, 10**9) | st.text(max_size=5) | st.booleans()


@given(
    st.lists(
        st.fixed_dictionaries({"title": cells, "client.id": st.none() | st.integers(1, 10**9)}),
        min_size=1,
        max_size=5,
    )
)
def test_items_are_rows(rows: list[dict[str, Any]]) -> None:
    """A missing cell is left out, every other is what it was, whole numbers stay whole."""
    items = items_of(pd.DataFrame(rows))
    for row, item in zip(rows, items, strict=True):
        client = row["client.id"]
        assert item.get("client") == (None if client is None else {"id": client})
        assert type((item.get("client") or {"id": 1})["id"]) is int
        assert ("title" in item) == (row["title"] is not None)
