"""From an operation to its outcome: looked at by reading alone, then carried out in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.exc import OperationalError

from server.accounts.relay_keys import load_author
from server.accounts.services import load_actor
from server.core import audit, changes, permissions
from server.core.auth import DRAIN, KILL, Actor
from server.core.db import known_since
from server.core.problems import Problem
from server.core.scope import EVERYTHING, covers, region_scope
from server.proposals.services import HouseholdEditForm, NewcomerForm, apply_edit, propose_newcomers
from server.sync import edits, holding, ledger, newcomers, services
from server.sync.models import DECLINED
from server.sync.operations import (
    ACCEPTED,
    CONFLICT,
    EDIT,
    HELD,
    KINDS,
    PROPOSED,
    QUARANTINE,
    SCOPE,
    VERSION,
    VISIT,
    Op,
    Outcome,
    ParentMissing,
    ToHold,
    is_newer,
    rejected,
)
from server.sync.services import Assessed
from server.visits import queries as visits
from server.visits.queries import Visit
from server.visits.services import Overtaken, SignedVisit, answer, bare_answer, clock_mark, open_signed

SENDER = "grid_member"


class SenderRefused(Problem):
    """Whoever sends may not send any more: the answer to all that was not carried out before."""


@dataclass(frozen=True)
class Adoptable:
    """A visit of the sender's that is here but not in the ledger: it came before there was one."""

    answer: str
    region_code: str


Found = Assessed | HouseholdEditForm | NewcomerForm | Adoptable | Exception
Opened = SignedVisit | HouseholdEditForm | NewcomerForm
First = Outcome | Opened | Adoptable | Exception


@dataclass(frozen=True)
class Looked:
    """What reading alone can find out about an operation.

    ``settled`` is its outcome where that is certain; ``absent`` are the operations it needs that are not
    here; ``found`` is what is to be carried out, or the exception that keeps it out.
    """

    op: Op
    settled: Outcome | None = None
    absent: frozenset[UUID] = frozenset()
    found: Found | None = None


def look(actor: Actor, ops: Sequence[Op], *, again: bool = False) -> list[Looked]:
    """Look at several operations of one sender in a fixed number of reads.

    ``again`` also asks whether somebody else's visit has the number, which only a failed attempt suggests.
    """
    known = ledger.find(actor.id, {op.op_id for op in ops} | {need for op in ops for need in op.needs})
    written = visits.written_by(actor.id, [op.op_id for op in ops if op.kind == VISIT])
    missing = _not_here(ops, known)
    first = [_first_look(actor, op, known, written, again=again) for op in ops]
    signed = [each for each in first if isinstance(each, SignedVisit)]
    found = iter(services.assess(actor, signed))
    looked = []
    for op, each in zip(ops, first, strict=True):
        if isinstance(each, Outcome):
            looked.append(Looked(op, settled=each))
        else:
            stands_for = next(found) if isinstance(each, SignedVisit) else each
            looked.append(Looked(op, absent=missing & set(op.needs), found=stands_for))
    return looked


def absent(ops: Sequence[Op], user_id: UUID) -> frozenset[UUID]:
    """Which of the operations that some of a user's need are not here."""
    return _not_here(ops, ledger.find(user_id, {need for op in ops for need in op.needs}))


def _not_here(ops: Iterable[Op], known: dict[UUID, ledger.Operation]) -> frozenset[UUID]:
    """What is needed and neither signed for nor there as a visit in the area."""
    missing = {need for op in ops for need in op.needs} - known.keys()
    return frozenset(missing - visits.by_ids(missing).keys()) if missing else frozenset()


def look_afresh(author: Actor, op: Op) -> Looked:
    """Look at an operation that was held, whatever the ledger says of it.

    Raises:
        Problem: it is refused. ToHold: it is still of a newer app.
    """
    opened = _open(op)
    found = services.assess(author, [opened])[0] if isinstance(opened, SignedVisit) else opened
    return Looked(op, found=found)


