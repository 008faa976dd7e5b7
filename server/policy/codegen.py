"""The rules of a Bench as one generated Python function, for judging a whole county.

``compile_county`` writes the source once; parameters are arguments of it, so a what-if question needs no new
source. The function takes stored facts that fit the vocabulary (``stored.Shape``) and gives the rules met and
unknown as bits, exactly as ``Bench.judge`` finds them. Only names and values that the loader has checked get
into the source, each through ``repr``; every condition becomes two tests, "is true" and "is false", because
a condition with three values is true, false, or neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .codeterms import PARAM_DECIMALS, PARAM_WHOLE_DIGITS, CannotCompile, Term, Terms, literal, same_decimals
from .engine import Bench
from .expression import ANY_RULE, SEVERITIES, any_rule_fact, names, parameters
from .generated import Judge, Program, load
from .model import Rule
from .stored import Shape, shape_of_vocabulary

Params = Mapping[str, Decimal | int | None]
_ORDERS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_NEGATED = {"is_not": "is", "not_in": "in", "lacks": "has", "not_in_list": "in_list"}
Pair = tuple[str, str]


class ParameterRefused(ValueError):
    """A parameter's value is not one the generated function can compute with exactly."""


@dataclass(frozen=True)
class CountyCode:
    """Generated source of some rules; ``rules`` gives each bit's rule id, for all rules of the bench."""

    source: str
    rules: tuple[str, ...]
    names: tuple[str, ...]
    shape: Shape

    def bind(self, params: Params) -> Judge:
        """The function for these parameter values. Raises ParameterRefused."""
        return load(self.source, whole_params(self.names, params))


def whole_params(names: Iterable[str], params: Params) -> list[int | None]:
    """Parameter values as integers of ``PARAM_DECIMALS`` decimals. Raises ParameterRefused."""
    return [_whole(name, params.get(name)) for name in names]


def _whole(name: str, value: Decimal | int | None) -> int | None:
    if value is None:
        return None
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) >= 10**PARAM_WHOLE_DIGITS:
        raise ParameterRefused(name)
    scaled = exact.scaleb(PARAM_DECIMALS)
    if scaled != scaled.to_integral_value():
        raise ParameterRefused(name)
    return int(scaled)


@lru_cache(maxsize=64)
def shape_of(bench: Bench) -> Shape:
    """The kinds of all facts that the rules of a bench may read."""
    derived = (entry.name for pack in bench.packs for entry in pack.derived)
    return shape_of_vocabulary(bench.known, (*derived, *map(any_rule_fact, SEVERITIES)))


def rule_ids(bench: Bench) -> tuple[str, ...]:
    """The rules of a bench in the order of their bits."""
    return tuple(ruling.rule.id for ruling in (*bench.first, *bench.last))


def program(bench: Bench, params: Params, only: Collection[str] | None = None) -> Program:
    """The function of a bench with parameter values, ready to travel to worker processes.

    Raises:
        CannotCompile, ParameterRefused.
    """
    code = compile_county(bench, only)
    severities = [ruling.rule.severity for ruling in (*bench.first, *bench.last)]
    return Program(code.source, whole_params(code.names, params), code.rules, severities, code.shape)


def compile_county(bench: Bench, only: Collection[str] | None = None) -> CountyCode:
    """Write the function of a bench; ``only`` keeps the named rules (the others' bits stay 0).

    Raises:
        CannotCompile: a condition is outside of what can be proven equal; use ``Bench.judge`` instead.
    """
    return _Writer(bench).write(rule_ids(bench) if only is None else only)


def used_names(bench: Bench, rules: Collection[str]) -> frozenset[str]:
    """Every fact that some rules and the income test look at, also through derived facts."""
    found = names(bench.within.node).union(*(names(node) for _, node in _nodes(bench, rules)))
    for entry in reversed([entry for pack in bench.packs for entry in pack.derived]):
        found |= names(entry.node) if entry.name in found else frozenset()
    return found


def rules_using(bench: Bench, params: Collection[str]) -> frozenset[str]:
    """The rules whose truth may change with some parameters, also through derived facts."""
    touched: set[str] = set()
    for entry in (entry for pack in bench.packs for entry in pack.derived):
        if _touches(entry.node, params, touched):
            touched.add(entry.name)
    return frozenset(rule for rule, node in _nodes(bench, rule_ids(bench)) if _touches(node, params, touched))


