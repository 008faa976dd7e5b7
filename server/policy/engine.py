"""Judges the facts of one household by the packs in force on a day. Pure: no clock, no database.

A rule is met, not met, or unknown; for an unknown one the engine says what to ask. Explanations are built
only for rules that are met, because nearly all are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

from .derived import add_derived, compile_derived
from .expression import (
    Condition,
    Observation,
    any_rule_fact,
    asks_other_rules,
    compile_condition,
    parameters,
)
from .kinds import propose_kind
from .loader import load_packs, parameters_on
from .local import NOT_CHANGED, LocalPolicy, check_local
from .model import BY_CAUSE, SEVERITIES, Article, Library, Pack, Rule, Text
from .results import Cause, Judgement, Outline, PackInForce, RuleResult, UnknownRule
from .risks import risks_by_cause
from .vocabulary import Vocabulary

Params = Mapping[str, Decimal | int | None]

Facts = Mapping[str, Any]
_OTHER_RULES: Text = {"zh": "走访清单是否有红灯", "en": "Whether the visit shows a red light"}


@dataclass(frozen=True, slots=True)
class _Ruling:
    """A rule ready to be judged."""

    rule: Rule
    condition: Condition
    pack: Pack
    articles: tuple[Article, ...]


class Bench:
    """Everything of one profile that is in force on one day, compiled, with what a county changed in it."""

    def __init__(self, library: Library, profile: str, on: date, local: LocalPolicy = NOT_CHANGED) -> None:
        """Raises KeyError for an unknown profile, LocalRefused for changing what the profile does not have.

        A change of something whose pack is not in force on the day has no effect.
        """
        check_local(library, profile, local)
        packs = library.packs_on(profile, on)
        self.profile = profile
        self.local = local
        self.packs = packs
        self.params = parameters_on(packs, library.day(profile, on))
        self.params |= {name: value for name, value in local.params.items() if name in self.params}
        self.known = library.vocabulary(library.profiles[profile].packs)
        self.formulas = compile_derived(tuple(entry for pack in packs for entry in pack.derived), self.known)
        self._formula = {formula.name: formula for formula in self.formulas}
        rulings = [
            _ruling(rule, pack, self.known, library.articles)
            for pack, rule in library.rules_on(profile, on, local.on)
            if rule.id not in local.off
        ]
        self.first = tuple(ruling for ruling in rulings if not asks_other_rules(ruling.rule.when))
        self.last = tuple(ruling for ruling in rulings if asks_other_rules(ruling.rule.when))
        self.within = compile_condition(library.profiles[profile].income_within, known=self.known)
        self.version = self._digest()

    def _digest(self) -> str:
        """16 hex digits that differ when anything that judges differs; equal on days with the same rules."""
        content = {
            "profile": self.profile,
            "packs": {pack.id: pack.version for pack in self.packs},
            "params": {name: _plain_number(value) for name, value in self.params.items()},
            "derived": [(entry.name, entry.node) for pack in self.packs for entry in pack.derived],
            "rules": [_ruled(ruling) for ruling in (*self.first, *self.last)],
            "within": self.within.node,
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return sha256(text.encode()).hexdigest()[:16]

    @property
    def income_line(self) -> Decimal | int | None:
        """Yuan per person and year of the profile's income test; None when it rests on no single figure."""
        named = parameters(self.within.node)
        return self.params[next(iter(named))] if len(named) == 1 else None

    def judge(self, facts: Facts, overrides: Params | None = None) -> Judgement:
        """Judge one household. ``overrides`` replaces parameters by name (what-if questions)."""
        params = {**self.params, **overrides} if overrides else self.params
        known, met, unknown = self._decided(facts, params)
        return self._judgement(known, params, met, unknown)

    def judgement(self, facts: Facts, met: int, unknown: int) -> Judgement:
        """The judgement of facts by these rules, already decided: bits of those met and of those unknown.

        The lowest bit belongs to the first of ``first``; those of ``last`` follow.
        """
        known = dict(facts)
        add_derived(self.formulas, known, self.params)
        if self.last:
            _add_any_rule(known, _chosen(self.first, met), _chosen(self.first, unknown))
        rulings = (*self.first, *self.last)
        return self._judgement(known, self.params, _chosen(rulings, met), _chosen(rulings, unknown))

    def outline(self, facts: Facts) -> Outline:
        """What ``judge`` says without the evidence of the lights: for many households in a row."""
        known, met, unknown = self._decided(facts, self.params)
        return Outline(
            met=tuple(sorted(ruling.rule.id for ruling in met)),
            unknown=self._asks(unknown, known, self.params),
            proposed_kind=self._kind(known, self.params, met),
        )

    def _decided(self, facts: Facts, params: Params) -> tuple[dict[str, Any], list[_Ruling], list[_Ruling]]:
        """The facts with what is derived from them, the rules that are met, and those that are open."""
        known = dict(facts)
        add_derived(self.formulas, known, params)
        met: list[_Ruling] = []
        unknown: list[_Ruling] = []
        self._sort(self.first, known, params, met, unknown)
        if self.last:
            _add_any_rule(known, met, unknown)
            self._sort(self.last, known, params, met, unknown)
        return known, met, unknown

    def _kind(self, known: Facts, params: Params, met: list[_Ruling]) -> str | None:
        red = {ruling.rule.id for ruling in met if ruling.rule.severity == "red"}
        return propose_kind(known, red, self.within.evaluate(known, params))

    def _sort(
        self,
        rulings: tuple[_Ruling, ...],
        known: Facts,
        params: Params,
        met: list[_Ruling],
        unknown: list[_Ruling],
    ) -> None:
        for ruling in rulings:
            truth = ruling.condition.evaluate(known, params)
            if truth is True:
                met.append(ruling)
            elif truth is None:
                unknown.append(ruling)

    def _judgement(
        self,
        known: Facts,
        params: Params,
        met: list[_Ruling],
        unknown: list[_Ruling],
    ) -> Judgement:
        present = {ruling.rule.severity for ruling in met}
        asks = self._asks(unknown, known, params)
        return Judgement(
            met=tuple(self._result(ruling, known, params) for ruling in _by_severity(met)),
            unknown=tuple(UnknownRule(one.rule.id, one.rule.label, asks[one.rule.id]) for one in unknown),
            severity=next((severity for severity in SEVERITIES if severity in present), "none"),
            packs=tuple(PackInForce(pack.id, pack.version) for pack in self.packs),
            proposed_kind=self._kind(known, params, met),
        )

    def _result(self, ruling: _Ruling, known: Facts, params: Params) -> RuleResult:
        rule = ruling.rule
        causes: list[Cause] = []
        for seen in ruling.condition.causes(known, params):
            formula = self._formula.get(seen.fact)
            inner = formula.causes(known, params) if formula is not None else []
            causes += [self._cause(entry) for entry in inner or [seen]]
        return RuleResult(
            rule=rule.id,
            label=rule.label,
            severity=rule.severity,
            risks=risks_by_cause(known) if rule.risks == (BY_CAUSE,) else rule.risks,
            causes=tuple(causes),
            articles=ruling.articles,
            pack=ruling.pack.id,
            pack_version=ruling.pack.version,
        )

    def _cause(self, seen: Observation) -> Cause:
        spec = self.known.find(seen.fact)
        label = spec.label if spec is not None else _OTHER_RULES
        return Cause(seen.fact, seen.value, label, seen.threshold, seen.item)

    def _asks(self, unknown: list[_Ruling], known: Facts, params: Params) -> dict[str, tuple[str, ...]]:
        """What to ask to decide each of the rules: names that can be asked, derived facts taken apart."""
        own = {ruling.rule.id: self._own_names(ruling, known, params) for ruling in unknown}
        return {ruling.rule.id: tuple(sorted(_with_others(ruling, unknown, own))) for ruling in unknown}

    def _own_names(self, ruling: _Ruling, known: Facts, params: Params) -> set[str]:
        """The names a rule waits for; those that stand for other rules are among them."""
        asked: set[str] = set()
        waiting = set(ruling.condition.missing(known, params))
        while waiting:
            name = waiting.pop()
            formula = self._formula.get(name)
            if formula is None:
                asked.add(name)
            else:
                waiting |= formula.missing(known, params, None)
        return asked


