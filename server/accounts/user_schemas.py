"""Wire forms of the accounts desk."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from server.accounts import rights
from server.accounts.asking import DECLINED, DONE, Decision, Wish
from server.accounts.models import ACTIVE, DRAIN, KILL
from server.accounts.own import PasswordChange
from server.accounts.services import NewUser
from server.accounts.user_queries import STATES, UserFilters
from server.accounts.users import Act, Names
from server.core.names import NameText
from server.core.permissions import ROLES
from server.core.scope import NOTHING
from server.core.wire import Flag, Instant, Pattern, PlainText, StrictUuid, Whole, WireSchema

USERNAME = Pattern(r"^[a-z0-9][a-z0-9._-]{1,39}$")
PLACE = Pattern(r"^(-|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14})$")
_PREFIX = Pattern(r"^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{14})$")
_VERSION = validate.Range(1, 1_000_000_000)


def not_blank(text: str) -> None:
    """Raises ValidationError for nothing but blanks."""
    if not text.strip():
        raise ValidationError("Not blank.")


class UserListQuerySchema(WireSchema):
    """Filters and page of the accounts; ``q`` is part of a name or user name."""

    q = PlainText(validate=validate.Length(1, 40))
    role = fields.String(validate=validate.OneOf(ROLES))
    place = fields.String(validate=_PREFIX)
    state = fields.String(validate=validate.OneOf(STATES))
    cursor = fields.String(validate=validate.Length(1, 400))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))

    @post_load
    def _to_page(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        page = {name: data.pop(name, None) for name in ("cursor", "limit")}
        return {"filters": UserFilters(**data), **page}


class AccountSchema(Schema):
    """An account as those see it who look after it. ``place`` names its regions from the county down.

    ``one_time_until`` is set while the one-time password was not used; ``last_contact_at`` is when any of the
    person's devices was heard of last.
    """

    id = fields.UUID(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    role = fields.String(required=True)
    department = fields.String(required=True, allow_none=True)
    region_code = fields.String(required=True)
    place = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    one_time_until = Instant(required=True, allow_none=True)
    last_contact_at = Instant(required=True, allow_none=True)


class AccountListSchema(Schema):
    """A page of accounts, by place and user name; ``creatable`` are the roles the caller may add."""

    items = fields.List(fields.Nested(AccountSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    creatable = fields.List(fields.String(), required=True)


class SessionSchema(Schema):
    """A sign-in that still opens something; ``current`` is the one that asks."""

    id = fields.UUID(required=True)
    device_name = fields.String(required=True)
    app_version = fields.String(required=True)
    created_at = Instant(required=True)
    last_used_at = Instant(required=True)
    current = fields.Boolean(required=True)


class SessionListSchema(Schema):
    """The sign-ins of one person, used last first."""

    items = fields.List(fields.Nested(SessionSchema), required=True)


class KnownDeviceSchema(Schema):
    """A device of an account, and what it last said of itself (null: never said)."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    app_version = fields.String(required=True)
    order = fields.String(required=True, validate=validate.OneOf((ACTIVE, DRAIN, KILL)))
    last_contact_at = Instant(required=True)
    outbox_count = fields.Integer(required=True, allow_none=True)
    photos_unsent = fields.Integer(required=True, allow_none=True)
    wiped_at = Instant(required=True, allow_none=True)


