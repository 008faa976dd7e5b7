"""What a run changed, in wire form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.flags import queries
from server.flags.models import Flag
from server.flags.standing import label_of
from server.households.services import summarise

Wire = dict[str, Any]


def changes(run_id: UUID, direction: str | None, rule: str | None, after: str | None, limit: int) -> Wire:
    """One page of the flags that a run opened or closed, and how many of each rule.

    Raises:
        Problem: not_found, bad_request.
    """
    queries.run_by_id(run_id)  # one that the caller may see, or none exists
    flags, following = queries.page_of_changes(run_id, direction, rule, after, limit)
    shown = summarise(flag.household_id for flag in flags)
    counts = [
        {"rule": each.rule, "label": label_of(each.rule), "severity": each.severity}
        | {"opened": each.opened, "closed": each.closed}
        for each in queries.changes_by_rule(run_id)
    ]
    items = [_change(flag, run_id, shown[flag.household_id]) for flag in flags]
    return {"items": items, "next": following, "counts": counts}


def _change(flag: Flag, run_id: UUID, household: Wire) -> Wire:
    opened = flag.opened_run_id == run_id
    copied = ("visit_id", "rule", "severity", "pack", "pack_version")
    return {name: getattr(flag, name) for name in copied} | {
        "household": household,
        "label": label_of(flag.rule, flag.pack),
        "direction": "opened" if opened else "closed",
        "at": flag.opened_at if opened else flag.closed_at,
    }
