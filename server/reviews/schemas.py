"""Wire forms of the review desk."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from server.core.wire import Instant, Pattern, PlainText, StrictUuid, TextSchema, WireSchema
from server.evidence.schemas import HintSchema
from server.flags.schemas import RunActSchema
from server.flags.services import REASONS, DismissalForm
from server.households.schemas import HouseholdSchema, MemberSchema, WrittenText
from server.photos.schemas import PhotoSchema
from server.reviews.queries import Filters
from server.reviews.services import MAX_COMMENTS, QuestionComment, ReviewForm
from server.reviews.together import MAX_TOGETHER, REFUSED, SAMPLED, TogetherForm
from server.visits.queries import APPROVED, ESCALATED, RETURNED, SEVERITIES, SUBMITTED, SUPERSEDED
from server.visits.schemas import (
    LightSchema,
    LocationSchema,
    ReceiptSchema,
    SinceLastSchema,
    UnknownRuleSchema,
    VisitClockSchema,
)

STATES = (SUBMITTED, APPROVED, RETURNED, ESCALATED, SUPERSEDED)
DECISIONS = (APPROVED, RETURNED, ESCALATED)
LIGHT_STATES = ("open", "closed")
_REGION = Pattern(r"^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14})$")
_RISK = Pattern(r"^[a-z_]{1,40}$")


class ListQuerySchema(WireSchema):
    """Filters and page of the list. ``flagged`` true: with a light; false: without any.

    ``latest`` leaves the newest visit of each household; ``breakdown`` adds counts by township and risk.
    """

    region = fields.String(validate=_REGION)
    severity = fields.String(validate=validate.OneOf(SEVERITIES))
    risk = fields.String(validate=_RISK)
    state = fields.String(validate=validate.OneOf(STATES))
    flagged = fields.Boolean()
    latest = fields.Boolean()
    breakdown = fields.Boolean(load_default=False)
    cursor = fields.String(validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))

    @post_load
    def _to_page(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        page = {name: data.pop(name, None) for name in ("cursor", "limit", "breakdown")}
        return {"filters": Filters(**data), **page}


class QuestionCommentSchema(WireSchema):
    """A remark on one question."""

    question = fields.String(required=True, validate=validate.Length(1, 40))
    text = PlainText(required=True, validate=validate.Length(1, 500))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> QuestionComment:
        return QuestionComment(**data)


class ReviewFormSchema(WireSchema):
    """A decision; giving a visit back or handing it up needs a comment that says why."""

    id = StrictUuid(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    comment = PlainText(load_default="", validate=validate.Length(max=1000))
    comments = fields.List(
        fields.Nested(QuestionCommentSchema), load_default=list, validate=validate.Length(max=MAX_COMMENTS)
    )

    @validates_schema
    def _says_why(self, data: dict[str, Any], **_: object) -> None:
        if data["decision"] != APPROVED and not data["comment"].strip():
            raise ValidationError("Say why.", "comment")

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> ReviewForm:
        return ReviewForm(**data)


class TogetherFormSchema(WireSchema):
    """Visits to approve together: those the reviewer saw, each of which is looked at again by the server."""

    id = StrictUuid(required=True)
    visit_ids = fields.List(StrictUuid(), required=True, validate=validate.Length(1, MAX_TOGETHER))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> TogetherForm:
        return TogetherForm(**data)


class OutcomeSchema(Schema):
    """What became of one visit; ``code`` says why it was refused."""

    visit_id = fields.UUID(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf((APPROVED, SAMPLED, REFUSED)))
    code = fields.String(required=True, allow_none=True)


class TogetherSchema(Schema):
    """A line for each visit, in the order they were sent."""

    results = fields.List(fields.Nested(OutcomeSchema), required=True)


class DismissalFormSchema(WireSchema):
    """Why a light needs no more attention."""

    id = StrictUuid(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    text = PlainText(required=True, validate=validate.Length(2, 500))

    @validates_schema
    def _says_why(self, data: dict[str, Any], **_: object) -> None:
        if not data["text"].strip():
            raise ValidationError("Say why.", "text")

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> DismissalForm:
        return DismissalForm(**data)


class DismissalSchema(Schema):
    """A light that somebody dismissed: which, why, who and when."""

    id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    rule = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES[:3]))
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    text = WrittenText(required=True)
    actor_name = fields.String(required=True)
    actor_role = fields.String(required=True)
    created_at = Instant(required=True)


class CommentSchema(Schema):
    """A remark on one question."""

    question = fields.String(required=True)
    text = WrittenText(required=True)


class ReviewSchema(Schema):
    """A decision as it was taken; ``batch_id`` where many visits were approved together."""

    id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    comment = WrittenText(required=True)
    comments = fields.List(fields.Nested(CommentSchema), required=True)
    reviewer_name = fields.String(required=True)
    reviewer_role = fields.String(required=True)
    batch_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)


class HouseholdSummarySchema(Schema):
    """A household as a line of a list."""

    id = fields.UUID(required=True)
    head_name = fields.String(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    village = fields.String(required=True)
    natural_village = fields.String(required=True)
    township = fields.String(required=True)


class LightCountsSchema(Schema):
    """How many lights of each severity."""

    red = fields.Integer(required=True)
    yellow = fields.Integer(required=True)
    attention = fields.Integer(required=True)


class VisitSummarySchema(Schema):
    """A visit as a line of a list."""

    id = fields.UUID(required=True)
    household = fields.Nested(HouseholdSummarySchema, required=True)
    author_name = fields.String(required=True)
    visited_at = Instant(required=True)
    received_at = Instant(required=True)
    revision = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    light_counts = fields.Nested(LightCountsSchema, required=True)
    top_lights = fields.List(fields.Nested(TextSchema), required=True)
    risks = fields.List(fields.String(), required=True)
    changed_count = fields.Integer(required=True)
    dismissed_count = fields.Integer(required=True)
    spot_check = fields.Boolean(required=True)
    photo_count = fields.Integer(required=True)
    photos_ready = fields.Integer(required=True)
    hinted = fields.Boolean(required=True)


class RiskCountSchema(LightCountsSchema):
    """Visits with a risk, by their worst light."""

    risk = fields.String(required=True)


class TownshipCountSchema(LightCountsSchema):
    """Visits of a township, by their worst light; ``total`` includes those without any."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    total = fields.Integer(required=True)


