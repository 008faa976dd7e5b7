"""Reads for the page on how the rules do: counts over the households' newest facts and over all previews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select

from server.core import cursors
from server.core.db import db
from server.core.problems import Problem
from server.flags.queries import HouseholdFacts
from server.rule_health.models import PreviewDifference
from server.visits.queries import Visit

LISTING = "rule-health"
CHUNK = 2000
COLUMNS = ("met_phone", "met_server", "open_phone", "open_server")


@dataclass
class Tally:
    """Over the newest facts of each household: rules met, rules left open, and when each was last met."""

    households: int = 0
    met: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    last_met: dict[str, datetime] = field(default_factory=dict)


def tally() -> Tally:
    """Count the rules of every household in scope, a chunk of short rows at a time."""
    found = Tally()
    query = select(HouseholdFacts.met, HouseholdFacts.visited_at, Visit.judgement["unknown"])
    rows = db.session.execute(
        query.join(Visit, Visit.id == HouseholdFacts.visit_id), execution_options={"yield_per": CHUNK}
    )
    for met, visited_at, left_open in rows:
        found.households += 1
        found.open.update(entry["rule"] for entry in left_open or ())
        for rule in split(met):
            found.met[rule] += 1
            found.last_met[rule] = max(visited_at, found.last_met.get(rule, visited_at))
    return found


def split(text: str) -> list[str]:
    """The rule ids of a text between bars."""
    return [rule for rule in text.split("|") if rule]


def previews() -> int:
    """How many visits came with a preview."""
    return db.session.scalar(select(func.count()).where(Visit.preview_version.is_not(None))) or 0


def differing() -> int:
    """How many visits were judged otherwise by their phone."""
    return db.session.scalar(select(func.count()).select_from(PreviewDifference)) or 0


def differences_by_rule() -> dict[str, Counter[str]]:
    """For each way to differ (a name of COLUMNS), how many visits name each rule."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in COLUMNS}
    query = select(*(getattr(PreviewDifference, name) for name in COLUMNS))
    for row in db.session.execute(query, execution_options={"yield_per": CHUNK}):
        for name, text in zip(COLUMNS, row, strict=True):
            counted[name].update(split(text))
    return counted


def versions() -> Iterator[tuple[str, str, int, datetime]]:
    """Differing visits by the two versions, the most frequent first, with the time of the last one."""
    pair = (PreviewDifference.phone_version, PreviewDifference.server_version)
    count = func.count()
    query = select(*pair, count, func.max(PreviewDifference.noted_at)).group_by(*pair)
    rows = db.session.execute(query.order_by(count.desc(), *pair))
    return ((phone, server, visits, last) for phone, server, visits, last in rows)


def page(
    rule: str | None, cursor: str | None, limit: int
) -> tuple[Sequence[tuple[PreviewDifference, Visit]], str | None]:
    """Differing visits, the newest first, and the cursor of the next page. Raises Problem: bad_request."""
    query = select(PreviewDifference, Visit).join(Visit, Visit.id == PreviewDifference.visit_id)
    if rule is not None:
        named = (getattr(PreviewDifference, name).contains(f"|{rule}|", autoescape=True) for name in COLUMNS)
        query = query.where(or_(*named))
    if cursor is not None:
        parts = cursors.unpack(LISTING, cursor)
        if len(parts) != 1 or not isinstance(parts[0], int):
            raise Problem("bad_request")
        query = query.where(PreviewDifference.seq < parts[0])
    rows = db.session.execute(query.order_by(PreviewDifference.seq.desc()).limit(limit + 1)).all()
    shown = [(difference, visit) for difference, visit in rows[:limit]]
    return shown, cursors.pack(LISTING, shown[-1][0].seq) if len(rows) > limit else None
