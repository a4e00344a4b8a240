"""vcrpy's patches, put in place once for all cassettes in use, and always taken away again.

vcrpy patches for each cassette: two threads that enter and leave in another order leave a
library patched for good. Here the patches are made once for a stand-in that asks which cassette
is in use where the request is made, and undone when the last cassette is closed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

import vcr.patch
from vcr.cassette import CassetteContextDecorator
from vcr.patch import CassettePatcherBuilder

from toolkit.outcomes import CassetteError

_FINISH = "_CassetteContextDecorator__finish"
_CASSETTE = "_CassetteContextDecorator__cassette"

_lock = threading.RLock()
_entered: ContextVar[tuple[Any, ...]] = ContextVar("toolkit_cassettes", default=())
_in_use: dict[int, tuple[Any, tuple[Any, ...]]] = {}  # each with those around it
_patches: ExitStack | None = None
_resetting = threading.RLock()


def current() -> Any:
    """The cassette in use here: the innermost of this thread or task, else the only one.

    Raises
    ------
    CassetteError
        When several are in use and none of them was entered here.
    """
    in_use = _in_use
    for cassette in reversed(_entered.get()):
        if id(cassette) in in_use:
            return cassette
    with _lock:
        last = next(reversed(in_use.values()), None)
        if last is not None and all(
            any(cassette is one for one in (*last[1], last[0])) for cassette, _ in in_use.values()
        ):
            return last[0]
    raise CassetteError(
        f"{len(in_use)} cassettes are in use and none was entered in this thread or task; enter "
        "use_cassette in the one that makes the request"
    )


class _Current:
    """Stands for the cassette in use wherever it is asked."""

    _path = "in use"
    custom_patches = ()
    skip_patchers = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(current(), name)

    def __len__(self) -> int:
        return len(current())


class SafeContextDecorator(CassetteContextDecorator):  # type: ignore[misc]
    """vcrpy's context manager and decorator that leaves nothing patched, whatever goes wrong."""

    def _patch_generator(self, cassette: Any) -> Iterator[Any]:
        if cassette.custom_patches or getattr(cassette, "skip_patchers", ()):
            yield from super()._patch_generator(cassette)  # patches of its own
        else:
            with _use(cassette):
                yield cassette

    def __enter__(self) -> Any:
        is_open = getattr(self, _FINISH) is not None
        try:
            cassette = super().__enter__()
        except BaseException:
            if not is_open:
                self._leave()
            raise
        keeps = self._args_getter().get("record_on_exception", True)
        if not keeps and hasattr(cassette, "hold_back"):
            cassette.hold_back()
        return cassette

    def __exit__(self, *exc_info: object) -> None:
        cassette = getattr(self, _CASSETTE)
        try:
            super().__exit__(*exc_info)
        finally:
            setattr(self, _CASSETTE, cassette)
            self._leave()

    def _leave(self) -> None:
        finish, cassette = getattr(self, _FINISH), getattr(self, _CASSETTE)
        setattr(self, _FINISH, None)
        setattr(self, _CASSETTE, None)
        try:
            if finish is not None:
                finish.close()
        finally:
            close = getattr(cassette, "close", None)
            if close is not None:
                close()


@contextmanager
def _use(cassette: Any) -> Iterator[None]:
    around = tuple(one for one in _entered.get() if id(one) in _in_use)
    _join(cassette, around)
    token = _entered.set((*around, cassette))
    try:
        yield
    finally:
        _part(cassette)
        try:
            _entered.reset(token)
        except ValueError:  # left in another context than entered (an async fixture does)
            _entered.set(tuple(one for one in _entered.get() if one is not cassette))


def _join(cassette: Any, around: tuple[Any, ...]) -> None:
    global _patches
    with _lock:
        if _patches is None:
            with ExitStack() as patches:
                for patcher in CassettePatcherBuilder(_Current()).build():
                    patches.enter_context(patcher)
                _serialise_resets(patches)
                _patches = patches.pop_all()
        _in_use[id(cassette)] = (cassette, around)


def _part(cassette: Any) -> None:
    global _patches
    with _lock:
        _in_use.pop(id(cassette), None)
        if not _in_use and _patches is not None:
            patches, _patches = _patches, None
            patches.close()


def _serialise_resets(patches: ExitStack) -> None:
    """Keep one thread from taking a connection while another has the patches off for a moment.

    vcrpy puts the real classes back while it makes a real connection (even one it never opens);
    a pool of another thread would get a real one then, and its request would escape.
    """
    force_reset = vcr.patch.force_reset

    @contextmanager
    def reset_alone() -> Iterator[None]:
        with _resetting, force_reset():
            yield

    patches.enter_context(mock.patch.object(vcr.patch, "force_reset", reset_alone))
    pools = getattr(vcr.patch, "cpool", None)
    for name in ("HTTPConnectionPool", "HTTPSConnectionPool"):
        pool = getattr(pools, name, None)
        if pool is not None:
            patches.enter_context(mock.patch.object(pool, "_get_conn", _alone(pool._get_conn)))


def _alone(get_conn: Any) -> Any:
    def get_conn_alone(pool: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(pool, "block", False):  # it may wait for another thread's connection
            return get_conn(pool, *args, **kwargs)
        with _resetting:
            return get_conn(pool, *args, **kwargs)

    return get_conn_alone
