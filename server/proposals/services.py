"""Corrections of the register: merged field by field; what cannot be merged waits for somebody's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from marshmallow import ValidationError
from sqlalchemy import update

from server.core import audit, changes, clock
from server.core.auth import Actor
from server.core.changes import Position
from server.core.db import db
from server.core.problems import Errors, Problem
from server.core.scope import EVERYTHING, region_scope
from server.households.queries import edits_of, household_to_edit
from server.households.services import (
    MOVE,
    Author,
    Edited,
    check_value,
    leaves_village,
    masked_text,
    moves_along,
    set_fields,
    value_of,
)
from server.proposals import newcomers, queries
from server.proposals.forms import EditOutcome, FieldChange, FieldName, HouseholdEditForm, NewcomerForm
from server.proposals.merging import Merged, Proposed, Seen, merge
from server.proposals.models import APPROVED, DECLINED, EDIT, OPEN, Proposal
from server.proposals.newcomers import propose_newcomers
from server.proposals.sealing import fields_of, seal_fields

if TYPE_CHECKING:
    from server.households.queries import Household

__all__ = [
    "Decision",
    "EditOutcome",
    "FieldChange",
    "FieldName",
    "HouseholdEditForm",
    "NewcomerForm",
    "apply_edit",
    "decide",
    "decision_on",
    "fields_of",
    "move_household",
    "propose_newcomers",
]

FIRST_SECRETARY = "first_secretary"
VILLAGE, TOWNSHIP = "village", "township"
NOTHING_SEEN = 0  # of a revision that the household never had here: whatever its author saw, it was not this


def apply_edit(actor: Actor, edit: HouseholdEditForm) -> EditOutcome:
    """Give fields of a household other values, in the caller's transaction.

    A field that somebody changed after the revision the author saw is not overwritten: it goes into a
    proposal, as do the fields that are never changed without a decision. The same operation carried out
    twice changes nothing the second time.

    Raises:
        Problem: household_not_found; invalid (errors by ``set.N.value``).
    """
    household = household_to_edit(edit.household_id)
    wanted = _checked(household, edit)
    known = edit.base_revision if edit.base_revision <= household.revision else NOTHING_SEEN
    seen = Seen(actor.id, known, edit.op_id, edit.seen)
    decides = actor.role == FIRST_SECRETARY
    merged = merge(household, wanted, seen, edits_of(household.id), decides=decides)
    edited = None
    level = _level(actor, household, merged.proposed)
    if merged.applied:
        author = Author(actor.id, actor.display_name, edit.op_id, edit.written_at)
        edited = set_fields(household, merged.applied, author)
    return _outcome(household, merged, edited, _propose(actor, household, edit, merged.proposed, level))


def _checked(household: Household, edit: HouseholdEditForm) -> dict[FieldName, Any]:
    """The wanted values in their wire form, every fault named."""
    wanted: dict[FieldName, Any] = {}
    errors: Errors = {}
    moving_to = next((each.value for each in edit.changes if each.name == MOVE), None)
    for place, change in enumerate(edit.changes):
        try:
            if change.name in wanted:
                raise ValidationError("Named twice.")
            wanted[change.name] = check_value(household, change.name, change.value, moving_to)
        except ValidationError as error:
            told = [{"code": "invalid", "message": str(message)} for message in error.messages]
            errors[f"set.{place}.value"] = told
    if errors or not wanted:
        raise Problem(
            "invalid", errors=errors or {"set": [{"code": "invalid", "message": "Nothing to change."}]}
        )
    return wanted


def _level(actor: Actor, household: Household, proposed: Sequence[Proposed]) -> str:
    """Who decides: the village, but the township on a move out of it and on what the village itself wants."""
    leaves = any(leaves_village(household, each.name, each.proposed) for each in proposed)
    return TOWNSHIP if leaves or actor.role == FIRST_SECRETARY else VILLAGE


def _propose(
    actor: Actor, household: Household, edit: HouseholdEditForm, proposed: Sequence[Proposed], level: str
) -> Proposal | None:
    earlier = queries.by_operation(actor.id, edit.op_id)
    if earlier is not None or not proposed:
        return earlier
    key = uuid4()
    proposal = Proposal(
        id=key,
        region_code=household.region_code,
        household_id=household.id,
        op_id=edit.op_id,
        author_id=actor.id,
        author_name=actor.display_name,
        base_revision=edit.base_revision,
        fields=seal_fields(key, proposed),
        reason=masked_text(edit.reason),
        level=level,
        state=OPEN,
        written_at=edit.written_at,
        created_at=clock.now(),
    )
    db.session.add(proposal)
    told = [each.name.wire() | {"why": each.why} for each in proposed]
    audit.record("proposal.make", ("proposal", key), household.region_code, level=level, fields=told)
    db.session.flush()
    return proposal


def _outcome(
    household: Household, merged: Merged, edited: Edited | None, proposal: Proposal | None
) -> EditOutcome:
    return EditOutcome(
        revision=household.revision,
        applied=[*merged.done, *merged.applied],
        unchanged=merged.unchanged,
        proposal_id=proposal.id if proposal else None,
        position=edited.position if edited else _note(household, proposal),
    )


def _note(household: Household, proposal: Proposal | None) -> Position:
    """A place in the log for an edit that changed nothing a phone shows: it is durable like any other."""
    audit.record("household.edit_unchanged", ("household", household.id), household.region_code)
    if proposal is not None:
        return changes.note("proposal", proposal.id, household.region_code)
    return changes.note("edit", household.id, household.region_code)


def decide(actor: Actor, proposal_id: UUID, decision: str, comment: str) -> Proposal:
    """Approve or decline a proposal; the same decision twice is one.

    An approved value is written whatever the field has become since; both stay on record.

    Raises:
        Problem: proposal_not_found, proposal_decided, own_work; invalid, when a value can no longer be;
            newcomer_known, when the identifier of a new household or member is in use.
    """
    found = queries.get_decidable(actor, proposal_id)
    # First the household, as every edit of it does; a new one has nothing to hold yet.
    household = None if found.household_id is None else household_to_edit(found.household_id)
    proposal = queries.get_decidable(actor, proposal_id, lock=True)
    if proposal.state == decision:
        return proposal
    if proposal.state != OPEN:
        raise Problem("proposal_decided", state=proposal.state)
    if proposal.author_id == actor.id:
        raise Problem("own_work")
    proposed = fields_of(proposal)
    proposal.state, proposal.comment = decision, masked_text(comment)
    proposal.decided_at, proposal.decided_by = clock.now(), actor.display_name
    is_edit = household is not None and proposal.kind == EDIT
    _tell(household if is_edit else None, proposal, proposed)
    if decision == APPROVED and is_edit and household is not None:
        _carry_out(household, proposal, proposed)
    elif decision == APPROVED:
        newcomers.carry_out(proposal, household, proposed)
    return proposal


def _tell(household: Household | None, proposal: Proposal, proposed: Sequence[Proposed]) -> None:
    """The decision, and which fields are no longer what they were when it was proposed."""
    since = [
        each.name.wire()
        for each in proposed
        if household is not None and value_of(household, each.name) != each.current
    ]
    target = ("proposal", proposal.id)
    audit.record(
        "proposal.decide",
        target,
        proposal.region_code,
        decision=proposal.state,
        fields=[each.name.wire() for each in proposed],
        changed_since=since,
    )
    changes.note("proposal", proposal.id, proposal.region_code)
    db.session.flush()


def _carry_out(household: Household, proposal: Proposal, proposed: Sequence[Proposed]) -> None:
    wanted = {each.name: each.proposed for each in proposed}
    _check_still_possible(household, proposed, wanted.get(MOVE))
    values = {name: value for name, value in wanted.items() if value_of(household, name) != value}
    if values:
        author = Author(proposal.author_id, proposal.author_name, proposal.op_id, proposal.written_at)
        set_fields(household, values, author)


def _check_still_possible(household: Household, proposed: Sequence[Proposed], moving_to: str | None) -> None:
    errors: Errors = {}
    for place, each in enumerate(proposed):
        try:
            check_value(household, each.name, each.proposed, moving_to)
        except ValidationError as error:
            told = [{"code": "invalid", "message": str(message)} for message in error.messages]
            errors[f"fields.{place}.proposed"] = told
    if errors:
        raise Problem("invalid", errors=errors)


@dataclass(frozen=True)
class Decision:
    """What became of a proposal: open, approved or declined, by whom, with which words."""

    state: str
    decided_by: str | None
    decided_at: datetime | None
    comment: str

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == OPEN

    @property
    def is_declined(self) -> bool:
        """Whether it was declined."""
        return self.state == DECLINED


def decision_on(author_id: UUID, op_id: UUID) -> Decision | None:
    """What became of the proposal an operation made, for its author, wherever the household is by now."""
    with region_scope(EVERYTHING):
        found = queries.by_operation(author_id, op_id)
    if found is None:
        return None
    return Decision(found.state, found.decided_by, found.decided_at, found.comment)


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the proposals of a household along to another grid."""
    query = update(Proposal).where(Proposal.household_id == household_id)
    db.session.execute(query.values(region_code=region_code))
