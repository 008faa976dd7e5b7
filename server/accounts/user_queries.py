"""Reads of the accounts desk: who there is in an area, what they sign in from, what somebody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_

from server.accounts import rights
from server.accounts.models import AccountOperation, AccountRequest, Device, LoginSession, User
from server.core import clock, cursors
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import NOTHING, within

LISTING, REQUESTS = "users", "account_requests"
ACTIVE, DISABLED, WAITING = STATES = ("active", "disabled", "waiting")


@dataclass(frozen=True, kw_only=True)
class UserFilters:
    """What the list is narrowed to; None = everything. ``q`` is part of a name or user name.

    ``state`` waiting: active, and the one-time password was not used yet.
    """

    q: str | None = None
    role: str | None = None
    place: str | None = None
    state: str | None = None


def page(
    actor: Actor, filters: UserFilters, cursor: str | None, limit: int
) -> tuple[Sequence[User], str | None]:
    """One page of the accounts the caller sees, by place and user name, and the cursor of the next.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    query = select(User).where(_area(actor), *_matching(filters, filters.role, filters.state))
    if cursor is not None:
        query = query.where(tuple_(User.region_code, User.username) > _position(cursor))
    rows = db.session.scalars(query.order_by(User.region_code, User.username).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], cursors.pack(LISTING, last.region_code, last.username) if last else None


def counts(actor: Actor, filters: UserFilters) -> dict[str, Any]:
    """How many accounts there are under the same search and place: by role, and by state within the role."""
    everywhere = [_area(actor), *_matching(filters, None, None)]
    grouped = select(User.role, func.count()).where(*everywhere).group_by(User.role)
    states = [func.count().filter(_state(state)) for state in STATES]
    query = select(*states).where(_area(actor), *_matching(filters, filters.role, None))
    by_role = {role: number for role, number in db.session.execute(grouped)}  # noqa: C416
    return {"roles": by_role} | dict(zip(STATES, db.session.execute(query).one(), strict=True))


def _area(actor: Actor) -> ColumnElement[bool]:
    if actor.role == rights.ADMIN:
        return User.id.is_not(None)
    if actor.region_code == NOTHING:
        return false()
    return within(User.region_code, actor.region_code)


