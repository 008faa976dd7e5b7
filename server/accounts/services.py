"""Signing in and out, and the accounts themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select

from server.accounts import choosing, devices, ledger, passwords, queries, replacing
from server.accounts.devices import ClientDevice
from server.accounts.models import ACTIVE, KILL, AccountOperation, Device, LoginSession, LoginThrottle, User
from server.accounts.throttling import FORGOTTEN_AFTER, delay_after, seconds_left
from server.core import audit, clock, permissions, quick, state
from server.core.auth import WIPED, Actor, Standing
from server.core.crypto import blind_index
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import NOTHING

NOWHERE = "0"  # region code of audit entries that concern no region
_USED_NOTED_EVERY = timedelta(hours=1)
LONGEST_SIGN_IN = timedelta(days=180)
# No line holds a request back for longer; the phone itself gives up far sooner.
_LONGEST_WAY = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class LoginForm:
    """What was typed on the sign-in screen; ``new_password`` takes the place of a one-time password."""

    username: str
    password: str
    device: ClientDevice
    new_password: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A judged sign-in that is not recorded yet; ``device`` is empty for all unknown devices together.

    ``judged_hash`` is what the password was compared with, ``chosen_hash`` that of the password chosen in its
    place.
    """

    account: str
    device: str
    user: User | None
    correct: bool
    better_hash: str | None
    judged_hash: str | None = None
    chosen_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """An account to create."""

    username: str
    display_name: str
    role: str
    region_code: str
    department: str | None = None


def load_actor(user_id: UUID, session_id: UUID) -> Actor | None:
    """The user of a token as the database has them now; None when the user or the session is switched off."""
    rows = _SIGNED_IN.rows(user_id=user_id, session_id=session_id, now=clock.now())
    return Actor(*rows[0]) if rows else None


def _signed_in() -> Select[*tuple[Any, ...]]:
    """Asked for every operation that is carried out: who sends it may have lost the right a moment ago."""
    columns = (User.id, User.role, User.region_code, User.display_name, LoginSession.id)
    query = select(*columns, LoginSession.device_id, func.coalesce(Device.order, ACTIVE))
    query = query.join(LoginSession, LoginSession.user_id == User.id).outerjoin(Device, _of_session())
    return query.where(
        User.id == bindparam("user_id"),
        User.active.is_(True),
        LoginSession.id == bindparam("session_id"),
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > bindparam("now"),
    )


_SIGNED_IN = quick.Query(_signed_in)


def standing(user_id: UUID, session_id: UUID) -> Standing:
    """Why a token opens nothing, also one of a session that ended: its device may be ordered to wipe."""
    row = db.session.execute(
        select(User.active, LoginSession.revoked_at, Device.order, Device.wiped_at)
        .join(LoginSession, LoginSession.user_id == User.id)
        .outerjoin(Device, _of_session())
        .where(User.id == user_id, LoginSession.id == session_id)
    ).one_or_none()
    if row is None:
        return Standing("token_invalid")
    if row.order == KILL:
        return Standing(WIPED, unheard=row.wiped_at is None)
    if not row.active:
        return Standing("account_disabled")
    return Standing("token_expired" if row.revoked_at is None else "token_invalid")


def _of_session() -> ColumnElement[bool]:
    return and_(Device.user_id == LoginSession.user_id, Device.device_id == LoginSession.device_id)


def judge_login(form: LoginForm) -> Attempt:
    """Check a sign-in without writing; slow on purpose, so it runs outside the write transaction.

    Raises:
        Problem: too_many_attempts, with ``retry_after`` in seconds; as for ``choosing``.
    """
    user = queries.user_by_name(form.username)
    account = account_key(form.username)
    known = user is not None and queries.knows_device(user.id, form.device.id)
    device = form.device.id if known else ""
    _refuse_while_blocked(queries.throttle(account, device))
    judged = user.password_hash if user else None
    correct = passwords.matches(judged, form.password)
    if not correct and form.new_password is not None and replacing.was_one_time(user, form.password):
        correct = passwords.matches(judged, form.new_password)  # it was chosen, and the answer got lost
    chosen = None
    if user is not None and correct and user.active and user.one_time_until is not None:
        choosing.refuse_expired(user.one_time_until)
        chosen = choosing.chosen_hash(form.new_password, user.username, form.password)
    outdated = user is not None and correct and not chosen and passwords.is_outdated(user.password_hash)
    better = passwords.hash_password(form.password) if outdated else None
    return Attempt(
        account=account,
        device=device,
        user=user,
        correct=correct,
        better_hash=better,
        judged_hash=judged,
        chosen_hash=chosen,
    )


def account_key(username: str) -> str:
    """Under which wrong passwords of an account are counted."""
    return blind_index(f"login:{username.strip().lower()}")


