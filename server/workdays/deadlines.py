"""When a clock of the documents ends, with every step to it. Pure; clocks are data (packs/deadlines.yaml).

A window (once a month, in May) is a stretch of the calendar, not a period after an event: article 203 does
not move its last day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from server.policy.model import Deadline, Limit, Text

from . import periods, words
from .calendar import ONE_DAY, Calendar
from .periods import Period

PERIOD, WINDOW = "period", "window"
_LENGTHS = {"month": 1, "two_months": 2, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Step:
    """One step to the due date: code, sentence, the day it is about, and the articles it rests on."""

    code: str
    text: Text
    on: date
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock ends. ``opens`` is its first day; ``estimated``: not all holidays are announced."""

    kind: str
    opens: date
    due: date
    estimated: bool
    steps: tuple[Step, ...]


def due_of(clock: Deadline, start: date, calendar: Calendar, params: Mapping[str, int] | None = None) -> Due:
    """When a clock ends whose event was on ``start``.

    Args:
        clock: the deadline.
        start: day of the event; for a window any day in or before it.
        calendar: the county's days.
        params: a county's values of the parameters that clocks name.
    """
    limit = clock.limit
    if limit.each:
        return _window(clock, start)
    count = (params or {}).get(limit.param, limit.count)
    found = periods.period(calendar, start, count, limit.unit)
    steps = [_step("not_counted", start, (words.ART_201,), day=start)]
    if limit.unit == periods.WORKING_DAYS:
        steps += _days_off(calendar, found)
    steps += _end(clock, found)
    if found.estimated:
        steps.append(_step("estimated", found.end, (), year=found.end.year))
    return Due(PERIOD, start + ONE_DAY, found.end, found.estimated, tuple(steps))


def _step(code: str, on: date, cites: tuple[str, ...], **params: object) -> Step:
    zh, en = words.STEPS[code]
    text = {
        "zh": zh.format(**{name: words.in_zh(value) for name, value in params.items()}),
        "en": en.format(**{name: words.in_en(value) for name, value in params.items()}),
    }
    return Step(code, text, on, cites)


def _days_off(calendar: Calendar, found: Period) -> list[Step]:
    """Holidays that are skipped, and weekend days that are worked; plain weekends need no words."""
    steps = []
    looked_at = calendar.days(found.start + ONE_DAY, found.end)
    for (working, name), group in groupby(looked_at, key=lambda day: (day.working, day.name)):
        days = list(group)
        if name and (not working or days[0].special):
            code = "make_up_day" if working else "holiday"
            holiday = words.holiday(name)
            steps.append(_step(code, days[0].on, (), first=days[0].on, last=days[-1].on, name=holiday))
    return steps


def _end(clock: Deadline, found: Period) -> list[Step]:
    limit = clock.limit
    unit = words.UNITS[found.unit]
    steps = []
    if found.unit in (periods.MONTHS, periods.QUARTERS, periods.YEARS):
        code = "month_end" if found.month_end else "same_day"
        cites = (*clock.cites, words.ART_202)
        steps.append(_step(code, found.plain_end, cites, count=found.count, unit=unit, day=found.plain_end))
    else:
        code = "lasts" if limit.at_least else "nth_day"
        steps.append(
            _step(code, found.plain_end, clock.cites, count=found.count, unit=unit, day=found.plain_end)
        )
    if found.moved:
        cites = (words.ART_203,)
        steps.append(_step("moved", found.end, cites, before=found.plain_end, day=found.end))
    return steps


def _window(clock: Deadline, start: date) -> Due:
    first, last = window_of(clock.limit, start)
    params = {"count": clock.limit.count, "first": first, "last": last}
    step = _step("window", last, clock.cites, each=words.EACH[clock.limit.each], **params)
    return Due(WINDOW, first, last, False, (step,))


def window_of(limit: Limit, day: date) -> tuple[date, date]:
    """The first window of the clock that has not ended before ``day``."""
    length = _LENGTHS[limit.each]
    begins = date(day.year, (day.month - 1) // length * length + 1, 1)
    while True:
        first, last = _in_period(limit, begins, length)
        if last >= day:
            return first, last
        begins = periods.add_months(begins, length)


def _in_period(limit: Limit, begins: date, length: int) -> tuple[date, date]:
    months = [periods.add_months(begins, n) for n in range(length)]
    chosen = [month for month in months if not limit.months or month.month in limit.months]
    end = chosen[-1]
    last_day = limit.last_day or monthrange(end.year, end.month)[1]
    return chosen[0].replace(day=limit.first_day), end.replace(day=last_day)
