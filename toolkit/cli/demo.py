"""``toolkit demo``: the whole path on a sandbox, with no screen and no network.

Starts a gateway, answers two rounds of challenges, calls all 37 functions (and what must fail),
records it, stops the gateway, replays the recording, compares every frame, and shows what the
analyses find, in it and in the recordings of all services that come along. The exit status is 1
when a replayed frame or error differs from the live one.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

import toolkit
from toolkit.cli.samples import samples
from toolkit.cli.tables import print_table
from toolkit.outcomes import CallError
from toolkit.services.sertainty import Gateway

TASKS = """<Tasks config="Weekly">
  <Task name="tidy" kind="Time"><Enabled type="bool">true</Enabled>
    <ID type="string">weekly.iic</ID><Script type="string">tidy.uxl</Script>
    <Schedule><StartHour type="int">4</StartHour></Schedule></Task>
</Tasks>"""
TEMPLATE = """<Task name="weekly-tidy" kind="Time"><Script type="string">tidy.uxl</Script></Task>"""
WRONG = ["first wrong answer", "second wrong answer"]

Gave = pd.DataFrame | CallError


@dataclass(frozen=True)
class Step:
    """One thing to do: its title, how, and the error that must come (None for a frame)."""

    title: str
    do: Callable[[Gateway], pd.DataFrame]
    fails: type[CallError] | None = None


def _login(gateway: Gateway, answers: dict[str, str]) -> pd.DataFrame:
    session = gateway.login_with("ada", answers)
    return pd.DataFrame({"user": [session.user], "rounds": [session.rounds]})


def steps(answers: dict[str, str]) -> list[Step]:
    """All 37 functions in an order in which each has something to do, and five failures."""
    return [
        Step("agentPing", lambda g: g.agent.ping()),
        Step("hostOpenSession, wrong", lambda g: g.host.open_session("ada"), None),
        Step(
            "hostOpenSession, denied",
            lambda g: g.host.open_session("ada", WRONG),
            toolkit.AccessDenied,
        ),
        Step("login in two rounds", lambda g: _login(g, answers)),
        Step("hostGetMachine", lambda g: g.host.get_machine()),
        Step("agentGetStatus", lambda g: g.agent.get_status()),
        Step("configGetList", lambda g: g.config.get_list()),
        Step("configGetStatus", lambda g: g.config.get_status("Nightly")),
        Step("configGetTasks", lambda g: g.config.get_tasks("Nightly")),
        Step("all task statuses", lambda g: g.task_statuses()),
        Step("taskGetStatus", lambda g: g.task.get_status("Nightly", "ingest")),
        Step("taskGetLog", lambda g: g.task.get_log("Nightly", "ingest")),
        Step(
            "taskGetStatus, no such task",
            lambda g: g.task.get_status("Nightly", "no-such-task"),
            toolkit.NotFound,
        ),
        Step("taskPause", lambda g: g.task.pause("Nightly", "*")),
        Step("taskResume", lambda g: g.task.resume("Nightly", "*")),
        Step("taskReset", lambda g: g.task.reset("Nightly", "index")),
        Step("configCreate", lambda g: g.config.create("Weekly")),
        Step("configCreate, exists", lambda g: g.config.create("Weekly"), toolkit.AlreadyExists),
        Step("configCreate, bad name", lambda g: g.config.create("../up"), toolkit.InvalidRequest),
        Step("configNewID", lambda g: g.config.new_id("Weekly", "weekly.iic")),
        Step("configGetID", lambda g: g.config.get_id("Weekly", "weekly.iic")),
        Step("configSaveID", lambda g: g.config.save_id("Weekly", "copy.iic", bytes(range(256)))),
        Step(
            "configSaveScript", lambda g: g.config.save_script("Weekly", "tidy.uxl", "// tidy up\n")
        ),
        Step("configGetScript", lambda g: g.config.get_script("Weekly", "tidy.uxl")),
        Step("configSaveTasks", lambda g: g.config.save_tasks("Weekly", TASKS)),
        Step("configActivate", lambda g: g.config.activate("Weekly")),
        Step("configActivate, back", lambda g: g.config.activate("Nightly")),
        Step("configDelete", lambda g: g.config.delete("Weekly")),
        Step("sharedGetPresetList", lambda g: g.shared.get_preset_list()),
        Step("sharedGetPreset", lambda g: g.shared.get_preset("Strict")),
        Step(
            "sharedNewID",
            lambda g: g.shared.new_id("demo.iic", g.fetch("hostGetMachine").document),
        ),
        Step("sharedGetID", lambda g: g.shared.get_id("demo.iic")),
        Step("sharedSaveID", lambda g: g.shared.save_id("demo.iic", b"an invented ID")),
        Step("sharedSaveScript", lambda g: g.shared.save_script("demo.uxl", "// shared\n")),
        Step("sharedGetScript", lambda g: g.shared.get_script("demo.uxl")),
        Step("templateSaveTask", lambda g: g.template.save_task(TEMPLATE)),
        Step("templateGetList", lambda g: g.template.get_list()),
        Step("templateGetTask", lambda g: g.template.get_task("weekly-tidy")),
        Step("agentGetLog", lambda g: g.agent.get_log()),
        Step("agentAlter", lambda g: g.agent.alter("Disable")),
        Step("agentAlter, back", lambda g: g.agent.alter("Enable")),
        Step("agentRestart", lambda g: g.agent.restart()),
        Step("agentShutdown", lambda g: g.agent.shutdown()),
        Step("agentStart, by hand only", lambda g: g.agent.start(), toolkit.ServerFault),
        Step("hostCloseSession", lambda g: g.host.close_session()),
    ]


def play(url: str, todo: list[Step], progress: Progress, title: str) -> dict[str, Gave]:
    """Do all steps with one client and give what each gave: a frame, or the error that came."""
    gave: dict[str, Gave] = {}
    bar = progress.add_task(title, total=len(todo))
    with toolkit.sertainty.connect(url) as gateway:
        for step in todo:
            try:
                gave[step.title] = step.do(gateway)
            except CallError as error:
                gave[step.title] = error
            progress.advance(bar)
    return gave


def unexpected(gave: dict[str, Gave], todo: list[Step]) -> list[str]:
    """What came otherwise than the step says."""
    problems = []
    for step in todo:
        error = gave[step.title]
        came = type(error) if isinstance(error, CallError) else None
        if came is not step.fails:
            wanted = step.fails.__name__ if step.fails else "a frame"
            problems.append(f"{step.title}: {wanted} was to come, not {error}")
    return problems


def differences(live: dict[str, Gave], replayed: dict[str, Gave]) -> list[str]:
    """Where the replay differs from the live calls, in values, columns, dtypes or errors."""
    found = []
    for title, before in live.items():
        after = replayed[title]
        if isinstance(before, pd.DataFrame) and isinstance(after, pd.DataFrame):
            try:
                pd.testing.assert_frame_equal(before, after)
            except AssertionError as error:
                found.append(f"{title}: {error}")
        elif type(before) is not type(after) or str(before) != str(after):
            found.append(f"{title}: live {before!s}, replayed {after!s}")
    return found


def run(options: argparse.Namespace) -> int:
    """The command."""
    console = Console(highlight=False)
    folder = Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    cassette, page = folder / "demo.yaml", folder / "demo.html"
    progress = Progress(
        TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), console=console
    )
    with progress:
        with toolkit.sandbox.start("sertainty", seed=options.seed, workload=2.0) as box:
            box.switch(manual_start=True)
            todo, url = steps(box.answers), box.url
            with toolkit.record(cassette, mode="rewrite"):
                live = play(url, todo, progress, "live, recorded")
        with toolkit.replay(cassette):
            replayed = play(url, todo, progress, "gateway stopped, replayed")
    problems = unexpected(live, todo) + differences(live, replayed)
    frames = sum(isinstance(value, pd.DataFrame) for value in live.values())
    console.print(
        f"{frames} frames and {len(live) - frames} errors: "
        + ("[red]the replay DIFFERS[/red]" if problems else "the replay is equal")
    )
    for problem in problems:
        console.print(f"  {problem}", style="red", markup=False)
    _show(console, cassette, page, live)
    return 1 if problems else 0


def _show(console: Console, cassette: Path, page: Path, live: dict[str, Gave]) -> None:
    calls = toolkit.read_calls(cassette)
    codes = toolkit.result_codes(calls, by=["code", "label", "category"])
    tasks = toolkit.task_stats(calls)
    log = live["agentGetLog"]
    assert isinstance(log, pd.DataFrame)  # noqa: S101 (checked by unexpected)
    levels = toolkit.log_levels(log)
    print_table(codes, f"Result codes of {len(calls)} calls")
    shown = ["config", "task", "status", "executions", "errors", "error_rate", "last_error"]
    print_table(tasks[shown], "Task statistics")
    print_table(_by_level(levels), "Events of the agent's log by level")
    print_table(_by_hour(levels).tail(12), "Events of the agent's log by hour (the last 12)")
    print_table(_by_service(), "Recordings that come along")
    toolkit.write_report(page, calls=calls, tasks=tasks, log=log, title="Demo session")
    console.print(f"cassette  {cassette}\npage      {page}", soft_wrap=True)


def _by_service() -> pd.DataFrame:
    calls = toolkit.read_calls(samples() / "cassettes")
    counts = {"calls": ("function", "size"), "functions": ("function", "nunique")}
    table = calls.groupby("service", observed=True).agg(**counts, codes=("code", "nunique"))
    return table.reset_index()


def _by_level(levels: pd.DataFrame) -> pd.DataFrame:
    return levels.groupby("level", observed=True)["events"].sum().reset_index()


def _by_hour(levels: pd.DataFrame) -> pd.DataFrame:
    table = levels.pivot_table(
        index="time", columns="level", values="events", aggfunc="sum", fill_value=0, observed=True
    )
    return table.reset_index()
