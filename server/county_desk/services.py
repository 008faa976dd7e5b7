"""What the county does: decide on cases, give them to people and departments, keep filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update

from server.accounts.queries import departments_of, lock_user, staff_of
from server.core import audit, changes, clock
from server.core.auth import Actor
from server.core.canonical import canonical, sha256_hex
from server.core.db import db
from server.core.problems import Problem
from server.county_desk import queries
from server.county_desk.models import Assignment, AssignmentBatch, CountyDecision, SavedFilter
from server.households.services import moves_along
from server.rechecks import queries as rechecks
from server.rechecks.queries import HANDED_UP, Recheck
from server.rechecks.services import decide as decide_case
from server.reviews import queries as reviews
from server.visits import queries as visits

MOST_FILTERS = 20
ASSIGNED, UNCHANGED, REFUSED = "assigned", "unchanged", "refused"
Result = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DecisionForm:
    """A decision as the officer's device sends it; for ``back`` the opinion holds the questions."""

    id: UUID
    decision: str
    opinion: str


@dataclass(frozen=True, kw_only=True)
class AssignmentForm:
    """Cases for one person of the county office or one department."""

    id: UUID
    visit_ids: list[UUID]
    assignee_id: UUID | None
    department: str | None
    note: str


@dataclass(frozen=True, kw_only=True)
class FilterForm:
    """A filter under the name its user gives it."""

    name: str
    query: dict[str, str]


def decide(actor: Actor, visit_id: UUID, form: DecisionForm) -> tuple[CountyDecision, bool]:
    """Decide on a case; the same sent twice is one. Returns it, and whether it is new.

    Raises:
        Problem: recheck_not_found, decision_conflict, own_work, own_recheck, not_handed_up.
    """
    visits.hold([visit_id])
    row = rechecks.get(visit_id, lock=True)
    content = {"visit": str(visit_id), "decision": form.decision, "opinion": form.opinion}
    digest = sha256_hex(canonical(content))
    if (earlier := queries.decision_by_id(form.id)) is not None:
        if earlier.sha256 != digest or earlier.officer_id != actor.id:
            raise Problem("decision_conflict")
        return earlier, False
    if (found := obstacle(actor, row)) is not None:
        raise Problem(found)
    decide_case(row, form.decision)
    decision = _decision(actor, row, form, digest)
    db.session.add(decision)
    audit.record("county.decide", ("visit", visit_id), row.region_code, decision=form.decision)
    changes.note("household", row.household_id, row.region_code)
    db.session.flush()
    return decision, True


def obstacle(actor: Actor, row: Recheck) -> str | None:
    """Why this officer may not decide on a case; None where nothing is in the way."""
    if row.state != HANDED_UP:
        return "not_handed_up"
    visit = visits.by_ids([row.visit_id])[row.visit_id]
    if visit.author_id == actor.id:
        return "own_work"
    looked = [each.reviewer_id for each in reviews.of_visits([row.visit_id])[row.visit_id]]
    looked += [each.officer_id for each in rechecks.outcomes_of([row.visit_id])]
    return "own_recheck" if actor.id in looked else None


def _decision(actor: Actor, row: Recheck, form: DecisionForm, digest: str) -> CountyDecision:
    return CountyDecision(
        id=form.id,
        visit_id=row.visit_id,
        household_id=row.household_id,
        region_code=row.region_code,
        decision=form.decision,
        opinion=form.opinion,
        officer_id=actor.id,
        officer_name=actor.display_name,
        sha256=digest,
        created_at=clock.now(),
    )


def assign(actor: Actor, form: AssignmentForm) -> list[Result]:
    """Give cases to somebody; says for each what became of it, and the same again when sent again.

    Raises:
        Problem: assignment_conflict, assignee_unknown.
    """
    visits.hold(form.visit_ids)  # a copy of this moment has written down its results when it lets go of them
    digest = _digest(form)
    if (earlier := queries.batch_by_id(form.id)) is not None:
        if earlier.sha256 != digest or earlier.assigned_by != actor.id:
            raise Problem("assignment_conflict")
        return earlier.results
    name = _assignee(actor, form)
    rows, said = rechecks.several(form.visit_ids), queries.newest_notes(form.visit_ids)
    results = [
        _assign(rows.get(visit_id), visit_id, form, name, said.get(visit_id, ""))
        for visit_id in dict.fromkeys(form.visit_ids)
    ]
    db.session.add(_batch(actor, form, digest, results))
    db.session.flush()
    given = [rows[UUID(each["visit_id"])] for each in results if each["status"] == ASSIGNED]
    db.session.add_all(_assignment(actor, row, form) for row in given)
    counts = {"assigned": len(given), "asked": len(results)}
    audit.record("county.assign", ("assignment_batch", form.id), actor.region_code, **counts)
    db.session.flush()
    return results


