"""Households and members that a grid member found and the register does not have: always a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from server.core import audit, changes, clock
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import covers
from server.households.queries import household_to_edit
from server.households.services import (
    FieldName,
    NewcomersRefused,
    check_newcomers,
    is_taken,
    join_household,
    masked_text,
    member_ids,
    register_household,
)
from server.proposals import queries
from server.proposals.forms import EditOutcome, NewcomerForm
from server.proposals.merging import NEW, Proposed
from server.proposals.models import HOUSEHOLD, MEMBER, OPEN, Proposal
from server.proposals.sealing import seal_fields
from server.regions import queries as regions

if TYPE_CHECKING:
    from server.households.queries import Household

VILLAGE = "village"
NOT_THERE_YET = 0  # the revision of a household that is only proposed


def propose_newcomers(actor: Actor, form: NewcomerForm) -> EditOutcome:
    """Leave a new household or member to the first secretary, in the caller's transaction.

    Carried out twice, the same operation is one proposal.

    Raises:
        Problem: household_not_found, also for a grid that is not the author's and a household that is no
            more; invalid (errors by ``set.N.value``); newcomer_known, when its identifier is in use.
    """
    household, region_code = _place(actor, form)
    values = _checked(form)
    proposal = queries.by_operation(actor.id, form.op_id) or _store(actor, form, region_code, values)
    return EditOutcome(
        revision=household.revision if household else NOT_THERE_YET,
        applied=[],
        unchanged=[],
        proposal_id=proposal.id,
        position=changes.note("proposal", proposal.id, region_code),
    )


def _place(actor: Actor, form: NewcomerForm) -> tuple[Household | None, str]:
    """The household that gets a member, and where the proposal belongs."""
    if form.household_id is not None:
        household = household_to_edit(form.household_id)
        if household.removed_at is not None:
            raise Problem("household_not_found")
        return household, household.region_code
    grid = form.grid or ""
    if not covers(actor.region_code, grid) or not regions.is_grid(grid):
        raise Problem("household_not_found")
    return None, grid


def _checked(form: NewcomerForm) -> dict[FieldName, Any]:
    try:
        whole = form.household_id is None
        return check_newcomers([(each.name, each.value) for each in form.changes], whole=whole)
    except NewcomersRefused as refused:
        errors: dict[str, list[dict[str, str]]] = {}
        for place, message in refused.faults:
            key = "set" if place is None else f"set.{place}.value"
            errors.setdefault(key, []).append({"code": "invalid", "message": message})
        raise Problem("invalid", errors=errors) from refused


def _store(actor: Actor, form: NewcomerForm, region_code: str, values: dict[FieldName, Any]) -> Proposal:
    ids = {form.subject_id, *member_ids(values)}
    if form.household_id is not None and form.subject_id not in member_ids(values):
        raise Problem("invalid", errors={"entity": [{"code": "invalid", "message": "Not the member."}]})
    if is_taken(ids) or queries.is_proposed(form.subject_id):
        raise Problem("newcomer_known")
    key = uuid4()
    proposed = [Proposed(name, None, value, NEW, None, None) for name, value in values.items()]
    proposal = Proposal(
        id=key,
        region_code=region_code,
        kind=HOUSEHOLD if form.household_id is None else MEMBER,
        household_id=form.household_id,
        subject_id=form.subject_id,
        op_id=form.op_id,
        author_id=actor.id,
        author_name=actor.display_name,
        base_revision=NOT_THERE_YET,
        fields=seal_fields(key, proposed),
        reason=masked_text(form.reason),
        level=VILLAGE,
        state=OPEN,
        written_at=form.written_at,
        created_at=clock.now(),
    )
    db.session.add(proposal)
    told = [name.wire() for name in values]
    audit.record(
        "proposal.make", ("proposal", key), region_code, level=VILLAGE, kind=proposal.kind, fields=told
    )
    db.session.flush()
    return proposal


def carry_out(proposal: Proposal, household: Household | None, proposed: Sequence[Proposed]) -> None:
    """Register what was approved, in the caller's transaction.

    Raises:
        Problem: newcomer_known, when its identifier came into use meanwhile; grid_closed, when its grid was.
    """
    values = {each.name: each.proposed for each in proposed}
    if is_taken({*filter(None, [proposal.subject_id]), *member_ids(values)}):
        raise Problem("newcomer_known")
    if household is not None:
        join_household(household, values)
    elif proposal.subject_id is not None:
        if not regions.held_open([proposal.region_code]):
            raise Problem("grid_closed")
        register_household(proposal.subject_id, proposal.region_code, values)
        db.session.flush()
        proposal.household_id = proposal.subject_id
    db.session.flush()
