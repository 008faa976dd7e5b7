"""Who is asking: a token names a user and a device, the database says at every request what they may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from flask_jwt_extended import JWTManager, decode_token, get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import ExpiredSignatureError, InvalidTokenError

from server.core import clock, permissions
from server.core.crypto import Keyring
from server.core.db import transaction
from server.core.problems import Problem
from server.core.scope import EVERYTHING, NOTHING, enter_scope, leave_scope, region_scope

API = "/api/"
ISSUER = "liangdeng"
ACTIVE, DRAIN, KILL = "active", "drain", "kill"
WIPED = "device_wiped"
_NOT_OURS = (
    InvalidTokenError,
    JWTExtendedException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


@dataclass(frozen=True)
class Actor:
    """The signed-in user as the database has them now. ``region_code`` is the prefix of their scope.

    ``order`` is what the server wants of the device: active, drain (hand over, then wipe) or kill (wipe now).
    ``carried_by`` is who brought this author's work in a file; None for whoever came themselves.
    """

    id: UUID
    role: str
    region_code: str
    display_name: str
    session_id: UUID | None = None
    device_id: str = ""
    order: str = ACTIVE
    carried_by: UUID | None = None


@dataclass(frozen=True)
class Standing:
    """Why a token opens nothing: a problem's code, and whether its device was never told to wipe before."""

    code: str
    unheard: bool = False


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What the guard asks of the domain that knows people and devices; each takes a user and a session.

    ``load_actor`` gives None when the token opens nothing, ``standing`` says why, whatever became of the
    session; ``note_wipe`` writes down that the device was told to wipe.
    """

    load_actor: Callable[[UUID, UUID], Actor | None]
    standing: Callable[[UUID, UUID], Standing]
    note_wipe: Callable[[UUID, UUID], None]


def init_app(app: Flask, keys: Keyring, gate: Gate, minutes: int, days: int) -> None:
    """Guard every API operation by token, the device's order, permission table and region scope."""
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
    app.extensions["gate"] = gate
    app.extensions["proven_tokens"] = _Proven()
    app.before_request(_authorise)
    app.after_request(_tell_place)
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
    g.scope_token = enter_scope(permissions.scope_of(operation, g.actor.role, g.actor.region_code))


def _tell_place(response: Response) -> Response:
    """Say in the answer where the caller works now: whoever was transferred notices with the next one.

    Not in what a browser may keep: it lies on its disk unsealed, and would tell of the place of then.
    """
    actor: Actor | None = g.get("actor")
    is_kept = "Cache-Control" in response.headers and not response.cache_control.no_store
    if actor is not None and not is_kept:
        response.headers["X-Scope"] = actor.region_code
    return response


def _release_scope(_error: BaseException | None) -> None:
    if (token := g.pop("scope_token", None)) is not None:
        leave_scope(token)


def identify(*, refresh: bool = False) -> Actor:
    """The actor of the bearer token. A device that was ordered to wipe is told so by any token that was ours.

    Raises:
        Problem: token_missing, token_expired, token_invalid, account_disabled (all 401); device_wiped,
            device_draining, account_misplaced (403).
    """
    subject, expired = _bearer(refresh=refresh)
    gate: Gate = current_app.extensions["gate"]
    with region_scope(EVERYTHING):
        actor = None if expired else gate.load_actor(*subject)
        if actor is None or actor.order == KILL:
            _refuse(gate, subject, expired=expired)
    if actor.order == DRAIN and not permissions.serves_draining(request.endpoint or ""):
        raise Problem("device_draining")
    if not permissions.fits(actor.role, actor.region_code):
        raise Problem("account_misplaced")
    return actor


def _refuse(gate: Gate, subject: tuple[UUID, UUID], *, expired: bool) -> NoReturn:
    standing = gate.standing(*subject)
    if standing.unheard:
        with transaction():
            gate.note_wipe(*subject)
    if standing.code != WIPED and expired:
        raise Problem("token_expired")
    raise Problem(standing.code)


def _bearer(*, refresh: bool) -> tuple[tuple[UUID, UUID], bool]:
    """User and sign-in session named by the bearer token, and whether its time is over."""
    header = request.headers.get("Authorization")
    if not header:
        raise Problem("token_missing")
    proven: _Proven = current_app.extensions["proven_tokens"]
    if not refresh and (known := proven.subject(header)) is not None:
        return known, False
    try:
        verify_jwt_in_request(refresh=refresh)
        claims = get_jwt()
        if claims["type"] != ("refresh" if refresh else "access"):
            raise Problem("token_invalid")
        if not refresh:
            proven.keep(header, _subject(claims), claims["exp"])
        return _subject(claims), False
    except ExpiredSignatureError:
        return _subject_of_expired(), True
    except _NOT_OURS as error:
        raise Problem("token_invalid") from error


class _Proven:
    """Access tokens whose signature was verified before, until they expire: a phone sends one many times.

    Whether their bearer may still do anything is asked of the database each time.
    """

    MOST = 4096

    def __init__(self) -> None:
        self._subjects: dict[str, tuple[tuple[UUID, UUID], float]] = {}

    def subject(self, header: str) -> tuple[UUID, UUID] | None:
        """Whom a header names, if it was verified and its time is not over."""
        subject, until = self._subjects.get(header, (None, 0.0))
        return subject if clock.now().timestamp() < until else None

    def keep(self, header: str, subject: tuple[UUID, UUID], until: float) -> None:
        """Remember a header that was verified."""
        if len(self._subjects) >= self.MOST:
            self._subjects.clear()
        self._subjects[header] = subject, until


def _subject_of_expired() -> tuple[UUID, UUID]:
    encoded = request.headers["Authorization"].split()[-1]
    try:
        claims = decode_token(encoded, allow_expired=True)
        subject = _subject(claims)
    except _NOT_OURS as error:
        raise Problem("token_expired") from error
    if claims["type"] not in ("access", "refresh"):
        raise Problem("token_invalid")
    return subject


def _subject(claims: dict[str, Any]) -> tuple[UUID, UUID]:
    return UUID(claims["sub"]), UUID(claims["session"])


def current_actor() -> Actor:
    """The actor of this request; only inside a guarded operation."""
    actor: Actor = g.actor
    return actor


@contextmanager
def acting_as(author: Actor) -> Iterator[None]:
    """Work for the author of what the actor of this request carries, within the author's own area."""
    carrier, g.actor = current_actor(), author
    try:
        fitting = permissions.fits(author.role, author.region_code)
        with region_scope(author.region_code if fitting else NOTHING):
            yield
    finally:
        g.actor = carrier
