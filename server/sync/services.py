"""Accepting visits: assessed by reading alone, then each stored in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from server.core.auth import Actor
from server.core.changes import Position
from server.core.problems import Problem
from server.flags.services import Kept, judge, raise_flags
from server.households.queries import Home, snapshots
from server.photos.services import asked, keep_promised, promised_rows
from server.rule_health.services import note_preview
from server.visits import services as visits
from server.visits.queries import StoredBody, Visit, stored_bodies
from server.visits.services import Examined, SignedVisit, VisitForm


@dataclass(frozen=True)
class Accepted:
    """What makes the answer to a stored visit, as JSON text; its place in the change log; where it is."""

    answer: Callable[[], str]
    position: Position
    region_code: str


@dataclass(frozen=True)
class Assessed:
    """A new visit, examined, judged and ready to be stored."""

    form: VisitForm
    examined: Examined
    visit: Visit
    kept: Kept | None


Assessment = Assessed | Exception


def assess(actor: Actor, batch: Sequence[SignedVisit]) -> list[Assessment]:
    """Examine and judge new visits in a fixed number of reads, before any of them takes the write lock.

    Returns:
        For each visit, in order: what was found, or the exception that keeps it out (a Problem:
        household_not_found, unknown_checklist_version, invalid_answers; or a bug, which must not block the
        others).
    """
    known = snapshots(signed.form.household_id for signed in batch)
    last = stored_bodies(household.last_visit_id for household in known.values())
    return [_assess(actor, signed, known, last) for signed in batch]


def _assess(
    actor: Actor, signed: SignedVisit, known: Mapping[UUID, Home], last: Mapping[UUID, StoredBody]
) -> Assessment:
    household = known.get(signed.form.household_id)
    if household is None:
        return Problem("household_not_found")
    try:
        examined = visits.examine(household, signed, _last(household, last))
        judgement = judge(household, examined)
        visit = visits.prepare(actor, signed, examined, judgement)
        return Assessed(signed.form, examined, visit, judgement.kept)
    except Exception as error:  # noqa: BLE001 - handed to the caller, who knows whose visit it is
        return error


def _last(household: Home, last: Mapping[UUID, StoredBody]) -> StoredBody | None:
    return last.get(household.last_visit_id) if household.last_visit_id else None


def store(actor: Actor, assessed: Assessed) -> Accepted:
    """Store one visit with its flags and the photos to come, in the caller's transaction.

    Raises:
        Problem: household_not_found, revision_unknown, revision_outdated.
        Overtaken: give up the transaction and assess again.
    """
    form, visit = assessed.form, assessed.visit
    rows = promised_rows(visit, form.photos)
    position = visits.record(actor, visit, assessed.examined, asked(rows))
    keep_promised(rows)
    raise_flags(visit, assessed.kept)
    note_preview(visit, form.preview)
    hashes = [photo.sha256 for photo in form.photos]
    return Accepted(partial(visits.answer, visit, hashes), position, visit.region_code)


def accept(actor: Actor, signed: SignedVisit) -> Accepted:
    """Assess and store in one go, for a caller that is alone with the database.

    Raises:
        Problem, Overtaken: see ``assess`` and ``store``.
    """
    (found,) = assess(actor, [signed])
    if isinstance(found, Exception):
        raise found
    return store(actor, found)
