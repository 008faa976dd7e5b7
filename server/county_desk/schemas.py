"""Wire forms of the county's desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from server.core.wire import Day, Instant, PlainText, StrictUuid, TextSchema, WireSchema, Words
from server.county_desk.queries import ME, NOBODY, Filters
from server.county_desk.services import ASSIGNED, REFUSED, UNCHANGED, AssignmentForm, DecisionForm, FilterForm
from server.county_desk.timeline import KINDS
from server.rechecks.queries import BACK, HANDED_UP, MONITOR, NO_RISK
from server.rechecks.schemas import (
    CURSOR,
    MONTH,
    PAGE,
    REGION,
    HomeFindingSchema,
    RecheckDetailSchema,
    RecheckSchema,
)
from server.rechecks.services import CAUSES
from server.reviews.schemas import HouseholdSummarySchema
from server.visits.queries import SEVERITIES

MOST_CASES = 100
FILTER_KEYS = ("list", "region", "severity", "risk", "state", "cause", "assigned", "department")


class CaseQuerySchema(WireSchema):
    """Which cases: those that wait, or those decided; handed up in a month or until a day (a meeting)."""

    state = fields.String(load_default=HANDED_UP, validate=validate.OneOf((HANDED_UP, MONITOR, NO_RISK)))
    region = fields.String(validate=REGION)
    severity = fields.String(validate=validate.OneOf(SEVERITIES))
    cause = fields.String(validate=validate.OneOf(CAUSES))
    department = Words(1, 40)
    assigned = fields.String(validate=validate.OneOf((ME, NOBODY)))
    month = fields.String(validate=MONTH)
    until = Day(validate=validate.Range(date(2000, 1, 1), date(2100, 12, 31)))
    cursor = fields.String(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=50, validate=PAGE)

    @post_load
    def _to_page(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        page: dict[str, Any] = {name: data.pop(name) for name in ("cursor", "limit")}
        return page | {"filters": Filters(**data)}


class CaseFiguresSchema(Schema):
    """Households, persons, and how many households nobody works on yet."""

    households = fields.Integer(required=True)
    persons = fields.Integer(required=True)
    unassigned = fields.Integer(required=True)


class CaseTownshipSchema(CaseFiguresSchema):
    """Cases of a township."""

    township = fields.String(required=True)
    name = fields.String(required=True)


class CaseCauseSchema(CaseFiguresSchema):
    """Cases of a cause."""

    cause = fields.String(required=True)


class CaseCountsSchema(CaseFiguresSchema):
    """Cases under the filters."""

    by_township = fields.List(fields.Nested(CaseTownshipSchema), required=True)
    by_cause = fields.List(fields.Nested(CaseCauseSchema), required=True)


class CaseListSchema(Schema):
    """One page, what was handed up first at the top; the counts come with the first page."""

    items = fields.List(fields.Nested(RecheckSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    counts = fields.Nested(CaseCountsSchema)


class CountyDecisionFormSchema(WireSchema):
    """A decision with its opinion: confirmed as at risk, not confirmed, or back with questions."""

    id = StrictUuid(required=True)
    decision = fields.String(required=True, validate=validate.OneOf((MONITOR, NO_RISK, BACK)))
    opinion = Words(2, 1000, required=True)

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> DecisionForm:
        return DecisionForm(**data)


class CountyDecisionSchema(Schema):
    """A decision as it was taken."""

    id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    decision = fields.String(required=True)
    opinion = fields.String(required=True)
    officer_name = fields.String(required=True)
    created_at = Instant(required=True)


class CaseDetailSchema(RecheckDetailSchema):
    """A case with the county's decisions; ``obstacle`` is why the caller may not decide."""

    decisions = fields.List(fields.Nested(CountyDecisionSchema), required=True)


class AssignmentFormSchema(WireSchema):
    """Up to a hundred cases for one person of the county office or one department."""

    id = StrictUuid(required=True)
    visit_ids = fields.List(StrictUuid(), required=True, validate=validate.Length(1, MOST_CASES))
    assignee_id = StrictUuid(load_default=None, allow_none=True)
    department = PlainText(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    note = PlainText(load_default="", validate=validate.Length(max=300))

    @validates_schema
    def _names_one(self, data: dict[str, Any], **_: object) -> None:
        if (data["assignee_id"] is None) == (data["department"] is None):
            raise ValidationError("Either a person or a department.", "assignee_id")

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> AssignmentForm:
        return AssignmentForm(**data)


class AssignmentResultSchema(Schema):
    """What became of one case; ``code`` says why it was refused."""

    visit_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf((ASSIGNED, UNCHANGED, REFUSED)))
    code = fields.String(required=True, allow_none=True)


class AssignmentResultListSchema(Schema):
    """A line for each case, in the order they were asked for."""

    results = fields.List(fields.Nested(AssignmentResultSchema), required=True)


class StaffMemberSchema(Schema):
    """Somebody of the county office."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class StaffSchema(Schema):
    """To whom cases may be given."""

    people = fields.List(fields.Nested(StaffMemberSchema), required=True)
    departments = fields.List(fields.String(), required=True)


class SavedFilterFormSchema(WireSchema):
    """A filter: codes by the names the screens use."""

    name = Words(1, 30, required=True)
    query = fields.Dict(
        keys=fields.String(validate=validate.OneOf(FILTER_KEYS)),
        values=Words(1, 40),
        required=True,
    )

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> FilterForm:
        return FilterForm(**data)


class SavedFilterSchema(Schema):
    """A saved filter."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    query = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SavedFilterListSchema(Schema):
    """A user's filters, in the order they were made."""

    items = fields.List(fields.Nested(SavedFilterSchema), required=True)
    most = fields.Integer(required=True)


class TimelineEntrySchema(Schema):
    """One thing that happened; what does not belong to its ``kind`` is null or empty.

    ``code`` is the visit's state, the decision, what opened or closed a light (visit, run, revised,
    dismissed), or the audit's action for a read.
    """

    at = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    who = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, allow_none=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    severity = fields.String(required=True, allow_none=True)
    label = fields.Nested(TextSchema, required=True, allow_none=True)
    text = fields.String(required=True)
    cause = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True, allow_none=True)
    revision = fields.Integer(required=True, allow_none=True)
    assignee = fields.String(required=True, allow_none=True)
    department = fields.String(required=True, allow_none=True)
    home_on = fields.Date(required=True, allow_none=True)
    home_by = fields.String(required=True, allow_none=True)
    findings = fields.List(fields.Nested(HomeFindingSchema), required=True)
    newer_visit_id = fields.UUID(required=True, allow_none=True)


class TimelineSchema(Schema):
    """A household and everything that happened to it, the newest first."""

    household = fields.Nested(HouseholdSummarySchema, required=True)
    removed_at = Instant(required=True, allow_none=True)
    entries = fields.List(fields.Nested(TimelineEntrySchema), required=True)


class SearchQuerySchema(WireSchema):
    """What somebody typed: the beginning of a name, its pinyin or initials, a number; or an ID's end."""

    q = PlainText(required=True, validate=validate.Length(1, 40))
    region = fields.String(load_default=None, validate=REGION)


class FoundHouseholdSchema(HouseholdSummarySchema):
    """A household that was found."""

    last_visited_at = Instant(required=True, allow_none=True)


class SearchResultSchema(Schema):
    """The first fifty; ``more``: there are others, so that more should be typed."""

    items = fields.List(fields.Nested(FoundHouseholdSchema), required=True)
    more = fields.Boolean(required=True)
