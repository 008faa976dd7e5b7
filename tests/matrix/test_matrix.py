"""Everybody calls everything about everything."""

from __future__ import annotations

import pytest

from tests.matrix import table
from tests.matrix.people import ALIKE, BY_NAME, CALLERS, COUNTIES, MOVED, REGULAR
from tests.matrix.run import Run, operations

# What PostgreSQL might do otherwise is the same in every grid: there one caller of each role is enough.
ONE_OF_EACH = {caller.role: caller for caller in reversed(REGULAR)}
TROUBLE = ("signed-out", "draining-device", "everywhere")
THERE = [*ONE_OF_EACH.values(), MOVED, *(BY_NAME[name] for name in TROUBLE)]


def _shared_out():
    """Half of the callers to each worker."""
    for caller in CALLERS:
        if caller not in ALIKE:
            half = "second" if caller.place.startswith(COUNTIES[1]) or caller.trouble else "first"
            yield pytest.param(caller, id=caller.name, marks=pytest.mark.xdist_group(half))


def test_every_operation_has_a_row_in_the_table_of_expectations(world):
    assert operations(world.app)


def test_an_operation_without_a_row_is_told_what_to_add(world, monkeypatch):
    rows = {k: v for k, v in table.expected()["operations"].items() if k != "reviews.read_visit"}
    monkeypatch.setattr(table, "expected", lambda: {"operations": rows})
    with pytest.raises(AssertionError, match=r"expected\.yaml has no row for reviews\.read_visit: add one"):
        operations(world.app)


@pytest.mark.parametrize("caller", list(_shared_out()))
def test_nobody_sees_or_changes_what_is_not_theirs(world, state, engine, caller, record_property):
    if engine == "postgresql" and caller not in THERE:
        return
    outcome = Run(world, state, caller).all()
    record_property("matrix_requests", outcome.requests)
    assert not outcome.faults, "\n".join([f"{len(outcome.faults)} faults", *outcome.faults[:40]])
    if caller in REGULAR:  # who moved has not written anything yet where they are now
        open_to_role = {o.name for o in operations(world.app) if table.may_call(o.name, caller.role)}
        public = {name for name in open_to_role if table.is_public(name)}
        assert outcome.answered >= open_to_role - public, "nothing was answered: the calls prove nothing"