class CountsSchema(Schema):
    """Visits under the filters other than severity; the breakdowns only when asked for."""

    total = fields.Integer(required=True)
    red = fields.Integer(required=True)
    yellow = fields.Integer(required=True)
    attention = fields.Integer(required=True)
    none = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    by_township = fields.List(fields.Nested(TownshipCountSchema))
    by_risk = fields.List(fields.Nested(RiskCountSchema))


class VisitListSchema(Schema):
    """One page of the list; ``next`` is the cursor of the following one."""

    items = fields.List(fields.Nested(VisitSummarySchema), required=True)
    next = fields.String(required=True, allow_none=True)
    counts = fields.Nested(CountsSchema, required=True)


class ChangeSchema(Schema):
    """An answer that differs from the visit before; ``item`` is the member for a question of a loop."""

    question = fields.String(required=True)
    item = fields.String(required=True, allow_none=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class RevisionSchema(Schema):
    """One revision of a visit."""

    id = fields.UUID(required=True)
    revision = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    received_at = Instant(required=True)


class PreviousVisitSchema(Schema):
    """The visit that the changes compare with."""

    id = fields.UUID(required=True)
    visited_at = Instant(required=True)


class StandingLightSchema(LightSchema):
    """A light as it stands: ``closed`` once a run of newer rules or a person put it out, named then.

    ``opened_by`` is null for a light that the visit itself brought.
    """

    state = fields.String(required=True, validate=validate.OneOf(LIGHT_STATES))
    opened_by = fields.Nested(RunActSchema, required=True, allow_none=True)
    closed_by = fields.Nested(RunActSchema, required=True, allow_none=True)
    dismissed_by = fields.Nested(DismissalSchema, required=True, allow_none=True)


class CorrectionSchema(Schema):
    """What a revision changed against the one it replaces, and what was asked for when that was given back.

    ``new_photos`` are the hashes of photos the earlier revision did not list; ``comment`` and ``comments``
    are empty where nobody gave it back.
    """

    visit_id = fields.UUID(required=True)
    revision = fields.Integer(required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    new_photos = fields.List(fields.String(), required=True)
    comment = WrittenText(required=True)
    comments = fields.List(fields.Nested(CommentSchema), required=True)


class VisitDetailSchema(VisitSummarySchema):
    """All of a visit: what was answered, what the rules say, and what was decided.

    ``clock_offset_ms`` is server time minus the phone's when it was written, null where nobody knows;
    ``clock_suspect`` marks a phone whose clock was more than ten minutes off.
    """

    household = fields.Nested(HouseholdSchema, required=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    notes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    checklist_version = fields.String(required=True)
    location = fields.Nested(LocationSchema, required=True, allow_none=True)
    location_missing_reason = fields.String(required=True, allow_none=True)
    distance_m = fields.Integer(required=True, allow_none=True)
    clock_offset_ms = fields.Integer(required=True, allow_none=True)
    clock_suspect = fields.Boolean(required=True)
    clock = fields.Nested(VisitClockSchema, required=True, allow_none=True)
    since_last = fields.Nested(SinceLastSchema, required=True, allow_none=True)
    lights = fields.List(fields.Nested(StandingLightSchema), required=True)
    unknown_rules = fields.List(
        fields.Nested(UnknownRuleSchema), required=True, attribute="unknown", data_key="unknown"
    )
    not_asked = fields.List(fields.String(), required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    photos = fields.List(fields.Nested(PhotoSchema), required=True)
    hints = fields.List(fields.Nested(HintSchema), required=True)
    reviews = fields.List(fields.Nested(ReviewSchema), required=True)
    dismissals = fields.List(fields.Nested(DismissalSchema), required=True)
    correction = fields.Nested(CorrectionSchema, required=True, allow_none=True)
    revisions = fields.List(fields.Nested(RevisionSchema), required=True)
    receipt = fields.Nested(ReceiptSchema, required=True)
    previous_visit = fields.Nested(PreviousVisitSchema, required=True, allow_none=True)


class HistoryEntrySchema(VisitSummarySchema):
    """A visit in the history of its household, replaced revisions too."""

    lights = fields.List(fields.Nested(StandingLightSchema), required=True)
    reviews = fields.List(fields.Nested(ReviewSchema), required=True)
    dismissals = fields.List(fields.Nested(DismissalSchema), required=True)


class FormerMemberSchema(MemberSchema):
    """A member who died or moved away."""

    removed_at = Instant(required=True)


class HouseholdHistorySchema(HouseholdSchema):
    """A household with every visit the caller may open, newest first.

    ``removed_at`` is set once it is no longer in the register.
    """

    removed_at = Instant(required=True, allow_none=True)
    former_members = fields.List(fields.Nested(FormerMemberSchema), required=True)
    history = fields.List(fields.Nested(HistoryEntrySchema), required=True)
