"""The comparison operators: one test each, and the check that operands fit it.

A test answers True, False, or None when an operand is missing or of a kind the operator cannot use
(text against a number, a list where one value is needed). Booleans never equal numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .arithmetic import Operand, Scope, compile_operand, fact_named, number, plain
from .errors import ExpressionError
from .vocabulary import LIST_KINDS, NUMBER_KINDS, Fact

Truth = bool | None
Test = Callable[[Any, Any], Truth]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

ORDERS = frozenset({"above", "at_least", "below", "at_most"})
LISTS = frozenset({"has", "has_any", "lacks", "empty"})
CHOICES = frozenset({"in", "not_in", "has_any"})
EQUALS = frozenset({"is", "is_not"})
REFERENCES = frozenset({"in_list", "not_in_list"})
OPERATORS = ORDERS | LISTS | CHOICES | EQUALS | REFERENCES | {"known"}


def same(left: Any, right: Any) -> bool:
    """Equality without coercion: 1 is 1.00, but True is not 1 and "1" is not 1."""
    if type(left) is bool or type(right) is bool:
        return left is right
    return bool(plain(left) == plain(right))


def _scalar(value: Any) -> bool:
    return type(value) in (str, bool, int, Decimal, float)


def _is(value: Any, wanted: Any) -> Truth:
    if type(value) is str and type(wanted) is str:
        return value == wanted
    if not _scalar(value) or not _scalar(wanted):
        return None
    return same(value, wanted)


def _is_not(value: Any, wanted: Any) -> Truth:
    equal = _is(value, wanted)
    return None if equal is None else not equal


def _in(value: Any, choices: Any) -> Truth:
    if type(value) is str:
        return value in choices
    if not _scalar(value):
        return None
    return any(same(value, choice) for choice in choices)


def _not_in(value: Any, choices: Any) -> Truth:
    found = _in(value, choices)
    return None if found is None else not found


def _ordered(value: Any, limit: Any) -> tuple[Any, Any] | None:
    a, b = number(value), number(limit)
    if a is not None and b is not None:
        return a, b
    if type(value) is str and type(limit) is str and _DAY.fullmatch(value) and _DAY.fullmatch(limit):
        return value, limit
    return None


def _above(value: Any, limit: Any) -> Truth:
    pair = _ordered(value, limit)
    return None if pair is None else bool(pair[0] > pair[1])


def _at_least(value: Any, limit: Any) -> Truth:
    pair = _ordered(value, limit)
    return None if pair is None else bool(pair[0] >= pair[1])


def _below(value: Any, limit: Any) -> Truth:
    pair = _ordered(value, limit)
    return None if pair is None else bool(pair[0] < pair[1])


def _at_most(value: Any, limit: Any) -> Truth:
    pair = _ordered(value, limit)
    return None if pair is None else bool(pair[0] <= pair[1])


def _has(value: Any, wanted: Any) -> Truth:
    if type(value) is not list or not _scalar(wanted):
        return None
    if type(wanted) is str:
        return wanted in value
    return any(same(entry, wanted) for entry in value)


def _lacks(value: Any, wanted: Any) -> Truth:
    found = _has(value, wanted)
    return None if found is None else not found


def _has_any(value: Any, choices: Any) -> Truth:
    if type(value) is not list:
        return None
    if type(choices) is frozenset:
        return any(type(entry) is str and entry in choices for entry in value)
    return any(same(entry, choice) for entry in value for choice in choices)


def _empty(value: Any, wanted: Any) -> Truth:
    return None if type(value) is not list else (not value) is wanted


def _known(value: Any, wanted: Any) -> Truth:
    return (value is not None) is wanted


def _in_list(value: Any, entries: Any) -> Truth:
    return None if not _scalar(value) else _has(entries, value)


def _not_in_list(value: Any, entries: Any) -> Truth:
    found = _in_list(value, entries)
    return None if found is None else not found


TESTS: Mapping[str, Test] = {
    "is": _is,
    "is_not": _is_not,
    "in": _in,
    "not_in": _not_in,
    "above": _above,
    "at_least": _at_least,
    "below": _below,
    "at_most": _at_most,
    "has": _has,
    "lacks": _lacks,
    "has_any": _has_any,
    "empty": _empty,
    "known": _known,
    "in_list": _in_list,
    "not_in_list": _not_in_list,
}


def compile_right(operator: str, node: Any, left: Operand, place: str, scope: Scope) -> Operand:
    """Compile the right side of ``operator`` and check that both sides fit. Raises ExpressionError."""
    _check_left(operator, left, place)
    if operator in ("empty", "known"):
        if type(node) is not bool:
            raise ExpressionError(place, "expected true or false")
        return _constant(node, "bool")
    if operator in CHOICES:
        return _constant(_choices(node, left.spec, place), "codes")
    if operator in REFERENCES:
        return _reference(node, place, scope)
    right = compile_operand(node, place, scope)
    _check_pair(operator, left, right, node, place)
    return right


def _constant(value: Any, kind: str) -> Operand:
    nothing: frozenset[str] = frozenset()
    return Operand(
        lambda f, p, i: value, lambda f, p, i: nothing, lambda f, p, i: (), kind, None, literal=True
    )


def _choices(node: Any, spec: Fact | None, place: str) -> frozenset[Any] | tuple[Any, ...]:
    if not isinstance(node, list | tuple) or not node:
        raise ExpressionError(place, "expected a list of values")
    for n, entry in enumerate(node):
        if not _scalar(entry):
            raise ExpressionError(f"{place}[{n}]", f"{entry!r} is not a value")
        check_code(entry, spec, f"{place}[{n}]")
    if all(type(entry) is str for entry in node):
        return frozenset(node)
    return tuple(plain(entry) for entry in node)


def _reference(node: Any, place: str, scope: Scope) -> Operand:
    if not isinstance(node, Mapping) or set(node) != {"fact"}:
        raise ExpressionError(place, "expected {fact: LIST}")
    spec = fact_named(node["fact"], f"{place}.fact", scope)
    if spec is not None and spec.kind not in LIST_KINDS:
        raise ExpressionError(place, f"{spec.name!r} is {spec.kind}, not a list")
    return compile_operand(node, place, scope)


def _check_left(operator: str, left: Operand, place: str) -> None:
    kind = left.kind
    if kind is None or operator == "known":
        return
    if operator in LISTS:
        if kind not in LIST_KINDS and not (operator == "empty" and kind == "loop"):
            raise ExpressionError(place, f"{operator} needs a list, found {kind}")
    elif kind in LIST_KINDS or kind == "loop":
        raise ExpressionError(place, f"{operator} needs one value, found a list")
    elif operator in ORDERS and kind not in NUMBER_KINDS | {"date"}:
        raise ExpressionError(place, f"{operator} needs a number or a date, found {kind}")


def _check_pair(operator: str, left: Operand, right: Operand, node: Any, place: str) -> None:
    if operator in ORDERS and right.literal and not (number(node) is not None or _is_day(node)):
        raise ExpressionError(place, f"{operator} needs a number or an ISO date, found {node!r}")
    if right.literal:
        check_code(node, left.spec, place)
    if left.kind is None or right.kind is None or operator in LISTS:
        return
    if (left.kind in NUMBER_KINDS) != (right.kind in NUMBER_KINDS) or (left.kind == "bool") != (
        right.kind == "bool"
    ):
        raise ExpressionError(place, f"{left.kind} cannot be compared with {right.kind}")


def _is_day(node: Any) -> bool:
    return isinstance(node, str) and _DAY.fullmatch(node) is not None


def check_code(value: Any, spec: Fact | None, place: str) -> None:
    """Refuse a literal that the fact can never hold; catches YAML's unquoted yes and no."""
    if spec is None:
        return
    if spec.kind in ("code", "codes", "members", "text", "date") and type(value) is not str:
        raise ExpressionError(place, f"{spec.name!r} holds text, found {value!r} (quote it in YAML)")
    if spec.values and value not in spec.values:
        raise ExpressionError(place, f"{value!r} is not a value of {spec.name!r}")
