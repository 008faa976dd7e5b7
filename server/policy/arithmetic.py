"""Operands and number expressions of the condition language.

Every function returned here takes (facts, params, item) and gives the value, or None when something it
needs is missing. Money is Decimal yuan. Floats (a literal such as 1.1, a number read from JSON) become
Decimal through their shortest text, so 8000.01 is exactly 8000.01.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from .errors import ExpressionError
from .vocabulary import LIST_KINDS, NUMBER_KINDS, Fact, Vocabulary

Facts = Mapping[str, Any]
Item = Mapping[str, Any] | None
Getter = Callable[[Facts, Facts, Item], Any]
Missing = Callable[[Facts, Facts, Item], frozenset[str]]
NOTHING: frozenset[str] = frozenset()


class Seen(NamedTuple):
    """One name that a condition looked at, with the value it found."""

    fact: str
    value: Any


Seeing = Callable[[Facts, Facts, Item], "tuple[Seen, ...]"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a node stands: what is known, and the loop whose item is at hand."""

    known: Vocabulary | None = None
    loop: str | None = None
    in_item: bool = False


@dataclass(frozen=True, slots=True)
class Operand:
    """A compiled value: how to get it, what it lacks, what it looked at, and what kind it is."""

    get: Getter
    missing: Missing
    seen: Seeing
    kind: str | None = None
    spec: Fact | None = None
    literal: bool = False


def plain(value: Any) -> Any:
    """The value as the language sees it: floats become Decimal, NaN and infinity are missing."""
    if type(value) is float:
        exact = Decimal(repr(value))
        return exact if exact.is_finite() else None
    return value


def number(value: Any) -> int | Decimal | None:
    """The value when it is a number (a boolean is not), else None."""
    kind = type(value)
    if kind is int or kind is Decimal:
        return value  # type: ignore[no-any-return]
    if kind is float:
        return plain(value)  # type: ignore[no-any-return]
    return None


def compile_operand(node: Any, place: str, scope: Scope) -> Operand:
    """Compile a literal or an expression node. Raises ExpressionError naming the place."""
    if node is None or isinstance(node, list | tuple):
        raise ExpressionError(place, "expected a value or an expression")
    if not isinstance(node, Mapping):
        return _literal(node, place)
    if len(node) == 2 and set(node) == {"total", "of"}:
        return _total(node, place, scope)
    if len(node) != 1:
        raise ExpressionError(place, f"expected one expression, found {sorted(map(str, node))}")
    word, body = next(iter(node.items()))
    build = _BUILDERS.get(word)
    if build is None:
        raise ExpressionError(place, f"unknown expression {word!r}")
    return build(body, f"{place}.{word}", scope)


def compile_number(node: Any, place: str, scope: Scope) -> Operand:
    """Compile an operand that must be a number wherever its kind is known."""
    operand = compile_operand(node, place, scope)
    if operand.kind is not None and operand.kind not in NUMBER_KINDS:
        raise ExpressionError(place, f"expected a number, found {operand.kind}")
    return operand


def fact_named(name: Any, place: str, scope: Scope) -> Fact | None:
    """Look a fact up in the vocabulary. None when there is no vocabulary; refuses unknown names."""
    _check_name(name, place)
    if scope.known is None:
        return None
    if name not in scope.known.facts:
        raise ExpressionError(place, f"unknown fact {name!r}")
    return scope.known.facts[name]


def item_named(name: Any, place: str, scope: Scope) -> Fact | None:
    """Look a field of the current loop item up; refuses a field outside a loop."""
    _check_name(name, place)
    if not scope.in_item:
        raise ExpressionError(place, "an item can be named only inside a loop")
    if scope.known is None or scope.loop is None:
        return None
    fields = scope.known.items.get(scope.loop, {})
    if name not in fields:
        raise ExpressionError(place, f"unknown field {name!r} of {scope.loop!r}")
    return fields[name]


def loop_named(name: Any, place: str, scope: Scope) -> str:
    """Check that a name is a loop and return it."""
    spec = fact_named(name, place, scope)
    if spec is not None and spec.kind != "loop":
        raise ExpressionError(place, f"{name!r} is {spec.kind}, not a loop")
    return str(name)


