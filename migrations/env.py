"""Runs migrations on the app's own database connection."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

import server
from server.core import triggers
from server.core.db import Base

extension = current_app.extensions["migrate"]

# Every table must be known before it can be compared, also those of a domain no route uses yet.
for package in iter_modules(server.__path__, "server."):
    if package.ispkg and find_spec(f"{package.name}.models"):
        import_module(f"{package.name}.models")


def render_item(kind: str, item: Any, _autogen: Any) -> Any:
    """Write our own column types as the plain types they are stored in: a migration outlives the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    """Bring the database to the revision asked for, in one transaction on both engines."""
    arguments = {**extension.configure_args, "render_item": render_item, "compare_type": True}
    with extension.db.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, transactional_ddl=True, **arguments
        )
        with context.begin_transaction():
            context.run_migrations()
            if set(context.get_context().get_current_heads()) == set(context.script.get_heads()):
                triggers.ensure(connection)  # also those of a table that a migration copied


if context.is_offline_mode():
    raise SystemExit("Migrations need the database; --sql is not supported.")
run()
