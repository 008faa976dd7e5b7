"""Reads of users and sign-in sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from server.accounts.models import Device, LoginSession, LoginThrottle, User
from server.core.db import db

GRID_MEMBER = "grid_member"


def user_by_name(username: str) -> User | None:
    """The user of a user name (names are compared in lower case)."""
    return db.session.scalar(select(User).where(User.username == username.strip().lower()))


def user_by_id(user_id: UUID) -> User | None:
    """The user of an identifier."""
    return db.session.scalar(select(User).where(User.id == user_id))


def all_users() -> Sequence[User]:
    """Every user, ordered by role and name."""
    return db.session.scalars(select(User).order_by(User.role, User.username)).all()


def staff_of(county: str) -> Sequence[User]:
    """The people of a county's office who may sign in, by name."""
    query = select(User).where(User.role == "county", User.region_code == county, User.active.is_(True))
    return db.session.scalars(query.order_by(User.display_name, User.id)).all()


def departments_of(county: str) -> Sequence[str]:
    """The departments of a county that have somebody who may sign in."""
    query = select(User.department).where(User.role == "department", User.region_code == county)
    query = query.where(User.active.is_(True), User.department.is_not(None)).distinct()
    return [name for name in db.session.scalars(query.order_by(User.department)) if name is not None]


def at_work() -> Select[UUID]:
    """Identifiers of everybody who may sign in, to be asked inside another question."""
    return select(User.id).where(User.active.is_(True))


def departments_at_work() -> Select[str | None, str]:
    """Departments, each with its county, that have somebody who may sign in; for inside another question."""
    working = (User.role == "department", User.active.is_(True), User.department.is_not(None))
    return select(User.department, User.region_code).where(*working)


def names_of(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Display name of each user."""
    return {key: name for key, (name, _role) in people(ids).items()}


def people(ids: Iterable[UUID | None]) -> dict[UUID, tuple[str, str]]:
    """Display name and role of each user, in one query."""
    wanted = {given for given in ids if given is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.display_name, User.role).where(User.id.in_(wanted)))
    return {key: (name, role) for key, name, role in rows}


def named_like(text: str) -> Select[UUID]:
    """A query for all who have a text in the display name or the user name, wherever they are."""
    names = (User.display_name, User.username)
    return select(User.id).where(or_(*(name.icontains(text, autoescape=True) for name in names)))


def session_by_id(session_id: UUID, *, lock: bool = False) -> LoginSession | None:
    """A sign-in session; ``lock`` holds the row until the transaction ends."""
    query = select(LoginSession).where(LoginSession.id == session_id)
    return db.session.scalar(query.with_for_update() if lock else query)


def sessions_of(user_id: UUID, device_id: str) -> Sequence[LoginSession]:
    """The sign-in sessions of a user on a device that were not ended."""
    return db.session.scalars(
        select(LoginSession).where(
            LoginSession.user_id == user_id,
            LoginSession.device_id == device_id,
            LoginSession.revoked_at.is_(None),
        )
    ).all()


def device_of(user_id: UUID, device_id: str, *, lock: bool = False) -> Device | None:
    """A user's device by the identifier it gave itself; ``lock`` as above."""
    query = select(Device).where(Device.user_id == user_id, Device.device_id == device_id)
    return db.session.scalar(query.with_for_update() if lock else query)


def others_wait_on(device: Device) -> bool:
    """Whether another user of the same phone said last that they have unsent work on it."""
    waits = or_(Device.outbox_count > 0, Device.photos_unsent > 0, Device.dead_count > 0)
    same = and_(Device.device_id == device.device_id, Device.id != device.id, Device.wiped_at.is_(None))
    return db.session.scalar(select(Device.id).where(same, waits).limit(1)) is not None


def lock_user(user_id: UUID) -> None:
    """Make others wait who want the same, until the transaction ends; rows that refer to the user go on."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def members_of(grids: Iterable[str]) -> list[tuple[str, UUID, str]]:
    """Grid, identifier and name of the active grid members of these grids."""
    query = select(User.region_code, User.id, User.display_name).where(
        User.role == GRID_MEMBER, User.active.is_(True), User.region_code.in_(list(grids))
    )
    rows = db.session.execute(query.order_by(User.region_code, User.username))
    return [(code, key, name) for code, key, name in rows]


def hash_of(user_id: UUID) -> str | None:
    """The hash of a user's password as it is now."""
    return db.session.scalar(select(User.password_hash).where(User.id == user_id))


def throttles(account: str) -> Sequence[LoginThrottle]:
    """Every row of failures of an account, held until the transaction ends."""
    query = select(LoginThrottle).where(LoginThrottle.account == account).with_for_update()
    return db.session.scalars(query).all()


def knows_device(user_id: UUID, device_id: str) -> bool:
    """Whether this user has signed in from the device before."""
    query = select(LoginSession.id).where(
        LoginSession.user_id == user_id,
        LoginSession.device_id == device_id,
        LoginSession.revoked_at.is_(None),
    )
    return db.session.scalar(query.limit(1)) is not None


def throttle(account: str, device: str, *, lock: bool = False) -> LoginThrottle | None:
    """The failures kept for an account and device; ``lock`` holds the row until the transaction ends."""
    query = select(LoginThrottle).where(LoginThrottle.account == account, LoginThrottle.device == device)
    return db.session.scalar(query.with_for_update() if lock else query)
