"""Wire forms of photos."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from server.core.wire import Instant, WireSchema
from server.photos.models import EXPECTED, READY, REFUSED, STORED
from server.visits.schemas import PHOTO_KINDS, SHA256, PhotoFactsSchema

STATES = (EXPECTED, STORED, READY, REFUSED)
ARRIVING = ("partial", "stored", "ready", "refused", "stray")
UPLOAD_STATES = ("absent", *ARRIVING)
_POSITION = {"minItems": 2, "maxItems": 2, "description": "Place in the change log: [xid, seq]"}


class Bytes(fields.Integer):
    """A number of bytes in a header: ASCII digits and nothing else."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12):
            raise self.make_error("invalid")
        return int(value)


class ChunkHeadersSchema(WireSchema):
    """What a piece of a photo says of itself: where it begins, the photo's length in bytes, its own hash."""

    offset = Bytes(required=True, data_key="Upload-Offset", metadata={"minimum": 0})
    total = Bytes(required=True, data_key="Upload-Length", validate=validate.Range(1))
    sha256 = fields.String(required=True, data_key="X-Content-SHA256", validate=SHA256)


class UploadSchema(Schema):
    """How far a photo is, ``offset`` in bytes; ``stray`` is whole, but its visit is not here yet."""

    sha256 = fields.String(required=True)
    offset = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(ARRIVING))
    reason = fields.String(required=True, allow_none=True)
    position = fields.List(fields.Integer(), required=True, allow_none=True, metadata=_POSITION)


class PhotoStateSchema(Schema):
    """Where a photo stands; ``reason`` is a code, set when it was refused or its file was lost.

    ``position`` is that of its last change: the photo is safe once it lies before what is durable.
    """

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(PHOTO_KINDS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = fields.String(required=True, allow_none=True)
    position = fields.List(
        fields.Integer(),
        required=True,
        allow_none=True,
        attribute="change_position",
        dump_only=True,
        metadata=_POSITION,
    )


class PhotoListSchema(Schema):
    """The photos of a visit."""

    items = fields.List(fields.Nested(PhotoStateSchema), required=True)


class PhotoAgainSchema(PhotoStateSchema, PhotoFactsSchema):
    """A photo of a visit that came back; one that is kept need not be sent again. ``length`` in bytes."""

    length = fields.Integer(required=True)
    taken_at = Instant(required=True, allow_none=True)


class PhotoSchema(PhotoStateSchema, PhotoFactsSchema):
    """A photo as a reviewer sees it; ``width`` and ``height`` in pixels once it is ready."""

    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    taken_at = Instant(required=True, allow_none=True)
