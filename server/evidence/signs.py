"""Which facts of a visit are a hint. Pure; every limit has its reason beside it.

A hint is a question to a reviewer, never a fault: whoever fills forms for two families at one table writes
two visits in a minute, and a house looks like itself from month to month.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from server.evidence.models import CLOCK, CLOSE, FAR, QUICK

SECONDS_A_STEP = 2.0  # reading a question and tapping an answer takes longer, also with practice
FEWEST_STEPS = 10  # below that a form is short, not hurried
STRIDE_M_S = 8.0  # a motor bicycle on a village road
TALK_SECONDS = 60.0  # nobody greets, asks and takes leave faster
FAR_M = 500
FAR_ACCURACIES = 2  # an inexact fix is no proof of distance
JUMP_SECONDS = 120.0
MEMBER = "*"
FEWEST_FIGURES = 3  # two households without troubles answer alike; three equal amounts are a coincidence
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Sign:
    """A hint before it has a row. ``other`` is the visit that it compares with."""

    kind: str
    details: Mapping[str, Any] = field(default_factory=dict)
    other: UUID | None = None


@dataclass(frozen=True)
class Neighbour:
    """The author's visit at another household just before or after; ``metres`` between the houses or None."""

    visit_id: UUID
    ended_at: datetime
    metres: float | None


def duration(body: Mapping[str, Any]) -> float:
    """Seconds from opening to saving the form, by the clock nobody can set where it ran through."""
    mono = _mono(body)
    return _wall(body) if mono is None else mono


def _wall(body: Mapping[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(body[name]) for name in ("started_at", "finished_at"))
    return (ended - began).total_seconds()


def _mono(body: Mapping[str, Any]) -> float | None:
    clocks = body.get("clock") or {}
    began, ended = clocks.get("started_mono_ms"), clocks.get("finished_mono_ms")
    if not isinstance(began, int) or not isinstance(ended, int) or ended < began:
        return None
    return (ended - began) / 1000


def steps(body: Mapping[str, Any]) -> int:
    """Answers that somebody gave; those taken over from the last visit with one tap are not counted."""
    taken = len((body.get("since_last") or {}).get("same") or {})
    return max(0, len(_entries(body["answers"])) - taken)


def _entries(answers: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Question and answer, for a question of a loop once a member; members themselves are stars."""
    found = []
    for name, value in answers.items():
        loops = isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
        for one in value if loops else [{name: value}]:
            pairs = [(question, _without_people(given)) for question, given in one.items()]
            found += [(question, given) for question, given in pairs if given is not None and given != MEMBER]
    return found


def _without_people(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_people(one) for one in value]
    return MEMBER if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else value


def quick(body: Mapping[str, Any]) -> Sign | None:
    """More answers than anybody can ask for in the time."""
    seconds, answered = duration(body), steps(body)
    if answered < FEWEST_STEPS or seconds >= answered * SECONDS_A_STEP:
        return None
    return Sign(QUICK, {"seconds": round(max(0.0, seconds)), "steps": answered})


def jumped(body: Mapping[str, Any], suspect: bool, offset_ms: int | None) -> Sign | None:
    """The phone's clock was ten minutes off, or was set while the form was open."""
    mono = _mono(body)
    jump = 0.0 if mono is None else abs(_wall(body) - mono)
    if jump > JUMP_SECONDS:
        return Sign(CLOCK, {"jump_seconds": round(jump)})
    if not suspect:
        return None
    return Sign(CLOCK, {} if offset_ms is None else {"offset_seconds": round(offset_ms / 1000)})


def far(body: Mapping[str, Any], distance_m: int | None) -> Sign | None:
    """The fix lies far from the house's known point, beyond what its own error explains."""
    location = body.get("location")
    if location is None or distance_m is None:
        return None
    if distance_m < max(FAR_M, FAR_ACCURACIES * float(location["accuracy_m"])):
        return None
    reason = location.get("far_reason")
    return Sign(FAR, {"metres": distance_m} | ({"reason": reason} if reason else {}))


def close(ended_at: datetime, neighbours: Sequence[Neighbour]) -> Sign | None:
    """Two households, and less time between them than the way and a short talk need."""
    hurried = []
    for near in neighbours:
        seconds = abs((ended_at - near.ended_at).total_seconds())
        if seconds < TALK_SECONDS + (near.metres or 0.0) / STRIDE_M_S:
            hurried.append((seconds, near))
    if not hurried:
        return None
    seconds, near = min(hurried, key=lambda one: one[0])
    metres = {} if near.metres is None else {"metres": round(near.metres)}
    return Sign(CLOSE, {"seconds": round(seconds)} | metres, near.visit_id)


def answers_digest(answers: Mapping[str, Any], figures: frozenset[str]) -> str | None:
    """The same for two visits with the same answers, whoever lives there; None with too few figures.

    Args:
        answers: by question; a question of a loop has an answer for each member.
        figures: the questions answered with amounts; zero is no figure.
    """
    entries = _entries(answers)
    written = [value for question, value in entries if question in figures and _is_figure(value)]
    if len(written) < FEWEST_FIGURES:
        return None
    lines = sorted(json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in entries)
    return sha256("\n".join(lines).encode()).hexdigest()


def _is_figure(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip("0.") != ""