def _digest(form: AssignmentForm) -> str:
    content = {
        "visits": [str(each) for each in form.visit_ids],
        "assignee": form.assignee_id and str(form.assignee_id),
        "department": form.department,
        "note": form.note,
    }
    return sha256_hex(canonical(content))


def _assignee(actor: Actor, form: AssignmentForm) -> str | None:
    if form.department is not None:
        if form.department not in departments_of(actor.region_code):
            raise Problem("assignee_unknown")
        return None
    for user in staff_of(actor.region_code):
        if user.id == form.assignee_id:
            return user.display_name
    raise Problem("assignee_unknown")


def _assign(row: Recheck | None, visit_id: UUID, form: AssignmentForm, name: str | None, said: str) -> Result:
    """``said``: the note of the assignment before; another one is news to whoever has the case already."""
    if row is None:
        return {"visit_id": str(visit_id), "status": REFUSED, "code": "recheck_not_found"}
    if row.state != HANDED_UP:
        return {"visit_id": str(visit_id), "status": REFUSED, "code": "not_handed_up"}
    same = (row.assignee_id, row.department) == (form.assignee_id, form.department)
    same = same and form.note in ("", said)
    row.assignee_id, row.assignee_name, row.department = form.assignee_id, name, form.department
    return {"visit_id": str(visit_id), "status": UNCHANGED if same else ASSIGNED, "code": None}


def _batch(actor: Actor, form: AssignmentForm, digest: str, results: list[Result]) -> AssignmentBatch:
    return AssignmentBatch(
        id=form.id,
        region_code=actor.region_code,
        sha256=digest,
        note=form.note,
        assigned_by=actor.id,
        results=results,
        created_at=clock.now(),
    )


def _assignment(actor: Actor, row: Recheck, form: AssignmentForm) -> Assignment:
    return Assignment(
        batch_id=form.id,
        visit_id=row.visit_id,
        household_id=row.household_id,
        region_code=row.region_code,
        assignee_id=row.assignee_id,
        assignee_name=row.assignee_name,
        department=row.department,
        note=form.note,
        assigned_by=actor.id,
        assigned_by_name=actor.display_name,
        created_at=clock.now(),
    )


def save_filter(actor: Actor, filter_id: UUID, form: FilterForm) -> SavedFilter:
    """Keep a filter under an identifier of the device; an own one of that identifier is replaced.

    Raises:
        Problem: filter_not_found (somebody else's), too_many_filters.
    """
    lock_user(actor.id)  # several saved at once are counted one after the other
    row = queries.filter_by_id(filter_id)
    if row is None:
        if len(queries.filters_of(actor.id)) >= MOST_FILTERS:
            raise Problem("too_many_filters")
        row = SavedFilter(id=filter_id, user_id=actor.id, created_at=clock.now())
        db.session.add(row)
    elif row.user_id != actor.id:
        raise Problem("filter_not_found")
    row.name, row.query = form.name, form.query
    audit.record("filter.save", ("saved_filter", filter_id), actor.region_code)
    db.session.flush()
    return row


def remove_filter(actor: Actor, filter_id: UUID) -> None:
    """Forget an own filter; one that is not there needs no forgetting."""
    row = queries.filter_by_id(filter_id)
    if row is None or row.user_id != actor.id:
        return
    db.session.delete(row)
    audit.record("filter.remove", ("saved_filter", filter_id), actor.region_code)


def staff(actor: Actor) -> dict[str, Sequence[Any]]:
    """To whom cases may be given."""
    people = [{"id": user.id, "name": user.display_name} for user in staff_of(actor.region_code)]
    return {"people": people, "departments": departments_of(actor.region_code)}


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take a household's decisions and assignments along to another grid."""
    for model in (CountyDecision, Assignment):
        query: Any = update(model).where(model.household_id == household_id)
        db.session.execute(query.values(region_code=region_code))