def _first_look(
    actor: Actor,
    op: Op,
    known: dict[UUID, ledger.Operation],
    written: dict[UUID, Visit],
    *,
    again: bool,
) -> First:
    try:
        if (row := known.get(op.op_id)) is not None:
            return recall(actor, op, row, written.get(op.op_id))
        if (visit := written.get(op.op_id)) is not None:
            return _recall_unsigned(actor, op, visit)
        if any(known[need].state == DECLINED for need in op.needs if need in known):
            raise Problem("held_declined")
        if again and op.kind == VISIT and visits.is_taken(op.op_id):
            return _other_text(actor, op)
        return _open(op)
    except OperationalError:
        raise  # no room or no lock: that is the whole push's trouble, and the phone sends it again
    except Exception as error:  # noqa: BLE001 - it is this operation's affair alone
        return error


def _open(op: Op) -> Opened:
    """Read what a new operation wants.

    Raises:
        Problem: invalid, body_hash_mismatch, unknown_kind.
        ToHold: it is of a newer app.
    """
    if is_newer(op.schema_v):
        raise ToHold(VERSION)
    if op.kind not in KINDS:
        raise Problem("unknown_kind")
    if op.kind == EDIT:
        return edits.read(op)
    if op.kind != VISIT:
        return newcomers.read(op)
    signed = op.opened or open_signed(op.body, op.sha256, clock_mark(op.offset_ms, op.drift_ms))
    if not op.op_id == op.entity == signed.form.id:
        message = {"code": "invalid", "message": "A visit has one number: op_id, entity and id are the same."}
        raise Problem("invalid", errors={"op_id": [message]})
    return signed


def recall(actor: Actor, op: Op, row: ledger.Operation, visit: Visit | None) -> Outcome | ToHold:
    """The answer that an operation was given before, or that it has to be kept beside another text."""
    if not ledger.same_body(row.sha256, op.sha256):
        return _other_text(actor, op)
    if row.state == DECLINED:
        return rejected(holding.declined(actor.id, op))
    result = row.result or None
    if row.state == ACCEPTED and visit is not None:
        result = _answer(actor, visit)
    if row.state == HELD and (row.code == PROPOSED or (row.kind == EDIT and row.code == CONFLICT)):
        return edits.standing(row)
    return Outcome(st=row.state, code=row.code, position=ledger.position_of(row), result=result)


def _recall_unsigned(actor: Actor, op: Op, visit: Visit) -> Outcome | Adoptable | ToHold:
    if not ledger.same_body(visit.sha256, op.sha256):
        return _other_text(actor, op)
    return Adoptable(_answer(actor, visit), visit.region_code)


def _other_text(actor: Actor, op: Op) -> Outcome | ToHold:
    """The outcome of a second text under one number: what became of it, or that it is yet to be kept."""
    kept = holding.kept_text(actor.id, op)
    if kept is None:
        return ToHold(CONFLICT)
    return holding.outcome_of(kept, in_sight=_in_sight(actor, kept.region_code))


def _answer(actor: Actor, visit: Visit) -> str:
    """The answer to an author, without what the visit found once its household is out of their sight."""
    return answer(visit) if _in_sight(actor, visit.region_code) else bare_answer(visit)


def _in_sight(actor: Actor, region_code: str) -> bool:
    """Whether an author may be shown what is in a place; a device that is emptied gets nothing back."""
    return covers(actor.region_code, region_code) and actor.order != DRAIN


def code_to_keep(actor: Actor, looked: Looked) -> str | None:
    """Why an operation is to be kept and not carried out, as far as reading alone can tell."""
    found = looked.found
    if isinstance(found, ToHold) and (found.code == CONFLICT or actor.order != DRAIN):
        return found.code
    if actor.order == DRAIN:
        return QUARANTINE
    is_foreign = isinstance(found, Problem) and found.code == "household_not_found"
    return SCOPE if is_foreign else None


