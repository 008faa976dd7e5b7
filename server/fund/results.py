"""What a calculation gives back: the pay, and every step to it with its article."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from server.policy.model import Text

from . import words

Param = str | Decimal | int | Text


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a stable code, its sentence in both languages, its result in yuan, its articles."""

    code: str
    text: Text
    value: Decimal | None
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A finished calculation. ``marks`` are warnings to be shown beside the figure.

    ``reason`` is a code of ``words.REASONS`` when nothing is paid; ``to_confirm`` are unanswered conditions.
    """

    kind: str
    pay: Decimal
    reading: str
    steps: tuple[Step, ...]
    reason: str | None
    marks: tuple[str, ...]
    to_confirm: tuple[str, ...]
    per: str
    year: int


@dataclass(slots=True)
class Journal:
    """Steps and marks as they come about."""

    steps: list[Step] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def note(self, code: str, cites: tuple[str, ...], value: Decimal | None = None, **params: Param) -> None:
        """Add a step; ``value`` and other amounts among the params are written for reading."""
        zh, en = words.STEPS[code]
        params |= {} if value is None else {"value": value}
        text = {"zh": zh.format(**_side(params, "zh")), "en": en.format(**_side(params, "en"))}
        self.steps.append(Step(code, text, value, cites))


def _side(params: dict[str, Param], language: str) -> dict[str, str]:
    return {name: _written(value, language) for name, value in params.items()}


def _written(value: Param, language: str) -> str:
    if isinstance(value, Decimal):
        return words.shown(value)
    return str(value) if isinstance(value, str | int) else value[language]
