"""Rows read and written without the ORM: for what every visit does, most of it holding the write lock.

The same guards hold as for everything else: rows outside the scope are refused or not found, and the
transaction does not commit without an audit entry. Objects that are given stay outside the session.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, TypeVar, cast

from sqlalchemy import Select, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.visitors import iterate

from server.core.db import Base, brief_connection, db, present_connection
from server.core.prepared import Prepared
from server.core.scope import EVERYTHING, NOTHING, ScopeRequired, code_range, covers, current_scope

Values = Mapping[str, Any]
M = TypeVar("M", bound=Base)
_NO_VALUES: Values = {}
_SIZES = (1, 2, 5, 10, 20, 50)
"""How many keys a statement asks for: few texts, so that each is prepared once."""


def add(*rows: Base) -> None:
    """Insert new rows of one table, in their order; a single one learns its number (``seq``).

    Raises:
        ScopeRequired: a row lies outside the scope.
        IntegrityError: the database refuses a row.
    """
    if len(rows) == 1:
        model = type(rows[0])
        key = model.__mapper__.primary_key[0].name
        found = insert_row(model, _values(rows[0]), returning=(key,))
        setattr(rows[0], key, found[0])
    else:
        add_all(rows)


def add_all(rows: Sequence[M]) -> None:
    """Insert new rows of one table, the same columns set in each; none learns its number."""
    if rows:
        insert_rows(type(rows[0]), [_values(row) for row in rows])


def unsaved(model: type[M], values: Values) -> M:
    """A row to be given to ``add``. It is made past the instrumentation: no session will ever see it."""
    row = model()
    row.__dict__.update(values)
    return row


def insert_row(model: type[Base], values: Values, returning: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """Insert one row, given by its columns; the table's defaults fill in the rest.

    Returns:
        The columns of ``returning`` as the driver gives them: for numbers.

    Raises:
        ScopeRequired, IntegrityError: as for ``add``.
    """
    _check_scope(values.get("region_code", ""))
    connection = present_connection()
    statement = _insert(connection.dialect, model, tuple(values), returning)
    cursor = statement.run(connection, values)
    db.session.info["wrote"] = True
    return tuple(cursor.fetchone()) if returning else ()


def insert_rows(model: type[Base], rows: Sequence[Values]) -> None:
    """Insert several rows of the same columns, in their order. Raises as ``add`` does."""
    if not rows:
        return
    for values in rows:
        _check_scope(values.get("region_code", ""))
    connection = present_connection()
    _insert(connection.dialect, model, tuple(rows[0]), ()).run_all(connection, rows)
    db.session.info["wrote"] = True


def change(model: type[Base], where: Values, values: Values) -> bool:
    """Set columns of the row in scope whose columns all have the values of ``where`` (None included).

    Returns:
        Whether there was one.
    """
    lower, upper = _bounds()
    given = {f"old_{name}": value for name, value in where.items() if value is not None}
    given |= {f"new_{name}": value for name, value in values.items()} | {"lower": lower, "upper": upper}
    absent = tuple(value is None for value in where.values())
    connection = present_connection()
    statement = _update(connection.dialect, model, tuple(where), absent, tuple(values))
    cursor = statement.run(connection, given)
    db.session.info["wrote"] = True
    return bool(cursor.rowcount == 1)


def put(model: type[Base], values: Values, newer_by: tuple[str, ...] = ()) -> None:
    """Insert a row, given with all its columns, or take the place of the one with its primary key.

    Args:
        model: the table.
        values: every column's value.
        newer_by: columns; a row that is there stays unless it is the older one by them.

    Raises:
        ScopeRequired: the row lies outside the scope.
    """
    _check_scope(values.get("region_code", ""))
    connection = present_connection()
    _upsert(connection.dialect, model, tuple(values), newer_by).run(connection, values)
    db.session.info["wrote"] = True


class Query:
    """A SELECT of one form, its values bound by name; built when first asked, then handed to the driver.

    Of tables whose rows belong to places it reads only within the scope of everything. Asked outside of any
    transaction it begins none.
    """

    def __init__(self, build: Callable[[], Select[*tuple[Any, ...]]]) -> None:
        self._build = build
        self._prepared: dict[Dialect, Prepared] = {}
        self._is_scoped = False

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values.

        Raises:
            ScopeRequired: the scope is less than everything.
        """
        db.session.flush()
        with brief_connection() as connection:
            prepared = self._prepared.get(connection.dialect) or self._prepare(connection.dialect)
            if self._is_scoped and current_scope() != EVERYTHING:
                raise ScopeRequired("a query past every scope was asked within one")
            return prepared.fetch(connection, values)

    def _prepare(self, dialect: Dialect) -> Prepared:
        select_ = self._build()
        tables = [part for part in iterate(select_) if isinstance(part, Table)]
        self._is_scoped = any("region_code" in table.c for table in tables)
        prepared = self._prepared[dialect] = Prepared(select_, dialect)
        return prepared


