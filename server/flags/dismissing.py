"""Lights that a person dismissed, with a reason: closed beside the judgement, which stays as it was given.

A dismissal is about the facts the rule was met on. The light stays out as long as these are the same, also
when the county is judged again and when the visit is corrected elsewhere; other facts light it again.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.core import audit, changes, clock
from server.core.auth import Actor
from server.core.canonical import canonical, sha256_hex
from server.core.db import db
from server.core.problems import Problem
from server.flags import queries
from server.flags.models import CLOSED, Dismissal, Flag
from server.flags.standing import lights_of
from server.visits import queries as visits
from server.visits.queries import SEVERITIES, SUPERSEDED

if TYPE_CHECKING:
    from server.visits.queries import Visit

REASONS = ("wrong_answer", "already_helped", "short_lived", "does_not_apply", "other")
# permissions.md: the village closes level 1, the township level 2, the county any.
LEVELS = {
    "first_secretary": ("attention",),
    "township": ("attention", "yellow"),
    "county": ("attention", "yellow", "red"),
}
Light = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DismissalForm:
    """A dismissal as the device sends it: ``reason`` is one of REASONS."""

    id: UUID
    reason: str
    text: str


@dataclass
class Dismissed:
    """The dismissed lights of one visit: by rule, the facts they were lit on."""

    facts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, flag: Flag) -> None:
        """Remember a dismissed flag."""
        self.facts.setdefault(flag.rule, []).append(_grounds(flag.causes))

    def covers(self, light: Light) -> bool:
        """Whether somebody dismissed this light on just these facts."""
        return _grounds(light["causes"]) in self.facts.get(light["rule"], ())

    def count_beside(self, lit: Container[str]) -> int:
        """How many rules are dismissed and not lit again."""
        return sum(rule not in lit for rule in self.facts)


def _grounds(causes: Iterable[Light]) -> str:
    return canonical(sorted([cause["fact"], str(cause["value"])] for cause in causes))


def dismissed_of(visit_ids: Iterable[UUID]) -> dict[UUID, Dismissed]:
    """The dismissed lights of several visits."""
    found = {visit_id: Dismissed() for visit_id in visit_ids}
    for flag in queries.dismissed_of_visits(found):
        found[flag.visit_id].add(flag)
    return found


def count_lights(visit: Visit, lights: Sequence[Light], dismissed: int) -> None:
    """What lists show of a visit follows its open flags; its judgement and receipt stay as given."""
    severities = [light["severity"] for light in lights]
    visit.severity = min(severities, key=SEVERITIES.index, default="none")
    visit.severity_rank = SEVERITIES.index(visit.severity)
    visit.red_count, visit.yellow_count, visit.attention_count = (severities.count(s) for s in SEVERITIES[:3])
    risks = sorted({risk for light in lights for risk in light["risks"]})
    visit.risks = f"|{'|'.join(risks)}|" if risks else ""
    visit.dismissed_count = dismissed


def dismiss(actor: Actor, visit_id: UUID, rule: str, form: DismissalForm) -> tuple[Dismissal, bool]:
    """Dismiss a light of a visit; the same sent twice is one. Returns it, and whether it is new.

    Raises:
        Problem: visit_not_found, light_not_found, light_not_lit, light_above_level, own_work,
            visit_not_reviewable (a newer revision took its place), dismissal_conflict.
    """
    visit = visits.get_visible(actor, visit_id, lock=True)
    digest = _digest(visit_id, rule, form)
    if (earlier := queries.dismissal_by_id(form.id)) is not None:
        if earlier.sha256 != digest or earlier.actor_id != actor.id:
            raise Problem("dismissal_conflict")
        return earlier, False
    if visit.author_id == actor.id:
        raise Problem("own_work")
    if visit.state == SUPERSEDED:
        raise Problem("visit_not_reviewable")
    flag = _lit(visit, rule)
    if flag.severity not in LEVELS.get(actor.role, ()):
        raise Problem("light_above_level")
    return _close(actor, visit, flag, form, digest), True


def _digest(visit_id: UUID, rule: str, form: DismissalForm) -> str:
    content = {"visit": str(visit_id), "rule": rule, "reason": form.reason, "text": form.text}
    return sha256_hex(canonical(content))


def _lit(visit: Visit, rule: str) -> Flag:
    open_flags = {flag.rule: flag for flag in queries.open_of_visit(visit.id)}
    if rule in open_flags:
        return open_flags[rule]
    known = {light["rule"] for light in lights_of([visit])[visit.id]}
    raise Problem("light_not_lit" if rule in known else "light_not_found")


def _close(actor: Actor, visit: Visit, flag: Flag, form: DismissalForm, digest: str) -> Dismissal:
    row = Dismissal(
        id=form.id,
        visit_id=visit.id,
        household_id=visit.household_id,
        region_code=visit.region_code,
        rule=flag.rule,
        severity=flag.severity,
        reason=form.reason,
        text=form.text,
        actor_id=actor.id,
        actor_name=actor.display_name,
        actor_role=actor.role,
        sha256=digest,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _put_out(visit, {flag.rule: row.id})
    said = {"rule": flag.rule, "severity": flag.severity, "reason": form.reason}
    audit.record("light.dismiss", ("visit", visit.id), visit.region_code, **said)
    changes.note("household", visit.household_id, visit.region_code)
    return row


def _put_out(visit: Visit, dismissals: Mapping[str, UUID]) -> None:
    """Close the open flags of some rules and count what is left."""
    left = []
    for flag in queries.open_of_visit(visit.id):
        if flag.rule in dismissals:
            flag.state, flag.closed_at, flag.dismissal_id = CLOSED, clock.now(), dismissals[flag.rule]
        else:
            left.append({"severity": flag.severity, "risks": flag.risks})
    db.session.flush()
    lit = {flag.rule for flag in queries.open_of_visit(visit.id)}
    count_lights(visit, left, dismissed_of([visit.id])[visit.id].count_beside(lit))
    db.session.flush()


def carry_over(visit_id: UUID, revises_id: UUID) -> None:
    """What was dismissed of a visit stays so in its correction, where the facts are the same."""
    before = {(flag.rule, _grounds(flag.causes)): flag for flag in queries.dismissed_of_visits([revises_id])}
    if not before:
        return
    kept: dict[str, UUID] = {}
    for flag in queries.open_of_visit(visit_id):
        old = before.get((flag.rule, _grounds(flag.causes)))
        if old is not None and old.dismissal_id is not None:
            kept[flag.rule] = old.dismissal_id
    visit = visits.by_id(visit_id)
    if kept and visit is not None:
        _put_out(visit, kept)
