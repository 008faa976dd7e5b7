"""Taking in visits: each exactly once, revisions beside what they replace, and a receipt for every one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from server.checklists.services import Person, Walk, definition, walk
from server.core import audit, changes, clock, jsontext, quick
from server.core.auth import Actor
from server.core.canonical import NotCanonical, canonical, sha256_hex
from server.core.changes import GONE, HERE, Position
from server.core.db import db
from server.core.problems import Errors, Problem, flatten
from server.core.quickform import QuickForm
from server.households.queries import Standing, lock_household, standing_of
from server.households.services import moves_along, note_visit
from server.visits import queries, timeline
from server.visits.answers import (
    answer,
    bare_answer,
    listed_photos,
    receipt,
    receipt_key,
    result_text,
    same_number,
    signed_receipt,
)
from server.visits.bodies import seal_body
from server.visits.changes import differences
from server.visits.clocks import ClockMark, clock_mark, true_moment
from server.visits.distance import metres_between
from server.visits.models import (
    APPROVED,
    ESCALATED,
    RETURNED,
    SEVERITIES,
    SUBMITTED,
    SUPERSEDED,
    Visit,
)
from server.visits.photo_schemas import photo_facts
from server.visits.receipts import seq_of
from server.visits.schemas import ExpectedPhoto, Preview, VisitBodySchema, VisitClockSchema, VisitForm
from server.visits.since import since_last

if TYPE_CHECKING:
    from server.households.queries import Home
    from server.visits.queries import StoredBody

__all__ = [
    "ClockMark",
    "Examined",
    "ExpectedPhoto",
    "Judgement",
    "Overtaken",
    "Preview",
    "SignedVisit",
    "VisitForm",
    "answer",
    "bare_answer",
    "clock_mark",
    "clocks_of",
    "decide",
    "differences",
    "examine",
    "listed_photos",
    "move_household",
    "open_signed",
    "people_of",
    "photo_facts",
    "prepare",
    "receipt",
    "receipt_key",
    "record",
    "same_number",
    "seq_of",
    "signed_receipt",
    "since_last",
]

UNKNOWN_CLOCK = ClockMark()
_BODY = QuickForm(VisitBodySchema())
_CLOCK = VisitClockSchema()


class Overtaken(Exception):
    """Another transaction stored a copy, a rival revision, or changed the household meanwhile."""


@dataclass(frozen=True)
class SignedVisit:
    """A visit whose hash and envelope have been checked, its canonical text, and how its clock stood."""

    form: VisitForm
    text: str
    sha256: str
    mark: ClockMark = UNKNOWN_CLOCK


@dataclass(frozen=True)
class Judgement:
    """What the rules concluded: lights and open questions in wire form, version of each pack.

    ``rules`` names all that judged: packs, numbers and the county's settings of the day (``Bench.version``).
    """

    lights: list[dict[str, Any]]
    unknown: list[dict[str, Any]]
    packs: dict[str, str]
    not_asked: list[str]
    rules: str = ""

    @property
    def severity(self) -> str:
        """The worst severity among the lights, "none" without any."""
        return min((light["severity"] for light in self.lights), key=SEVERITIES.index, default="none")


@dataclass(frozen=True)
class Examined:
    """What reading alone can find out about a visit, before its transaction takes the write lock."""

    walk: Walk
    standing: Standing
    received_at: datetime
    visited_at: datetime
    distance_m: int | None
    compared: timeline.Comparison


def open_signed(raw: Any, sha256: str | None, mark: ClockMark = UNKNOWN_CLOCK) -> SignedVisit:
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
        return SignedVisit(_BODY.load(jsontext.loads(text)), text, digest, mark)
    except ValidationError as error:
        raise Problem("invalid", errors=flatten(error.messages)) from error


def clocks_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The clocks of a stored body; None where it says nothing, or in a form of before these checks."""
    said: dict[str, Any] | None = body.get("clock")
    return said if said is not None and not _CLOCK.validate(said) else None


def examine(household: Home, signed: SignedVisit, last: Visit | StoredBody | None) -> Examined:
    """Check the answers and compare them with the household's newest visit; reads only.

    Skip rules see the roster the phone used; members are those of the register.

    Raises:
        Problem: unknown_checklist_version, invalid_answers (with errors by question).
    """
    form, received_at = signed.form, clock.now()
    return Examined(
        walk=_walk(household, form),
        standing=standing_of(household),
        received_at=received_at,
        visited_at=true_moment(form.finished_at, signed.mark, received_at),
        distance_m=_distance(household, form),
        compared=timeline.compare(last, form.answers),
    )


def _walk(household: Home, form: VisitForm) -> Walk:
    try:
        version = definition(form.checklist_version)
    except KeyError as error:
        raise Problem("unknown_checklist_version") from error
    day = clock.local_date(form.finished_at)
    found = walk(version, form.answers, form.roster, people_of(household), day, len(form.photos))
    strays = form.notes.keys() - version.questions.keys()
    if found.errors or strays:
        raise Problem("invalid_answers", errors=_answer_errors(found, strays))
    return found


def people_of(household: Home) -> list[Person]:
    """The members as the form needs them.

    Who has died or moved away since may still be named: the phone did not know. Nothing is asked for them.
    """
    living = [Person(str(m.id), m.stage, m.relation, m.sex) for m in household.living]
    return living + [Person(str(m.id)) for m in household.members if m.removed_at is not None]


def _answer_errors(found: Walk, strays: set[str]) -> Errors:
    errors: Errors = {}
    for error in found.errors:
        entry = {"code": error.code, "message": error.message}
        errors.setdefault(error.question, []).append(entry | ({"item": error.item} if error.item else {}))
    for question in sorted(strays):
        entry = {"code": "unknown_question", "message": "A note on a question the checklist does not have."}
        errors.setdefault(question, []).append(entry)
    return errors


