"""vcrpy's VCR, made to use our cassettes."""

from __future__ import annotations

import functools
import inspect
import os
from typing import Any

from vcr.config import VCR

from toolkit.cassettes.bridge.engine import EngineCassette
from toolkit.cassettes.bridge.patching import SafeContextDecorator

_OURS = ("redact", "sync")
_OPTIONS = frozenset(inspect.signature(VCR.__init__).parameters) - {"self"}
_ONLY_OF_A_CASSETTE = frozenset(
    ("path", "persister", "additional_matchers", "allow_playback_repeats", "with_current_defaults")
)
_FILTERS = (
    "filter_headers",
    "filter_query_parameters",
    "filter_post_data_parameters",
    "before_record_request",
    "before_record",
    "ignore_hosts",
    "ignore_localhost",
)


class Recorder(VCR):  # type: ignore[misc]
    """``vcr.VCR`` with our engine: see :func:`toolkit.vcr`."""

    def __init__(self, *, redact: Any = True, sync: str = "background", **options: Any) -> None:
        _refuse_unknown(options, _OPTIONS)
        self.redact = redact
        self.sync = sync
        super().__init__(**_without_path_objects(options))

    def use_cassette(self, path: Any = None, **kwargs: Any) -> Any:
        """Give a cassette's context manager and decorator: see :func:`toolkit.use_cassette`."""
        return super().use_cassette(_text(path), **_without_path_objects(kwargs))

    def _use_cassette(self, with_current_defaults: bool = False, **kwargs: Any) -> Any:
        _refuse_unknown(kwargs, _OPTIONS | _ONLY_OF_A_CASSETTE | set(_OURS))
        if with_current_defaults:
            return SafeContextDecorator.from_args(
                EngineCassette, **self.get_merged_config(**kwargs)
            )
        # Evaluated anew for each cassette: options changed later count, as in vcrpy.
        getter = functools.partial(self.get_merged_config, **kwargs)
        return SafeContextDecorator(EngineCassette, getter)

    def get_merged_config(self, **kwargs: Any) -> dict[str, Any]:
        """Give vcrpy's options of one cassette, with ours."""
        config: dict[str, Any] = super().get_merged_config(**kwargs)
        for name in _OURS:
            config[name] = kwargs.get(name, getattr(self, name))
        return config

    def _build_before_record_request(self, options: dict[str, Any]) -> Any:
        # vcrpy copies every request for its filters; without filters there is nothing to guard.
        if not any(options.get(name, getattr(self, name, None)) for name in _FILTERS):
            return None
        return super()._build_before_record_request(options)

    def _build_before_record_response(self, options: dict[str, Any]) -> Any:
        names = ("decode_compressed_response", "before_record_response")
        if not any(options.get(name, getattr(self, name)) for name in names):
            return None
        return super()._build_before_record_response(options)


def _without_path_objects(options: dict[str, Any]) -> dict[str, Any]:
    """Paths as text: vcrpy before 9 wants them so."""
    if "cassette_library_dir" not in options:
        return options
    return {**options, "cassette_library_dir": _text(options["cassette_library_dir"])}


def _text(path: Any) -> Any:
    return os.fspath(path) if isinstance(path, os.PathLike) else path


def _refuse_unknown(options: dict[str, Any], known: frozenset[str] | set[str]) -> None:
    unknown = sorted(set(options) - known)
    if unknown:
        raise TypeError(
            f"unknown option{'s' * (len(unknown) > 1)} {', '.join(unknown)}; "
            f"there are {', '.join(sorted(known | set(_OURS)))}"
        )
