"""What a policy pack is made of: frozen values, no behaviour beyond choosing by date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
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
LIMIT_UNITS = ("working_days", "days", "months")
LIMIT_PERIODS = ("month", "two_months", "quarter", "year")
STARTS = (
    "monthly_list_confirmed",
    "work_order_received",
    "fund_application_received",
    "recognition",
    "clue",
    "publication",
    *LIMIT_PERIODS,
)

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

    ``values`` are (first day, value) pairs, oldest first; None = nothing is in force from that day on. No
    values at all: no text gives a number, and there is none until the county sets one. Money in yuan. Below
    ``least`` the number would turn the words of its rule around; neither a pack nor a county may go there.
    """

    name: str
    label: Text
    unit: str
    origin: str
    cites: tuple[str, ...]
    note: str
    values: tuple[tuple[date, Decimal | None], ...]
    least: Decimal | None = None

    def value(self, on: date) -> Decimal | int | None:
        """The value in force on ``on``, months as whole numbers; None where none is."""
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
    """One dated source with its rules, numbers and sentences.

    ``needs`` are the packs whose names its conditions use, ``quotes`` those whose articles it cites besides.
    ``seed`` is the file its sentences were taken from.
    """

    id: str
    version: str
    title: Text
    number: str
    issuer: str
    in_force: Period
    note: str
    seed: str
    needs: tuple[str, ...]
    quotes: tuple[str, ...]
    facts: Mapping[str, Fact]
    items: Mapping[str, Mapping[str, Fact]]
    groups: Mapping[str, tuple[str, ...]]
    parameters: tuple[Parameter, ...]
    articles: Mapping[str, Article]
    derived: tuple[Derived, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What applies in one place: its packs in order, and the income test that proposals use.

    ``since`` is the first day on which all its packs are in force. ``choosable`` are rules of other packs
    (rule id -> pack id) that a county of the place may switch on; off unless it does. ``cites`` are the
    articles of the income test and of that choice. ``township_settles`` says whether a township may settle a
    household's case itself (NX-8-4-2c); elsewhere the county decides on every one (AMB-27).
    """

    id: str
    title: Text
    region: str
    since: date
    packs: tuple[str, ...]
    choosable: Mapping[str, str]
    income_within: Any
    cites: tuple[str, ...]
    township_settles: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """How much time a deadline gives.

    Without ``each``: ``count`` of ``unit`` after the start, whose day is not counted. ``at_least``: it must
    last so long, rather than be done by then. A county's value of the parameter ``param`` replaces ``count``.
    With ``each``: at least ``count`` times in every such period, on the days ``first_day`` to ``last_day``
    (None = the last day) of ``months`` (none = every month of the period).
    """

    count: int
    unit: str = ""
    at_least: bool = False
    param: str = ""
    each: str = ""
    months: tuple[int, ...] = ()
    first_day: int = 1
    last_day: int | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock of the documents: what starts it, its limit, the articles, and the profiles it runs in.

    ``optional`` marks practice that no document of the profile orders.
    """

    id: str
    label: Text
    starts: str
    limit: Limit
    cites: tuple[str, ...]
    profiles: tuple[str, ...]
    optional: bool
    note: str


@dataclass(frozen=True, slots=True)
class Library:
    """All packs and profiles of one folder, checked against each other; ``articles``: those of all packs."""

    packs: Mapping[str, Pack]
    profiles: Mapping[str, Profile]
    articles: Mapping[str, Article]
    deadlines: tuple[Deadline, ...]

    def packs_of(self, profile: str) -> tuple[Pack, ...]:
        """The packs of a profile in order. Raises KeyError for an unknown profile."""
        return tuple(self.packs[name] for name in self.profiles[profile].packs)

    def day(self, profile: str, on: date) -> date:
        """The day whose texts judge a visit of ``on``: that day, but none before the profile's first.

        Before its texts a place had none; judging an older visit by nothing would show it as "nothing wrong".
        """
        return max(on, self.profiles[profile].since)

    def packs_on(self, profile: str, on: date) -> tuple[Pack, ...]:
        """The packs of a profile that judge a visit of ``on``. Raises KeyError for an unknown profile."""
        day = self.day(profile, on)
        return tuple(pack for pack in self.packs_of(profile) if pack.in_force.covers(day))

    def rules_on(
        self, profile: str, on: date, chosen: Set[str] = frozenset()
    ) -> tuple[tuple[Pack, Rule], ...]:
        """The rules that judge a visit of ``on`` with their packs; ``chosen``: choosable ones switched on."""
        own = [(pack, rule) for pack in self.packs_on(profile, on) for rule in pack.rules]
        return (*own, *self._chosen(profile, on, chosen))

    def _chosen(self, profile: str, on: date, chosen: Set[str]) -> Iterator[tuple[Pack, Rule]]:
        day = self.day(profile, on)
        for name, source in self.profiles[profile].choosable.items():
            pack = self.packs[source]
            if name in chosen and pack.in_force.covers(day):
                yield from ((pack, rule) for rule in pack.rules if rule.id == name)

    def deadlines_of(self, profile: str) -> tuple[Deadline, ...]:
        """The deadlines that run in a profile."""
        return tuple(entry for entry in self.deadlines if profile in entry.profiles)

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
