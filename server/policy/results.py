"""What a judgement says, and how it is written on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .model import Article, Text


@dataclass(frozen=True, slots=True)
class Cause:
    """One fact that decided a rule; ``item`` is the member it concerns, where it comes from a loop."""

    fact: str
    value: Any
    label: Text | None
    threshold: int | Decimal | str | None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule that is met: a light. ``risks`` are entries of model.RISKS."""

    rule: str
    label: Text
    severity: str
    risks: tuple[str, ...]
    causes: tuple[Cause, ...]
    articles: tuple[Article, ...]
    pack: str
    pack_version: str

    def as_light(self) -> dict[str, Any]:
        """The light as JSON: amounts are strings with two decimals, counts stay integers."""
        return {
            "rule": self.rule,
            "label": dict(self.label),
            "severity": self.severity,
            "risks": list(self.risks),
            "causes": [_cause(cause) for cause in self.causes],
            "articles": [
                {"id": entry.id, "document": entry.document, "text": entry.text} for entry in self.articles
            ],
            "pack": self.pack,
            "pack_version": self.pack_version,
        }


@dataclass(frozen=True, slots=True)
class UnknownRule:
    """A rule that could not be decided, and the sorted names to ask for."""

    rule: str
    label: Text
    ask: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON."""
        return {"rule": self.rule, "label": dict(self.label), "ask": list(self.ask)}


@dataclass(frozen=True, slots=True)
class PackInForce:
    """A pack that took part, with its version."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """All a household's lights, the worst first, and what is still open."""

    met: tuple[RuleResult, ...]
    unknown: tuple[UnknownRule, ...]
    severity: str
    packs: tuple[PackInForce, ...]
    proposed_kind: str | None


@dataclass(frozen=True, slots=True)
class Outline:
    """Which rules are met (ids, sorted), which are open and what to ask for them, and the proposed kind."""

    met: tuple[str, ...]
    unknown: Mapping[str, tuple[str, ...]]
    proposed_kind: str | None


def plain_value(value: Any) -> Any:
    """A fact as JSON: Decimal becomes text with two decimals, lists and mappings are walked."""
    if isinstance(value, Decimal):
        return f"{value.quantize(Decimal('0.01'))}"
    if isinstance(value, list | tuple):
        return [plain_value(entry) for entry in value]
    if isinstance(value, dict):
        return {key: plain_value(entry) for key, entry in value.items()}
    return value


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "fact": cause.fact,
        "value": plain_value(cause.value),
        "label": dict(cause.label) if cause.label is not None else None,
        "threshold": plain_value(cause.threshold),
    }
