"""HTTP routes of the accounts desk: parse, delegate, dump."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from server.accounts import asking, deciding, rights, user_queries, user_views, users
from server.accounts.asking import Decision, Wish
from server.accounts.routes import refuse_guessing
from server.accounts.services import NewUser
from server.accounts.user_queries import UserFilters
from server.accounts.user_schemas import (
    AccountListSchema,
    AccountRequestListSchema,
    AccountRequestSchema,
    ActiveSchema,
    ActSchema,
    DecisionSchema,
    DoneSchema,
    EditSchema,
    NewAccountSchema,
    PersonSchema,
    RequestListQuerySchema,
    TransferSchema,
    UserListQuerySchema,
    WishSchema,
)
from server.accounts.users import Act, Done, Names
from server.core.auth import current_actor
from server.core.db import transaction
from server.core.scope import EVERYTHING, region_scope

blueprint = Blueprint("users", __name__, url_prefix="/api/v1", description="Looking after accounts")


@blueprint.get("/users")
@blueprint.arguments(UserListQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, AccountListSchema)
def list_users(filters: UserFilters, cursor: str | None, limit: int) -> dict[str, Any]:
    """The accounts of one's area, by place and user name."""
    actor = current_actor()
    with region_scope(EVERYTHING):
        found, following = user_queries.page(actor, filters, cursor, limit)
        return {
            "items": user_views.rows(found),
            "next": following,
            "counts": user_queries.counts(actor, filters),
            "creatable": rights.creatable(actor),
        }


@blueprint.get("/users/<uuid:user_id>")
@blueprint.response(200, PersonSchema)
def read_user(user_id: UUID) -> dict[str, Any]:
    """One account with its devices, its sign-ins and what is asked for about it."""
    actor = current_actor()
    with region_scope(EVERYTHING):
        return user_views.person(actor, user_queries.visible(actor, user_id))


@blueprint.post("/users")
@blueprint.arguments(NewAccountSchema, as_kwargs=True)
@blueprint.response(200, DoneSchema)
def create_user(op_id: UUID, form: NewUser, reason: str) -> dict[str, Any]:
    """Make an account with a one-time password; one for a whole county is proposed to a second person."""
    refuse_guessing(str(current_actor().id))  # the answer tells which user names there are
    return _carried_out(lambda: users.create(current_actor(), op_id, form, reason))


@blueprint.patch("/users/<uuid:user_id>")
@blueprint.arguments(EditSchema, as_kwargs=True)
@blueprint.response(200, DoneSchema)
def edit_user(act: Act, names: Names, user_id: UUID) -> dict[str, Any]:
    """Change the name that others see, or the department."""
    return _carried_out(lambda: users.edit(current_actor(), user_id, act, names))


@blueprint.post("/users/<uuid:user_id>/transfer")
@blueprint.arguments(TransferSchema, as_kwargs=True)
@blueprint.response(200, DoneSchema)
def transfer_user(act: Act, region_code: str, user_id: UUID) -> dict[str, Any]:
    """Give somebody another place, with effect at their next request."""
    return _carried_out(lambda: users.transfer(current_actor(), user_id, act, region_code))


@blueprint.post("/users/<uuid:user_id>/state")
@blueprint.arguments(ActiveSchema, as_kwargs=True)
@blueprint.response(200, DoneSchema)
def set_active(act: Act, active: bool, user_id: UUID) -> dict[str, Any]:
    """Switch an account off, which ends its sign-ins, or on again."""
    return _carried_out(lambda: users.set_active(current_actor(), user_id, act, active=active))


@blueprint.post("/users/<uuid:user_id>/password-reset")
@blueprint.arguments(ActSchema, as_kwargs=True)
@blueprint.response(200, DoneSchema)
def reset_password(act: Act, user_id: UUID) -> dict[str, Any]:
    """A one-time password in place of a forgotten one; sign-ins of before end."""
    return _carried_out(lambda: users.reset_password(current_actor(), user_id, act))


@blueprint.post("/users/<uuid:user_id>/sign-out")
@blueprint.arguments(ActSchema, as_kwargs=True)
@blueprint.response(200, DoneSchema)
def sign_out_user(act: Act, user_id: UUID) -> dict[str, Any]:
    """End every sign-in of somebody."""
    return _carried_out(lambda: users.sign_out(current_actor(), user_id, act))


@blueprint.post("/users/<uuid:user_id>/requests")
@blueprint.arguments(WishSchema)
@blueprint.response(200, AccountRequestSchema)
def ask_for(wish: Wish, user_id: UUID) -> dict[str, Any]:
    """Ask the township for a password anew, or for a device to be taken back or wiped."""
    actor = current_actor()
    with region_scope(EVERYTHING):
        with transaction():
            request = asking.ask(actor, user_id, wish)
        return user_views.requests(actor, [request])[0]


@blueprint.get("/account-requests")
@blueprint.arguments(RequestListQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, AccountRequestListSchema)
def list_requests(state: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """What was asked for: what waits for a decision, or what was decided."""
    actor = current_actor()
    with region_scope(EVERYTHING):
        found, following = user_queries.requests(actor, is_open=state == "open", cursor=cursor, limit=limit)
        return {"items": user_views.requests(actor, found), "next": following}


@blueprint.post("/account-requests/<uuid:request_id>/decision")
@blueprint.arguments(DecisionSchema)
@blueprint.response(200, DoneSchema)
def decide_request(form: Decision, request_id: UUID) -> dict[str, Any]:
    """Carry out what somebody asked for, or decline it."""
    return _carried_out(lambda: deciding.decide(current_actor(), request_id, form))


def _carried_out(act: Callable[[], Done]) -> dict[str, Any]:
    """Do it in one transaction, with everything in scope: accounts lie beside the places, see ``users``."""
    with region_scope(EVERYTHING):
        with transaction():
            outcome = act()
        return user_views.done(current_actor(), outcome)
