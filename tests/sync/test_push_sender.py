"""Who sends, as the database knows them at each operation, and how their clock stood."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from server.accounts.models import User
from server.core.db import db
from server.households.models import Household
from server.visits.models import Visit
from tests.factories import MEI, OTHER_GRID, PING, WEI, inside, make_user, writing
from tests.sync.pushing import before_the_third, count, op_of, push, refusal, results, told
from tests.visits.bodies import CLEAN, DRY, NOW, instant, send, visit_of

# --- who sends ----------------------------------------------------------------------------------------------


def test_the_ledger_is_each_users_own(app, login, mei, homes):
    op = op_of(visit_of(homes[0].id))
    assert told(results(mei, op)) == [("accepted", None)]
    (found,) = results(login(PING), op)
    assert (found["st"], found["code"], found["result"]) == ("held", "scope", None)


def test_a_colleague_with_the_same_number_is_kept_beside_it(app, mei, homes, login):
    op = op_of(visit_of(homes[0].id))
    assert told(results(mei, op)) == [("accepted", None)]
    colleague = login(make_user(app, "grid_member", homes[0].region_code))
    (found,) = results(colleague, op)
    assert (found["st"], found["code"], found["result"]) == ("held", "conflict", None)
    assert results(colleague, op) == [found]
    assert count(app) == 1


def change_of_mei(values):
    return update(User.__table__).where(User.__table__.c.id == MEI.id).values(**values)


@pytest.mark.parametrize(
    ("column", "value", "status", "code"),
    [("active", False, 401, "token_invalid"), ("role", "township", 403, "role_not_allowed")],
)
def test_who_may_not_send_any_more_in_the_middle_of_a_push_keeps_the_rest(
    app, mei, homes, monkeypatch, column, value, status, code
):
    """The right to send is read in the transaction of each operation."""

    ops = [op_of(visit_of(home.id)) for home in homes]
    before_the_third(monkeypatch, change_of_mei({column: value}))
    reply = push(mei, *ops)
    assert refusal(reply) == (status, code)
    assert count(app) == 2
    monkeypatch.undo()
    with writing(app):
        user = db.session.scalar(select(User).where(User.id == MEI.id))
        user.active, user.role = True, "grid_member"
    assert told(results(mei, *ops)) == [("accepted", None)] * 4


def test_who_is_moved_in_the_middle_of_a_push_has_the_rest_kept(app, mei, homes, monkeypatch):
    ops = [op_of(visit_of(home.id)) for home in homes]
    before_the_third(monkeypatch, change_of_mei({"region_code": OTHER_GRID}))
    found = results(mei, *ops)
    assert told(found) == [("accepted", None)] * 2 + [("held", "scope")] * 2
    assert count(app) == 2


# --- clocks -------------------------------------------------------------------------------------------------


def stored(app, body):
    with inside(app):
        return db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))


@pytest.mark.parametrize(
    ("offset_ms", "sent_at", "expected"),
    [
        (250, "2026-11-23T02:00:00.000Z", (250, False)),
        (600_000, "2026-11-23T02:00:00.000Z", (600_000, False)),
        (-600_001, "2026-11-23T02:00:00.000Z", (-600_001, True)),
        (None, "2026-11-23T01:59:00.000Z", (60_000, False)),
        (None, "2026-11-23T02:30:00.000Z", (-1_800_000, True)),
        (0, "2026-11-23T01:00:00.000Z", (0, True)),
        (None, "1990-01-01T00:00:00.000Z", (1_164_247_200_000, True)),
    ],
)
def test_how_far_the_phones_clock_was_off_is_kept_and_marked(
    app, mei, login, homes, offset_ms, sent_at, expected
):
    body = visit_of(homes[0].id)
    (found,) = results(mei, op_of(body, offset_ms=offset_ms), client_time=sent_at)
    assert found["st"] == "accepted"
    visit = stored(app, body)
    assert (visit.clock_offset_ms, visit.clock_suspect) == expected
    shown = login(WEI).get(f"/api/v1/visits/{body['id']}").json
    assert (shown["clock_offset_ms"], shown["clock_suspect"]) == expected


def test_nobody_knows_the_clock_of_a_phone_of_the_first_release(app, mei, homes):
    body = visit_of(homes[0].id)
    send(mei, body)
    assert (stored(app, body).clock_offset_ms, stored(app, body).clock_suspect) == (None, False)


def test_a_visit_of_a_phone_whose_clock_is_years_behind_is_still_the_newest_of_its_household(app, mei, homes):
    results(mei, op_of(visit_of(homes[0].id, DRY, at=NOW - timedelta(days=30))))
    behind = timedelta(days=2000)
    body = visit_of(homes[0].id, CLEAN, at=NOW - behind)
    wrong = {"offset_ms": behind // timedelta(milliseconds=1)}
    assert told(results(mei, op_of(body, **wrong), client_time=instant(NOW - behind))) == [("accepted", None)]
    with inside(app):
        home = db.session.get(Household, homes[0].id)
        visit = db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"])))
    assert (visit.visited_at, visit.clock_suspect) == (NOW, True)
    assert (home.last_visit_id, home.last_visited_at) == (visit.id, NOW)
