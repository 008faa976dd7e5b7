"""Operations one after the other, each in a transaction of its own: for routes, the job and the command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Semaphore
from uuid import UUID

from flask import current_app
from sqlalchemy.exc import OperationalError

from server.core.auth import Actor
from server.core.db import db, transaction, turns
from server.core.logs import log
from server.core.problems import Problem
from server.core.scope import region_scope
from server.core.wire import UUID_TEXT
from server.sync import delivery
from server.sync.delivery import Looked
from server.sync.operations import (
    ACCEPTED,
    HELD,
    INTERNAL,
    PARENT_MISSING,
    VISIT,
    Op,
    Outcome,
    ParentMissing,
    ToHold,
    rejected,
    waiting,
)
from server.visits.services import Overtaken

ATTEMPTS = 4
POSTGRES_AT_ONCE = 2
_alone, _few = Semaphore(1), Semaphore(POSTGRES_AT_ONCE)


@contextmanager
def few_at_a_time() -> Iterator[None]:
    """Let only so many threads of this process work on what was sent as there is something to do for.

    SQLite has a single write lock: one. On PostgreSQL a second thread works while the first one waits for an
    answer. More would only take the interpreter from each other, thirty of them three times as much processor
    time as the work itself, and every phone would wait longer.
    """
    pushes = _alone if current_app.extensions["settings"].is_sqlite else _few
    if not pushes.acquire(blocking=False):
        db.session.rollback()  # who waits keeps no connection, and SQLite's log from nothing
        pushes.acquire()
    try:
        yield
    finally:
        pushes.release()


def deliver(
    actor: Actor, ops: Sequence[Op], *, may_keep: bool = True, along: Callable[[], None] | None = None
) -> list[Outcome]:
    """Carry out the operations of one sender, each after those it needs; ``along`` writes in the same turn.

    Returns:
        The outcomes in the order of ``ops``. Where ``may_keep`` is False nothing is kept that cannot be
        carried out: it is "held" without a position.

    Raises:
        SenderRefused: they may not send any more; what was carried out before stays.
    """
    with region_scope(actor.region_code):
        looked = delivery.look(actor, ops)
    here: set[UUID] = set()
    outcomes: dict[int, Outcome] = {}
    with turns():
        for place in sending_order(ops):
            outcome = settle(actor, looked[place], here, may_keep=may_keep)
            outcomes[place] = outcome
            if outcome.st in (ACCEPTED, HELD):
                here.add(ops[place].op_id)
        if along is not None:
            along()
    return [outcomes[place].told() for place in range(len(ops))]


def settle(actor: Actor, looked: Looked, here: set[UUID], *, may_keep: bool) -> Outcome:
    """The outcome of one operation. A bug that it trips is its own affair: it waits, the others go on."""
    try:
        return _attempt(actor, looked, here, may_keep=may_keep)
    except (OperationalError, delivery.SenderRefused):
        raise  # no room, no lock, no right: that is the whole push's trouble, and the phone sends it again
    except ParentMissing:
        return waiting(PARENT_MISSING)
    except ToHold as found:
        return Outcome(st=HELD, code=found.code)  # without a position: it was not kept
    except Problem as problem:
        return rejected(problem)
    except Exception as error:  # noqa: BLE001 - one operation that trips a bug must not block the others
        log.error("operation_failed", kind=type(error).__name__, exc_info=error)
        return waiting(INTERNAL)


def _attempt(actor: Actor, looked: Looked, here: set[UUID], *, may_keep: bool) -> Outcome:
    """Carry out, or keep; when another request overtook this one, look again and start over."""
    for _ in range(ATTEMPTS):
        if looked.settled is not None:
            return looked.settled
        try:
            return _in_a_transaction(actor, looked, here, may_keep=may_keep)
        except Overtaken:
            actor = delivery.reload(actor)
            with region_scope(actor.region_code):
                (looked,) = delivery.look(actor, [looked.op], again=True)
    return waiting(INTERNAL)


def _in_a_transaction(actor: Actor, looked: Looked, here: set[UUID], *, may_keep: bool) -> Outcome:
    code = delivery.code_to_keep(actor, looked)
    if code is None:
        if isinstance(looked.found, Exception):
            raise looked.found
        if looked.absent - here:
            raise ParentMissing(str(looked.op.op_id))
        try:
            with region_scope(actor.region_code), transaction():
                return delivery.carry_out(actor, looked)
        except delivery.SenderRefused:
            raise
        except (ToHold, ParentMissing, Problem) as found:
            if delivery.is_signed_for(actor, looked.op):
                raise Overtaken(str(looked.op.op_id)) from found  # another copy stands in its way
            if not isinstance(found, ToHold):
                raise
            code = found.code
    if not may_keep:
        raise ToHold(code)
    with region_scope(actor.region_code), transaction():
        return delivery.keep(actor, looked.op, code)


def sending_order(ops: Sequence[Op]) -> list[int]:
    """Places of the operations, each after those of the same push that it needs or revises."""
    places = {op.op_id: place for place, op in enumerate(ops)}
    order: dict[int, None] = {}
    for place in range(len(ops)):
        _add_after_parents(ops, places, place, order)
    return list(order)


def _add_after_parents(
    ops: Sequence[Op], places: dict[UUID, int], start: int, order: dict[int, None]
) -> None:
    """Depth first without recursion; who needs each other in a circle keeps the order of sending."""
    stack, seen = [start], {start}
    while stack:
        parents = [places[need] for need in _parents(ops[stack[-1]]) if need in places]
        before = next((place for place in parents if place not in order and place not in seen), None)
        if before is None:
            order[stack.pop()] = None
        else:
            stack.append(before)
            seen.add(before)


def _parents(op: Op) -> list[UUID]:
    revised = op.body.get("revises") if op.kind == VISIT and isinstance(op.body, dict) else None
    is_known = isinstance(revised, str) and UUID_TEXT.match(revised)
    return [*op.needs, *([UUID(revised)] if is_known else [])]
