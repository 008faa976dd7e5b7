"""The condition language: three-valued conditions as data, compiled to closures.

A condition is True, False, or None (unknown) by Kleene's tables; a comparison with a missing operand is
unknown. The same language drives risk rules, skip rules and answer constraints; the phone has a twin of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from .arithmetic import (
    NOTHING,
    Facts,
    Getter,
    Item,
    Missing,
    Operand,
    Scope,
    compile_number,
    compile_operand,
    item_named,
    loop_items,
    loop_named,
)
from .comparisons import OPERATORS, ORDERS, TESTS, Truth, compile_right
from .errors import ExpressionError
from .vocabulary import Vocabulary

ANY_RULE = "any_rule"
SEVERITIES = ("red", "yellow", "attention")


class Observation(NamedTuple):
    """One fact that decided a condition, its value, the limit it was held against, and the item's key."""

    fact: str
    value: Any
    threshold: int | Decimal | str | None = None
    item: str | None = None


Truths = Callable[[Facts, Facts, Item], Truth]
Pending = Callable[[Facts, Facts, Item], "bool | frozenset[str]"]
"""The truth, or where it is unknown the names whose absence keeps it so: each part is looked at once."""
Observe = Callable[[Facts, Facts, Item, bool], "tuple[Observation, ...]"]


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled condition: its truth, what keeps it unknown, and what decided it."""

    truth: Truths
    pending: Pending
    observe: Observe

    def missing(self, facts: Facts, params: Facts, item: Item) -> frozenset[str]:
        """What keeps it unknown; nothing when it is not."""
        found = self.pending(facts, params, item)
        return NOTHING if isinstance(found, bool) else found


class Condition:
    """A compiled condition. Facts are values by name, None or absent where nobody asked."""

    __slots__ = ("_node", "evaluate", "node")

    def __init__(self, node: Any, compiled: Node) -> None:
        self.node = node
        self._node = compiled
        truth = compiled.truth

        def evaluate(facts: Facts, params: Facts, item: Item = None) -> Truth:
            return truth(facts, params, item)

        self.evaluate: Callable[..., Truth] = evaluate

    def missing(self, facts: Facts, params: Facts, item: Item = None) -> frozenset[str]:
        """Names whose absence keeps the condition unknown; empty when it is True or False."""
        return self._node.missing(facts, params, item)

    def causes(self, facts: Facts, params: Facts, item: Item = None) -> list[Observation]:
        """What made the condition True, each observation once, in the order of the condition."""
        if self._node.truth(facts, params, item) is not True:
            return []
        seen: list[Observation] = []
        for entry in self._node.observe(facts, params, item, True):
            if entry not in seen:
                seen.append(entry)
        return seen


@dataclass(frozen=True, slots=True)
class Amount:
    """A compiled number expression; ``value`` is None when something it needs is missing."""

    node: Any
    value: Getter
    missing: Missing


def compile_condition(
    node: Any, *, known: Vocabulary | None, loop: str | None = None, place: str = "when"
) -> Condition:
    """Compile a condition. ``loop`` allows ``{item: ...}`` outside some/every (questions of a loop).

    Raises ExpressionError naming the place of an unknown operator, name, or value.
    """
    return Condition(node, _condition(node, place, Scope(known, loop, in_item=loop is not None)))


def compile_amount(node: Any, *, known: Vocabulary | None, place: str = "value") -> Amount:
    """Compile a number expression (for derived facts). Raises ExpressionError."""
    operand = compile_number(node, place, Scope(known))
    return Amount(node, operand.get, operand.missing)


def names(node: Any) -> frozenset[str]:
    """Every fact, loop and item field a node mentions, without evaluating it."""
    found: set[str] = set()
    if isinstance(node, Mapping):
        for word, body in node.items():
            if word in ("fact", "item", "some", "every", "total", "of", "count", "size") and isinstance(
                body, str
            ):
                found.add(body)
            else:
                found |= names(body)
    elif isinstance(node, list | tuple):
        for part in node:
            found |= names(part)
    return frozenset(found)


def parameters(node: Any) -> frozenset[str]:
    """Every parameter a node mentions."""
    if isinstance(node, Mapping):
        own = {node["param"]} if isinstance(node.get("param"), str) else set()
        return frozenset(own).union(*(parameters(body) for body in node.values()))
    if isinstance(node, list | tuple):
        return NOTHING.union(*(parameters(part) for part in node))
    return NOTHING


def asks_other_rules(node: Any) -> bool:
    """Whether the node contains ``any_rule``, so that it must be judged after the others."""
    if isinstance(node, Mapping):
        return ANY_RULE in node or any(asks_other_rules(body) for body in node.values())
    return isinstance(node, list | tuple) and any(asks_other_rules(part) for part in node)


def _condition(node: Any, place: str, scope: Scope) -> Node:
    if not isinstance(node, Mapping) or not node:
        raise ExpressionError(place, "expected a condition")
    for word, build in _FORMS.items():
        if word in node:
            return build(node, place, scope)
    raise ExpressionError(place, f"unknown condition {sorted(map(str, node))}")


def _only(node: Mapping[str, Any], allowed: set[str], place: str) -> None:
    if set(node) != allowed:
        raise ExpressionError(place, f"expected {sorted(allowed)}, found {sorted(map(str, node))}")


def _children(node: Mapping[str, Any], word: str, place: str, scope: Scope) -> list[Node]:
    _only(node, {word}, place)
    body = node[word]
    if not isinstance(body, list | tuple) or not body:
        raise ExpressionError(f"{place}.{word}", "expected a list of conditions")
    return [_condition(part, f"{place}.{word}[{n}]", scope) for n, part in enumerate(body)]


def _pending(parts: list[Node], decided_by: bool) -> Pending:
    """Decided by one part of that truth; else unknown as long as one part is."""
    each = tuple(part.pending for part in parts)

    def pending(f: Facts, p: Facts, i: Item) -> bool | frozenset[str]:
        lacking: frozenset[str] | None = None
        for part in each:
            found = part(f, p, i)
            if found is decided_by:
                return decided_by
            if found is not True and found is not False:
                lacking = found if lacking is None else lacking | found
        return not decided_by if lacking is None else lacking

    return pending


def _union_observed(parts: list[Node]) -> Observe:
    """Observations of the parts that have the wanted truth: they are the ones that decided."""

    def observe(f: Facts, p: Facts, i: Item, wanted: bool) -> tuple[Observation, ...]:
        deciding = (part for part in parts if part.truth(f, p, i) is wanted)
        return tuple(entry for part in deciding for entry in part.observe(f, p, i, wanted))

    return observe


def _all(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    parts = _children(node, "all", place, scope)
    tests = tuple(part.truth for part in parts)

    def truth(f: Facts, p: Facts, i: Item) -> Truth:
        result: Truth = True
        for test in tests:
            answer = test(f, p, i)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    return Node(truth, _pending(parts, False), _union_observed(parts))


def _any(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    parts = _children(node, "any", place, scope)
    tests = tuple(part.truth for part in parts)

    def truth(f: Facts, p: Facts, i: Item) -> Truth:
        result: Truth = False
        for test in tests:
            answer = test(f, p, i)
            if answer is True:
                return True
            if answer is None:
                result = None
        return result

    return Node(truth, _pending(parts, True), _union_observed(parts))


def _not(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    _only(node, {"not"}, place)
    part = _condition(node["not"], f"{place}.not", scope)
    test = part.truth

    def truth(f: Facts, p: Facts, i: Item) -> Truth:
        answer = test(f, p, i)
        return None if answer is None else not answer

    def pending(f: Facts, p: Facts, i: Item) -> bool | frozenset[str]:
        found = part.pending(f, p, i)
        return not found if isinstance(found, bool) else found

    return Node(truth, pending, lambda f, p, i, wanted: part.observe(f, p, i, not wanted))


def _compare(node: Mapping[str, Any], place: str, scope: Scope, word: str) -> Node:
    operators = [key for key in node if key != word]
    if len(operators) != 1 or operators[0] not in OPERATORS:
        raise ExpressionError(place, f"expected one operator, found {sorted(map(str, operators))}")
    operator = operators[0]
    left = _left(node, word, place, scope)
    right = compile_right(operator, node[operator], left, f"{place}.{operator}", scope)
    return _comparison(left, operator, right)


def _left(node: Mapping[str, Any], word: str, place: str, scope: Scope) -> Operand:
    if word == "value":
        return compile_number(node["value"], f"{place}.value", scope)
    return compile_operand({word: node[word]}, place, scope)


def _comparison(left: Operand, operator: str, right: Operand) -> Node:
    test, value_of, limit_of = TESTS[operator], left.get, right.get
    if right.literal:
        limit = right.get({}, {}, None)

        def truth(f: Facts, p: Facts, i: Item) -> Truth:
            return test(value_of(f, p, i), limit)
    else:

        def truth(f: Facts, p: Facts, i: Item) -> Truth:
            return test(value_of(f, p, i), limit_of(f, p, i))

    def pending(f: Facts, p: Facts, i: Item) -> bool | frozenset[str]:
        answer = truth(f, p, i)
        if answer is not None:
            return answer
        absent = left.missing(f, p, i) | right.missing(f, p, i)
        # Nothing is absent, yet the two sides cannot be compared: the fact of either side is what to look at.
        return absent or frozenset(seen.fact for seen in left.seen(f, p, i) or right.seen(f, p, i))

    def observe(f: Facts, p: Facts, i: Item, wanted: bool) -> tuple[Observation, ...]:
        limit = limit_of(f, p, i) if operator in ORDERS else None
        return tuple(Observation(fact, value, limit) for fact, value in left.seen(f, p, i))

    return Node(truth, pending, observe)


def _fact(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    return _compare(node, place, scope, "fact")


def _item(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    item_named(node["item"], f"{place}.item", scope)
    return _compare(node, place, scope, "item")


def _value(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    return _compare(node, place, scope, "value")


def _over(node: Mapping[str, Any], word: str, place: str, scope: Scope) -> tuple[str, Node]:
    _only(node, {word, "where"}, place)
    loop = loop_named(node[word], f"{place}.{word}", scope)
    return loop, _condition(node["where"], f"{place}.where", Scope(scope.known, loop, in_item=True))


def _loop(loop: str, part: Node, decided_by: bool) -> Node:
    """``some`` is decided by one True item, ``every`` by one False item; an empty loop by none."""
    truth = _loop_truth(loop, part.truth, decided_by)

    def pending(f: Facts, p: Facts, i: Item) -> bool | frozenset[str]:
        answer = truth(f, p, i)
        if answer is not None:
            return answer
        items = loop_items(f, loop)
        if items is None:
            return frozenset({loop})
        return NOTHING.union(*(part.missing(f, p, entry) for entry in items))

    return Node(truth, pending, _loop_observed(loop, part))


def _loop_truth(loop: str, test: Truths, decided_by: bool) -> Truths:
    def truth(f: Facts, p: Facts, i: Item) -> Truth:
        items = loop_items(f, loop)
        if items is None:
            return None
        result: Truth = not decided_by
        for entry in items:
            answer = test(f, p, entry)
            if answer is decided_by:
                return decided_by
            if answer is None:
                result = None
        return result

    return truth


def _loop_observed(loop: str, part: Node) -> Observe:
    """Observations of the deciding items, each marked with the item's key."""

    def observe(f: Facts, p: Facts, i: Item, wanted: bool) -> tuple[Observation, ...]:
        found: list[Observation] = []
        for entry in loop_items(f, loop) or ():
            if part.truth(f, p, entry) is wanted:
                key = entry.get("who")
                who = key if isinstance(key, str) else None
                found += [seen._replace(item=seen.item or who) for seen in part.observe(f, p, entry, wanted)]
        return tuple(found)

    return observe


def _some(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    loop, part = _over(node, "some", place, scope)
    return _loop(loop, part, decided_by=True)


def _every(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    loop, part = _over(node, "every", place, scope)
    return _loop(loop, part, decided_by=False)


def _any_rule(node: Mapping[str, Any], place: str, scope: Scope) -> Node:
    _only(node, {ANY_RULE}, place)
    if node[ANY_RULE] not in SEVERITIES:
        raise ExpressionError(f"{place}.{ANY_RULE}", f"unknown severity {node[ANY_RULE]!r}")
    name = any_rule_fact(node[ANY_RULE])
    return Node(
        lambda f, p, i: f.get(name),
        lambda f, p, i: frozenset({name}) if f.get(name) is None else f[name],
        lambda f, p, i, wanted: (Observation(name, f.get(name)),),
    )


def any_rule_fact(severity: str) -> str:
    """The name under which the engine passes whether any other rule of that severity is met."""
    return f"rules_any_{severity}"


_FORMS: dict[str, Callable[[Mapping[str, Any], str, Scope], Node]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "some": _some,
    "every": _every,
    ANY_RULE: _any_rule,
    "fact": _fact,
    "item": _item,
    "value": _value,
}
