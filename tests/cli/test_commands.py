"""The command line as a user meets it: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from toolkit.cli.main import main

LOG = """<Log><Entry time="2019-04-01T08:00:00" level="Info">up [now]</Entry>
<Entry time="2019-04-01T09:00:00" level="Error">down</Entry></Log>"""


@pytest.fixture(scope="module")
def cassette(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short recording of a sandbox."""
    path = tmp_path_factory.mktemp("recording") / "short.yaml"
    with toolkit.sandbox.start("sertainty") as box, toolkit.record(path):
        with toolkit.sertainty.connect(box.url) as gateway:
            gateway.login_with(box.user, box.answers)
            gateway.config.get_list()
            with pytest.raises(toolkit.NotFound):
                gateway.config.get_tasks("none")
    return path


def test_calls_as_a_table(cassette: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a call, cut to the wanted rows, with a hint at the rest."""
    assert main(["calls", str(cassette), "--rows", "2"]) == 0
    out = capsys.readouterr().out
    assert "hostOpenSession" in out
    assert "2 of 6 rows" in out


def test_rows_from_0_on(cassette: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No table has fewer rows than none."""
    with pytest.raises(SystemExit, match="2"):
        main(["calls", str(cassette), "--rows", "-3"])
    assert "a number from 0 on is expected, not '-3'" in capsys.readouterr().err


def test_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """A script's own arguments are not among what has to be given."""
    with pytest.raises(SystemExit, match="2"):
        main(["record"])
    assert capsys.readouterr().err.endswith("are required: cassette, script\n")


def test_calls_as_json_and_csv(cassette: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same rows for programs."""
    assert main(["calls", str(cassette), "--format", "json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["function"] for row in rows].count("hostOpenSession") == 3
    assert main(["calls", str(cassette), "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(rows)


def test_codes(cassette: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Codes with their labels, grouped as asked; a wrong column is one sentence."""
    assert main(["codes", str(cassette), "--by", "code,label", "--format", "csv"]) == 0
    assert "213,FILE_NOT_FOUND,1," in capsys.readouterr().out
    assert main(["codes", str(cassette), "--by", "kode"]) == 2
    assert "no column kode; there are: at, " in capsys.readouterr().err


def test_log_from_a_file_and_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path or - for standard input; markup in texts is shown as it is."""
    (tmp_path / "a.xml").write_text(LOG)
    assert main(["log", str(tmp_path / "a.xml")]) == 0
    assert "up [now]" in capsys.readouterr().out
    command = [sys.executable, "-m", "toolkit", "log", "-", "--format", "json"]
    done = subprocess.run(command, input=LOG.encode(), capture_output=True, check=True)
    assert [json.loads(line)["level"] for line in done.stdout.splitlines()] == ["Info", "Error"]


def test_cut_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A cut log is refused with the option that keeps it."""
    (tmp_path / "cut.xml").write_text(LOG[:100])
    assert main(["log", str(tmp_path / "cut.xml")]) == 2
    assert "Traceback" not in (err := capsys.readouterr().err)
    assert err.startswith("toolkit log: ")
    assert main(["log", str(tmp_path / "cut.xml"), "--keep-truncated"]) == 0


def test_report(cassette: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One HTML file that fetches nothing."""
    target = tmp_path / "r.html"
    assert main(["report", str(cassette), "-o", str(target)]) == 0
    page = target.read_text(encoding="utf-8")
    assert "FILE_NOT_FOUND" in page
    assert "http://" not in page.replace("http://www.w3.org/", "").replace("http://127.0.0.1", "")
    assert capsys.readouterr().out.strip() == str(target)


@pytest.mark.parametrize("command", ["calls", "codes", "report", "log"])
def test_missing_file_is_one_sentence(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback; exit status 2; the file is named."""
    assert main([command, "no-such-file.yaml"]) == 2
    err = capsys.readouterr().err
    assert "no-such-file.yaml" in err
    assert len(err.strip().splitlines()) == 1


def test_record_and_replay_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script runs under a cassette, then again with the gateway gone."""
    script = tmp_path / "look.py"
    script.write_text(
        "import sys, toolkit\n"
        "with toolkit.sertainty.connect(sys.argv[1]) as gateway:\n"
        "    gateway.login_with('charles')\n"
        "    print(gateway.config.get_list()['config'].tolist())\n"
    )
    cassette = str(tmp_path / "look.yaml")
    with toolkit.sandbox.start("sertainty") as box:
        url = box.url
        assert main(["record", cassette, str(script), url]) == 0
    live = capsys.readouterr().out
    assert main(["replay", cassette, str(script), url]) == 0
    assert capsys.readouterr().out == live
    assert main(["replay", cassette, str(tmp_path / "none.py")]) == 2
    assert "there is no script" in capsys.readouterr().err


@pytest.mark.parametrize(("leave", "status"), [("3", 3), ("None", 0), ("'sorry'", 1), ("", 0)])
def test_exit_status_of_a_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], leave: str, status: int
) -> None:
    """The script's own exit status is passed on."""
    (tmp_path / "s.py").write_text(f"import sys\nsys.exit({leave})\n")
    assert main(["record", str(tmp_path / "c.yaml"), str(tmp_path / "s.py")]) == status
    assert ("sorry" in capsys.readouterr().err) == (leave == "'sorry'")


def test_check_finds_secrets(cassette: Path, tmp_path: Path) -> None:
    """A clean cassette passes; one with a token fails."""
    assert main(["check", str(cassette)]) == 0
    dirty = tmp_path / "dirty.yaml"
    dirty.write_text(
        "version: 1\ninteractions:\n- request:\n    method: GET\n    uri: http://127.0.0.1/\n"
        "    body: null\n    headers:\n      Authorization: [Bearer abcdefghijklmnop0123456789]\n"
        "  response:\n    status: {code: 200, message: OK}\n    headers: {}\n"
        "    body: {string: ''}\n"
    )
    assert main(["check", str(dirty)]) == 1


def test_convert(cassette: Path, tmp_path: Path) -> None:
    """To HAR and back to a cassette: the same calls."""
    har, again = tmp_path / "a.har", tmp_path / "b.yaml"
    assert main(["convert", str(cassette), str(har)]) == 0
    assert main(["convert", str(har), str(again)]) == 0
    before, after = toolkit.read_calls(cassette), toolkit.read_calls(again)
    same = ["function", "target", "code", "message"]
    pd.testing.assert_frame_equal(before[same], after[same])


def test_sandbox_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    """It prints its address, answers, keeps its state, and ends cleanly on a signal."""
    command = [sys.executable, "-m", "toolkit", "sandbox", "--path", str(tmp_path / "s.db")]
    for expected in (5, 5):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = process.stdout.readline().split()[3]
            with toolkit.sertainty.connect(url) as gateway:
                gateway.login_with("charles")
                if "Mine" not in set(gateway.config.get_list()["config"]):
                    gateway.config.create("Mine")
                assert len(gateway.config.get_list()) == expected
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(20) == 0


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The words are those of the notebook."""
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    for word in "lab demo sandbox record replay calls codes log report convert check".split():
        assert word in out


def test_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole path: equal frames, all codes, a cassette that stock vcrpy loads, a page."""
    import yaml

    assert main(["demo", "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "the replay is equal" in out
    along = out[out.index("Recordings that come along") :]
    assert [name for name in toolkit.sandbox.SERVICES if f" {name} " not in along] == []
    for label in ("SUCCESS", "FILE_NOT_FOUND", "FILE_EXISTS", "INVALID_REQUEST", "GENERAL_ERROR"):
        assert label in out
    calls = toolkit.read_calls(tmp_path / "demo.yaml")
    assert set(calls["function"]) == set(toolkit.functions("sertainty")["function"])
    loaded = yaml.safe_load((tmp_path / "demo.yaml").read_text(encoding="utf-8"))
    assert len(loaded["interactions"]) == len(calls)
    assert (tmp_path / "demo.html").exists()


def test_demo_notices_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay that differs is shown and exits with 1."""
    from toolkit.cli import demo

    honest = demo.play

    def altered(url: str, todo: list[demo.Step], progress: object, title: str) -> dict[str, object]:
        gave = honest(url, todo, progress, title)  # type: ignore[arg-type]
        if "replayed" in title:
            gave["configGetList"] = gave["configGetList"].iloc[1:]  # type: ignore[union-attr]
        return gave  # type: ignore[return-value]

    monkeypatch.setattr(demo, "play", altered)
    assert main(["demo", "--output", str(tmp_path)]) == 1
    assert "configGetList" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (OSError(28, "No space left on device"), 2, "toolkit check: No space left on device\n"),
        (
            PermissionError(13, "Permission denied", "a.yaml"),
            2,
            "toolkit check: a.yaml: Permission denied\n",
        ),
    ],
    ids=["interrupt", "disk", "permission"],
)
def test_what_ends_a_command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    raised: BaseException,
    status: int,
    said: str,
) -> None:
    """An interrupt and an error of the system end it with a status, and a sentence at most."""

    def run(_: object) -> int:
        raise raised

    monkeypatch.setattr("toolkit.cli.files.run", run)
    assert main(["check", "a.yaml"]) == status
    assert capsys.readouterr().err == said
