"""Random conditions and random facts for them, from a seeded generator."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

CODES = ("a", "b", "none", "yes", "", "𠮷", "constructor", "2026-01-31", "2026-2-1", "5000.00")
NUMBERS = (
    *(0, 1, 2, 3, 7, -1, 5000, 2**53, -(2**53), 0.1, 0.2, 0.3, 1.1, 0.07, 1e-7, 1e21, -0.5),
    *(Decimal("5000.00"), Decimal("4999.99"), Decimal("5000.01"), Decimal(5500), Decimal("0.01")),
    *(Decimal("999999999.99"), Decimal("123456789012345.67"), 2**53 + 1, -(2**60), 10**30 + 1),
    *(Decimal("90071992547409.93"), Decimal("1234567890123456789012345.67"), Decimal("33333333.33")),
)
#: Numbers whose sums and quotients meet one another exactly, and miss by a hair in doubles.
CLOSE = (0.1, 0.2, 0.3, 0.2, 4999.99, 0.01, 5000, 1.1, 5500)
ORDERS = ("above", "at_least", "below", "at_most")
FACTS = ("x", "y", "l", "absent")
FIELDS = ("p", "q", "gone")
DEEPEST = 3


def scalar(pick: Random) -> Any:
    """A value a fact may hold."""
    if pick.random() < 0.5:
        return pick.choice(CLOSE)
    return pick.choice((pick.choice(CODES), pick.choice(NUMBERS), pick.choice(NUMBERS), pick.random() < 0.5))


def literal(pick: Random) -> Any:
    """A value that can stand in a pack: JSON carries it exactly."""
    plain = [
        number
        for number in NUMBERS
        if isinstance(number, float) or (type(number) is int and abs(number) <= 2**53)
    ]
    return pick.choice((pick.choice(CODES), pick.choice(plain), pick.choice(plain), pick.random() < 0.5))


def number_literal(pick: Random) -> Any:
    """A number that can stand in a pack."""
    return next(value for value in iter(lambda: literal(pick), None) if type(value) in (int, float))


def amount(pick: Random, in_item: bool, depth: int = 0) -> Any:
    """A random number expression."""
    leaf = depth >= DEEPEST or pick.random() < 0.4
    words = ("fact", "fact", "literal", "param", "total", "count", "size", *(("item",) if in_item else ()))
    word = pick.choice(words if leaf else ("sum", "product", "minus", "divide", "divide", "or_zero"))
    if word == "literal":
        return number_literal(pick)
    if word == "total":
        return {"total": pick.choice(("loop", "loop", "x")), "of": pick.choice(FIELDS)}
    if leaf:
        names = {
            "fact": FACTS,
            "item": FIELDS,
            "param": ("P", "Q", "R"),
            "count": ("loop", "l"),
            "size": ("l", "x"),
        }
        return {word: pick.choice(names[word])}
    if word == "or_zero":
        return {"or_zero": amount(pick, in_item, depth + 1)}
    count = 2 if word in ("minus", "divide") else pick.randint(1, 3)
    return {word: [amount(pick, in_item, depth + 1) for _ in range(count)]}


def _choices(pick: Random) -> list[Any]:
    return [literal(pick) for _ in range(pick.randint(1, 3))]


def comparison(pick: Random, in_item: bool) -> dict[str, Any]:
    """A random comparison."""
    if pick.random() < 0.25:
        return _line(pick, in_item)
    if pick.random() < 0.5:
        side = amount(pick, in_item)
        subject: dict[str, Any] = {"value": side}
    else:
        subject = (
            {"item": pick.choice(FIELDS)} if in_item and pick.random() < 0.6 else {"fact": pick.choice(FACTS)}
        )
    operator = pick.choice(
        (
            "is",
            "is_not",
            "in",
            "not_in",
            "has",
            "lacks",
            "has_any",
            "empty",
            "known",
            "in_list",
            "not_in_list",
            *ORDERS,
        )
    )
    return {**subject, operator: _right(pick, operator, in_item)}


def _line(pick: Random, in_item: bool) -> dict[str, Any]:
    """An amount of two values held against a line that it may just reach."""
    names = [{"item": "p"}, {"item": "q"}, {"fact": "y"}] if in_item else [{"fact": "x"}, {"fact": "y"}]
    parts = [pick.choice((*names, pick.choice(CLOSE))) for _ in range(2)]
    value = {pick.choice(("sum", "minus", "product", "divide")): parts}
    return {"value": value, pick.choice((*ORDERS, "is")): pick.choice((*CLOSE, {"param": "P"}, *names))}


def _right(pick: Random, operator: str, in_item: bool) -> Any:
    if operator in ("empty", "known"):
        return pick.random() < 0.5
    if operator in ("in", "not_in", "has_any"):
        return _choices(pick)
    if operator in ("in_list", "not_in_list"):
        return {"fact": pick.choice(("l", "x", "absent"))}
    if operator in ORDERS:
        return "2026-02-01" if pick.random() < 0.1 else amount(pick, in_item)
    return literal(pick) if pick.random() < 0.6 else {"fact": pick.choice(FACTS)}


def condition(pick: Random, in_item: bool = False, depth: int = 0) -> dict[str, Any]:
    """A random condition."""
    if depth >= DEEPEST or pick.random() < 0.35:
        return comparison(pick, in_item)
    word = pick.choice(("all", "any", "not", "some", "every", "any_rule"))
    if word == "not":
        return {"not": condition(pick, in_item, depth + 1)}
    if word in ("some", "every"):
        return {word: pick.choice(("loop", "loop", "loop", "l")), "where": condition(pick, True, depth + 1)}
    if word == "any_rule":
        return {"any_rule": pick.choice(("red", "yellow", "attention"))}
    return {word: [condition(pick, in_item, depth + 1) for _ in range(pick.randint(1, 3))]}


def facts(pick: Random) -> dict[str, Any]:
    """Random facts for these conditions; some are absent, some null."""
    made = {
        "x": pick.choice((scalar(pick), scalar(pick), scalar(pick), None, [scalar(pick)])),
        "y": pick.choice((scalar(pick), None)),
        "l": pick.choice((None, [], [scalar(pick) for _ in range(pick.randint(1, 3))], scalar(pick))),
        "loop": pick.choice((None, [], *([[_item(pick) for _ in range(pick.randint(1, 3))]] * 3))),
        "rules_any_red": pick.choice((True, False, None)),
    }
    return {name: value for name, value in made.items() if value is not None or pick.random() < 0.5}


def _item(pick: Random) -> dict[str, Any]:
    made = {"who": "m1", "p": scalar(pick), "q": pick.choice((scalar(pick), None))}
    return {name: value for name, value in made.items() if value is not None or pick.random() < 0.5}


def params(pick: Random) -> dict[str, Any]:
    """Parameter values; one may be without any."""
    return {
        "P": Decimal(5000),
        "Q": pick.choice((Decimal("1.1"), 12)),
        **({"R": Decimal(3)} if pick.random() < 0.5 else {}),
    }
