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
    "audit_entry_no_change": "BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW",
    "audit_entry_no_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT",
}
_REFUSAL = f"BEGIN RAISE EXCEPTION '{REFUSED}'; END"
_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {_REFUSAL} $$"
)
_SQLITE_THERE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
_POSTGRES_THERE = (
    "SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true) || btrim(prosrc)"
    " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang"
    " WHERE tgrelid = CAST('audit_entry' AS regclass) AND tgenabled IN ('O', 'A') AND lanname = 'plpgsql'"
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


def names(dialect: str) -> list[str]:
    """What the triggers of an engine are called, in the order they are made in."""
    return list(_SQLITE if dialect == "sqlite" else _POSTGRES)


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
    """Names of the triggers that are not there, are switched off, or do something else under that name."""
    dialect = connection.dialect.name
    there = connection.execute(text(_SQLITE_THERE if dialect == "sqlite" else _POSTGRES_THERE))
    found = {name: _plain(made) for name, made in there}
    return sorted(name for name, made in _wanted(dialect).items() if found.get(name) != _plain(made))


def _wanted(dialect: str) -> dict[str, str]:
    """What the engine says of each trigger; of PostgreSQL the body of its function too."""
    made = statements(dialect)
    if dialect != "sqlite":
        made = [each + _REFUSAL for each in made[1:]]
    return dict(zip(names(dialect), made, strict=True))


def _plain(made: str) -> str:
    """Without the quotes and blanks an engine puts in or leaves out."""
    return "".join(made.replace('"', "").split())
