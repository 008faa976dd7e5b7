"""A checklist's words for explanations: options in their order, ranges and constraints."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from server.policy.lexicon import Asked, Check, Lexicon
from server.policy.loader import load_packs

from .definition import Constraint, Definition, Question, definition

_NO_PARAMS: Mapping[str, Any] = {}


@lru_cache(maxsize=8)
def lexicon_of(version: str) -> Lexicon:
    """How facts are spoken of where answers were given on this version. KeyError: no such version."""
    found = definition(version)
    return Lexicon(load_packs(), {key: _asked(found, question) for key, question in found.questions.items()})


def _asked(found: Definition, question: Question) -> Asked:
    entry = next(one for one in found.document["questions"] if one["id"] == question.id)
    options = {
        option["id"]: option["label"]
        for option in entry.get("options", ())
        if question.type in ("one", "many") and option["id"] in question.options
    }
    offered = [option["id"] for option in entry.get("options", ())]
    return Asked(
        options=options,
        low=question.low,
        high=question.high if question.type == "money" else None,
        clear=tuple(offered[:1]) if question.type == "many" and "none" not in offered else (),
        checks=tuple(map(_check, question.constraints)),
    )


def _check(constraint: Constraint) -> Check:
    evaluate = constraint.check.evaluate
    return lambda facts, item: evaluate(facts, _NO_PARAMS, item)
