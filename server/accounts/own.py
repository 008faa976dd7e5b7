"""What everybody does with the own account: another password, and the devices it is signed in on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from server.accounts import choosing, passwords, services, user_queries, users
from server.accounts.models import LoginSession
from server.accounts.services import Attempt
from server.core import audit, clock
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem

CHANGED = "account.change_password"


@dataclass(frozen=True, kw_only=True)
class PasswordChange:
    """The present password and the one to take its place."""

    password: str
    new_password: str


def judge_change(actor: Actor, form: PasswordChange) -> Attempt:
    """Check both passwords without writing. Sent again after its answer got lost, it is right as well.

    Only for a moment after a change, or every request would try two passwords.

    Raises:
        Problem: too_many_attempts; invalid, for a weak one.
    """
    attempt = services.judge_signature(actor, form.password)
    if attempt.user is None:
        return attempt
    if not attempt.correct:
        done = _changed_lately(actor) and passwords.matches(attempt.judged_hash, form.new_password)
        return replace(attempt, correct=done)
    chosen = choosing.chosen_hash(form.new_password, attempt.user.username, form.password)
    return replace(attempt, chosen_hash=chosen)


def _changed_lately(actor: Actor) -> bool:
    return audit.count_since(actor.id, CHANGED, clock.now() - choosing.SHOWN_AGAIN_FOR) > 0


def change_password(actor: Actor, attempt: Attempt) -> bool:
    """Replace the own password: every other sign-in ends. A wrong present one is counted, and False.

    Raises:
        Problem: too_many_attempts, wrong_password.
    """
    if not services.record_signature(attempt):
        return False
    user = attempt.user
    if user is None or attempt.chosen_hash is None:
        return True
    services.refuse_replaced(attempt, "wrong_password")
    services.forget_failures(attempt)
    user.password_hash, user.one_time_until = attempt.chosen_hash, None
    users.end_sessions(user, but=actor.session_id)
    audit.record(CHANGED, ("user", user.id), user.region_code)
    db.session.flush()
    return True


def end_session(actor: Actor, session_id: UUID) -> LoginSession:
    """Sign the own account out on another device; one that has ended stays so.

    Raises:
        Problem: session_not_found; own_device, for the one in the caller's hands.
    """
    if session_id == actor.session_id:
        raise Problem("own_device")
    session = user_queries.own_session(actor.id, session_id)
    if session is None:
        raise Problem("session_not_found")
    if session.revoked_at is None:
        session.revoked_at = clock.now()
        audit.record("account.end_session", ("user", actor.id), actor.region_code, session=str(session_id))
        db.session.flush()
    return session