def loop_items(facts: Facts, name: str) -> list[Mapping[str, Any]] | None:
    """The items of a loop, or None when the loop is missing or is no list of objects."""
    value = facts.get(name)
    if type(value) is not list or not all(isinstance(entry, Mapping) for entry in value):
        return None
    return value


def _check_name(name: Any, place: str) -> None:
    if not isinstance(name, str) or not name:
        raise ExpressionError(place, "expected a name")


def _literal(value: Any, place: str) -> Operand:
    exact = plain(value)
    if not isinstance(exact, bool | int | Decimal | str):
        raise ExpressionError(place, f"{value!r} is not a value this language knows")
    kind = "bool" if isinstance(exact, bool) else "text" if isinstance(exact, str) else "int"
    return Operand(lambda f, p, i: exact, _none_missing, _nothing_seen, kind, None, literal=True)


def _none_missing(facts: Facts, params: Facts, item: Item) -> frozenset[str]:
    return NOTHING


def _nothing_seen(facts: Facts, params: Facts, item: Item) -> tuple[Seen, ...]:
    return ()


def _fact(name: Any, place: str, scope: Scope) -> Operand:
    spec = fact_named(name, place, scope)
    absent = frozenset({name})
    return Operand(
        lambda f, p, i: f.get(name),
        lambda f, p, i: absent if f.get(name) is None else NOTHING,
        lambda f, p, i: (Seen(name, f.get(name)),),
        spec.kind if spec else None,
        spec,
    )


def _item(name: Any, place: str, scope: Scope) -> Operand:
    spec = item_named(name, place, scope)
    absent = frozenset({name})
    return Operand(
        lambda f, p, i: None if i is None else i.get(name),
        lambda f, p, i: absent if i is None or i.get(name) is None else NOTHING,
        lambda f, p, i: (Seen(name, None if i is None else i.get(name)),),
        spec.kind if spec else None,
        spec,
    )


def _param(name: Any, place: str, scope: Scope) -> Operand:
    _check_name(name, place)
    if scope.known is not None and name not in scope.known.params:
        raise ExpressionError(place, f"unknown parameter {name!r}")
    absent = frozenset({name})
    return Operand(
        lambda f, p, i: p.get(name),
        lambda f, p, i: absent if p.get(name) is None else NOTHING,
        _nothing_seen,
        "ratio" if scope.known is not None else None,
    )


def _parts(body: Any, place: str, scope: Scope, exactly: int | None = None) -> list[Operand]:
    if not isinstance(body, list | tuple) or not body:
        raise ExpressionError(place, "expected a list of expressions")
    if exactly is not None and len(body) != exactly:
        raise ExpressionError(place, f"expected {exactly} expressions, found {len(body)}")
    return [compile_number(part, f"{place}[{n}]", scope) for n, part in enumerate(body)]


def lacking(part: Operand, f: Facts, p: Facts, i: Item) -> frozenset[str]:
    """Names that keep ``part`` from being a number: absent ones, or those holding another kind."""
    if number(part.get(f, p, i)) is not None:
        return NOTHING
    return part.missing(f, p, i) or frozenset(seen.fact for seen in part.seen(f, p, i))


def _joined(parts: list[Operand], get: Getter) -> Operand:
    """An operand made of parts; when only the result is missing (division by 0), blame the last part."""

    def missing(f: Facts, p: Facts, i: Item) -> frozenset[str]:
        if get(f, p, i) is not None:
            return NOTHING
        names = NOTHING.union(*(lacking(part, f, p, i) for part in parts))
        return names or frozenset(seen.fact for seen in parts[-1].seen(f, p, i))

    def seen(f: Facts, p: Facts, i: Item) -> tuple[Seen, ...]:
        return tuple(entry for part in parts for entry in part.seen(f, p, i))

    return Operand(get, missing, seen, "money")


