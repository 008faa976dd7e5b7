"""What the database of the present session holds as a whole, past every scope: for commands that copy it."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, inspect, select, table

from server.core.db import present_connection


def counts() -> dict[str, int]:
    """Rows of every table, also of those that no code of ours knows."""
    connection = present_connection()
    names = sorted(inspect(connection).get_table_names())
    queries = {name: select(func.count()).select_from(table(name)) for name in names}
    return {name: int(connection.scalar(query) or 0) for name, query in queries.items()}


def revision() -> str | None:
    """The newest migration that was applied; None where the tables were made without any."""
    return MigrationContext.configure(present_connection()).get_current_revision()
