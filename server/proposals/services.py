"""Corrections of the register: merged field by field; what cannot be merged waits for somebody's decision."""

from __future__ import annotations

from server.core.auth import Actor
from server.proposals.forms import EditOutcome, FieldChange, FieldName, HouseholdEditForm

__all__ = ["EditOutcome", "FieldChange", "FieldName", "HouseholdEditForm", "apply_edit"]


def apply_edit(actor: Actor, edit: HouseholdEditForm) -> EditOutcome:
    """Give fields of a household other values, in the caller's transaction.

    A field that somebody changed after the revision the author saw is not overwritten: it goes into a
    proposal, as do the fields that are never changed without a decision.

    Raises:
        Problem: household_not_found; invalid (errors by ``set.N.value``).
    """
    raise NotImplementedError
