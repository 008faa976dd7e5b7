"""What was readable a moment ago: moved households, moved people, ended sign-ins; own work; and races."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from server.accounts.models import Device, LoginSession, User
from server.core import clock
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import region_scope
from server.households.queries import household_to_edit
from server.households.services import MOVE, Author, set_fields, summarise
from server.rechecks.services import CAUSES
from tests.factories import writing
from tests.matrix import table
from tests.matrix.people import GRIDS, of
from tests.visits.bodies import new_id

HERE = GRIDS[0]
ELSEWHERE = {"grid": GRIDS[1], "village": GRIDS[2], "township": GRIDS[4], "county": GRIDS[8]}
ROLES = ("grid_member", "first_secretary", "township", "county")


def _move(app, home, grid):
    author = Author(of("county", HERE).id, "县里", uuid4(), None)
    with writing(app):
        set_fields(household_to_edit(home.id), {MOVE: grid}, author)


def _visit_of(world, home):
    return next(r for r in world.ledger.of("visit")
                if r.get("household_id") == str(home.id) and r.get("state") == "submitted")  # fmt: skip


def _read(world, caller, home):
    """The answers to everything about a household, with the visit and its photos."""
    visit, client = _visit_of(world, home), world.client(caller)
    photo = next(r for r in world.ledger.of("photo") if r.get("visit_id") == visit.id)
    addresses = {
        "household": f"households/{home.id}",
        "visit": f"visits/{visit.id}",
        "photos": f"visits/{visit.id}/photos",
        "picture": f"photos/{photo.id}/full",
        "receipt": f"receipts/{visit.get('number')}",
    }
    return {name: client.get(f"/api/v1/{address}").status_code for name, address in addresses.items()}


def _is_listed(world, caller, home):
    reply = world.client(caller).get("/api/v1/households", query_string={"limit": 500})
    return str(home.id) in [each["id"] for each in reply.json["items"]]


@pytest.mark.parametrize("where", ["grid", "village", "township"])
def test_a_household_that_moved_is_read_where_it_is_and_nowhere_else(world, where):
    home, there = world.homes[HERE][0], ELSEWHERE[where]
    for role in ROLES:
        assert set(_read(world, of(role, HERE), home).values()) == {200}
    _move(world.app, home, there)
    for place in (HERE, there):
        for role in ROLES:
            caller = of(role, place)
            mine = there.startswith(caller.place)
            told = _read(world, caller, home)
            assert _is_listed(world, caller, home) == mine
            # The new grid member visits the household, but did not write the old visit.
            author = role == "grid_member" and mine
            wanted = {200} if mine and not author else {404}
            assert set(told.values()) - ({200} if author else set()) == wanted, (caller, told)


@pytest.mark.parametrize("where", sorted(ELSEWHERE))
def test_a_grid_member_who_moved_reads_nothing_of_before(world, where):
    home, caller = world.homes[HERE][0], of("grid_member", HERE)
    assert set(_read(world, caller, home).values()) == {200}
    with writing(world.app):
        db.session.execute(update(User).where(User.id == caller.id).values(region_code=ELSEWHERE[where]))
    assert set(_read(world, caller, home).values()) == {404}
    assert not _is_listed(world, caller, home)


def test_a_first_secretary_who_moved_reads_nothing_of_before(world):
    home, caller = world.homes[HERE][0], of("first_secretary", HERE)
    assert set(_read(world, caller, home).values()) == {200}
    with writing(world.app):
        place = ELSEWHERE["village"][:12]
        db.session.execute(update(User).where(User.id == caller.id).values(region_code=place))
    assert set(_read(world, caller, home).values()) == {404}
    assert not _is_listed(world, caller, home)


def _disable(caller):
    return update(User).where(User.id == caller.id).values(active=False)


def _end_sign_ins(caller):
    return update(LoginSession).where(LoginSession.user_id == caller.id).values(revoked_at=clock.now())


def _wipe(caller):
    return update(Device).where(Device.user_id == caller.id).values(order="kill")


def _take_the_role(caller):
    return update(User).where(User.id == caller.id).values(role="department")


@pytest.mark.parametrize("revoke", [_disable, _end_sign_ins, _wipe, _take_the_role])
def test_read_revoke_read(world, revoke):
    home, caller = world.homes[HERE][0], of("first_secretary", HERE)
    assert set(_read(world, caller, home).values()) == {200}
    with writing(world.app):
        db.session.execute(revoke(caller))
    assert set(_read(world, caller, home).values()) <= {401, 403}
    assert world.client(caller).get("/api/v1/visits").status_code in (401, 403)


# --- own work ---------------------------------------------------------------------------------------------


def test_nobody_decides_on_their_own_work(world, state):
    """A grid member who became first secretary meets what they handed in before: others decide on it."""
    caller, village = of("grid_member", HERE), HERE[:12]
    with writing(world.app):
        db.session.execute(
            update(User).where(User.id == caller.id).values(role="first_secretary", region_code=village)
        )
    calls = {
        "reviews.review_visit": ("visit", "visits/{}/reviews", {"decision": "approved", "comments": []}),
        "proposals.decide_proposal": ("proposal", "proposals/{}/decision", {"decision": "approved"}),
        "held.decide_held": ("held", "held/{}/decision", {"decision": "taken"}),
    }
    above = {"rechecks.conclude_recheck", "county_desk.decide_case"}  # tried below
    assert set(calls) | above == set(table.permitted()["decisions"]), "try own work with the new one"
    for kind, address, body in calls.values():
        own = [r for r in world.ledger.of(kind) if r.owner == caller.id and r.get("level") != "township"]
        assert own
        for record in own:
            said = {"comment": ""} | body | ({"id": new_id()} if kind == "visit" else {})
            before = state.changes()
            reply = world.client(caller).post(f"/api/v1/{address.format(record.id)}", json=said)
            assert (reply.status_code, reply.json["code"]) == (409, "own_work")
            assert state.changes() == before


@pytest.mark.parametrize(("role", "digits", "grid", "address", "body"), [
    ("township", 9, GRIDS[1], "rechecks/{}/outcomes", {"decision": "hand_up", "cause": CAUSES[0]}),
    ("county", 6, GRIDS[0], "county/cases/{}/decisions", {"decision": "monitor"}),
])  # fmt: skip
def test_who_rose_decides_on_no_case_of_their_own(world, role, digits, grid, address, body):
    caller = of("grid_member", grid)
    with writing(world.app):
        values = {"role": role, "region_code": grid[:digits]}
        db.session.execute(update(User).where(User.id == caller.id).values(values))
    case = next(r for r in world.ledger.of("recheck") if r.region == grid)
    said = body | {"id": new_id(), "opinion": "情况属实"}
    reply = world.client(caller).post(f"/api/v1/{address.format(case.id)}", json=said)
    assert (reply.status_code, reply.json["code"]) == (409, "own_work")


def test_a_line_of_what_moved_away_since_it_was_read_is_asked_for_again(world):
    with world.app.app_context(), region_scope(HERE):
        lines = summarise([world.homes[HERE][0].id, world.homes[ELSEWHERE["county"]][0].id])
        assert list(lines) == [world.homes[HERE][0].id]
        with pytest.raises(Problem, match="busy"):
            lines[world.homes[ELSEWHERE["county"]][0].id]


# --- two at once ------------------------------------------------------------------------------------------


def _both(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(reply.status_code for reply in pool.map(lambda call: call(), calls))


def _posts(world, caller, address, *bodies):
    return [lambda body=body: world.client(caller).post(f"/api/v1/{address}", json=body) for body in bodies]


def test_two_decisions_on_a_visit_at_once_are_one(world):
    visit = _visit_of(world, world.homes[HERE][0])
    said = {"comment": "", "comments": []}
    calls = _posts(world, of("first_secretary", HERE), f"visits/{visit.id}/reviews",
                   {"id": new_id(), "decision": "approved"} | said)  # fmt: skip
    calls += _posts(world, of("township", HERE), f"visits/{visit.id}/reviews",
                    {"id": new_id(), "decision": "approved"} | said)  # fmt: skip
    assert _both(*calls) == {201: 1, 409: 1}


@pytest.mark.parametrize(("kind", "first", "second"), [
    ("held", "taken", "declined"), ("proposals", "approved", "declined"),
])  # fmt: skip
def test_two_decisions_on_kept_work_at_once_are_one(world, kind, first, second):
    caller = of("first_secretary", HERE)
    (found, *_) = world.client(caller).get(f"/api/v1/{kind}").json["items"]
    bodies = [{"decision": each, "comment": ""} for each in (first, second)]
    told = _both(*_posts(world, caller, f"{kind}/{found['id']}/decision", *bodies))
    assert told in ({200: 1, 409: 1}, {200: 1, 422: 1}), told


def test_reading_while_the_household_moves_gives_all_or_nothing(world):
    """The check of the place and the reading are one: no answer is half of before and half of after."""
    home, caller = world.homes[HERE][0], of("first_secretary", HERE)
    with ThreadPoolExecutor(2) as pool:
        address = f"/api/v1/households/{home.id}"
        reads = [pool.submit(lambda: world.client(caller).get(address)) for _ in range(6)]
        _move(world.app, home, ELSEWHERE["township"])
        replies = [read.result() for read in reads]
    with writing(world.app):
        assert db.session.scalar(select(User.id).where(User.id == caller.id))
    for reply in replies:
        assert reply.status_code in (200, 404)
        assert ELSEWHERE["township"] not in reply.text
