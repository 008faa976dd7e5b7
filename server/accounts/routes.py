"""HTTP routes of accounts: parse, delegate, dump. Tokens and the limit per address are made here only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, request
from flask_jwt_extended import create_access_token, create_refresh_token, get_jwt
from flask_smorest import Blueprint
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from server.accounts import devices, own, queries, services, user_queries, user_views
from server.accounts.models import LoginSession, User
from server.accounts.own import PasswordChange
from server.accounts.relay_keys import relay_key
from server.accounts.schemas import LoginSchema, RenewedSchema, SignedInSchema, UserSchema
from server.accounts.user_schemas import PasswordChangeSchema, SessionListSchema
from server.core import auth
from server.core.crypto import sign
from server.core.db import transaction
from server.core.problems import Problem
from server.core.scope import EVERYTHING, NOTHING, region_scope
from server.regions import queries as regions

blueprint = Blueprint("accounts", __name__, url_prefix="/api/v1", description="Signing in and out")
limiter = FixedWindowRateLimiter(MemoryStorage())


def refuse_guessing(who: str) -> None:
    """Each worker counts for itself: the limit of an address or person is a multiple of the setting.

    Raises:
        Problem: too_many_attempts.
    """
    limit = RateLimitItemPerMinute(current_app.extensions["settings"].login_attempts_per_minute)
    if not limiter.hit(limit, who):
        raise Problem("too_many_attempts", retry_after=60)


@blueprint.post("/auth/login")
@blueprint.arguments(LoginSchema)
@blueprint.response(200, SignedInSchema)
def login(form: services.LoginForm) -> dict[str, Any]:
    """Sign in with a password on a device."""
    refuse_guessing(request.remote_addr or "")
    lifetime = current_app.config["JWT_REFRESH_TOKEN_EXPIRES"]
    with region_scope(EVERYTHING):
        _refuse_wiped(form)
        attempt = services.judge_login(form)
        with transaction():
            session = services.record_login(attempt, form.device, lifetime)
        if session is None or attempt.user is None:
            raise Problem("wrong_credentials")
        given = {"recovery_secret": recovery_secret(attempt.user.id, form.device.id)}
        return issue_tokens(session) | {"user": describe(attempt.user)} | given


def recovery_secret(user_id: UUID, device_id: str) -> str:
    """A user's share of the key of one device, 64 hex digits; given only for the password."""
    return sign("recovery", f"{user_id}\n{device_id}".encode())


def _refuse_wiped(form: services.LoginForm) -> None:
    """A device that is to be wiped is told so whatever password was typed: it may be in anybody's hands."""
    device = devices.ordered_to_wipe(form.username, form.device.id)
    if device is None:
        return
    if device.wiped_at is None:
        with transaction():
            devices.note_wiped(device.user_id, device.device_id)
    raise Problem(auth.WIPED)


@blueprint.post("/auth/refresh")
@blueprint.response(200, RenewedSchema)
def refresh() -> dict[str, str]:
    """New tokens for the bearer of a refresh token, and the relay key for a device that has none yet."""
    actor = auth.identify(refresh=True)
    session_id, jti = _token_session()
    given_at = int(get_jwt().get("at", 0))
    lifetime = current_app.config["JWT_REFRESH_TOKEN_EXPIRES"]
    with region_scope(EVERYTHING), transaction():
        session, goes_on = services.renew(session_id, jti, given_at, actor, lifetime)
    if not goes_on:
        raise Problem("token_reused")
    return issue_tokens(session)


@blueprint.post("/auth/logout")
@blueprint.response(204)
def logout() -> None:
    """Sign out on this device; its tokens stop working at once."""
    actor = auth.identify(refresh=True)
    session_id, jti = _token_session()
    with region_scope(EVERYTHING), transaction():
        is_own = services.close_session(session_id, jti, int(get_jwt().get("at", 0)), actor)
    if not is_own:
        raise Problem("token_reused")


@blueprint.get("/me")
@blueprint.response(200, UserSchema)
def me() -> dict[str, Any]:
    """The signed-in user."""
    user = queries.user_by_id(auth.current_actor().id)
    if user is None:
        raise Problem("account_disabled")
    return describe(user)


@blueprint.post("/me/password")
@blueprint.arguments(PasswordChangeSchema)
@blueprint.response(204)
def change_password(form: PasswordChange) -> None:
    """Replace the own password; every other sign-in ends."""
    actor = auth.current_actor()
    with region_scope(EVERYTHING):
        attempt = own.judge_change(actor, form)
        with transaction():
            is_right = own.change_password(actor, attempt)
    if not is_right:
        raise Problem("wrong_password")


@blueprint.get("/me/sessions")
@blueprint.response(200, SessionListSchema)
def list_own_sessions() -> dict[str, Any]:
    """The devices the caller is signed in on."""
    actor = auth.current_actor()
    return {"items": user_views.sessions(user_queries.live_sessions(actor.id), actor.session_id)}


@blueprint.post("/me/sessions/<uuid:session_id>/end")
@blueprint.response(204)
def end_own_session(session_id: UUID) -> None:
    """Sign the own account out on another device."""
    with region_scope(EVERYTHING), transaction():
        own.end_session(auth.current_actor(), session_id)


def issue_tokens(session: LoginSession) -> dict[str, str]:
    """Access and refresh token of a session; both name the user and the session, nothing else about them."""
    given_at = int(session.last_used_at.timestamp())
    claims = {"session": str(session.id), "jti": session.refresh_jti, "at": given_at}
    refresh_token = create_refresh_token(identity=str(session.user_id), additional_claims=claims)
    return {
        "access_token": _access_token(session),
        "refresh_token": refresh_token,
        "relay_key": relay_key(session.user_id, session.device_id),
    }


def _access_token(session: LoginSession) -> str:
    claims = {"session": str(session.id)}
    return str(create_access_token(identity=str(session.user_id), additional_claims=claims))


def _token_session() -> tuple[UUID, str]:
    claims = get_jwt()
    return UUID(claims["session"]), claims["jti"]


def describe(user: User) -> dict[str, Any]:
    """A user with the names of their region."""
    path = regions.path_of(user.region_code)
    nowhere = {"code": user.region_code, "name": "", "level": "system", "path": []}
    place = path[-1] if path and user.region_code != NOTHING else None
    region = nowhere if place is None else {
        "code": place.code, "name": place.name, "level": place.level, "path": [step.name for step in path],
    }  # fmt: skip
    described: dict[str, Any] = UserSchema().dump(user)
    return described | {"region": region}
