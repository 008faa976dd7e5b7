"""Why a rule is met or not: its words, the truth of each place, values with their source, articles, changes.

Pure: everything is made from the bench that judged, the facts, and a lexicon. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .advice import advice
from .amounts import Place, answers
from .arithmetic import loop_items
from .engine import Bench
from .expression import any_rule_fact, parameters
from .lexicon import Lexicon
from .model import SEVERITIES, Parameter
from .parts import LOOPS, MANY, OTHER_RULES, Part, read_names, take_apart
from .repairs import Repairs
from .results import plain_value
from .words import Speaker, both, bracketed, figure, said_anyway, unit_words
from .world import Here, Laws, Spot, World

_WORD_OF_TRUTH = {True: "met", False: "not_met", None: "unknown"}


class UnknownRule(KeyError):
    """The bench has no such rule on its day."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A rule ready to be explained: the rule, its condition taken apart, whether it reads other rules."""

    ruling: Any
    part: Part
    last: bool


class Explainer:
    """Explains the rules of one bench. Made once for a bench; what does not change is worded once."""

    def __init__(self, bench: Bench, lexicon: Lexicon, on: date) -> None:
        self.bench = bench
        self.say = Speaker(lexicon, bench.packs, bench.params, on)
        derived = [entry for pack in bench.packs for entry in pack.derived]
        yes_no = [entry for entry in derived if entry.kind == "bool"]
        self._laws = Laws(
            params=bench.params,
            formulas=bench.formulas,
            amounts={entry.name: entry.node for entry in derived if entry.kind != "bool"},
            yes_no={entry.name: take_apart(entry.node, bench.known, self.say) for entry in yes_no},
            lexicon=lexicon,
        )
        self._rulings = {
            **{ruling.rule.id: (ruling, False) for ruling in bench.first},
            **{ruling.rule.id: (ruling, True) for ruling in bench.last},
        }
        self._cases: dict[str, _Case] = {}

    @property
    def rules(self) -> list[str]:
        """The rules that can be explained."""
        return sorted(self._rulings)

    def explain(self, facts: Mapping[str, Any], rule: str) -> dict[str, Any]:
        """All about one rule for one household, as JSON with amounts as text.

        Raises:
            UnknownRule: the bench does not have the rule.
        """
        case = self._case(rule)
        world = World(self._laws, {name: value for name, value in facts.items() if value is not None})
        if case.last:
            self._look_at_others(world)
        truth = world.truth(case.part, None)
        about = case.ruling.rule
        changes = self._changes(case, world) if truth is True else []
        return {
            "rule": rule,
            "label": dict(about.label),
            "severity": about.severity,
            "state": _WORD_OF_TRUTH[truth],
            "words": dict(case.part.words),
            "tree": self._node(case.part, world, None),
            "values": self._values(case.part, world),
            "operands": self._operands(case.part, world),
            "parameters": self._parameters(case.part),
            "articles": [
                {"id": entry.id, "document": entry.document, "text": entry.text, "source": entry.source}
                for entry in case.ruling.articles
            ],
            "ask": self._ask(facts, rule) if truth is None else [],
            "change": changes[0] if changes else None,
            "alternatives": changes[1:],
            "pack": case.ruling.pack.id,
            "pack_version": case.ruling.pack.version,
            "note": about.note,
        }

    def _ask(self, facts: Mapping[str, Any], rule: str) -> list[str]:
        return [name for one in self.bench.judge(facts).unknown if one.rule == rule for name in one.ask]

    def _case(self, rule: str) -> _Case:
        if rule not in self._cases:
            if rule not in self._rulings:
                raise UnknownRule(rule)
            ruling, last = self._rulings[rule]
            self._cases[rule] = _Case(ruling, take_apart(ruling.rule.when, self.bench.known, self.say), last)
        return self._cases[rule]

    def _look_at_others(self, world: World, severities: tuple[str, ...] = SEVERITIES) -> None:
        """Note whether any other rule of a severity is met, unless it was given."""
        for severity in severities:
            name = any_rule_fact(severity)
            if world.given.get(name) is None:
                world.known[name] = self._any_met(world, severity)

    def _any_met(self, world: World, severity: str) -> bool | None:
        found: bool | None = False
        for ruling in self.bench.first:
            if ruling.rule.severity == severity:
                truth = ruling.condition.evaluate(world.known, self.bench.params)
                if truth is True:
                    return True
                found = None if truth is None else found
        return found

    def _changes(self, case: _Case, world: World) -> list[dict[str, Any]]:
        read = [test.node[OTHER_RULES] for test in case.part.tests() if test.form == OTHER_RULES]
        severities = tuple(dict.fromkeys(read))

        def clears(after: World) -> bool:
            if not case.last:
                return case.ruling.condition.evaluate(after.known, self.bench.params) is False
            self._look_at_others(after, severities)
            return case.ruling.condition.evaluate(after.known, self.bench.params) is False

        def others(severity: str) -> list[Part] | None:
            rulings = [one for one in self.bench.first if one.rule.severity == severity]
            lit = [
                one for one in rulings if one.condition.evaluate(world.known, self.bench.params) is not False
            ]
            return [self._case(one.rule.id).part for one in lit] if len(lit) <= 3 else None

        places = list(self._places(case.part, world, None))
        edits = Repairs(world, others).smallest(case.part, clears)

        def everywhere() -> Iterator[Place]:
            """The comparisons of the rule and of every rule that it looks at, lit or not."""
            yield from places
            for one in self.bench.first:
                if one.rule.severity in severities:
                    yield from self._places(self._case(one.rule.id).part, world, None)

        return [
            advice(world, edit, places, self.say, answers(world, edit, clears, everywhere)) for edit in edits
        ]

    def _places(self, part: Part, world: World, here: Here) -> Iterator[Place]:
        """Every comparison of a rule and of the yes/no facts it reads, once for each item of a loop."""
        if part.form in LOOPS:
            for n in range(len(loop_items(world.known, part.loop or "") or ())):
                yield from self._places(part.parts[0], world, (part.loop or "", n))
            return
        for inner in part.parts:
            yield from self._places(inner, world, here)
        if part.left is not None:
            yield part, here
            if part.name in self._laws.yes_no and world.computed(part.name):
                yield from self._places(self._laws.yes_no[part.name], world, None)

    def _node(self, part: Part, world: World, here: Here) -> dict[str, Any]:
        shown = [one for one in part.parts if part.form != "all" or not said_anyway(one.node, _nodes(part))]
        if part.form in MANY and len(shown) == 1:
            return self._node(shown[0], world, here)
        parts = [self._node(inner, world, here) for inner in shown] if part.form not in LOOPS else []
        if part.form in LOOPS:
            parts = self._items(part, world)
        elif part.name in self._laws.yes_no and world.computed(part.name):
            parts = [self._node(self._laws.yes_no[part.name], world, None)]
        return {
            "form": part.form,
            "words": dict(part.words),
            "heading": dict(self.say.heading(part.node)) if part.form in LOOPS and parts else None,
            "truth": world.truth(part, here),
            "item": None,
            "index": None,
            "parts": parts,
        }

    def _items(self, part: Part, world: World) -> list[dict[str, Any]]:
        loop = part.loop or ""
        items = loop_items(world.known, loop) or []
        nodes = [self._node(part.parts[0], world, (loop, n)) for n in range(len(items))]
        return [
            node | {"item": item.get("who"), "index": n}
            for n, (node, item) in enumerate(zip(nodes, items, strict=True))
        ]

    def _values(self, part: Part, world: World) -> dict[str, Any]:
        names = {name for test in part.tests() for name, loop in self._reads(test) if loop is None}
        summed = {loop for test in part.tests() for _, loop in self._reads(test)} - {None, "item"}
        loops = {inner.loop for inner in _loops(part)} | summed
        return {name: plain_value(world.known.get(name)) for name in sorted(names | {n for n in loops if n})}

    def _reads(self, test: Part) -> Iterator[tuple[str, str | None]]:
        if test.form == OTHER_RULES:
            yield any_rule_fact(test.node[OTHER_RULES]), None
            return
        assert test.left is not None
        yield from read_names(test.left.node)
        if test.right is not None and isinstance(test.right.node, Mapping):
            yield from read_names(test.right.node)

    def _operands(self, part: Part, world: World) -> list[dict[str, Any]]:
        """Each value the rule reads, once, in the order of the condition."""
        found: dict[Spot, dict[str, Any]] = {}
        for spot in self._spots(part, world, None):
            if spot not in found:
                found[spot] = self._operand(spot, world)
        return list(found.values())

    def _spots(self, part: Part, world: World, here: Here) -> Iterator[Spot]:
        if part.form in LOOPS:
            loop = part.loop or ""
            items = loop_items(world.known, loop)
            if not items:
                yield Spot(loop)
            for n in range(len(items or ())):
                yield from self._spots(part.parts[0], world, (loop, n))
            return
        for inner in part.parts:
            yield from self._spots(inner, world, here)
        if part.left is not None or part.form == OTHER_RULES:
            for name, of in self._reads(part):
                yield from _spots_of(name, of, world, here)

    def _operand(self, spot: Spot, world: World) -> dict[str, Any]:
        word = world.word(spot)
        value = world.known.get(spot.name) if spot.loop is None else world.value(spot)
        derived = word.source == "derived"
        return {
            "fact": spot.name,
            "item": world.who(spot),
            "index": spot.at,
            "label": dict((world.whose(spot) if spot.name == "who" else None) or word.label),
            "kind": word.kind,
            "value": plain_value(value),
            "text": dict(self.say.value(spot.name, value)),
            "source": "given" if derived and not world.computed(spot.name) else word.source,
            "steps": self._steps(spot.name, world) if derived and world.computed(spot.name) else None,
        }

    def _steps(self, name: str, world: World) -> dict[str, Any] | None:
        """How a derived amount was reckoned: the formula, the same with figures, and what went in."""
        node = self._laws.amounts.get(name)
        if node is None:
            return None
        inputs = dict.fromkeys(
            spot for read, loop in read_names(node) for spot in _spots_of(read, loop, world, None)
        )
        value = world.known.get(name)
        sum_zh, sum_en = _figures(node, world)
        result = "？" if value is None else figure(value)
        return {
            "formula": dict(self.say.expression(node)),
            "figures": both(f"{sum_zh}＝{result}", f"{sum_en} = {result}"),
            "inputs": [self._operand(spot, world) for spot in inputs],
        }

    def _parameters(self, part: Part) -> list[dict[str, Any]]:
        read = [name for name, _ in (pair for test in part.tests() for pair in self._reads(test))]
        nodes = [part.node, *(self._laws.yes_no[n].node for n in read if n in self._laws.yes_no)]
        names = dict.fromkeys(name for node in nodes for name in sorted(parameters(node)))
        return [self._parameter(name) for name in names]

    def _parameter(self, name: str) -> dict[str, Any]:
        entry = self.say.parameters.get(name)
        value = self.bench.params.get(name)
        local = getattr(getattr(self.bench, "local", None), "params", {})
        zh, en = unit_words(entry.unit if entry else "ratio")
        shown = figure(value) if value is not None else "—"
        return {
            "name": name,
            "label": dict(entry.label) if entry else both(name, name),
            "value": None if value is None else str(value),
            "text": both(f"{shown}{zh}", f"{shown}{en}"),
            "origin": "county" if name in dict(local) else entry.origin if entry else "document",
            "since": _since(entry, self.say.on),
            "cites": list(entry.cites) if entry else [],
            "note": entry.note if entry else "",
        }


