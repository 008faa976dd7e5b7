"""Why a visit's light is lit, or was: the facts it was judged on, explained by the rules that lit it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from server.checklists.services import definition, facts_of, lexicon_of, roster_values, walk
from server.core import clock
from server.core.db import db
from server.core.problems import Problem
from server.flags.facts import facts_in
from server.flags.models import HouseholdFacts
from server.flags.standing import lights_of
from server.flags.telling import as_it_stands, kept_words
from server.households.queries import get_household
from server.local_policy.services import bench_that_judged
from server.policy.engine import Bench
from server.policy.explain import Explainer, UnknownRule
from server.visits.queries import body_of
from server.visits.services import people_of

if TYPE_CHECKING:
    from server.visits.queries import Visit

AS_JUDGED, REBUILT = "as_judged", "rebuilt"


def explanation(visit: Visit, rule: str) -> dict[str, Any]:
    """One light of a visit that has been let through, as ``policy.explain`` says it, and its basis.

    A light is explained by the rules that lit it: those of the visit's day, or of the run that opened it.

    Raises:
        Problem: light_not_found, when the visit never had the light.
    """
    light = next((one for one in lights_of([visit])[visit.id] if one["rule"] == rule), None)
    if light is None:
        raise Problem("light_not_found")
    day, version = _lit_by(visit, light)
    bench = bench_that_judged(visit.region_code, day, version or "")
    facts, basis = _facts(visit, clock.local_date(visit.visited_at))
    try:
        found = _explainer(bench, visit.checklist_version, day).explain(facts, rule)
    except UnknownRule:
        found = kept_words(light)
    judged = {"rules": version, "day": day, "exact": version == bench.version}
    return (
        found
        | as_it_stands(light, found, version)
        | {
            "visit_id": visit.id,
            "day": day,
            "basis": basis,
            "judged_by": {"pack": light["pack"], "pack_version": light["pack_version"]} | judged,
        }
    )


def _lit_by(visit: Visit, light: Mapping[str, Any]) -> tuple[date, str | None]:
    """The day and the version of the rules that lit a light; visits did not always keep the version."""
    if light["opened_by"] is not None:
        return light["opened_by"]["day"], light["opened_by"]["version"]
    return clock.local_date(visit.visited_at), visit.judgement.get("rules")


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
    home = {"lat": household.home_lat, "lon": household.home_lon} if household.home_lat else None
    seen = walk(form, body["answers"], body["roster"], people_of(household), day)
    return facts_of(seen, home) | roster_values(form, body["roster"]), REBUILT
