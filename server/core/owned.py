"""Rows looked up by the person they belong to and not by region.

Somebody's own unfinished work stays theirs when its household moves away. The region scope is not applied
to these queries; a query that is not bound to one user is refused instead.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.core.db import db

OWNER = "user_id"


class OwnRow:
    """A query for one row of one user, built once: asked for every photo, it costs a third of a new one."""

    def __init__(self, query: Any) -> None:
        """``query`` compares something with ``bindparam("user_id")``.

        Raises:
            ValueError: it does not.
        """
        if OWNER not in query.compile().params:
            raise ValueError("a query without its owner would read past the region scope")
        self._query = query

    def find(self, user_id: UUID, **values: Any) -> Any | None:
        """The row's columns as attributes, or None."""
        return db.session.connection().execute(self._query, {OWNER: user_id} | values).one_or_none()
