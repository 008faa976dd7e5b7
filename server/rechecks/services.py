"""Re-checks by the township: what is due and until when, its outcomes, and the months' lists.

A visit that the village let through with a red or yellow light, or handed up, is due at the township, and so
is one whose light a later run of the rules found. It has three working days (NX-8-4-2a). Day 0 is the day the
township confirms the month's list (AMB-23), but the last day of the month at the latest: whoever never
confirms gains nothing by it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update

from server.core import audit, changes, clock
from server.core.auth import Actor
from server.core.canonical import canonical, sha256_hex
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import region_scope, within
from server.flags.services import follows_rejudging, lights_of
from server.households import queries as households
from server.households.services import moves_along
from server.rechecks import queries
from server.rechecks.models import (
    DUE,
    HAND_UP,
    HANDED_UP,
    SETTLE,
    SETTLED,
    WITHDRAWN,
    Recheck,
    RecheckMonth,
    RecheckOutcome,
)
from server.rechecks.rules import CAUSES, clock_of, may_settle, obstacle
from server.rechecks.views import detail, rows
from server.reviews import queries as reviews
from server.reviews.queries import Review
from server.reviews.services import follows_decisions, guards_decisions
from server.visits import queries as visits
from server.visits.queries import APPROVED, ESCALATED, RETURNED, Visit
from server.visits.services import end_handing_up, hand_up_again

__all__ = [
    "CAUSES",
    "Finding",
    "OutcomeForm",
    "clock_of",
    "conclude",
    "confirm_month",
    "decide",
    "detail",
    "may_settle",
    "move_household",
    "note_decision",
    "note_rejudging",
    "obstacle",
    "rows",
]

TOWNSHIP_DIGITS = 9
LONGEST_AGO = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found at home about one light: yes, no or unclear."""

    rule: str
    found: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OutcomeForm:
    """An outcome as the officer's device sends it; ``home_on`` is the day of a visit at home."""

    id: UUID
    decision: str
    cause: str
    opinion: str
    home_on: date | None = None
    home_by: str = ""
    findings: list[Finding] = field(default_factory=list)


@follows_decisions
def note_decision(visit: Visit, review: Review) -> None:
    """Make a visit due that the village decided on, or withdraw one that was given back."""
    row = queries.by_visit(visit.id, lock=True)
    if visit.state == RETURNED:
        if row is not None and row.state == DUE:
            row.state = WITHDRAWN
        return
    escalated = visit.state == ESCALATED
    if row is not None:
        row.escalated = escalated  # the township's own word on what the village handed up
    elif escalated or (visit.state == APPROVED and visit.severity_rank <= queries.YELLOW_RANK):
        db.session.add(_due(visit, review, clock.local_date(review.created_at), escalated=escalated))
    db.session.flush()


@guards_decisions
def refuse_concluded(visit: Visit) -> None:
    """A visit that the township concluded on, or that lies with the county, is given back by nobody.

    Raises:
        Problem: visit_not_reviewable.
    """
    row = queries.by_visit(visit.id, lock=True)
    if row is not None and row.state not in (DUE, WITHDRAWN):
        raise Problem("visit_not_reviewable")


@follows_rejudging
def note_rejudging(seen: Sequence[Visit], before: Mapping[UUID, int]) -> None:
    """Make visits due that the village let through before today's rules found a light, from today on.

    From today, too, where it had gone out meanwhile: nobody was to look at it while it was out.
    """
    lit = [one for one in seen if one.state == APPROVED and one.severity_rank <= queries.YELLOW_RANK]
    known, today = queries.several(one.id for one in lit), clock.today()
    late = [one for one in lit if one.id not in known]
    decisions = reviews.of_visits(one.id for one in late)
    again = [row for key, row in known.items() if before[key] > queries.YELLOW_RANK and _is_asleep(row)]
    # All before any is written: asking in one township's scope must not write another's.
    starts = [_day_0(row.region_code[:TOWNSHIP_DIGITS], f"{today:%Y-%m}", today) for row in again]
    due = [_due(one, decisions[one.id][-1], today, escalated=False) for one in late]
    for row, start in zip(again, starts, strict=True):
        row.month, row.decided_on, row.starts_on = f"{today:%Y-%m}", today, start
    db.session.add_all(due)
    db.session.flush()


def _is_asleep(row: Recheck) -> bool:
    """Due, but only for the sake of a light."""
    return row.state == DUE and not row.escalated


def _due(visit: Visit, review: Review, on: date, *, escalated: bool) -> Recheck:
    """``review`` is the village's decision; ``on`` the day from which the visit belongs to a month's list."""
    month = f"{on:%Y-%m}"
    return Recheck(
        visit_id=visit.id,
        household_id=visit.household_id,
        region_code=visit.region_code,
        month=month,
        decided_on=on,
        reviewer_id=review.reviewer_id,
        reviewer_name=review.reviewer_name,
        escalated=escalated,
        severity_rank=visit.severity_rank,
        risks=visit.risks,
        state=DUE,
        starts_on=_day_0(visit.region_code[:TOWNSHIP_DIGITS], month, on),
    )


def _day_0(township: str, month: str, decided_on: date) -> date:
    with region_scope(township):  # the village who decides does not see the township's word
        confirmed = {row.region_code: row for row in queries.confirmations(month)}.get(township)
    return max(decided_on, confirmed.confirmed_on) if confirmed else _last_day(month)


