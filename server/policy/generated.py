"""Runs generated rules over stored facts. Imports little, because every worker process starts with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .kinds import propose_kind
from .stored import Shape, Stored

Judge = Callable[[Stored], "tuple[int, int, bool | None]"]
"""Stored facts → bits of the rules met, bits of those unknown, and whether income lies within the line."""


def load(source: str, values: Iterable[int | None]) -> Judge:
    """The function of a generated source, with its parameters as whole numbers (``codegen.whole_params``)."""
    space: dict[str, Any] = {}
    exec(compile(source, "<rules of the county>", "exec"), space)  # noqa: S102 - written by codegen alone
    found: Judge = space["make"](*values)
    return found


@dataclass(frozen=True)
class Program:
    """Generated source with everything it needs, to travel as JSON to a worker process.

    ``rules`` and ``severities`` belong to the bits, the first to bit 0.
    """

    source: str
    values: Sequence[int | None]
    rules: Sequence[str]
    severities: Sequence[str]
    shape: Shape

    def judge(self) -> Judge:
        """The function, ready to be called."""
        return load(self.source, self.values)

    def names(self) -> Names:
        """What its bits mean."""
        return Names(self.rules, self.severities)

    def as_json(self) -> list[Any]:
        """What ``program_from`` takes."""
        return [self.source, self.values, self.rules, self.severities, self.shape.as_json()]


def program_from(parts: Sequence[Any]) -> Program:
    """The program that was sent as JSON."""
    source, values, rules, severities, shape = parts
    return Program(source, values, rules, severities, Shape(*shape))


class Names:
    """What bits mean: rule ids, the ``|R-1|R-2|`` form of the database, the worst severity, the kind."""

    def __init__(self, rules: Sequence[str], severities: Sequence[str]) -> None:
        self.rules = tuple(rules)
        self._bits = {rule: 1 << place for place, rule in enumerate(rules)}
        self._of_severity = {
            severity: self.mask(rule for rule, own in zip(rules, severities, strict=True) if own == severity)
            for severity in ("red", "yellow", "attention")
        }
        self._masks: dict[str, int] = {}
        self._texts: dict[int, str] = {}
        self._reds: dict[int, frozenset[str]] = {}

    def mask(self, rules: Iterable[str]) -> int:
        """The bits of rules; those of no bit count nothing."""
        found = 0
        for rule in rules:
            found |= self._bits.get(rule, 0)
        return found

    def mask_of(self, text: str) -> int:
        """The bits of the database's form."""
        if text not in self._masks:
            self._masks[text] = self.mask(text.split("|"))
        return self._masks[text]

    def ids(self, mask: int) -> list[str]:
        """The rule ids of bits, sorted."""
        return sorted(rule for rule, bit in self._bits.items() if mask & bit)

    def text(self, mask: int) -> str:
        """The database's form of bits: sorted ids between bars, empty without any."""
        if mask not in self._texts:
            self._texts[mask] = met_text(self.ids(mask))
        return self._texts[mask]

    def severity(self, mask: int) -> str:
        """The worst severity among the rules met, ``none`` without any."""
        return next((name for name, bits in self._of_severity.items() if mask & bits), "none")

    def kind(self, stored: Stored, mask: int, within: bool | None) -> str | None:
        """The proposal for the household."""
        red = mask & self._of_severity["red"]
        if red not in self._reds:
            self._reds[red] = frozenset(self.ids(red))
        return propose_kind(stored, self._reds[red], within)


def met_text(rules: Iterable[str]) -> str:
    """Rule ids as the database keeps them: sorted, between bars."""
    found = "|".join(sorted(rules))
    return f"|{found}|" if found else ""
