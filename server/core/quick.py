"""Rows written without the ORM's unit of work: for what every visit does while it holds the write lock.

The same guards hold as for everything else: rows outside the scope are refused or not found, and the
transaction does not commit without an audit entry. The objects given stay outside the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Insert, Update, bindparam, insert, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from server.core.db import Base, db
from server.core.scope import EVERYTHING, NOTHING, ScopeRequired, code_range, covers, current_scope


def add(*rows: Base) -> None:
    """Insert new rows of one table, in their order; a single one learns its number (``seq``).

    Raises:
        ScopeRequired: a row lies outside the scope.
        IntegrityError: the database refuses a row.
    """
    if not rows:
        return
    values = [_values(row) for row in rows]
    for value in values:
        _check_scope(value.get("region_code", ""))
    done = db.session.connection().execute(_insert(type(rows[0])), values if len(rows) > 1 else values[0])
    if len(rows) == 1 and done.inserted_primary_key is not None:
        setattr(rows[0], type(rows[0]).__mapper__.primary_key[0].name, done.inserted_primary_key[0])
    db.session.info["wrote"] = True


def change(model: type[Base], where: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Set columns of the row in scope whose columns all have the values of ``where`` (None included).

    Returns:
        Whether there was one.
    """
    lower, upper = _bounds()
    given = {f"old_{name}": value for name, value in where.items() if value is not None}
    given |= {f"new_{name}": value for name, value in values.items()} | {"lower": lower, "upper": upper}
    absent = tuple(value is None for value in where.values())
    done = db.session.connection().execute(_update(model, tuple(where), absent, tuple(values)), given)
    db.session.info["wrote"] = True
    return done.rowcount == 1


def put(row: Base, newer_by: tuple[str, ...] = ()) -> None:
    """Insert a row, or take the place of the one with its primary key.

    Args:
        row: a new object outside the session, with all its columns.
        newer_by: columns; a row that is there stays unless it is the older one by them.

    Raises:
        ScopeRequired: the row lies outside the scope.
    """
    value = _values(row)
    _check_scope(value.get("region_code", ""))
    connection = db.session.connection()
    connection.execute(_upsert(connection.dialect.name, type(row), newer_by), value)
    db.session.info["wrote"] = True


@lru_cache(maxsize=16)
def _upsert(dialect: str, model: type[Base], newer_by: tuple[str, ...]) -> Any:
    table = cast("Any", model.__table__)
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    fresh = statement.excluded
    older = tuple_(*(table.c[name] for name in newer_by)) < tuple_(*(fresh[name] for name in newer_by))
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: fresh[name] for name in table.c.keys() if not table.c[name].primary_key},  # noqa: SIM118
        where=older if newer_by else None,
    )


@lru_cache(maxsize=64)
def _insert(model: type[Base]) -> Insert:
    return insert(cast("Any", model.__table__))


@lru_cache(maxsize=64)
def _update(
    model: type[Base], where: tuple[str, ...], absent: tuple[bool, ...], values: tuple[str, ...]
) -> Update:
    """Built once for each pair of column lists, so that its compiled form is found without looking at it.

    Written with ``=`` and ``IS NULL``: PostgreSQL finds no index for IS NOT DISTINCT FROM.
    """
    table = cast("Any", model.__table__)
    query = update(table).where(
        *(
            table.c[name].is_(None) if is_absent else table.c[name] == bindparam(f"old_{name}")
            for name, is_absent in zip(where, absent, strict=True)
        )
    )
    query = query.where(table.c.region_code >= bindparam("lower"), table.c.region_code < bindparam("upper"))
    return query.values({name: bindparam(f"new_{name}") for name in values})


def _values(row: Base) -> dict[str, Any]:
    """What was set of an object that is not in the session; the table's defaults fill in the rest."""
    given = row.__dict__
    return {name: given[name] for name in row.__mapper__.columns.keys() if name in given}  # noqa: SIM118


def _check_scope(code: str) -> None:
    prefix = current_scope()
    if prefix is None or not covers(prefix, code):
        raise ScopeRequired("a row outside the scope was about to be written")


def _bounds() -> tuple[str, str]:
    prefix = current_scope()
    if prefix is None:
        raise ScopeRequired("no region scope is set for this statement")
    if prefix == NOTHING:
        return "1", "0"
    return ("", ":") if prefix == EVERYTHING else code_range(prefix)
