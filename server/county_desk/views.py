"""What the county's desk shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.core.auth import Actor
from server.county_desk import queries, services
from server.county_desk.models import CountyDecision
from server.county_desk.queries import Filters, Group
from server.households.services import masked_text
from server.rechecks import queries as rechecks
from server.rechecks.services import clock_of, detail, rows
from server.regions import queries as regions

Wire = dict[str, Any]


def cases(actor: Actor, filters: Filters, cursor: str | None, limit: int) -> Wire:
    """One page of cases; counts by township and cause come with the first."""
    found, following = queries.page(actor.id, filters, cursor, limit)
    page = {"items": rows(found, clock_of(actor.region_code)), "next": following}
    return page if cursor is not None else page | {"counts": counts(queries.groups(actor.id, filters))}


def counts(groups: list[Group]) -> Wire:
    """Households and persons in all, by township and by cause, the most first."""
    names = regions.names_of({group.township for group in groups})
    towns = _lines(groups, "township")
    return {
        **_sum(groups),
        "by_township": [{"name": names.get(line["township"], ""), **line} for line in towns],
        "by_cause": _lines(groups, "cause"),
    }


def _lines(groups: list[Group], key: str) -> list[Wire]:
    names = sorted({getattr(group, key) for group in groups})
    lines = [{key: name} | _sum(group for group in groups if getattr(group, key) == name) for name in names]
    return sorted(lines, key=lambda line: -line["households"])


def _sum(groups: Iterable[Group]) -> Wire:
    chosen = list(groups)
    return {
        name: sum(getattr(one, name) for one in chosen) for name in ("households", "persons", "unassigned")
    }


def case(actor: Actor, visit_id: Any) -> Wire:
    """One case with everything said about it, and whether the caller may decide. Raises recheck_not_found."""
    row = rechecks.get(visit_id)
    return detail(actor, row) | {
        "obstacle": services.obstacle(actor, row),
        "decisions": [decision(each) for each in queries.decisions_on([visit_id])],
    }


def decision(row: CountyDecision) -> Wire:
    """A decision, identity numbers in the opinion masked."""
    names = ("id", "visit_id", "decision", "officer_name", "created_at")
    return {name: getattr(row, name) for name in names} | {"opinion": masked_text(row.opinion)}
