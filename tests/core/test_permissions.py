"""The permission table and the app agree, and a place that does not fit a role opens nothing."""

import pytest

from server.accounts import services
from server.core import permissions
from server.core.db import transaction
from server.core.scope import NOTHING
from tests.factories import COUNTY, GRID, MEI, TOWNSHIP, VILLAGE, WEI, inside, make_household
from tests.sync.pushing import assign, op_of
from tests.sync.relaying import bring_all, key_of, make_file, op_record
from tests.visits.bodies import DRY, visit_of

MISFITS = [
    ("first_secretary", COUNTY),
    ("first_secretary", TOWNSHIP),
    ("grid_member", VILLAGE),
    ("grid_member", COUNTY),
    ("township", COUNTY),
    ("county", "45"),
    ("county", ""),
    ("county", TOWNSHIP),
    ("township", "45032110x"),
    ("township", "４５０３２１１００"),
    ("admin", COUNTY),
    ("auditor", NOTHING),
]


def test_an_operation_without_a_row_stops_the_server_and_says_what_to_add():
    with pytest.raises(ValueError, match=r"has no row for visits\.forgotten: add one line"):
        permissions.check([*permissions.table(), "visits.forgotten"])


def test_a_row_without_an_operation_stops_the_server():
    with pytest.raises(ValueError, match=r"accounts\.me, which is no operation"):
        permissions.check(set(permissions.table()) - {"accounts.me"})


@pytest.mark.parametrize("row", ["everybody", {"mayor": "county"}, {"county": "province"}])
def test_a_row_of_an_unknown_word_is_refused(row):
    with pytest.raises(ValueError, match=r"permissions\.yaml: visits\.some"):
        permissions._reaches("visits.some", row)


@pytest.mark.parametrize(("role", "place"), MISFITS)
def test_a_place_that_does_not_fit_the_role_opens_nothing(app, as_user, role, place):
    make_household(app)
    client = as_user(role, place)
    for address in ("me", "households", "visits", "s1/pull", "regions"):
        reply = client.get(f"/api/v1/{address}")
        assert (reply.status_code, reply.json["code"]) == (403, "account_misplaced")


@pytest.mark.parametrize(("role", "place"), MISFITS[:-2])
def test_such_an_account_is_not_made(app, role, place):
    form = services.NewUser(username="odd", display_name="Odd", role=role, region_code=place)
    with inside(app), pytest.raises(ValueError, match="is no place of a"), transaction():
        services.create_user(form, "hash")


def test_a_grid_member_with_a_villages_code_gets_nothing_carried_either(app, login):
    home = make_household(app)
    file = make_file(key_of(app, MEI), op_record(op_of(visit_of(home.id, DRY))))
    login(MEI)
    assign(app, MEI, VILLAGE)
    (told,) = bring_all(login(WEI), file)
    assert (told["status"], told["body"]["code"]) == (403, "role_not_allowed")


def test_what_reaches_no_record_runs_in_the_scope_of_nothing(monkeypatch):
    rows = {"some.read": {"county": "none", "department": "routed", "township": "township"}}
    monkeypatch.setattr(permissions, "table", lambda: rows)
    assert permissions.scope_of("some.read", "county", COUNTY) == NOTHING
    assert permissions.scope_of("some.read", "department", COUNTY) == NOTHING
    assert permissions.scope_of("some.read", "grid_member", GRID) == NOTHING
    assert permissions.scope_of("some.read", "township", COUNTY) == NOTHING
    assert permissions.scope_of("some.read", "township", TOWNSHIP) == TOWNSHIP
