"""The fields of a household and of its members that can be corrected one by one, in wire form.

A value in wire form is what JSON carries: text, a whole number, true or false, null, or ``{lat, lon}``. Two
values are the same when their wire forms are equal; ``check`` gives that form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate

from server.core import clock
from server.core.crypto import blind_index, seal, unseal
from server.core.masking import mask_id, mask_phone
from server.core.wire import Day, Flag, Pattern, PlainText, StrictUuid, Whole
from server.households.forms import IdNumberRefused, check_id_number
from server.households.models import Household, Member
from server.households.names import search_forms

GRID, REMOVED, HAMLET = "grid", "removed", "natural_village_id"
HEAD = "户主"
STAGES = ("preschool", "primary", "junior", "senior", "college")
LABOUR = ("full", "skilled", "half", "none")
SEXES = ("male", "female")
GRADES = (1, 2, 3, 4)
INITIALS = 20  # as wide as the column
_DEGREES = Pattern(r"^-?[0-9]{1,3}(\.[0-9]{1,9})?$")
_PHONE = Pattern(r"^\+?[0-9][0-9 -]{4,18}$")
_GRID = Pattern(r"^[0-9]{14}$")
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Field:
    """How one field is checked, read and written. A protected one is never changed without a decision."""

    form: fields.Field[Any]
    read: Callable[[Any], Any]
    write: Callable[[Any, Any], None]
    protected: bool = False

    def check(self, value: Any) -> Any:
        """The value in its one wire form.

        Raises:
            ValidationError: it is none that the field can have; the message never repeats it.
        """
        found = self.form.deserialize(value)
        return (
            found.isoformat() if isinstance(found, date) else str(found) if isinstance(found, UUID) else found
        )


class _Text(PlainText):
    """Text without space around it."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, *args, **kwargs).strip()


class _Number(fields.Field[Any]):
    """A sealed number as people write it; nothing at all is null."""

    def __init__(self, tidy: Callable[[str], str]) -> None:
        super().__init__(allow_none=True)
        self._tidy = tidy

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str | None:
        if not isinstance(value, str):
            raise ValidationError("Not text.")
        return self._tidy(value.strip()) if value.strip() else None


def _tidy_phone(text: str) -> str:
    _PHONE(text)
    return text


def _tidy_id(text: str) -> str:
    try:
        return check_id_number(text)
    except IdNumberRefused as error:
        raise ValidationError("Not a valid identity number (GB 11643).") from error


class _Place(fields.Field[Any]):
    """WGS-84 degrees as text with six decimals, about a hand's breadth; null is "not known"."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> dict[str, str]:
        if not isinstance(value, dict) or set(value) != {"lat", "lon"}:
            raise ValidationError("Not a place: lat and lon, degrees as text.")
        return {"lat": _degrees(value["lat"], 90), "lon": _degrees(value["lon"], 180)}


def _degrees(text: Any, most: int) -> str:
    if not isinstance(text, str):
        raise ValidationError("Degrees are text.")
    degrees = Decimal(_DEGREES(text)).quantize(_SIX_PLACES)
    if abs(degrees) > most:
        raise ValidationError("Not on the globe.")
    return f"{degrees:f}"


class _Birthday(Day):
    """A day of birth: past, and of somebody who may be alive."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        day = super()._deserialize(value, *args, **kwargs)
        if not date(1880, 1, 1) <= day <= clock.today():
            raise ValidationError("Not a day of birth.")
        return day


def _phone_of(household: Household) -> str | None:
    sealed = household.phone_sealed
    return unseal(sealed, f"household:{household.id}:phone") if sealed else None


def _set_phone(household: Household, value: str | None) -> None:
    household.phone_sealed = seal(value, f"household:{household.id}:phone") if value else None
    household.phone_masked = mask_phone(value) if value else ""


def _home_of(household: Household) -> dict[str, str] | None:
    if household.home_lat is None or household.home_lon is None:
        return None
    return {"lat": _degrees(household.home_lat, 90), "lon": _degrees(household.home_lon, 180)}


