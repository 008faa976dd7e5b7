"""The figures above the list: by severity, by township, by risk. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.reviews.queries import Group

LIGHTS = ("red", "yellow", "attention")
Wire = dict[str, Any]


def totals(groups: Sequence[Group]) -> Wire:
    """How many visits of each severity, and how many changed since last time."""
    by_severity = _tally(groups)
    total = sum(by_severity.values())
    changed = sum(group.count for group in groups if group.changed)
    figures = {name: by_severity[name] for name in (*LIGHTS, "none")}
    return figures | {"total": total, "changed": changed, "unchanged": total - changed}


def by_township(groups: Sequence[Group], names: Mapping[str, str]) -> list[Wire]:
    """A line for each township, ordered by code."""
    found = []
    for code in sorted({group.township for group in groups}):
        tally = _tally(group for group in groups if group.township == code)
        line = {name: tally[name] for name in LIGHTS}
        found.append({"code": code, "name": names.get(code, ""), "total": sum(tally.values()), **line})
    return found


def by_risk(groups: Sequence[Group]) -> list[Wire]:
    """A line for each risk that a light names, the most frequent first.

    A visit counts under each of its risks, with its worst light.
    """
    tallies: dict[str, Counter[str]] = {}
    for group in groups:
        for risk in filter(None, group.risks.split("|")):
            tallies.setdefault(risk, Counter())[group.severity] += group.count
    order = sorted(tallies, key=lambda risk: (-sum(tallies[risk].values()), risk))
    return [{"risk": risk} | {name: tallies[risk][name] for name in LIGHTS} for risk in order]


def _tally(groups: Iterable[Group]) -> Counter[str]:
    tally: Counter[str] = Counter()
    for group in groups:
        tally[group.severity] += group.count
    return tally
