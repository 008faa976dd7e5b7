"""Wire forms of the policy: the phone's rules, the lists of numbers and rules, and a county's settings."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from server.core.wire import Instant, PlainText, StrictUuid, TextSchema, WireSchema
from server.local_policy.services import RevocationForm, SettingForm
from server.policy.local import ENTRY_KINDS
from server.policy.model import SEVERITIES

STATES = ("in_force", "coming", "past", "superseded", "revoked", "without_effect")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)


class Day(fields.Date):
    """A calendar day of this century, written YYYY-MM-DD."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not _DAY.match(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day: date = super()._deserialize(value, *args, **kwargs)
        return day


def _says_why(text: str) -> None:
    if len(text.strip()) < 5:
        raise ValidationError("Say why, in at least five characters.")


class SignatureSchema(WireSchema):
    """What every act needs: the device's identifier of it, why, and the signer's own password again."""

    id = StrictUuid(required=True)
    reason = PlainText(required=True, validate=[validate.Length(5, 500), _says_why])
    password = PlainText(required=True, load_only=True, validate=validate.Length(1, 128))


class SettingFormSchema(SignatureSchema):
    """A setting to sign. ``value`` is for a parameter only: yuan, a ratio or months, as text."""

    kind = fields.String(required=True, validate=validate.OneOf(ENTRY_KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    value = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 20))
    since = Day(required=True, data_key="from")
    until = Day(load_default=None, allow_none=True)

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        password = data.pop("password")
        return {"form": SettingForm(**data), "password": password}


class RevocationFormSchema(SignatureSchema):
    """A revocation to sign; ``from`` is the first day without the setting, today when it is left out."""

    since = Day(load_default=None, allow_none=True, data_key="from")

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        password = data.pop("password")
        return {"form": RevocationForm(**data), "password": password}


class CitationSchema(Schema):
    """A citable place with its sentence."""

    id = fields.String(required=True)
    document = fields.String(required=True)
    text = fields.String(required=True)


class RevocationSchema(Schema):
    """Who ended a setting, from which day on and why."""

    id = fields.UUID(required=True)
    since = fields.Date(required=True, data_key="from")
    reason = fields.String(required=True)
    signer_name = fields.String(required=True)
    signed_at = Instant(required=True)


class SettingSchema(Schema):
    """A setting as it was signed; ``without_effect``: the present profile has nothing of that name."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(ENTRY_KINDS))
    name = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True)
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True)
    signer_name = fields.String(required=True)
    signed_at = Instant(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    revoked = fields.Nested(RevocationSchema, required=True, allow_none=True)


class SettingListSchema(Schema):
    """Every setting of the county, the newest signature first."""

    items = fields.List(fields.Nested(SettingSchema), required=True)


class DatedValueSchema(Schema):
    """A value of the packs and its first day; null = none in force from that day on."""

    since = fields.Date(required=True, data_key="from")
    value = fields.String(required=True, allow_none=True)


class ParameterSchema(Schema):
    """A number of the policy. ``value`` is in force today, ``default`` what it would be without settings.

    No setting may go below ``least``; null: only the unit sets a bound.
    """

    name = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    unit = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)
    default = fields.String(required=True, allow_none=True)
    least = fields.String(required=True, allow_none=True)
    origin = fields.String(required=True)
    note = fields.String(required=True)
    articles = fields.List(fields.Nested(CitationSchema), required=True)
    pack = fields.String(required=True)
    in_force = fields.Boolean(required=True)
    values = fields.List(fields.Nested(DatedValueSchema), required=True)
    settings = fields.List(fields.Nested(SettingSchema), required=True)


class ParameterListSchema(Schema):
    """The numbers of the county's profile on a day; ``version`` names the rules of that day."""

    profile = fields.String(required=True)
    day = fields.Date(required=True)
    version = fields.String(required=True)
    items = fields.List(fields.Nested(ParameterSchema), required=True)


class RuleSchema(Schema):
    """A rule. ``on``: it judges visits of today; ``choosable``: off unless the county switches it on.

    ``words`` is its condition with today's numbers.
    """

    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    risks = fields.List(fields.String(), required=True)
    note = fields.String(required=True)
    articles = fields.List(fields.Nested(CitationSchema), required=True)
    words = fields.Nested(TextSchema, required=True)
    condition = fields.Dict(required=True)
    parameters = fields.List(fields.String(), required=True)
    pack = fields.String(required=True)
    pack_version = fields.String(required=True)
    on = fields.Boolean(required=True)
    in_force = fields.Boolean(required=True)
    choosable = fields.Boolean(required=True)
    settings = fields.List(fields.Nested(SettingSchema), required=True)


class RuleListSchema(Schema):
    """The rules of the county's profile on a day; ``version`` names the rules of that day."""

    profile = fields.String(required=True)
    day = fields.Date(required=True)
    version = fields.String(required=True)
    items = fields.List(fields.Nested(RuleSchema), required=True)


class PhonePackSchema(Schema):
    """A pack of the phone's rules and the days it is in force."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    since = fields.Date(required=True)
    until = fields.Date(required=True, allow_none=True)


class PhoneParameterSchema(Schema):
    """A number and its dated values, each ``[first day, value]``."""

    unit = fields.String(required=True)
    values = fields.List(fields.List(fields.String(allow_none=True)), required=True)


class PhoneRuleSchema(Schema):
    """A rule; ``pack`` is a place in the list of packs, ``when`` its condition."""

    id = fields.String(required=True)
    pack = fields.Integer(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    label = fields.String(required=True)
    cites = fields.List(fields.String(), required=True)
    when = fields.Dict(required=True)
    choosable = fields.Boolean()


class PhoneSettingsSchema(Schema):
    """The county's settings: ``[name, first day, last day or null, value]``, rules without the value."""

    params = fields.List(fields.List(fields.String(allow_none=True)), required=True)
    off = fields.List(fields.List(fields.String(allow_none=True)), required=True)
    on = fields.List(fields.List(fields.String(allow_none=True)), required=True)


class PhonePolicySchema(Schema):
    """The rules of a county, all dates of them, as a phone judges by them (see server/policy/compact.py)."""

    version = fields.String(required=True)
    form = fields.Integer(required=True)
    profile = fields.String(required=True)
    since = fields.Date(required=True)
    packs = fields.List(fields.Nested(PhonePackSchema), required=True)
    params = fields.Dict(keys=fields.String(), values=fields.Nested(PhoneParameterSchema), required=True)
    derived = fields.List(fields.Dict(), required=True)
    rules = fields.List(fields.Nested(PhoneRuleSchema), required=True)
    articles = fields.Dict(keys=fields.String(), values=fields.List(fields.Raw()), required=True)
    documents = fields.List(fields.String(), required=True)
    labels = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    money = fields.List(fields.String(), required=True)
    within = fields.Dict(required=True)
    local = fields.Nested(PhoneSettingsSchema, required=True)