def _set_home(household: Household, value: dict[str, str] | None) -> None:
    household.home_lat, household.home_lon = (value["lat"], value["lon"]) if value else (None, None)


def _hamlet_of(household: Household) -> str | None:
    return str(household.natural_village_id) if household.natural_village_id else None


def _set_hamlet(household: Household, value: str | None) -> None:
    household.natural_village_id = UUID(value) if value else None


def _id_number_of(member: Member) -> str | None:
    return unseal(member.id_sealed, f"member:{member.id}:id_number") if member.id_sealed else None


def _set_id_number(member: Member, value: str | None) -> None:
    member.id_sealed = seal(value, f"member:{member.id}:id_number") if value else None
    member.id_index = blind_index(value) if value else None
    member.id_masked = mask_id(value) if value else ""


def _birthday_of(member: Member) -> str | None:
    return member.birth_on.isoformat() if member.birth_on else None


def _set_birthday(member: Member, value: str | None) -> None:
    member.birth_on = date.fromisoformat(value) if value else None


def _is_removed(row: Household | Member) -> bool:
    return row.removed_at is not None


def _remove(row: Household | Member, _value: bool) -> None:
    row.removed_at = row.removed_at or clock.now()


def _move(household: Household, value: str) -> None:
    household.region_code = value


def _column(name: str, form: fields.Field[Any], *, protected: bool = False) -> Field:
    return Field(
        form, lambda row: getattr(row, name), lambda row, value: setattr(row, name, value), protected
    )


def _one_of(*words: Any, allow_none: bool = False) -> fields.Field[Any]:
    kind: type[fields.Field[Any]] = Whole if type(words[0]) is int else fields.String
    return kind(validate=validate.OneOf(words), allow_none=allow_none)


_GONE = Flag(validate=validate.Equal(True))  # whoever is back is registered anew, so that both stories stay
HOUSEHOLD: dict[str, Field] = {
    "address": _column("address", _Text(validate=validate.Length(max=120))),
    "phone": Field(_Number(_tidy_phone), _phone_of, _set_phone),
    "home": Field(_Place(allow_none=True), _home_of, _set_home),
    HAMLET: Field(StrictUuid(allow_none=True), _hamlet_of, _set_hamlet),
    GRID: Field(fields.String(validate=_GRID), lambda row: row.region_code, _move, protected=True),
    REMOVED: Field(_GONE, _is_removed, _remove, protected=True),
}
MEMBER: dict[str, Field] = {
    "stage": _column("stage", _one_of(*STAGES, allow_none=True)),
    "labour": _column("labour", _one_of(*LABOUR)),
    "main_labour": _column("main_labour", Flag()),
    "relation": _column("relation", _Text(validate=validate.Length(1, 10))),
    "name": _column("name", _Text(validate=validate.Length(1, 40)), protected=True),
    "id_number": Field(_Number(_tidy_id), _id_number_of, _set_id_number, protected=True),
    "sex": _column("sex", _one_of(*SEXES, allow_none=True), protected=True),
    "birth_on": Field(_Birthday(allow_none=True), _birthday_of, _set_birthday, protected=True),
    "disability_grade": _column("disability_grade", _one_of(*GRADES, allow_none=True), protected=True),
    REMOVED: Field(_GONE, _is_removed, _remove, protected=True),
}
SHOWN: dict[str, Callable[[str], str]] = {"phone": mask_phone, "id_number": mask_id}


def shown(field: str, value: Any) -> Any:
    """A value as people see it who did not ask for the whole of it: numbers of people masked."""
    return SHOWN[field](value) if field in SHOWN and isinstance(value, str) else value


def renew_head(household: Household) -> None:
    """What lists show of a household's head: the living member who is called so, else the first."""
    living = household.living
    if not living:
        return  # the last one stays its name
    head = next((member for member in living if member.relation == HEAD), living[0])
    pinyin, initials = search_forms(head.name)
    household.head_name, household.id_tail = head.name, head.id_masked[-4:]
    household.pinyin, household.initials = pinyin[:120], initials[:INITIALS]
