"""Operations of newer apps, carried out once this server knows them: at the worker's start and by command."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from server.accounts.queries import user_by_id
from server.core.auth import Actor
from server.core.db import db, transaction
from server.core.logs import log
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.sync import deciding, delivery, holding
from server.sync.delivery import SENDER
from server.sync.models import TAKEN, HeldOperation
from server.sync.operations import VERSION, Op, ParentMissing, ToHold, is_newer
from server.visits.services import Overtaken

TAKEN_NOW, REFUSED, MOVED, LEFT = FATES = ("taken", "refused", "moved", "left")


def replay() -> Counter[str]:
    """Carry out what is kept of versions that are known by now, each in a transaction of its own.

    Returns:
        How many were taken, refused (their phones are told why at the next push), moved (their place is no
        longer their author's: somebody decides) and left for another time.
    """
    told: Counter[str] = Counter()
    with region_scope(EVERYTHING):
        waiting = holding.known_by_now()
    db.session.rollback()
    while waiting:
        left = [row_id for row_id in waiting if _count(told, _replayed(row_id)) == LEFT]
        if len(left) == len(waiting):
            told[LEFT] = len(left)
            break
        waiting = left  # what was carried out may be what the others were waiting for
    return told


def _count(told: Counter[str], fate: str) -> str:
    if fate != LEFT:
        told[fate] += 1
    return fate


def _replayed(row_id: UUID) -> str:
    """The fate of one operation."""
    try:
        with region_scope(EVERYTHING), transaction():
            return _carry_out(row_id)
    except (Overtaken, ParentMissing):
        return LEFT
    except ToHold:
        with region_scope(EVERYTHING), transaction():
            deciding.hold_for_scope(_row(row_id))
        return MOVED
    except Problem as problem:
        with region_scope(EVERYTHING), transaction():
            deciding.give_back(_row(row_id), problem.code)
        return REFUSED
    except Exception as error:  # noqa: BLE001 - one operation that trips a bug must not block the others
        log.error("replay_failed", kind=type(error).__name__, exc_info=error)
        db.session.rollback()
        return LEFT


def _carry_out(row_id: UUID) -> str:
    row = _row(row_id)
    if not holding.is_open(row) or row.code != VERSION or is_newer(row.schema_v):
        return LEFT
    author, op = _author(row), holding.reopened(row)
    with region_scope(author.region_code):
        _require_parents(author, op)
        outcome = deciding.carry_out(author, op)
    deciding.settle(row, outcome)
    row.state = TAKEN
    db.session.flush()
    return TAKEN_NOW


def _row(row_id: UUID) -> HeldOperation:
    row = holding.with_raw(row_id)
    assert row is not None  # rows of held operations are never deleted
    return row


def _author(row: HeldOperation) -> Actor:
    """The author with the area they have now. Raises ToHold: they collect no visits any more."""
    user = user_by_id(row.user_id)
    if user is None or not user.active or user.role != SENDER:
        raise ToHold(VERSION)
    return replace(deciding.author_of(row), region_code=user.region_code)


def _require_parents(author: Actor, op: Op) -> None:
    if delivery.absent([op], author.id):
        raise ParentMissing(str(op.op_id))