def prepare(actor: Actor, signed: SignedVisit, examined: Examined, judgement: Judgement) -> Visit:
    """The row of a visit as its first revision: all that can be made before the write lock is taken."""
    form, standing = signed.form, examined.standing
    values = {
        "id": form.id,
        "household_id": standing.id,
        "region_code": standing.region_code,
        "author_id": actor.id,
        "author_name": actor.display_name,
        "root_id": form.id,
        "revises_id": form.revises,
        "revision": 1,
        "checklist_version": form.checklist_version,
        "body": seal_body(form.id, signed.text),
        "sha256": signed.sha256,
        "visited_at": examined.visited_at,
        "received_at": examined.received_at,
        "clock_offset_ms": signed.mark.offset_ms,
        "clock_suspect": signed.mark.suspect,
        "distance_m": examined.distance_m,
        "photo_count": len(form.photos),
        "preview_version": form.preview.policy if form.preview else None,
        "state": SUBMITTED,
    }
    return quick.unsaved(Visit, values | _found(judgement) | timeline.noted(examined.compared))


def record(actor: Actor, visit: Visit, examined: Examined, photos: Sequence[dict[str, str]]) -> Position:
    """Store a prepared visit among the household's others, in the caller's transaction.

    A household that was removed from the register keeps what arrives later; the audit says so.

    Returns:
        The visit's place in the change log.

    Raises:
        Problem: household_not_found, revision_unknown, revision_outdated.
        Overtaken: what was examined has changed meanwhile; give up the transaction and examine again.
    """
    if timeline.comes_last(examined.standing, visit, examined.compared):
        if not note_visit(examined.standing, visit.id, visit.visited_at):
            raise Overtaken(str(visit.id))
        visit.latest = not examined.standing.removed
        return _insert(visit, photos, examined.standing)
    household = lock_household(visit.household_id)
    if household.revision != examined.standing.revision:
        raise Overtaken(str(visit.id))
    if visit.revises_id is not None:
        _replace(actor, visit, visit.revises_id)
    position = _insert(visit, photos, examined.standing)
    timeline.rebuild(household)
    return position


def _replace(actor: Actor, visit: Visit, revises_id: UUID) -> None:
    """Make a visit the next revision of one's own or one's grid's, given back or not yet decided."""
    old = queries.hold_of_household(visit.household_id, revises_id)
    if old is None:
        raise Problem("revision_unknown")
    may_revise = old.state == RETURNED or (old.state == SUBMITTED and old.author_id == actor.id)
    if not may_revise:
        raise Problem("revision_outdated")
    visit.root_id, visit.revision = old.root_id, old.revision + 1
    old.state = SUPERSEDED


def _distance(household: Home, form: VisitForm) -> int | None:
    if form.location is None or household.home_lat is None or household.home_lon is None:
        return None
    home = (float(household.home_lat), float(household.home_lon))
    return round(metres_between(home, (float(form.location.lat), float(form.location.lon))))


def _insert(visit: Visit, photos: Sequence[dict[str, str]], standing: Standing) -> Position:
    """Write the row and learn its ``seq``; only a copy that came first can stand in the way."""
    visit.result = result_text(visit, photos)
    try:
        quick.add(visit)
    except IntegrityError as error:
        raise Overtaken(str(visit.id)) from error
    audit.record(
        "visit.accept",
        ("visit", visit.id),
        visit.region_code,
        sha256=visit.sha256,
        revision=visit.revision,
        severity=visit.severity,
        **({"removed": True} if standing.removed else {}),
    )
    return changes.note(
        "household", visit.household_id, visit.region_code, GONE if standing.removed else HERE
    )


def _found(judgement: Judgement) -> dict[str, Any]:
    """What the rules concluded, by the columns of a visit."""
    severities = [light["severity"] for light in judgement.lights]
    risks = {risk for light in judgement.lights for risk in light["risks"]}
    return {
        "severity": judgement.severity,
        "severity_rank": SEVERITIES.index(judgement.severity),
        **{f"{severity}_count": severities.count(severity) for severity in SEVERITIES[:3]},
        "risks": f"|{'|'.join(sorted(risks))}|" if risks else "",
        "packs": judgement.packs,
        "judgement": {
            "lights": judgement.lights,
            "unknown": judgement.unknown,
            "rules": judgement.rules,
        },
        "not_asked": judgement.not_asked,
    }


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the visits of a household along to another grid."""
    db.session.execute(
        update(Visit).where(Visit.household_id == household_id).values(region_code=region_code)
    )


def end_handing_up(visit: Visit) -> None:
    """The township concluded on what the village handed up: nobody has to decide on the visit any more."""
    if visit.state == ESCALATED:
        visit.state = APPROVED


def hand_up_again(visit: Visit) -> None:
    """The county sent it back: the township may decide again on what the village had handed up."""
    if visit.handed_up and visit.state == APPROVED:
        visit.state = ESCALATED


def decide(visit: Visit, decision: str, role: str) -> None:
    """Move a visit to the state that a decision gives it: approved, returned, or handed up (escalated).

    What the village handed up is the township's to decide; only the village hands up.

    Raises:
        Problem: role_not_allowed, visit_not_reviewable (it was replaced or decided before).
    """
    if decision == ESCALATED and role != "first_secretary":
        raise Problem("role_not_allowed")
    handed_up = visit.state == ESCALATED and role == "township"
    if visit.state != SUBMITTED and not handed_up:
        raise Problem("visit_not_reviewable")
    visit.state = decision
    visit.handed_up = decision == ESCALATED or (visit.handed_up and decision != RETURNED)
