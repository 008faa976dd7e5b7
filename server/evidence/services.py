"""Looks at visits and pictures once they are here, and notes what a reviewer may want to look at twice.

Nothing waits for it and nothing follows from it: no state changes, nobody is refused, no grid member sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from server.checklists.services import definition
from server.core import audit, clock, state
from server.core.auth import Actor
from server.core.db import db
from server.evidence import queries, signs
from server.evidence.company import Company
from server.evidence.models import ALIKE, PHOTO_REUSED, EvidenceHint, PhotoTrace, VisitTrace
from server.evidence.queries import Past
from server.evidence.signs import Sign
from server.households.queries import households_by_id
from server.households.services import moves_along
from server.photos.queries import Photo
from server.photos.services import Verdict, once_ready
from server.visits import queries as visits
from server.visits.queries import Visit
from server.visits.services import photo_facts

MARK = "evidence.seen"
AWAITED_FOR = timedelta(hours=1)
LATE = timedelta(minutes=5)  # on PostgreSQL a visit may show up after one with a greater number
FEWEST_ALIKE = 2
LIKE_BITS = 3
REVIEWERS = ("first_secretary", "township", "county")
Wire = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What comparing a visit with the others found."""

    visit: Visit
    signs: tuple[Sign, ...]


def waiting(limit: int) -> list[UUID]:
    """Visits that were not compared yet, in the server's order."""
    return [visit_id for _, visit_id in queries.unseen(_mark(), limit)]


def _mark() -> int:
    return int(state.read(MARK) or 0)


def _advance() -> None:
    """Move the mark behind all visits that were compared and are not new any more."""
    mark = _mark()
    rest = queries.unseen(mark, 1)
    limits = [rest[0][0] - 1] if rest else [queries.newest()]
    if (fresh := queries.oldest_since(mark, clock.now() - LATE)) is not None:
        limits.append(fresh - 1)
    if min(limits) > mark:
        state.write(MARK, str(min(limits)))


def leave_traces(visit_ids: Iterable[UUID]) -> None:
    """Note of several visits what later ones are compared with, in the caller's transaction."""
    wanted = set(visit_ids)
    for visit in visits.with_bodies(wanted - queries.traces(wanted).keys()).values():
        db.session.add(_trace(visit, visits.body_of(visit)))
    audit.record("evidence.trace", ("server", MARK), "0", visits=len(wanted))


def compare(visit_ids: Iterable[UUID]) -> list[Look]:
    """Compare visits that left a trace with those around them; reads only."""
    found = visits.with_bodies(visit_ids)
    traces = queries.traces(found)
    company = Company.of(traces.values())
    return [Look(visit, _signs(visit, traces[key], company)) for key, visit in found.items() if key in traces]


def _signs(visit: Visit, trace: VisitTrace, company: Company) -> tuple[Sign, ...]:
    body = visits.body_of(visit)
    found = (
        signs.quick(body),
        signs.jumped(body, visit.clock_suspect, visit.clock_offset_ms),
        signs.far(body, visit.distance_m),
        signs.close(trace.ended_at, company.neighbours(trace)),
        _answered_alike(company.answered_alike(trace)),
    )
    return tuple(sign for sign in found if sign is not None)


def note(looks: Sequence[Look]) -> int:
    """Write down what was found, in the caller's transaction; how many hints are new."""
    fresh = sum(_note(look.visit, sign) for look in looks for sign in look.signs)
    for trace in queries.traces(look.visit.id for look in looks).values():
        trace.looked = True
    db.session.flush()
    _advance()
    audit.record("evidence.look", ("server", MARK), "0", visits=len(looks), hints=fresh)
    return fresh


def _trace(visit: Visit, body: Wire) -> VisitTrace:
    questions = definition(visit.checklist_version).questions
    figures = frozenset(name for name, question in questions.items() if question.type == "money")
    return VisitTrace(
        visit_id=visit.id,
        root_id=visit.root_id,
        region_code=visit.region_code,
        household_id=visit.household_id,
        author_id=visit.author_id,
        ended_at=visit.visited_at,
        answers=signs.answers_digest(body["answers"], figures),
    )


def _answered_alike(same: Sequence[Past]) -> Sign | None:
    homes = {row.household_id for row in same}
    if len(homes) < FEWEST_ALIKE:
        return None
    return Sign(ALIKE, {"households": len(homes)}, same[0].visit_id)


