"""Approving many visits at once, of which some, drawn by the server, stay to be looked at one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from uuid import UUID, uuid5

from server.core import audit
from server.core.auth import Actor
from server.core.db import db
from server.evidence import services as evidence
from server.photos import queries as photos
from server.reviews import queries
from server.reviews.services import ReviewForm, keep_approval
from server.visits import queries as visits
from server.visits.queries import APPROVED, LOWEST_RANK, SUBMITTED, Visit

MAX_TOGETHER = 200
ALWAYS_ONE_FROM = 10  # of so many visits at least one is drawn
SAMPLED, REFUSED = "sampled", "refused"
_dice = SystemRandom()


@dataclass(frozen=True, kw_only=True)
class TogetherForm:
    """What a device sends: a number of its own, and the visits that the reviewer saw in the list."""

    id: UUID
    visit_ids: list[UUID]


@dataclass(frozen=True)
class Outcome:
    """What became of one visit: approved, drawn to be looked at (sampled), or refused with a code."""

    visit_id: UUID
    outcome: str
    code: str | None = None


def approve_together(actor: Actor, form: TogetherForm, percent: int) -> list[Outcome]:
    """Approve each of several visits that are plainly unchanged and without a light, but for a sample.

    ``percent`` of those that may be approved are drawn, at least one of ten; who was drawn stays so. The same
    request sent again finds what it did, and draws among none of them anew.

    Returns:
        A line for each visit, in the order they were sent.
    """
    found = visits.get_visible_all(actor, form.visit_ids)
    ready = photos.ready_counts(found)
    hinted = evidence.hinted(actor, (visit.root_id for visit in found.values()))
    awaited = evidence.awaited(found.values())
    done = queries.known(review_id(form.id, visit_id) for visit_id in form.visit_ids)
    codes = {
        visit_id: None
        if review_id(form.id, visit_id) in done
        else reason_against(actor, found.get(visit_id), ready, hinted, awaited)
        for visit_id in dict.fromkeys(form.visit_ids)
    }
    able = [one for one, code in codes.items() if code is None and review_id(form.id, one) not in done]
    drawn = draw(able, percent)
    for visit_id in able:
        _settle(actor, found[visit_id], form.id, is_drawn=visit_id in drawn)
    db.session.flush()
    return [_outcome(visit_id, code, drawn) for visit_id, code in codes.items()]


def review_id(batch_id: UUID, visit_id: UUID) -> UUID:
    """The number of the approval of a visit within a batch: the same whenever the batch is sent."""
    return uuid5(batch_id, str(visit_id))


def reason_against(
    actor: Actor,
    visit: Visit | None,
    ready: Mapping[UUID, int],
    hinted: Collection[UUID],
    awaited: Collection[UUID],
) -> str | None:
    """Why a visit is not one to approve unseen, as a code; None when it is.

    Args:
        actor: who wants to approve it.
        visit: None when they may not open it.
        ready: how many of its photos can be looked at, by visit.
        hinted: first revisions of visits with an evidence hint.
        awaited: visits of which it is not known yet whether they will have one.
    """
    if visit is None:
        return "visit_not_found"
    obstacles = {
        "own_work": visit.author_id == actor.id,
        "visit_not_reviewable": visit.state != SUBMITTED,
        "spot_check": visit.spot_check,
        "not_low_risk": visit.severity_rank < LOWEST_RANK or visit.dismissed_count or visit.changed_count,
        "resubmitted": visit.revision > 1,
        "hinted": visit.root_id in hinted,
        "not_compared": visit.id in awaited,
        "photos_missing": ready.get(visit.id, 0) < visit.photo_count,
    }
    return next((code for code, holds in obstacles.items() if holds), None)


def draw(able: Sequence[UUID], percent: int) -> set[UUID]:
    """A random sample: ``percent`` of all on average, whatever the size of the parts they are sent in."""
    exact = len(able) * percent / 100
    count = int(exact) + (_dice.random() < exact - int(exact))
    least = 1 if len(able) >= ALWAYS_ONE_FROM else 0
    return set(_dice.sample(able, min(len(able), max(least, count))))


def _settle(actor: Actor, visit: Visit, batch_id: UUID, *, is_drawn: bool) -> None:
    if is_drawn:
        visit.spot_check = True
        audit.record("visit.spot_check", ("visit", visit.id), visit.region_code, batch=str(batch_id))
        return
    form = ReviewForm(id=review_id(batch_id, visit.id), decision=APPROVED, comment="", comments=[])
    keep_approval(actor, visit, form, batch_id)


def _outcome(visit_id: UUID, code: str | None, drawn: Collection[UUID]) -> Outcome:
    if visit_id in drawn or code == "spot_check":
        return Outcome(visit_id, SAMPLED)
    return Outcome(visit_id, APPROVED) if code is None else Outcome(visit_id, REFUSED, code)
