"""Finding households of a whole county by what somebody typed: each way of asking is a range of one index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import load_only
from sqlalchemy.sql.functions import FunctionElement

from server.core.db import db
from server.core.names import tidied
from server.core.problems import Problem
from server.core.scope import EVERYTHING, NOTHING, code_range, covers, current_scope, region_scope
from server.households.models import Household
from server.households.names import letters

MOST_FOUND = 50
# The last character of all has none behind it, and behind this one are those that are no characters.
_AFTER = {0x10FFFF: 0x10FFFF, 0xD7FF: 0xE000}
_TAIL = re.compile(r"^\d{3}[\dX]$")
_OTHER_LETTERS = re.compile("[^\x00-\x7f\u0300-\u036f·]")  # than Latin ones with their accents
# Not which visit was the last: the county opens none without a light.
_SHOWN = (
    "id", "head_name", "number", "kind", "lifted", "region_code", "natural_village_id", "last_visited_at",
)  # fmt: skip


class _Between(FunctionElement[bool]):
    """A text from a lower bound up to an upper one, character by character, however the database sorts."""

    name = "between_texts"
    type = Boolean()
    inherit_cache = True


@compiles(_Between)
def _plain(element: _Between, compiler: Any, **more: Any) -> str:
    column, lower, upper = (compiler.process(one, **more) for one in element.clauses)
    return f"({column} >= {lower} AND {column} < {upper})"


@compiles(_Between, "postgresql")
def _by_pattern(element: _Between, compiler: Any, **more: Any) -> str:
    column, lower, upper = (compiler.process(one, **more) for one in element.clauses)
    return f"({column} ~>=~ {lower} AND {column} ~<~ {upper})"


def find(typed: str, region: str | None) -> tuple[Sequence[Household], bool]:
    """The first households of the scope that match, and whether there are more.

    Raises:
        Problem: bad_request, for a region out of scope.
    """
    scope = current_scope()
    place = region or scope or ""
    if scope is None or scope == NOTHING or not covers(scope, place):
        raise Problem("bad_request")
    found: dict[Any, Household] = {}
    with region_scope(EVERYTHING):  # the place is looked at in each row found, and never searched by
        for condition in _ways(tidied(typed)):
            query = select(Household).where(condition, *_inside(place), Household.removed_at.is_(None))
            query = query.options(load_only(*(getattr(Household, name) for name in _SHOWN)))
            rows = db.session.scalars(query.limit(MOST_FOUND + 1))
            found |= {row.id: row for row in rows}
            if len(found) > MOST_FOUND:
                break
    ordered = sorted(found.values(), key=lambda row: (row.region_code, row.number))
    return ordered[:MOST_FOUND], len(ordered) > MOST_FOUND


def _inside(place: str) -> list[ColumnElement[bool]]:
    if place == EVERYTHING:
        return []
    lower, upper = code_range(place)
    code = Household.region_code.concat("")  # not the column itself: its index would be the worse choice
    return [code >= lower, code < upper]


def _ways(typed: str) -> Iterator[ColumnElement[bool]]:
    together, plain = typed.replace(" ", ""), letters(typed)
    if _TAIL.match(together.upper()):
        yield Household.id_tail == together.upper()
    if together.isdecimal():
        yield _begins(Household.number, together)
    elif not _OTHER_LETTERS.search(unicodedata.normalize("NFD", typed)):
        if plain and not plain.isdecimal():
            yield _begins(Household.initials, plain)
            yield _begins(Household.pinyin, plain)
    else:
        for name in {typed, together}:
            yield _begins(Household.head_name, name)


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    return _Between(column, text, text[:-1] + chr(_AFTER.get(ord(text[-1]), ord(text[-1]) + 1)))
