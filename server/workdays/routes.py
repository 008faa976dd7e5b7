"""HTTP routes of the calendar: parse, delegate, dump."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.workdays import services
from server.workdays.calendar import YEARS
from server.workdays.schemas import (
    CalendarDayFormSchema,
    CalendarDaySchema,
    CalendarYearSchema,
    ClockListSchema,
    DeadlineQuerySchema,
    DeadlineSchema,
    YearQuerySchema,
)

blueprint = Blueprint("workdays", __name__, url_prefix="/api/v1", description="Working days and deadlines")


@blueprint.get("/calendar")
@blueprint.arguments(YearQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, CalendarYearSchema)
def read_calendar(year: int) -> dict[str, Any]:
    """The holidays and make-up days of a year, the county's own included."""
    return services.year_view(current_actor().region_code, year)


@blueprint.put("/calendar/days/<on>")
@blueprint.arguments(CalendarDayFormSchema)
@blueprint.response(200, CalendarDaySchema)
def set_day(form: services.DayForm, on: str) -> dict[str, Any]:
    """Say whether a day is worked in the caller's county."""
    day = _day(on)
    try:
        with transaction():
            row = services.set_day(current_actor(), day, form)
    except IntegrityError as error:  # somebody else entered the same day just now
        raise Problem("busy", retry_after=1) from error
    return services.entry_view(row)


@blueprint.delete("/calendar/days/<on>")
@blueprint.response(204)
def remove_day(on: str) -> None:
    """Take back what the caller's county said about a day."""
    day = _day(on)
    with transaction():
        services.remove_day(current_actor(), day)


@blueprint.get("/clocks")
@blueprint.response(200, ClockListSchema)
def list_clocks() -> dict[str, Any]:
    """The clocks of this installation's documents."""
    return {"items": services.clocks()}


@blueprint.get("/deadlines")
@blueprint.arguments(DeadlineQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, DeadlineSchema)
def read_deadline(name: str, start: date) -> dict[str, Any]:
    """When a clock ends that an event started, with every step."""
    return services.deadline(current_actor().region_code, name, start)


def _day(text: str) -> date:
    """The date in an address. Raises Problem: day_not_found, for what is none or far from our years."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Problem("day_not_found") from error
    if day.year not in YEARS or day.isoformat() != text:
        raise Problem("day_not_found")
    return day
