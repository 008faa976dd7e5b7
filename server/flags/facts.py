"""The facts that each household is kept by: those of its newest visit that could be judged.

A visit that the family refused tells nothing and leaves the facts of the visit before; a revision may take
facts away again, when it says that the family had not agreed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from server.core import clock, jsontext, quick
from server.core.db import db
from server.core.rawrows import Source
from server.core.sources import bound, row_sealer, row_source
from server.flags.models import HouseholdFacts
from server.policy import stored
from server.policy.generated import met_text
from server.policy.results import Judgement
from server.policy.stored import Stored

if TYPE_CHECKING:
    from server.visits.queries import Visit

TABLE = "household_facts"


@dataclass(frozen=True)
class Kept:
    """What is written down of one judgement, ready before the transaction takes any lock."""

    persons: int
    met: str
    severity: str
    kind: str | None
    version: str
    facts: bytes


def kept(household_id: UUID, facts: Stored, found: Judgement, version: str) -> Kept:
    """The facts of a household, as they are stored, and what the rules of a version said of them, sealed."""
    members = facts.get("n_members")
    return Kept(
        persons=members if isinstance(members, int) else 0,
        met=met_text(result.rule for result in found.met),
        severity=found.severity,
        kind=found.proposed_kind,
        version=version,
        facts=row_sealer().seal(jsontext.dumps(facts).encode(), bound(TABLE, household_id)),
    )


def facts_in(row: HouseholdFacts) -> dict[str, Any]:
    """The facts of a row, money as Decimal yuan.

    Raises:
        cryptography.exceptions.InvalidTag: the row was altered.
    """
    text = row_sealer().unseal(row.facts, bound(TABLE, row.household_id))
    return stored.facts_of(stored.read(text.decode()))


def source(*columns: str) -> Source:
    """All rows for worker processes: the household's id, the columns, and the facts."""
    return row_source(TABLE, ("household_id", *columns), "facts")


def keep_newer(visit: Visit, found: Kept) -> None:
    """The facts of a visit, unless those of a newer one are there."""
    quick.put(HouseholdFacts, _row(visit, found), newer_by=("visited_at", "visit_id"))


def keep_instead(visit: Visit, found: Kept) -> None:
    """The facts of a visit in place of any other."""
    quick.put(HouseholdFacts, _row(visit, found))


def drop(household_id: UUID) -> None:
    """No visit of the household can be judged any more."""
    row = db.session.scalar(select(HouseholdFacts).where(HouseholdFacts.household_id == household_id))
    if row is not None:
        db.session.delete(row)


def _row(visit: Visit, found: Kept) -> dict[str, Any]:
    return vars(found) | {
        "household_id": visit.household_id,
        "region_code": visit.region_code,
        "visit_id": visit.id,
        "visited_at": visit.visited_at,
        "judged_at": clock.now(),
    }