def record_login(attempt: Attempt, device: ClientDevice, lifetime: timedelta) -> LoginSession | None:
    """Open a session for a correct attempt, or count a failed one and give None.

    Raises:
        Problem: too_many_attempts, when others failed meanwhile: guesses sent side by side learn nothing;
            account_disabled, to someone who knows the password.
    """
    throttle = queries.throttle(attempt.account, attempt.device, lock=True)
    _refuse_while_blocked(throttle)
    if attempt.user is None or not attempt.correct:
        _count_failure(throttle, attempt)
        return None
    if not attempt.user.active:
        raise Problem("account_disabled")
    refuse_replaced(attempt)
    _forget(throttle)
    if attempt.better_hash:
        attempt.user.password_hash = attempt.better_hash
    if attempt.chosen_hash:
        attempt.user.password_hash, attempt.user.one_time_until = attempt.chosen_hash, None
        audit.record("account.choose_password", ("user", attempt.user.id), attempt.user.region_code)
    return open_session(attempt.user, device, lifetime)


def refuse_replaced(attempt: Attempt, code: str = "wrong_credentials") -> None:
    """A password that was replaced while it was being checked opens nothing; the row is held from here on."""
    if attempt.user is None:
        return
    queries.lock_user(attempt.user.id)
    now = queries.hash_of(attempt.user.id)
    if attempt.judged_hash is not None and now != attempt.judged_hash:
        raise Problem(code)


def judge_signature(actor: Actor, password: str) -> Attempt:
    """Check the password that somebody signed in types again to sign a decision; reads only, slow on purpose.

    Raises:
        Problem: too_many_attempts, with ``retry_after``: guesses count with those on the sign-in screen.
    """
    user = queries.user_by_id(actor.id)
    if user is None:
        raise Problem("account_disabled")
    account = account_key(user.username)
    _refuse_while_blocked(queries.throttle(account, actor.device_id))
    judged = user.password_hash
    correct = passwords.matches(judged, password)
    device = actor.device_id
    return Attempt(
        account=account, device=device, user=user, correct=correct, better_hash=None, judged_hash=judged
    )


def record_signature(attempt: Attempt) -> bool:
    """Whether the password was right: a wrong one is counted like a failed sign-in, a right one not noted.

    Raises:
        Problem: too_many_attempts, when others failed meanwhile.
    """
    throttle = queries.throttle(attempt.account, attempt.device, lock=True)
    _refuse_while_blocked(throttle)
    if not attempt.correct:
        _count_failure(throttle, attempt, "account.signature_failed")
    return attempt.correct


def forget_failures(attempt: Attempt) -> None:
    """Forget the wrong passwords typed before a signature, in the transaction of what was signed."""
    _forget(queries.throttle(attempt.account, attempt.device, lock=True))


def forget_guesses(user: User) -> None:
    """Forget wrong passwords on an account, wherever they were typed: its password is another one now."""
    for throttle in queries.throttles(account_key(user.username)):
        _forget(throttle)


def _forget(throttle: LoginThrottle | None) -> None:
    """A row that says so already is left alone: assigning what it holds would make it count as written."""
    if throttle is not None and (throttle.failures or throttle.blocked_until):
        throttle.failures, throttle.blocked_until = 0, None


def _refuse_while_blocked(throttle: LoginThrottle | None) -> None:
    wait = seconds_left(throttle.blocked_until, clock.now()) if throttle else 0
    if wait:
        raise Problem("too_many_attempts", retry_after=wait)


def _count_failure(
    throttle: LoginThrottle | None, attempt: Attempt, action: str = "account.login_failed"
) -> None:
    now = clock.now()
    if throttle is None:
        throttle = LoginThrottle(id=uuid4(), account=attempt.account, device=attempt.device, failures=0)
        db.session.add(throttle)
    elif now - throttle.last_failure_at > FORGOTTEN_AFTER:
        throttle.failures = 0
    throttle.failures += 1
    throttle.last_failure_at = now
    delay = delay_after(throttle.failures)
    throttle.blocked_until = now + delay if delay else None
    target, region = (attempt.user.id, attempt.user.region_code) if attempt.user else ("unknown", NOWHERE)
    audit.record(action, ("user", target), region, failures=throttle.failures)
    db.session.flush()


def open_session(user: User, device: ClientDevice, lifetime: timedelta) -> LoginSession:
    """Start a sign-in session of a user on a device, which the county knows from then on."""
    devices.register(user.id, user.region_code, device)
    now = clock.now()
    session = LoginSession(
        id=uuid4(),
        user_id=user.id,
        device_id=device.id,
        device_name=device.name,
        app_version=device.app_version,
        refresh_jti=str(uuid4()),
        created_at=now,
        last_used_at=now,
        expires_at=now + lifetime,
        ends_at=now + LONGEST_SIGN_IN,
    )
    db.session.add(session)
    audit.record("account.login", ("user", user.id), user.region_code, session=str(session.id))
    db.session.flush()
    return session


