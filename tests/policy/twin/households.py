"""Random households: facts of every kind a rule may look at, amounts mostly on a line or a fen beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

from server.policy.vocabulary import Fact, Vocabulary

MEMBERS = ("m1", "m2", "m3")
#: The lines of all packs (5,000, 6,000, 8,000, 10,000, 30,000) and what products and sums make of them.
LINES = (0, 3000, 5000, 5500, 6000, 6600, 7000, 7700, 8000, 9000, 10000, 30000)
PARTS = ("inc_wage", "inc_biz", "inc_prop", "inc_trans")
FORM_FACTS = frozenset({"any_problem", "visit_month", "today"})


def household(pick: Random, known: Vocabulary, derived: frozenset[str]) -> dict[str, Any]:
    """Facts by name. How much was asked differs from one household to the next."""
    asked = pick.choice((0.5, 0.85, 0.97, 1.0))
    made: dict[str, Any] = {}
    for name, spec in known.facts.items():
        if name in FORM_FACTS or (name in derived and pick.random() < 0.9):
            continue
        if pick.random() < asked:
            made[name] = _loop(pick, known.items[name], asked) if spec.kind == "loop" else _value(pick, spec)
        elif pick.random() < 0.5:
            made[name] = None
    return made | (_income(pick) if pick.random() < 0.6 else {})


def _value(pick: Random, spec: Fact) -> Any:
    codes = sorted(spec.values)
    makers: dict[str, Callable[[], Any]] = {
        "bool": lambda: pick.random() < 0.3,
        "int": lambda: pick.choice((0, 0, 1, 1, 2, 3, 4, 11, 12, 13)),
        "money": lambda: money(pick),
        "ratio": lambda: money(pick),
        "members": lambda: pick.sample(MEMBERS, pick.choice((0, 0, 1, 2))),
        "codes": lambda: pick.sample(codes, min(len(codes), pick.choice((0, 0, 1, 2)))),
        "code": lambda: pick.choice(codes),
        "date": lambda: pick.choice(("2026-01-31", "2024-02-29")),
        "text": lambda: pick.choice(MEMBERS),
    }
    return makers[spec.kind]()


def money(pick: Random) -> Decimal:
    """Yuan: on a line, a fen beside it, or anywhere."""
    if pick.random() < 0.7:
        return pick.choice(LINES) + Decimal(pick.choice((0, 0, -1, 1))) / 100
    return Decimal(pick.randint(0, 9_999_999)) / 100


def _loop(pick: Random, fields: Mapping[str, Fact], asked: float) -> list[dict[str, Any]]:
    people = pick.sample(MEMBERS, pick.choice((0, 0, 1, 1, 2, 3)))
    return [_item(pick, who, fields, asked) for who in people]


def _item(pick: Random, who: str, fields: Mapping[str, Fact], asked: float) -> dict[str, Any]:
    given = {
        name: _value(pick, spec) for name, spec in fields.items() if name != "who" and pick.random() < asked
    }
    return {"who": who, **given}


def _income(pick: Random) -> dict[str, Any]:
    """The five amounts so that income per head lies on a line, a fen of the whole beside it, or near it."""
    heads = pick.choice((1, 2, 3, 4, 6, 7, 11))
    target = heads * pick.choice(LINES) + Decimal(pick.choice((0, 0, 1, -1, 50, -50))) / 100
    cost = Decimal(pick.randint(0, 500_000)) / 100
    parts = {name: Decimal(pick.randint(0, 300_000)) / 100 for name in PARTS[1:]}
    parts["inc_wage"] = target + cost - sum(parts.values())
    return {"n_members": heads, "exp_biz": cost, **parts}
