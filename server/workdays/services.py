"""A county's calendar: its own days over the national ones, and the clocks that run by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.core import audit, clock, installation
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.local_policy.services import bench_for
from server.policy.loader import load_packs
from server.policy.model import Article, Deadline
from server.workdays import deadlines, queries, words
from server.workdays.calendar import LAST_YEAR, ONE_DAY, Calendar, DayState, Entry, is_announced
from server.workdays.models import CalendarDay


@dataclass(frozen=True, kw_only=True)
class DayForm:
    """What a county says about a day. ``source`` is the notice it comes from."""

    working: bool
    name: str
    source: str


def calendar_of(region_code: str) -> Calendar:
    """The days of a region's county."""
    rows = queries.entries_of(queries.county_of(region_code))
    return Calendar({row.on: Entry(row.working, row.name) for row in rows})


def set_day(actor: Actor, on: date, form: DayForm) -> CalendarDay:
    """Say what a day is in the actor's county; saying the same again changes nothing."""
    county = queries.county_of(actor.region_code)
    row = queries.entry(county, on)
    said = {"working": form.working, "name": form.name, "source": form.source, "removed": False}
    if row is not None and all(getattr(row, name) == value for name, value in said.items()):
        return row
    if row is None:
        row = CalendarDay(county_code=county, on=on)
        db.session.add(row)
    _change(actor, row, said)
    audit.record("calendar.set", ("calendar_day", on.isoformat()), county, working=form.working)
    db.session.flush()
    return row


def remove_day(actor: Actor, on: date) -> None:
    """Take back what the county said about a day; the national calendar counts again."""
    county = queries.county_of(actor.region_code)
    row = queries.entry(county, on)
    if row is None or row.removed:
        return
    _change(actor, row, {"removed": True})
    audit.record("calendar.remove", ("calendar_day", on.isoformat()), county)


def _change(actor: Actor, row: CalendarDay, said: dict[str, Any]) -> None:
    for name, value in said.items():
        setattr(row, name, value)
    row.changed_by, row.changed_by_name, row.changed_at = actor.id, actor.display_name, clock.now()


def year_view(region_code: str, year: int) -> dict[str, Any]:
    """The days of a year that are not what their weekday says, and every entry of the county."""
    county = queries.county_of(region_code)
    rows = {row.on: row for row in queries.entries_of(county, year)}
    calendar = Calendar({on: Entry(row.working, row.name) for on, row in rows.items()})
    days = list(calendar.days(date(year, 1, 1), date(year, 12, 31)))
    return {
        "year": year,
        "county": county or None,
        "estimated": not is_announced(year),
        "known_until": LAST_YEAR,
        "working_days": sum(day.working for day in days),
        "days": [
            day_view(day, rows.get(day.on)) for day in days if day.special or day.name or day.on in rows
        ],
    }


def day_view(day: DayState, row: CalendarDay | None) -> dict[str, Any]:
    """One day with who entered it."""
    return {
        "date": day.on,
        "working": day.working,
        "name": words.holiday(day.name) if day.name else None,
        "origin": day.origin,
        "source": row.source if row else None,
        "changed_by": row.changed_by_name if row else None,
        "changed_at": row.changed_at if row else None,
    }


def entry_view(row: CalendarDay) -> dict[str, Any]:
    """An entry as it counts from now on."""
    return day_view(Calendar({row.on: Entry(row.working, row.name)}).day(row.on), row)


@dataclass(frozen=True)
class Running:
    """A clock as it runs in one county, whether or not its profile orders it (``binding``)."""

    clock: Deadline
    calendar: Calendar
    binding: bool

    def due(self, start: date) -> date:
        """The last day of the period that began with an event on ``start``."""
        return deadlines.due_of(self.clock, start, self.calendar).due

    def missed(self, today: date) -> date:
        """The latest start whose period ended before ``today``; every earlier one has ended, too."""
        start = today - ONE_DAY
        while self.due(start) >= today:
            start -= ONE_DAY
        return start

    def view(self) -> dict[str, Any]:
        """The clock in wire form, with the sentences it rests on."""
        return {
            **_clock_view(self.clock),
            "count": self.clock.limit.count,
            "unit": self.clock.limit.unit,
            "binding": self.binding,
            "articles": _articles(self.clock.cites),
        }


def running(region_code: str, name: str) -> Running:
    """A clock of the packs, by the days of a region's county. Raises KeyError for an unknown one."""
    found = {each.id: each for each in load_packs().deadlines}[name]
    return Running(found, calendar_of(region_code), installation.profile() in found.profiles)


def clocks() -> list[dict[str, Any]]:
    """The clocks that run in this installation's profile."""
    found = load_packs().deadlines_of(installation.profile())
    return [_clock_view(each) | {"articles": _articles(each.cites)} for each in found]


def deadline(region_code: str, name: str, start: date) -> dict[str, Any]:
    """When a clock ends whose event was on ``start``. Raises Problem: clock_not_found."""
    found = next(
        (each for each in load_packs().deadlines_of(installation.profile()) if each.id == name), None
    )
    if found is None:
        raise Problem("clock_not_found")
    due = deadlines.due_of(found, start, calendar_of(region_code), _params(found, region_code, start))
    cited = [cite for step in due.steps for cite in step.cites]
    return {
        **_clock_view(found),
        "start": start,
        "kind": due.kind,
        "opens": due.opens,
        "due": due.due,
        "estimated": due.estimated,
        "steps": [
            {"code": each.code, "text": each.text, "date": each.on, "cites": each.cites} for each in due.steps
        ],
        "articles": _articles([*found.cites, *cited]),
    }


def _params(found: Deadline, region_code: str, on: date) -> dict[str, int]:
    """The county's value of the parameter that the clock names."""
    value = bench_for(region_code, on).params.get(found.limit.param) if found.limit.param else None
    return {} if value is None else {found.limit.param: int(value)}


def _clock_view(found: Deadline) -> dict[str, Any]:
    return {
        "clock": found.id,
        "label": dict(found.label),
        "starts": found.starts,
        "at_least": found.limit.at_least,
        "optional": found.optional,
        "note": found.note,
    }


def _articles(cites: Iterable[str]) -> list[dict[str, str]]:
    """The sentences cited, each once; a citation of the digest without a sentence is left out."""
    known: dict[str, Article] = {**load_packs().articles, **words.LAW}
    return [
        {"id": name, "document": known[name].document, "text": known[name].text}
        for name in dict.fromkeys(cites)
        if name in known
    ]
