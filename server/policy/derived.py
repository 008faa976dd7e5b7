"""Facts computed from other facts: income per head, rigid expense, high risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .arithmetic import Missing
from .expression import Condition, Observation, compile_amount, compile_condition
from .model import Derived
from .vocabulary import Vocabulary

Params = Mapping[str, Decimal | int | None]


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled derived fact. ``condition`` is there for yes/no facts, to explain them."""

    name: str
    value: Any
    missing: Missing
    condition: Condition | None

    def causes(self, facts: Mapping[str, Any], params: Mapping[str, Any]) -> list[Observation]:
        """What made a yes/no fact true; nothing for an amount."""
        return self.condition.causes(facts, params) if self.condition is not None else []


def compile_derived(entries: tuple[Derived, ...], known: Vocabulary) -> tuple[Formula, ...]:
    """Compile in the order they are written; each may use those before it."""
    return tuple(_formula(entry, known) for entry in entries)


def _formula(entry: Derived, known: Vocabulary) -> Formula:
    if entry.kind == "bool":
        condition = compile_condition(entry.node, known=known)
        return Formula(entry.name, condition.evaluate, condition.missing, condition)
    amount = compile_amount(entry.node, known=known)
    return Formula(entry.name, amount.value, amount.missing, None)


def add_derived(formulas: tuple[Formula, ...], facts: dict[str, Any], params: Params) -> None:
    """Put every derived value that can be computed into ``facts``; a value given by the caller wins."""
    for formula in formulas:
        if facts.get(formula.name) is None:
            facts[formula.name] = formula.value(facts, params, None)
