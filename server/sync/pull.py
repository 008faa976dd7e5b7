"""What a device is to know of its households: all of them page by page first, then only what changed.

The place in the change log from which changes count is fixed before the first page is read: what commits
while the pages travel comes again as a change, and nothing is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from server.core import changelog, cursors, state
from server.core.auth import Actor
from server.core.changes import Position
from server.core.crypto import sign
from server.core.problems import Problem
from server.households.queries import households_behind, households_by_id
from server.sync import queries

if TYPE_CHECKING:
    from uuid import UUID

    from server.households.queries import Household

LISTING = "pull-2"  # rows of another form than before: who holds an older cursor begins anew
HOUSEHOLD = "household"
Wire = dict[str, Any]


@dataclass(frozen=True)
class Cursor:
    """How far a device is: ``behind`` is the last household of a full pull that is under way, else None.

    ``position`` is the place in the change log up to which the device has heard everything.
    """

    position: Position
    behind: tuple[str, str] | None = None


@dataclass(frozen=True)
class Page:
    """Households to take anew, to put away because they are no more, or because they are another's now."""

    rows: Sequence[Household]
    gone: Sequence[UUID]
    left: Sequence[UUID]
    cursor: Cursor
    more: bool
    snapshot: bool


def pull(actor: Actor, text: str | None, limit: int) -> Wire:
    """The next page for a device; without a cursor the first page of everything in its scope.

    Raises:
        Problem: cursor_gone, for a cursor of another epoch or another scope, for one that stands before what
            the log still holds, and for one that is not ours: a phone has no other way out than a new one.
    """
    epoch = state.epoch() or ""
    if text is None:
        page = _all(Cursor(changelog.settled(), ("", "")), limit)
    else:
        cursor = _open(actor, epoch, text)
        page = _changed(cursor.position, limit) if cursor.behind is None else _all(cursor, limit)
    return {
        "rows": queries.assignments(actor, page.rows),
        "gone": page.gone,
        "left": page.left,
        "cursor": _close(actor, epoch, page.cursor),
        "more": page.more,
        "snapshot": page.snapshot,
        "epoch": epoch,
        "scope": actor.region_code,
    }


def _all(cursor: Cursor, limit: int) -> Page:
    """A page of the full pull, in the order of region and number."""
    rows, more = households_behind(cursor.behind, limit)
    if more:
        following = replace(cursor, behind=(rows[-1].region_code, rows[-1].number))
        return Page(rows, [], [], following, more=True, snapshot=True)
    changed = changelog.changes(HOUSEHOLD, cursor.position, changelog.settled(), 1)
    return Page(rows, [], [], Cursor(cursor.position), more=bool(changed), snapshot=True)


def _changed(after: Position, limit: int) -> Page:
    """A page of what changed: each household once, as it is now."""
    until = max(changelog.settled(), after)
    found = changelog.changes(HOUSEHOLD, after, until, limit + 1)
    more = len(found) > limit
    reached = found[limit - 1][1] if more else until
    ids = list(dict.fromkeys(entity_id for entity_id, _ in found[:limit]))
    here = households_by_id(ids)
    return Page(
        rows=[here[key] for key in ids if key in here and here[key].removed_at is None],
        gone=[key for key in ids if key in here and here[key].removed_at is not None],
        left=[key for key in ids if key not in here],
        cursor=Cursor(reached),
        more=more,
        snapshot=False,
    )


def _close(actor: Actor, epoch: str, cursor: Cursor) -> str:
    behind = cursor.behind or (None, None)
    parts = (epoch, _scope_mark(actor), *cursor.position.wire(), *behind)
    return cursors.pack(LISTING, *parts, bound=False)


def _open(actor: Actor, epoch: str, text: str) -> Cursor:
    gone = Problem("cursor_gone", epoch=epoch, scope=actor.region_code)
    try:
        parts = cursors.unpack(LISTING, text, bound=False)
    except Problem as error:
        raise gone from error  # signed with a secret that was changed since, or altered
    if len(parts) != 6:
        raise gone
    of_epoch, of_scope, xid, seq, region_code, number = parts
    position = Position(int(xid or 0), int(seq or 0))
    if (of_epoch, of_scope) != (epoch, _scope_mark(actor)) or position < changelog.forgotten():
        raise gone
    behind = None if region_code is None else (str(region_code), str(number))
    return Cursor(position, behind)


def _scope_mark(actor: Actor) -> str:
    """Whose cursor it is, and what that user saw: another role or another area begins anew."""
    seen = f"{actor.id}:{actor.role}:{actor.region_code}"
    return sign("cursor", f"scope:{seen}".encode())[:16]
