"""Facts as they are kept for the whole county: JSON with money in whole fen, its types checked once.

In every mapping the amounts stand apart under ``FEN`` as integers of fen (``EXACT`` holds the rare ones with
more than two decimals, as text), so that reading them back needs no vocabulary. ``checked`` names the
vocabulary that all values were found to fit; the generated function relies on it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
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
    return json.dumps(split(facts, shape), ensure_ascii=False, separators=(",", ":"))


def split(facts: Mapping[str, Any], shape: Shape) -> Stored:
    """Facts with their amounts apart, and the mark that they fit the shape (empty where they do not)."""
    stored = _split(facts, shape.facts, shape.items)
    stored[CHECKED] = shape.digest if shape.fits(stored) else ""
    return stored


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
    amounts: dict[str, int] = {}
    stored: Stored = {FEN: amounts}
    for name, value in values.items():
        kind = type(value)
        if kind is str or kind is bool or value is None:
            stored[name] = value
        elif kind is int and kinds.get(name) == MONEY:
            amounts[name] = value * 100  # what the checklist hid counts as a plain 0
        elif not isinstance(value, Decimal):
            stored[name] = _split_value(value, items.get(name, {}))
        elif value.is_finite() and (fen := value * _HUNDRED) == fen.to_integral_value():
            amounts[name] = int(fen)
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
    for name, fen in stored[FEN].items():
        if kinds.get(name, MONEY) != MONEY or abs(fen) >= 10**MONEY_DIGITS:
            return False
    for name, value in stored.items():
        if value is not None and (kind := kinds.get(name)) is not None and not _TESTS[kind](value):
            return False
    return True


def _is_count(value: Any) -> bool:
    return type(value) is int and abs(value) < 10**COUNT_DIGITS


def _is_day(value: Any) -> bool:
    return type(value) is str and _DAY.fullmatch(value) is not None


def _is_list(value: Any) -> bool:
    return type(value) is list and len(value) <= LONGEST_LOOP


def _is_texts(value: Any) -> bool:
    return _is_list(value) and all(type(entry) is str for entry in value)


_TESTS: defaultdict[str, Callable[[Any], bool]] = defaultdict(
    lambda: lambda _: False,
    bool=lambda value: type(value) is bool,
    int=_is_count,
    code=lambda value: type(value) is str,
    text=lambda value: type(value) is str,
    date=_is_day,
    codes=_is_texts,
    members=_is_texts,
    loop=_is_list,
)
"""Of a kind, whether a value is of it; nothing is of any other kind (amounts stand apart)."""
