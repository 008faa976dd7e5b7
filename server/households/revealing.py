"""Full identity and telephone numbers: one member at a time, with a reason, and the audit trail says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.accounts.queries import lock_user
from server.core import audit, clock
from server.core.auth import Actor
from server.core.masking import mask_written
from server.core.problems import Problem
from server.households import queries
from server.households.editing import value_of
from server.households.forms import FieldName

ACTION = "member.reveal"
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 60
"""More than anybody needs for a day's work at a desk, and far too few to copy a village."""


def reveal(actor: Actor, household_id: UUID, member_id: UUID, reason: str, note: str) -> dict[str, Any]:
    """The full numbers of one member; read and audited in the caller's transaction.

    Numbers that somebody wrote into the note are masked in the trail.

    Raises:
        Problem: household_not_found, member_not_found, too_many_reveals (with ``retry_after`` in seconds).
    """
    household = queries.get_household(household_id)
    member = next((one for one in household.members if one.id == member_id), None)
    if member is None:
        raise Problem("member_not_found")
    lock_user(actor.id)  # several asked for at once are counted one after the other
    if audit.count_since(actor.id, ACTION, clock.now() - AN_HOUR) >= MOST_AN_HOUR:
        raise Problem("too_many_reveals", retry_after=int(AN_HOUR.total_seconds()))
    told = {"member": str(member.id), "reason": reason}
    if note:
        told["note"] = mask_written(note)
    audit.record(ACTION, ("household", household.id), household.region_code, **told)
    return {
        "id_number": value_of(household, FieldName(member.id, "id_number")),
        "phone": value_of(household, FieldName(None, "phone")),
    }
