"""Wire forms of re-checks."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from server.core.wire import Day, Instant, Pattern, PlainText, StrictUuid, TextSchema, WireSchema, Words
from server.rechecks.queries import DECIDED, HAND_UP, HANDED_UP, LIST_STATES, SETTLE, SETTLED, LedgerFilters
from server.rechecks.services import CAUSES, Finding, OutcomeForm
from server.reviews.schemas import HouseholdSummarySchema, StandingLightSchema
from server.visits.queries import SEVERITIES

FOUND = ("yes", "no", "unclear")
MOST_FINDINGS = 40
MONTH_TEXT = r"20[0-9]{2}-(0[1-9]|1[0-2])"
MONTH = Pattern(f"^{MONTH_TEXT}$")
REGION = Pattern(r"^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14})$")
CURSOR = validate.Length(1, 200)
PAGE = validate.Range(1, 100)


class RecheckQuerySchema(WireSchema):
    """Which re-checks: one state (overdue ones are due, too), and optionally a month and a place."""

    state = fields.String(load_default="due", validate=validate.OneOf(LIST_STATES))
    month = fields.String(validate=MONTH)
    region = fields.String(validate=REGION)
    cursor = fields.String(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=50, validate=PAGE)


class LedgerFilterSchema(WireSchema):
    """Which part of the ledger: months of the village's decision from ``first`` to ``last``, cause, place."""

    first = fields.String(validate=MONTH)
    last = fields.String(validate=MONTH)
    cause = fields.String(validate=validate.OneOf(CAUSES))
    region = fields.String(validate=REGION)
    state = fields.String(validate=validate.OneOf((SETTLED, HANDED_UP, *DECIDED)))

    @post_load
    def _to_filters(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        page: dict[str, Any] = {name: data.pop(name) for name in ("cursor", "limit") if name in data}
        return page | {"filters": LedgerFilters(**data)}


class LedgerQuerySchema(LedgerFilterSchema):
    """The same, and a page of it."""

    cursor = fields.String(load_default=None, validate=CURSOR)
    limit = fields.Integer(load_default=50, validate=PAGE)


class HomeFindingSchema(WireSchema):
    """What was found at home about one light."""

    rule = fields.String(required=True, validate=validate.Length(1, 40))
    found = fields.String(required=True, validate=validate.OneOf(FOUND))
    note = PlainText(load_default="", validate=validate.Length(max=500))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> Finding:
        return Finding(**data)


class OutcomeFormSchema(WireSchema):
    """An outcome, with cause and opinion; a visit at home says when and who went."""

    id = StrictUuid(required=True)
    decision = fields.String(required=True, validate=validate.OneOf((SETTLE, HAND_UP)))
    cause = fields.String(required=True, validate=validate.OneOf(CAUSES))
    opinion = Words(2, 1000, required=True)
    home_on = Day(load_default=None, allow_none=True)
    home_by = PlainText(load_default="", validate=validate.Length(max=100))
    findings = fields.List(
        fields.Nested(HomeFindingSchema), load_default=list, validate=validate.Length(max=MOST_FINDINGS)
    )

    @validates_schema
    def _is_whole(self, data: dict[str, Any], **_: object) -> None:
        if data["home_on"] and not data["home_by"].strip():
            raise ValidationError("Say who went.", "home_by")
        if data["findings"] and not data["home_on"]:
            raise ValidationError("Findings are of a visit at home: say when it was.", "home_on")

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> OutcomeForm:
        return OutcomeForm(**data)


class ClockArticleSchema(Schema):
    """The sentence that gives the time."""

    id = fields.String(required=True)
    document = fields.String(required=True)
    text = fields.String(required=True)


class RecheckClockSchema(Schema):
    """The time a township has; ``binding`` is false where no document of this place orders it."""

    clock = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    count = fields.Integer(required=True)
    unit = fields.String(required=True)
    binding = fields.Boolean(required=True)
    articles = fields.List(fields.Nested(ClockArticleSchema), required=True)


class RecheckSchema(Schema):
    """A line: the household, its lights now, until when, and what came of it.

    ``starts_on`` is day 0 of the time, ``due_on`` its last day; ``rounds`` how often the county sent it back;
    ``opinion`` is the township's last one.
    """

    visit_id = fields.UUID(required=True)
    household = fields.Nested(HouseholdSummarySchema, required=True)
    month = fields.String(required=True)
    decided_on = fields.Date(required=True)
    reviewer_name = fields.String(required=True)
    escalated = fields.Boolean(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    risks = fields.List(fields.String(), required=True)
    top_lights = fields.List(fields.Nested(TextSchema), required=True)
    visited_at = Instant(required=True)
    author_name = fields.String(required=True)
    state = fields.String(required=True)
    starts_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    overdue = fields.Boolean(required=True)
    rounds = fields.Integer(required=True)
    cause = fields.String(required=True, allow_none=True)
    persons = fields.Integer(required=True)
    opinion = fields.String(required=True, allow_none=True)
    outcome_at = Instant(required=True, allow_none=True)
    officer_name = fields.String(required=True, allow_none=True)
    handed_up_at = Instant(required=True, allow_none=True)
    assignee_id = fields.UUID(required=True, allow_none=True)
    assignee_name = fields.String(required=True, allow_none=True)
    department = fields.String(required=True, allow_none=True)
    concluded_at = Instant(required=True, allow_none=True)


class RecheckCountsSchema(Schema):
    """Under month and place, whatever the state; the overdue ones are among those due."""

    due = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    settled = fields.Integer(required=True)
    handed_up = fields.Integer(required=True)
    monitor = fields.Integer(required=True)
    no_risk = fields.Integer(required=True)


class RecheckMonthSchema(Schema):
    """A township's word that it has a month's list."""

    region_code = fields.String(required=True)
    township = fields.String()
    month = fields.String(required=True)
    confirmed_on = fields.Date(required=True)
    confirmed_by_name = fields.String(required=True)


class RecheckListSchema(Schema):
    """One page. ``confirmed`` is about the month asked for, else the present one.

    ``may_settle``: a township of this place may settle a case itself.
    """

    items = fields.List(fields.Nested(RecheckSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    counts = fields.Nested(RecheckCountsSchema, required=True)
    months = fields.List(fields.String(), required=True)
    confirmed = fields.List(fields.Nested(RecheckMonthSchema), required=True)
    clock = fields.Nested(RecheckClockSchema, required=True)
    may_settle = fields.Boolean(required=True)


class RecheckOutcomeSchema(Schema):
    """What an officer found and did."""

    id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    decision = fields.String(required=True, validate=validate.OneOf((SETTLE, HAND_UP)))
    cause = fields.String(required=True)
    opinion = fields.String(required=True)
    home_on = fields.Date(required=True, allow_none=True)
    home_by = fields.String(required=True)
    findings = fields.List(fields.Nested(HomeFindingSchema), required=True)
    newer_visit_id = fields.UUID(required=True, allow_none=True)
    officer_name = fields.String(required=True)
    created_at = Instant(required=True)


class NewerVisitSchema(Schema):
    """A later visit of the household."""

    id = fields.UUID(required=True)
    visited_at = Instant(required=True)
    severity = fields.String(required=True)
    state = fields.String(required=True)


class RecheckDetailSchema(RecheckSchema):
    """One re-check with its lights and everything said; ``obstacle`` is why the caller may not decide."""

    lights = fields.List(fields.Nested(StandingLightSchema), required=True)
    outcomes = fields.List(fields.Nested(RecheckOutcomeSchema), required=True)
    newer_visit = fields.Nested(NewerVisitSchema, required=True, allow_none=True)
    may_settle = fields.Boolean(required=True)
    obstacle = fields.String(required=True, allow_none=True)
    clock = fields.Nested(RecheckClockSchema, required=True)


class LedgerCauseSchema(Schema):
    """Of a cause: ``entries`` and their ``persons``, counted at each re-check, and what came of the entries.

    ``households``: how many there are, each once.
    """

    cause = fields.String(required=True)
    entries = fields.Integer(required=True)
    persons = fields.Integer(required=True)
    households = fields.Integer(required=True)
    settled = fields.Integer(required=True)
    handed_up = fields.Integer(required=True)
    decided = fields.Integer(required=True)


class LedgerSchema(Schema):
    """One page of the ledger; with the first, the causes count all of it under the filters other than cause.

    So does ``households``, where one that stands under two causes counts once.
    """

    items = fields.List(fields.Nested(RecheckSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    causes = fields.List(fields.Nested(LedgerCauseSchema))
    households = fields.Integer()
    months = fields.List(fields.String())
