"""Facts about this installation itself, one row each."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from server.core import audit, clock, quick
from server.core.db import Base, db

EPOCH, _LOST = "epoch", "lost"
_REMEMBERED = (
    2 * 7
)  # ends of the times that earlier restores took; with the last one they fit into the column


class ServerState(Base):
    """A named fact about the installation."""

    __tablename__ = "server_state"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


def epoch() -> str | None:
    """The identifier of this database's history; it changes when a backup is restored. None before set-up."""
    return read(EPOCH)


def read(name: str) -> str | None:
    """The value of a fact; None when nobody has stated it."""
    rows = _VALUE.rows(name=name)
    return str(rows[0][0]) if rows else None


_VALUE = quick.Query(lambda: select(ServerState.value).where(ServerState.name == bindparam("name")))


def write(name: str, value: str) -> None:
    """State a fact, in place of what was stated before. The caller audits it."""
    row = db.session.scalar(select(ServerState).where(ServerState.name == name))
    if row is None:
        db.session.add(ServerState(name=name, value=value))
    else:
        row.value = value


def ensure_epoch() -> None:
    """Give a new database its epoch; the caller holds the transaction."""
    if epoch() is None:
        db.session.add(ServerState(name=EPOCH, value=secrets.token_hex(8)))
        audit.record("server.initialise", ("server", EPOCH), "0")


def renew_epoch(lost_since: datetime) -> str:
    """Begin another history: what devices know of the one before no longer holds. The caller audits it.

    ``lost_since`` is the last instant of the old history that this database remembers.
    """
    fresh, now = secrets.token_hex(8), int(clock.now().timestamp())
    write(EPOCH, fresh)
    write(_LOST, " ".join(map(str, [*_lost_times()[-_REMEMBERED:], int(lost_since.timestamp()), now])))
    return fresh


def was_lost(second: int) -> bool:
    """Whether a second (Unix time) belongs to a time that this database forgot when it was restored."""
    times = _lost_times()
    return any(since <= second <= until for since, until in zip(times[::2], times[1::2], strict=True))


def _lost_times() -> list[int]:
    """Beginning and end of each time that was forgotten, in Unix time, the one of the last restore last."""
    return [int(each) for each in (read(_LOST) or "").split()]
