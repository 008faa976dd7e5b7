"""What becomes of held operations: taken as their author's after all, declined, or given back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from server.core import audit, clock
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.sync import delivery, holding, ledger
from server.sync.delivery import SENDER
from server.sync.models import DECLINED, OPEN, TAKEN, HeldOperation
from server.sync.operations import CONFLICT, HELD, SCOPE, VERSION, VISIT, Op, Outcome, ParentMissing, ToHold
from server.visits import queries as visits
from server.visits.queries import RETURNED, SUBMITTED
from server.visits.services import clock_mark, open_signed

SECOND_TEXTS = UUID("5d0c1f0e-8f4b-4a59-9a06-7d1f3a9e2c55")


@dataclass(frozen=True, kw_only=True)
class HeldDecision:
    """What somebody answerable decided on a held operation, and what they tell its author."""

    decision: str
    comment: str


def decide(actor: Actor, held_id: UUID, form: HeldDecision) -> HeldOperation:
    """Take or decline a held operation, in the caller's transaction; the same decision twice is one.

    Taken, it is carried out now as its author's, within what the decider may see.

    Raises:
        Problem: held_not_found, held_decided, held_not_decidable, own_work; when it is taken also whatever a
            push of it would be refused for.
        Overtaken: give up the transaction and start over.
    """
    row = holding.with_raw(held_id)
    if row is None:
        raise Problem("held_not_found")
    if row.state == form.decision:
        return row
    if row.state != OPEN:
        raise Problem("held_decided")
    if row.code == VERSION:
        raise Problem("held_not_decidable")
    if row.user_id == actor.id:
        raise Problem("own_work")
    if form.decision == TAKEN:
        _take(row, replace(author_of(row), region_code=actor.region_code))
    else:
        _decline(row)
    row.state, row.comment = form.decision, form.comment
    row.decided_at, row.decided_by = clock.now(), actor.display_name
    target = ("operation", row.op_id)
    audit.record("sync.decide", target, row.region_code, decision=form.decision, code=row.code)
    db.session.flush()
    return row


def author_of(row: HeldOperation) -> Actor:
    """Whose operation it is; where they may work is the caller's affair."""
    return Actor(row.user_id, SENDER, row.region_code, row.author_name)


def _take(row: HeldOperation, author: Actor) -> None:
    try:
        settle(row, carry_out(author, reopen(row)))
    except ToHold as found:
        code = "held_not_decidable" if found.code == VERSION else "household_not_found"
        raise Problem(code) from found
    except ParentMissing as missing:
        raise Problem("revision_unknown") from missing


def reopen(row: HeldOperation) -> Op:
    """The operation of a row as it can be carried out. Raises Problem: invalid, body_hash_mismatch."""
    op = holding.reopened(row)
    return _second_text(op) if row.code == CONFLICT else op


def carry_out(author: Actor, op: Op) -> Outcome:
    """Do what a held operation wants, in the caller's transaction.

    Raises:
        ToHold, ParentMissing, Problem, Overtaken: as ``delivery.carry_out``.
    """
    return delivery.take_effect(author, delivery.look_afresh(author, op)).told()


def settle(row: HeldOperation, outcome: Outcome) -> None:
    """Sign anew for a held operation that was carried out."""
    row.result = outcome.result or ""
    if outcome.position is not None:
        row.xid, row.change_seq = outcome.position.xid, outcome.position.seq
    if (entry := _signed_for(row)) is not None:
        ledger.rewrite(entry, outcome, kept=row.kind == VISIT)


def _decline(row: HeldOperation) -> None:
    if (entry := _signed_for(row)) is not None:
        ledger.decline(entry)


def _signed_for(row: HeldOperation) -> ledger.Operation | None:
    """The line in the ledger; a second text under one number has none."""
    return None if row.code == CONFLICT else ledger.find(row.user_id, [row.op_id]).get(row.op_id)


def give_back(row: HeldOperation, why: str) -> None:
    """Forget the signature for an operation that turned out to be refused; sent again it is judged anew.

    The text stays on record.
    """
    if (entry := _signed_for(row)) is not None:
        ledger.strike(entry)
    row.state, row.comment, row.decided_at = DECLINED, why, clock.now()
    audit.record("sync.give_back", ("operation", row.op_id), row.region_code, why=why)
    db.session.flush()


def hold_for_scope(row: HeldOperation) -> None:
    """From now on it is not the server's version that keeps an operation, but that its place is another's."""
    if (entry := _signed_for(row)) is not None:
        ledger.rewrite(entry, Outcome(st=HELD, code=SCOPE))
    row.code = SCOPE
    audit.record("sync.hold", ("operation", row.op_id), row.region_code, code=SCOPE, kind=row.kind)
    db.session.flush()


def _second_text(op: Op) -> Op:
    """Another text under a number that is taken, under a number of its own.

    A visit corrects the first text where that can still be corrected, else it stands beside it.
    """
    number = uuid5(SECOND_TEXTS, f"{op.op_id}/{op.sha256}")
    if op.kind != VISIT:
        return replace(op, op_id=number)
    signed = open_signed(op.body, op.sha256, clock_mark(op.offset_ms, op.drift_ms))
    form = replace(signed.form, id=number, revises=_still_correctable(op.op_id, signed.form.household_id))
    return replace(op, op_id=number, entity=number, opened=replace(signed, form=form))


def _still_correctable(first_id: UUID, household_id: UUID) -> UUID | None:
    first = visits.by_id(first_id)
    if first is None or first.household_id != household_id:
        return None
    newest = visits.revisions(first.root_id)[-1]
    return newest.id if newest.state in (SUBMITTED, RETURNED) else None
