"""Wire forms of a visit: the body a phone sends, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from server.core.wire import Instant, Pattern, PlainText, StrictUuid, TextSchema, Whole, WireSchema
from server.visits.models import SEVERITIES
from server.visits.photo_schemas import DATUMS, PHOTO_FACTS, SHA256, PhotoFactsSchema, PointSchema

__all__ = [
    "ACCEPT_REASONS",
    "CHANGE_REASONS",
    "FAR_REASONS",
    "LIGHTS",
    "MAX_MONO_MS",
    "MAX_PHOTOS",
    "MAX_RULES",
    "NOTE_LENGTH",
    "PHOTO_KINDS",
    "SHA256",
    "ArticleSchema",
    "CauseSchema",
    "ExpectedPhoto",
    "ExpectedPhotoSchema",
    "LightSchema",
    "Location",
    "LocationSchema",
    "PhoneSchema",
    "PhotoAskedSchema",
    "PhotoFactsSchema",
    "Preview",
    "PreviewSchema",
    "ReceiptSchema",
    "SignedReceiptSchema",
    "SinceLastSchema",
    "UnknownRuleSchema",
    "VisitBodySchema",
    "VisitClockSchema",
    "VisitForm",
    "VisitResultSchema",
]

PHOTO_KINDS = ("house", "water", "certificate", "bill", "scene")
LIGHTS = SEVERITIES[:3]
MAX_PHOTOS = 6
NOTE_LENGTH = 500
MAX_RULES = 100
ACCEPT_REASONS = ("indoors", "valley", "weather", "phone", "other")
FAR_REASONS = ("elsewhere", "moved", "register", "other")
CHANGE_REASONS = ("real", "last_wrong", "counted_differently", "unknown", "other")
MAX_STEPS = 200
MAX_MONO_MS = 2**53 - 1
_CENTURY_MS = 100 * 366 * 86_400_000
_METRES = Pattern(r"^[0-9]{1,7}(\.[0-9]{1,3})?$")


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where the phone was: WGS-84 degrees and metres, as exact text.

    ``accepted_reason`` is why the visitor took an inexact fix for good; ``far_reason`` why the visit was not
    held at the house. None was not asked.
    """

    lat: str
    lon: str
    accuracy_m: str
    fixed_at: datetime
    datum: str
    accepted_reason: str | None = None
    far_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExpectedPhoto:
    """A photo the visit promises; ``length`` in bytes."""

    sha256: str
    length: int
    kind: str
    taken_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the phone's rules said of the visit: rules met and left open, by rules of which version."""

    policy: str
    met: list[str]
    left_open: list[str]


@dataclass(frozen=True, kw_only=True)
class VisitForm:
    """A checked visit, as services see it; the checklist still has to check ``answers`` and ``roster``."""

    id: UUID
    household_id: UUID
    revises: UUID | None
    checklist_version: str
    started_at: datetime
    finished_at: datetime
    answers: dict[str, Any]
    notes: dict[str, str]
    roster: dict[str, Any]
    location: Location | None
    photos: list[ExpectedPhoto]
    preview: Preview | None = None


class LocationSchema(PointSchema):
    """A fix of the phone's own receiver; degrees and metres travel as text so that the body hashes alike."""

    accuracy_m = fields.String(required=True, validate=_METRES)
    fixed_at = Instant(required=True)
    datum = fields.String(required=True, validate=validate.OneOf(DATUMS))
    accepted_reason = fields.String(allow_none=True, validate=validate.OneOf(ACCEPT_REASONS))
    far_reason = fields.String(allow_none=True, validate=validate.OneOf(FAR_REASONS))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> Location:
        return Location(**data)


class ExpectedPhotoSchema(PhotoFactsSchema):
    """A photo the phone will send after the visit."""

    sha256 = fields.String(required=True, validate=SHA256)
    length = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2 * 1024 * 1024))
    kind = fields.String(required=True, validate=validate.OneOf(PHOTO_KINDS))
    taken_at = Instant(load_default=None, allow_none=True)

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> ExpectedPhoto:
        for name in PHOTO_FACTS:
            data.pop(name, None)  # read from the stored body, by reviewers only
        return ExpectedPhoto(**data)


class PhoneSchema(WireSchema):
    """The phone and its app."""

    id = fields.String(required=True, validate=validate.Length(1, 64))
    app_version = fields.String(required=True, validate=validate.Length(max=40))


class VisitClockSchema(WireSchema):
    """The phone's clocks: milliseconds of one that nobody can set, at begin and end, and the server's lead.

    ``started_mono_ms`` is null when the form was closed in between, ``offset_ms`` before the first contact.
    """

    started_mono_ms = Whole(allow_none=True, validate=validate.Range(0, MAX_MONO_MS))
    finished_mono_ms = Whole(required=True, validate=validate.Range(0, MAX_MONO_MS))
    offset_ms = Whole(allow_none=True, validate=validate.Range(-_CENTURY_MS, _CENTURY_MS))


def _rule_ids(data_key: str) -> Any:
    """Ids of rules, each once; a phone with newer or older rules than ours may name others."""
    one = fields.String(validate=Pattern(r"^R-[A-Z]{2,4}-[0-9]{2}$"))
    return fields.List(one, required=True, validate=validate.Length(max=MAX_RULES), data_key=data_key)


