"""The smallest changes of a household's facts that would clear a light: each is tried on the rule itself.

A change sets some places to other values. Every comparison of the rule offers its own changes; ``all`` needs
one of its parts changed, ``any`` all of them. Answers are changed before register entries, few places before
many, and amounts by as little as the next fen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from itertools import product
from typing import Any

from .amounts import GRID, shrunk
from .arithmetic import loop_items
from .lexicon import Word
from .parts import MANY, NOT, OTHER_RULES, TEST, Part
from .vocabulary import NUMBER_KINDS
from .world import Edit, Here, Linear, Spot, World, gap

KEPT = 8  # changes of a part that are carried on, the smallest first
OFFERED = 3
ENOUGH = 4  # changes that work, among which the offered ones are chosen
WORSE = 3  # how far from "nothing wrong" a change is that makes an answer look worse
_HOPELESS = frozenset({"form", "other_rules"})
Cost = tuple[int, int, int, Decimal]


def cost(world: World, edit: Edit) -> Cost:
    """What a change costs: register entries, places, how far from "nothing wrong", and by how much."""
    fixed, far, much = 0, 0, Decimal(0)
    for spot, after in edit.items():
        word, before = world.word(spot), world.value(spot)
        fixed += word.fixed
        far += _distance(word, before, after)
        if isinstance(before, int | Decimal) and isinstance(after, int | Decimal):
            much += abs(Decimal(after) - before) / max(abs(Decimal(before)), abs(Decimal(after)), Decimal(1))
    return fixed, len(edit), far, much


def _distance(word: Word, before: Any, after: Any) -> int:
    if word.worse(before, after):
        return WORSE
    if word.kind in NUMBER_KINDS:
        return 2 if word.kind == "int" else 0 if before is not None else 1
    if isinstance(after, list) and after != list(word.clear):
        return 1 if set(map(str, after)) <= set(map(str, before or ())) else WORSE
    if word.kind == "bool" or isinstance(after, list):
        return 1
    return 1 if word.loop is None and next(iter(word.options), None) == after else 2


class Repairs:
    """Looks for changes of one household. ``others``: the lit rules of a severity that a rule reads."""

    def __init__(self, world: World, others: Callable[[str], list[Part] | None]) -> None:
        self.world = world
        self._others = others

    def smallest(self, part: Part, clears: Callable[[World], bool]) -> list[Edit]:
        """At most three changes after which ``clears`` holds, the smallest first; each needs all of it."""
        found: dict[frozenset[Spot], Edit] = {}
        for edit in self._ranked(self._ways(part, False, None, self.world)):
            if len(found) == ENOUGH:
                break
            if any(places <= edit.keys() for places in found) or not self._works(edit, clears):
                continue
            least = self._nearest(edit, clears)
            if not any(places <= least.keys() for places in found):
                found[frozenset(least)] = least
        ranked = self._ranked(found.values())
        first, others = ranked[:1], ranked[1:]
        better = [edit for edit in others if not self._worsens(edit)]
        return [*first, *(better or (others if any(map(self._worsens, first)) else []))][:OFFERED]

    def _worsens(self, edit: Edit) -> bool:
        """Whether something must look worse for it; offered only where it is the smallest."""
        return any(
            _distance(self.world.word(spot), self.world.value(spot), after) == WORSE
            for spot, after in edit.items()
        )

    def _works(self, edit: Edit, clears: Callable[[World], bool]) -> bool:
        after = self.world.changed(edit)
        return bool(edit) and clears(after) and all(self._fits(spot, after) for spot in edit)

    def _fits(self, spot: Spot, after: World) -> bool:
        """Whether the checklist's constraints hold where something changed, or were broken before."""
        here = None if spot.loop is None or spot.at is None else (spot.loop, spot.at)
        words = [self.world.word(spot)]
        if here is not None:
            words += [self.world.laws.lexicon.word(name) for name in after.item(here) or ()]
        return all(
            check(after.known, after.item(here)) is not False
            or check(self.world.known, self.world.item(here)) is False
            for word in words
            for check in word.checks
        )

    def _nearest(self, edit: Edit, clears: Callable[[World], bool]) -> Edit:
        """Nothing in it can be left out, and no amount can be smaller while the others stay."""
        least = self._least(edit, clears)
        near = shrunk(self.world, least, lambda fewer: self._works(fewer, clears))
        return near if near is least else self._nearest(near, clears)

    def _least(self, edit: Edit, clears: Callable[[World], bool]) -> Edit:
        for spot in edit:
            fewer = {place: value for place, value in edit.items() if place != spot}
            if self._works(fewer, clears):
                return self._least(fewer, clears)
        return edit

    def _ranked(self, edits: Iterable[Edit]) -> list[Edit]:
        every = list(edits)
        return sorted(every, key=lambda edit: cost(self.world, edit)) if len(every) > 1 else every

    def _ways(self, part: Part, want: bool, here: Here, world: World) -> list[Edit]:
        """Changes that make a part true or false; the empty one when it is so already."""
        if world.truth(part, here) is want:
            return [{}]
        if part.form == NOT:
            return self._ways(part.parts[0], not want, here, world)
        if part.form in MANY:
            every = (part.form == "all") is want
            choices = [self._ways(inner, want, here, world) for inner in part.parts]
            return self._together(choices) if every else self._best(one for each in choices for one in each)
        if part.form == OTHER_RULES:
            return self._of_other_rules(part, want)
        return (
            self._of_test(part, want, here, world) if part.form == TEST else self._of_loop(part, want, world)
        )

    def _of_loop(self, part: Part, want: bool, world: World) -> list[Edit]:
        assert part.loop is not None
        items = loop_items(world.known, part.loop)
        if items is None:
            empty: Edit = {Spot(part.loop): []}
            return [empty] if world.changed(empty).truth(part, None) is want else []
        choices = [self._ways(part.parts[0], want, (part.loop, n), world) for n in range(len(items))]
        every = (part.form == "every") is want
        return self._together(choices) if every else self._best(one for each in choices for one in each)

    def _of_other_rules(self, part: Part, want: bool) -> list[Edit]:
        """Other rules can be cleared too; no change is proposed that would switch one on."""
        lit = None if want else self._others(part.node[OTHER_RULES])
        return (
            [] if lit is None else self._together([self._ways(one, False, None, self.world) for one in lit])
        )

    def _best(self, edits: Iterable[Edit]) -> list[Edit]:
        return self._ranked(edits)[:KEPT]

    def _together(self, choices: list[list[Edit]]) -> list[Edit]:
        """Every choice of one change each, put together."""
        found: list[Edit] = [{}]
        for ways in choices:
            found = self._best(merged for a, b in product(found, ways) for merged in self._merged(a, b))
        return found

    def _merged(self, a: Edit, b: Edit) -> Iterator[Edit]:
        clash = [spot for spot in a.keys() & b.keys() if a[spot] != b[spot]]
        if not clash:
            yield _whole({**a, **b})
        elif all(isinstance(a[spot], list) and isinstance(b[spot], list) for spot in clash):
            yield _whole({**a, **b, **{spot: self._both(spot, a[spot], b[spot]) for spot in clash}})
        else:
            yield _whole({**a, **b})
            yield _whole({**b, **a})

    def _both(self, spot: Spot, a: list[Any], b: list[Any]) -> list[Any]:
        """A list changed twice: without what either takes out, with what either adds."""
        before = self.world.value(spot) or []
        kept = [entry for entry in before if entry in a and entry in b]
        return kept + [entry for entry in dict.fromkeys([*a, *b]) if entry not in before]

    def _of_test(self, part: Part, want: bool, here: Here, world: World) -> list[Edit]:
        if part.operator in ("in_list", "not_in_list"):
            return self._of_list_named(part, want, here, world)
        name = part.name
        if name in world.laws.yes_no and world.computed(name):
            wanted = [dv for dv in (False, True) if _with(part, world, name, dv) is want]
            inner = world.laws.yes_no[name]
            return self._best(way for dv in wanted for way in self._ways(inner, dv, None, world))
        if part.operator == "known":
            return self._asked(part, want, here, world)
        word = world.laws.lexicon.word(name) if name else None
        if word is None or word.kind in NUMBER_KINDS:
            return self._of_numbers(part, want, here, world)
        return self._of_options(part, word, want, here, world)

    def _of_options(self, part: Part, word: Word, want: bool, here: Here, world: World) -> list[Edit]:
        spot = _spot(word.name, here, part)
        if word.source in _HOPELESS or spot.name in ("who", "year"):
            return []
        values = _values(word, world.value(spot), part)
        return self._best(
            {spot: value} for value in values if _turned(part, world, here, spot, value) is want
        )

    def _of_list_named(self, part: Part, want: bool, here: Here, world: World) -> list[Edit]:
        """Put the item's own value into the other list, or take it out."""
        assert part.left is not None
        assert part.right is not None
        entry = part.left.value(world.known, world.laws.params, world.item(here))
        spot = Spot(part.right.node["fact"])
        before = world.value(spot) or []
        values = [[one for one in before if one != entry], [*before, entry]]
        others = [value for value in values if entry is not None and value != world.value(spot)]
        return self._best(
            {spot: value} for value in others if _turned(part, world, here, spot, value) is want
        )

    def _asked(self, part: Part, want: bool, here: Here, world: World) -> list[Edit]:
        """What is not known becomes known by asking; nothing known is ever forgotten."""
        assert part.left is not None
        missing = gap_missing(part, world, here)
        fill = {spot: _nothing(world.word(spot)) for spot in missing}
        return [fill] if fill and world.changed(fill).truth(part, here) is want else []

    def _of_numbers(self, part: Part, want: bool, here: Here, world: World) -> list[Edit]:
        line = gap(part, world, here)
        if line.missing:
            return self._filled(part, want, here, world, line.missing)
        if line.value is None:
            return []
        found = (self._moved(part, want, here, spots, line, world) for spots in alike(line, world))
        return self._best(edit for edit in found if edit is not None)

    def _filled(
        self, part: Part, want: bool, here: Here, world: World, missing: tuple[Spot, ...]
    ) -> list[Edit]:
        """What nobody asked is taken as nothing first, then moved like any other amount."""
        fill = {spot: _nothing(world.word(spot)) for spot in missing}
        filled = world.changed(fill)
        if gap(part, filled, here).missing or any(world.word(spot).source in _HOPELESS for spot in fill):
            return []
        ways = self._ways(part, want, here, filled)
        return self._best(_whole({**fill, **way}) for way in ways)

    def _moved(
        self, part: Part, want: bool, here: Here, spots: list[Spot], line: Linear, world: World
    ) -> Edit | None:
        """The first of several places of equal effect that can turn the comparison, moved just so far."""
        assert line.value is not None
        for spot in spots:
            near = _near(world.word(spot), world.value(spot), -line.value / line.slopes[spot])
            for value in near:
                if world.changed({spot: value}).truth(part, here) is want:
                    return {spot: value}
        return None