def carry_out(actor: Actor, looked: Looked) -> Outcome:
    """Carry out an operation and sign for it, in the caller's transaction.

    Raises:
        ToHold: it is to be kept instead. ParentMissing: it has to wait. Problem: it is refused.
        Overtaken: give up the transaction and look again.
        SenderRefused: give up everything.
    """
    check_sender(actor)
    outcome = take_effect(actor, looked)
    ledger.write(actor.id, looked.op, outcome, kept=looked.op.kind == VISIT)
    return outcome


def keep(actor: Actor, op: Op, code: str) -> Outcome:
    """Keep an operation that cannot be carried out, in the caller's transaction. Raises as ``carry_out``."""
    check_sender(actor)
    return holding.hold(actor, op, code)


def is_signed_for(actor: Actor, op: Op) -> bool:
    """Whether a copy was signed for since somebody looked: what it did may refuse this one."""
    return op.op_id in ledger.find(actor.id, [op.op_id])


def check_sender(actor: Actor) -> None:
    """Ask the database, in the transaction of the operation, whether the sender is still who they were.

    Raises:
        SenderRefused: they may not send any more.
        Overtaken: they may, but their area or their device's order is another one by now.
    """
    now = reload(actor)
    if (now.region_code, now.order) != (actor.region_code, actor.order):
        raise Overtaken(str(actor.id))


def reload(actor: Actor) -> Actor:
    """The sender as the database has them now. A job has no sign-in and stays who it is.

    Raises:
        SenderRefused: they may not send any more.
    """
    if actor.session_id is None and actor.carried_by is None:
        return actor
    with region_scope(EVERYTHING):
        now = known_since(("sender", actor.session_id, actor.id, actor.device_id), lambda: _now(actor))
    if now is None:
        raise SenderRefused("token_invalid" if actor.carried_by is None else "account_disabled")
    if now.order == KILL:
        raise SenderRefused("device_wiped")
    if now.role != SENDER or not permissions.fits(now.role, now.region_code):
        raise SenderRefused("role_not_allowed")
    return now


def _now(actor: Actor) -> Actor | None:
    """Who sends is known by the sign-in; who had it carried by the key of the device, signed in or not."""
    if actor.session_id is not None:
        return load_actor(actor.id, actor.session_id)
    author = load_author(actor.id, actor.device_id)
    return author and replace(author, carried_by=actor.carried_by)


def take_effect(actor: Actor, looked: Looked) -> Outcome:
    """Do what an operation wants. Raises ToHold, ParentMissing, Problem, Overtaken as ``carry_out``."""
    if isinstance(looked.found, Adoptable):
        return _adopt(looked.op, looked.found)
    try:
        if isinstance(looked.found, Exception):
            raise looked.found
        if isinstance(looked.found, HouseholdEditForm):
            return edits.outcome_of(apply_edit(actor, looked.found), actor.region_code)
        if isinstance(looked.found, NewcomerForm):
            return newcomers.outcome_of(propose_newcomers(actor, looked.found), actor.region_code)
        assert isinstance(looked.found, Assessed)
        return _take_visit(actor, looked.found)
    except Problem as problem:
        if problem.code == "household_not_found":
            raise ToHold(SCOPE) from problem
        raise


def _take_visit(actor: Actor, assessed: Assessed) -> Outcome:
    try:
        taken = services.store(actor, assessed)
    except Problem as problem:
        revised = assessed.form.revises
        if problem.code == "revision_unknown" and revised is not None and visits.by_id(revised) is None:
            raise ParentMissing(str(revised)) from problem
        raise
    return Outcome(
        st=ACCEPTED,
        position=taken.position,
        tell=taken.answer,
        region_code=taken.region_code,
        is_new=True,
    )


def _adopt(op: Op, found: Adoptable) -> Outcome:
    """Sign for a visit that came before operations were signed for."""
    with region_scope(EVERYTHING):
        position = changes.note("visit", op.entity, found.region_code)
        audit.record("sync.adopt", ("visit", op.entity), found.region_code)
    return Outcome(st=ACCEPTED, position=position, result=found.answer, region_code=found.region_code)
