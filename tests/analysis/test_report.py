"""Plots and the report: what they show, and that nothing in the data breaks them."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from lxml import html
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.analysis import recording as made, table
from toolkit.analysis import (
    plot_compare,
    plot_compare_latency,
    plot_errors,
    plot_histogram,
    plot_latency,
    plot_log_levels,
    plot_log_patterns,
    plot_result_codes,
    plot_sessions,
    plot_task_runs,
    plot_task_stats,
    plot_timeline,
    read_calls,
    read_log,
    task_runs,
    task_stats,
    write_report,
)
from toolkit.outcomes import InvalidArgument

EVIL = "</td><script>alert('x')</script> $\\frac{1}{0}$ & \u202e\U0001f600"
LOG = "".join(
    f'<E time="2019-04-0{day}T0{hour}:00:00" level="{level}">x</E>'
    for day in (1, 2) for hour in (1, 5) for level in ("Info", "Error", "&lt;b>$x^$")
)  # fmt: skip
RUNS = task_runs(read_log("<L>" + "".join(
    f'<E time="2019-04-01T{hour:02}:00:0{step}" level="{level}" source="$t^$" run="{hour}">x</E>'
    for hour in (*range(9), *range(11, 20))
    for step, level in ((0, "Info"), (9 if hour == 4 else 1, "Error" if hour == 7 else "Info"))
) + "</L>"))  # fmt: skip
LOGIN = {"function": "hostOpenSession", "target": EVIL}
LOGINS = table.calls(
    [
        {**LOGIN, "category": "challenged"}, LOGIN, {}, table.failed(),
        {**LOGIN, "category": "denied"}, {**LOGIN, "category": "challenged"},
    ]
)  # fmt: skip


@pytest.fixture
def calls(tmp_path: Path) -> pd.DataFrame:
    """Calls with every category and with names that try to be markup."""
    codes = [1, 2, 3, 213, 232, 408, 502, 999]
    traffic = [made.gateway("agentPing", code=code, message="m &amp; &lt;i>") for code in codes]
    traffic += [made.get(f"/{EVIL}", method="<b>$x^$"), made.failed("/a"), made.get("/a", 503)]
    traffic += [made.status("nightly", "<script>", 5, 2), made.status("c", "t", 0, 0)]
    return read_calls(made.cassette(tmp_path / "evil.yaml", traffic))


def texts(ax: Axes) -> str:
    figure = ax.get_figure()
    assert figure is not None
    figure.draw_without_rendering()
    shown = [text.get_text() for text in figure.findobj(mpl.text.Text)]
    return "\n".join(shown)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plots_show_themselves(calls: pd.DataFrame, theme: str) -> None:
    """Each plot is axes with a picture of their own, and leaves no state behind."""
    before = dict(mpl.rcParams)
    for ax in (
        plot_result_codes(calls, theme=theme),
        plot_task_stats(calls, theme=theme),
        plot_log_levels(f"<L>{LOG}</L>", theme=theme),
        plot_latency(calls, theme=theme),
        plot_histogram(calls, theme=theme),
        plot_errors(calls, theme=theme),
        plot_log_patterns(f"<L>{LOG}</L>", since="1D", theme=theme),
        plot_sessions(LOGINS, theme=theme),
        plot_task_runs(RUNS, theme=theme),
        plot_timeline(calls=calls, runs=RUNS, theme=theme),
        plot_compare(calls, calls.iloc[4:], theme=theme),
        plot_compare_latency(calls, calls.iloc[4:], theme=theme),
    ):
        assert isinstance(ax, Axes)
        assert ax._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert dict(mpl.rcParams) == before


def test_plots_say_numbers_and_labels(calls: pd.DataFrame) -> None:
    """Functions, counts and failures stand in words beside the bars."""
    shown = texts(plot_result_codes(calls))
    assert "sertainty agentPing" in shown
    assert "8: " in shown
    assert "transport failure" in shown
    assert "2 of 5 failed (40%), Waiting" in texts(plot_task_stats(calls))
    shown = texts(plot_log_levels(f"<L>{LOG}</L>"))
    assert "Info (4)" in shown
    assert "events per hour" in shown
    shown = texts(plot_task_runs(RUNS))
    assert "18 runs, 0 late, 1 slow, 2 missed" in shown
    shown = texts(plot_sessions(LOGINS))
    assert "3 logins, 1 opened" in shown
    assert "2 calls, 2 s, 1 failed" in shown
    assert "denied" in shown
    assert "95 of 100 (p95)" in texts(plot_latency(calls))
    shown = texts(plot_log_patterns(f"<L>{LOG}</L>", since="1D"))
    assert "12 events of 3 patterns" in shown
    later = [table.failed(second=n, function="a") for n in range(9)]
    rows = [{"second": 5000.0 * n} for n in range(-40, 40)]
    shown = texts(plot_errors(table.calls(rows + later)))
    assert "burst: 9 in 8 s" in shown
    assert "FAULT_502: disk full (9)" in shown
    assert "new: 0 → 9 calls" in texts(plot_compare(table.calls(rows), table.calls(rows + later)))


def test_colour_is_never_alone(calls: pd.DataFrame) -> None:
    """Two categories never look the same without their colours."""
    from toolkit.analysis.theme import CATEGORY_MARKS

    plain = [mark for mark in CATEGORY_MARKS.values() if not mark.hatch]
    assert len(plain) == 1
    assert len({(mark.colour, mark.hatch) for mark in CATEGORY_MARKS.values()}) == 12
    legend = plot_result_codes(calls).get_legend()
    assert legend is not None
    assert len({patch.get_hatch() for patch in legend.get_patches()}) >= 8


def test_many_functions_are_cut_to_the_top(tmp_path: Path) -> None:
    """What is left out is counted in one bar; all calls are in the picture."""
    traffic = [made.get(f"/{chr(97 + n % 26)}{'x' * (n // 26)}", minute=n) for n in range(60)]
    ax = plot_result_codes(made.cassette(tmp_path / "a.yaml", traffic), top=10)
    assert "51 other functions" in texts(ax)
    assert sum(patch.get_width() for patch in ax.patches) == 60


def test_plots_of_nothing() -> None:
    """Nothing to show is said."""
    assert "no calls" in texts(plot_result_codes([]))
    assert "no calls with a duration" in texts(plot_latency([]))
    assert "no calls with a duration" in texts(plot_histogram([]))
    assert "no failures with a time" in texts(plot_errors([]))
    assert "no logins with a time" in texts(plot_sessions([]))
    assert "no runs" in texts(plot_task_runs(RUNS.iloc[:0]))
    assert "nothing with a time" in texts(plot_timeline(runs=RUNS.iloc[:0]))
    assert "no code changed" in texts(plot_compare([], []))
    assert "no function with durations" in texts(plot_compare_latency([], []))
    assert "no messages" in texts(plot_log_patterns(read_log(f"<L>{LOG}</L>").iloc[:0]))
    assert "no tasks" in texts(plot_task_stats([]))
    assert "no events with a time" in texts(plot_log_levels("<Log/>"))
    assert "no events with a time" in texts(plot_log_levels("<L><E>a</E><E>b</E></L>"))


def test_axes_of_ones_own_and_themes_that_are_none(calls: pd.DataFrame) -> None:
    """A plot can be drawn into another figure; an unknown theme is refused."""
    ax = Figure().subplots()
    assert plot_result_codes(calls, ax=ax) is ax
    with pytest.raises(InvalidArgument, match="there are: light, dark"):
        plot_result_codes(calls, theme="pink")


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("2019-04-01T00:30:00", "minute"), ("2019-04-03T00:00:00", "hour"),
        ("2019-04-08T00:00:00", "3 hours"), ("2019-05-20T00:00:00", "day"),
        ("2039-01-01T00:00:00", "364 days"),
    ],
)  # fmt: skip
def test_bars_fit_the_span(last: str, said: str) -> None:
    """Minutes for an hour, hours for a day, days for a month."""
    ax = plot_log_levels(f'<L><E t="2019-04-01T00:00:00"/><E t="{last}"/></L>')
    assert ax.get_ylabel() == f"events per {said}"


def test_report_is_one_file_without_network(calls: pd.DataFrame, tmp_path: Path) -> None:
    """Everything is in it, well formed, escaped, and nothing is fetched."""
    log = read_log(f"<L>{LOG}", truncated="keep")
    path = write_report(
        tmp_path / "r.html", calls=calls, tasks=task_stats(calls), log=log, title=EVIL
    )
    text = path.read_text(encoding="utf-8")
    page = html.document_fromstring(text)
    assert page.xpath("//script | //link | //img | //iframe | //object") == []
    assert page.findtext(".//h1") == EVIL
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    fetched = re.findall(r"(?:src|href)=\"(?!#)[^\"]*|url\((?!#)[^)]*|@import", text)
    assert fetched == []
    headings = [heading.text for heading in page.iter("h2")]
    assert headings == [
        "Overview", "Result codes", "Errors", "Latency", "Tasks", "Log",
    ]  # fmt: skip
    assert [link.get("href")[1:] for link in page.iter("a")] == page.xpath("//section/@id")
    for one in page.iter("table"):
        assert one.findtext("caption")
        assert all(head.get("scope") == "col" for head in one.iter("th"))
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    for used in re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", text):
        assert "".join(used) in names
    assert len(page.xpath("//*[local-name()='svg'][@role='img'][@aria-label]")) == 5
    assert "still being written" in text
    assert write_report(path, calls=calls, tasks=task_stats(calls), log=log, title=EVIL) == path
    assert path.read_text(encoding="utf-8") == text


def test_report_lists_what_was_not_read(tmp_path: Path) -> None:
    """A gap in the recordings is in the report."""
    good = made.cassette(tmp_path / "a.yaml", [made.get("/a")])
    (tmp_path / "b.yaml").write_text("nothing: here\n")
    with pytest.warns(match=r"b\.yaml"):
        path = write_report(tmp_path / "r.html", calls=[good, tmp_path / "b.yaml"])
    assert "Not read" in path.read_text(encoding="utf-8")


def test_report_of_nothing_is_refused(tmp_path: Path) -> None:
    """There is nothing to write."""
    with pytest.raises(InvalidArgument, match="calls, tasks or a log"):
        write_report(tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


def test_reports_of_empty_data(tmp_path: Path) -> None:
    """Empty recordings and logs make a page too."""
    page = write_report(tmp_path / "r.html", calls=[], tasks=[], log="<Log/>")
    assert page.read_text(encoding="utf-8").count("No rows.") == 4


def test_report_as_markdown(calls: pd.DataFrame, tmp_path: Path) -> None:
    """The same sections in a file that ends in .md; nothing in the data becomes markup."""
    log = read_log(f"<L>{LOG}", truncated="keep")
    path = write_report(tmp_path / "r.md", calls=calls, log=log, title=EVIL)
    text = path.read_text(encoding="utf-8")
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["Overview", "Result codes", "Errors", "Latency", "Tasks", "Log"]
    assert "<script" not in text
    assert "\u202e" not in text
    for line in text.splitlines():
        assert not line.startswith("| ") or line.endswith(" |")
    widths = [
        {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        for block in text.split("\n\n")
        if block.startswith("|")
    ]
    assert len(widths) >= 6
    assert all(len(width) == 1 for width in widths)
    assert "still being written" in text


def test_report_of_calls_whose_cassettes_are_gone(calls: pd.DataFrame, tmp_path: Path) -> None:
    """A table of calls that was kept is reported on, without the tasks its cassettes held."""
    for cassette in calls["cassette"].unique():
        Path(cassette).unlink()
    text = write_report(tmp_path / "r.md", calls=calls).read_text(encoding="utf-8")
    assert "## Result codes" in text
    assert "## Tasks" not in text
