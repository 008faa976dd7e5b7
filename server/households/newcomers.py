"""People who are not in the register yet: a whole household, or one more member of a household that is there.

They arrive as fields, in the form in which corrections arrive, so that whoever decides sees them in the same
way. What nobody said is unknown, never "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from stdnum.cn import ric

from server.core import audit, changes
from server.core.scope import EVERYTHING, region_scope
from server.households import fields, queries
from server.households.fields import HEAD
from server.households.forms import FieldName, NewHousehold, NewMember
from server.households.models import Household, Member
from server.households.registering import new_member, register

MOST_MEMBERS = 20
OF_HOUSEHOLD = ("address", "phone", "home")
OF_MEMBER = tuple(name for name in fields.MEMBER if name != fields.REMOVED)
NEEDED = ("name", "relation", "labour")
SERIAL_DIGITS = 3
_FLAGS = ("lifted", "released", "dibao", "tekun", "tekun_scattered", "orphan", "highrisk_job", "poor10")
_UNKNOWN: dict[str, Any] = dict.fromkeys((*_FLAGS, "online_flag"))
Values = dict[FieldName, Any]
Refused = list[tuple[int | None, str]]


class NewcomersRefused(ValueError):
    """What is wrong, by the place in the list of fields; None is about the list as a whole."""

    def __init__(self, faults: Refused) -> None:
        super().__init__("not a household or member that can be registered")
        self.faults = faults


def check_newcomers(told: Sequence[tuple[FieldName, Any]], *, whole: bool) -> Values:
    """The fields of a household (``whole``) or of one more member, each in its one wire form.

    An identity number brings day of birth and sex along; fields that say nothing are left out.

    Raises:
        NewcomersRefused: naming every fault; no message repeats a value.
    """
    values: Values = {}
    places: dict[FieldName, int] = {}
    faults: Refused = []
    for place, (name, value) in enumerate(told):
        try:
            if name in places:
                raise ValidationError("Named twice.")
            values[name], places[name] = _checked(name, value, whole=whole), place
        except ValidationError as error:
            faults += [(place, str(message)) for message in error.messages]
    values = {name: value for name, value in values.items() if value is not None}
    faults += _numbers(values, places) + _people(values, whole=whole)
    if faults:
        raise NewcomersRefused(faults)
    return values


def _checked(name: FieldName, value: Any, *, whole: bool) -> Any:
    if name.member_id is None:
        known = fields.HOUSEHOLD if whole and name.field in OF_HOUSEHOLD else {}
    else:
        known = fields.MEMBER if name.field in OF_MEMBER else {}
    if (field := known.get(name.field)) is None:
        raise ValidationError("No such field.")
    return None if value is None else field.check(value)


def _numbers(values: Values, places: Mapping[FieldName, int]) -> Refused:
    """Identity numbers that occur twice, or say otherwise than what was told; else they tell the rest."""
    faults: Refused = []
    seen: set[str] = set()
    for name, number in [(n, v) for n, v in values.items() if n.field == "id_number"]:
        if number in seen:
            faults.append((places[name], "This number occurs twice."))
        seen.add(number)
        sex = "male" if int(number[16]) % 2 else "female"
        for field, told in (("birth_on", ric.get_birth_date(number).isoformat()), ("sex", sex)):
            other = FieldName(name.member_id, field)
            if values.setdefault(other, told) != told:
                faults.append((places[other], "Not what the identity number says."))
    return faults


def _people(values: Values, *, whole: bool) -> Refused:
    members = member_ids(values)
    if not 1 <= len(members) <= (MOST_MEMBERS if whole else 1):
        return [(None, f"1 to {MOST_MEMBERS} members." if whole else "One member.")]
    missing: Refused = [
        (None, f"Every member has a {field}.")
        for field in NEEDED
        if any(FieldName(key, field) not in values for key in members)
    ]
    heads = [key for key in members if values.get(FieldName(key, "relation")) == HEAD]
    if len(heads) != (1 if whole else 0):
        missing.append((None, "One head." if whole else "The household has its head already."))
    return missing


def member_ids(names: Iterable[FieldName]) -> list[UUID]:
    """The members that fields are about, in the order in which they are named."""
    return list(dict.fromkeys(name.member_id for name in names if name.member_id is not None))


def is_taken(ids: Iterable[UUID]) -> bool:
    """Whether an identifier is already that of a household or member, wherever it is."""
    with region_scope(EVERYTHING):
        return queries.are_known(ids)


def _member(key: UUID, values: Mapping[FieldName, Any]) -> NewMember:
    """One person; ``values`` are checked."""
    said = {name.field: value for name, value in values.items() if name.member_id == key}
    for field in ("birth_on", "sex"):
        said.setdefault(field, None)
    if said["birth_on"] is not None:
        said["birth_on"] = fields.MEMBER["birth_on"].form.deserialize(said["birth_on"])
    return NewMember(id=key, **said)


def register_household(key: UUID, region_code: str, values: Mapping[FieldName, Any]) -> Household:
    """Add a household of checked values under the next number of its grid, in the caller's transaction."""
    ids = member_ids(values)
    ids.sort(key=lambda one: values[FieldName(one, "relation")] != HEAD)  # the head stands first
    said = {name.field: value for name, value in values.items() if name.member_id is None}
    home = said.pop("home", None)
    return register(
        NewHousehold(
            id=key,
            region_code=region_code,
            number=next_number(region_code),
            members=[_member(one, values) for one in ids],
            home=(home["lat"], home["lon"]) if home else None,
            **_UNKNOWN,
            **said,
        )
    )


def next_number(grid: str) -> str:
    """The number after the highest that was ever given in a grid: its code and three digits or more."""
    with region_scope(EVERYTHING):
        given = [number[len(grid) :] for number in queries.numbers_of(grid)]
    highest = max((int(tail) for tail in given if tail.isascii() and tail.isdigit()), default=0)
    return f"{grid}{highest + 1:0{SERIAL_DIGITS}}"


def join_household(household: Household, values: Mapping[FieldName, Any]) -> None:
    """Add a member of checked values to a household that is locked and loaded whole, one revision later."""
    (key,) = member_ids(values)
    position = 1 + max((member.position for member in household.members), default=-1)
    member: Member = new_member(household.region_code, position, _member(key, values))
    household.members.append(member)
    household.revision += 1
    target = ("household", household.id)
    audit.record(
        "household.join", target, household.region_code, member=str(key), revision=household.revision
    )
    changes.note("household", household.id, household.region_code)
