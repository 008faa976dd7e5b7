"""Corrections as tests make them, through the service that push and the first secretary's route share."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Flask

from server.core.auth import Actor
from server.core.db import transaction
from server.core.scope import region_scope
from server.households.queries import Household, household_to_edit
from server.households.services import value_of
from server.proposals.forms import EditOutcome, FieldChange, FieldName, HouseholdEditForm
from server.proposals.services import apply_edit
from tests.factories import Person, inside
from tests.visits.bodies import NOW


def actor_of(person: Person) -> Actor:
    """The person as the server knows who asks."""
    return Actor(person.id, person.role, person.region_code, person.username.title())


def form_of(household_id: UUID, base: int, *changes: tuple[Any, ...], **more: Any) -> HouseholdEditForm:
    """A correction; each change is (field, value) of the household or (member id, field, value)."""
    named = [FieldChange(member_id=None if len(c) == 2 else c[0], field=c[-2], value=c[-1]) for c in changes]
    given: dict[str, Any] = {"op_id": uuid4(), "reason": "", "written_at": NOW}
    return HouseholdEditForm(household_id=household_id, base_revision=base, changes=named, **given | more)


def edit(app: Flask, person: Person, form: HouseholdEditForm) -> EditOutcome:
    """Carry a correction out in a transaction of its own."""
    with app.app_context(), region_scope(person.region_code), transaction():
        return apply_edit(actor_of(person), form)


def change(
    app: Flask, person: Person, household: Household, *changes: Any, base: int = 1, **more: Any
) -> EditOutcome:
    """Correct fields of a household, its first revision seen unless told otherwise."""
    return edit(app, person, form_of(household.id, base, *changes, **more))


def values(app: Flask, household_id: UUID, *names: Any) -> list[Any]:
    """The present values of fields, each given as its name, or as (member id, name)."""
    with inside(app), transaction():
        household = household_to_edit(household_id)
        asked = [FieldName(None, n) if isinstance(n, str) else FieldName(*n) for n in names]
        return [value_of(household, name) for name in asked]


def names_of(found: list[FieldName]) -> set[str]:
    """The field names alone."""
    return {name.field for name in found}
