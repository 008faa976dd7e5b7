"""One household on which changes are tried: its facts, with the derived ones computed anew each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from .arithmetic import loop_items, number
from .derived import Formula, add_derived
from .lexicon import Lexicon, Word
from .model import Text
from .parts import Part

Here = tuple[str, int] | None


class Spot(NamedTuple):
    """Where a value stands: a fact, or a field of one item of a loop."""

    name: str
    loop: str | None = None
    at: int | None = None


Edit = Mapping[Spot, Any]


@dataclass(frozen=True, slots=True)
class Laws:
    """What does not change with the household: figures, formulas with their parts, words."""

    params: Mapping[str, Any]
    formulas: tuple[Formula, ...]
    amounts: Mapping[str, Any]
    yes_no: Mapping[str, Part]
    lexicon: Lexicon


@dataclass(slots=True)
class World:
    """The facts of one household: as ``given``, and ``known`` with what is derived from them."""

    laws: Laws
    given: Mapping[str, Any]
    known: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.known = dict(self.given)
        add_derived(self.laws.formulas, self.known, self.laws.params)

    def word(self, spot: Spot) -> Word:
        """How the place is spoken of."""
        return self.laws.lexicon.word(spot.name)

    def value(self, spot: Spot) -> Any:
        """What stands there; None when nobody asked."""
        if spot.loop is None:
            return self.given.get(spot.name)
        items = loop_items(self.given, spot.loop) or []
        return items[spot.at].get(spot.name) if spot.at is not None and spot.at < len(items) else None

    def item(self, here: Here) -> Mapping[str, Any] | None:
        """The loop item at hand."""
        if here is None:
            return None
        items = loop_items(self.known, here[0])
        return items[here[1]] if items is not None and here[1] < len(items) else None

    def who(self, spot: Spot) -> str | None:
        """The member a place is about."""
        item = self.item((spot.loop, spot.at)) if spot.loop and spot.at is not None else None
        name = item.get("who") if item is not None else None
        return name if isinstance(name, str) else None

    def whose(self, spot: Spot) -> Text | None:
        """The person a place is about in words: by id, or by the position in the list, counted from 1."""
        if spot.loop is None or spot.at is None:
            return None
        return self.laws.lexicon.person(spot.loop, spot.at, self.who(spot))

    def truth(self, part: Part, here: Here) -> bool | None:
        """The truth of a part of a condition."""
        return part.truth(self.known, self.laws.params, self.item(here))

    def computed(self, name: str) -> bool:
        """Whether a derived fact was computed rather than given."""
        return self.given.get(name) is None and (name in self.laws.amounts or name in self.laws.yes_no)

    def changed(self, edit: Edit) -> World:
        """The household after a change. A loop replaced as a whole goes before changes of its items."""
        facts = dict(self.given)
        for spot, value in edit.items():
            if spot.loop is None:
                facts[spot.name] = value
        for spot, value in edit.items():
            if spot.loop is not None and spot.at is not None:
                items = [dict(entry) for entry in facts.get(spot.loop) or ()]
                if spot.at < len(items):
                    items[spot.at][spot.name] = value
                    facts[spot.loop] = items
        return World(self.laws, facts)


class Linear(NamedTuple):
    """A number as a straight line in the values it reads; ``missing`` are those nobody asked."""

    value: Decimal | None
    slopes: Mapping[Spot, Decimal]
    missing: tuple[Spot, ...] = ()


_FLAT = Linear(None, {})


def linear(node: Any, world: World, here: Here) -> Linear:
    """The line of a number expression at the household's values. What is divided by counts as fixed."""
    if not isinstance(node, Mapping):
        return _constant(node)
    if "total" in node:
        return _total(node["total"], node["of"], world)
    word, body = next(iter(node.items()))
    if word in _LEAVES:
        return _LEAVES[word](body, world, here)
    if word == "or_zero":
        inner = linear(body, world, here)
        return inner._replace(value=inner.value or Decimal(0), missing=())
    return _joined(word, [linear(part, world, here) for part in body])


def _constant(value: Any) -> Linear:
    exact = number(value)
    return Linear(None if exact is None else Decimal(exact), {})


def _fact(name: str, world: World, here: Here) -> Linear:
    derived = world.laws.amounts.get(name) if world.computed(name) else None
    return linear(derived, world, None) if derived is not None else _at(Spot(name), world)


def _item(name: str, world: World, here: Here) -> Linear:
    return _at(Spot(name, here[0], here[1]), world) if here is not None else _FLAT


def _count(name: str, world: World, here: Here) -> Linear:
    entries = world.known.get(name)
    return Linear(Decimal(len(entries)), {}) if isinstance(entries, list) else _FLAT


_LEAVES = {
    "fact": _fact,
    "item": _item,
    "param": lambda name, world, here: _constant(world.laws.params.get(name)),
    "count": _count,
    "size": _count,
}


def _at(spot: Spot, world: World) -> Linear:
    value = number(world.value(spot))
    if value is None:
        return Linear(None, {spot: Decimal(1)}, (spot,))
    return Linear(Decimal(value), {spot: Decimal(1)})


def _total(loop: str, name: str, world: World) -> Linear:
    items = loop_items(world.known, loop)
    if items is None:
        return Linear(None, {}, (Spot(loop),))
    return _joined("sum", [_at(Spot(name, loop, n), world) for n in range(len(items))])


def _joined(word: str, parts: list[Linear]) -> Linear:
    missing = tuple(spot for part in parts for spot in part.missing)
    values = [part.value for part in parts]
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return Linear(None, {spot: Decimal(1) for part in parts for spot in part.slopes}, missing)
    if word == "product":
        return _product(parts)
    if word == "divide":
        below = known[1]
        return _scaled(parts[0], 1 / below) if below else _FLAT
    signs = [1, -1] if word == "minus" else [1] * len(parts)
    slopes: dict[Spot, Decimal] = {}
    for sign, part in zip(signs, parts, strict=True):
        for spot, slope in part.slopes.items():
            slopes[spot] = slopes.get(spot, Decimal(0)) + sign * slope
    return Linear(sum((sign * value for sign, value in zip(signs, known, strict=True)), Decimal(0)), slopes)


def _product(parts: list[Linear]) -> Linear:
    found = parts[0]
    for part in parts[1:]:
        assert found.value is not None
        assert part.value is not None
        slopes = {spot: slope * part.value for spot, slope in found.slopes.items()}
        for spot, slope in part.slopes.items():
            slopes[spot] = slopes.get(spot, Decimal(0)) + slope * found.value
        found = Linear(found.value * part.value, slopes)
    return found


def _scaled(line: Linear, by: Decimal) -> Linear:
    value = None if line.value is None else line.value * by
    return Linear(value, {spot: slope * by for spot, slope in line.slopes.items()})


def gap(part: Part, world: World, here: Here) -> Linear:
    """Left side less right side of a comparison of numbers."""
    assert part.left is not None
    assert part.right is not None
    return _joined("minus", [linear(part.left.node, world, here), linear(part.right.node, world, here)])
