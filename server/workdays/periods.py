"""Periods as the Civil Code counts them, articles 201 to 203. Pure.

The day of the event is not counted (201). A period of months or years ends on the same day of its last month,
on that month's end when there is no such day (202). When the last day is a day off, the period ends on the
next working day (203).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from .calendar import ONE_DAY, Calendar

WORKING_DAYS, DAYS, MONTHS, QUARTERS, YEARS = "working_days", "days", "months", "quarters", "years"
_MONTHS_OF = {MONTHS: 1, QUARTERS: 3, YEARS: 12}
UNITS = (WORKING_DAYS, DAYS, *_MONTHS_OF)
MAX_COUNT = 3660


@dataclass(frozen=True, slots=True)
class Period:
    """A period that began after ``start``. ``plain_end`` is its last day before article 203 moved it."""

    start: date
    count: int
    unit: str
    plain_end: date
    end: date
    estimated: bool
    month_end: bool

    @property
    def moved(self) -> bool:
        """Whether the last day was a day off."""
        return self.end != self.plain_end


def add_working_days(calendar: Calendar, start: date, count: int) -> date:
    """The ``count``-th working day after ``start``; 0 is the start itself. Raises ValueError below 0."""
    if not 0 <= count <= MAX_COUNT:
        raise ValueError("count")
    on = start
    for _ in range(count):
        on = calendar.next_working(on + ONE_DAY)
    return on


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; 0 when ``end`` does not lie after it."""
    return sum(day.working for day in calendar.days(start + ONE_DAY, end))


def add_months(start: date, count: int) -> date:
    """The same day ``count`` months later, or that month's last day when there is no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def period(calendar: Calendar, start: date, count: int, unit: str) -> Period:
    """The period of ``count`` units after ``start``.

    Raises:
        ValueError: an unknown unit, or a count that is negative or beyond ``MAX_COUNT``.
    """
    if not 0 <= count <= MAX_COUNT or unit not in UNITS:
        raise ValueError("count or unit")
    if unit == WORKING_DAYS:
        plain = add_working_days(calendar, start, count)
        end = plain
    else:
        plain = start + timedelta(days=count) if unit == DAYS else add_months(start, count * _MONTHS_OF[unit])
        end = calendar.next_working(plain)
    looked_at = calendar.days(start + ONE_DAY if unit == WORKING_DAYS else plain, end)
    return Period(
        start=start,
        count=count,
        unit=unit,
        plain_end=plain,
        end=end,
        estimated=any(day.estimated for day in looked_at),
        month_end=unit in _MONTHS_OF and plain.day != start.day,
    )
