"""Judging a visit: facts of answers and register, the rules in force on its day, a flag for each light."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.checklists.services import Walk, facts_of, roster_values, with_roster
from server.core import clock, quick
from server.flags import queries
from server.flags.models import CLOSED, Flag
from server.households.services import roster_facts
from server.policy import engine
from server.visits.services import Examined, Judgement

if TYPE_CHECKING:
    from server.households.queries import Household
    from server.visits.queries import Visit

REFUSED = "no"


def judge(household: Household, examined: Examined, profile: str) -> Judgement:
    """Judge examined answers by the rules of a profile that are in force on the day of the visit; reads only.

    The register's facts are the server's own, whatever the phone was loaded with. What the phone did not ask
    because its register was out of date is not asked, and never "nothing wrong".
    """
    if examined.walk.answers.get("consent") == REFUSED:
        # The family spoke to nobody: the visit is on record, and there is nothing to judge.
        return Judgement(lights=[], unknown=[], packs={}, not_asked=examined.walk.not_asked)
    day = clock.local_date(examined.visited_at)
    register = roster_facts(household)
    seen = with_roster(examined.walk, register)
    found = engine.judge(_facts(household, seen, register), profile=profile, on=day)
    return Judgement(
        lights=[result.as_light() for result in found.met],
        unknown=[rule.as_json() for rule in found.unknown],
        packs={pack.id: pack.version for pack in found.packs},
        not_asked=seen.not_asked,
    )


def income_line(profile: str) -> Decimal | None:
    """The income line in force today, yuan per person and year (GX-2-ART2); None when the packs name none."""
    line = engine.bench(profile, clock.today()).income_line
    return None if line is None else Decimal(line).quantize(Decimal("0.01"))


def raise_flags(visit: Visit) -> None:
    """Add a flag for each light of a stored visit; a revision closes the flags of what it replaces."""
    quick.add(*(_flag(visit, light) for light in visit.judgement["lights"]))
    if visit.revises_id is not None:
        _close(visit.revises_id)


def _facts(household: Household, walk: Walk, register: dict[str, Any]) -> dict[str, Any]:
    home = {"lat": household.home_lat, "lon": household.home_lon} if household.home_lat else None
    return facts_of(walk, home) | roster_values(walk.definition, register)


def _flag(visit: Visit, light: dict[str, Any]) -> Flag:
    copied = ("rule", "severity", "risks", "causes", "articles", "pack", "pack_version")
    return Flag(
        **{name: light[name] for name in copied},
        visit_id=visit.id,
        household_id=visit.household_id,
        region_code=visit.region_code,
        opened_at=visit.received_at,
    )


def _close(visit_id: UUID) -> None:
    for flag in queries.open_of_visit(visit_id):
        flag.state, flag.closed_at = CLOSED, clock.now()
