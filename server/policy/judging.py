"""Judges one household the quick way: generated code says which rules are met, the closures say why.

What the generated code must not be asked (facts of a wrong kind, a derived value that is given) the closures
judge alone. Both ways give the same judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .codegen import ParameterRefused, program, shape_of
from .codeterms import CannotCompile
from .engine import Bench
from .generated import Judge
from .results import Judgement
from .stored import CHECKED, Stored, split


class Judging:
    """A bench with its generated function."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.shape = bench, shape_of(bench)
        self._decide = _generated(bench)

    @property
    def is_generated(self) -> bool:
        """Whether there is generated code for all of its rules."""
        return self._decide is not None

    def judge(self, facts: Mapping[str, Any]) -> tuple[Judgement, Stored]:
        """What ``Bench.judge`` says of facts, and the facts as they are to be stored."""
        stored = split(facts, self.shape)
        if self._decide is None or not stored[CHECKED]:
            return self.bench.judge(facts), stored
        met, unknown, _ = self._decide(stored)
        return self.bench.judgement(facts, met, unknown), stored


def _generated(bench: Bench) -> Judge | None:
    try:
        return program(bench, bench.params).judge()
    except (CannotCompile, ParameterRefused):
        return None


@lru_cache(maxsize=64)
def judging_by(bench: Bench) -> Judging:
    """The quick way of a bench, made once."""
    return Judging(bench)