def _matching(filters: UserFilters, role: str | None, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.q:
        names = (User.display_name, User.username)
        found.append(or_(*(name.icontains(filters.q.strip(), autoescape=True) for name in names)))
    if filters.place:
        found.append(within(User.region_code, filters.place))
    if role:
        found.append(User.role == role)
    return [*found, _state(state)] if state else found


def _state(state: str) -> ColumnElement[bool]:
    if state == DISABLED:
        return User.active.is_(False)
    if state == WAITING:
        return and_(User.active.is_(True), User.one_time_until.is_not(None))
    return User.active.is_(True)


def _position(cursor: str) -> tuple[str, str]:
    try:
        region_code, username = cursors.unpack(LISTING, cursor)
    except ValueError as error:
        raise Problem("bad_request") from error
    return str(region_code), str(username)


def visible(actor: Actor, user_id: UUID, *, lock: bool = False) -> User:
    """An account the caller sees; ``lock`` holds its row until the transaction ends.

    Raises:
        Problem: user_not_found, the same when there is none.
    """
    query = select(User).where(User.id == user_id, _area(actor))
    query = query.execution_options(populate_existing=True)
    user = db.session.scalar(query.with_for_update() if lock else query)
    if user is None:
        raise Problem("user_not_found")
    return user


def lock(user_id: UUID) -> None:
    """Hold an account's row until the transaction ends, and know it as it is now."""
    query = select(User).where(User.id == user_id).with_for_update()
    db.session.scalar(query.execution_options(populate_existing=True))


def hold_admins() -> set[UUID]:
    """The administrators who may sign in; their rows are held until the transaction ends."""
    query = select(User.id).where(User.role == rights.ADMIN, User.active.is_(True)).order_by(User.id)
    return set(db.session.scalars(query.with_for_update(key_share=True)))


def usernames(names: Iterable[str]) -> dict[str, User]:
    """The accounts that have one of these user names."""
    wanted = sorted(set(names))
    found: dict[str, User] = {}
    for start in range(0, len(wanted), 500):
        query = select(User).where(User.username.in_(wanted[start : start + 500]))
        found |= {user.username: user for user in db.session.scalars(query)}
    return found


def last_contacts(ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When any device of each user was heard of last; asked with everything in scope."""
    query = select(Device.user_id, func.max(Device.last_contact_at)).where(Device.user_id.in_(list(ids)))
    return {key: at for key, at in db.session.execute(query.group_by(Device.user_id))}  # noqa: C416


def devices_of(user_id: UUID) -> Sequence[Device]:
    """The devices of a user, heard of last first; asked with everything in scope."""
    query = select(Device).where(Device.user_id == user_id).order_by(Device.last_contact_at.desc(), Device.id)
    return db.session.scalars(query.limit(50)).all()


def live_sessions(user_id: UUID, *, lock: bool = False) -> Sequence[LoginSession]:
    """The sign-ins of a user that still open something, used last first."""
    query = select(LoginSession).where(
        LoginSession.user_id == user_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > clock.now(),
    )
    query = query.order_by(LoginSession.last_used_at.desc(), LoginSession.id)
    return db.session.scalars(query.with_for_update() if lock else query).all()


def own_session(user_id: UUID, session_id: UUID) -> LoginSession | None:
    """A sign-in of a user, its row held until the transaction ends."""
    query = select(LoginSession).where(LoginSession.id == session_id, LoginSession.user_id == user_id)
    return db.session.scalar(query.with_for_update())


def operation(op_id: UUID) -> AccountOperation | None:
    """An act that was carried out, by its number."""
    return db.session.scalar(select(AccountOperation).where(AccountOperation.id == op_id))


def acts_with_password(user_id: UUID | None, since: datetime) -> Sequence[UUID]:
    """Numbers of the acts since an instant that may have given an account a one-time password."""
    about = or_(AccountOperation.result == str(user_id), AccountOperation.kind == "import")
    return db.session.scalars(select(AccountOperation.id).where(about, AccountOperation.at > since)).all()


def request_by_id(request_id: UUID, *, lock: bool = False) -> AccountRequest | None:
    """What somebody asked for; ``lock`` holds the row until the transaction ends."""
    query = select(AccountRequest).where(AccountRequest.id == request_id)
    query = query.execution_options(populate_existing=True)
    return db.session.scalar(query.with_for_update() if lock else query)


def open_requests_about(user_id: UUID) -> Sequence[AccountRequest]:
    """What is asked for about an account and not decided yet, wherever it was asked."""
    query = select(AccountRequest).where(AccountRequest.user_id == user_id, AccountRequest.state == "open")
    return db.session.scalars(query.order_by(AccountRequest.asked_at)).all()


def open_requests_at(user: User) -> Sequence[AccountRequest]:
    """Of those the ones of the account's place of now: words of another place are not for this one."""
    return [one for one in open_requests_about(user.id) if one.region_code == user.region_code]


def requests(
    actor: Actor, *, is_open: bool, cursor: str | None, limit: int
) -> tuple[Sequence[AccountRequest], str | None]:
    """What the caller asked for or may know of, the newest first, and the cursor of the next page."""
    state = AccountRequest.state == "open" if is_open else AccountRequest.state != "open"
    query = select(AccountRequest).where(state, or_(AccountRequest.asked_by == actor.id, _known_to(actor)))
    if cursor is not None:
        query = query.where(tuple_(AccountRequest.asked_at, AccountRequest.id) < _request_position(cursor))
    query = query.order_by(AccountRequest.asked_at.desc(), AccountRequest.id.desc())
    rows = db.session.scalars(query.limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], cursors.pack(REQUESTS, last.asked_at.isoformat(), str(last.id)) if last else None


def _known_to(actor: Actor) -> ColumnElement[bool]:
    if actor.role == rights.ADMIN:
        return AccountRequest.id.is_not(None)
    if actor.role not in (rights.TOWNSHIP, rights.COUNTY):
        return false()
    mine = within(AccountRequest.region_code, actor.region_code)
    if actor.role == rights.COUNTY:
        return or_(mine, AccountRequest.role == rights.ADMIN)
    return and_(mine, AccountRequest.role == rights.GRID_MEMBER)


def _request_position(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, request_id = cursors.unpack(REQUESTS, cursor)
        return datetime.fromisoformat(str(at)), UUID(str(request_id))
    except ValueError as error:
        raise Problem("bad_request") from error
