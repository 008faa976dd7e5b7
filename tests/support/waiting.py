"""Waiting for what another process will do, without sleeping longer than needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], wanted: Callable[[T], bool], seconds: float = 180.0) -> T:
    """Look again and again until what is seen is wanted, or time is up; gives what was seen last."""
    deadline = time.monotonic() + seconds
    seen = look()
    while not wanted(seen) and time.monotonic() < deadline:
        time.sleep(0.2)
        seen = look()
    return seen