class AccountRequestSchema(Schema):
    """What somebody asked for. ``about`` names the account, which for ``create`` is not there yet."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    user_id = fields.UUID(required=True, allow_none=True)
    about = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    device_id = fields.UUID(required=True, allow_none=True)
    order = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    asked_by = fields.String(required=True)
    asked_at = Instant(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    comment = fields.String(required=True)
    may_decide = fields.Boolean(required=True)


class RequestListQuerySchema(WireSchema):
    """Which side: what waits for a decision, or what was decided."""

    state = fields.String(load_default="open", validate=validate.OneOf(("open", "decided")))
    cursor = fields.String(load_default=None, validate=validate.Length(1, 400))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class AccountRequestListSchema(Schema):
    """A page of requests, the newest first."""

    items = fields.List(fields.Nested(AccountRequestSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class PersonSchema(AccountSchema):
    """An account with its devices, sign-ins and open requests; ``may`` is what the caller may do to it."""

    devices = fields.List(fields.Nested(KnownDeviceSchema), required=True)
    sessions = fields.List(fields.Nested(SessionSchema), required=True)
    requests = fields.List(fields.Nested(AccountRequestSchema), required=True)
    may = fields.List(fields.String(), required=True)


class DoneSchema(Schema):
    """What became of an act. ``password`` is to be handed over; it is not shown again."""

    user = fields.Nested(AccountSchema, required=True, allow_none=True)
    request = fields.Nested(AccountRequestSchema, required=True, allow_none=True)
    password = fields.String(required=True, allow_none=True)


class NewAccountSchema(WireSchema):
    """An account to make, by a number of the client's."""

    op_id = StrictUuid(required=True)
    username = fields.String(required=True, validate=USERNAME)
    display_name = NameText(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    region_code = fields.String(load_default=NOTHING, validate=PLACE)
    department = NameText(shortest=0, load_default=None, allow_none=True)
    reason = PlainText(load_default="", validate=validate.Length(max=200))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        op_id, reason = data.pop("op_id"), data.pop("reason")
        own = data["department"] if data["role"] == rights.DEPARTMENT else None
        data["department"] = own or None
        return {"op_id": op_id, "reason": reason.strip(), "form": NewUser(**data)}


class ActSchema(WireSchema):
    """An act on an account, decided on when it had this version."""

    op_id = StrictUuid(required=True)
    version = Whole(required=True, validate=_VERSION)
    reason = PlainText(load_default="", validate=validate.Length(max=200))

    @post_load
    def _to_act(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        act = Act(op_id=data.pop("op_id"), version=data.pop("version"), reason=data.pop("reason").strip())
        return {"act": act, **data}


class EditSchema(ActSchema):
    """Another name or department, a blank one for none; what is left out stays."""

    display_name = NameText()
    department = NameText(shortest=0)

    @post_load
    def _to_act(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        given = {name: data.pop(name) for name in ("display_name", "department") if name in data}
        act: dict[str, Any] = super()._to_act(data)
        return act | {"names": Names(**given)}


class TransferSchema(ActSchema):
    """Another place."""

    region_code = fields.String(required=True, validate=_PREFIX)


class ActiveSchema(ActSchema):
    """Whether the account may be used."""

    active = Flag(required=True)


class WishSchema(WireSchema):
    """What a first secretary asks for about a grid member."""

    id = StrictUuid(required=True)
    kind = fields.String(required=True, validate=validate.OneOf((rights.RESET, rights.REVOKE)))
    device_id = StrictUuid(load_default=None, allow_none=True)
    order = fields.String(load_default=DRAIN, validate=validate.OneOf((DRAIN, KILL)))
    reason = PlainText(required=True, validate=[validate.Length(1, 200), not_blank])

    @post_load
    def _to_wish(self, data: dict[str, Any], **_: object) -> Wish:
        return Wish(**data)


class DecisionSchema(WireSchema):
    """Done or declined, by a number of the client's."""

    op_id = StrictUuid(required=True)
    decision = fields.String(required=True, validate=validate.OneOf((DONE, DECLINED)))
    comment = PlainText(load_default="", validate=validate.Length(max=200))

    @post_load
    def _to_decision(self, data: dict[str, Any], **_: object) -> Decision:
        return Decision(**data)


class PasswordChangeSchema(WireSchema):
    """The own present password and another one."""

    password = PlainText(required=True, validate=validate.Length(1, 128))
    new_password = PlainText(required=True, validate=validate.Length(1, 128))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> PasswordChange:
        return PasswordChange(**data)
