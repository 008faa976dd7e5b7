"""Triggers that refuse to change or remove what the audit trail says, as far as the engine can.

Whoever owns the database can drop them; then the chain still tells.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Connection, event, text

REFUSED = "audit entries are never changed"
_SQLITE = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry",
    # INSERT OR REPLACE removes a row without asking the trigger above.
    "audit_entry_no_replace": (
        "BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq)"
        " OR EXISTS (SELECT 1 FROM audit_entry WHERE chain = NEW.chain AND number = NEW.number)"
    ),
}
_POSTGRES = {
    "audit_entry_no_change": "BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW",
    "audit_entry_no_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT",
}
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
)


def statements(dialect: str) -> list[str]:
    """What creates the triggers of an engine."""
    if dialect == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        return [f"CREATE TRIGGER {name} {when} {body}" for name, when in _SQLITE.items()]
    made = [
        f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_entry_refuse()"
        for name, when in _POSTGRES.items()
    ]
    return [_FUNCTION, *made]


def removal(dialect: str) -> list[str]:
    """What drops them."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE]
    return [f"DROP TRIGGER IF EXISTS {name} ON audit_entry" for name in _POSTGRES]


def protect(table: Any) -> None:
    """Have the triggers made together with the table."""
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(dialect):
            made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", made)


def missing(connection: Connection) -> list[str]:
    """Names of the triggers that are not there, or are switched off."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        wanted = _SQLITE
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST('audit_entry' AS regclass)"
        found, wanted = connection.execute(text(f"{query} AND tgenabled IN ('O', 'A')")), _POSTGRES
    there = set(found.scalars())
    return sorted(set(wanted) - there)
