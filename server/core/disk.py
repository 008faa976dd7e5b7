"""How much room is left on a disk, asked at most once a second: every visit and every photo wants to know.

What nearly fills the disk is refused while there is still room to refuse it in order: photos first, then
everything that writes. Nothing is lost by it: phones keep what was not taken.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, request

from server.core.problems import Problem

KEEP_SECONDS = 1.0
RETRY_SECONDS = 600
API = "/api/"
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SIGNING_IN = "accounts"
Measure = Callable[[Path], float]


def _measure(folder: Path) -> float:
    """Percent of the folder's disk that this process may still fill."""
    found = os.statvfs(folder)
    used = found.f_blocks - found.f_bfree
    return 100.0 * found.f_bavail / max(1, used + found.f_bavail)


class _Gauge:
    """The last measure of each folder."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.asked: dict[Path, tuple[float, float]] = {}

    def read(self, folder: Path) -> float:
        """Percent free, measured within the last second."""
        now = time.monotonic()
        asked_at, percent = self.asked.get(folder, (-KEEP_SECONDS, 0.0))
        if now - asked_at >= KEEP_SECONDS:
            percent = self.measure(folder)
            self.asked[folder] = now, percent
        return percent


_gauge = _Gauge(_measure)


def require(folder: Path, reserve_percent: int) -> None:
    """Do nothing while at least the reserve is free, as far as known a second ago.

    Raises:
        Problem: storage_full, with ``retry_after`` in seconds.
    """
    if _gauge.read(folder) < reserve_percent:
        raise Problem("storage_full", retry_after=RETRY_SECONDS)


def init_app(app: Flask, folder: Path, reserve_percent: int) -> None:
    """Refuse every writing operation but signing in while less than the reserve is free."""

    def refuse_writing() -> None:
        writes = request.method in WRITING and request.path.startswith(API)
        if writes and request.blueprint != SIGNING_IN:
            require(folder, reserve_percent)

    app.before_request(refuse_writing)


@contextmanager
def measured_by(measure: Measure) -> Iterator[None]:
    """Run with another measure than the disk itself; for tests."""
    before, _gauge.measure = _gauge.measure, measure
    _gauge.asked.clear()
    try:
        yield
    finally:
        _gauge.measure = before
        _gauge.asked.clear()
