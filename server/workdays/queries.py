"""Reads of a county's own days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from server.core.db import db
from server.core.scope import NOTHING
from server.workdays.models import CalendarDay

_COUNTY_DIGITS = 6


def county_of(region_code: str) -> str:
    """The county of a region code; empty for who belongs to none."""
    return "" if region_code == NOTHING else region_code[:_COUNTY_DIGITS]


def entries_of(county: str, year: int | None = None) -> Sequence[CalendarDay]:
    """The entries of a county that hold, of one year or of all, by day."""
    query = select(CalendarDay).where(CalendarDay.county_code == county, CalendarDay.removed.is_(False))
    if year is not None:
        query = query.where(CalendarDay.on >= date(year, 1, 1), CalendarDay.on <= date(year, 12, 31))
    return db.session.scalars(query.order_by(CalendarDay.on)).all()


def entry(county: str, on: date) -> CalendarDay | None:
    """The row about a day, also one that was taken back, locked until the transaction ends."""
    query = select(CalendarDay).where(CalendarDay.county_code == county, CalendarDay.on == on)
    return db.session.scalars(query.with_for_update()).first()
