"""Statements built by SQLAlchemy once and then handed to the driver as they are.

SQLAlchemy's own way from a statement to the driver costs more than SQLite's work on it, and a visit needs
eight of them while it holds the write lock. Only ``core.quick`` uses this, which looks after scope
and audit, and what seals the audit itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]


class Prepared:
    """The text of one statement for one engine, and how each of its values becomes the driver's."""

    def __init__(
        self, statement: ClauseElement, dialect: Dialect, columns: Sequence[str] | None = None
    ) -> None:
        """``columns`` are those an INSERT is given values for; the table's defaults fill in the rest."""
        compiled = statement.compile(dialect=dialect, column_keys=None if columns is None else list(columns))
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        names = (compiled.positiontup or ()) if compiled.positional else compiled.params
        bound = [compiled.binds[name] for name in names]
        self._names = None if compiled.positional else tuple(names)
        self._ordered = _in_order([one.key for one in bound])
        converts = [one.type.dialect_impl(dialect).bind_processor(dialect) for one in bound]
        self._converts = [(place, convert) for place, convert in enumerate(converts) if convert is not None]
        self._defaults: dict[str, Any] = {one.key: one.value for one in bound if one.value is not None}
        self._made: dict[str, Callable[[Any], Any]] = {}
        for column in compiled.insert_prefetch:
            default: Any = column.default
            (self._made if default.is_callable else self._defaults)[str(column.key)] = default.arg
        self._found = [
            _converter(column.type, dialect) for column in getattr(statement, "selected_columns", ())
        ]

    def run(self, connection: Connection, values: Values) -> Any:
        """Execute once; gives the driver's cursor. Raises as ``send`` does."""
        return send(connection, self.text, self._parameters(values))

    def fetch(self, connection: Connection, values: Values) -> list[tuple[Any, ...]]:
        """The rows of a SELECT, their values as SQLAlchemy gives them. Raises as ``send`` does."""
        rows = self.run(connection, values).fetchall()
        columns = zip(zip(*rows, strict=True), self._found, strict=True) if rows else ()
        return list(
            zip(*(each if convert is None else map(convert, each) for each, convert in columns), strict=True)
        )

    def run_all(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Execute for each of several rows, in their order. Raises as ``send`` does."""
        send(connection, self.text, [self._parameters(values) for values in rows], many=True)

    def _parameters(self, values: Values) -> Any:
        """The values as the driver takes them: by place (SQLite) or by name (PostgreSQL)."""
        if self._made:
            values = {key: make(None) for key, make in self._made.items()} | dict(values)
        if self._defaults:
            values = self._defaults | dict(values)
        given = list(self._ordered(values))
        for place, convert in self._converts:
            given[place] = convert(given[place])
        return given if self._names is None else dict(zip(self._names, given, strict=True))


def send(connection: Connection, text: str, parameters: Any = (), *, many: bool = False) -> Any:
    """Hand a text to the driver; gives its cursor.

    Raises:
        sqlalchemy.exc.DBAPIError: as for any other statement, but without the values: they may be a person's.
    """
    cursor = connection.connection.cursor()
    for listener in connection.dispatch.before_cursor_execute:  # whoever counts statements counts these too
        listener(connection, cursor, text, parameters, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(text, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        base, dialect = connection.dialect.loaded_dbapi.Error, connection.dialect
        raise DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=dialect) from error
    return cursor


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a column's value of the driver's."""
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _in_order(keys: Sequence[str]) -> Callable[[Values], tuple[Any, ...]]:
    """What takes the values of some keys, in their order."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: tuple(values[key] for key in keys)
