"""A row in, its results and its outcome out."""

from __future__ import annotations

import _thread
import asyncio
import functools
import threading
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import toolkit
from toolkit.sandbox.sertainty import SertaintyBox
from toolkit.services.sertainty.gateway import Gateway

OUTCOME = [
    "outcome.row", "outcome.fate", "outcome.code", "outcome.label", "outcome.category",
    "outcome.message", "outcome.at", "outcome.elapsed",
]  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[SertaintyBox, Gateway]]:
    with (
        toolkit.sandbox.start("sertainty", seed=7, workload=0.2) as box,
        toolkit.sertainty.connect(box.url) as gateway,
    ):
        gateway.login_with(box.user, box.answers)
        yield box, gateway


@pytest.fixture
def gateway(running: tuple[SertaintyBox, Gateway]) -> Gateway:
    return running[1]


@pytest.fixture
def box(running: tuple[SertaintyBox, Gateway]) -> Iterator[SertaintyBox]:
    yield running[0]
    running[0].clear_faults()


@pytest.fixture
def tasks(gateway: Gateway) -> pd.DataFrame:
    over = gateway.task_statuses()[["config", "task"]]
    return over.set_axis([f"label {place}" for place in range(len(over))])


def doubled(number: int, times: int = 2) -> pd.DataFrame:
    return pd.DataFrame({"number": [number] * times, "double": [number * 2] * times})


def fates(table: pd.DataFrame) -> list[str]:
    return table["outcome.fate"].astype(str).tolist()


@pytest.mark.parametrize("at_once", [1, 8])
def test_one_row_each(gateway: Gateway, tasks: pd.DataFrame, at_once: int) -> None:
    """The same as calling by hand, with the labels kept, however many at a time."""
    table = toolkit.run(gateway.task.get_status, tasks, at_once=at_once)
    by_hand = pd.concat([gateway.task.get_status(*row) for row in tasks.itertuples(index=False)])
    assert table.index.tolist() == tasks.index.tolist()
    assert table[["config", "task", "executions"]].values.tolist() == (
        by_hand[["config", "task", "executions"]].values.tolist()
    )
    assert table.columns.tolist()[-8:] == OUTCOME
    assert set(fates(table)) == {"done"}
    assert table["outcome.code"].tolist() == [1] * len(tasks)
    assert str(table["outcome.at"].dtype) == "datetime64[us, UTC]"


def test_same_columns_whatever_happens(gateway: Gateway, tasks: pd.DataFrame) -> None:
    """All succeed, all fail, or there is no row: columns and dtypes are the same."""
    good = toolkit.run(gateway.task.get_status, tasks)
    none = toolkit.run(gateway.task.get_status, tasks.head(0))
    wrong = tasks.assign(task="no such task")
    bad = toolkit.run(gateway.task.get_status, wrong, on_error="continue")
    assert good.dtypes.to_dict() == none.dtypes.to_dict() == bad.dtypes.to_dict()
    assert set(bad["outcome.label"]) == {"FILE_NOT_FOUND"}
    assert set(bad["outcome.category"].astype(str)) == {"not found"}
    assert bad["config"].isna().all()


def test_several_rows_and_none() -> None:
    """A result of several rows repeats its label; one of none gives one row of missing values."""
    over = pd.DataFrame({"number": [3, 4, 5], "times": [2, 0, 1]}, index=list("abc"))
    table = toolkit.run(doubled, over)
    assert table.index.tolist() == ["a", "a", "b", "c"]
    assert table["outcome.row"].tolist() == [0, 0, 1, 2]
    assert table["double"].isna().tolist() == [False, False, True, False]
    assert str(table["double"].dtype) == "Int64"
    assert fates(table) == ["done"] * 4


def test_missing_cells_leave_arguments_out() -> None:
    """An optional argument's missing cell leaves its default; a needed one's is refused."""
    over = pd.DataFrame({"number": [3, 4], "times": pd.array([None, 1], "Int64")})
    assert toolkit.run(doubled, over)["number"].tolist() == [3, 3, 4]
    with pytest.raises(toolkit.InvalidArgument, match="needs number, and row 1 has none"):
        toolkit.run(doubled, pd.DataFrame({"number": pd.array([3, None], "Int64")}))


