"""The region scope: whatever a statement looks like, rows outside do not exist; without one nothing runs."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import and_, delete, event, exists, func, insert, literal, select, union_all, update
from sqlalchemy.orm import aliased, joinedload, selectinload

from server.core import audit
from server.core.changes import HERE, Change
from server.core.db import db, transaction
from server.core.scope import (
    EVERYTHING,
    NOTHING,
    ScopeRequired,
    code_range,
    covers,
    current_scope,
    region_scope,
    within,
)
from server.households.models import Household, Member
from server.regions.models import Region
from tests.factories import (
    COUNTY,
    GRID,
    GRID_IN_OTHER_COUNTY,
    GRID_IN_OTHER_VILLAGE,
    OTHER_GRID,
    VILLAGE,
    inside,
    make_household,
    writing,
)

GRIDS = (GRID, OTHER_GRID, GRID_IN_OTHER_VILLAGE, GRID_IN_OTHER_COUNTY)


@pytest.fixture
def world(app):
    """One household of two people in each of four grids."""
    for grid in GRIDS:
        make_household(app, grid, members=2)
    return app


def grids_of(statement):
    return sorted(db.session.scalars(statement))


def household_grids():
    return grids_of(select(Household.region_code))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (GRID, [GRID]),
        (VILLAGE, [GRID, OTHER_GRID]),
        (COUNTY, [GRID, OTHER_GRID, GRID_IN_OTHER_VILLAGE]),
        (EVERYTHING, sorted(GRIDS)),
        (NOTHING, []),
        ("99", []),
    ],
)
def test_select_gives_the_rows_under_the_scope(world, scope, expected):
    with inside(world, scope):
        assert household_grids() == expected


def test_the_same_statement_follows_a_change_of_scope(world):
    """The criterion is cached by SQLAlchemy; its values must not be."""
    for scope, count in ((GRID, 1), (VILLAGE, 2), (COUNTY, 3), (GRID, 1)):
        with inside(world, scope):
            assert len(household_grids()) == count


def test_entities_are_filtered(world):
    with inside(world, GRID):
        assert [row.region_code for row in db.session.scalars(select(Household))] == [GRID]


def test_foreign_identifier_finds_nothing(world):
    with inside(world):
        foreign = db.session.scalar(select(Household.id).where(Household.region_code == OTHER_GRID))
    with inside(world, GRID):
        assert db.session.scalar(select(Household).where(Household.id == foreign)) is None


def test_count_counts_the_scope(world):
    with inside(world, VILLAGE):
        assert db.session.scalar(select(func.count()).select_from(Household)) == 2
        assert db.session.scalar(select(func.count(Household.id))) == 2


def test_join_is_filtered_on_both_sides(world):
    with inside(world, GRID):
        pairs = db.session.execute(select(Household, Member).join(Member, literal(value=True))).all()
    assert {(h.region_code, m.region_code) for h, m in pairs} == {(GRID, GRID)}


def test_join_to_an_unscoped_table_is_filtered(world):
    join = select(Household.region_code).join(Region, Region.code == Household.region_code)
    with inside(world, GRID):
        assert grids_of(join) == [GRID]


def test_outer_join_does_not_bring_foreign_rows_along(world):
    neighbour = aliased(Household)
    query = select(neighbour.region_code).select_from(Household)
    query = query.outerjoin(neighbour, and_(neighbour.region_code != Household.region_code))
    with inside(world, GRID):
        assert db.session.scalars(query).all() == [None]


def test_alias_is_filtered(world):
    with inside(world, GRID):
        assert grids_of(select(aliased(Household).region_code)) == [GRID]


def test_subquery_is_filtered(world):
    inner = select(Household.region_code).subquery()
    with inside(world, GRID):
        assert grids_of(select(inner.c.region_code)) == [GRID]


def test_common_table_expression_is_filtered(world):
    inner = select(Household.region_code).cte()
    with inside(world, GRID):
        assert grids_of(select(inner.c.region_code)) == [GRID]


def test_scalar_subquery_is_filtered(world):
    count = select(func.count()).select_from(Household).scalar_subquery()
    with inside(world, GRID):
        assert db.session.scalar(select(count)) == 1


def test_exists_does_not_tell_of_foreign_rows(world):
    probe = select(exists().where(Household.region_code == OTHER_GRID))
    with inside(world, GRID):
        assert db.session.scalar(probe) is False
    with inside(world, VILLAGE):
        assert db.session.scalar(probe) is True


def test_in_subquery_does_not_tell_of_foreign_rows(world):
    query = select(Region.code).where(Region.code.in_(select(Household.region_code)))
    with inside(world, GRID):
        assert grids_of(query) == [GRID]


def test_union_is_filtered_in_every_part(world):
    query = union_all(select(Household.region_code), select(Member.region_code))
    with inside(world, GRID):
        assert sorted(db.session.scalars(query)) == [GRID] * 3


def test_union_inside_a_subquery_is_filtered(world):
    inner = union_all(select(Household.region_code), select(Member.region_code)).subquery()
    with inside(world, GRID):
        assert grids_of(select(inner.c.region_code)) == [GRID] * 3


def test_lazy_load_is_filtered(world):
    misplaced(world)
    with inside(world, GRID):
        household = db.session.scalars(select(Household)).one()
        assert [member.position for member in household.members] == [0]


def test_lazy_load_follows_the_scope_of_its_own_moment(world):
    misplaced(world)
    with inside(world):
        household = db.session.scalars(select(Household).where(Household.region_code == GRID)).one()
        with region_scope(GRID):
            assert [member.position for member in household.members] == [0]


@pytest.mark.parametrize("load", [selectinload, joinedload])
def test_eager_load_is_filtered(world, load):
    misplaced(world)
    with inside(world, GRID):
        query = select(Household).options(load(Household.members))
        household = db.session.scalars(query).unique().one()
        assert [member.position for member in household.members] == [0]


def misplaced(app):
    """The second member of the household in GRID now lies in another grid."""
    with writing(app):
        query = select(Member).where(Member.region_code == GRID, Member.position == 1)
        db.session.scalars(query).one().region_code = OTHER_GRID


def test_bulk_update_touches_the_scope_only(world):
    with inside(world, GRID), transaction():
        told(GRID)
        assert db.session.execute(update(Household).values(address="moved")).rowcount == 1
    with inside(world):
        moved = grids_of(select(Household.region_code).where(Household.address == "moved"))
        assert moved == [GRID]


def test_bulk_delete_touches_the_scope_only(world):
    with inside(world, GRID), transaction():
        told(GRID)
        assert db.session.execute(delete(Member)).rowcount == 2
    with inside(world):
        assert db.session.scalar(select(func.count()).select_from(Member)) == 6


def test_bulk_insert_needs_the_scope_of_everything(world):
    row = vars(entry(OTHER_GRID)) | {}
    row.pop("_sa_instance_state")
    with inside(world, GRID), pytest.raises(ScopeRequired), transaction():
        db.session.execute(insert(Change), [row])


def entry(region_code):
    from server.core import clock

    return Change(at=clock.now(), kind="test", entity_id=uuid4(), region_code=region_code, effect=HERE)


def told(region_code):
    audit.record("test.touch", ("test", 1), region_code)


def test_row_outside_the_scope_is_refused_when_written(world):
    with inside(world, GRID), pytest.raises(ScopeRequired), transaction():
        db.session.add(entry(OTHER_GRID))


def test_row_cannot_be_moved_out_of_the_scope(world):
    with inside(world, GRID), pytest.raises(ScopeRequired), transaction():
        db.session.scalars(select(Household)).one().region_code = OTHER_GRID


def test_row_loaded_wider_cannot_be_changed_or_deleted_narrower(world):
    with inside(world) as _:
        foreign = db.session.scalars(select(Household).where(Household.region_code == OTHER_GRID)).one()
        with region_scope(GRID):
            foreign.address = "elsewhere"
            with pytest.raises(ScopeRequired):
                db.session.flush()
            db.session.rollback()


def test_statement_without_scope_fails(world):
    with world.app_context(), pytest.raises(ScopeRequired):
        db.session.scalar(select(Household.id))


def test_even_an_unscoped_table_needs_a_scope(world):
    """Nobody reads anything before it is known who asks."""
    with world.app_context(), pytest.raises(ScopeRequired):
        db.session.scalar(select(Region.code))


def test_scope_ends_with_its_block():
    with region_scope(GRID):
        with region_scope(VILLAGE):
            assert current_scope() == VILLAGE
        assert current_scope() == GRID
    assert current_scope() is None


def test_request_leaves_no_scope_behind(login):
    from tests.factories import MEI

    login(MEI).get("/api/v1/me")
    assert current_scope() is None


@pytest.mark.parametrize(
    ("prefix", "upper"), [("450321", "450322"), ("450329", "450330"), ("0999", "1000"), ("09", "10")]
)
def test_range_of_a_prefix_ends_before_its_successor(prefix, upper):
    assert code_range(prefix) == (prefix, upper)


@pytest.mark.parametrize("code", ["45032110020001", "45032110020099", "45032110020000"])
def test_range_and_prefix_agree_on_what_lies_inside(code):
    lower, upper = code_range("450321100200")
    assert lower <= code < upper
    assert covers("450321100200", code)


@pytest.mark.parametrize("code", ["45032110020101", "45032110019999", "450321100"])
def test_range_and_prefix_agree_on_what_lies_outside(code):
    lower, upper = code_range("450321100200")
    assert not lower <= code < upper
    assert not covers("450321100200", code)


def test_within_narrows_a_wider_scope(world):
    with inside(world, COUNTY):
        assert grids_of(select(Household.region_code).where(within(Household.region_code, VILLAGE))) == [
            GRID,
            OTHER_GRID,
        ]


def test_scope_filter_uses_the_index(world):
    """On both engines; a county's worth of rows must not be read to find a grid's."""
    sent = []
    with inside(world, GRID):
        listen = ("before_cursor_execute", lambda *args: sent.append((args[2], args[3])))
        event.listen(db.engine, *listen)
        household_grids()
        event.remove(db.engine, *listen)
        sql, values = sent[-1]
        assert sql.startswith("SELECT")
        with db.engine.connect() as connection:
            explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
            if explain == "EXPLAIN":
                connection.exec_driver_sql("SET enable_seqscan = off")  # so few rows would be read straight
            plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {sql}", values))
    assert "ix_household_region_code" in plan
