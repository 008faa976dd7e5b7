"""What the review desk shows: visits, households, photos and decisions, without a query a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.core.auth import Actor
from server.core.problems import Problem
from server.evidence import services as evidence
from server.flags.queries import Dismissal, dismissals_of
from server.flags.services import lights_of, lit_labels
from server.households import queries as households
from server.households.services import present, present_former, summarise
from server.photos import queries as photos
from server.photos.services import present as present_photos
from server.regions import queries as regions
from server.reviews import counting, queries
from server.reviews.models import Review
from server.reviews.queries import Filters
from server.visits import queries as visits
from server.visits.queries import Visit
from server.visits.services import clocks_of, differences, receipt, since_last

TOP_LIGHTS = 3
_DETAILS = ("checklist_version", "distance_m", "not_asked", "clock_offset_ms", "clock_suspect")
Wire = dict[str, Any]


def summaries(actor: Actor, rows: Sequence[Visit]) -> list[Wire]:
    """Lines of a list; seven queries, however many rows. What moved out of the scope meanwhile has none."""
    shown = summarise(visit.household_id for visit in rows)
    rows = [visit for visit in rows if visit.household_id in shown]
    ready = photos.ready_counts(visit.id for visit in rows)
    lit = lit_labels(rows)
    hinted = evidence.hinted(actor, (visit.root_id for visit in rows))
    return [
        _summary(visit, shown[visit.household_id], ready.get(visit.id, 0))
        | {"top_lights": lit[visit.id][:TOP_LIGHTS], "hinted": visit.root_id in hinted}
        for visit in rows
    ]


def _summary(visit: Visit, household: Wire, ready: int) -> Wire:
    copied = ("id", "author_name", "visited_at", "received_at", "revision", "state", "severity")
    return {
        **{
            name: getattr(visit, name)
            for name in (*copied, "changed_count", "dismissed_count", "spot_check", "photo_count")
        },
        "household": household,
        "light_counts": {
            "red": visit.red_count,
            "yellow": visit.yellow_count,
            "attention": visit.attention_count,
        },
        "risks": [risk for risk in visit.risks.split("|") if risk],
        "photos_ready": ready,
    }


def counts(actor: Actor, filters: Filters, breakdown: bool) -> Wire:
    """The figures above the list."""
    if not breakdown:
        return counting.totals(queries.groups(actor, filters))
    places = queries.groups(actor, filters, "township")
    names = regions.names_of({group.township for group in places})
    return counting.totals(places) | {
        "by_township": counting.by_township(places, names),
        "by_risk": counting.by_risk(queries.groups(actor, filters, "risks")),
    }


def detail(actor: Actor, visit: Visit) -> Wire:
    """All of one visit that has been let through; decisions are those on all its revisions.

    Raises:
        Problem: visit_not_found, for one that moved out of the scope meanwhile.
    """
    body = visits.body_of(visit)
    revisions = visits.revisions(visit.root_id)
    previous = visits.by_id(visit.previous_id) if visit.previous_id else None
    lines = summaries(actor, [visit])
    if not lines:
        raise Problem("visit_not_found")
    return {
        **lines[0],
        "household": present([households.get_household(visit.household_id)])[0],
        **{name: body[name] for name in ("answers", "notes")},
        **{name: getattr(visit, name) for name in _DETAILS},
        "location": _location(body["location"]),
        "changes": visit.changes,
        **_lights(visit),
        "location_missing_reason": body.get("location_missing_reason"),
        "photos": present_photos(photos.of_visit(visit.id), body),
        "hints": evidence.present(actor, visit),
        "clock": clocks_of(body),
        "since_last": since_last(body, visit.changes),
        "reviews": _decisions(revisions),
        "dismissals": [row for rows in _dismissals(revisions).values() for row in rows],
        "correction": correction(visit, body),
        "revisions": revisions,
        "receipt": receipt(visit) | {"received_at": visit.received_at},
        "previous_visit": previous,
    }


def _lights(visit: Visit) -> Wire:
    """The lights as they stand, and the rules that neither the visit nor a run since has decided."""
    lights = lights_of([visit])[visit.id]
    lit = {light["rule"] for light in lights if light["state"] == "open"}
    return {
        "lights": lights,
        "unknown": [one for one in visit.judgement["unknown"] if one["rule"] not in lit],
    }


def _location(location: Wire | None) -> Wire | None:
    return location and location | {"fixed_at": datetime.fromisoformat(location["fixed_at"])}


def _decisions(rows: Sequence[Visit]) -> list[Review]:
    found = queries.of_visits(visit.id for visit in rows)
    return [review for visit in rows for review in found[visit.id]]


def _dismissals(rows: Sequence[Visit]) -> dict[UUID, list[Dismissal]]:
    found: dict[UUID, list[Dismissal]] = {visit.id: [] for visit in rows}
    for row in dismissals_of(found):
        found[row.visit_id].append(row)
    return found


def correction(visit: Visit, body: Wire) -> Wire | None:
    """What a revision changed against the one it replaces; None for a first revision."""
    if visit.revises_id is None:
        return None
    old = visits.with_bodies([visit.revises_id]).get(visit.revises_id)
    if old is None:
        return None
    before = visits.body_of(old)
    given_back = [row for row in queries.of_visits([old.id])[old.id] if row.decision == visits.RETURNED]
    asked = given_back[-1] if given_back else None
    seen = {photo["sha256"] for photo in before["photos"]}
    return {
        "visit_id": old.id,
        "revision": old.revision,
        "changes": differences(before["answers"], body["answers"]),
        "new_photos": [photo["sha256"] for photo in body["photos"] if photo["sha256"] not in seen],
        "comment": asked.comment if asked else "",
        "comments": asked.comments if asked else [],
    }


def history(actor: Actor, household_id: Any) -> Wire:
    """A household with every visit the actor may open, revisions included, newest first.

    Raises:
        Problem: household_not_found.
    """
    household = households.get_household(household_id)
    if household.removed_at is not None and actor.role == "grid_member":
        raise Problem("household_not_found")  # it is on no phone any more; who reviews keeps its history
    rows = visits.visible_of_household(actor, household_id)
    decisions = queries.of_visits(visit.id for visit in rows)
    lights, dismissals = lights_of(rows), _dismissals(rows)
    entries = [
        line | {"lights": lights[key], "reviews": decisions[key], "dismissals": dismissals[key]}
        for line in summaries(actor, rows)
        for key in [line["id"]]
    ]
    gone = {"removed_at": household.removed_at, "former_members": present_former(household)}
    return present([household])[0] | gone | {"history": entries}