def _last_day(month: str) -> date:
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def confirm_month(actor: Actor, month: str) -> RecheckMonth:
    """Say that the township has a month's list, which starts its time; said again it changes nothing.

    Raises:
        Problem: month_not_begun, for a month to come.
    """
    township, today = actor.region_code, clock.today()
    if month > f"{today:%Y-%m}":
        raise Problem("month_not_begun")
    for row in queries.confirmations(month):
        return row
    row = RecheckMonth(
        region_code=township,
        month=month,
        confirmed_on=min(today, _last_day(month)),
        confirmed_by=actor.id,
        confirmed_by_name=actor.display_name,
        confirmed_at=clock.now(),
    )
    db.session.add(row)
    # A list that is confirmed late does not begin later than its month ended; what came back keeps its day.
    waiting = and_(Recheck.month == month, Recheck.state == DUE, Recheck.rounds == 0)
    late = waiting & within(Recheck.region_code, township) & (Recheck.starts_on > row.confirmed_on)
    held = select(Recheck.visit_id).where(late).order_by(Recheck.visit_id)  # as everybody takes them
    db.session.execute(held.with_for_update(key_share=True)).all()
    db.session.execute(update(Recheck).where(late).values(starts_on=row.confirmed_on))
    audit.record("recheck.confirm_month", ("recheck_month", f"{township}:{month}"), township)
    db.session.flush()
    return row


def conclude(actor: Actor, visit_id: UUID, form: OutcomeForm) -> tuple[RecheckOutcome, bool]:
    """Settle a re-check or hand it up; the same sent twice is one. Returns it, and whether it is new.

    Raises:
        Problem: recheck_not_found, recheck_conflict, recheck_not_due, own_work, own_review,
            settle_not_allowed, invalid.
    """
    held = visits.hold([visit_id])
    row, digest = queries.get(visit_id, lock=True), _digest(visit_id, form)
    if (earlier := queries.outcome_by_id(form.id)) is not None:
        if earlier.sha256 != digest or earlier.officer_id != actor.id:
            raise Problem("recheck_conflict")
        return earlier, False
    visit = held[visit_id]
    _check(actor, row, visit, form)
    outcome = _outcome(actor, visit, form, digest)
    db.session.add(outcome)
    _apply(row, outcome)
    end_handing_up(visit)
    audit.record(
        "recheck.conclude", ("visit", visit_id), row.region_code, decision=form.decision, cause=form.cause
    )
    changes.note("household", row.household_id, row.region_code)
    db.session.flush()
    return outcome, True


def _check(actor: Actor, row: Recheck, visit: Visit, form: OutcomeForm) -> None:
    if (hindered := obstacle(actor, row, visit)) is not None:
        raise Problem(hindered)
    if form.decision == SETTLE and not may_settle():
        raise Problem("settle_not_allowed")
    wrong: dict[str, list[dict[str, str]]] = {}
    if form.home_on is not None and (found := _not_a_day(form.home_on)) is not None:
        wrong["home_on"] = [found]
    lit = {light["rule"] for light in lights_of([visit])[visit.id]}
    for number, finding in enumerate(form.findings):
        if finding.rule not in lit:
            wrong[f"findings.{number}.rule"] = [
                {"code": "unknown_rule", "message": "No light of this visit."}
            ]
    if wrong:
        raise Problem("invalid", errors=wrong)


def _not_a_day(home_on: date) -> dict[str, str] | None:
    today = clock.today()
    if home_on > today:
        return {"code": "in_the_future", "message": "A day that has come."}
    if home_on < today - LONGEST_AGO:
        return {"code": "too_long_ago", "message": "A day of the last twelve months."}
    return None


def _digest(visit_id: UUID, form: OutcomeForm) -> str:
    content = {
        "visit": str(visit_id),
        "decision": form.decision,
        "cause": form.cause,
        "opinion": form.opinion,
    }
    home = {"home_on": form.home_on and form.home_on.isoformat(), "home_by": form.home_by}
    return sha256_hex(canonical(content | home | {"findings": [asdict(each) for each in form.findings]}))


def _outcome(actor: Actor, visit: Visit, form: OutcomeForm, digest: str) -> RecheckOutcome:
    newest = households.get_household(visit.household_id).last_visit_id
    return RecheckOutcome(
        id=form.id,
        visit_id=visit.id,
        household_id=visit.household_id,
        region_code=visit.region_code,
        decision=form.decision,
        cause=form.cause,
        opinion=form.opinion,
        home_on=form.home_on,
        home_by=form.home_by,
        findings=[asdict(each) for each in form.findings],
        newer_visit_id=newest if newest != visit.id else None,
        officer_id=actor.id,
        officer_name=actor.display_name,
        sha256=digest,
        created_at=clock.now(),
    )


def _apply(row: Recheck, outcome: RecheckOutcome) -> None:
    handed_up = outcome.decision == HAND_UP
    row.state = HANDED_UP if handed_up else SETTLED
    row.cause, row.outcome_at, row.officer_name = outcome.cause, outcome.created_at, outcome.officer_name
    row.persons = len(households.get_household(row.household_id).living)
    if handed_up and row.handed_up_at is None:
        row.handed_up_at = outcome.created_at


def decide(row: Recheck, state: str) -> None:
    """What the county decided on a case that was handed up. Raises Problem: not_handed_up."""
    if row.state != HANDED_UP:
        raise Problem("not_handed_up")
    if state == queries.BACK:
        row.state, row.starts_on, row.rounds = DUE, clock.today(), row.rounds + 1
        row.escalated = True  # the county asks, whatever the lights say meanwhile
        hand_up_again(visits.by_ids([row.visit_id])[row.visit_id])
    else:
        row.state, row.concluded_at = state, clock.now()


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the re-checks of a household along to another grid: its new township goes on with them."""
    for model in (Recheck, RecheckOutcome):
        query: Any = update(model).where(model.household_id == household_id)
        db.session.execute(query.values(region_code=region_code))
