"""Wire forms of signing in."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from server.accounts.device_queries import STATES, DeviceFilters
from server.accounts.devices import ClientDevice, DeviceOrder, DeviceReport, SelfCheck
from server.accounts.models import ACTIVE, DRAIN, KILL
from server.accounts.services import LoginForm
from server.core.wire import Flag, Instant, Pattern, PlainText, Whole, WireSchema


def _not_blank(text: str) -> None:
    if not text.strip():
        raise ValidationError("Say why.")


MOST_CODES = 20
_CODE = Pattern(r"^[a-z_]{1,24}$")
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
    """User name, password and device; with a one-time password also the one to take its place."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE

    username = PlainText(required=True, validate=validate.Length(1, 64))
    password = PlainText(required=True, validate=validate.Length(1, 128))
    new_password = PlainText(validate=validate.Length(1, 200))
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
    """Both tokens and the user.

    ``recovery_secret`` (64 hex digits) is this user's share of the key of this device: with it, and with the
    key that the device never hands out, an app opens its store again when the PIN is forgotten. ``relay_key``
    (64 hex digits, AES-256) seals what others are to carry for this device.
    """

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    relay_key = fields.String(required=True)
    user = fields.Nested(UserSchema, required=True)
    recovery_secret = fields.String(required=True)


class SelfCheckSchema(WireSchema):
    """What a device found when it checked itself: codes of what is doubtful (warn), what is wrong (bad)."""

    at = Instant(required=True)
    warn = fields.List(fields.String(validate=_CODE), required=True, validate=validate.Length(max=MOST_CODES))
    bad = fields.List(fields.String(validate=_CODE), required=True, validate=validate.Length(max=MOST_CODES))

    @post_load
    def _to_check(self, data: dict[str, Any], **_: object) -> SelfCheck:
        return SelfCheck(at=data["at"], warn=tuple(data["warn"]), bad=tuple(data["bad"]))


class DeviceReportSchema(WireSchema):
    """What a device says of itself with a push; null is "not said". Instants are by its own clock."""

    outbox_count = Whole(required=True, validate=_COUNT)
    photos_unsent = Whole(required=True, validate=_COUNT)
    oldest_unsent = Instant(required=True, allow_none=True)
    dead = Whole(required=True, validate=_COUNT)
    storage_persisted = Flag(required=True, allow_none=True)
    app_version = PlainText(required=True, validate=validate.Length(max=40))
    offset_ms = Whole(required=True, allow_none=True, validate=validate.Range(-_CENTURY_MS, _CENTURY_MS))
    check = fields.Nested(SelfCheckSchema, load_default=None, allow_none=True)

    @post_load
    def _to_report(self, data: dict[str, Any], **_: object) -> DeviceReport:
        return DeviceReport(**data)


class RenewedSchema(Schema):
    """A new access token, and the refresh token to be used next time: kept before it is used.

    ``relay_key`` as at the sign-in, for apps that signed in before there was one.
    """

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    relay_key = fields.String(required=True)


class DeviceListQuerySchema(WireSchema):
    """Filters and page of the devices; ``q`` is part of a person's name or user name."""

    township = fields.String(validate=Pattern(r"^[0-9]{9}$"))
    state = fields.String(validate=validate.OneOf(STATES))
    q = PlainText(validate=validate.Length(1, 40))
    cursor = fields.String(validate=validate.Length(1, 400))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))

    @post_load
    def _to_page(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        page = {name: data.pop(name, None) for name in ("cursor", "limit")}
        return {"filters": DeviceFilters(**data), **page}


class DeviceSchema(Schema):
    """A device as the county and the township see it. What it never said of itself is null.

    ``clock_offset_ms`` is server time minus the device's; ``village`` and ``township`` are the places of its
    user, null above them.
    """

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    display_name = fields.String(required=True)
    username = fields.String(required=True)
    role = fields.String(required=True)
    region_code = fields.String(required=True)
    village = fields.String(required=True, allow_none=True)
    township = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    app_version = fields.String(required=True)
    order = fields.String(required=True, validate=validate.OneOf((ACTIVE, DRAIN, KILL)))
    last_contact_at = Instant(required=True)
    outbox_count = fields.Integer(required=True, allow_none=True)
    photos_unsent = fields.Integer(required=True, allow_none=True)
    oldest_unsent_at = Instant(required=True, allow_none=True)
    dead_count = fields.Integer(required=True, allow_none=True)
    storage_persisted = fields.Boolean(required=True, allow_none=True)
    clock_offset_ms = fields.Integer(required=True, allow_none=True)
    check_at = Instant(required=True, allow_none=True)
    check_warn = fields.List(fields.String(), required=True)
    check_bad = fields.List(fields.String(), required=True)
    ordered_by = fields.String(required=True, allow_none=True)
    ordered_at = Instant(required=True, allow_none=True)
    order_reason = fields.String(required=True, allow_none=True)
    wiped_at = Instant(required=True, allow_none=True)


class DeviceCountsSchema(Schema):
    """How many devices there are under the same area and search, whatever state was asked for."""

    all = fields.Integer(required=True)
    silent = fields.Integer(required=True)
    unsent = fields.Integer(required=True)
    clock = fields.Integer(required=True)
    old = fields.Integer(required=True)
    ordered = fields.Integer(required=True)


class DeviceListSchema(Schema):
    """A page of devices, the worst trouble first; ``at`` is the time that ages are counted from."""

    items = fields.List(fields.Nested(DeviceSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    counts = fields.Nested(DeviceCountsSchema, required=True)
    at = Instant(required=True)
    app_version = fields.String(required=True)


class DeviceOrderSchema(WireSchema):
    """An order: active, drain (hand over what was not sent, then wipe) or kill (wipe now); and why."""

    order = fields.String(required=True, validate=validate.OneOf((ACTIVE, DRAIN, KILL)))
    reason = PlainText(required=True, validate=[validate.Length(1, 200), _not_blank])

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> DeviceOrder:
        return DeviceOrder(order=data["order"], reason=data["reason"].strip())
