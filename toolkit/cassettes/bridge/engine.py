"""vcrpy's cassette with our file, our look-up and our redaction."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vcr import matchers
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException, UnhandledHTTPRequestError
from vcr.persisters.filesystem import FilesystemPersister
from vcr.record_mode import RecordMode
from vcr.serializers import jsonserializer, yamlserializer

from toolkit.cassettes import flowline
from toolkit.cassettes.bridge.convert import (
    interaction_of,
    request_of,
    vcr_request,
    vcr_response,
)
from toolkit.cassettes.bridge.storage import Ask, Storage
from toolkit.cassettes.interaction import Request
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.nearest import explain
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.vcrdict import to_dict
from toolkit.outcomes import CassetteError, NotRecorded

_NAMES = {
    getattr(matchers, name): name
    for name in (
        *("method", "uri", "scheme", "host", "port"),
        *("path", "query", "headers", "raw_body", "body"),
    )
}


class RequestNotRecorded(CannotOverwriteExistingCassetteException, NotRecorded):  # type: ignore[misc]
    """A replay was asked for a request that the cassette does not hold, or not once more.

    It is vcrpy's exception and ours in one; secrets are masked in its text.

    Attributes
    ----------
    cassette, failed_request
        As vcrpy has them.
    """

    def __init__(self, message: str, *, cassette: Any = None, failed_request: Any = None) -> None:
        Exception.__init__(self, message)
        self.cassette = cassette
        self.failed_request = failed_request

    @property
    def similar_requests(self) -> list[Any]:
        """The recorded requests nearest to the failed one, as vcrpy gives them."""
        found: list[Any] = self.cassette.find_requests_with_most_matches(self.failed_request)
        return found


class EngineCassette(Cassette):  # type: ignore[misc]
    """A cassette for vcrpy's patches, kept by our engine.

    Its attributes are vcrpy's: ``play_count``, ``all_played``, ``rewound``, ``requests``,
    ``responses``, ``responses_of()``, ``rewind()``, ``len()``.
    """

    @classmethod
    def load(cls, **kwargs: Any) -> Any:
        """Open the cassette; a custom persister or serializer is vcrpy's own business."""
        persister, serializer = kwargs.get("persister"), kwargs.get("serializer")
        if persister not in (None, FilesystemPersister) or serializer not in (
            None,
            yamlserializer,
            jsonserializer,
        ):
            if kwargs.pop("redact", True):
                raise CassetteError(
                    "A custom persister or serializer stores what it is given: nothing would be "
                    "redacted. Pass redact=False if that is meant."
                )
            kwargs.pop("sync", None)
            # vcrpy's own class calls both.
            for name in ("before_record_request", "before_record_response"):
                kwargs[name] = kwargs.get(name) or _same
            return Cassette.load(**kwargs)
        return super().load(**kwargs)

    def __init__(
        self, path: Any, *args: Any, redact: Any = True, sync: str = "background", **kwargs: Any
    ) -> None:
        self._filters_request = kwargs.get("before_record_request")
        self._filters_response = kwargs.get("before_record_response")
        super().__init__(str(path), *args, **kwargs)
        rules = None
        self._redactor = redact if isinstance(redact, Redactor) else Redactor(rules)
        self._redacts = bool(redact) or isinstance(redact, Redactor)
        names = [_NAMES.get(matcher, matcher) for matcher in self._match_on]
        self._matching = Matching(names, self._redactor, rules)
        self._guard = threading.RLock()
        self._storage = Storage(Path(self._path), self._matching, sync)
        self._superseding: set[bytes] = set()
        self._saves = bool(getattr(self, "_before_save_interaction", None))

    @property
    def data(self) -> list[tuple[Any, dict[str, Any]]]:
        """All (request, response) pairs, read from the file now."""
        return [
            (vcr_request(entry["request"]), vcr_response(entry["response"]))
            for entry in self._storage.entries()
        ]

    @data.setter
    def data(self, value: list[Any]) -> None:
        """Ignored: vcrpy's constructor sets it to an empty list; the file is what counts."""

    def _load(self) -> None:
        self.rewound = self._storage.open(self._loaded_form if self._changes_loaded() else None)

    def _changes_loaded(self) -> bool:
        after_load = getattr(self, "_after_load_interaction", None)
        return bool(self._filters_request or self._filters_response or after_load)

    def _loaded_form(self, entry: dict[str, Any]) -> dict[str, Any] | None:
        """What vcrpy's filters and hooks make of a recorded interaction when it is loaded."""
        request, response = vcr_request(entry["request"]), vcr_response(entry["response"])
        pair = _hooked(getattr(self, "_after_load_interaction", ()), request, response, self)
        if pair is None:
            return None
        request = self._before_record_request(pair[0])
        answer = self._before_record_response(pair[1]) if request else None
        if not request or answer is None:
            return None
        return to_dict(interaction_of(request, answer))

    def append(self, request: Any, response: dict[str, Any]) -> None:
        """Record a pair: filtered, redacted, and in the file when this returns."""
        asked = self._before_record_request(request)
        if not asked:
            return
        kept: Any = response
        if self._filters_response is not None:
            kept = self._before_record_response(_copied(response))
            if kept is None:
                return
        interaction = interaction_of(asked, kept)
        key = self._matching.key(interaction.request)
        sent = request.__dict__.get("_toolkit_sent")
        if sent is not None:
            interaction.recorded_at, started = sent
            interaction.elapsed = time.perf_counter() - started
        if self._saves:
            pair = _hooked(self._before_save_interaction, asked, _copied(kept), self)
            if pair is None:
                return
            saved = interaction_of(*pair)
            interaction.request, interaction.response = saved.request, saved.response
        if self._redacts:
            interaction = self._redactor.redact(interaction)
        plays_again = self.allow_playback_repeats or (
            self.rewound and self.record_mode != RecordMode.ALL
        )
        with self._guard:
            self._storage.append(
                flowline.encode(to_dict(interaction)), key if plays_again else None
            )
            if self.record_mode == RecordMode.ALL and self.rewound:
                self._superseding.add(key)
            self.dirty = True

    def filter_request(self, request: Any) -> Any:
        """Apply the filters; the stubs ask this last before they give up on a request."""
        asked = self._before_record_request(request)
        if asked and self.write_protected and not self.can_play_response_for(request):
            raise self._not_recorded(request_of(asked), request)
        return asked

    def _not_recorded(self, asked: Request, request: Any) -> RequestNotRecorded:
        if not self.rewound:
            text = (
                f"There is no cassette {self._path}, and record mode 'none' records none; "
                "record mode 'once' does (with pytest: --cassette-mode=once)."
            )
        else:
            recorded = self._storage.count(self._matching.key(asked))
            text = explain(Path(self._path), asked, self._matching, recorded)
        return RequestNotRecorded(text, cassette=self, failed_request=request)

    def can_play_response_for(self, request: Any) -> bool:
        """Whether the cassette has an answer that was not played."""
        if self.record_mode == RecordMode.ALL or not (self.rewound or self.allow_playback_repeats):
            return self._goes_out(request)
        asked = self._before_record_request(request)
        if not asked:
            return False
        ask = Ask(asked)
        with self._guard:
            found = self._storage.take(ask, keep=True)
        if found is None:
            return self._goes_out(request)
        request.__dict__["_toolkit_asked"] = (request._body, request.uri, ask)
        return True

    def _goes_out(self, request: Any) -> bool:
        request.__dict__["_toolkit_sent"] = (dt.datetime.now(dt.UTC), time.perf_counter())
        return False

    def __contains__(self, request: Any) -> bool:
        asked = self._before_record_request(request)
        with self._guard:
            return bool(asked) and (self._storage.take(Ask(asked), keep=True) is not None)

    def play_response(self, request: Any) -> dict[str, Any]:
        """Give the next answer to a request, and mark it played."""
        body, uri, ask = request.__dict__.pop("_toolkit_asked", (None, None, None))
        repeats = self.allow_playback_repeats
        if ask is None or body is not request._body or uri is not request.uri:
            asked = self._before_record_request(request)
            ask = Ask(asked) if asked else None
        found = None
        if ask is not None:
            with self._guard:
                found = None if repeats else self._storage.take_seen(ask)
                found = found or self._storage.take(ask, keep=repeats)
                if found is not None:
                    self.play_counts[found[0]] += 1
        if found is None:
            raise UnhandledHTTPRequestError(
                f"The cassette ({self._path!r}) doesn't contain the request ({request!r}) asked for"
            )
        return vcr_response(flowline.decode_response(found[1]))

    def _responses(self, request: Any) -> Iterator[tuple[int, dict[str, Any]]]:
        asked = self._before_record_request(request)
        if not asked:
            return
        wanted = request_of(asked)
        key = self._matching.key(wanted)
        for number, entry in enumerate(self._storage.entries()):
            recorded = request_of(vcr_request(entry["request"]))
            if self._matching.key(recorded) == key and self._matching.agree(wanted, recorded):
                yield number, vcr_response(entry["response"])

    def find_requests_with_most_matches(self, request: Any) -> list[Any]:
        """The recorded requests nearest to one; a match that can be played needs no search."""
        if self.can_play_response_for(request):
            return [(request, [matcher.__name__ for matcher in self._match_on], [])]
        found: list[Any] = super().find_requests_with_most_matches(request)
        return found

    def rewind(self) -> None:
        """Play from the start again."""
        super().rewind()
        with self._guard:
            self._storage.rewind()

    def get_metadata(self, key: str, default: Any = None) -> Any:  # noqa: ARG002
        """Refuse: flow lines are appended to, and have no place for metadata.

        Raises
        ------
        CassetteError
            Always.
        """
        raise CassetteError(f"{self._path} keeps no metadata ({key!r}); vcr.VCR's cassettes do.")

    def hold_back(self) -> None:
        """Write nothing before the end: an exception is to leave no trace."""
        self._storage.hold_back()

    def _save(self, force: bool = False) -> None:  # noqa: ARG002 - vcrpy's form
        with self._guard:
            self._storage.write_held_back()
            is_all = self.record_mode == RecordMode.ALL
            unused = getattr(self, "drop_unused_requests", False)  # vcrpy 7 has no such option
            if self._superseding or (unused and self.rewound and not is_all):
                # In mode "all" nothing is played: then all that was loaded is unused, as in vcrpy.
                self._storage.drop(self._superseding, unused=unused)
            self.dirty = False

    def close(self) -> None:
        """Let go of the file, whatever happened before."""
        with self._guard:
            self._storage.close()

    def __len__(self) -> int:
        with self._guard:
            return len(self._storage)


def _same(value: Any) -> Any:
    return value


def _copied(response: dict[str, Any]) -> dict[str, Any]:
    """A copy for the user's hooks to change; the caller gets the original."""
    return {
        **response,
        "status": dict(response["status"]),
        "headers": {name: [*values] for name, values in response["headers"].items()},
        "body": dict(response["body"]),
    }


def _hooked(hooks: Any, request: Any, response: Any, cassette: Any) -> tuple[Any, Any] | None:
    if not hooks:
        return request, response
    from vcr.cassette import _run_hooks  # since vcrpy 9

    pair: tuple[Any, Any] | None = _run_hooks(hooks, request, response, cassette)
    return pair
