"""What those who decide see of proposals: both values of each field, numbers of people masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.core.scope import NOTHING, covers, current_scope, region_scope
from server.households.queries import HouseholdEdit, carriers_of, households_by_id, newest_edits
from server.households.services import HEAD, FieldName, shown_value, summarise, value_of
from server.proposals.merging import NEW, Proposed
from server.proposals.models import EDIT, OPEN
from server.proposals.queries import Proposal
from server.proposals.services import fields_of
from server.regions import queries as regions

if TYPE_CHECKING:
    from server.households.queries import Household

Wire = dict[str, Any]
Edits = Mapping[tuple[UUID, FieldName], HouseholdEdit]
_COPIED = (
    "id", "kind", "household_id", "author_name", "written_at", "created_at", "reason", "level", "state",
    "decided_by", "decided_at", "comment",
)  # fmt: skip


def items(rows: Sequence[Proposal]) -> list[Wire]:
    """Proposals in wire form, in a fixed number of queries and one more for each identity number."""
    ids = {row.household_id for row in rows if row.household_id is not None}
    homes, headings, edits = households_by_id(ids), summarise(ids), newest_edits(ids)
    villages = regions.names_of({row.region_code[:12] for row in rows})
    shown = []
    found = {row.id: _fields(row, homes, edits) for row in rows}
    names = _Names([each for fields in found.values() for each in fields])
    for row in rows:
        heading = headings.get(row.household_id) if row.household_id else None
        shown.append(
            {name: getattr(row, name) for name in _COPIED}
            | (_heading(heading) if heading else _new_heading(found[row.id], villages[row.region_code[:12]]))
            | {"fields": [_field(each, row, homes, found[row.id], names) for each in found[row.id]]}
        )
    return shown


def _heading(known: Wire) -> Wire:
    named = {name: known[name] for name in ("head_name", "village")}
    return {"household_number": known["number"]} | named


def _new_heading(fields: Sequence[Proposed], village: str) -> Wire:
    """Of a household that the register lacks."""
    told = {each.name: each.proposed for each in fields}
    head = next((n.member_id for n, v in told.items() if n.field == "relation" and v == HEAD), None)
    return {
        "household_number": "",
        "head_name": told.get(FieldName(head, "name"), ""),
        "village": village,
    }


def _fields(row: Proposal, homes: Mapping[UUID, Household], edits: Edits) -> list[Proposed]:
    household = homes.get(row.household_id) if row.household_id else None
    if row.kind != EDIT or household is None:
        return fields_of(row)
    return [_present(row, household, each, edits) for each in fields_of(row)]


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


def _field(
    each: Proposed,
    row: Proposal,
    homes: Mapping[UUID, Household],
    fields: Sequence[Proposed],
    names: _Names,
) -> Wire:
    return {
        "member_id": each.name.member_id,
        "member_name": _person(each, homes.get(row.household_id) if row.household_id else None, fields),
        "field": each.name.field,
        "current": names.shown(each.name, each.current),
        "proposed": names.shown(each.name, each.proposed),
        "why": each.why,
        "current_by": each.current_by,
        "current_at": each.current_at,
        "twins": _twins(each, row),
    }


def _person(each: Proposed, household: Household | None, fields: Sequence[Proposed]) -> str | None:
    """Whose field it is, by the register or, of somebody new, by what was proposed."""
    key = each.name.member_id
    if key is None:
        return None
    known = next((one.name for one in household.members if one.id == key), None) if household else None
    told = (other.proposed for other in fields if other.name == FieldName(key, "name"))
    return known or (next(told, None) if each.why == NEW else None)


def _twins(each: Proposed, row: Proposal) -> Wire | None:
    """Who else of the county carries a number that waits for a decision.

    Of those out of the reader's sight is told that there are some, and nothing else.
    """
    if row.state != OPEN or each.name.field != "id_number" or not isinstance(each.proposed, str):
        return None
    sight = current_scope() or NOTHING
    with region_scope(row.region_code[:6]):
        others = [one for one in carriers_of(each.proposed) if one.member_id != each.name.member_id]
    here = [one for one in others if covers(sight, one.region_code)]
    told = ("household_id", "household_number", "head_name")
    return {
        "here": [{name: getattr(one, name) for name in told} for one in here],
        "elsewhere": len(here) < len(others),
    }
