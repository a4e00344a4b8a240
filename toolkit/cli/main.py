"""The commands and their options. What a command needs is imported when it runs."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

_SOURCE = "a cassette, a HAR file, a folder or a glob of them; - reads a pipe"

# command: (module with a ``run``, one line of help)
_COMMANDS = {
    "demo": ("toolkit.cli.demo", "the whole path on a sandbox: log in, call, record, replay, look"),
    "sandbox": ("toolkit.cli.serve", "run a service's sandbox on loopback until Ctrl-C"),
    "lab": ("toolkit.cli.lab", "open JupyterLab on the notebooks, with a sandbox running"),
    "record": ("toolkit.cli.script", "run a Python script and record its toolkit calls"),
    "replay": ("toolkit.cli.script", "run a Python script against a cassette, with no network"),
    "watch": ("toolkit.cli.watch", "what changes on a server, a line a change, until Ctrl-C"),
    "calls": ("toolkit.cli.tables", "the calls in recordings, one row each"),
    "codes": ("toolkit.cli.tables", "the distribution of result codes in recordings"),
    "log": ("toolkit.cli.tables", "the events of an XML log, one row each"),
    "report": (
        "toolkit.cli.tables",
        "one file about recordings and logs, HTML or Markdown, that opens anywhere",
    ),
    "settings": ("toolkit.cli.settings", "every setting, its value, and what gave it"),
    "profiles": ("toolkit.cli.settings", "the named servers of the profile file"),
    "check": ("toolkit.cli.files", "look for secrets in a cassette; exit 1 when there are any"),
    "convert": ("toolkit.cli.files", "turn a cassette into another format"),
}


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from toolkit import __version__
    from toolkit.sandbox import SERVICES

    top = argparse.ArgumentParser(
        prog="toolkit", description="Explore, record, replay and analyse HTTP APIs."
    )
    top.add_argument("--version", action="version", version=f"toolkit {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    made = {
        name: commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        for name, (_, about) in _COMMANDS.items()
    }
    demo = made["demo"]
    demo.add_argument("--output", default="demo-output", help="folder of the cassette and the page")
    demo.add_argument("--seed", type=int, default=7, help="seed of the sandbox's history")
    serve = made["sandbox"]
    serve.add_argument("service", nargs="?", default="sertainty", choices=sorted(SERVICES))
    serve.add_argument("--port", type=int, default=0, help="0 takes a free one")
    serve.add_argument("--path", help="SQLite file that keeps the state; without it, it vanishes")
    serve.add_argument("--days", type=float, default=2.0, help="days of history to begin with")
    serve.add_argument("--era", default="16.15", help="of xivo: 15.18, 16.15 or wazo")
    serve.add_argument("--users", type=int, default=20, help="of xivo, geoop: invented people")
    serve.add_argument("--jobs", type=int, default=20, help="of geoop: so many invented jobs")
    lab = made["lab"]
    lab.add_argument(
        "--notebooks", metavar="FOLDER", help="open this; else a copy of the samples, toolkit-lab"
    )
    lab.add_argument("--no-browser", action="store_true", help="print the address only")
    lab.add_argument(
        "arguments",
        nargs=argparse.REMAINDER,
        help="JupyterLab's own options, after --: toolkit lab -- --port=9000",
    )
    for name, about in (
        ("record", "the file to record to; one that is there goes on"),
        ("replay", "the recording that answers"),
    ):
        made[name].add_argument("cassette", help=about)
        made[name].add_argument("script", help="a Python file")
        own = made[name].add_argument(
            "arguments", nargs=argparse.REMAINDER, help="the script's own"
        )
        own.required = False  # argparse would name them among what is missing
    watch = made["watch"]
    watch.add_argument("server", help="a name in the profile file, or an address")
    watch.add_argument("--service", default="sertainty", help="of an address")
    watch.add_argument("--user", help="who logs in; else the profile's, or who is asked")
    watch.add_argument("--every", default="30s", help="from one look to the next: 30s, 5min")
    watch.add_argument("--of", metavar="METHOD", help="watch what it gives, such as users.list")
    watch.add_argument("--key", metavar="COLUMNS", help="with --of: what tells its rows apart")
    watch.add_argument("--times", type=int, help="end after so many looks")
    watch.add_argument("--record", metavar="CASSETTE", help="record all that is sent")
    for name in ("calls", "codes", "report"):
        made[name].add_argument("source", nargs="+", help=_SOURCE)
    made["log"].add_argument("source", nargs="+", help="an XML log, plain or .gz; - reads a pipe")
    made["settings"].add_argument("profile", nargs="?", help="a name in the profile file")
    for name in ("calls", "codes", "log", "settings", "profiles"):
        made[name].add_argument(
            "--format",
            choices=["table", "csv", "json", "markdown"],
            default="table",
            help="json gives a line of JSON a row",
        )
    for name in ("calls", "log"):
        made[name].add_argument("--rows", type=_rows, default=50, help="at most so many in a table")
    made["codes"].add_argument(
        "--by",
        metavar="COLUMNS",
        default="service,function,code,label,category",
        help="what to count by: columns of the calls, or hour; by default %(default)s",
    )
    made["log"].add_argument("--keep-truncated", action="store_true", help="read a cut log too")
    made["report"].add_argument(
        "--output", "-o", default="report.html", help="a name that ends in .md gives Markdown"
    )
    made["report"].add_argument("--title", help="by default the names of the sources")
    made["check"].add_argument(
        "cassette", nargs="+", help="the file to look through, or a folder of them"
    )
    convert = made["convert"]
    convert.add_argument("source")
    convert.add_argument("target", help="format by its ending: .yaml .json .har, or --to")
    convert.add_argument("--to", choices=["flow", "block", "json", "har"])
    convert.add_argument("--redact", action="store_true", help="hide secrets on the way")
    convert.add_argument(
        "--aside",
        type=int,
        metavar="BYTES",
        help="bodies over so many bytes go into files of their own",
    )
    return top


def _rows(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a number from 0 on is expected, not {text!r}")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit status. An error is one sentence, no traceback."""
    options = parser().parse_args(argv)
    try:
        from toolkit.outcomes import ToolkitError

        try:
            module = importlib.import_module(_COMMANDS[options.command][0])
            return int(module.run(options))
        except ToolkitError as error:
            print(f"toolkit {options.command}: {error}", file=sys.stderr)
            return 2
        except BrokenPipeError:  # the reader of a pipe has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            print(f"toolkit {options.command}: {where}{error.strerror}", file=sys.stderr)
            return 2
    except KeyboardInterrupt:
        return 130
