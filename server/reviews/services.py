"""Deciding on visits: approve, give back with what is to be corrected, hand up; never one's own work."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from server.checklists.services import definition
from server.core import audit, changes, clock
from server.core.auth import Actor
from server.core.canonical import canonical, sha256_hex
from server.core.db import db
from server.core.problems import Errors, Problem
from server.households.services import moves_along
from server.reviews import queries
from server.reviews.following import ask, follows_decisions, guards_decisions, tell
from server.reviews.models import Review
from server.visits import queries as visits
from server.visits.queries import Visit
from server.visits.services import decide

__all__ = [
    "MAX_COMMENTS",
    "QuestionComment",
    "ReviewForm",
    "follows_decisions",
    "guards_decisions",
    "keep_approval",
    "move_household",
    "review",
]

MAX_COMMENTS = 60


@dataclass(frozen=True, kw_only=True)
class QuestionComment:
    """A remark on one question."""

    question: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ReviewForm:
    """A decision as the reviewer's device sends it."""

    id: UUID
    decision: str
    comment: str
    comments: list[QuestionComment]

    def wire_comments(self) -> list[dict[str, str]]:
        """The remarks as JSON."""
        return [{"question": each.question, "text": each.text} for each in self.comments]


def review(actor: Actor, visit_id: UUID, form: ReviewForm) -> tuple[Review, bool]:
    """Decide on a visit; the same decision sent twice is one. Returns it, and whether it is new.

    Raises:
        Problem: visit_not_found, review_conflict, own_work, role_not_allowed, visit_not_reviewable, invalid.
    """
    visit = visits.get_visible(actor, visit_id, lock=True)
    digest = _digest(visit_id, form)
    if (earlier := queries.by_id(form.id)) is not None:
        if earlier.sha256 != digest or earlier.reviewer_id != actor.id:
            raise Problem("review_conflict")
        return earlier, False
    if visit.author_id == actor.id:
        raise Problem("own_work")
    _check_questions(visit, form)
    ask(visit)
    decide(visit, form.decision, actor.role)
    row = _row(actor, visit, form, digest)
    _keep(visit, row)
    return row, True


def keep_approval(actor: Actor, visit: Visit, form: ReviewForm, batch_id: UUID) -> None:
    """Approve a visit as one of many; whoever calls has looked whether it may be.

    Raises:
        Problem: visit_not_reviewable.
    """
    decide(visit, form.decision, actor.role)
    row = _row(actor, visit, form, _digest(visit.id, form))
    row.batch_id = batch_id
    _keep(visit, row)


def _keep(visit: Visit, row: Review) -> None:
    db.session.add(row)
    together = {} if row.batch_id is None else {"batch": str(row.batch_id)}
    audit.record("visit.review", ("visit", visit.id), visit.region_code, decision=row.decision, **together)
    changes.note("household", visit.household_id, visit.region_code)
    db.session.flush()
    tell(visit, row)


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the decisions on a household's visits along to another grid."""
    ids = select(Visit.id).where(Visit.household_id == household_id)
    db.session.execute(update(Review).where(Review.visit_id.in_(ids)).values(region_code=region_code))


def _digest(visit_id: UUID, form: ReviewForm) -> str:
    content = {"visit": str(visit_id), "decision": form.decision, "comment": form.comment}
    return sha256_hex(canonical({**content, "comments": form.wire_comments()}))


def _check_questions(visit: Visit, form: ReviewForm) -> None:
    known = definition(visit.checklist_version).questions
    unknown = [n for n, each in enumerate(form.comments) if each.question not in known]
    if unknown:
        wrong = [{"code": "unknown_question", "message": "No question of this visit's checklist."}]
        errors: Errors = {f"comments.{n}.question": wrong for n in unknown}
        raise Problem("invalid", errors=errors)


def _row(actor: Actor, visit: Visit, form: ReviewForm, digest: str) -> Review:
    return Review(
        id=form.id,
        visit_id=visit.id,
        region_code=visit.region_code,
        reviewer_id=actor.id,
        reviewer_name=actor.display_name,
        reviewer_role=actor.role,
        decision=form.decision,
        comment=form.comment,
        comments=form.wire_comments(),
        sha256=digest,
        created_at=clock.now(),
    )