def _with_others(ruling: _Ruling, unknown: list[_Ruling], own: Mapping[str, set[str]]) -> set[str]:
    """The names a rule waits for, where it waits for other rules those that they wait for."""
    asked = own[ruling.rule.id]
    for name in asked & _OTHERS.keys():
        others = [one for one in unknown if one.rule.severity == _OTHERS[name] and one is not ruling]
        asked = (asked - {name}).union(*(_with_others(one, unknown, own) for one in others))
    return asked


_OTHERS = {any_rule_fact(severity): severity for severity in SEVERITIES}


def judge(facts: Facts, *, profile: str, on: date, overrides: Params | None = None) -> Judgement:
    """Judge one household by the packs of ``profile`` in force on ``on``.

    Args:
        facts: values by name; None or absent = not asked, [] = asked, none. Money is Decimal yuan.
            A derived value given here (``pcni``) wins over the computed one.
        profile: an id of packs/profiles.yaml.
        on: the day of the visit; it chooses packs and parameter values.
        overrides: parameter values to use instead, for what-if questions.

    Raises:
        KeyError: unknown profile.
    """
    return bench(profile, on).judge(facts, overrides)


@lru_cache(maxsize=64)
def bench(profile: str, on: date, local: LocalPolicy = NOT_CHANGED) -> Bench:
    """The compiled rules of a profile on a day, from the packs of this installation."""
    return Bench(load_packs(), profile, on, local)


def _ruled(ruling: _Ruling) -> tuple[Any, ...]:
    """Of a rule, what switches it on and what its light says of it."""
    rule = ruling.rule
    return ruling.pack.id, ruling.pack.version, rule.id, rule.severity, rule.risks, rule.cites, rule.when


def _plain_number(value: Decimal | int | None) -> str | None:
    """5000 and 5000.00 are the same value."""
    return None if value is None else f"{Decimal(value).normalize():f}"


def _ruling(rule: Rule, pack: Pack, known: Vocabulary, articles: Mapping[str, Article]) -> _Ruling:
    condition = compile_condition(rule.when, known=known)
    return _Ruling(rule, condition, pack, tuple(articles[cited] for cited in rule.cites))


def _chosen(rulings: tuple[_Ruling, ...], bits: int) -> list[_Ruling]:
    """The rulings of the bits that are set, in their order; most are not."""
    chosen, bits = [], bits & ((1 << len(rulings)) - 1)
    while bits:
        lowest = bits & -bits
        chosen.append(rulings[lowest.bit_length() - 1])
        bits ^= lowest
    return chosen


def _by_severity(met: list[_Ruling]) -> Iterable[_Ruling]:
    return sorted(met, key=lambda ruling: SEVERITIES.index(ruling.rule.severity))


def _add_any_rule(known: dict[str, Any], met: list[_Ruling], unknown: list[_Ruling]) -> None:
    """Whether any rule of each severity is met; unknown when none is, but one of them is undecided."""
    sure = {ruling.rule.severity for ruling in met}
    unsure = {ruling.rule.severity for ruling in unknown}
    for severity in SEVERITIES:
        name = any_rule_fact(severity)
        if known.get(name) is None:  # a value given by the caller wins
            known[name] = True if severity in sure else None if severity in unsure else False
