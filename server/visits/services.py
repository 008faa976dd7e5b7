"""Taking in visits: each exactly once, revisions beside what they replace, and a receipt for every one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError

from server.checklists.services import Person, Walk, definition, walk
from server.core import audit, clock
from server.core.auth import Actor
from server.core.canonical import NotCanonical, canonical, sha256_hex
from server.core.db import db
from server.core.problems import Errors, Problem, flatten
from server.core.wire import instant_text
from server.visits import queries, receipts, timeline
from server.visits.bodies import seal_body
from server.visits.distance import metres_between
from server.visits.models import APPROVED, RETURNED, SEVERITIES, SUBMITTED, SUPERSEDED, Visit
from server.visits.schemas import ExpectedPhoto, VisitBodySchema, VisitForm

if TYPE_CHECKING:
    from server.households.queries import Household

__all__ = [
    "ExpectedPhoto",
    "Judgement",
    "NumberTaken",
    "SignedVisit",
    "conclude",
    "decide",
    "examine",
    "first_answer",
    "open_signed",
    "receipt",
    "record",
    "set_judgement",
]

CLOCK_TOLERANCE = timedelta(minutes=10)
_BODY = VisitBodySchema()


class NumberTaken(Exception):
    """A visit, or a revision of the same visit, was stored under this number by another transaction."""


@dataclass(frozen=True)
class SignedVisit:
    """A visit whose hash and envelope have been checked, and its canonical text."""

    form: VisitForm
    text: str
    sha256: str


@dataclass(frozen=True)
class Judgement:
    """What the rules concluded: lights and open questions in wire form, version of each pack."""

    lights: list[dict[str, Any]]
    unknown: list[dict[str, Any]]
    packs: dict[str, str]
    not_asked: list[str]

    @property
    def severity(self) -> str:
        """The worst severity among the lights, "none" without any."""
        return min((light["severity"] for light in self.lights), key=SEVERITIES.index, default="none")


def open_signed(raw: Any, sha256: str | None) -> SignedVisit:
    """Check hash and envelope of a body. The answers are checked when the checklist and household are known.

    Raises:
        Problem: body_hash_mismatch, invalid (with errors by field).
    """
    try:
        text = canonical(raw)
    except NotCanonical as error:
        whole = {"code": "invalid", "message": "Numbers are whole; others travel as text."}
        raise Problem("invalid", errors={"_schema": [whole]}) from error
    digest = sha256_hex(text)
    if sha256 != digest:
        raise Problem("body_hash_mismatch")
    try:
        return SignedVisit(_BODY.load(json.loads(text)), text, digest)
    except ValidationError as error:
        raise Problem("invalid", errors=flatten(error.messages)) from error


def first_answer(visit_id: UUID, sha256: str) -> str | None:
    """The answer an earlier copy of this visit was given, None when this is the first.

    Raises:
        Problem: visit_conflict, when another body came under the same identifier.
    """
    earlier = queries.with_result(visit_id)
    if earlier is None:
        return None
    if earlier.sha256 != sha256:
        raise Problem("visit_conflict")
    return earlier.result


def examine(household: Household, form: VisitForm) -> Walk:
    """Walk through the answers once: skip rules with the roster the phone used, members from the register.

    Raises:
        Problem: unknown_checklist_version, invalid_answers (with errors by question).
    """
    try:
        version = definition(form.checklist_version)
    except KeyError as error:
        raise Problem("unknown_checklist_version") from error
    people = [Person(str(m.id), m.stage, m.relation, m.sex) for m in household.members]
    day = clock.local_date(form.finished_at)
    found = walk(version, form.answers, form.roster, people, day, len(form.photos))
    strays = form.notes.keys() - version.questions.keys()
    if found.errors or strays:
        raise Problem("invalid_answers", errors=_answer_errors(found, strays))
    return found


def _answer_errors(found: Walk, strays: set[str]) -> Errors:
    errors: Errors = {}
    for error in found.errors:
        entry = {"code": error.code, "message": error.message}
        errors.setdefault(error.question, []).append(entry | ({"item": error.item} if error.item else {}))
    for question in sorted(strays):
        entry = {"code": "unknown_question", "message": "A note on a question the checklist does not have."}
        errors.setdefault(question, []).append(entry)
    return errors


def record(actor: Actor, household: Household, signed: SignedVisit) -> Visit:
    """Add a visit to the transaction and put it in its place among the household's others.

    Raises:
        Problem: revision_unknown, revision_outdated.
    """
    form = signed.form
    replaced = _replaced(actor, form)
    received_at = clock.now()
    visit = Visit(
        id=form.id,
        household_id=household.id,
        region_code=household.region_code,
        author_id=actor.id,
        author_name=actor.display_name,
        root_id=replaced.root_id if replaced else form.id,
        revises_id=form.revises,
        revision=replaced.revision + 1 if replaced else 1,
        checklist_version=form.checklist_version,
        body=seal_body(form.id, signed.text),
        sha256=signed.sha256,
        visited_at=_visited_at(form.finished_at, received_at),
        received_at=received_at,
        distance_m=_distance(household, form),
        photo_count=len(form.photos),
        state=SUBMITTED,
    )
    if replaced is not None:
        replaced.state = SUPERSEDED
    _place(household, visit, form)
    return visit


def _replaced(actor: Actor, form: VisitForm) -> Visit | None:
    """The visit that this one revises: one's own or one's grid's, given back or not yet decided."""
    if form.revises is None:
        return None
    old = queries.by_id(form.revises)
    if old is None or old.household_id != form.household_id:
        raise Problem("revision_unknown")
    may_revise = old.state == RETURNED or (old.state == SUBMITTED and old.author_id == actor.id)
    if not may_revise:
        raise Problem("revision_outdated")
    return old


