"""The permission table: which role may call which operation. What has no row is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

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


@cache
def table() -> dict[str, frozenset[str]]:
    """Operation (Flask endpoint) → roles that may call it, or {"public"} / {"signed_in"}.

    Raises:
        ValueError: a row names a role that does not exist.
    """
    return {operation: _roles(operation, row) for operation, row in _document()["operations"].items()}


@cache
def draining() -> frozenset[str]:
    """The operations that a device may still call that was ordered to hand over its work and to wipe."""
    return frozenset(_document()["draining"])


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return document


def _roles(operation: str, row: str | dict[str, str]) -> frozenset[str]:
    if isinstance(row, str):
        if row not in (PUBLIC, SIGNED_IN):
            raise ValueError(f"permissions.yaml: {operation}: {row!r}")
        return frozenset({row})
    if unknown := set(row) - set(ROLES):
        raise ValueError(f"permissions.yaml: {operation}: unknown roles {sorted(unknown)}")
    return frozenset(row)


def is_public(operation: str) -> bool:
    """Whether anybody may call the operation without signing in."""
    return PUBLIC in table().get(operation, frozenset())


def serves_draining(operation: str) -> bool:
    """Whether a device that hands over its work may call the operation."""
    return operation in draining()


def allows(operation: str, role: str) -> bool:
    """Whether a role may call the operation; an operation without a row is nobody's."""
    roles = table().get(operation, frozenset())
    return role in roles or SIGNED_IN in roles
