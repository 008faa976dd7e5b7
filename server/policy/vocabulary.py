"""The names a condition may use, and what kind of value each of them holds.

Kinds: ``bool``, ``int``, ``money`` (Decimal yuan), ``ratio``, ``code`` (one option), ``codes`` (list of
options), ``members`` (list of member ids), ``date`` (ISO text), ``text``, ``loop`` (list of items).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NUMBER_KINDS = frozenset({"int", "money", "ratio"})
LIST_KINDS = frozenset({"codes", "members"})
KINDS = NUMBER_KINDS | LIST_KINDS | {"bool", "code", "date", "text", "loop"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One name: its kind, the codes it may hold (empty = any) and its short label in zh and en."""

    name: str
    kind: str
    values: frozenset[str] = frozenset()
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Facts by name, the fields of each loop's items, and the names of parameters."""

    facts: Mapping[str, Fact]
    items: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    params: frozenset[str] = frozenset()

    def find(self, name: str) -> Fact | None:
        """The fact of that name, or the loop item field of that name; None when nobody knows it."""
        if name in self.facts:
            return self.facts[name]
        return next((fields[name] for fields in self.items.values() if name in fields), None)
