"""The running installation's database as worker processes reach it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from server.core.crypto import keyring
from server.core.rawrows import Source, key_text
from server.core.sealing import Sealer, sealer


def row_source(table: str, columns: Sequence[str], sealed: str) -> Source:
    """Rows of a table with one sealed column; the first of ``columns`` is the row's key."""
    url = str(current_app.extensions["settings"].database_url).replace("+psycopg:", ":", 1)
    return Source(url, keyring().key("field").hex(), table, tuple(columns), sealed)


def row_sealer() -> Sealer:
    """The cipher of sealed columns that hold bytes."""
    return sealer(keyring().key("field"))


def bound(table: str, key: object) -> str:
    """What a row's sealed column is bound to."""
    return f"{table}:{key_text(key)}"
