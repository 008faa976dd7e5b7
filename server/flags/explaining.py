"""Why a visit's light is lit: the facts it was judged on, explained by the rules of its day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from server.checklists.services import Person, definition, facts_of, lexicon_of, roster_values, walk
from server.core import clock
from server.core.db import db
from server.core.problems import Problem
from server.flags.facts import facts_in
from server.flags.models import HouseholdFacts
from server.households.queries import get_household
from server.local_policy.services import bench_for
from server.policy.engine import Bench
from server.policy.explain import Explainer, UnknownRule
from server.visits.queries import body_of

if TYPE_CHECKING:
    from server.visits.queries import Visit

AS_JUDGED, REBUILT = "as_judged", "rebuilt"


def explanation(visit: Visit, rule: str) -> dict[str, Any]:
    """One light of a visit that has been let through, as ``policy.explain`` says it, and its basis.

    Raises:
        Problem: light_not_found, when the visit does not have the light or its rules no longer hold it.
    """
    light = next((one for one in visit.judgement["lights"] if one["rule"] == rule), None)
    if light is None:
        raise Problem("light_not_found")
    day = clock.local_date(visit.visited_at)
    facts, basis = _facts(visit, day)
    explainer = _explainer(bench_for(visit.region_code, day), visit.checklist_version, day)
    try:
        found = explainer.explain(facts, rule)
    except UnknownRule as error:
        raise Problem("light_not_found") from error
    judged = {"pack": light["pack"], "pack_version": light["pack_version"]}
    return found | {"visit_id": visit.id, "day": day, "basis": basis, "judged_by": judged}


@lru_cache(maxsize=32)
def _explainer(bench: Bench, checklist_version: str, day: date) -> Explainer:
    return Explainer(bench, lexicon_of(checklist_version), day)


def _facts(visit: Visit, day: date) -> tuple[dict[str, Any], str]:
    """The facts the visit was judged on; of an older visit those its body and the phone's register give."""
    kept = db.session.scalar(select(HouseholdFacts).where(HouseholdFacts.visit_id == visit.id))
    if kept is not None:
        return facts_in(kept), AS_JUDGED
    household, body, form = (
        get_household(visit.household_id),
        body_of(visit),
        definition(visit.checklist_version),
    )
    people = [Person(str(m.id), m.stage, m.relation, m.sex) for m in household.members]
    home = {"lat": household.home_lat, "lon": household.home_lon} if household.home_lat else None
    seen = walk(form, body["answers"], body["roster"], people, day)
    return facts_of(seen, home) | roster_values(form, body["roster"]), REBUILT
