"""Reads of notices, marks and webhooks, and of the audit trail they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from server.core import cursors
from server.core.audit import AuditEntry
from server.core.audit_heads import AuditHead
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import within
from server.notices.kinds import ACTIONS
from server.notices.models import Notice, NoticeMark, Webhook

LISTING = "notices"
TOWNSHIP_DIGITS = 9
UNREAD_SHOWN = 100


def heads() -> dict[str, int]:
    """How many entries each chain of the audit trail has."""
    return {row.chain: row.count for row in db.session.scalars(select(AuditHead))}


def first_since(chain: str, instant: datetime) -> int | None:
    """The number of a chain's first entry of an instant or later."""
    query = select(func.min(AuditEntry.number)).where(AuditEntry.chain == chain, AuditEntry.at >= instant)
    return db.session.scalar(query)


def acts(chain: str, behind: int, upto: int) -> Sequence[AuditEntry]:
    """The entries of a chain behind one number, up to another, that somebody may have to be told of."""
    query = select(AuditEntry).where(
        AuditEntry.chain == chain,
        AuditEntry.number > behind,
        AuditEntry.number <= upto,
        AuditEntry.action.in_(ACTIONS),
    )
    return db.session.scalars(query.order_by(AuditEntry.number)).all()


def _for(actor: Actor) -> list[ColumnElement[bool]]:
    """Those of the role, within the scope; nobody is told of their own acts."""
    return [Notice.role == actor.role, or_(Notice.actor_id.is_(None), Notice.actor_id != actor.id)]


def page(actor: Actor, cursor: str | None, limit: int) -> tuple[Sequence[Notice], str | None]:
    """One page of the actor's notices, the newest first, and the cursor of the next.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    query = select(Notice).where(*_for(actor)).order_by(Notice.seq.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(Notice.seq < _position(cursor))
    rows = db.session.scalars(query).all()
    following = cursors.pack(LISTING, rows[limit - 1].seq) if len(rows) > limit else None
    return rows[:limit], following


def _position(cursor: str) -> int:
    parts = cursors.unpack(LISTING, cursor)
    if len(parts) != 1 or not isinstance(parts[0], int):
        raise Problem("bad_request")
    return parts[0]


def seen(user_id: UUID) -> int:
    """The newest notice that a user has seen; 0 for none."""
    query = select(NoticeMark.seq).where(NoticeMark.user_id == user_id)
    return db.session.scalar(query) or 0


def mark_of(user_id: UUID) -> NoticeMark | None:
    """The mark of a user, its row held until the transaction ends."""
    return db.session.scalar(select(NoticeMark).where(NoticeMark.user_id == user_id).with_for_update())


def unread(actor: Actor) -> int:
    """How many notices the actor has not seen; of many only that there are ``UNREAD_SHOWN``."""
    query = select(Notice.seq).where(*_for(actor), Notice.seq > seen(actor.id)).limit(UNREAD_SHOWN)
    return len(db.session.scalars(query).all())


def newest_for(actor: Actor) -> int:
    """The newest notice of the actor; 0 without any."""
    return db.session.scalar(select(func.max(Notice.seq)).where(*_for(actor))) or 0


def newest(county: str) -> int:
    """The newest notice of a county; 0 without any."""
    query = select(func.max(Notice.seq)).where(within(Notice.region_code, county))
    return db.session.scalar(query) or 0


def counts(county: str, behind: int, upto: int) -> list[tuple[str, str, int]]:
    """Township, kind and number of a county's notices behind one number, up to another."""
    township = func.substr(Notice.region_code, 1, TOWNSHIP_DIGITS)
    query = select(township, Notice.kind, func.count()).where(
        within(Notice.region_code, county), Notice.seq > behind, Notice.seq <= upto
    )
    rows = db.session.execute(query.group_by(township, Notice.kind).order_by(township, Notice.kind))
    return [(place, kind, count) for place, kind, count in rows]


def webhooks() -> Sequence[Webhook]:
    """All webhooks, the oldest first."""
    return db.session.scalars(select(Webhook).order_by(Webhook.created_at, Webhook.id)).all()


def webhook(webhook_id: UUID) -> Webhook | None:
    """The webhook of an identifier."""
    return db.session.scalar(select(Webhook).where(Webhook.id == webhook_id))


def old(before: datetime, limit: int) -> Sequence[Notice]:
    """Notices from before an instant."""
    return db.session.scalars(select(Notice).where(Notice.at < before).limit(limit)).all()
