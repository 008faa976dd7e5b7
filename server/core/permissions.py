"""The permission table: which role may call which operation, and how far it reaches. No row, no access."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from server.core.scope import NOTHING

TABLE = Path(__file__).resolve().parent.parent / "permissions.yaml"
ROLES = (
    "grid_member",
    "first_secretary",
    "township",
    "county",
    "department",
    "admin",
    "auditor",
)
PUBLIC = "public"
SIGNED_IN = "signed_in"
DIGITS = {"county": 6, "township": 9, "village": 12, "grid": 14}
"""How many digits the code of a place has, by its level."""
PLACED = {
    "grid_member": "grid",
    "first_secretary": "village",
    "township": "township",
    "county": "county",
    "department": "county",
    "auditor": "county",
}
"""Where the users of a role work. An administrator's place is nowhere: they see no record."""
UNSEEN = ("none", "routed")
"""Reaches under which no record of a place is read: nothing is routed to departments yet."""
REACHES = ("self", *DIGITS, *UNSEEN)


@cache
def table() -> dict[str, dict[str, str]]:
    """Operation (Flask endpoint) → how far each role reaches with it; {"public": "none"} for everybody.

    Raises:
        ValueError: a row names a role or a reach that does not exist.
    """
    return {operation: _reaches(operation, row) for operation, row in _document()["operations"].items()}


def check(operations: Iterable[str]) -> None:
    """Hold the table against the operations of the app, when it starts.

    Raises:
        ValueError: an operation has no row, or a row no operation; the sentence says what to add.
    """
    there, known = set(operations), set(table())
    if there - known:
        named = ", ".join(sorted(there - known))
        raise ValueError(f"permissions.yaml has no row for {named}: add one line each, role: reach")
    others = (draining() | decisions()) - there
    if known - there or others:
        named = ", ".join(sorted((known - there) | others))
        raise ValueError(f"permissions.yaml speaks of {named}, which is no operation: take it out")


@cache
def decisions() -> frozenset[str]:
    """The operations that decide on somebody's work: never on one's own."""
    return frozenset(_document()["decisions"])


@cache
def draining() -> frozenset[str]:
    """The operations that a device may still call that was ordered to hand over its work and to wipe."""
    return frozenset(_document()["draining"])


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return document


def _reaches(operation: str, row: str | dict[str, str]) -> dict[str, str]:
    if isinstance(row, str):
        if row not in (PUBLIC, SIGNED_IN):
            raise ValueError(f"permissions.yaml: {operation}: {row!r}")
        return {row: "none"} if row == PUBLIC else dict.fromkeys(ROLES, "county") | {"admin": "none"}
    if unknown := set(row) - set(ROLES):
        raise ValueError(f"permissions.yaml: {operation}: unknown roles {sorted(unknown)}")
    if unknown := set(row.values()) - set(REACHES):
        raise ValueError(f"permissions.yaml: {operation}: unknown reaches {sorted(unknown)}")
    return row


def is_public(operation: str) -> bool:
    """Whether anybody may call the operation without signing in."""
    return PUBLIC in table().get(operation, {})


def serves_draining(operation: str) -> bool:
    """Whether a device that hands over its work may call the operation."""
    return operation in draining()


def allows(operation: str, role: str) -> bool:
    """Whether a role may call the operation; an operation without a row is nobody's."""
    return role in table().get(operation, {})


def fits(role: str, region_code: str) -> bool:
    """Whether a user of a role can have a place: a first secretary's is a village, never a county."""
    if role not in PLACED:
        return region_code == NOTHING
    is_number = region_code.isascii() and region_code.isdigit()
    return is_number and len(region_code) == DIGITS[PLACED[role]]


def scope_of(operation: str, role: str, region_code: str) -> str:
    """The prefix of the records that an operation may touch for a user, whatever its code asks for."""
    reach = table().get(operation, {}).get(role, "none")
    return NOTHING if reach in UNSEEN or not fits(role, region_code) else region_code