class PreviewSchema(WireSchema):
    """What the phone's rules said; the server's judgement is the one that counts."""

    policy = fields.String(required=True, validate=Pattern(r"^[0-9a-f]{16}$"))
    met = _rule_ids("met")
    left_open = _rule_ids("unknown")

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> Preview:
        return Preview(**data)


class ChangeReasonSchema(WireSchema):
    """Why an answer is far from that of the visit ``visit_id``."""

    visit_id = StrictUuid(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(CHANGE_REASONS))


def _by_step(of: fields.Field[Any]) -> Any:
    """Something said of answers, by question or ``question@member``."""
    step = fields.String(validate=Pattern(r"^[a-z][a-z0-9_]{0,39}(@[0-9a-f-]{36})?$"))
    return fields.Dict(keys=step, values=of, required=True, validate=validate.Length(max=MAX_STEPS))


class SinceLastSchema(WireSchema):
    """How the answers came about beside those of earlier visits.

    ``same`` names the visit whose answer a tap took over, ``changes`` the reasons for large changes.
    """

    same = _by_step(StrictUuid())
    changes = _by_step(fields.Nested(ChangeReasonSchema))


class VisitBodySchema(WireSchema):
    """One visit as the phone signed it. Money and degrees are text; the only JSON numbers are whole."""

    id = StrictUuid(required=True)
    household_id = StrictUuid(required=True)
    revises = StrictUuid(required=True, allow_none=True)
    checklist_version = PlainText(required=True, validate=validate.Length(1, 20))
    started_at = Instant(required=True)
    finished_at = Instant(required=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    notes = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 40)),
        values=PlainText(validate=validate.Length(max=NOTE_LENGTH)),
        required=True,
        validate=validate.Length(max=80),
    )
    roster = fields.Dict(keys=fields.String(), required=True)
    location = fields.Nested(LocationSchema, required=True, allow_none=True)
    location_missing_reason = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=200), load_only=True
    )
    photos = fields.List(
        fields.Nested(ExpectedPhotoSchema), required=True, validate=validate.Length(max=MAX_PHOTOS)
    )
    device = fields.Nested(PhoneSchema, required=True)
    clock = fields.Nested(VisitClockSchema, allow_none=True)
    preview = fields.Nested(PreviewSchema, allow_none=True)
    since_last = fields.Nested(SinceLastSchema, allow_none=True)

    @validates("photos")
    def _each_once(self, value: list[Any], **_: object) -> None:
        hashes = [
            photo.sha256 for photo in value if isinstance(photo, ExpectedPhoto)
        ]  # others failed already
        if len(set(hashes)) < len(hashes):
            raise ValidationError("The same photo twice.")

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> VisitForm:
        for name in ("device", "clock", "since_last", "location_missing_reason"):
            data.pop(name, None)  # kept in the stored body, used by nothing else
        return VisitForm(**data)


class CauseSchema(Schema):
    """One answer or fact that decided a rule, and the limit it was held against."""

    fact = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)
    label = fields.Nested(TextSchema, required=True, allow_none=True)
    threshold = fields.Raw(required=True, allow_none=True)


class ArticleSchema(Schema):
    """The sentence of a policy document that a rule rests on."""

    id = fields.String(required=True)
    document = fields.String(required=True)
    text = fields.String(required=True)


class LightSchema(Schema):
    """A rule that a visit met, with the evidence."""

    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    risks = fields.List(fields.String(), required=True)
    causes = fields.List(fields.Nested(CauseSchema), required=True)
    articles = fields.List(fields.Nested(ArticleSchema), required=True)
    pack = fields.String(required=True)
    pack_version = fields.String(required=True)


class UnknownRuleSchema(Schema):
    """A rule that could not be decided, and what to ask."""

    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    ask = fields.List(fields.String(), required=True)


class ReceiptSchema(Schema):
    """What the phone shows as proof: ``number`` can be read out, ``seq`` is the server's order."""

    number = fields.String(required=True)
    seq = fields.Integer(required=True)
    received_at = Instant(required=True)


class SignedReceiptSchema(ReceiptSchema):
    """A receipt that others can verify: Ed25519 by the key whose id is ``key``, base64url.

    The signature is over the canonical JSON of ``{visit, sha256, photos, received_at, seq}``.
    """

    key = fields.String(required=True)
    signature = fields.String(required=True)


class PhotoAskedSchema(Schema):
    """Whether the server still waits for a photo."""

    sha256 = fields.String(required=True)
    state = fields.String(required=True)


class VisitResultSchema(Schema):
    """The answer to an accepted visit; every copy of the visit gets the same one."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("accepted",)))
    revision = fields.Integer(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    receipt = fields.Nested(SignedReceiptSchema, required=True)
    lights = fields.List(fields.Nested(LightSchema), required=True)
    unknown_rules = fields.List(fields.Nested(UnknownRuleSchema), required=True, data_key="unknown")
    photos = fields.List(fields.Nested(PhotoAskedSchema), required=True)
