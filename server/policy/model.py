"""What a policy pack is made of: frozen values, no behaviour beyond choosing by date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .vocabulary import Fact, Vocabulary

SEVERITIES = ("red", "yellow", "attention")
BY_CAUSE = "by_cause"
RISKS = (
    "illness",
    "disability",
    "schooling",
    "disaster",
    "accident",
    "industry_failure",
    "unstable_employment",
    "unsafe_housing",
    "unsafe_water",
    "basic_needs",
    "focus_group",
    "policy_delivery",
    "verify",
    "exclusion_check",
    "self_report",
    "tracking",
    "release",
    "other",
)
UNITS = ("CNY", "CNY_per_person_year", "CNY_per_person_previous_year", "ratio", "months")
COUNTY_MUST_SET = "county_must_set"

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which something is in force, both ends included; ``until`` None = no end known."""

    since: date
    until: date | None = None

    def covers(self, on: date) -> bool:
        """Whether ``on`` lies in the period."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Article:
    """One citable place: its document, the sentence in Chinese, and where the text comes from."""

    id: str
    document: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the policy. ``origin`` is ``document`` (then ``cites`` says where) or ``county_must_set``.

    ``values`` are (first day, value) pairs, oldest first; money in yuan.
    """

    name: str
    label: Text
    unit: str
    origin: str
    cites: tuple[str, ...]
    note: str
    values: tuple[tuple[date, Decimal], ...]

    def value(self, on: date) -> Decimal | int | None:
        """The value in force on ``on``, months as whole numbers; None before the first one."""
        value = next((value for since, value in reversed(self.values) if since <= on), None)
        return int(value) if value is not None and self.unit == "months" else value


@dataclass(frozen=True, slots=True)
class Rule:
    """One risk rule. ``risks`` holds entries of RISKS, or BY_CAUSE alone; ``when`` is a condition node."""

    id: str
    label: Text
    severity: str
    risks: tuple[str, ...]
    cites: tuple[str, ...]
    when: Any
    file: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact computed from others: either a condition (``when``) or an amount (``value``)."""

    name: str
    label: Text
    kind: str
    node: Any


@dataclass(frozen=True, slots=True)
class Pack:
    """One dated set of rules with everything they cite. ``folder`` is relative to the packs folder."""

    id: str
    version: str
    title: Text
    number: str
    issuer: str
    in_force: Period
    note: str
    seed: str
    needs: tuple[str, ...]
    facts: Mapping[str, Fact]
    items: Mapping[str, Mapping[str, Fact]]
    groups: Mapping[str, tuple[str, ...]]
    parameters: tuple[Parameter, ...]
    articles: Mapping[str, Article]
    derived: tuple[Derived, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What applies in one place: its packs in order, and the income test that proposals use."""

    id: str
    title: Text
    region: str
    packs: tuple[str, ...]
    income_within: Any


@dataclass(frozen=True, slots=True)
class Library:
    """All packs and profiles of one folder, checked against each other."""

    packs: Mapping[str, Pack]
    profiles: Mapping[str, Profile]

    def packs_of(self, profile: str) -> tuple[Pack, ...]:
        """The packs of a profile in order. Raises KeyError for an unknown profile."""
        return tuple(self.packs[name] for name in self.profiles[profile].packs)

    def vocabulary(self, names: tuple[str, ...]) -> Vocabulary:
        """Everything the conditions of these packs may name."""
        return vocabulary_of(tuple(self.packs[name] for name in names))


def vocabulary_of(packs: tuple[Pack, ...]) -> Vocabulary:
    """The facts, loop fields, derived facts and parameters of several packs together."""
    facts: dict[str, Fact] = {}
    items: dict[str, Mapping[str, Fact]] = {}
    params: set[str] = set()
    for pack in packs:
        facts |= pack.facts
        items |= pack.items
        facts |= {entry.name: Fact(entry.name, entry.kind, label=entry.label) for entry in pack.derived}
        params |= {entry.name for entry in pack.parameters}
    return Vocabulary(facts, items, frozenset(params))
