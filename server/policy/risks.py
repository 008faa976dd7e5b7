"""Which risks stand behind a rule that names none itself (``by_cause``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .model import RISKS

_SHOCKS = {"disaster": "disaster", "traffic": "accident", "accident": "accident", "disabled": "disability"}
_SOURCES = {
    "education": "schooling",
    "medical": "illness",
    "house": "unsafe_housing",
    "water": "unsafe_water",
}


def risks_by_cause(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The risks that the hardship sources name; without any, those the other answers show; else ``other``."""
    sources = _list(facts, "hardship_src")
    found: set[str] = set()
    for source in sources:
        if source == "work":
            found |= _work(facts) or {"unstable_employment"}
        elif source == "shock":
            found |= _shocks(facts)
        elif source in _SOURCES:
            found.add(_SOURCES[source])
    if not sources:
        found = _shown(facts)
    return tuple(risk for risk in RISKS if risk in found) or ("other",)


def _list(facts: Mapping[str, Any], name: str) -> list[Any]:
    value = facts.get(name)
    return value if isinstance(value, list) else []


def _shocks(facts: Mapping[str, Any]) -> set[str]:
    return {_SHOCKS.get(entry, "other") for entry in _list(facts, "shock") if isinstance(entry, str)}


def _work(facts: Mapping[str, Any]) -> set[str]:
    found = set()
    if facts.get("biz_event") not in (None, "none"):
        found.add("industry_failure")
    if facts.get("job_state") in ("unstable", "none"):
        found.add("unstable_employment")
    return found


def _shown(facts: Mapping[str, Any]) -> set[str]:
    found = _shocks(facts) | _work(facts)
    if any(item.get("ill_type") in ("serious", "chronic") for item in _list(facts, "ill")):
        found.add("illness")
    if _list(facts, "stu") or facts.get("edu_cannot") == "yes":
        found.add("schooling")
    if facts.get("labour_lost") in ("weak", "lost") and not found:
        found.add("disability")
    return found
