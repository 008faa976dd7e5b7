"""Who is asking: a token names a user, the database says at every request what that user may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, g, request
from flask_jwt_extended import JWTManager, get_jwt, get_jwt_identity, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import ExpiredSignatureError, InvalidTokenError

from server.core import permissions
from server.core.crypto import Keyring
from server.core.problems import Problem
from server.core.scope import EVERYTHING, enter_scope, leave_scope, region_scope

API = "/api/"
ISSUER = "liangdeng"


@dataclass(frozen=True)
class Actor:
    """The signed-in user as the database has them now. ``region_code`` is the prefix of their scope."""

    id: UUID
    role: str
    region_code: str
    display_name: str


Loader = Callable[[UUID, UUID], Actor | None]
"""User and sign-in session → the actor, or None when either is switched off."""


def init_app(app: Flask, keys: Keyring, load_actor: Loader, minutes: int, days: int) -> None:
    """Guard every API operation by token, permission table and region scope."""
    app.config.update(
        JWT_SECRET_KEY=keys.key("token").hex(),
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
        JWT_ENCODE_AUDIENCE=ISSUER,
        JWT_DECODE_AUDIENCE=ISSUER,
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=minutes),
        JWT_REFRESH_TOKEN_EXPIRES=timedelta(days=days),
        JWT_TOKEN_LOCATION=["headers"],
        JWT_COOKIE_CSRF_PROTECT=False,  # no cookies, so no token against forged ones either
    )
    JWTManager(app)
    app.extensions["load_actor"] = load_actor
    app.before_request(_authorise)
    app.teardown_request(_release_scope)


def _authorise() -> None:
    operation = request.endpoint
    if operation is None or not request.path.startswith(API) or permissions.is_public(operation):
        return
    if request.method == "OPTIONS":
        return  # answered by Flask itself with the methods of the address, without running the operation
    g.actor = identify()
    if not permissions.allows(operation, g.actor.role):
        raise Problem("role_not_allowed")
    g.scope_token = enter_scope(g.actor.region_code)


def _release_scope(_error: BaseException | None) -> None:
    if (token := g.pop("scope_token", None)) is not None:
        leave_scope(token)


def identify(*, refresh: bool = False) -> Actor:
    """The actor of the bearer token.

    Raises:
        Problem: token_missing, token_expired, token_invalid, account_disabled (all 401).
    """
    from flask import current_app

    user_id, session_id = token_subject(refresh=refresh)
    with region_scope(EVERYTHING):
        actor: Actor | None = current_app.extensions["load_actor"](user_id, session_id)
    if actor is None:
        raise Problem("account_disabled")
    return actor


def token_subject(*, refresh: bool = False) -> tuple[UUID, UUID]:
    """User and sign-in session named by the bearer token, its signature, time and kind checked."""
    if not request.headers.get("Authorization"):
        raise Problem("token_missing")
    try:
        verify_jwt_in_request(refresh=refresh)
        claims: dict[str, Any] = get_jwt()
        return UUID(get_jwt_identity()), UUID(claims["session"])
    except ExpiredSignatureError as error:
        raise Problem("token_expired") from error
    except (
        InvalidTokenError,
        JWTExtendedException,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise Problem("token_invalid") from error


def current_actor() -> Actor:
    """The actor of this request; only inside a guarded operation."""
    actor: Actor = g.actor
    return actor
