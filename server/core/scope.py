"""Region scope: every ORM statement sees the rows under one region code, or fails when no scope is set.

A region code's descendants start with it, so a scope is the half-open range ``[code, code + 1)``,
which an index on ``region_code`` answers on both engines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

from sqlalchemy import ColumnElement, String, and_, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

EVERYTHING = ""
NOTHING = "-"

_scope: ContextVar[str | None] = ContextVar("region_scope", default=None)


class ScopeRequired(RuntimeError):
    """A statement ran outside any scope, or a row outside the scope was about to be written."""


class RegionScoped:
    """Mixin of every table whose rows belong to a place.

    ``region_code`` is the code of the row's grid (14 digits), or of the smallest region it concerns.
    """

    region_code: Mapped[str] = mapped_column(String(14), index=True)


def code_range(prefix: str) -> tuple[str, str]:
    """Lower (included) and upper (excluded) bound of all codes that start with ``prefix``."""
    return prefix, str(int(prefix) + 1).zfill(len(prefix))


def covers(prefix: str, code: str) -> bool:
    """Whether a scope includes a region code."""
    return prefix != NOTHING and code.startswith(prefix)


def current_scope() -> str | None:
    """The prefix in force, None outside any scope."""
    return _scope.get()


def enter_scope(prefix: str) -> Token[str | None]:
    """Set the scope until ``leave_scope``; a request does this once it knows who asks."""
    return _scope.set(prefix)


def leave_scope(token: Token[str | None]) -> None:
    """Put back what was in force before."""
    _scope.reset(token)


@contextmanager
def region_scope(prefix: str) -> Iterator[None]:
    """See and touch only rows under ``prefix``; ``EVERYTHING`` is for jobs, commands and sign-in."""
    token = enter_scope(prefix)
    try:
        yield
    finally:
        leave_scope(token)


def within(column: Any, prefix: str) -> ColumnElement[bool]:
    """Condition "the column's region lies under prefix", for a filter inside the scope."""
    lower, upper = code_range(prefix)
    return and_(column >= lower, column < upper)


@event.listens_for(Session, "do_orm_execute")
def _filter_rows(state: ORMExecuteState) -> None:
    if state.is_column_load:
        return  # refreshes columns of a row that was already let through
    prefix = _scope.get()
    if prefix is None:
        raise ScopeRequired("no region scope is set for this statement")
    if prefix == EVERYTHING:
        return
    if state.is_insert:
        # A bulk insert never passes the flush that looks at each row; only jobs and commands may do it.
        raise ScopeRequired("a bulk insert needs the scope of everything")
    lower, upper = ("1", "0") if prefix == NOTHING else code_range(prefix)
    state.statement = state.statement.options(
        with_loader_criteria(
            RegionScoped,
            lambda cls: and_(cls.region_code >= lower, cls.region_code < upper),
            include_aliases=True,
        )
    )


@event.listens_for(Session, "before_flush")
def _refuse_foreign_rows(session: Session, *_: object) -> None:
    prefix = _scope.get()
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, RegionScoped):
            continue
        if prefix is None or not covers(prefix, row.region_code):
            raise ScopeRequired(f"a {type(row).__name__} outside the scope was about to be written")
