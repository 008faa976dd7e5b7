"""Pages of households: every one once, in one order, whatever is added meanwhile."""

from __future__ import annotations

import pytest

from server.core.problems import Problem
from server.households import queries
from tests.factories import GRID, GRID_IN_OTHER_COUNTY, OTHER_GRID, VILLAGE, inside, make_household

SCOPE = VILLAGE


@pytest.fixture
def numbers(app):
    """Seven households in two grids, made out of order."""
    made = [(GRID, "5"), (OTHER_GRID, "2"), (GRID, "1"), (GRID, "9"), (OTHER_GRID, "7"), (OTHER_GRID, "4")]
    for grid, number in [*made, (GRID, "3")]:
        make_household(app, grid, number=number, members=1)
    make_household(app, GRID_IN_OTHER_COUNTY, number="0", members=1)
    return ["1", "3", "5", "9", "2", "4", "7"]


def all_pages(limit):
    pages, cursor = [], None
    for _ in range(20):
        page, cursor = queries.page_of_households(cursor, limit)
        pages.append([household.number for household in page])
        if cursor is None:
            return pages
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 500])
def test_pages_together_hold_each_household_once(app, numbers, limit):
    with inside(app, SCOPE):
        pages = all_pages(limit)
    assert [number for page in pages for number in page] == numbers
    assert all(len(page) == limit for page in pages[:-1])


def test_household_added_behind_the_cursor_does_not_move_the_rest(app, numbers):
    with inside(app, SCOPE):
        first, cursor = queries.page_of_households(None, 3)
    make_household(app, GRID, number="00", members=1)
    with inside(app, SCOPE):
        rest, _ = queries.page_of_households(cursor, 500)
    assert [household.number for household in (*first, *rest)] == numbers


def test_empty_area_is_one_empty_page(app):
    with inside(app, SCOPE):
        assert queries.page_of_households(None) == ([], None)


def test_members_come_with_the_page_in_their_order(app):
    from sqlalchemy import event

    from server.core.db import db

    for _ in range(4):
        make_household(app, members=3)
    statements = []
    with inside(app, SCOPE):
        listen = ("before_cursor_execute", lambda *args: statements.append(args[2][:6]))
        event.listen(db.engine, *listen)
        page, _ = queries.page_of_households(None)
        positions = [[member.position for member in household.members] for household in page]
        event.remove(db.engine, *listen)
    assert positions == [[0, 1, 2]] * 4
    assert statements.count("SELECT") == 2


@pytest.mark.parametrize("cursor", ["", "x", "AAAA"])
def test_invented_cursor_is_refused(app, cursor):
    with inside(app, SCOPE), pytest.raises(Problem) as refused:
        queries.page_of_households(cursor)
    assert refused.value.code == "bad_request"


def test_cursor_brings_no_foreign_household_into_sight(app, numbers):
    """A cursor made in a wider scope and used in a narrower one shows the narrower one's rows only."""
    with inside(app):
        _, cursor = queries.page_of_households(None, 1)
    with inside(app, GRID):
        page, _ = queries.page_of_households(cursor)
    assert {household.region_code for household in page} == {GRID}


def test_counting_counts_the_scope(app, numbers):
    with inside(app, GRID):
        assert queries.count_households() == 4


def test_several_are_read_by_identifier_and_foreign_ones_are_missing(app):
    mine, foreign = make_household(app, GRID), make_household(app, OTHER_GRID)
    with inside(app, GRID):
        assert list(queries.households_by_id([mine.id, foreign.id])) == [mine.id]
