"""What every benchmark shares: the form of a result and one seeded county, made when first needed."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.support.live_server import ROOT, LiveServer

JOBS_LOAD_SECONDS = 6.0  # the job worker loads after the web workers; once a restart, not once a push
HOUSEHOLDS = 2000


@dataclass(frozen=True)
class Result:
    """One line: a value, its unit, how many measurements it rests on, and under what conditions."""

    name: str
    value: float
    unit: str
    n: int
    note: str

    def row(self) -> dict[str, Any]:
        """As printed."""
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "n": self.n,
            "note": self.note,
        }


class County:
    """A demo county of 2,000 households on SQLite behind gunicorn, and its users."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: LiveServer | None = None

    def __enter__(self) -> County:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._running is not None:
            self._running.stop()

    @cached_property
    def installation(self) -> LiveServer:
        """The seeded data, not started."""
        print(f"==> seeding {HOUSEHOLDS} households", file=sys.stderr, flush=True)
        folder = self.folder / "county"
        folder.mkdir()
        made = LiveServer(folder, environ={"LIANGDENG_LOG_LEVEL": "WARNING"})
        made.seed(HOUSEHOLDS)
        return made

    @property
    def server(self) -> LiveServer:
        """The running server."""
        if self._running is None:
            self._running = self.installation.start()
            time.sleep(JOBS_LOAD_SECONDS)
        return self._running

    @cached_property
    def users(self) -> list[dict[str, Any]]:
        """The demo users."""
        return self.installation.users()

    def users_of(self, role: str) -> list[dict[str, Any]]:
        """Those of one role."""
        return [user for user in self.users if user["role"] == role]


Bench = Callable[[County], Iterator[Result]]


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def machine() -> str:
    """The machine in a few words."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


def clean_household() -> dict[str, Any]:
    """Facts of a household with nothing wrong, all of its checklist answered."""
    path = ROOT / "tests/bench/clean_household.json"
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts
