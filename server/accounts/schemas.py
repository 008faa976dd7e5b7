"""Wire forms of signing in."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from server.accounts.devices import ClientDevice, DeviceReport
from server.accounts.services import LoginForm
from server.core.wire import Flag, Instant, PlainText, Whole, WireSchema

_COUNT = validate.Range(0, 1_000_000)
_CENTURY_MS = 4_000_000_000_000  # a clock set back to 1970, and as much again


class LoginDeviceSchema(Schema):
    """The device somebody signs in from; ``id`` is made by the app and kept on the device."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE  # an older server must accept a newer client's extra fields

    id = PlainText(required=True, validate=validate.Length(1, 64))
    name = PlainText(load_default="", validate=validate.Length(max=80))
    app_version = PlainText(load_default="", validate=validate.Length(max=40))

    @post_load
    def _to_device(self, data: dict[str, Any], **_: object) -> ClientDevice:
        return ClientDevice(**data)


class LoginSchema(Schema):
    """User name, password and device."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE

    username = PlainText(required=True, validate=validate.Length(1, 64))
    password = PlainText(required=True, validate=validate.Length(1, 128))
    device = fields.Nested(LoginDeviceSchema, required=True)

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> LoginForm:
        return LoginForm(**data)


class UserRegionSchema(Schema):
    """Where a user works; ``path`` names the regions from the county down. An administrator's is ``-``."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    path = fields.List(fields.String(), required=True)


class UserSchema(Schema):
    """The signed-in user."""

    id = fields.UUID(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    role = fields.String(required=True)
    department = fields.String(required=True, allow_none=True)
    locale = fields.String(required=True)
    region = fields.Nested(UserRegionSchema, required=True)


class SignedInSchema(Schema):
    """Both tokens and the user."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    user = fields.Nested(UserSchema, required=True)


class DeviceReportSchema(WireSchema):
    """What a device says of itself with a push; null is "not said". Instants are by its own clock."""

    outbox_count = Whole(required=True, validate=_COUNT)
    photos_unsent = Whole(required=True, validate=_COUNT)
    oldest_unsent = Instant(required=True, allow_none=True)
    dead = Whole(required=True, validate=_COUNT)
    storage_persisted = Flag(required=True, allow_none=True)
    app_version = PlainText(required=True, validate=validate.Length(max=40))
    offset_ms = Whole(required=True, allow_none=True, validate=validate.Range(-_CENTURY_MS, _CENTURY_MS))

    @post_load
    def _to_report(self, data: dict[str, Any], **_: object) -> DeviceReport:
        return DeviceReport(**data)


class RenewedSchema(Schema):
    """A new access token, and the refresh token to be used next time: kept before it is used."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
