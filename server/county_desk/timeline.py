"""Everything that happened to a household in one line of time, identity numbers in texts masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.queries import people
from server.core.auth import Actor
from server.county_desk import queries
from server.flags import queries as flags
from server.flags.services import label_of
from server.households import queries as households
from server.households.services import masked_text, summarise
from server.rechecks import queries as rechecks
from server.reviews import queries as reviews
from server.visits import queries as visits
from server.visits.queries import Visit

Entry = dict[str, Any]
_EMPTY: Entry = {
    "who": None, "role": None, "visit_id": None, "code": None, "severity": None, "label": None, "text": "",
    "cause": None, "rule": None, "revision": None, "assignee": None, "department": None, "home_on": None,
    "home_by": None, "findings": [], "newer_visit_id": None,
}  # fmt: skip


def timeline(actor: Actor, household_id: UUID) -> Entry:
    """A household with all its visits, lights, decisions and who looked at it, the newest first.

    Raises:
        Problem: household_not_found.
    """
    household = households.get_household(household_id)
    seen = visits.visible_of_household(actor, household_id)
    entries = [*_visits(seen), *_lights(seen), *_reviews(seen), *_rechecks(seen)]
    entries += [*_decisions(household_id), *_assignments(household_id)]
    entries += _reads([household_id, *(visit.id for visit in seen), *(m.id for m in household.members)])
    entries.sort(key=lambda entry: (entry["at"], KINDS.index(entry["kind"])), reverse=True)
    heading = summarise([household_id])[household_id]
    return {"household": heading, "removed_at": household.removed_at, "entries": entries}


# What comes first at the same moment: a visit, then its lights.
KINDS = (
    "visit", "light_opened", "light_closed", "review", "recheck", "assignment", "decision", "read",
)  # fmt: skip


def _entry(kind: str, at: datetime, **given: Any) -> Entry:
    return {"kind": kind, "at": at} | _EMPTY | given


def _visits(seen: Sequence[Visit]) -> Iterator[Entry]:
    for visit in seen:
        said = {
            "who": visit.author_name,
            "role": "grid_member",
            "code": visit.state,
            "severity": visit.severity,
        }
        yield _entry("visit", visit.received_at, visit_id=visit.id, revision=visit.revision, **said)


def _lights(seen: Sequence[Visit]) -> Iterator[Entry]:
    found = flags.of_visits(seen, evidence=False)
    dismissals = flags.dismissals_by_id(flag.dismissal_id for flag in found)
    for flag in found:
        light = {"visit_id": flag.visit_id, "rule": flag.rule, "severity": flag.severity}
        light |= {"label": label_of(flag.rule, flag.pack)}
        by_run = "run" if flag.opened_run_id else "visit"
        yield _entry("light_opened", flag.opened_at, code=by_run, **light)
        if flag.closed_at is not None:
            yield _entry("light_closed", flag.closed_at, **light, **_closing(flag, dismissals))


def _closing(flag: flags.Flag, dismissals: Mapping[UUID, flags.Dismissal]) -> Entry:
    """Who closed a light: a run, a correction of the visit, or a person with a reason."""
    if flag.dismissal_id is None:
        return {"code": "run" if flag.closed_run_id else "revised"}
    word = dismissals[flag.dismissal_id]
    said = {"who": word.actor_name, "role": word.actor_role, "text": masked_text(word.text)}
    return {"code": "dismissed"} | said


def _reviews(seen: Sequence[Visit]) -> Iterator[Entry]:
    for visit_id, decisions in reviews.of_visits(visit.id for visit in seen).items():
        for each in decisions:
            said = {"who": each.reviewer_name, "role": each.reviewer_role, "code": each.decision}
            yield _entry("review", each.created_at, visit_id=visit_id, text=masked_text(each.comment), **said)


def _rechecks(seen: Sequence[Visit]) -> Iterator[Entry]:
    for each in rechecks.outcomes_of(visit.id for visit in seen):
        copied = ("visit_id", "cause", "home_on", "newer_visit_id")
        said = {name: getattr(each, name) for name in copied} | {"who": each.officer_name, "role": "township"}
        said |= {"findings": [found | {"note": masked_text(found["note"])} for found in each.findings]}
        said |= {"home_by": masked_text(each.home_by)}
        yield _entry("recheck", each.created_at, code=each.decision, text=masked_text(each.opinion), **said)


def _decisions(household_id: UUID) -> Iterator[Entry]:
    for each in queries.decisions_of(household_id):
        said = {"who": each.officer_name, "role": "county", "code": each.decision, "visit_id": each.visit_id}
        yield _entry("decision", each.created_at, text=masked_text(each.opinion), **said)


def _assignments(household_id: UUID) -> Iterator[Entry]:
    for each in queries.assignments_of(household_id):
        given = {"assignee": each.assignee_name, "department": each.department, "visit_id": each.visit_id}
        who = {"who": each.assigned_by_name, "role": "county"}
        yield _entry("assignment", each.created_at, text=masked_text(each.note), **given, **who)


def _reads(targets: Sequence[UUID]) -> list[Entry]:
    found = queries.reads_of(targets)
    names = people(entry.actor_id for entry in found)
    entries = []
    for each in found:
        who = names.get(each.actor_id, (None,))[0] if each.actor_id else None
        said = {"who": who, "role": each.actor_role, "code": each.action}
        entries.append(_entry("read", each.at, text=str(each.details.get("reason", "")), **said))
    return entries
