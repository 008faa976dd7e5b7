"""Putting households and members into the register."""

from __future__ import annotations

from server.core import audit, changes
from server.core.crypto import blind_index, seal
from server.core.db import db
from server.core.masking import mask_id, mask_phone
from server.households.forms import NewHousehold, NewMember, check_id_number
from server.households.models import Household, Member
from server.households.names import search_forms

_COPIED = (
    "id", "region_code", "number", "natural_village_id", "address", "lifted", "kind", "released",
    "monitored_since", "dibao", "tekun", "tekun_scattered", "orphan", "highrisk_job", "pcni_prev", "net_prev",
    "poor10", "online_flag",
)  # fmt: skip


def register(form: NewHousehold) -> Household:
    """Add a household and its members to the register; the caller flushes with the transaction.

    Raises:
        IdNumberRefused: an identity number fails GB 11643.
    """
    members = [new_member(form.region_code, n, person) for n, person in enumerate(form.members)]
    head = form.members[0]
    pinyin, initials = search_forms(head.name)
    household = Household(
        **{name: getattr(form, name) for name in _COPIED},
        head_name=head.name,
        pinyin=pinyin,
        initials=initials,
        id_tail=head.id_number[-4:].upper() if head.id_number else "",
        phone_sealed=seal(form.phone, f"household:{form.id}:phone") if form.phone else None,
        phone_masked=mask_phone(form.phone) if form.phone else "",
        home_lat=form.home[0] if form.home else None,
        home_lon=form.home[1] if form.home else None,
        revision=1,
        members=members,
    )
    db.session.add(household)
    audit.record("household.register", ("household", form.id), form.region_code, members=len(members))
    changes.note("household", form.id, form.region_code)
    return household


def new_member(region_code: str, position: int, person: NewMember) -> Member:
    """The row of a person who is to be registered, numbers sealed. Raises IdNumberRefused."""
    number = check_id_number(person.id_number) if person.id_number else None
    return Member(
        id=person.id,
        region_code=region_code,
        position=position,
        name=person.name,
        relation=person.relation,
        sex=person.sex,
        birth_on=person.birth_on,
        id_sealed=seal(number, f"member:{person.id}:id_number") if number else None,
        id_index=blind_index(number) if number else None,
        id_masked=mask_id(number) if number else "",
        stage=person.stage,
        labour=person.labour,
        main_labour=person.main_labour,
        disability_grade=person.disability_grade,
    )
