"""What a phone found out about a picture before it threw the file away: hints, and proof of nothing.

All of it is optional: None was not asked, by an older app, or could not be read from the file.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from server.core.wire import Pattern, Whole, WireSchema

SHA256 = Pattern(r"^[0-9a-f]{64}$")
DEGREES = Pattern(r"^-?[0-9]{1,3}(\.[0-9]{1,9})?$")
DATUMS = ("WGS-84",)
PHOTO_HINTS = ("dark", "blurred", "repeated")
PHOTO_FACTS = ("original_sha256", "exif_time", "exif_position", "quality")
_WALL_CLOCK = Pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$")
_DHASH = Pattern(r"^[0-9a-f]{16}$")
_MOST_SHARPNESS = 1_100_000  # a chessboard of single pixels


def check_magnitude(value: str, limit: int) -> None:
    """Refuse degrees beyond a limit. Raises ValidationError."""
    if abs(float(value)) > limit:
        raise ValidationError("Not on the globe.")


def _check_wall_clock(value: str) -> None:
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise ValidationError("No such time.") from error


class PointSchema(WireSchema):
    """A place in degrees, as exact text."""

    lat = fields.String(required=True, validate=DEGREES)
    lon = fields.String(required=True, validate=DEGREES)

    @validates("lat")
    def _within_poles(self, value: str, **_: object) -> None:
        check_magnitude(value, 90)

    @validates("lon")
    def _within_turn(self, value: str, **_: object) -> None:
        check_magnitude(value, 180)


class ExifPositionSchema(PointSchema):
    """Where the camera says it was; ``datum`` is null where the file does not say which."""

    datum = fields.String(required=True, allow_none=True, validate=validate.OneOf(DATUMS))


class PhotoQualitySchema(WireSchema):
    """What the phone measured in the picture, without its watermark.

    ``luminance`` is the mean of 0–255, ``sharpness`` the variance of the Laplacian of a grey copy of at most
    512 pixels, ``dhash`` 64 bits of difference hash. ``hints`` are the questions the visitor was asked.
    """

    luminance = Whole(required=True, validate=validate.Range(0, 255))
    sharpness = Whole(required=True, validate=validate.Range(0, _MOST_SHARPNESS))
    dhash = fields.String(required=True, validate=_DHASH)
    hints = fields.List(
        fields.String(validate=validate.OneOf(PHOTO_HINTS)),
        required=True,
        validate=validate.Length(max=len(PHOTO_HINTS)),
    )

    @validates("hints")
    def _hints_once(self, value: list[str], **_: object) -> None:
        if len(set(value)) < len(value):
            raise ValidationError("The same hint twice.")


class PhotoFactsSchema(WireSchema):
    """Facts of a picture's file: hash before shrinking, and the camera's own clock (no zone) and position."""

    original_sha256 = fields.String(allow_none=True, validate=SHA256)
    exif_time = fields.String(allow_none=True, validate=[_WALL_CLOCK, _check_wall_clock])
    exif_position = fields.Nested(ExifPositionSchema, allow_none=True)
    quality = fields.Nested(PhotoQualitySchema, allow_none=True)


_FACTS = PhotoFactsSchema()
_UNKNOWN: dict[str, Any] = dict.fromkeys(PHOTO_FACTS)


def photo_facts(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The facts of a visit's photos by hash, each None where its body, as it is stored, says nothing.

    A body may be older than these checks, taken in by a server that did not know the fields: facts in
    another form than today's are left out rather than shown.
    """
    return {photo["sha256"]: _facts(photo) for photo in body["photos"]}


def _facts(photo: dict[str, Any]) -> dict[str, Any]:
    said = {name: photo[name] for name in PHOTO_FACTS if name in photo}
    return _UNKNOWN | ({} if _FACTS.validate(said) else said)
