"""What the township's screens show of re-checks, without a query a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.core import clock
from server.core.auth import Actor
from server.flags.services import lights_of, lit_labels
from server.households import queries as households
from server.households.services import masked_text, summarise
from server.rechecks import queries, rules
from server.rechecks.models import Recheck, RecheckOutcome
from server.rechecks.queries import Filters, LedgerFilters
from server.regions import queries as regions
from server.visits import queries as visits
from server.visits.queries import SEVERITIES, Visit
from server.workdays.services import Running

TOP_LIGHTS = 3
Wire = dict[str, Any]
_ROW = (
    "visit_id", "month", "decided_on", "reviewer_name", "escalated", "state", "starts_on", "rounds", "cause",
    "persons", "outcome_at", "officer_name", "handed_up_at", "assignee_id", "assignee_name", "department",
    "concluded_at",
)  # fmt: skip


def rows(found: Sequence[Recheck], running: Running) -> list[Wire]:
    """Lines of a list; eight queries, however many rows."""
    shown = summarise(row.household_id for row in found)
    seen = visits.by_ids(row.visit_id for row in found)
    lit = lit_labels(list(seen.values()))
    said = {
        each.visit_id: masked_text(each.opinion) for each in queries.outcomes_of(seen)
    }  # the last one stays
    today = clock.today()
    return [
        _row(row, shown[row.household_id], seen[row.visit_id], running, today)
        | {"top_lights": lit[row.visit_id][:TOP_LIGHTS], "opinion": said.get(row.visit_id)}
        for row in found
    ]


def _row(row: Recheck, household: Wire, visit: Visit, running: Running, today: Any) -> Wire:
    due_on = running.due(row.starts_on)
    open_still = row.state == queries.DUE
    return {name: getattr(row, name) for name in _ROW} | {
        "household": household,
        "severity": SEVERITIES[row.severity_rank],
        "risks": [risk for risk in row.risks.split("|") if risk],
        "visited_at": visit.visited_at,
        "author_name": visit.author_name,
        "due_on": due_on,
        "overdue": open_still and due_on < today,
    }


def listing(actor: Actor, given: Wire, cursor: str | None, limit: int) -> Wire:
    """One page of the list with its counts, the months there are, and the time a township has."""
    running = rules.clock_of(actor.region_code)
    filters = Filters(missed=running.missed(clock.today()), **given)
    found, following = queries.page(filters, cursor, limit)
    return {
        "items": rows(found, running),
        "next": following,
        "counts": queries.counts(filters),
        "months": queries.months(),
        "confirmed": _confirmed(filters.month or f"{clock.today():%Y-%m}"),
        "clock": running.view(),
        "may_settle": rules.may_settle(),
    }


def _confirmed(month: str) -> list[Wire]:
    found = queries.confirmations(month)
    names = regions.names_of(row.region_code for row in found)
    return [confirmation(row) | {"township": names.get(row.region_code, "")} for row in found]


def confirmation(row: queries.RecheckMonth) -> Wire:
    """A township's word on a month."""
    names = ("region_code", "month", "confirmed_on", "confirmed_by_name")
    return {name: getattr(row, name) for name in names}


def detail(actor: Actor, row: Recheck) -> Wire:
    """One re-check: its line, the lights to be looked at, what was said, and what the caller may do."""
    visit = visits.by_ids([row.visit_id])[row.visit_id]
    running = rules.clock_of(actor.region_code)
    obstacle = rules.obstacle(actor, row, visit)
    return {
        **rows([row], running)[0],
        "lights": [light for light in lights_of([visit])[visit.id] if light["state"] == "open"],
        "outcomes": [outcome(each) for each in queries.outcomes_of([row.visit_id])],
        "newer_visit": newer(actor, row),
        "may_settle": rules.may_settle(),
        "obstacle": obstacle,
        "clock": running.view(),
    }


def newer(actor: Actor, row: Recheck) -> Wire | None:
    """The newest visit of the household, where it is a later one that the caller may open."""
    newest = households.get_household(row.household_id).last_visit_id
    if newest is None or newest == row.visit_id or newest not in visits.openable(actor, [newest]):
        return None
    visit = visits.by_ids([newest])[newest]
    return {"id": visit.id, "visited_at": visit.visited_at, "severity": visit.severity, "state": visit.state}


def outcome(row: RecheckOutcome) -> Wire:
    """What an officer said, identity numbers in it masked."""
    names = (
        "id", "visit_id", "decision", "cause", "home_on", "newer_visit_id", "officer_name", "created_at",
    )  # fmt: skip
    findings = [each | {"note": masked_text(each["note"])} for each in row.findings]
    written = {name: masked_text(getattr(row, name)) for name in ("opinion", "home_by")}
    return {name: getattr(row, name) for name in names} | written | {"findings": findings}


def ledger(actor: Actor, filters: LedgerFilters, cursor: str | None, limit: int) -> Wire:
    """One page of the ledger; its counts by cause, the most frequent first, come with the first."""
    found, following = queries.ledger(filters, cursor, limit)
    page = {"items": rows(found, rules.clock_of(actor.region_code)), "next": following}
    return page if cursor is not None else page | _ledger_counts(filters)


def _ledger_counts(filters: LedgerFilters) -> Wire:
    causes = queries.ledger_counts(filters)
    return {
        "causes": sorted(causes, key=lambda each: (-each.entries, each.cause)),
        "households": queries.ledger_households(filters),
        "months": queries.months(),
    }
