"""Random facts of every kind a vocabulary knows, often just at a threshold, some of a wrong type."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from server.policy.vocabulary import Fact, Vocabulary

AMOUNTS = [Decimal(n) for n in (0, 1, 4999, 5000, 5001, 6000, 8000, 10000, 25000, 30000, 60000)]
EDGES = [Decimal("0.00"), Decimal("0.01"), Decimal("-0.01")]
WRONG = ["7", 3, True, [], ["x"], Decimal("5000.00"), {"who": "m1"}, 12.5, Decimal("0.001")]
MEMBERS = ["m1", "m2", "m3"]
UNASKED, MISTAKEN = 0.15, 0.02


def household(known: Vocabulary, rng: Random, *, mistaken: float = 0.0) -> dict[str, Any]:
    """Facts of one household; ``mistaken`` is the share of values of a wrong kind."""
    facts = {name: fact_value(known, spec, rng, mistaken) for name, spec in known.facts.items()}
    return {name: value for name, value in facts.items() if value is not None or rng.random() < 0.5}


def fact_value(known: Vocabulary, spec: Fact, rng: Random, mistaken: float) -> Any:
    """One value, None where nobody asked."""
    if rng.random() < mistaken:
        return rng.choice(WRONG)
    if rng.random() < UNASKED:
        return None
    if spec.kind == "loop":
        fields = known.items.get(spec.name, {})
        return [
            {name: fact_value(known, field, rng, mistaken) for name, field in fields.items()}
            for _ in range(rng.choice((0, 0, 1, 2)))
        ]
    return plain_value(spec, rng)


def plain_value(spec: Fact, rng: Random) -> Any:
    """One value of a kind that is no loop."""
    values = sorted(spec.values) or MEMBERS
    made = {
        "bool": lambda: rng.random() < 0.5,
        "int": lambda: rng.choice((0, 0, 1, 2, 3, 4, 12)),
        "money": lambda: rng.choice(AMOUNTS) + rng.choice(EDGES),
        "code": lambda: rng.choice(values),
        "text": lambda: rng.choice(values),
        "date": lambda: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "codes": lambda: rng.sample(values, rng.randint(0, min(2, len(values)))),
        "members": lambda: rng.sample(MEMBERS, rng.randint(0, 2)),
    }
    return made[spec.kind]()