def _touches(node: Any, params: Collection[str], derived: Collection[str]) -> bool:
    return not parameters(node).isdisjoint(params) or not names(node).isdisjoint(derived)


def _nodes(bench: Bench, rules: Collection[str]) -> list[tuple[str, Any]]:
    rulings = (*bench.first, *bench.last)
    return [(each.rule.id, each.rule.when) for each in rulings if each.rule.id in rules]


class _Writer:
    """Writes one function."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.terms = Terms(bench.known)
        self.constants: list[str] = []

    def write(self, only: Collection[str]) -> CountyCode:
        """The whole function, for the bits of the named rules."""
        order = rule_ids(self.bench)
        self._derived(only)
        first = [line for r in self.bench.first for line in self._rule(r.rule, order.index(r.rule.id), only)]
        last = [line for r in self.bench.last for line in self._rule(r.rule, order.index(r.rule.id), only)]
        true, false = self.condition(self.bench.within.node, None, None)
        body = [
            "m = f['¥']",
            *(self._read(name, variable) for name, variable in self.terms.facts.items()),
            *self.terms.lines,
            "met = unknown = 0",
            *first,
            *self._any_rules(order),
            *last,
            f"return met, unknown, True if {true} else False if {false} else None",
        ]
        params = tuple(self.terms.params)
        head = [f"def make({', '.join(self.terms.params.values())}):", *(f"    {c}" for c in self.constants)]
        lines = [*head, "    def judge(f):", *(f"        {line}" for line in body), "    return judge", ""]
        return CountyCode("\n".join(lines), order, params, shape_of(self.bench))

    def _read(self, name: str, variable: str) -> str:
        source = "m" if self.bench.known.facts[name].kind == "money" else "f"
        return f"{variable} = {source}.get({name!r})"

    def _derived(self, only: Collection[str]) -> None:
        wanted = used_names(self.bench, only)
        for entry in (entry for pack in self.bench.packs for entry in pack.derived):
            if entry.name not in wanted:
                continue
            if entry.kind == "bool":
                true, false = self.condition(entry.node, None, None)
                name = self.terms.fresh("b")
                self.terms.lines.append(f"{name} = True if {true} else False if {false} else None")
                found = Term("bool", name, (f"{name} is not None",), kind="bool")
            else:
                found = self.terms.kept(self.terms.term(entry.node, None, None))
            self.terms.derived[entry.name] = found

    def _rule(self, rule: Rule, bit: int, only: Collection[str]) -> list[str]:
        if rule.id not in only:
            return []
        true, false = self.condition(rule.when, None, None)
        return [
            f"if {true}:",
            f"    met |= {1 << bit}",
            f"elif not ({false}):",
            f"    unknown |= {1 << bit}",
        ]

    def _any_rules(self, order: tuple[str, ...]) -> list[str]:
        lines = []
        for severity in SEVERITIES:
            rules = [ruling.rule for ruling in self.bench.first if ruling.rule.severity == severity]
            mask = sum(1 << order.index(rule.id) for rule in rules)
            name = any_rule_fact(severity)
            lines.append(f"{name} = True if met & {mask} else None if unknown & {mask} else False")
        return lines

    def condition(self, node: Mapping[str, Any], item: str | None, loop: str | None) -> Pair:
        """Source of two tests: whether the condition is true, and whether it is false."""
        if "all" in node or "any" in node:
            return self._several(node, item, loop)
        if "not" in node:
            true, false = self.condition(node["not"], item, loop)
            return false, true
        if "some" in node or "every" in node:
            return self._loop(node)
        if ANY_RULE in node:
            name = any_rule_fact(node[ANY_RULE])
            return f"{name} is True", f"{name} is False"
        return self._comparison(node, item, loop)

    def _several(self, node: Mapping[str, Any], item: str | None, loop: str | None) -> Pair:
        pairs = [self.condition(part, item, loop) for part in node.get("all") or node["any"]]
        trues = [f"({true})" for true, _ in pairs]
        falses = [f"({false})" for _, false in pairs]
        if "all" in node:
            return " and ".join(trues), " or ".join(falses)
        return " or ".join(trues), " and ".join(falses)

    def _loop(self, node: Mapping[str, Any]) -> Pair:
        name = str(node.get("some") or node["every"])
        items, item = self.terms.fact(name), self.terms.fresh("i")
        if items.kind != "loop":
            raise CannotCompile(f"{name!r} is no loop")
        true, false = self.condition(node["where"], item, name)
        code = items.code
        if "some" in node:
            return (
                f"{code} and any({true} for {item} in {code})",
                f"{code} is not None and all({false} for {item} in {code})",
            )
        return (
            f"{code} is not None and all({true} for {item} in {code})",
            f"{code} and any({false} for {item} in {code})",
        )

    def _comparison(self, node: Mapping[str, Any], item: str | None, loop: str | None) -> Pair:
        [word] = [key for key in node if key in ("fact", "item", "value")]
        [operator] = [key for key in node if key != word]
        inner = node["value"] if word == "value" else {word: node[word]}
        left, right = self.terms.term(inner, item, loop), node[operator]
        positive = _NEGATED.get(operator, operator)
        true, false = self._test(positive, left, right, item, loop)
        return (false, true) if positive != operator else (true, false)

    def _test(self, operator: str, left: Term, right: Any, item: str | None, loop: str | None) -> Pair:
        if operator in ("known", "empty"):
            known = (left.known, f"not ({left.known})")
            pair = known if operator == "known" else (f"{left.known} and not {left.code}", left.code)
            return pair if right else pair[::-1]
        if operator in ("in", "has_any"):
            return self._within(left, right) if operator == "in" else self._has_any(left, right)
        other = self.terms.term(right, item, loop)
        if operator in _ORDERS:
            return _ordered(_ORDERS[operator], left, other)
        if operator == "is":
            return _equal(left, other)
        return _member(other, left) if operator == "has" else _member(left, other)

    def _constant(self, values: Iterable[str]) -> str:
        name = f"S{len(self.constants) + 1}"
        listed = ", ".join(sorted(values))
        self.constants.append(f"{name} = frozenset(({listed}{',' if listed else ''}))")
        return name

    def _within(self, left: Term, choices: Iterable[Any]) -> Pair:
        """Only choices of the value's own sort can equal it; numbers are brought to its decimals."""
        if left.sort == "list" or left.den:
            raise CannotCompile("in needs one plain value")
        found = [literal(choice) for choice in choices]
        if left.sort == "number":
            decimals = max((left.decimals, *(choice.decimals for choice in found)))
            code = left.scaled(decimals)
            same = {str(int(c.code) * 10 ** (decimals - c.decimals)) for c in found if c.sort == "number"}
        else:
            code, same = left.code, {choice.code for choice in found if choice.sort == left.sort}
        return _guarded(left.guards, f"{code} in {(name := self._constant(same))}", f"{code} not in {name}")

    def _has_any(self, left: Term, choices: Iterable[Any]) -> Pair:
        if left.sort != "list":
            raise CannotCompile("has_any needs a list")
        name = self._constant(choice.code for choice in map(literal, choices) if choice.sort == "text")
        code = left.code
        return f"{code} and not {name}.isdisjoint({code})", f"{left.known} and {name}.isdisjoint({code})"