def rows(
    model: type[Base],
    columns: tuple[str, ...],
    key: str,
    values: Collection[Any],
    order: tuple[str, ...] = (),
    also: Values = _NO_VALUES,
) -> list[tuple[Any, ...]]:
    """Columns of the rows in scope whose ``key`` is one of several values, ordered by ``order``.

    ``also`` are columns that must have a value each.

    Raises:
        ScopeRequired: no scope is set.
    """
    lower, upper = _bounds()
    if not values:
        return []
    places = next((size for size in _SIZES if size >= len(values)), len(values))
    padded = [*values, *repeat(next(iter(values)), places - len(values))]
    given = {f"key_{place}": value for place, value in enumerate(padded)} | {"lower": lower, "upper": upper}
    given |= {f"also_{name}": value for name, value in also.items()}
    db.session.flush()
    connection = present_connection()
    query = _select(connection.dialect, model, columns, key, places, order, tuple(also))
    return query.fetch(connection, given)


@lru_cache(maxsize=128)
def _select(
    dialect: Dialect,
    model: type[Base],
    columns: tuple[str, ...],
    key: str,
    places: int,
    order: tuple[str, ...],
    also: tuple[str, ...],
) -> Prepared:
    table = _table(model)
    wanted: list[Any] = [bindparam(f"key_{place}", type_=table.c[key].type) for place in range(places)]
    query = select(*(table.c[name] for name in columns)).where(table.c[key].in_(wanted))
    query = query.where(table.c.region_code >= bindparam("lower"), table.c.region_code < bindparam("upper"))
    query = query.where(*(table.c[name] == bindparam(f"also_{name}") for name in also))
    return Prepared(query.order_by(*(table.c[name] for name in order)), dialect)


@lru_cache(maxsize=128)
def _insert(
    dialect: Dialect, model: type[Base], columns: tuple[str, ...], returning: tuple[str, ...]
) -> Prepared:
    table = _table(model)
    statement: Any = insert(table)
    if returning:
        statement = statement.returning(*(table.c[name] for name in returning))
    return Prepared(statement, dialect, columns)


@lru_cache(maxsize=64)
def _upsert(
    dialect: Dialect, model: type[Base], columns: tuple[str, ...], newer_by: tuple[str, ...]
) -> Prepared:
    table = _table(model)
    statement = (sqlite.insert if dialect.name == "sqlite" else postgresql.insert)(table)
    fresh = statement.excluded
    older = tuple_(*(table.c[name] for name in newer_by)) < tuple_(*(fresh[name] for name in newer_by))
    upsert = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: fresh[name] for name in table.c.keys() if not table.c[name].primary_key},  # noqa: SIM118
        where=older if newer_by else None,
    )
    return Prepared(upsert, dialect, columns)


@lru_cache(maxsize=64)
def _update(
    dialect: Dialect,
    model: type[Base],
    where: tuple[str, ...],
    absent: tuple[bool, ...],
    values: tuple[str, ...],
) -> Prepared:
    """Written with ``=`` and ``IS NULL``: PostgreSQL finds no index for IS NOT DISTINCT FROM."""
    table = _table(model)
    query = update(table).where(
        *(
            table.c[name].is_(None) if is_absent else table.c[name] == bindparam(f"old_{name}")
            for name, is_absent in zip(where, absent, strict=True)
        )
    )
    query = query.where(table.c.region_code >= bindparam("lower"), table.c.region_code < bindparam("upper"))
    return Prepared(query.values({name: bindparam(f"new_{name}") for name in values}), dialect)


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def _values(row: Base) -> dict[str, Any]:
    """What was set of an object that is not in the session."""
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
