"""How the rules do, in wire form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from server.core import clock
from server.local_policy.services import county_policy, policy_version
from server.policy.model import Rule
from server.rule_health import queries
from server.rule_health.models import PreviewDifference
from server.rule_health.queries import Tally
from server.visits.queries import Visit

Wire = dict[str, Any]
SHARE_DIGITS = 4


def health(region_code: str) -> Wire:
    """Every rule of the county with its counts, and how phone and server agree. Raises Problem."""
    bench = county_policy(region_code).bench(clock.today())
    tally, differences = queries.tally(), queries.differences_by_rule()
    compared, differing = queries.previews(), queries.differing()
    rules = [ruling.rule for ruling in (*bench.first, *bench.last)]
    return {
        "version": policy_version(region_code),
        "households": tally.households,
        "previews": {"compared": compared, "agreed": compared - differing, "differing": differing},
        "versions": [_version(*found) for found in queries.versions()],
        "rules": [_rule(rule, tally, differences) for rule in sorted(rules, key=lambda rule: rule.id)],
    }


def _version(phone: str, server: str, visits: int, last: Any) -> Wire:
    return {"phone": phone, "server": server, "visits": visits, "last_at": last}


def _rule(rule: Rule, tally: Tally, differences: Mapping[str, Counter[str]]) -> Wire:
    met, left_open = tally.met[rule.id], tally.open[rule.id]
    return {
        "rule": rule.id,
        "label": dict(rule.label),
        "severity": rule.severity,
        "met": met,
        "met_share": _share(met, tally.households),
        "left_open": left_open,
        "unknown_share": _share(left_open, tally.households),
        "last_met_at": tally.last_met.get(rule.id),
        "differences": {name: counted[rule.id] for name, counted in differences.items()},
    }


def _share(part: int, whole: int) -> float | None:
    """A part of the households, None where there are none."""
    return round(part / whole, SHARE_DIGITS) if whole else None


def differences(rule: str | None, cursor: str | None, limit: int) -> Wire:
    """One page of the visits that phone and server judge otherwise. Raises Problem: bad_request."""
    rows, following = queries.page(rule, cursor, limit)
    return {"items": [_difference(*row) for row in rows], "next": following}


def _difference(found: PreviewDifference, visit: Visit) -> Wire:
    return {
        "visit_id": found.visit_id,
        "household_id": found.household_id,
        "region_code": found.region_code,
        "author_name": visit.author_name,
        "visited_at": visit.visited_at,
        "noted_at": found.noted_at,
        "phone_version": found.phone_version,
        "server_version": found.server_version,
        "packs": visit.packs,
        **{name: queries.split(getattr(found, name)) for name in queries.COLUMNS},
    }
