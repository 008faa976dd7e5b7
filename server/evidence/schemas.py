"""Wire form of evidence hints."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.core.wire import Instant
from server.evidence.models import KINDS
from server.visits.schemas import FAR_REASONS


class HintDetailsSchema(Schema):
    """Figures of a hint; which of them there are depends on its kind.

    ``photo_reused``: ``exact`` (the same file) and ``same_household``. ``close``: ``seconds`` between two
    visits, ``metres`` between the houses. ``quick``: ``seconds`` for ``steps`` answers. ``alike``: other
    ``households`` with the same answers. ``far``: ``metres`` from the house, and the visitor's ``reason``.
    ``clock``: ``offset_seconds`` of the phone's clock, or ``jump_seconds`` while the form was open.
    """

    exact = fields.Boolean()
    same_household = fields.Boolean()
    seconds = fields.Integer()
    metres = fields.Integer()
    steps = fields.Integer()
    households = fields.Integer()
    reason = fields.String(validate=validate.OneOf(FAR_REASONS))
    offset_seconds = fields.Integer()
    jump_seconds = fields.Integer()


class OtherVisitSchema(Schema):
    """The visit that a hint compares with."""

    visit_id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    head_name = fields.String(required=True)
    visited_at = Instant(required=True)


class HintSchema(Schema):
    """A reason to look twice, never a verdict.

    ``of_revision`` is the revision it was found in. ``compared`` says that another visit is meant; ``other``
    is null when that lies where the reader may not look.
    """

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    details = fields.Nested(HintDetailsSchema, required=True)
    of_revision = fields.UUID(required=True)
    compared = fields.Boolean(required=True)
    other = fields.Nested(OtherVisitSchema, required=True, allow_none=True)
