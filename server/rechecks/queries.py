"""Reads of re-checks: pages, counts, the ledger by cause, and what was said about a visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_

from server.core import cursors
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import within
from server.rechecks.models import (
    BACK,
    DUE,
    HAND_UP,
    HANDED_UP,
    MONITOR,
    NO_RISK,
    SETTLE,
    SETTLED,
    WITHDRAWN,
    Recheck,
    RecheckMonth,
    RecheckOutcome,
)

__all__ = [
    "BACK",
    "DUE",
    "HANDED_UP",
    "HAND_UP",
    "MONITOR",
    "NO_RISK",
    "SETTLE",
    "SETTLED",
    "WITHDRAWN",
    "Recheck",
    "RecheckMonth",
    "RecheckOutcome",
]

OVERDUE = "overdue"
DECIDED = (MONITOR, NO_RISK)
LIST_STATES = (DUE, OVERDUE, SETTLED, HANDED_UP, *DECIDED)
YELLOW_RANK = 1


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None = everything. ``missed``: a start up to this day is overdue."""

    missed: date
    state: str = DUE
    month: str | None = None
    region: str | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerFilters:
    """What the ledger is narrowed to: months of the village's decision, cause, place, what came of it."""

    first: str | None = None
    last: str | None = None
    cause: str | None = None
    region: str | None = None
    state: str | None = None


def needed() -> ColumnElement[bool]:
    """Whether a visit that is due has to be looked at: handed up by the village, or red or yellow still."""
    return or_(Recheck.escalated.is_(True), Recheck.severity_rank <= YELLOW_RANK)


def page(filters: Filters, cursor: str | None, limit: int) -> tuple[Sequence[Recheck], str | None]:
    """One page, those whose time ends first at the top, and the cursor of the next.

    Raises:
        Problem: bad_request, for a cursor that is not one of ours.
    """
    query = select(Recheck).where(*_narrowed(filters.month, filters.region), *_in_state(filters))
    return _page("rechecks", query, Recheck.starts_on, cursor, limit)


def _narrowed(month: str | None, region: str | None) -> list[ColumnElement[bool]]:
    conditions = [Recheck.month == month] if month else []
    return conditions + ([within(Recheck.region_code, region)] if region else [])


def _in_state(filters: Filters) -> list[ColumnElement[bool]]:
    if filters.state == DUE:
        return [Recheck.state == DUE, needed()]
    if filters.state == OVERDUE:
        return [Recheck.state == DUE, needed(), Recheck.starts_on <= filters.missed]
    return [Recheck.state == filters.state]