def _visited_at(finished_at: datetime, received_at: datetime) -> datetime:
    """The phone's time, unless its clock is ahead: no visit happens after it was received."""
    return finished_at if finished_at <= received_at + CLOCK_TOLERANCE else received_at


def _distance(household: Household, form: VisitForm) -> int | None:
    if form.location is None or household.home_lat is None or household.home_lon is None:
        return None
    home = (float(household.home_lat), float(household.home_lon))
    return round(metres_between(home, (float(form.location.lat), float(form.location.lon))))


def _place(household: Household, visit: Visit, form: VisitForm) -> None:
    if timeline.comes_last(household, visit):
        timeline.place(household, visit, form.answers)
    else:
        _insert(visit)
        timeline.rebuild(household)


def _insert(visit: Visit) -> None:
    """Write the row and learn its ``seq``; only a copy that came first can stand in the way."""
    db.session.add(visit)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise NumberTaken(str(visit.id)) from error


def set_judgement(visit: Visit, judgement: Judgement) -> None:
    """Keep what the rules concluded about a visit, and write its row.

    Raises:
        NumberTaken: another transaction took in a copy meanwhile; the caller's has to be given up.
    """
    severities = [light["severity"] for light in judgement.lights]
    risks = {risk for light in judgement.lights for risk in light["risks"]}
    visit.severity = judgement.severity
    visit.severity_rank = SEVERITIES.index(judgement.severity)
    visit.red_count, visit.yellow_count, visit.attention_count = (severities.count(s) for s in SEVERITIES[:3])
    visit.risks = f"|{'|'.join(sorted(risks))}|" if risks else ""
    visit.packs = judgement.packs
    visit.judgement = {"lights": judgement.lights, "unknown": judgement.unknown}
    visit.not_asked = judgement.not_asked
    _insert(visit)


def conclude(visit: Visit, photos: Sequence[dict[str, str]]) -> str:
    """Number and sign a judged visit; the phone's answer, kept so that every copy gets the same bytes."""
    audit.record(
        "visit.accept",
        ("visit", visit.id),
        visit.region_code,
        sha256=visit.sha256,
        revision=visit.revision,
        severity=visit.severity,
    )
    visit.receipt_number = receipts.number(visit.seq, visit.id, visit.sha256)
    visit.result = json.dumps(_result(visit, photos), ensure_ascii=False, separators=(",", ":"))
    return visit.result


def _result(visit: Visit, photos: Sequence[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": str(visit.id),
        "sha256": visit.sha256,
        "state": "accepted",
        "revision": visit.revision,
        "severity": visit.severity,
        "receipt": receipt(visit),
        "lights": visit.judgement["lights"],
        "unknown": visit.judgement["unknown"],
        "photos": list(photos),
    }


def receipt(visit: Visit) -> dict[str, Any]:
    """The receipt of a stored visit."""
    return {
        "number": visit.receipt_number,
        "seq": visit.seq,
        "received_at": instant_text(visit.received_at),
    }


def decide(visit: Visit, decision: str) -> None:
    """Move a visit to approved or returned.

    Raises:
        Problem: visit_not_reviewable, when it was replaced or decided before.
    """
    if visit.state != SUBMITTED:
        raise Problem("visit_not_reviewable")
    visit.state = APPROVED if decision == APPROVED else RETURNED