def test_what_does_not_fit(gateway: Gateway, tasks: pd.DataFrame) -> None:
    """Columns that are missing or unknown, and options that are none, are named."""
    refused = functools.partial(pytest.raises, toolkit.InvalidArgument)
    with refused(match="does not know 'colour'"):
        toolkit.run(gateway.task.get_status, tasks.assign(colour="red"))
    with refused(match="needs task_name, and the table has config"):
        toolkit.run(gateway.task.get_status, tasks[["config"]])
    with refused(match="has no column 'name'; it has config, task"):
        toolkit.run(gateway.task.get_status, tasks, arguments={"config_name": "name"})
    with refused(match="two columns 'task'"):
        toolkit.run(gateway.task.get_status, pd.concat([tasks, tasks["task"]], axis=1))
    with refused(match="a Series or a list of dicts, not a str"):
        toolkit.run(gateway.task.get_status, "Nightly")  # type: ignore[arg-type]
    with refused(match="the series has no name"):
        toolkit.run(gateway.config.get_tasks, pd.Series(["Nightly"]))
    with refused(match="1 or more, not 0"):
        toolkit.run(gateway.task.get_status, tasks, at_once=0)
    with refused(match='on_error is "stop" or "continue"'):
        toolkit.run(gateway.task.get_status, tasks, on_error="ignore")  # type: ignore[call-overload]
    with refused(match='again is "failed", "unknown" or both'):
        toolkit.run(gateway.task.get_status, tasks, again="all")  # type: ignore[call-overload]
    with refused(match="not with both"):
        toolkit.run(gateway.task.get_status, tasks, journal="x", previous=tasks)


def test_columns_that_are_meant(gateway: Gateway, tasks: pd.DataFrame) -> None:
    """Columns are named where the table has others, or calls them otherwise."""
    other = tasks.rename(columns={"config": "where", "task": "what"}).assign(note="mine")
    meant = {"config_name": "where", "task_name": "what"}
    table = toolkit.run(gateway.task.get_status, other, arguments=meant)
    assert table["task"].tolist() == tasks["task"].tolist()
    noted = tasks.assign(note="mine")
    table = toolkit.run(gateway.task.get_status, noted, arguments=["config", "task"])
    assert table["task"].tolist() == tasks["task"].tolist()


def test_by_wire_name_series_and_dicts(gateway: Gateway, tasks: pd.DataFrame) -> None:
    """A partial of ``call``, a column, and a list of dicts serve as well."""
    named = toolkit.run(functools.partial(gateway.call, "taskGetStatus"), tasks)
    assert named["task"].tolist() == tasks["task"].tolist()
    configs = tasks["config"].drop_duplicates()
    listed = toolkit.run(gateway.config.get_status, configs)
    assert listed["config"].tolist() == configs.tolist()
    one = functools.partial(gateway.task.get_status, "Nightly")
    assert len(toolkit.run(one, [{"task_name": "ingest"}])) == 1


def test_repeated_argument(gateway: Gateway) -> None:
    """A list in a cell fills an argument that may come several times."""
    machine = gateway.fetch("hostGetMachine").document
    over = [{"id_name": "one", "machine_fingerprint": [machine, machine]}, {"id_name": "two"}]
    table = toolkit.run(gateway.shared.new_id, over)
    assert table["label"].tolist() == ["SUCCESS", "SUCCESS"]


@pytest.mark.parametrize("at_once", [1, 3])
def test_stops_at_the_first_error(
    gateway: Gateway, box: SertaintyBox, tasks: pd.DataFrame, at_once: int
) -> None:
    """No further row is sent; the error says where, and has the table of all rows."""
    over = tasks.copy()
    over.loc["label 2", "task"] = "no such task"
    before = len(box.calls)
    with pytest.raises(toolkit.NotFound) as caught:
        toolkit.run(gateway.task.get_status, over, at_once=at_once)
    table = caught.value.table  # type: ignore[attr-defined]
    assert len(table) == len(over)
    assert table.loc["label 2", "outcome.fate"] == "refused"
    sent = (table["outcome.fate"] != "not sent").sum()
    assert sent == len(box.calls) - before <= 2 + at_once
    assert "It was row 'label 2'" in caught.value.__notes__[0]


def test_goes_on_at_errors(gateway: Gateway, box: SertaintyBox, tasks: pd.DataFrame) -> None:
    """Each failure is a row: refused, a server's fault, an answer that is none, a lost reply."""
    box.fault("answer", "taskGetStatus", code=502, text="disk is full")
    box.fault("drop", "taskGetStatus", times=5)
    table = toolkit.run(gateway.task.get_status, tasks.head(3), on_error="continue")
    assert fates(table)[0] == "refused"
    assert table["outcome.message"].iloc[0] == "disk is full"
    assert "transport failure" in table["outcome.category"].astype(str).tolist()
    assert "unknown" in fates(table)


def test_nothing_was_sent_without_a_session(box: SertaintyBox) -> None:
    """What the client refuses itself counts as not sent."""
    with toolkit.sertainty.connect(box.url) as stranger:
        over = [{"config_name": "Nightly"}]
        table = toolkit.run(stranger.config.get_status, over, on_error="continue")
    assert (fates(table), table["outcome.label"].tolist()) == (["not sent"], ["NoSession"])


