"""What the server may promise on the strength of its backups."""

from __future__ import annotations

from server.backups import queries
from server.core import state
from server.core.changes import Position

RESTS_ON = 2
NOTHING = Position(0, 0)


def durable_position() -> Position:
    """Everything before this place of the change log is safe, also when the newest backup turns out broken.

    The two newest verified backups of the present epoch both hold it; (0, 0) while there are not two. What
    an earlier epoch's backups held says nothing about the rows of this one.
    """
    epoch = state.epoch()
    found = queries.newest(epoch, RESTS_ON) if epoch else []
    if len(found) < RESTS_ON:
        return NOTHING
    return min(Position(each.xid, each.seq) for each in found)
