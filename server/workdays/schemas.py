"""Wire forms of the calendar and of deadlines."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from server.core.wire import Day, Flag, Instant, Pattern, PlainText, TextSchema, WireSchema
from server.workdays.calendar import COUNTY, LIBRARY, WEEKEND, YEARS
from server.workdays.deadlines import PERIOD, WINDOW
from server.workdays.services import DayForm

_YEAR = validate.Range(YEARS.start, YEARS.stop - 1)


class YearQuerySchema(WireSchema):
    """Which year."""

    year = fields.Integer(required=True, validate=_YEAR)


class CalendarDayFormSchema(WireSchema):
    """What a county says about a day."""

    working = Flag(required=True)
    name = PlainText(required=True, validate=validate.Length(1, 40))
    source = PlainText(required=True, validate=validate.Length(1, 200))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> DayForm:
        return DayForm(**data)


class CalendarDaySchema(Schema):
    """One day; ``origin`` county: entered here, with the notice and who entered it."""

    date = fields.Date(required=True)
    working = fields.Boolean(required=True)
    name = fields.Nested(TextSchema, required=True, allow_none=True)
    origin = fields.String(required=True, validate=validate.OneOf((LIBRARY, COUNTY, WEEKEND)))
    source = fields.String(required=True, allow_none=True)
    changed_by = fields.String(required=True, allow_none=True)
    changed_at = Instant(required=True, allow_none=True)


class CalendarYearSchema(Schema):
    """A year's days that differ from their weekday. ``estimated``: its holidays are not announced yet."""

    year = fields.Integer(required=True)
    county = fields.String(required=True, allow_none=True)
    estimated = fields.Boolean(required=True)
    known_until = fields.Integer(required=True)
    working_days = fields.Integer(required=True)
    days = fields.List(fields.Nested(CalendarDaySchema), required=True)


class DeadlineQuerySchema(WireSchema):
    """Which clock, and the day of the event that starts it."""

    clock = fields.String(required=True, validate=Pattern(r"^CLK-[0-9]{1,3}[a-z]?$"))
    start = Day(required=True, validate=lambda day: _YEAR(day.year))

    @post_load
    def _to_arguments(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {"name": data["clock"], "start": data["start"]}


class DeadlineArticleSchema(Schema):
    """An article with its sentence."""

    id = fields.String(required=True)
    document = fields.String(required=True)
    text = fields.String(required=True)


class ClockSchema(Schema):
    """A clock of the documents. ``optional``: practice that no document of this place orders."""

    clock = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    starts = fields.String(required=True)
    at_least = fields.Boolean(required=True)
    optional = fields.Boolean(required=True)
    note = fields.String(required=True)
    articles = fields.List(fields.Nested(DeadlineArticleSchema), required=True)


class ClockListSchema(Schema):
    """The clocks of this installation's documents."""

    items = fields.List(fields.Nested(ClockSchema), required=True)


class DeadlineStepSchema(Schema):
    """One step to the due date."""

    code = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)
    date = fields.Date(required=True)
    cites = fields.List(fields.String(), required=True)


class DeadlineSchema(ClockSchema):
    """When a clock ends. ``estimated``: a day on the way is of a year whose holidays are not announced."""

    start = fields.Date(required=True)
    kind = fields.String(required=True, validate=validate.OneOf((PERIOD, WINDOW)))
    opens = fields.Date(required=True)
    due = fields.Date(required=True)
    estimated = fields.Boolean(required=True)
    steps = fields.List(fields.Nested(DeadlineStepSchema), required=True)
