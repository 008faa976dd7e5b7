"""A condition taken apart: each place of it can be asked for its truth, its words and its operands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .arithmetic import Item, Operand, Scope, compile_operand
from .expression import compile_condition
from .model import Text
from .vocabulary import Vocabulary
from .words import Speaker, comparison

Facts = Mapping[str, Any]
MANY = ("all", "any")
LOOPS = ("some", "every")
TEST, NOT, OTHER_RULES = "test", "not", "any_rule"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its node, its value, and whether it is a number expression."""

    node: Any
    operand: Operand | None

    def value(self, facts: Facts, params: Facts, item: Item) -> Any:
        """The value; None where something is missing, and the literal itself where there is one."""
        return self.node if self.operand is None else self.operand.get(facts, params, item)


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a condition. ``form`` is all, any, not, some, every, any_rule or test."""

    form: str
    node: Mapping[str, Any]
    words: Text
    truth: Callable[..., bool | None]
    parts: tuple[Part, ...] = ()
    loop: str | None = None
    left: Side | None = None
    operator: str = ""
    right: Side | None = None

    @property
    def name(self) -> str:
        """The fact or item field that a plain comparison is about; "" for a number expression."""
        found = self.left.node.get("fact") or self.left.node.get("item") if self.left is not None else None
        return found or ""

    def tests(self) -> Iterator[Part]:
        """Every comparison inside, in the order of the condition."""
        if self.form in (TEST, OTHER_RULES):
            yield self
        for part in self.parts:
            yield from part.tests()


def take_apart(node: Mapping[str, Any], known: Vocabulary, say: Speaker, loop: str | None = None) -> Part:
    """The parts of a condition that has been checked before."""
    truth = compile_condition(node, known=known, loop=loop).evaluate
    words = say.condition(node)
    for form in MANY:
        if form in node:
            inner = tuple(take_apart(part, known, say, loop) for part in node[form])
            return Part(form, node, words, truth, inner)
    if NOT in node:
        return Part(NOT, node, words, truth, (take_apart(node[NOT], known, say, loop),))
    for form in LOOPS:
        if form in node:
            inside = (take_apart(node["where"], known, say, node[form]),)
            return Part(form, node, words, truth, inside, loop=node[form])
    if OTHER_RULES in node:
        return Part(OTHER_RULES, node, words, truth)
    scope = Scope(known, loop, in_item=loop is not None)
    left, operator, right = comparison(node)
    return Part(
        TEST,
        node,
        words,
        truth,
        loop=loop,
        left=_side(left, scope),
        operator=operator,
        right=_side(right, scope),
    )


def _side(node: Any, scope: Scope) -> Side:
    inner = node["value"] if isinstance(node, Mapping) and "value" in node else node
    return Side(inner, compile_operand(inner, "words", scope) if isinstance(inner, Mapping) else None)


def read_names(node: Any) -> Iterator[tuple[str, str | None]]:
    """Facts (name, None) and fields (name, "item" or the loop summed over) an expression reads, in order."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from read_names(part)
    elif isinstance(node, Mapping):
        if "total" in node:
            yield node["of"], node["total"]
            return
        for word, body in node.items():
            if word in ("fact", "count", "size"):
                yield body, None
            elif word == "item":
                yield body, "item"
            elif word != "param":
                yield from read_names(body)
