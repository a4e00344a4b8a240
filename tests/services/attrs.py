"""What the attributes of two frames of the same call have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lasting(attrs: Mapping[Any, Any]) -> dict[Any, Any]:
    """All but when it was sent and how long it took."""
    return {name: value for name, value in attrs.items() if name not in ("at", "elapsed")}
