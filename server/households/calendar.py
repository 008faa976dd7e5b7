"""What a household shows that changes by the date alone: ages, months of monitoring, when a visit is due.

Nobody edits anything on a birthday. Devices that only ask for changes would go on showing yesterday's values
if the change log did not tell them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, extract, or_, select, true
from sqlalchemy.orm import selectinload

from server.core import changes, clock
from server.core.db import db
from server.households.due import cadence_of, due_on
from server.households.models import Household, Member
from server.households.roster import age_on, roster_facts

_MANY_DAYS = 62
_LEAP_DAY, _DAY_AFTER = 229, 301  # who was born on a leap day is a year older on the first of March


def note_new_day(before: date, today: date, after: UUID | None, limit: int) -> tuple[UUID | None, int]:
    """Note the households whose values differ between two days, ``limit`` households looked at.

    Returns:
        The last household looked at, from which to go on, None at the end; and how many were noted.
    """
    rows = _candidates(before, today, after, limit)
    differing = [row for row in rows if _by_date(row, before) != _by_date(row, today)]
    for household in differing:
        changes.note("household", household.id, household.region_code)
    return (rows[-1].id if len(rows) == limit else None), len(differing)


def _by_date(household: Household, day: date) -> tuple[Any, ...]:
    last = clock.local_date(household.last_visited_at) if household.last_visited_at else None
    ages = [age_on(member.birth_on, day) for member in household.living]
    due = due_on(household.kind, last, day, cadence_of(household.region_code))
    return roster_facts(household, day), due, ages


def _candidates(before: date, today: date, after: UUID | None, limit: int) -> Sequence[Household]:
    query = select(Household).where(Household.removed_at.is_(None), _may_differ(before, today))
    query = query.where(Household.id > after) if after else query
    query = query.options(selectinload(Household.members)).order_by(Household.id).limit(limit)
    return db.session.scalars(query).all()


def _may_differ(before: date, today: date) -> ColumnElement[bool]:
    """Households that somebody's birthday, monitoring, or a month without any visit may change."""
    days = (today - before).days
    if days > _MANY_DAYS:
        return true()
    passed = [before + timedelta(days=n) for n in range(1, days + 1)]
    birthdays = {day.month * 100 + day.day for day in passed}
    birthdays |= {_LEAP_DAY} if _DAY_AFTER in birthdays else set()
    born = extract("month", Member.birth_on) * 100 + extract("day", Member.birth_on)
    has_birthday = exists().where(Member.household_id == Household.id, born.in_(birthdays))
    is_monitored = and_(Household.kind != "none", Household.monitored_since.is_not(None))
    return or_(has_birthday, is_monitored, Household.last_visited_at.is_(None))
