"""Which days are worked. Pure: the national calendar of a library, and what a county entered itself.

The library knows the years the State Council has announced. Beyond them only weekends are known, and every
answer says so: ``estimated``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar.constants import holidays

LIBRARY, COUNTY, WEEKEND = "library", "county", "weekend"
FIRST_YEAR: int = min(holidays).year
LAST_YEAR: int = max(holidays).year
YEARS = range(FIRST_YEAR, 2101)
ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayState:
    """One day. ``name`` is the holiday it belongs to, also when the day is worked in exchange for another.

    ``origin`` says who knows: the library, the county's own entry, or only the weekday (``estimated`` when
    its year was not announced).
    """

    on: date
    working: bool
    name: str
    origin: str
    estimated: bool

    @property
    def special(self) -> bool:
        """Whether the day is not what its weekday would say."""
        return self.working != (self.on.weekday() < _SATURDAY)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a county entered about a day."""

    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one county: its own entries win over the library's."""

    own: Mapping[date, Entry]

    def day(self, on: date) -> DayState:
        """What is known of a day."""
        if (entry := self.own.get(on)) is not None:
            return DayState(on, entry.working, entry.name, COUNTY, estimated=False)
        return _national(on)

    def working(self, on: date) -> bool:
        """Whether a day is worked."""
        return self.day(on).working

    def next_working(self, on: date) -> date:
        """The day itself when it is worked, else the next one that is."""
        while not self.working(on):
            on += ONE_DAY
        return on

    def days(self, first: date, last: date) -> Iterator[DayState]:
        """What is known of each day from ``first`` to ``last``, both included."""
        on = first
        while on <= last:
            yield self.day(on)
            on += ONE_DAY


@lru_cache(maxsize=2_000)  # the library looks through all its years at every question; a list asks hundreds
def _national(on: date) -> DayState:
    """What the country knows of a day; it does not change while the program runs."""
    weekday = on.weekday() < _SATURDAY
    if not is_announced(on.year):
        return DayState(on, weekday, "", WEEKEND, estimated=True)
    off, holiday = chinese_calendar.get_holiday_detail(on)
    name = _NAMES.get(holiday, "")
    return DayState(on, not off, name, LIBRARY if name else WEEKEND, estimated=False)


def is_announced(year: int) -> bool:
    """Whether the holidays of a year are known."""
    return FIRST_YEAR <= year <= LAST_YEAR


_NAMES: dict[str | None, str] = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
