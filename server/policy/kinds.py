"""The proposal that goes with a judgement: which kind a household might be. People decide, this does not."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

#: Red rules that mark sudden serious hardship above the line (policy digest C5.2).
SUDDEN = frozenset({"R-SHK-10", "R-INC-06", "R-INC-07"})


def propose_kind(facts: Mapping[str, Any], red: Set[str], within: bool | None) -> str | None:
    """The suggestion of policy digest C5.2, or None when there is nothing to suggest.

    Args:
        facts: ``lifted``, ``dibao`` and ``tekun`` are read.
        red: ids of the red rules that are met.
        within: whether income per head lies within the line; None = not known.

    Returns:
        ``analyse_coverage`` (already covered by 低保 or 特困, whatever else holds: look at what is covered,
        then deliberate, PG21-1-3f),
        ``collect_income``, ``unstable``, ``marginal``, ``sudden``, ``village_deliberation``,
        ``offline_monitoring``, or None.
    """
    if facts.get("dibao") is True or facts.get("tekun") is True:
        return "analyse_coverage"
    if not red and within is not True:
        return None
    if within is None:
        return "collect_income"
    if not within:
        return "sudden" if red & SUDDEN else "village_deliberation"
    if not red:
        return "offline_monitoring"
    return _within_with_red(facts.get("lifted"))


def _within_with_red(lifted: object) -> str:
    if lifted is True:
        return "unstable"
    return "marginal" if lifted is False else "village_deliberation"