def test_other_exceptions_and_results() -> None:
    """Any callable may raise anything; what is no DataFrame ends the run with a sentence."""

    def broken(number: int) -> pd.DataFrame:
        raise ZeroDivisionError("by zero")

    table = toolkit.run(broken, [{"number": 1}, {"number": 2}], on_error="continue")
    assert table["outcome.category"].astype(str).tolist() == ["error", "error"]
    assert table["outcome.message"].tolist() == ["by zero", "by zero"]

    def text(number: int) -> Any:
        return "no frame"

    with pytest.raises(TypeError, match="gave a str, and run wants a DataFrame") as caught:
        toolkit.run(text, [{"number": 1}, {"number": 2}], on_error="continue")
    assert fates(caught.value.table) == ["unknown", "not sent"]  # type: ignore[attr-defined]


def test_results_of_other_shapes() -> None:
    """Numbers widen, what else differs becomes text; a column called as an outcome's is renamed."""
    shapes = [
        pd.DataFrame({"a": [1], "b": [1], "outcome.row": ["mine"], "c": pd.Categorical(["x"])}),
        pd.DataFrame({"a": [1.5], "b": ["t"], "c": pd.Categorical(["y"])}),
    ]
    table = toolkit.run(lambda number: shapes[number], [{"number": 0}, {"number": 1}])
    assert table["a"].tolist() == [1.0, 1.5]
    assert table["b"].tolist() == ["1", "t"]
    assert table["c"].cat.categories.tolist() == ["x", "y"]
    assert table["outcome.row_"].tolist()[0] == "mine"
    assert table["outcome.row"].tolist() == [0, 1]


def test_interrupt_waits_for_those_under_way() -> None:
    """Ctrl-C: calls under way end, no further one is sent, and the table is on the exception."""
    both, go = threading.Barrier(2), threading.Event()
    threading.Timer(5, go.set).start()

    def slow(number: int) -> pd.DataFrame:
        if both.wait(10) == 0:
            _thread.interrupt_main()
            go.set()
        go.wait(10)
        return doubled(number, 1)

    over = pd.DataFrame({"number": range(20)})
    with pytest.raises(KeyboardInterrupt) as caught:
        toolkit.run(slow, over, at_once=2)
    table = caught.value.table  # type: ignore[attr-defined]
    assert len(table) == 20
    assert "interrupted" not in table["outcome.category"].astype(str).tolist()
    done = (table["outcome.fate"] == "done").sum()
    assert 2 <= done < 20


def test_recorded_and_replayed(gateway: Gateway, tasks: pd.DataFrame, tmp_path: Any) -> None:
    """Threads see the caller's recording; its replay gives the same table without a network."""
    with toolkit.record(tmp_path / "run.yaml") as recording:
        live = toolkit.run(gateway.task.get_status, tasks, at_once=4)
    assert recording.calls == len(tasks)
    with toolkit.replay(tmp_path / "run.yaml"):
        again = toolkit.run(gateway.task.get_status, tasks, at_once=4)
    kept = [name for name in live.columns if name not in ("outcome.at", "outcome.elapsed")]
    pd.testing.assert_frame_equal(live[kept], again[kept])


def test_async_function() -> None:
    """An async function is awaited, so many at a time; the rest is the same."""
    inside, most = 0, 0

    async def slow(number: int) -> pd.DataFrame:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        return doubled(number, 1)

    over = pd.DataFrame({"number": range(50)}, index=range(100, 150))
    table = asyncio.run(toolkit.run(slow, over, at_once=7))
    assert table["double"].tolist() == list(range(0, 100, 2))
    assert table.index.tolist() == over.index.tolist()
    assert most == 7
    with pytest.raises(toolkit.InvalidArgument, match="is awaited: give run the method itself"):
        toolkit.run(lambda number: slow(number), over.head(1))  # type: ignore[arg-type]


def test_async_cancelled() -> None:
    """A cancellation cancels what runs; the exception has the table."""
    started = asyncio.Event()

    async def slow(number: int) -> pd.DataFrame:
        if number >= 3:
            started.set()
            await asyncio.sleep(60)
        return doubled(number, 1)

    async def main() -> pd.DataFrame:
        over = pd.DataFrame({"number": range(10)})
        task = asyncio.ensure_future(toolkit.run(slow, over, at_once=2))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        table: pd.DataFrame = caught.value.table  # type: ignore[attr-defined]
        return table

    table = asyncio.run(main())
    assert fates(table)[:3] == ["done"] * 3
    assert 1 <= fates(table).count("unknown") <= 2
    assert fates(table)[-4:] == ["not sent"] * 4
