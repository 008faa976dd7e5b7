"""The only clock. Instants are UTC and aware; dates are those of the county (Asia/Shanghai)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

COUNTY_TIME = ZoneInfo("Asia/Shanghai")


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _source()


def today() -> date:
    """The present calendar date in Asia/Shanghai."""
    return local_date(now())


def local_date(instant: datetime) -> date:
    """The Asia/Shanghai calendar date of an aware instant."""
    return instant.astimezone(COUNTY_TIME).date()


@contextmanager
def clock_at(source: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Run with another clock: a fixed instant or a function. For tests, demo data and replays."""
    global _source
    before = _source
    _source = source if callable(source) else lambda: source
    try:
        yield
    finally:
        _source = before


def iso(instant: datetime) -> str:
    """An aware instant as the wire form: UTC, milliseconds, Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
