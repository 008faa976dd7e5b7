"""What a household to be registered consists of, checked, and the names of its fields; never a raw dict."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid4

from stdnum.cn import ric
from stdnum.exceptions import InvalidFormat, ValidationError

OTHER = "other"
REVEAL_REASONS = ("identity", "contact", "payment", "register", "inspection", OTHER)
SHORTEST_NOTE = 4
"""Why somebody has to see full numbers; "other" wants a note of so many characters."""


class FieldName(NamedTuple):
    """A field of a household (``member_id`` None) or of one of its members."""

    member_id: UUID | None
    field: str

    def wire(self) -> dict[str, str | None]:
        """As JSON."""
        return {"member_id": None if self.member_id is None else str(self.member_id), "field": self.field}


class IdNumberRefused(ValueError):
    """The identity number fails GB 11643; the message never repeats the number."""


def check_id_number(number: str) -> str:
    """The number in its stored form (18 characters, upper-case X), its date and check digit verified.

    The library's own ``validate`` also wants the county code to have existed in the year of birth. Numbers
    were first given out in 1984, with the codes of that day, to people of every age: that test would refuse
    most who were born before.

    Raises:
        IdNumberRefused: it does not follow GB 11643.
    """
    stored = number.strip().upper()
    try:
        if len(stored) != 18 or not (stored[:17].isascii() and stored[:17].isdigit()):
            raise InvalidFormat
        ric.get_birth_date(stored)
        if ric.calc_check_digit(stored) != stored[-1]:
            raise InvalidFormat
    except ValidationError as error:
        raise IdNumberRefused("not a valid identity number (GB 11643)") from error
    return stored


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """One person of a household to be registered."""

    name: str
    relation: str
    sex: str | None
    birth_on: date | None
    id_number: str | None = None
    stage: str | None = None
    labour: str = "none"
    main_labour: bool = False
    disability_grade: int | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, kw_only=True)
class NewHousehold:
    """A household to be registered; the first member is its head. Money is yuan a year, degrees WGS-84."""

    region_code: str
    number: str
    members: list[NewMember]
    natural_village_id: UUID | None = None
    address: str = ""
    phone: str | None = None
    lifted: bool | None = False
    kind: str = "none"
    released: bool | None = False
    monitored_since: date | None = None
    dibao: bool | None = False
    tekun: bool | None = False
    tekun_scattered: bool | None = False
    orphan: bool | None = False
    highrisk_job: bool | None = False
    pcni_prev: Decimal | None = None
    net_prev: Decimal | None = None
    poor10: bool | None = False
    online_flag: bool | None = False
    home: tuple[str, str] | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def living(self) -> list[NewMember]:
        """All members: nobody is registered who has died or moved away."""
        return self.members
