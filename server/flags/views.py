"""What a run changed, in wire form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.flags import queries
from server.flags.models import Flag
from server.flags.services import today_bench
from server.households.services import summarise

Wire = dict[str, Any]


def changes(run_id: UUID, direction: str | None, rule: str | None, after: str | None, limit: int) -> Wire:
    """One page of the flags that a run opened or closed, and how many of each rule.

    Raises:
        Problem: not_found, bad_request.
    """
    run = queries.run_by_id(run_id)
    flags, following = queries.page_of_changes(run_id, direction, rule, after, limit)
    shown = summarise(flag.household_id for flag in flags)
    labels = rule_labels(run.region_code)
    counts = [
        {"rule": each.rule, "label": _label(labels, each.rule), "severity": each.severity}
        | {"opened": each.opened, "closed": each.closed}
        for each in queries.changes_by_rule(run_id)
    ]
    items = [_change(flag, run_id, shown[flag.household_id], labels) for flag in flags]
    return {"items": items, "next": following, "counts": counts}


def rule_labels(county: str) -> dict[str, Mapping[str, str]]:
    """The label of every rule in force in a county today."""
    bench = today_bench(county)
    return {ruling.rule.id: ruling.rule.label for ruling in (*bench.first, *bench.last)}


def _label(labels: Mapping[str, Mapping[str, str]], rule: str) -> Mapping[str, str]:
    return labels.get(rule, {"zh": rule, "en": rule})  # a rule that is in force no more


def _change(flag: Flag, run_id: UUID, household: Wire, labels: Mapping[str, Mapping[str, str]]) -> Wire:
    opened = flag.opened_run_id == run_id
    copied = ("visit_id", "rule", "severity", "pack", "pack_version")
    return {name: getattr(flag, name) for name in copied} | {
        "household": household,
        "label": _label(labels, flag.rule),
        "direction": "opened" if opened else "closed",
        "at": flag.opened_at if opened else flag.closed_at,
    }
