"""Amounts of a change: no larger than they must be, and which answers do where a question is still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import product
from typing import Any

from .lexicon import Word
from .lines import MAX_AMOUNT
from .parts import TEST, Part
from .world import Edit, Here, Spot, World, gap

#: The smallest difference between two values of a kind.
GRID: Mapping[str, Decimal] = {"money": Decimal("0.01"), "ratio": Decimal("0.01"), "int": Decimal(1)}
Place = tuple[Part, Here]
Works = Callable[[Edit], bool]
_SMALL_COUNTS = tuple(map(Decimal, range(4)))
_ALWAYS = "known"  # the one comparison that every answer turns the same way


def is_amount(value: Any) -> bool:
    """Whether a value is a number; yes and no are none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def typed(word: Word, value: Decimal) -> int | Decimal:
    """A number as facts of the kind hold it."""
    return int(value) if word.kind == "int" else value


def shrunk(world: World, edit: Edit, works: Works) -> Edit:
    """A change that works with each amount as near to what it is as the others allow, until none shrinks."""
    done = False
    while not done:
        done = True
        for spot, after in edit.items():
            if is_amount(after):
                less = _nearest(world, edit, spot, works)
                if less != after:
                    edit, done = {**edit, spot: less}, False
    return edit


def _nearest(world: World, edit: Edit, spot: Spot, works: Works) -> Any:
    """The amount next to the present one with which a change still works, the others as they are."""
    word, now = world.word(spot), world.value(spot)
    step, start = GRID[word.kind], Decimal(now or 0)
    way = -step if edit[spot] < start else step
    far = abs(Decimal(edit[spot]) - start) // step  # in steps of the grid

    def enough(steps: Decimal) -> bool:
        return works({**edit, spot: typed(word, start + way * steps)})

    least = Decimal(0 if now is None else 1)
    probes = (far - 1, far // 2)
    begin = next((steps for steps in probes if least <= steps < far and enough(steps)), None)
    return edit[spot] if begin is None else typed(word, start + way * _edge(begin, least - 1, enough))


def _edge(good: Decimal, bad: Decimal, holds: Callable[[Decimal], bool]) -> Decimal:
    """The last whole number that holds between one that does and one that does not."""
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        if holds(middle):
            good = middle
        else:
            bad = middle
    return good


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers that clear the rule: from ``low`` to ``high`` (None = no limit), ``but`` one."""

    low: Decimal | None = None
    high: Decimal | None = None
    but: Decimal | None = None

    @property
    def any(self) -> bool:
        """Whether every answer does."""
        return self.low is None and self.high is None and self.but is None


def answers(
    world: World, edit: Edit, clears: Callable[[World], bool], places: Callable[[], Iterable[Place]]
) -> dict[Spot, Answers]:
    """Which answers do for each amount nobody asked; whatever is chosen of them, together they clear."""
    unasked = [spot for spot, after in edit.items() if is_amount(after) and world.value(spot) is None]
    return _Unasked(world, edit, clears, unasked, list(places())).found() if unasked else {}


class _Unasked:
    """The open amounts of one change. What is claimed of each is tried with what is claimed of the others."""

    def __init__(
        self,
        world: World,
        edit: Edit,
        clears: Callable[[World], bool],
        spots: list[Spot],
        places: list[Place],
    ) -> None:
        self.world, self.edit, self.clears = world, edit, clears
        self.tried = {spot: _telling(spot, world.changed(edit), places) for spot in spots}
        self.claimed: dict[Spot, list[Decimal]] = {spot: [Decimal(edit[spot])] for spot in spots}
        self.seen: dict[tuple[Decimal, ...], bool] = {}

    def found(self) -> dict[Spot, Answers]:
        """First those for which every answer does, then how far the others go."""
        free = {spot: Answers() for spot in self.claimed if self._widened(spot, self.tried[spot])}
        return {spot: free.get(spot) or self._bounded(spot) for spot in self.claimed}

    def _widened(self, spot: Spot, values: list[Decimal]) -> bool:
        holds = all(self._holds(spot, value) for value in values)
        if holds:
            self.claimed[spot] = values
        return holds

    def _bounded(self, spot: Spot) -> Answers:
        values, step = self.tried[spot], GRID[self.world.word(spot).kind]
        good = [self._holds(spot, value) for value in values]
        middle = values.index(Decimal(self.edit[spot]))
        first = next((n for n in range(middle, 0, -1) if not good[n - 1]), 0)
        last = next((n for n in range(middle, len(values) - 1) if not good[n + 1]), len(values) - 1)
        if good.count(False) == 1 and step == 1 and 0 < good.index(False) < len(values) - 1:
            but = values[good.index(False)]
            if self._widened(spot, [value for value in values if value != but]):
                return Answers(but=but)

        def holds(steps: Decimal) -> bool:
            return self._holds(spot, steps * step)

        low = _edge(values[first] // step, values[first - 1] // step, holds) * step if first else values[0]
        ends = last == len(values) - 1
        high = values[-1] if ends else _edge(values[last] // step, values[last + 1] // step, holds) * step
        if not self._widened(spot, sorted({low, *values[first : last + 1], high})):
            return Answers(*self.claimed[spot], *self.claimed[spot])
        return Answers(low if first else None, None if ends else high) if low != high else Answers(low, high)

    def _holds(self, spot: Spot, value: Decimal) -> bool:
        """Whether an answer clears with the ends of what is claimed of the others, and with each claim."""
        others = [one for one in self.claimed if one != spot]
        ends = [sorted({self.claimed[one][0], self.claimed[one][-1]}) for one in others]
        corners = [dict(zip(others, corner, strict=True)) for corner in product(*ends)]
        single = [{one: other} for one in others for other in self.claimed[one]]
        return all(self._clear({**answered, spot: value}) for answered in (*corners, *single))

    def _clear(self, answered: Mapping[Spot, Decimal]) -> bool:
        values = tuple(answered.get(spot, Decimal(self.edit[spot])) for spot in self.claimed)
        if values not in self.seen:
            given = {
                spot: typed(self.world.word(spot), value)
                for spot, value in zip(self.claimed, values, strict=True)
            }
            self.seen[values] = self.clears(self.world.changed({**self.edit, **given}))
        return self.seen[values]


def _telling(spot: Spot, after: World, places: list[Place]) -> list[Decimal]:
    """The values among which every comparison of a place turns: around each limit, and the two ends."""
    word = after.word(spot)
    step = GRID[word.kind]
    values = {Decimal(0), step, Decimal(after.value(spot)), MAX_AMOUNT}
    values |= {value for limit in _limits(spot, after, places) for value in _around(limit, step)}
    values |= set(_SMALL_COUNTS) if word.kind == "int" else {word.high or MAX_AMOUNT}
    return sorted(value for value in values if 0 <= value <= MAX_AMOUNT)


def _limits(spot: Spot, after: World, places: list[Place]) -> Iterator[Decimal]:
    for part, here in places:
        if part.form == TEST and part.operator != _ALWAYS and part.left is not None and part.left.operand:
            line = gap(part, after, here)
            if line.value is not None and line.slopes.get(spot):
                yield Decimal(after.value(spot)) - line.value / line.slopes[spot]


def _around(limit: Decimal, step: Decimal) -> Iterator[Decimal]:
    below = (limit / step).to_integral_value(ROUND_FLOOR)
    return ((below + n) * step for n in (-1, 0, 1, 2))
