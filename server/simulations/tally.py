"""Groups of households turned into the figures of a simulation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.policy.engine import Bench
from server.policy.generated import Names
from server.policy.model import BY_CAUSE, RISKS

Wire = dict[str, Any]
Group = list[Any]
"""Township, rules now, rules then, kind now, kind then, causes, households, persons."""
FIGURES = ("now", "then", "entering", "leaving", "persons_entering", "persons_leaving")
KINDS = (
    "unstable",
    "marginal",
    "sudden",
    "village_deliberation",
    "offline_monitoring",
    "analyse_coverage",
    "collect_income",
)
LIGHTS = ("red", "yellow", "attention")


class Line:
    """The figures of one rule, kind, township or risk."""

    def __init__(self) -> None:
        self.figures = dict.fromkeys(FIGURES, 0)

    def count(self, was: bool, will: bool, households: int, persons: int) -> None:
        """Add some households that agree."""
        figures = self.figures
        figures["now"] += households * was
        figures["then"] += households * will
        if was != will:
            direction = "entering" if will else "leaving"
            figures[direction] += households
            figures[f"persons_{direction}"] += persons


class Tally:
    """All figures of a simulation."""

    def __init__(self, bench: Bench, names: Names, changed: Iterable[str]) -> None:
        self.rules = [ruling.rule for ruling in (*bench.first, *bench.last)]
        self.names, self.changed = names, frozenset(changed)
        self.whole = Line()
        self.of_rule = {rule.id: Line() for rule in self.rules}
        self.of_kind = {kind: Line() for kind in KINDS}
        self.of_township: dict[str, Line] = {}
        self.of_risk = {risk: Line() for risk in RISKS}
        self.in_township: dict[str, int] = {}
        self.totals = {when: dict.fromkeys(("flagged", "persons", *LIGHTS), 0) for when in ("now", "then")}
        self.households = self.persons = 0

    def add(self, groups: Iterable[Group]) -> None:
        """Count groups of one range."""
        for township, now, then, kind_now, kind_then, cause, households, persons in groups:
            self.households += households
            self.persons += persons
            self.in_township[township] = self.in_township.get(township, 0) + households
            self._total("now", now, households, persons)
            self._total("then", then, households, persons)
            line = self.of_township.setdefault(township, Line())
            for each in (self.whole, line):
                each.count(bool(now), bool(then), households, persons)
            for place, rule in enumerate(self.rules):
                if (now | then) >> place & 1:
                    was, will = bool(now >> place & 1), bool(then >> place & 1)
                    self.of_rule[rule.id].count(was, will, households, persons)
            for kind in {kind_now, kind_then} - {None}:
                self.of_kind[kind].count(kind_now == kind, kind_then == kind, households, persons)
            before, after = self._risks(now, cause), self._risks(then, cause)
            for risk in before | after:
                self.of_risk[risk].count(risk in before, risk in after, households, persons)

    def _total(self, when: str, mask: int, households: int, persons: int) -> None:
        if mask:
            self.totals[when]["flagged"] += households
            self.totals[when]["persons"] += persons
            self.totals[when][self.names.severity(mask)] += households

    def _risks(self, mask: int, cause: str) -> set[str]:
        found: set[str] = set()
        for place, rule in enumerate(self.rules):
            if mask >> place & 1:
                found |= set(cause.split("|") if rule.risks == (BY_CAUSE,) else rule.risks)
        return found

    def wire(self, township_names: Mapping[str, str]) -> Wire:
        """The figures as they travel."""
        moves = {name: self.whole.figures[name] for name in FIGURES[2:]}
        return {
            "households": self.households,
            "persons": self.persons,
            **self.totals,
            **moves,
            "rules": [
                {"rule": rule.id, "label": rule.label, "severity": rule.severity}
                | {"changed": rule.id in self.changed}
                | self.of_rule[rule.id].figures
                for rule in self.rules
            ],
            "kinds": [{"kind": kind} | line.figures for kind, line in self.of_kind.items()],
            "townships": [
                {"code": code, "name": township_names.get(code, ""), "households": self.in_township[code]}
                | line.figures
                for code, line in sorted(self.of_township.items())
            ],
            "causes": [
                {"risk": risk} | line.figures
                for risk, line in self.of_risk.items()
                if line.figures["now"] or line.figures["then"]
            ],
        }
