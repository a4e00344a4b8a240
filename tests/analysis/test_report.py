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

from tests.analysis import recording as made
from toolkit.analysis import (
    plot_log_levels,
    plot_result_codes,
    plot_task_stats,
    read_calls,
    read_log,
    task_stats,
    write_report,
)
from toolkit.outcomes import InvalidArgument

EVIL = "</td><script>alert('x')</script> $\\frac{1}{0}$ & \u202e\U0001f600"
LOG = "".join(
    f'<E time="2019-04-0{day}T0{hour}:00:00" level="{level}">x</E>'
    for day in (1, 2) for hour in (1, 5) for level in ("Info", "Error", "&lt;b>$x^$")
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
    assert headings == ["Result codes", "Calls by hour", "Latest failures", "Tasks", "Log"]
    for table in page.iter("table"):
        assert table.findtext("caption")
        assert all(head.get("scope") == "col" for head in table.iter("th"))
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    for used in re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", text):
        assert "".join(used) in names
    assert len(page.xpath("//*[local-name()='svg'][@role='img'][@aria-label]")) == 3
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
    assert page.read_text(encoding="utf-8").count("No rows.") == 5