def _sum(body: Any, place: str, scope: Scope) -> Operand:
    parts = _parts(body, place, scope)
    getters = [part.get for part in parts]

    def get(f: Facts, p: Facts, i: Item) -> int | Decimal | None:
        result: int | Decimal = 0
        for getter in getters:
            value = number(getter(f, p, i))
            if value is None:
                return None
            result += value
        return result

    return _joined(parts, get)


def _product(body: Any, place: str, scope: Scope) -> Operand:
    parts = _parts(body, place, scope)
    getters = [part.get for part in parts]

    def get(f: Facts, p: Facts, i: Item) -> int | Decimal | None:
        result: int | Decimal = 1
        for getter in getters:
            value = number(getter(f, p, i))
            if value is None:
                return None
            result *= value
        return result

    return _joined(parts, get)


def _minus(body: Any, place: str, scope: Scope) -> Operand:
    parts = _parts(body, place, scope, exactly=2)
    left, right = parts[0].get, parts[1].get

    def get(f: Facts, p: Facts, i: Item) -> int | Decimal | None:
        a, b = number(left(f, p, i)), number(right(f, p, i))
        return None if a is None or b is None else a - b

    return _joined(parts, get)


def _divide(body: Any, place: str, scope: Scope) -> Operand:
    parts = _parts(body, place, scope, exactly=2)
    left, right = parts[0].get, parts[1].get

    def get(f: Facts, p: Facts, i: Item) -> int | Decimal | None:
        a, b = number(left(f, p, i)), number(right(f, p, i))
        return None if a is None or b is None or b == 0 else Decimal(a) / Decimal(b)

    return _joined(parts, get)


def _total(node: Mapping[str, Any], place: str, scope: Scope) -> Operand:
    loop = loop_named(node["total"], f"{place}.total", scope)
    field = node["of"]
    inner = item_named(field, f"{place}.of", Scope(scope.known, loop, in_item=True))
    if inner is not None and inner.kind not in NUMBER_KINDS:
        raise ExpressionError(f"{place}.of", f"{field!r} is {inner.kind}, not a number")

    def get(f: Facts, p: Facts, i: Item) -> int | Decimal | None:
        items = loop_items(f, loop)
        if items is None:
            return None
        result: int | Decimal = 0
        for entry in items:
            value = number(entry.get(field))
            if value is None:
                return None
            result += value
        return result

    def missing(f: Facts, p: Facts, i: Item) -> frozenset[str]:
        if get(f, p, i) is not None:
            return NOTHING
        return frozenset({loop if loop_items(f, loop) is None else field})

    def seen(f: Facts, p: Facts, i: Item) -> tuple[Seen, ...]:
        return tuple(Seen(field, entry.get(field)) for entry in loop_items(f, loop) or ())

    return Operand(get, missing, seen, "money")


def _length(name: str) -> Operand:
    absent = frozenset({name})

    def get(f: Facts, p: Facts, i: Item) -> int | None:
        value = f.get(name)
        return len(value) if type(value) is list else None

    return Operand(
        get,
        lambda f, p, i: absent if get(f, p, i) is None else NOTHING,
        lambda f, p, i: (Seen(name, f.get(name)),),
        "int",
    )


def _count(body: Any, place: str, scope: Scope) -> Operand:
    return _length(loop_named(body, place, scope))


def _size(body: Any, place: str, scope: Scope) -> Operand:
    spec = fact_named(body, place, scope)
    if spec is not None and spec.kind not in LIST_KINDS:
        raise ExpressionError(place, f"{body!r} is {spec.kind}, not a list")
    return _length(str(body))


def _or_zero(body: Any, place: str, scope: Scope) -> Operand:
    inner = compile_number(body, place, scope)

    def get(f: Facts, p: Facts, i: Item) -> int | Decimal:
        value = number(inner.get(f, p, i))
        return 0 if value is None else value

    return Operand(get, _none_missing, inner.seen, "money")


_BUILDERS: dict[str, Callable[[Any, str, Scope], Operand]] = {
    "fact": _fact,
    "item": _item,
    "param": _param,
    "sum": _sum,
    "minus": _minus,
    "product": _product,
    "divide": _divide,
    "count": _count,
    "size": _size,
    "or_zero": _or_zero,
}