def _nodes(part: Part) -> list[Any]:
    return [inner.node for inner in part.parts]


def _since(entry: Parameter | None, on: date) -> str | None:
    days = [since for since, _ in entry.values if since <= on] if entry is not None else []
    return max(days).isoformat() if days else None


def _loops(part: Part) -> Iterator[Part]:
    if part.form in LOOPS:
        yield part
    for inner in part.parts:
        yield from _loops(inner)


def _spots_of(name: str, loop: str | None, world: World, here: Here) -> Iterator[Spot]:
    if loop is None:
        yield Spot(name)
    elif loop == "item":
        if here is not None:
            yield Spot(name, here[0], here[1])
    else:
        items = loop_items(world.known, loop)
        if items is None:
            yield Spot(loop)
        for n in range(len(items or ())):
            yield Spot(name, loop, n)


def _figures(node: Any, world: World) -> tuple[str, str]:
    """A number expression with its figures: （20,000＋0＋0＋1,360）÷4."""
    if not isinstance(node, Mapping):
        return figure(node), figure(node)
    if "total" in node:
        items = loop_items(world.known, node["total"])
        values = [_number(item.get(node["of"])) for item in items or ()]
        return ("＋".join(values) or "0", " + ".join(values) or "0") if items is not None else ("？", "?")
    word, body = next(iter(node.items()))
    if word in ("fact", "param"):
        source = world.known if word == "fact" else world.laws.params
        shown = _number(source.get(body))
        return shown, shown
    if not isinstance(body, list):
        return _figures(body, world) if isinstance(body, Mapping) else ("？", "?")
    return _joined(word, body, world)


def _joined(word: str, parts: list[Any], world: World) -> tuple[str, str]:
    sign, sign_en = {
        "sum": ("＋", " + "),
        "minus": ("－", " − "),
        "product": ("×", " × "),
        "divide": ("÷", " ÷ "),
    }[word]
    shown = []
    for n, part in enumerate(parts):
        zh, en = _figures(part, world)
        shown.append((f"（{zh}）", f"({en})") if bracketed(word, n, part) else (zh, en))
    return sign.join(zh for zh, _ in shown), sign_en.join(en for _, en in shown)


def _number(value: Any) -> str:
    return figure(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else "？"
