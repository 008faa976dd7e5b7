"""Tables of users. They are not region-scoped: a grid member reads the name of the reviewer above them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped

ACTIVE, DRAIN, KILL = "active", "drain", "kill"


class User(Base):
    """A person who signs in. ``region_code`` is the prefix of all they may see; "-" means no records.

    While ``one_time_until`` is set the password was made by the server and opens nothing but the choice of
    another one, until then. ``version`` counts what others changed.
    """

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(160))
    display_name: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(20))
    region_code: Mapped[str] = mapped_column(String(14), index=True)
    department: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(10), default="zh-CN")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    one_time_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class AccountOperation(Base):
    """An act on accounts or grids that was carried out, by its client's number: sent again, it is this.

    ``digest`` is of what was asked for, ``result`` the identifier of what it made;
    ``request`` is before that of what was only proposed.
    """

    __tablename__ = "account_operation"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    actor_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountRequest(Base):
    """What one person asks for and another decides: ``kind`` is create, reset, enable or revoke (a device).

    ``wanted`` is the account to create, or the order to the device; ``role`` and ``region_code`` are those of
    the account it is about. ``state`` is open, done, declined, or moved: the person went to another place.
    """

    __tablename__ = "account_request"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(20))
    region_code: Mapped[str] = mapped_column(String(14), index=True)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comment: Mapped[str] = mapped_column(String(200), default="")


class LoginSession(Base):
    """One sign-in on one device; every token names it, so that switching it off ends them all.

    ``refresh_jti`` is the refresh token to be used next, ``previous_jti`` the one it took the place of, which
    stays good until then: its answer may have been lost. ``older_jti`` came before both; a copy of it that
    was long on its way may arrive shortly after ``rotated_at``, the last exchange. ``expires_at`` moves with
    every use, ``ends_at`` never.
    """

    __tablename__ = "login_session"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(64))
    device_name: Mapped[str] = mapped_column(String(80))
    app_version: Mapped[str] = mapped_column(String(40))
    refresh_jti: Mapped[str] = mapped_column(String(36))
    previous_jti: Mapped[str | None] = mapped_column(String(36))
    older_jti: Mapped[str | None] = mapped_column(String(36))
    rotated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Device(RegionScoped, Base):
    """A phone or browser as one user has it, and what it last said of itself.

    ``order`` is active, drain (send what you have, then wipe) or kill (wipe now); ``region_code`` is the
    user's at the last contact; ``clock_offset_ms`` is server time minus device time; ``check_warn`` and
    ``check_bad`` are the codes of its last self-check, with blanks between. What a device has not said is
    None.
    """

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("user_id", "device_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    device_id: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(80))
    app_version: Mapped[str] = mapped_column(String(40))
    order: Mapped[str] = mapped_column(String(6), default=ACTIVE)
    ordered_by: Mapped[str | None] = mapped_column(String(40))
    ordered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order_reason: Mapped[str | None] = mapped_column(String(200))
    wiped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_contact_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outbox_count: Mapped[int | None]
    photos_unsent: Mapped[int | None]
    oldest_unsent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_count: Mapped[int | None]
    storage_persisted: Mapped[bool | None]
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    check_warn: Mapped[str | None] = mapped_column(String(500))
    check_bad: Mapped[str | None] = mapped_column(String(500))


class LoginThrottle(Base):
    """Failed attempts on one account from one device, or from all unknown devices (``device`` empty).

    ``account`` is a keyed digest: what somebody typed may be a password or a name, and is not kept.
    """

    __tablename__ = "login_throttle"
    __table_args__ = (UniqueConstraint("account", "device"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(64))
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
