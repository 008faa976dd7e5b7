"""Correcting a household field by field: checked, written, and kept with the value that was there before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import update

from server.core import audit, changes, clock
from server.core.changes import GONE, HERE, LEFT, Position
from server.core.crypto import seal, unseal
from server.core.db import db
from server.core.scope import region_scope
from server.households import fields, queries
from server.households.following import end_rows, move_rows, moves_along
from server.households.forms import FieldName
from server.households.models import Household, HouseholdEdit, Member
from server.regions import queries as regions

COUNTY_DIGITS, VILLAGE_DIGITS = 6, 12
MOVE, REMOVAL = FieldName(None, fields.GRID), FieldName(None, fields.REMOVED)
HAMLET = FieldName(None, fields.HAMLET)
_NAMES_THE_HEAD = ("name", "relation", "id_number", fields.REMOVED)
Values = Mapping[FieldName, Any]


@dataclass(frozen=True)
class Author:
    """Whose values they are, by which operation, and when they were written by the author's clock."""

    id: UUID
    name: str
    op_id: UUID
    written_at: datetime | None


@dataclass(frozen=True)
class Edited:
    """The household's revision after an edit, its place in the change log, and the row of each field."""

    revision: int
    position: Position
    rows: dict[FieldName, HouseholdEdit]


def check_value(household: Household, name: FieldName, value: Any, moving_to: str | None) -> Any:
    """A value for a field in its one wire form.

    Args:
        household: loaded with its members.
        name: which field.
        value: as somebody sent it.
        moving_to: the grid that the same edit moves the household to, if any.

    Raises:
        ValidationError: there is no such member, field or value.
    """
    _, field = _find(household, name)
    found = field.check(value)
    if name == MOVE and not _is_grid_of_the_county(household, found):
        raise ValidationError("Not a grid of this county.")
    if name == HAMLET and found is not None:
        villages = {code[:VILLAGE_DIGITS] for code in (household.region_code, moving_to) if code}
        if regions.village_of(UUID(found)) not in villages:
            raise ValidationError("Not a natural village of the household's village.")
    return found


def _is_grid_of_the_county(household: Household, code: str) -> bool:
    is_here = code[:COUNTY_DIGITS] == household.region_code[:COUNTY_DIGITS]
    return is_here and regions.is_grid(code) and bool(regions.held_open([code]))


def _find(household: Household, name: FieldName) -> tuple[Household | Member, fields.Field]:
    known = fields.HOUSEHOLD if name.member_id is None else fields.MEMBER
    if (field := known.get(name.field)) is None:
        raise ValidationError("No such field.")
    if name.member_id is None:
        return household, field
    member = next((one for one in household.members if one.id == name.member_id), None)
    if member is None:
        raise ValidationError("Not a member of this household.")
    return member, field


def value_of(household: Household, name: FieldName) -> Any:
    """The present value of a field in wire form."""
    row, field = _find(household, name)
    return field.read(row)


def is_protected(household: Household, name: FieldName) -> bool:
    """Whether a field is never changed without a decision."""
    return _find(household, name)[1].protected


def leaves_village(household: Household, name: FieldName, value: Any) -> bool:
    """Whether a value belongs to a move to another village: that grid, or a natural village there."""
    village = household.region_code[:VILLAGE_DIGITS]
    if name == MOVE:
        return bool(value[:VILLAGE_DIGITS] != village)
    return name == HAMLET and value is not None and regions.village_of(UUID(value)) != village


def set_fields(household: Household, values: Values, author: Author) -> Edited:
    """Write checked values, one revision for all of them, in the caller's transaction.

    The household must be locked and loaded whole (``queries.household_to_edit``). A move takes every row of
    the household along; one that is no more stays with its history, and nobody lists it.
    """
    with _scope_of_both(household, values.get(MOVE)):
        old_code = household.region_code
        if _leaves_hamlet(household, values):
            values = {**values, HAMLET: None}
        before = {name: value_of(household, name) for name in values}
        household.revision += 1
        if MOVE in values:
            _move(household, values[MOVE])
        _write(household, values)
        rows = _keep(household, values, before, author)
        _tell_audit(household, old_code, rows, author)
        return Edited(household.revision, _note(household, old_code), rows)


