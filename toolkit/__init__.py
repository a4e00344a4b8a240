"""Explore, record, replay and analyse HTTP APIs from a notebook.

Examples
--------
>>> import toolkit
>>> toolkit.functions("sertainty").shape
(37, 12)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "toolkit.analysis": (
        "Stored",
        "bursts",
        "compare",
        "compare_fields",
        "compare_latency",
        "errors",
        "histogram",
        "iter_log",
        "latency",
        "log_levels",
        "log_patterns",
        "overview",
        "plot_compare",
        "plot_compare_latency",
        "plot_errors",
        "plot_histogram",
        "plot_latency",
        "plot_log_levels",
        "plot_log_patterns",
        "plot_result_codes",
        "plot_sessions",
        "plot_task_runs",
        "plot_task_stats",
        "plot_timeline",
        "read_calls",
        "read_log",
        "recorded",
        "recorded_logs",
        "result_codes",
        "sessions",
        "task_runs",
        "task_stats",
        "timeline",
        "unreadable",
        "unusual_runs",
        "write_report",
    ),
    "toolkit.cassettes": ("RecordTransport", "ReplayTransport", "record", "replay"),
    "toolkit.cassettes.bridge": ("use_cassette", "vcr"),
    "toolkit.http": ("Limits",),
    "toolkit.outcomes": (
        "AccessDenied",
        "AlreadyExists",
        "BadReply",
        "Busy",
        "CallError",
        "CassetteError",
        "Category",
        "Challenged",
        "Conflict",
        "ConnectionLost",
        "DocumentError",
        "InvalidArgument",
        "InvalidRequest",
        "LoginAborted",
        "LoginError",
        "NoSession",
        "NobodyToAsk",
        "NotFound",
        "NotRecorded",
        "Outcome",
        "OutcomeError",
        "ReplyTooLarge",
        "ServerFault",
        "TimedOut",
        "ToolkitError",
        "TransportFailure",
        "UnknownStatus",
        "Unreachable",
        "UnsafeDocument",
    ),
    "toolkit.running": ("run",),
    "toolkit.services": ("codes", "functions"),
    "toolkit.services.connecting": ("connect", "connect_async"),
    "toolkit.services.profiles": ("profiles",),
    "toolkit.services.showing": ("settings",),
    "toolkit.services.base.keeping": ("forget_answers", "keep_answers"),
    "toolkit.widgets": ("dashboard", "deck", "form", "watch"),
}
_MODULES = {
    "geoop": "toolkit.services.geoop",
    "sandbox": "toolkit.sandbox",
    "sertainty": "toolkit.services.sertainty",
    "uptivity": "toolkit.services.uptivity",
    "xivo": "toolkit.services.xivo",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, *_MODULES])

if TYPE_CHECKING:
    from toolkit import sandbox as sandbox
    from toolkit.analysis import (
        Stored as Stored,
        bursts as bursts,
        compare as compare,
        compare_fields as compare_fields,
        compare_latency as compare_latency,
        errors as errors,
        histogram as histogram,
        iter_log as iter_log,
        latency as latency,
        log_levels as log_levels,
        log_patterns as log_patterns,
        overview as overview,
        plot_compare as plot_compare,
        plot_compare_latency as plot_compare_latency,
        plot_errors as plot_errors,
        plot_histogram as plot_histogram,
        plot_latency as plot_latency,
        plot_log_levels as plot_log_levels,
        plot_log_patterns as plot_log_patterns,
        plot_result_codes as plot_result_codes,
        plot_sessions as plot_sessions,
        plot_task_runs as plot_task_runs,
        plot_task_stats as plot_task_stats,
        plot_timeline as plot_timeline,
        read_calls as read_calls,
        read_log as read_log,
        recorded as recorded,
        recorded_logs as recorded_logs,
        result_codes as result_codes,
        sessions as sessions,
        task_runs as task_runs,
        task_stats as task_stats,
        timeline as timeline,
        unreadable as unreadable,
        unusual_runs as unusual_runs,
        write_report as write_report,
    )
    from toolkit.cassettes import (
        RecordTransport as RecordTransport,
        ReplayTransport as ReplayTransport,
        record as record,
        replay as replay,
    )
    from toolkit.cassettes.bridge import use_cassette as use_cassette, vcr as vcr
    from toolkit.http import Limits as Limits
    from toolkit.outcomes import (
        AccessDenied as AccessDenied,
        AlreadyExists as AlreadyExists,
        BadReply as BadReply,
        Busy as Busy,
        CallError as CallError,
        CassetteError as CassetteError,
        Category as Category,
        Challenged as Challenged,
        Conflict as Conflict,
        ConnectionLost as ConnectionLost,
        DocumentError as DocumentError,
        InvalidArgument as InvalidArgument,
        InvalidRequest as InvalidRequest,
        LoginAborted as LoginAborted,
        LoginError as LoginError,
        NobodyToAsk as NobodyToAsk,
        NoSession as NoSession,
        NotFound as NotFound,
        NotRecorded as NotRecorded,
        Outcome as Outcome,
        OutcomeError as OutcomeError,
        ReplyTooLarge as ReplyTooLarge,
        ServerFault as ServerFault,
        TimedOut as TimedOut,
        ToolkitError as ToolkitError,
        TransportFailure as TransportFailure,
        UnknownStatus as UnknownStatus,
        Unreachable as Unreachable,
        UnsafeDocument as UnsafeDocument,
    )
    from toolkit.running import run as run
    from toolkit.services import (
        codes as codes,
        functions as functions,
        geoop as geoop,
        sertainty as sertainty,
        uptivity as uptivity,
        xivo as xivo,
    )
    from toolkit.services.base.keeping import (
        forget_answers as forget_answers,
        keep_answers as keep_answers,
    )
    from toolkit.services.connecting import connect as connect, connect_async as connect_async
    from toolkit.services.profiles import profiles as profiles
    from toolkit.services.showing import settings as settings
    from toolkit.widgets import (
        dashboard as dashboard,
        deck as deck,
        form as form,
        watch as watch,
    )


if not TYPE_CHECKING:  # to a type checker a misspelt name is an error

    def __getattr__(name: str) -> Any:
        """Load a public name's home when it is first asked for, so that the import stays light."""
        if name in _MODULES:
            found = importlib.import_module(_MODULES[name])
        elif name in _HOME_OF:
            found = getattr(importlib.import_module(_HOME_OF[name]), name)
        else:
            raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext toolkit``: see :mod:`toolkit.magics`."""
    importlib.import_module("toolkit.magics").load_ipython_extension(ipython)
