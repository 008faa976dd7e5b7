"""Random packs: conditions of every form the language has, over a small vocabulary of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from server.policy.engine import Bench
from server.policy.expression import SEVERITIES
from server.policy.loader import load_packs
from server.policy.model import Derived, Library, Rule
from server.policy.vocabulary import Fact

DAY = date(2026, 11, 22)
CODES = frozenset({"a", "b", "none"})
FACTS = {
    fact.name: fact
    for fact in (
        Fact("yes1", "bool"),
        Fact("yes2", "bool"),
        Fact("count1", "int"),
        Fact("count2", "int"),
        Fact("cash1", "money"),
        Fact("cash2", "money"),
        Fact("code1", "code", CODES),
        Fact("word1", "text"),
        Fact("list1", "codes", CODES),
        Fact("who1", "members"),
        Fact("day1", "date"),
        Fact("day2", "date"),
        Fact("loop1", "loop"),
        *(Fact(name, kind) for name, kind in (("lifted", "bool"), ("dibao", "bool"), ("tekun", "bool"))),
    )
}
FIELDS = {
    fact.name: fact
    for fact in (
        Fact("who", "text"),
        Fact("kind", "code", CODES),
        Fact("set", "codes", CODES),
        Fact("paid", "money"),
        Fact("times", "int"),
    )
}
NUMBERS = [0, 1, 2, 5000, Decimal("0.01"), Decimal("5000.01"), 1.1, -3, 10000]
ORDERS = ("above", "at_least", "below", "at_most")
LABEL = {"zh": "试", "en": "test"}


class Rules:
    """Writes conditions with one source of chance; ``params`` are the parameters it may name."""

    def __init__(self, rng: Random, params: list[str]) -> None:
        self.rng, self.params = rng, params

    def condition(self, depth: int = 3, *, item: bool = False, last: bool = False) -> dict[str, Any]:
        """Any condition; ``item`` inside a loop; ``last`` may ask for other rules."""
        pick = self.rng.random()
        if last and pick < 0.3:
            return {"any_rule": self.rng.choice(SEVERITIES)}
        if depth == 0 or pick < 0.3:
            return self.comparison(item)
        parts = [self.condition(depth - 1, item=item, last=last) for _ in range(self.rng.randint(1, 3))]
        if pick < 0.55:
            return {"all": parts}
        if pick < 0.75:
            return {"any": parts}
        if pick < 0.85 or item:
            return {"not": parts[0]}
        inner = self.condition(depth - 1, item=True)
        return {self.rng.choice(("some", "every")): "loop1", "where": inner}

    def comparison(self, item: bool) -> dict[str, Any]:
        """One comparison of a random kind."""
        made = (self._yes, self._text, self._text, self._number, self._number, self._list, self._day)
        return self.rng.choice(made)(item)

    def _yes(self, item: bool) -> dict[str, Any]:
        right = self.rng.choice((True, False, {"fact": "yes2"}))
        return {"fact": "yes1", self.rng.choice(("is", "is_not")): right}

    def _named(self, item: bool, facts: list[str], fields: list[str]) -> dict[str, str]:
        if item and self.rng.random() < 0.7:
            return {"item": self.rng.choice(fields)}
        return {"fact": self.rng.choice(facts)}

    def _text(self, item: bool) -> dict[str, Any]:
        left = self._named(item, ["code1"], ["kind"])
        pick = self.rng.random()
        if pick < 0.3:
            return left | {self.rng.choice(("in", "not_in")): self.rng.sample(sorted(CODES), 2)}
        if pick < 0.4:
            return left | {"known": self.rng.random() < 0.5}
        if pick < 0.6:
            left = self._named(item, ["word1"], ["who"])
            return left | {self.rng.choice(("in_list", "not_in_list")): {"fact": "who1"}}
        right = self.rng.choice(("a", "none", {"fact": "word1"}))
        return left | {self.rng.choice(("is", "is_not")): right}

    def _list(self, item: bool) -> dict[str, Any]:
        left = self._named(item, ["list1"], ["set"])
        pick = self.rng.choice(("has", "lacks", "has_any", "empty", "known", "loop"))
        if pick == "loop":
            return {"fact": "loop1", self.rng.choice(("empty", "known")): self.rng.random() < 0.5}
        if pick in ("empty", "known"):
            return left | {pick: self.rng.random() < 0.5}
        if pick == "has_any":
            return left | {"has_any": self.rng.sample(sorted(CODES), 2)}
        return left | {pick: self.rng.choice(("a", "b", {"fact": "code1"}))}

    def _day(self, item: bool) -> dict[str, Any]:
        right = self.rng.choice(("2026-06-15", {"fact": "day2"}))
        return {"fact": "day1", self.rng.choice((*ORDERS, "is")): right}

    def _number(self, item: bool) -> dict[str, Any]:
        pick = self.rng.random()
        if pick < 0.15:
            return {"fact": "count1", self.rng.choice(("in", "not_in")): [1, 2, 2.5, True]}
        if pick < 0.25:
            return {"value": self.amount(item), "known": self.rng.random() < 0.5}
        if pick < 0.4:
            return {"fact": "ratio", self.rng.choice(ORDERS): self.amount(item)}
        operator = self.rng.choice((*ORDERS, "is", "is_not"))
        return {"value": self.amount(item), operator: self.amount(item)}

    def amount(self, item: bool, depth: int = 2) -> Any:
        """A number expression without division."""
        pick = self.rng.random()
        if depth == 0 or pick < 0.35:
            return self._named(item, ["cash1", "cash2", "count1", "count2", "sum"], ["paid", "times"])
        if pick < 0.5:
            return self.rng.choice(NUMBERS)
        if pick < 0.6:
            return {"param": self.rng.choice(self.params)}
        if pick < 0.7:
            lists = ({"total": "loop1", "of": "paid"}, {"count": "loop1"}, {"size": "list1"})
            return self.rng.choice(lists)
        parts = [self.amount(item, depth - 1) for _ in range(2)]
        if pick < 0.75:
            return {"or_zero": parts[0]}
        return {self.rng.choice(("sum", "minus", "product")): parts}

    def rule(self, number: int) -> Rule:
        """A rule; one of them may ask for other rules."""
        when = self.condition(last=number == 4)
        template = next(iter(load_packs().packs["common"].rules))
        severity = self.rng.choice(SEVERITIES)
        return replace(template, id=f"R-{number}", severity=severity, cites=(), when=when)


def bench_of(seed: int, rules: int = 12) -> Bench:
    """A bench of random rules over derived facts of every sort: a quotient, a sum, a yes or no."""
    rng = Random(seed)
    library = load_packs()
    common = library.packs["common"]
    writer = Rules(rng, sorted(entry.name for entry in common.parameters))
    money = [{"fact": name} for name in ("cash1", "cash2")]
    derived = (
        Derived("sum", LABEL, "money", {"minus": [{"sum": money}, {"total": "loop1", "of": "paid"}]}),
        Derived("ratio", LABEL, "money", {"divide": [{"minus": money}, {"fact": "count2"}]}),
    )
    pack = replace(
        common, facts=FACTS, items={"loop1": FIELDS}, derived=derived, needs=(),
        rules=tuple(writer.rule(number) for number in range(rules)),
    )  # fmt: skip
    profile = replace(next(iter(library.profiles.values())), id="random", packs=("common",))
    profile = replace(profile, income_within={"fact": "ratio", "at_most": {"param": writer.params[0]}})
    made: Library = replace(library, packs={"common": pack}, profiles={"random": profile})
    return Bench(made, "random", DAY)
