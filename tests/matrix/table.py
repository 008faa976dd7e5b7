"""The expectations: read from the two tables, and from nothing of the code under test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.matrix.people import Caller
from tests.matrix.records import Record

HERE = Path(__file__).parent
DIGITS = {"county": 6, "township": 9, "village": 12, "grid": 14}
WANTED = (
    "tests/matrix/expected.yaml has no row for {names}: add one under 'operations' that says which record "
    "its identifiers name (target, path), what it answers (ok, absent) or which records it lists (lists)"
)


@cache
def expected() -> dict[str, Any]:
    """The table of this folder."""
    found: dict[str, Any] = yaml.safe_load((HERE / "expected.yaml").read_text(encoding="utf-8"))
    return found


@cache
def permitted() -> dict[str, Any]:
    """The operations of server/permissions.yaml: public, signed_in, or role → reach."""
    path = HERE.parents[1] / "server" / "permissions.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def may_call(operation: str, role: str) -> bool:
    row = permitted()["operations"][operation]
    return row in ("public", "signed_in") or (isinstance(row, dict) and role in row)


def is_public(operation: str) -> bool:
    return bool(permitted()["operations"][operation] == "public")


def in_reach(words: Any, caller: Caller, record: Record) -> bool:
    """Whether any of the words lets a caller see a record."""
    listed = words if isinstance(words, list) else [words] if words else []
    return any(_one(word, caller, record) for word in listed)


def _one(word: str, caller: Caller, record: Record) -> bool:
    if word == "anywhere":
        return True
    inside = caller.place.isdigit() and record.region.startswith(caller.place)
    if word in DIGITS:
        return inside and len(caller.place) == DIGITS[word]
    return bool(
        {
            "line": inside or (record.region.isdigit() and caller.place.startswith(record.region)),
            "inside": inside,
            "of_county": caller.place.isdigit() and caller.place[:6] == record.region[:6],
            "author": inside and record.owner == caller.id,
            "own": record.owner == caller.id,
            "last": inside and record.get("last"),
            "back": inside and record.get("state") == "returned",
            "flagged": inside and record.get("flagged"),
            "lit": inside and record.get("lit"),
            "a_county": len(record.region) == DIGITS["county"],
            "told": inside and record.variant == caller.role and record.owner != caller.id,
            "village_level": inside and record.get("level") == "village",
            "township_level": inside and record.get("level") == "township",
        }[word]
    )


def sees(caller: Caller, record: Record) -> bool:
    """Whether marks of a record may be in an answer to a caller."""
    return in_reach(expected()["seen"][record.kind].get(caller.role), caller, record)


def answers_about(row: dict[str, Any], caller: Caller, record: Record) -> bool:
    """Whether an operation answers a caller, whose role may call it, about a record."""
    if record.variant == "gone" and caller.role in row.get("gone", ()):
        return False
    reach = row.get("reach", expected()["seen"][record.kind])
    return in_reach(reach.get(caller.role), caller, record)


def is_listed(row: dict[str, Any], record: Record) -> bool:
    """Whether a list holds a record at all."""
    for name, wanted in row.get("where", {}).items():
        value = record.variant if name == "variant" else record.get(name)
        if value not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True