def _note(visit: Visit, sign: Sign) -> bool:
    """Add a hint, unless a revision before had the same; whether it is new."""
    if queries.known(visit.root_id, sign.kind, sign.other):
        return False
    db.session.add(
        EvidenceHint(
            visit_id=visit.id,
            root_id=visit.root_id,
            household_id=visit.household_id,
            region_code=visit.region_code,
            kind=sign.kind,
            other_id=sign.other,
            details=dict(sign.details),
            found_at=clock.now(),
        )
    )
    return True


@once_ready
def look_at_photo(photo: Photo, verdict: Verdict) -> None:
    """Compare a photo that has passed its check with those of other visits of the county.

    The later visit of the two gets the hint, whichever photo arrived first.
    """
    visit = visits.with_bodies([photo.visit_id]).get(photo.visit_id)
    if visit is None or queries.is_traced(photo.id):
        return
    trace = _photo_trace(photo, visit, verdict.likeness)
    db.session.add(trace)
    for other, sign in _reused(trace):
        late, early = (trace, other) if trace.seq > other.seq else (other, trace)
        owner = visit if late is trace else visits.by_id(late.visit_id)
        if owner is not None:
            _note(owner, Sign(PHOTO_REUSED, sign, early.visit_id))


def _photo_trace(photo: Photo, visit: Visit, likeness: str | None) -> PhotoTrace:
    quarters = [int(likeness[n : n + 4], 16) for n in (0, 4, 8, 12)] if likeness else [None] * 4
    return PhotoTrace(
        photo_id=photo.id,
        visit_id=visit.id,
        root_id=visit.root_id,
        household_id=visit.household_id,
        region_code=visit.region_code,
        seq=visit.seq,
        sha256=photo.sha256,
        original=photo_facts(visits.body_of(visit))[photo.sha256]["original_sha256"],
        likeness=likeness,
        **{f"quarter_{n}": quarter for n, quarter in enumerate(quarters)},
    )


def _reused(trace: PhotoTrace) -> Iterable[tuple[PhotoTrace, Wire]]:
    """Photos of other visits that are this one: one for each visit, the same file before the same look."""
    found: dict[UUID, tuple[PhotoTrace, Wire]] = {}
    for other in queries.same_files(trace):
        found.setdefault(other.visit_id, (other, {"exact": True}))
    for other in queries.alike(trace):
        if other.likeness and _differing(trace.likeness or "0", other.likeness) <= LIKE_BITS:
            found.setdefault(other.visit_id, (other, {"exact": False}))
    same_home = {"same_household": True}
    return [
        (other, details | (same_home if other.household_id == trace.household_id else {}))
        for other, details in found.values()
    ]


def _differing(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def hinted(actor: Actor, root_ids: Iterable[UUID]) -> set[UUID]:
    """Which visits, by their first revision, deserve a second look of the actor; none of who made them."""
    if actor.role not in REVIEWERS:
        return set()
    return {root_id for root_id, hints in queries.of_roots(root_ids).items() if hints}


def awaited(seen: Iterable[Visit]) -> set[UUID]:
    """Which visits are still to be compared with the others: what deserves a second look is not known yet.

    One that came in an hour ago is not waited for any more: nobody compares where no worker runs.
    """
    since = clock.now() - AWAITED_FOR
    fresh = {visit.id for visit in seen if visit.received_at > since}
    return fresh - queries.compared(fresh)


def present(actor: Actor, visit: Visit) -> list[Wire]:
    """The hints of a visit for who reviews it; of a visit they may not open only that there is one."""
    if actor.role not in REVIEWERS:
        return []
    hints = queries.of_roots([visit.root_id])[visit.root_id]
    others = _others(actor, hints)
    return [
        {
            "kind": hint.kind,
            "details": hint.details,
            "of_revision": hint.visit_id,
            "compared": hint.other_id is not None,
            "other": others.get(hint.other_id) if hint.other_id else None,
        }
        for hint in hints
    ]


def _others(actor: Actor, hints: Sequence[EvidenceHint]) -> dict[UUID, Wire]:
    """The visits that hints compare with, as far as the scope and the role show them."""
    rows = visits.by_ids(hint.other_id for hint in hints if hint.other_id is not None)
    shown = visits.openable(actor, rows)
    homes = households_by_id(row.household_id for row in rows.values())
    return {
        key: {
            "visit_id": key,
            "household_id": row.household_id,
            "head_name": homes[row.household_id].head_name,
            "visited_at": row.visited_at,
        }
        for key, row in rows.items()
        if key in shown and row.household_id in homes
    }


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take traces and hints of a household along to another grid."""
    for model in (VisitTrace, PhotoTrace, EvidenceHint):
        query = update(model).where(model.household_id == household_id)
        db.session.execute(query.values(region_code=region_code))
