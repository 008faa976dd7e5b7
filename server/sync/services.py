"""Accepting visits: assessed by reading alone, then each stored in one short transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.wire import UUID_TEXT
from server.flags.services import Kept, judge, raise_flags
from server.households.queries import Home, snapshots
from server.photos.services import asked, promised_rows
from server.rule_health.services import note_preview
from server.visits import services as visits
from server.visits.queries import StoredBody, Visit, stored_bodies
from server.visits.services import Examined, SignedVisit, VisitForm

MAX_BATCH = 50


@dataclass(frozen=True)
class Accepted:
    """The answer to a visit as JSON text, and whether this was its first copy."""

    answer: str
    is_new: bool


@dataclass(frozen=True)
class Assessed:
    """A new visit, examined, judged and ready to be stored."""

    form: VisitForm
    examined: Examined
    visit: Visit
    kept: Kept | None


Assessment = Assessed | Accepted | Exception


def assess(actor: Actor, batch: Sequence[SignedVisit]) -> list[Assessment]:
    """Examine and judge visits in a fixed number of reads, before any of them takes the write lock.

    Returns:
        For each visit, in order: what was found, the answer when it was taken in before, or the exception
        that keeps it out (a Problem: visit_conflict, household_not_found, unknown_checklist_version,
        invalid_answers; or a bug, which must not block the others).
    """
    known = snapshots(signed.form.household_id for signed in batch)
    last = stored_bodies(household.last_visit_id for household in known.values())
    answered = visits.first_answers(batch)
    return [_assess(actor, signed, known, last, answered.get(signed.form.id)) for signed in batch]


def _assess(
    actor: Actor,
    signed: SignedVisit,
    known: Mapping[UUID, Home],
    last: Mapping[UUID, StoredBody],
    answered: str | Problem | None,
) -> Assessment:
    if answered is not None:
        return Accepted(answered, is_new=False) if isinstance(answered, str) else answered
    household = known.get(signed.form.household_id)
    if household is None:
        return Problem("household_not_found")
    try:
        examined = visits.examine(household, signed.form, _last(household, last))
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
    visits.record(actor, visit, assessed.examined, asked(rows))
    db.session.add_all(rows)
    raise_flags(visit, assessed.kept)
    note_preview(visit, form.preview)
    return Accepted(visits.answer(visit), is_new=True)


def accept(actor: Actor, signed: SignedVisit) -> Accepted:
    """Assess and store in one go, for a caller that is alone with the database.

    Raises:
        Problem, Overtaken: see ``assess`` and ``store``.
    """
    (found,) = assess(actor, [signed])
    if isinstance(found, Exception):
        raise found
    return store(actor, found) if isinstance(found, Assessed) else found


def rejection(visit_id: Any, problem: Problem) -> dict[str, Any]:
    """How a batch tells that it did not take one visit."""
    named = isinstance(visit_id, str) and UUID_TEXT.match(visit_id)
    return {"id": visit_id if named else None, "state": "rejected", "problem": problem.document()}


def sending_order(entries: list[dict[str, Any]]) -> list[int]:
    """Places of a batch's entries, each revision after the visit it revises."""
    places = {_text(entry, "id"): place for place, entry in enumerate(entries)}
    order: dict[int, None] = {}
    for place in range(len(entries)):
        order |= dict.fromkeys(_before(entries, places, place))
    return list(order)


def _before(entries: list[dict[str, Any]], places: dict[str, int], place: int) -> list[int]:
    """A place after those of the visits it revises, the first one first."""
    chain = [place]
    while (earlier := places.get(_text(entries[chain[-1]], "revises"))) is not None and earlier not in chain:
        chain.append(earlier)
    return chain[::-1]


def _text(entry: dict[str, Any], key: str) -> str:
    body = entry.get("body")
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""
