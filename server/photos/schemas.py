"""Wire forms of photos."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.core.wire import Instant
from server.photos.models import EXPECTED, READY, REFUSED, STORED
from server.visits.schemas import PHOTO_KINDS

STATES = (EXPECTED, STORED, READY, REFUSED)


class PhotoStateSchema(Schema):
    """Where a photo stands; ``reason`` is a code, set when it was refused."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(PHOTO_KINDS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = fields.String(required=True, allow_none=True)


class PhotoListSchema(Schema):
    """The photos of a visit."""

    items = fields.List(fields.Nested(PhotoStateSchema), required=True)


class PhotoAgainSchema(PhotoStateSchema):
    """A photo of a visit that came back; one that is kept need not be sent again. ``length`` in bytes."""

    length = fields.Integer(required=True)
    taken_at = Instant(required=True, allow_none=True)


class PhotoSchema(PhotoStateSchema):
    """A photo as a reviewer sees it; ``width`` and ``height`` in pixels once it is ready."""

    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    taken_at = Instant(required=True, allow_none=True)
