"""What holds for every re-check: its time, its causes, and who may not decide on it."""

from __future__ import annotations

from server.core import installation
from server.core.auth import Actor
from server.policy.loader import load_packs
from server.policy.model import RISKS
from server.rechecks.models import DUE, Recheck
from server.reviews import queries as reviews
from server.visits.queries import Visit
from server.workdays.services import Running, running

CLOCK = "CLK-1"
VILLAGE = "first_secretary"
# What a household's hardship comes from; the other risks say what a light is about, not why.
NO_CAUSES = {
    "focus_group",
    "policy_delivery",
    "verify",
    "exclusion_check",
    "self_report",
    "tracking",
    "release",
}
CAUSES = tuple(risk for risk in RISKS if risk not in NO_CAUSES)


def may_settle() -> bool:
    """Whether a township of this place may settle a case itself (NX-8-4-2c; AMB-27)."""
    return load_packs().profiles[installation.profile()].township_settles


def clock_of(region_code: str) -> Running:
    """The three working days by the days of a region's county."""
    return running(region_code, CLOCK)


def obstacle(actor: Actor, row: Recheck, visit: Visit) -> str | None:
    """Why this officer may not decide on a re-check; None where nothing is in the way."""
    if row.state != DUE:
        return "recheck_not_due"
    if visit.author_id == actor.id:
        return "own_work"
    # What the officer said to the village of a visit that it handed up is the township's word already.
    village = [each for each in reviews.of_visits([visit.id])[visit.id] if each.reviewer_role == VILLAGE]
    return "own_review" if any(each.reviewer_id == actor.id for each in village) else None
