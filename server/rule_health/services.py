"""Comparing what a phone said of a visit with what the server concludes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import update

from server.core import quick
from server.core.db import db
from server.households.services import moves_along
from server.local_policy.services import policy_version
from server.rule_health.models import PreviewDifference
from server.visits.queries import Visit
from server.visits.services import Preview

__all__ = ["between_bars", "move_household", "note_preview"]


def note_preview(visit: Visit, preview: Preview | None) -> bool:
    """Write down where phone and server differ, in the transaction that takes the visit in.

    Returns:
        Whether there was a difference; without a preview there is none.
    """
    if preview is None:
        return False
    met = {light["rule"] for light in visit.judgement["lights"]}
    left_open = {rule["rule"] for rule in visit.judgement["unknown"]}
    phone_met, phone_open = set(preview.met), set(preview.left_open)
    if met == phone_met and left_open == phone_open:
        return False
    quick.add(
        PreviewDifference(
            region_code=visit.region_code,
            visit_id=visit.id,
            household_id=visit.household_id,
            phone_version=preview.policy,
            server_version=policy_version(visit.region_code),
            met_phone=between_bars(phone_met - met),
            met_server=between_bars(met - phone_met),
            open_phone=between_bars(phone_open - left_open),
            open_server=between_bars(left_open - phone_open),
            noted_at=visit.received_at,
        )
    )
    return True


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the differences of a household's visits along to another grid."""
    query = update(PreviewDifference).where(PreviewDifference.household_id == household_id)
    db.session.execute(query.values(region_code=region_code))


def between_bars(rules: Iterable[str]) -> str:
    """Rule ids as one text that a search for "|id|" finds; empty without any."""
    listed = sorted(rules)
    return f"|{'|'.join(listed)}|" if listed else ""
