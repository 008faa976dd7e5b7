"""Judging a visit: facts of answers and register, the rules in force on its day, a flag for each light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update

from server.checklists.services import Walk, definition, facts_of, roster_values, walk, with_roster
from server.core import clock, quick
from server.core.db import db
from server.core.rawrows import Source
from server.flags import facts as keeping
from server.flags import queries
from server.flags.dismissing import REASONS, DismissalForm, carry_over, dismiss
from server.flags.explaining import explanation
from server.flags.facts import Kept
from server.flags.following import follows_rejudging
from server.flags.models import CLOSED, Dismissal, Flag, HouseholdFacts
from server.flags.standing import label_of, lights_of, lit_labels, lit_of
from server.households.queries import households_by_id
from server.households.services import ends_along, moves_along, roster_facts
from server.local_policy.services import bench_for
from server.policy.engine import Bench
from server.policy.judging import judging_by
from server.visits import queries as visits
from server.visits.services import Examined, Judgement, people_of

if TYPE_CHECKING:
    from server.households.queries import Home
    from server.visits.queries import Visit

__all__ = [
    "REASONS",
    "DismissalForm",
    "Judged",
    "Kept",
    "dismiss",
    "explanation",
    "facts_source",
    "follows_rejudging",
    "income_line",
    "judge",
    "label_of",
    "lights_of",
    "lit_labels",
    "lit_of",
    "move_household",
    "raise_flags",
]

REFUSED = "no"
_COPIED = ("rule", "severity", "risks", "causes", "articles", "pack", "pack_version")


@dataclass(frozen=True)
class Judged(Judgement):
    """A judgement with what is kept of it for the whole county.

    ``kept`` is None when the family did not agree, and for a household that is no longer in the register.
    """

    kept: Kept | None = None


def judge(household: Home, examined: Examined) -> Judged:
    """Judge examined answers by the county's rules that are in force on the day of the visit; reads only.

    The register's facts are the server's own, whatever the phone was loaded with. What the phone did not ask
    because its register was out of date is not asked, and never "nothing wrong".
    """
    if examined.walk.answers.get("consent") == REFUSED:
        # The family spoke to nobody: the visit is on record, and there is nothing to judge.
        return Judged(lights=[], unknown=[], packs={}, not_asked=examined.walk.not_asked)
    bench = bench_for(household.region_code, clock.local_date(examined.visited_at))
    facts, seen = _facts(household, examined.walk)
    found, stored = judging_by(bench).judge(facts)
    return Judged(
        lights=[result.as_light() for result in found.met],
        unknown=[rule.as_json() for rule in found.unknown],
        packs={pack.id: pack.version for pack in found.packs},
        not_asked=seen.not_asked,
        rules=bench.version,
        kept=None if household.removed_at else keeping.kept(household.id, stored, found, bench.version),
    )


def income_line(region_code: str) -> Decimal | None:
    """The income line of a region's county today, yuan per person and year (GX-2-ART2); None = no single one.

    Raises:
        Problem: policy_altered.
    """
    line = today_bench(region_code).income_line
    return None if line is None else Decimal(line).quantize(Decimal("0.01"))


def raise_flags(visit: Visit, kept: Kept | None) -> None:
    """Add a flag for each light of a stored visit, and keep its facts when it is the household's newest.

    A revision closes the flags of what it replaces, and takes over what was dismissed of it.
    """
    quick.insert_rows(Flag, [_flag(visit, light) for light in visit.judgement["lights"]])
    if visit.revises_id is not None:
        _close(visit.revises_id)
        carry_over(visit.id, visit.revises_id)
        keep_newest_of(visit.household_id, {visit.id: kept})
    elif kept is not None:
        keeping.keep_newer(visit, kept)


def keep_newest_of(household_id: UUID, known: Mapping[UUID, Kept | None]) -> bool:
    """Find the newest current visit that can be judged and keep its facts; whether there is one.

    ``known`` are judgements at hand; another visit is judged again from what its author signed.
    """
    db.session.flush()
    for visit in visits.current_of_household(household_id):
        kept = known[visit.id] if visit.id in known else judge_again(visit)
        if kept is not None:
            keeping.keep_instead(visit, kept)
            return True
    keeping.drop(household_id)
    return False


def judge_again(visit: Visit) -> Kept | None:
    """What would be kept of a stored visit by the rules of its day; None as in ``Judged.kept``."""
    body = visits.body_of(visit, for_author=True)
    household = households_by_id([visit.household_id])[visit.household_id]
    if body["answers"].get("consent") == REFUSED or household.removed_at is not None:
        return None
    day = clock.local_date(visit.visited_at)
    version = definition(visit.checklist_version)
    run = walk(version, body["answers"], body["roster"], people_of(household), day, visit.photo_count)
    facts, _ = _facts(household, run)
    bench = bench_for(household.region_code, day)
    found, stored = judging_by(bench).judge(facts)
    return keeping.kept(household.id, stored, found, bench.version)


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the flags, the dismissed ones and the facts of a household along to another grid."""
    for model in (Flag, Dismissal, HouseholdFacts):
        query = update(model).where(model.household_id == household_id)
        db.session.execute(query.values(region_code=region_code))


@ends_along
def forget_household(household_id: UUID) -> None:
    """A household that is no more is judged by no rules to come; its flags stay with its visits."""
    keeping.drop(household_id)


def facts_source(*columns: str) -> Source:
    """The latest facts of every household, for worker processes that go through a county."""
    return keeping.source(*columns)


def today_bench(region_code: str) -> Bench:
    """The rules of a region's county today. Raises Problem: policy_altered."""
    return bench_for(region_code, clock.today())


def new_flag(visit: Visit, light: Mapping[str, Any], run_id: UUID) -> Flag:
    """The row of a light that a run raises, later than its visit."""
    return Flag(**_flag(visit, light) | {"opened_at": clock.now(), "opened_run_id": run_id})


def _flag(visit: Visit, light: Mapping[str, Any]) -> dict[str, Any]:
    return {name: light[name] for name in _COPIED} | {
        "visit_id": visit.id,
        "household_id": visit.household_id,
        "region_code": visit.region_code,
        "opened_at": visit.received_at,
    }


def _facts(household: Home, run: Walk) -> tuple[dict[str, Any], Walk]:
    register = roster_facts(household)
    seen = with_roster(run, register)
    home = {"lat": household.home_lat, "lon": household.home_lon} if household.home_lat else None
    return facts_of(seen, home) | roster_values(seen.definition, register), seen


def _close(visit_id: UUID) -> None:
    for flag in queries.open_of_visit(visit_id):
        flag.state, flag.closed_at = CLOSED, clock.now()