def renew(
    session_id: UUID, jti: str, given_at: int, actor: Actor, lifetime: timedelta
) -> tuple[LoginSession, bool]:
    """Take a refresh token in, and say whether its session may go on.

    The token to be used next makes way for a new one. The one before it gets that new one again as long as it
    was not used: the answer that carried it may have been lost, and an old client never takes it. One older
    still gives nothing: shortly after the exchange it may be a request that the line held back and the phone
    gave up. Any other one was copied, or comes from a copy of the phone: the whole session ends. Only after a
    restore one that was given (``given_at``, Unix time) in the time the server forgot counts as the one to be
    used next.

    Raises:
        Problem: token_invalid, when the session ended meanwhile; token_late.
    """
    session = queries.session_by_id(session_id, lock=True)
    if session is None or session.revoked_at is not None:
        raise Problem("token_invalid")
    if jti not in (session.refresh_jti, session.previous_jti) and _may_be_forgotten(session, given_at):
        session.refresh_jti = jti
    if jti not in (session.refresh_jti, session.previous_jti):
        if _is_late(session, jti):
            raise Problem("token_late")
        session.revoked_at = clock.now()
        audit.record("account.token_reused", ("user", actor.id), actor.region_code, session=str(session.id))
        return session, False
    rotates = jti == session.refresh_jti
    if rotates:
        session.older_jti, session.rotated_at = session.previous_jti, clock.now()
        session.previous_jti, session.refresh_jti = jti, str(uuid4())
    if rotates or clock.now() - session.last_used_at >= _USED_NOTED_EVERY:
        _note_use(session, actor, lifetime)
    return session, True


def _is_late(session: LoginSession, jti: str) -> bool:
    """Whether the last exchange is so fresh that a request of before may only have been long on its way."""
    fresh = session.rotated_at is not None and clock.now() - session.rotated_at < _LONGEST_WAY
    return fresh and jti == session.older_jti


def _may_be_forgotten(session: LoginSession, given_at: int) -> bool:
    """Whether a token was given in the time that a restore took away, and no other was taken in since."""
    return state.was_lost(given_at) and int(session.last_used_at.timestamp()) <= given_at


def _note_use(session: LoginSession, actor: Actor, lifetime: timedelta) -> None:
    now = clock.now()
    session.last_used_at = now
    session.expires_at = min(now + lifetime, session.ends_at)
    device = ClientDevice(id=session.device_id, name=session.device_name, app_version=session.app_version)
    devices.note_contact(actor, device)
    audit.record("account.session_used", ("user", actor.id), actor.region_code, session=str(session.id))


def close_session(session_id: UUID, jti: str, given_at: int, actor: Actor) -> bool:
    """Sign out: every token of the session stops working at once.

    Returns:
        False when the token is older than the last two: then it is not known to be the owner who signs out,
        and the audit says that there are two.

    Raises:
        Problem: token_invalid.
    """
    session = queries.session_by_id(session_id, lock=True)
    if session is None:
        raise Problem("token_invalid")
    is_own = jti in (session.refresh_jti, session.previous_jti) or _may_be_forgotten(session, given_at)
    session.revoked_at = clock.now()
    action = "account.logout" if is_own else "account.token_reused"
    audit.record(action, ("user", session.user_id), actor.region_code, session=str(session.id))
    return is_own


def once(actor: Actor, op_id: UUID, kind: str, asked: dict[str, Any]) -> tuple[AccountOperation, bool]:
    """The line of an act in the ledger of accounts and grids, see ``ledger.begin``."""
    return ledger.begin(actor, op_id, kind, asked)


def create_user(form: NewUser, password_hash: str, *, user_id: UUID | None = None) -> User:
    """Add an account; an administrator's region is nowhere, whatever was asked for.

    Raises:
        ValueError: the place is none that the role can have.
    """
    region_code = NOTHING if form.role == "admin" else form.region_code
    if not permissions.fits(form.role, region_code):
        raise ValueError(f"{region_code} is no place of a {form.role}")
    user = User(
        id=user_id or uuid4(),
        username=form.username.strip().lower(),
        password_hash=password_hash,
        display_name=form.display_name,
        role=form.role,
        region_code=region_code,
        department=form.department,
        active=True,
        locale="zh-CN",
        created_at=clock.now(),
    )
    db.session.add(user)
    audit.record("account.create", ("user", user.id), region_code, role=form.role)
    db.session.flush()
    return user


def set_password(user: User, password_hash: str) -> None:
    """Replace a password and end every session opened with the old one."""
    user.password_hash, user.one_time_until = password_hash, None
    live = select(LoginSession).where(LoginSession.user_id == user.id, LoginSession.revoked_at.is_(None))
    for session in db.session.scalars(live):
        session.revoked_at = clock.now()
    audit.record("account.set_password", ("user", user.id), user.region_code)
    db.session.flush()