def alike(line: Linear, world: World) -> list[list[Spot]]:
    """The places of a line in groups of equal effect, in each what gets better, grows, or is large first."""
    groups: dict[tuple[Decimal, bool], list[Spot]] = {}
    for spot, slope in line.slopes.items():
        word = world.word(spot)
        if slope and word.kind in GRID and word.source not in _HOPELESS:
            groups.setdefault((abs(slope), word.fixed), []).append(spot)
    assert line.value is not None
    falls = line.value > 0
    for spots in groups.values():
        spots.sort(key=lambda spot: _preference(world, spot, (line.slopes[spot] > 0) is not falls))
    return list(groups.values())


def _preference(world: World, spot: Spot, grows: bool) -> tuple[bool, bool, Decimal]:
    before = Decimal(world.value(spot) or 0)
    worse = world.word(spot).worse(before, before + 1 if grows else before - 1)
    return worse, grows is worse, -before


def _near(word: Word, before: Any, by: Decimal) -> list[Any]:
    """The values a place may hold around where the comparison turns, the nearest to what it is first."""
    grid = GRID[word.kind]
    middle = ((Decimal(before) + by) / grid).to_integral_value(ROUND_FLOOR)
    values = [(middle + step) * grid for step in (-1, 0, 1, 2)]
    fitting = [v for v in values if v != before and v >= word.low and (word.high is None or v <= word.high)]
    ordered = sorted(fitting, key=lambda value: abs(value - Decimal(before)))
    return [int(value) if word.kind == "int" else value for value in ordered]


