"""Facts as they are kept for the whole county: JSON with money in whole fen, its types checked once.

In every mapping the amounts stand apart under ``FEN`` as integers of fen (``EXACT`` holds the rare ones with
more than two decimals, as text), so that reading them back needs no vocabulary. ``checked`` names the
vocabulary that all values were found to fit; the generated function relies on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from .vocabulary import Fact, Vocabulary

FEN, EXACT, CHECKED = "¥", "¥¥", "✓"
MONEY = "money"
MONEY_DIGITS, COUNT_DIGITS, LONGEST_LOOP = 13, 6, 999
_HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Stored = dict[str, Any]
Names = Mapping[str, str]


class Shape:
    """The kinds that stored values must have for one set of rules; ``digest`` names it."""

    def __init__(self, derived: Iterable[str], facts: Names, items: Mapping[str, Names]) -> None:
        self.derived, self.facts, self.items = frozenset(derived), facts, items
        self.digest = sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:12]

    def as_json(self) -> list[Any]:
        """What ``Shape(*…)`` takes."""
        return [sorted(self.derived), dict(self.facts), {loop: dict(own) for loop, own in self.items.items()}]

    def ready(self, stored: Stored) -> bool:
        """Whether generated code may judge: checked when it was stored, by this very shape, or now."""
        return stored.get(CHECKED) == self.digest or self.fits(stored)

    def fits(self, stored: Stored) -> bool:
        """Whether every value is of its kind and no derived value is given: then generated code may judge."""
        if not self.derived.isdisjoint(_names(stored)):
            return False
        return _fits(stored, self.facts) and all(
            _fits(item, fields) for loop, fields in self.items.items() for item in stored.get(loop) or ()
        )


def shape_of_vocabulary(known: Vocabulary, derived: Iterable[str]) -> Shape:
    """The shape of a vocabulary, in which ``derived`` names must not be given."""
    items = {loop: _kinds(fields) for loop, fields in known.items.items()}
    return Shape(derived, _kinds(known.facts), items)


def _kinds(facts: Mapping[str, Fact]) -> dict[str, str]:
    return {name: fact.kind for name, fact in facts.items()}


def store(facts: Mapping[str, Any], shape: Shape) -> str:
    """The JSON text of facts (Decimal yuan, None or absent = not asked)."""
    stored = _split(facts, shape.facts, shape.items)
    stored[CHECKED] = shape.digest if shape.fits(stored) else ""
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def read(text: str | bytes) -> Stored:
    """The stored mapping of ``store``'s text, as the generated function takes it."""
    found: Stored = json.loads(text)
    return found


def facts_of(stored: Stored) -> dict[str, Any]:
    """The facts that ``store`` was given: amounts as Decimal yuan again."""
    facts = {name: _joined(value) for name, value in stored.items() if name not in (FEN, EXACT, CHECKED)}
    facts |= {name: (Decimal(fen) / _HUNDRED).quantize(_CENT) for name, fen in stored[FEN].items()}
    return facts | {name: Decimal(text) for name, text in stored.get(EXACT, {}).items()}


def _joined(value: Any) -> Any:
    if isinstance(value, list):
        return [_joined(entry) for entry in value]
    return facts_of(value) if isinstance(value, dict) else value


def _split(values: Mapping[str, Any], kinds: Names, items: Mapping[str, Names]) -> Stored:
    stored: Stored = {FEN: {}}
    for name, value in values.items():
        if type(value) is int and kinds.get(name) == MONEY:
            stored[FEN][name] = value * 100  # what the checklist hid counts as a plain 0
        elif not isinstance(value, Decimal):
            stored[name] = _split_value(value, items.get(name, {}))
        elif value.is_finite() and value * _HUNDRED == (value * _HUNDRED).to_integral_value():
            stored[FEN][name] = int(value * _HUNDRED)
        else:
            stored.setdefault(EXACT, {})[name] = str(value)
    return stored


def _split_value(value: Any, kinds: Names) -> Any:
    if isinstance(value, list | tuple):
        return [_split_value(entry, kinds) for entry in value]
    return _split(value, kinds, {}) if isinstance(value, Mapping) else value


def _names(stored: Stored) -> set[str]:
    given = {name for name, value in stored.items() if value is not None}
    return given | {*stored[FEN], *stored.get(EXACT, {})}


def _fits(stored: Any, kinds: Mapping[str, str]) -> bool:
    if type(stored) is not dict or not kinds.keys().isdisjoint(stored.get(EXACT, {})):
        return False
    amounts = all(
        kinds.get(name, MONEY) == MONEY and abs(fen) < 10**MONEY_DIGITS for name, fen in stored[FEN].items()
    )
    return amounts and all(
        value is None or name not in kinds or _is(value, kinds[name])
        for name, value in stored.items()
        if name not in (FEN, EXACT, CHECKED)
    )


def _is(value: Any, kind: str) -> bool:
    if kind == "bool":
        return type(value) is bool
    if kind == "int":
        return type(value) is int and abs(value) < 10**COUNT_DIGITS
    if kind in ("code", "text"):
        return type(value) is str
    if kind == "date":
        return type(value) is str and _DAY.fullmatch(value) is not None
    if kind in ("codes", "members"):
        return type(value) is list and len(value) <= LONGEST_LOOP and all(type(e) is str for e in value)
    return kind == "loop" and type(value) is list and len(value) <= LONGEST_LOOP