@contextmanager
def _scope_of_both(household: Household, new_code: str | None) -> Iterator[None]:
    """The old place and the new one: who may decide on a move need not see where it leads."""
    if new_code is None:
        yield
        return
    with region_scope(household.region_code[:COUNTY_DIGITS]):
        yield


def _leaves_hamlet(household: Household, values: Values) -> bool:
    """Whether the household moves to another village, where its natural village is not."""
    moves = MOVE in values and leaves_village(household, MOVE, values[MOVE])
    return moves and HAMLET not in values and household.natural_village_id is not None


def _move(household: Household, code: str) -> None:
    for member in household.members:
        member.region_code = code
    household.region_code = code
    db.session.flush()
    move_rows(household.id, code)


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the edits of a household along; the household itself and its members are loaded already."""
    query = update(HouseholdEdit).where(HouseholdEdit.household_id == household_id)
    db.session.execute(query.values(region_code=region_code))


def _write(household: Household, values: Values) -> None:
    for name, value in values.items():
        row, field = _find(household, name)
        field.write(row, value)
    if any(name.member_id is not None and name.field in _NAMES_THE_HEAD for name in values):
        fields.renew_head(household)
    db.session.flush()
    if REMOVAL in values:
        end_rows(household.id)


def _keep(
    household: Household, values: Values, before: Values, author: Author
) -> dict[FieldName, HouseholdEdit]:
    rows = {
        name: HouseholdEdit(
            household_id=household.id,
            region_code=household.region_code,
            member_id=name.member_id,
            field=name.field,
            value=_seal(household, name, value),
            before=_seal(household, name, before[name]),
            revision=household.revision,
            op_id=author.op_id,
            author_id=author.id,
            author_name=author.name,
            written_at=author.written_at,
            received_at=clock.now(),
        )
        for name, value in values.items()
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows


def _seal(household: Household, name: FieldName, value: Any) -> str:
    return seal(json.dumps(value, ensure_ascii=False), _bound(household.id, name, household.revision))


def _bound(household_id: UUID, name: FieldName, revision: int) -> str:
    return f"household_edit:{household_id}:{name.member_id}:{name.field}:{revision}"


def values_of(edit: HouseholdEdit) -> tuple[Any, Any]:
    """The value before an edit, and the one it gave, in wire form.

    Raises:
        cryptography.exceptions.InvalidTag: the row was altered.
    """
    bound = _bound(edit.household_id, FieldName(edit.member_id, edit.field), edit.revision)
    return json.loads(unseal(edit.before, bound)), json.loads(unseal(edit.value, bound))


def _tell_audit(
    household: Household, old_code: str, rows: Mapping[FieldName, HouseholdEdit], author: Author
) -> None:
    """Which edit took the place of which; the values themselves lie sealed in those rows."""
    past = queries.edits_of(household.id)
    told: list[dict[str, Any]] = [
        {**name.wire(), "edit": row.seq, "replaced": past[name][-2].seq if past[name][1:] else None}
        for name, row in rows.items()
    ]
    target = ("household", household.id)
    whose = {"author": str(author.id), "operation": str(author.op_id), "revision": household.revision}
    audit.record("household.edit", target, household.region_code, fields=told, **whose)
    if household.region_code != old_code:
        for code in (old_code, household.region_code):
            audit.record("household.move", target, code, left=old_code, here=household.region_code, **whose)


def _note(household: Household, old_code: str) -> Position:
    if household.region_code != old_code:
        changes.note("household", household.id, old_code, LEFT)
    effect = HERE if household.removed_at is None else GONE
    return changes.note("household", household.id, household.region_code, effect)
