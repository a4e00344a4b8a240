"""What is closed at the end of its ``with``."""

from __future__ import annotations

import abc
import warnings
from types import TracebackType
from typing import ClassVar, Self

from toolkit.outcomes import CallError


class _Ending:
    """How a failure to close is told."""

    _left_behind: ClassVar[str] = ""
    """What it may mean that the server could not be told; empty where that is an exception.

    Where it is said, it is said in a warning, which hides no result and no other exception.
    """

    def _tell(self, failed: CallError) -> None:
        """Warn; called where there is something to be said."""
        warnings.warn(f"{self._left_behind}: {failed}", stacklevel=3)


class Closing(_Ending, abc.ABC):
    """Its ``close`` is called at the end of its ``with``.

    Examples
    --------
    >>> class Door(Closing):
    ...     def close(self):
    ...         print("closed")
    >>> with Door():
    ...     print("open")
    open
    closed
    """

    @abc.abstractmethod
    def close(self) -> None:
        """Close it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except CallError as failed:
            if not self._left_behind:
                raise
            self._tell(failed)


class AsyncClosing(_Ending, abc.ABC):
    """Its ``close`` is awaited at the end of its ``async with``.

    Examples
    --------
    >>> import asyncio
    >>> class Door(AsyncClosing):
    ...     async def close(self):
    ...         print("closed")
    >>> async def main():
    ...     async with Door():
    ...         print("open")
    >>> asyncio.run(main())
    open
    closed
    """

    @abc.abstractmethod
    async def close(self) -> None:
        """Close it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.close()
        except CallError as failed:
            if not self._left_behind:
                raise
            self._tell(failed)
