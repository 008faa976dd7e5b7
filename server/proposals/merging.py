"""The three-way merge of a correction, field by field: what its author saw, what is there, what is wanted.

A phone's clock has no say. A field that somebody changed after the revision the author saw keeps that value,
and the author's waits for a decision; all others do not touch each other, so their order makes no difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.core.wire import instant_text
from server.households.services import FieldName, is_protected, leaves_village, value_of

if TYPE_CHECKING:
    from server.households.queries import Household, HouseholdEdit

OVERLAP, PROTECTED, NEW = "overlap", "protected", "new"
Edits = Mapping[FieldName, Sequence["HouseholdEdit"]]


@dataclass(frozen=True)
class Proposed:
    """One field that waits for a decision, with the value it has and who gave it that, if anybody did."""

    name: FieldName
    current: Any
    proposed: Any
    why: str
    current_by: str | None
    current_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As it is kept; ``read`` gives it back."""
        at = instant_text(self.current_at) if self.current_at else None
        values = {"current": self.current, "proposed": self.proposed, "why": self.why}
        return self.name.wire() | values | {"current_by": self.current_by, "current_at": at}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Proposed:
        """What ``as_json`` wrote."""
        member_id = UUID(kept["member_id"]) if kept["member_id"] else None
        at = datetime.fromisoformat(kept["current_at"]) if kept["current_at"] else None
        copied = {name: kept[name] for name in ("current", "proposed", "why", "current_by")}
        return cls(name=FieldName(member_id, kept["field"]), current_at=at, **copied)


@dataclass(frozen=True)
class Merged:
    """What becomes of each field; ``done`` were applied by an earlier copy of the same operation."""

    applied: dict[FieldName, Any] = field(default_factory=dict)
    done: list[FieldName] = field(default_factory=list)
    unchanged: list[FieldName] = field(default_factory=list)
    proposed: list[Proposed] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """What an author knew: a revision, and beyond it the author's own operations before this one."""

    author_id: UUID
    revision: int
    op_id: UUID
    operations: frozenset[UUID]

    def covers(self, edit: HouseholdEdit) -> bool:
        """Whether the author knew of an edit."""
        own = edit.author_id == self.author_id and edit.op_id in self.operations
        return own or edit.revision <= self.revision

    def made(self, edit: HouseholdEdit) -> bool:
        """Whether an edit is of this very operation."""
        return edit.author_id == self.author_id and edit.op_id == self.op_id


def merge(
    household: Household, wanted: Mapping[FieldName, Any], seen: Seen, edits: Edits, *, decides: bool
) -> Merged:
    """Sort checked values by what may become of them; nothing is written.

    Args:
        household: locked, with its members.
        wanted: values in their wire form.
        seen: what the author knew.
        edits: all edits of the household by field, the oldest first.
        decides: whether the author is who decides on protected fields; not on a move to another village.
    """
    merged = Merged()
    for name, value in wanted.items():
        past = edits.get(name, ())
        current = value_of(household, name)
        if any(seen.made(edit) for edit in past):
            merged.done.append(name)
        elif value == current:
            merged.unchanged.append(name)
        elif why := _why_not(household, name, value, seen, past, decides=decides):
            newest = past[-1] if past else None
            told = (newest.author_name, newest.received_at) if newest else (None, None)
            merged.proposed.append(Proposed(name, current, value, why, *told))
        else:
            merged.applied[name] = value
    return merged


def _why_not(
    household: Household,
    name: FieldName,
    value: Any,
    seen: Seen,
    past: Sequence[HouseholdEdit],
    *,
    decides: bool,
) -> str | None:
    """Why a value is not simply written, None when it is."""
    if not all(seen.covers(edit) for edit in past):
        return OVERLAP
    waits = leaves_village(household, name, value) or (is_protected(household, name) and not decides)
    return PROTECTED if waits else None
