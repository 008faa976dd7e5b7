"""What those who decide see of proposals: both values of each field, numbers of people masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.core.scope import region_scope
from server.households.queries import HouseholdEdit, households_by_id, newest_edits
from server.households.services import FieldName, shown_value, summarise, value_of
from server.proposals.merging import Proposed
from server.proposals.models import OPEN
from server.proposals.queries import Proposal
from server.proposals.services import fields_of
from server.regions import queries as regions

if TYPE_CHECKING:
    from server.households.queries import Household

Wire = dict[str, Any]
Edits = Mapping[tuple[UUID, FieldName], HouseholdEdit]
_COPIED = (
    "id", "household_id", "author_name", "written_at", "created_at", "reason", "level", "state", "decided_by",
    "decided_at", "comment",
)  # fmt: skip


def items(rows: Sequence[Proposal]) -> list[Wire]:
    """Proposals in wire form, in a fixed number of queries."""
    ids = {row.household_id for row in rows}
    homes, headings, edits = households_by_id(ids), summarise(ids), newest_edits(ids)
    found = {
        row.id: [_present(row, homes[row.household_id], each, edits) for each in fields_of(row)]
        for row in rows
    }
    names = _Names([each for fields in found.values() for each in fields])
    return [
        {name: getattr(row, name) for name in _COPIED}
        | {
            "household_number": headings[row.household_id]["number"],
            "head_name": headings[row.household_id]["head_name"],
            "village": headings[row.household_id]["village"],
            "fields": [_field(each, homes[row.household_id], names) for each in found[row.id]],
        }
        for row in rows
    ]


def decided(proposal: Proposal) -> Wire:
    """A proposal that was just decided on: a move may have taken it out of the sight of who approved it."""
    with region_scope(proposal.region_code):
        return items([proposal])[0]


def _present(row: Proposal, household: Household, each: Proposed, edits: Edits) -> Proposed:
    """While it waits, a proposal is compared with what is there now."""
    if row.state != OPEN:
        return each
    edit = edits.get((household.id, each.name))
    current = value_of(household, each.name)
    told = (edit.author_name, edit.received_at) if edit else (None, None)
    return Proposed(each.name, current, each.proposed, each.why, *told)


class _Names:
    """Names of the places that fields speak of, looked up at once."""

    def __init__(self, fields: Sequence[Proposed]) -> None:
        named: dict[str, set[Any]] = {"grid": set(), "natural_village_id": set()}
        for each in fields:
            if each.name.member_id is None and each.name.field in named:
                named[each.name.field] |= {each.current, each.proposed}
        self._places = regions.names_of(named["grid"])
        self._hamlets = regions.natural_village_names(UUID(key) for key in named["natural_village_id"] if key)

    def shown(self, name: FieldName, value: Any) -> Any:
        """A value as people read it."""
        if name.field == "grid":
            return f"{self._places.get(value[:12], '')}{self._places.get(value, value)}"
        if name.field == "natural_village_id":
            return self._hamlets.get(UUID(value), "") if value else None
        return shown_value(name.field, value)


def _field(each: Proposed, household: Household, names: _Names) -> Wire:
    member = next((one for one in household.members if one.id == each.name.member_id), None)
    return {
        "member_id": each.name.member_id,
        "member_name": member.name if member else None,
        "field": each.name.field,
        "current": names.shown(each.name, each.current),
        "proposed": names.shown(each.name, each.proposed),
        "why": each.why,
        "current_by": each.current_by,
        "current_at": each.current_at,
    }