def _guarded(guards: Iterable[str], true: str, false: str) -> Pair:
    known = list(dict.fromkeys(guards))
    return " and ".join([*known, true]), " and ".join([*known, false])


def _ordered(sign: str, left: Term, right: Term) -> Pair:
    guards = (*left.guards, *right.guards)
    if left.sort == right.sort == "number":
        a, b = same_decimals(left, right)
    elif {left.kind, right.kind} <= {"date", "literal"} and left.sort == right.sort == "text":
        a, b = left.code, right.code
    else:
        raise CannotCompile("an order of something else than numbers and days")
    return _guarded(guards, f"{a} {sign} {b}", f"{a} {_OPPOSITE[sign]} {b}")


def _equal(left: Term, right: Term) -> Pair:
    guards = (*left.guards, *right.guards)
    if "list" in (left.sort, right.sort) or "loop" in (left.sort, right.sort):
        return "False", "False"  # one value against a list: never known
    if left.sort != right.sort:
        return _guarded(guards, "False", "True")
    if left.den or right.den:
        raise CannotCompile("a quotient compared for equality")
    a, b = same_decimals(left, right) if left.sort == "number" else (left.code, right.code)
    return _guarded(guards, f"{a} == {b}", f"{a} != {b}")


def _member(wanted: Term, entries: Term) -> Pair:
    if entries.sort != "list" or wanted.sort != "text":
        raise CannotCompile("has and in_list need text and a list")
    guards = (*entries.guards, *wanted.guards)
    return _guarded(guards, f"{wanted.code} in {entries.code}", f"{wanted.code} not in {entries.code}")
