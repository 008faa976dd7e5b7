"""The lights of visits as they stand: those each visit was taken in with, and what runs have changed since.

A light is lit until a run closes it or a person dismisses it. A revision closes the flags of the visit it
replaces, but that visit keeps showing what it had. A rule that was lit several times is one light, as its
newest flag says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.flags import queries
from server.flags.models import CLOSED, OPEN, Dismissal, Flag, Rejudgement
from server.local_policy.queries import county_of
from server.policy.loader import load_packs
from server.visits.queries import SEVERITIES

if TYPE_CHECKING:
    from server.visits.queries import Visit

Wire = dict[str, Any]
Runs = Mapping[UUID, Rejudgement]
_COPIED = ("rule", "severity", "risks", "causes", "articles", "pack", "pack_version")


@dataclass(frozen=True)
class Standing:
    """A light of a visit: its newest flag, and the light as the visit was judged; one of them may be None."""

    flag: Flag | None
    given: Mapping[str, Any] | None

    @property
    def is_lit(self) -> bool:
        """Whether no run has closed it, and nobody dismissed it."""
        flag = self.flag
        return flag is None or (flag.closed_run_id is None and flag.dismissal_id is None)

    @property
    def label(self) -> Mapping[str, str]:
        """The visit's own words; those of the packs for a light that a run opened."""
        opened_later = self.flag is not None and self.flag.opened_run_id is not None
        if self.given is not None and not opened_later:
            label: Mapping[str, str] = self.given["label"]
            return label
        flag = self.flag
        return label_of(flag.rule, flag.pack) if flag is not None else {}

    @property
    def order(self) -> tuple[bool, int]:
        """Lit ones first, the worst first."""
        severity = self.flag.severity if self.flag is not None else (self.given or {})["severity"]
        return not self.is_lit, SEVERITIES.index(severity)


def lit_labels(visits: Sequence[Visit]) -> dict[UUID, list[Mapping[str, str]]]:
    """The labels of the lights that are lit, the worst first; one query, however many visits."""
    found = _standing(visits, queries.of_visits(visits, evidence=False))
    return {key: [light.label for light in lights if light.is_lit] for key, lights in found.items()}


def lit_of(visits: Sequence[Visit]) -> dict[UUID, list[Wire]]:
    """The lights that are lit, without evidence: rule, label, severity and the articles' identifiers."""
    found = _standing(visits, queries.of_visits(visits))
    return {key: [_brief(light) for light in lights if light.is_lit] for key, lights in found.items()}


def _brief(light: Standing) -> Wire:
    given = light.given or {}
    rule, severity, articles = (
        given[name] if light.flag is None else getattr(light.flag, name)
        for name in ("rule", "severity", "articles")
    )
    ids = [article["id"] for article in articles]
    return {"rule": rule, "label": light.label, "severity": severity, "articles": ids}


def lights_of(visits: Sequence[Visit]) -> dict[UUID, list[Wire]]:
    """All lights of visits in wire form, lit ones first by severity, with who and what changed them."""
    flags = queries.of_visits(visits)
    runs = _runs(visits, flags)
    dismissals = queries.dismissals_by_id(flag.dismissal_id for flag in flags)
    found = _standing(visits, flags)
    return {key: [_wire(light, runs, dismissals) for light in lights] for key, lights in found.items()}


@lru_cache(maxsize=1024)
def label_of(rule: str, pack: str = "") -> Mapping[str, str]:
    """The label of a rule by the packs of this installation, ``pack`` first; its id where none holds it."""
    packs = load_packs().packs
    ordered = sorted(packs.values(), key=lambda one: one.id != pack)
    labels = (one.label for entry in ordered for one in entry.rules if one.id == rule)
    return next(labels, {"zh": rule, "en": rule})


def _standing(visits: Iterable[Visit], flags: Iterable[Flag]) -> dict[UUID, list[Standing]]:
    newest: dict[UUID, dict[str, Flag]] = {visit.id: {} for visit in visits}
    for flag in flags:  # in the order of their rows: a later one of the same rule takes its place
        newest[flag.visit_id][flag.rule] = flag
    found = {}
    for visit in visits:
        own, given = newest[visit.id], {light["rule"]: light for light in visit.judgement.get("lights", [])}
        rules = [*given, *(rule for rule in own if rule not in given)]
        lights = [Standing(own.get(rule), given.get(rule)) for rule in rules]
        found[visit.id] = sorted(lights, key=lambda light: light.order)
    return found


def _runs(visits: Sequence[Visit], flags: Iterable[Flag]) -> Runs:
    wanted = {run for flag in flags for run in (flag.opened_run_id, flag.closed_run_id) if run is not None}
    counties = {county_of(visit.region_code) for visit in visits}
    return {run.id: run for county in counties for run in queries.runs_of(county, wanted)}


def _wire(light: Standing, runs: Runs, dismissals: Mapping[UUID, Dismissal]) -> Wire:
    flag, given = light.flag, light.given or {}
    copied = {name: given[name] if flag is None else getattr(flag, name) for name in _COPIED}
    opened = flag and _act(runs, flag.opened_run_id, flag.opened_at)
    closed = flag and _act(runs, flag.closed_run_id, flag.closed_at)
    acts = {"opened_by": opened, "closed_by": closed, "dismissed_by": _dismissal(flag, dismissals)}
    return copied | acts | {"label": light.label, "state": OPEN if light.is_lit else CLOSED}


def _dismissal(flag: Flag | None, dismissals: Mapping[UUID, Dismissal]) -> Dismissal | None:
    return None if flag is None or flag.dismissal_id is None else dismissals.get(flag.dismissal_id)


def _act(runs: Runs, run_id: UUID | None, at: datetime | None) -> Wire | None:
    run = runs.get(run_id) if run_id is not None else None
    if run is None:
        return None
    of_run = {"day": run.day, "trigger": run.trigger, "reason": run.reason, "version": run.version}
    return {"run_id": run.id, "at": at} | of_run