def gap_missing(part: Part, world: World, here: Here) -> tuple[Spot, ...]:
    """The places nobody asked that keep the left side of a comparison unknown."""
    assert part.left is not None
    if part.name and not world.computed(part.name):
        return (_spot(part.name, here, part),)
    return gap(part, world, here).missing if part.left.operand is not None else ()


def _spot(name: str, here: Here, part: Part) -> Spot:
    assert part.left is not None
    return Spot(name, here[0], here[1]) if here is not None and "item" in part.left.node else Spot(name)


def _turned(part: Part, world: World, here: Here, spot: Spot, value: Any) -> bool | None:
    """The truth of a comparison that reads a place itself, with another value there."""
    item, facts = world.item(here), world.known
    if spot.loop is None:
        facts = facts | {spot.name: value}
    else:
        item = {**(item or {}), spot.name: value}
    return part.truth(facts, world.laws.params, item)


def _with(part: Part, world: World, name: str, value: bool) -> bool | None:
    return part.truth(world.known | {name: value}, world.laws.params, None)


def _nothing(word: Word) -> Any:
    """The answer "nothing" to a question nobody asked."""
    if word.kind in NUMBER_KINDS:
        return 0 if word.kind == "int" else Decimal(0)
    if word.kind in ("codes", "members", "loop"):
        return []
    return False if word.kind == "bool" else next(iter(word.options), None)


def _values(word: Word, before: Any, part: Part) -> list[Any]:
    """Other values a place may hold, as far as the comparison can tell them apart."""
    if word.kind == "bool":
        return [value for value in (False, True) if value is not before]
    if word.kind == "code":
        return [code for code in word.options if code != before]
    if word.kind in ("members", "loop"):
        return [[]] if before != [] else []
    if word.kind != "codes" or part.right is None:
        return []
    named = part.right.node
    codes = (
        [named]
        if isinstance(named, str)
        else [code for code in named if isinstance(code, str)]
        if isinstance(named, list | tuple)
        else []
    )
    now = before or []
    fewer = [[code for code in now if code not in codes], list(word.clear)]
    more = [[*now, code] for code in codes or word.options if code not in now]
    return [value for value in (*fewer, *more) if value != before]


def _whole(edit: dict[Spot, Any]) -> Edit:
    """Without changes of the items of a loop that is replaced as a whole."""
    return {spot: value for spot, value in edit.items() if spot.loop is None or Spot(spot.loop) not in edit}
