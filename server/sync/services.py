"""Accepting a visit: record, photos to come, judgement and receipt, all in the caller's one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.core.auth import Actor
from server.core.problems import Problem
from server.core.wire import UUID_TEXT
from server.flags.services import judge
from server.households.queries import get_household
from server.photos.services import expect
from server.visits import services as visits
from server.visits.services import SignedVisit

MAX_BATCH = 50


@dataclass(frozen=True)
class Accepted:
    """The answer to a visit as JSON text, and whether this was its first copy."""

    answer: str
    is_new: bool


def accept(actor: Actor, signed: SignedVisit, profile: str) -> Accepted:
    """Take in one visit, judged by the rules of ``profile``. A copy of an earlier one changes nothing.

    Raises:
        Problem: visit_conflict, household_not_found, unknown_checklist_version, invalid_answers,
            revision_unknown, revision_outdated.
    """
    form = signed.form
    if (answer := visits.first_answer(form.id, signed.sha256)) is not None:
        return Accepted(answer, is_new=False)
    household = get_household(form.household_id, lock=True)
    walk = visits.examine(household, form)
    visit = visits.record(actor, household, signed)
    judge(visit, household, walk, profile)
    photos = expect(visit, form.photos)
    return Accepted(visits.conclude(visit, photos), is_new=True)


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
