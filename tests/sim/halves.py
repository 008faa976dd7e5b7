"""
What a crash or a failed commit may never leave behind: an effect without its line in the ledger. Both are one
transaction.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, union

from server.core.db import db
from server.households.models import HouseholdEdit
from server.proposals.models import Proposal
from server.sync.models import TAKEN, HeldOperation, Operation
from server.visits.models import Visit
from tests.sim.records import everything
from tests.sim.server import Server


def left(server: Server) -> list[str]:
    """Effects that nobody signed for."""
    signed = select(Operation.op_id)
    known = union(signed, select(Proposal.op_id))
    with everything(server):
        found: dict[str, set[UUID]] = {
            "visit": set(db.session.scalars(select(Visit.id).where(Visit.id.not_in(signed)))) - _renumbered(),
            "edit": set(
                db.session.scalars(select(HouseholdEdit.op_id).where(HouseholdEdit.op_id.not_in(known)))
            ),
            "held operation": set(
                db.session.scalars(select(HeldOperation.op_id).where(HeldOperation.op_id.not_in(signed)))
            ),
        }
    return [
        f"{what} {number} has an effect and no line in the ledger"
        for what, numbers in found.items()
        for number in sorted(numbers)
    ]


def _renumbered() -> set[UUID]:
    """Visits that somebody took in beside another of the same number: signed for under that number."""
    told = " ".join(db.session.scalars(select(HeldOperation.result).where(HeldOperation.state == TAKEN)))
    return {key for key in db.session.scalars(select(Visit.id)) if str(key) in told}
