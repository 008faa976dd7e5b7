"""Entries as the database itself has them, past types and scopes: what verifies a chain trusts no column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import text

from server.core import jsontext
from server.core.audit_chain import CONTENT, digest
from server.core.db import brief_connection

AT_ONCE = 2000
_FORMS = {
    "sqlite": {"hex": "lower(hex({}))", "at": "at", "actor_id": "actor_id", "details": "details"},
    "postgresql": {
        "hex": "encode({}, 'hex')",
        "at": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        "actor_id": "replace(CAST(actor_id AS text), '-', '')",
        "details": "CAST(details AS text)",
    },
}


_PLAIN = {
    "chains": "SELECT chain FROM audit_head",
    "first": "SELECT min(chain) FROM audit_entry",
    "next": "SELECT min(chain) FROM audit_entry WHERE chain > :last",
    "last": "SELECT max(number) FROM audit_entry WHERE chain = :chain",
}


@dataclass(frozen=True)
class Row:
    """One entry: its place, the two hashes in hex, and the other columns in the order of ``CONTENT``."""

    number: Any
    previous: str
    hash: str
    content: tuple[Any, ...]

    def made(self, chain: str, number: Any, previous: str) -> str | None:
        """The hash its columns make at a place, in hex; None when one is nothing an entry can hold."""
        try:
            content = dict(zip(CONTENT, self.content, strict=True))
            content["details"] = jsontext.dumps_sorted(jsontext.loads(content["details"]))
            return digest(chain, number, bytes.fromhex(previous), content).hex()
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True)
class End:
    """What a head says; None for each where there is none."""

    count: int | None
    hash: str | None


def chains() -> list[str]:
    """All chains that have entries or a head, in order; also such as no county has, an empty one too."""
    found = {row[0] for row in _ask("chains")}
    last: str | None = _ask("first")[0][0]
    while last is not None:
        found.add(last)
        last = _ask("next", last=last)[0][0]
    return sorted(found, key=str)


def last_number(chain: str) -> Any:
    """The highest number of a chain; None when it has no entries."""
    return _ask("last", chain=chain)[0][0]


def end(chain: str) -> End:
    """The head of a chain as it stands."""
    rows = _ask("head", chain=chain)
    return End(*rows[0]) if rows else End(None, None)


def entries(chain: str) -> Iterator[Row]:
    """The entries of a chain by number, two thousand at a time: it needs no more memory for a long one.

    It starts at whatever comes first: a forged number may be as low as it likes.
    """
    rows = _ask("entries", chain=chain, limit=AT_ONCE)
    while rows:
        for row in rows:
            yield Row(row[0], row[1], row[2], tuple(row[3:]))
        number, seq = rows[-1][0], rows[-1][3]
        rows = _ask("further", chain=chain, number=number, seq=seq, limit=AT_ONCE)


def hash_at(chain: str, number: int) -> str | None:
    """The hash of the entry at a place; None when there is none."""
    rows = _ask("hash", chain=chain, number=number)
    return rows[0][0] if rows else None


def _ask(what: str, **values: Any) -> list[Any]:
    with brief_connection() as connection:
        return list(connection.execute(text(_text(what, connection.dialect.name)), values).fetchall())


@lru_cache(maxsize=16)
def _text(what: str, dialect: str) -> str:
    if what in _PLAIN:
        return _PLAIN[what]
    form = _FORMS[dialect]
    own = form["hex"].format("hash")
    if what == "head":
        return f"SELECT count, {own} FROM audit_head WHERE chain = :chain"  # noqa: S608 - names of ours
    if what == "hash":
        return f"SELECT {own} FROM audit_entry WHERE chain = :chain AND number = :number"  # noqa: S608 - as above
    columns = ", ".join(form.get(name, name) for name in CONTENT)
    before = form["hex"].format("previous")
    behind = " AND (number, seq) > (:number, :seq)" if what == "further" else ""
    return (
        f"SELECT number, {before}, {own}, {columns} FROM audit_entry WHERE chain = :chain"  # noqa: S608 - as above
        f"{behind} ORDER BY number, seq LIMIT :limit"
    )