def _page(
    listing: str,
    query: Select[Recheck],
    column: Any,
    cursor: str | None,
    limit: int,
    *,
    newest: bool = False,
) -> tuple[Sequence[Recheck], str | None]:
    """A page in the order of a column of days or instants, then of the visit."""
    key = tuple_(column, Recheck.visit_id)
    if cursor is not None:
        place = _place(listing, cursor, column)
        query = query.where(key < place if newest else key > place)
    order = (column.desc(), Recheck.visit_id.desc()) if newest else (column, Recheck.visit_id)
    rows = db.session.scalars(query.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    if len(rows) <= limit:
        return shown, None
    last = shown[-1]
    return shown, cursors.pack(listing, getattr(last, column.key).isoformat(), str(last.visit_id))


def _place(listing: str, cursor: str, column: Any) -> Any:
    parts = cursors.unpack(listing, cursor)
    kind = date if column is Recheck.starts_on else datetime
    try:
        at, visit_id = kind.fromisoformat(str(parts[0])), UUID(str(parts[1]))
    except (ValueError, IndexError) as error:
        raise Problem("bad_request") from error
    return tuple_(literal(at, column.type), literal(visit_id, Recheck.visit_id.type))


def counts(filters: Filters) -> dict[str, int]:
    """How many are due, overdue (so due, too), settled, handed up and decided under month and place."""
    late = and_(Recheck.state == DUE, Recheck.starts_on <= filters.missed)
    query = select(Recheck.state, late, func.count()).where(*_narrowed(filters.month, filters.region))
    query = query.where(or_(Recheck.state != DUE, needed())).group_by(Recheck.state, late)
    found = dict.fromkeys(LIST_STATES, 0)
    for state, is_late, count in db.session.execute(query):
        if state in found:
            found[state] += count
        found[OVERDUE] += count if is_late else 0
    return found


def months() -> Sequence[str]:
    """The months that have anything on their list, the newest first."""
    return db.session.scalars(select(Recheck.month).distinct().order_by(Recheck.month.desc())).all()


def confirmations(month: str) -> Sequence[RecheckMonth]:
    """Which townships said that they have a month's list."""
    query = select(RecheckMonth).where(RecheckMonth.month == month)
    return db.session.scalars(query.order_by(RecheckMonth.region_code)).all()


def by_visit(visit_id: UUID, *, lock: bool = False) -> Recheck | None:
    """The re-check of a visit in scope; ``lock`` holds its row until the transaction ends."""
    query = select(Recheck).where(Recheck.visit_id == visit_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def get(visit_id: UUID, *, lock: bool = False) -> Recheck:
    """The same. Raises Problem: recheck_not_found."""
    found = by_visit(visit_id, lock=lock)
    if found is None:
        raise Problem("recheck_not_found")
    return found


def several(visit_ids: Iterable[UUID]) -> dict[UUID, Recheck]:
    """The re-checks of several visits, their rows held, in one order for everybody."""
    query = select(Recheck).where(Recheck.visit_id.in_(set(visit_ids))).order_by(Recheck.visit_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return {row.visit_id: row for row in db.session.scalars(query)}


def outcome_by_id(outcome_id: UUID) -> RecheckOutcome | None:
    """The outcome of an identifier, if it is in scope."""
    return db.session.scalar(select(RecheckOutcome).where(RecheckOutcome.id == outcome_id))


def outcomes_of(visit_ids: Iterable[UUID]) -> Sequence[RecheckOutcome]:
    """The outcomes about several visits, the oldest first."""
    query = select(RecheckOutcome).where(RecheckOutcome.visit_id.in_(set(visit_ids)))
    return db.session.scalars(query.order_by(RecheckOutcome.created_at, RecheckOutcome.id)).all()


def of_household(household_id: UUID) -> Sequence[Recheck]:
    """The re-checks of a household, the oldest first."""
    query = select(Recheck).where(Recheck.household_id == household_id)
    return db.session.scalars(query.order_by(Recheck.decided_on, Recheck.visit_id)).all()


# --- the ledger by cause ----------------------------------------------------------------------------------


def _entered(filters: LedgerFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Recheck.outcome_at.is_not(None), Recheck.state != WITHDRAWN]
    conditions += _narrowed(None, filters.region)
    conditions += [Recheck.month >= filters.first] if filters.first else []
    conditions += [Recheck.month <= filters.last] if filters.last else []
    return conditions + ([Recheck.state == filters.state] if filters.state else [])


def ledger(filters: LedgerFilters, cursor: str | None, limit: int) -> tuple[Sequence[Recheck], str | None]:
    """One page of what the township entered, the newest first. Raises Problem: bad_request."""
    query = select(Recheck).where(*_entered(filters))
    query = query.where(Recheck.cause == filters.cause) if filters.cause else query
    return _page("ledger", query, Recheck.outcome_at, cursor, limit, newest=True)


def ledger_rows(filters: LedgerFilters, most: int) -> Sequence[Recheck]:
    """The whole ledger for a file, the newest first. Raises Problem: too_many_rows."""
    query = select(Recheck).where(*_entered(filters))
    query = query.where(Recheck.cause == filters.cause) if filters.cause else query
    query = query.order_by(Recheck.outcome_at.desc(), Recheck.visit_id.desc()).limit(most + 1)
    rows = db.session.scalars(query).all()
    if len(rows) > most:
        raise Problem("too_many_rows")
    return rows


@dataclass(frozen=True)
class CauseCount:
    """Of one cause: entries with their persons, the households behind them once each, what came of entries.

    A case the county sent back counts where it stood: it was handed up.
    """

    cause: str
    entries: int
    persons: int
    households: int
    settled: int
    handed_up: int
    decided: int


def ledger_counts(filters: LedgerFilters) -> list[CauseCount]:
    """The ledger by cause, whatever the cause asked for; what came of it in columns, as sorting is slow."""
    state, entries = Recheck.state, func.count()
    figures = (entries, func.sum(Recheck.persons), func.count(Recheck.household_id.distinct()))
    outcomes = (entries.filter(state.in_(each)) for each in ((SETTLED,), (HANDED_UP, DUE), DECIDED))
    query = select(Recheck.cause, *figures, *outcomes).where(*_entered(filters)).group_by(Recheck.cause)
    return [CauseCount(str(cause), *map(int, counted)) for cause, *counted in db.session.execute(query)]


def ledger_households(filters: LedgerFilters) -> int:
    """How many households the ledger has, each once, under however many causes it was entered."""
    homes = select(Recheck.household_id).where(*_entered(filters)).group_by(Recheck.household_id)
    return db.session.scalar(select(func.count()).select_from(homes.subquery())) or 0
