"""A correction of the register as it arrives, and what became of it; never a raw dict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.core.changes import Position
from server.households.services import FieldName

__all__ = ["EditOutcome", "FieldChange", "FieldName", "HouseholdEditForm", "NewcomerForm"]


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """A field and the value it is to have, in wire form (text, whole number, boolean, null, object)."""

    member_id: UUID | None
    field: str
    value: Any

    @property
    def name(self) -> FieldName:
        """Which field it is."""
        return FieldName(self.member_id, self.field)


@dataclass(frozen=True, kw_only=True)
class HouseholdEditForm:
    """Some fields of one household, as its author wants them.

    ``base_revision`` is the household's revision that the author saw. ``seen`` are earlier operations of the
    author that the device had not sent yet when this one was written (its ``needs``): their values were seen
    too, so they do not stand in its way. ``written_at`` is by the author's clock and decides nothing.
    """

    op_id: UUID
    household_id: UUID
    base_revision: int
    reason: str
    written_at: datetime | None
    changes: list[FieldChange]
    seen: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class NewcomerForm:
    """A household that its author wants in the register (``household_id`` None), or a member of one there.

    ``subject_id`` is the identifier it is to have, ``grid`` the one in which the author found the household.
    """

    op_id: UUID
    subject_id: UUID
    household_id: UUID | None
    grid: str | None
    reason: str
    written_at: datetime | None
    changes: list[FieldChange]


@dataclass(frozen=True, kw_only=True)
class EditOutcome:
    """What became of each field: applied, unchanged (it had the value), or else part of the proposal.

    ``revision`` is the household's after the edit; ``position`` the place in the change log.
    """

    revision: int
    applied: list[FieldName]
    unchanged: list[FieldName]
    proposal_id: UUID | None
    position: Position

    def wire(self) -> dict[str, Any]:
        """The result of the operation as JSON."""
        return {
            "revision": self.revision,
            "applied": [name.wire() for name in self.applied],
            "unchanged": [name.wire() for name in self.unchanged],
            "proposal": None if self.proposal_id is None else str(self.proposal_id),
        }
