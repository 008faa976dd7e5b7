"""GET /s1/pull: everything page by page, then what changed; nothing missed, and nothing of others."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import event

from server.core import state
from server.core.db import db, transaction
from tests.factories import (
    FANG,
    GRID,
    LAN,
    MEI,
    OTHER_GRID,
    QIN,
    WEI,
    ZHOU,
    inside,
    make_household,
    make_user,
)
from tests.sync.pulling import URL, Puller
from tests.visits.bodies import DRY, NOW, new_id, send, visit_of


@pytest.fixture
def mei(login):
    return login(MEI)


def fill(app, number, region_code=GRID):
    return {str(make_household(app, region_code).id) for _ in range(number)}


# --- everything -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7, 500])
def test_without_a_cursor_every_household_of_the_scope_comes_once(app, mei, limit):
    mine = fill(app, 6)
    fill(app, 2, OTHER_GRID)
    device = Puller(mei, limit)
    pages = device.all()
    assert sorted(row["id"] for page in pages for row in page["rows"]) == sorted(mine)
    assert all(page["snapshot"] for page in pages)
    assert len(pages) == -(-6 // limit)


def test_a_row_is_what_the_list_of_households_shows(app, mei):
    send(mei, visit_of(make_household(app).id, DRY))
    (row,) = Puller(mei).page()["rows"]
    assert [row] == mei.get("/api/v1/households").json["items"]


def test_a_page_says_whose_it_is(app, mei):
    with inside(app), transaction():
        state.ensure_epoch()
        epoch = state.epoch()
    page = Puller(mei).page()
    assert (page["scope"], page["epoch"], page["income_line"]) == (GRID, epoch, "5000.00")


@pytest.mark.parametrize("person", [LAN, FANG])
def test_an_empty_scope_is_one_empty_page(app, login, person):
    fill(app, 3)
    page = Puller(login(person)).page()
    assert (page["rows"], page["more"], page["snapshot"]) == ([], False, True)


def test_reviewers_pull_their_whole_area(app, login):
    here, there = fill(app, 2), fill(app, 2, LAN.region_code)
    for person, expected in ((WEI, here), (ZHOU, here | there), (QIN, here | there)):
        device = Puller(login(person), 3)
        device.all()
        assert device.ids == expected


# --- what changed -----------------------------------------------------------------------------------------


def test_nothing_comes_when_nothing_changed(app, mei):
    fill(app, 3)
    device = Puller(mei)
    device.all()
    page = device.page()
    assert (page["rows"], page["gone"], page["left"]) == ([], [], [])
    assert (page["more"], page["snapshot"]) == (False, False)


def test_a_visit_a_review_and_a_new_household_come(app, login, mei):
    household = make_household(app)
    device = Puller(mei)
    device.all()
    body = visit_of(household.id, DRY)
    send(mei, body)
    device.all()
    assert device.rows[str(household.id)]["last_visit"]["id"] == body["id"]
    review = {"id": new_id(), "decision": "returned", "comment": "Ask again.", "comments": []}
    login(WEI).post(f"/api/v1/visits/{body['id']}/reviews", json=review)
    device.all()
    assert device.rows[str(household.id)]["returned"]["comment"] == "Ask again."
    (new,) = fill(app, 1)
    assert [row["id"] for row in device.page()["rows"]] == [new]


def test_a_household_changed_often_comes_once_a_page_as_it_is_now(app, mei):
    household = make_household(app)
    device = Puller(mei)
    device.all()
    for day in (20, 21, 22):
        send(mei, newest := visit_of(household.id, at=NOW.replace(day=day)))
    (page,) = device.all()
    assert [row["last_visit"]["id"] for row in page["rows"]] == [newest["id"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_changes_come_whole_at_every_page_size(app, mei, limit):
    device = Puller(mei, limit)
    device.all()
    mine = fill(app, 5)
    fill(app, 3, OTHER_GRID)
    pages = device.all()
    assert device.ids == mine
    assert len(pages) == -(-5 // limit)
    assert device.page()["rows"] == []


def test_changes_of_another_area_do_not_come(app, login, mei):
    device = Puller(mei)
    device.all()
    theirs = make_household(app, LAN.region_code)
    send(login(LAN), visit_of(theirs.id))
    page = device.page()
    assert (page["rows"], page["gone"], page["left"]) == ([], [], [])


def test_the_number_of_queries_does_not_grow_with_the_page(app, login):
    mei = login(MEI)

    def statements(cursor):
        seen = []
        with app.app_context():
            engine = db.engine
        note = lambda *args: seen.append(args[2])  # noqa: E731 - one listener, removed below
        event.listen(engine, "before_cursor_execute", note)
        mei.get(URL, query_string={"cursor": cursor} if cursor else {})
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    def fill_and_count():
        cursor = Puller(mei).page()["cursor"]
        for _ in range(number):
            send(mei, visit_of(make_household(app).id, DRY))
        return statements(cursor), statements(None)

    number = 2
    few = fill_and_count()
    number = 6
    assert fill_and_count() == few


def test_what_commits_between_the_pages_of_everything_is_not_lost(app, login):
    """Whichever place of the order it takes: before the pages read so far, or behind."""
    fill(app, 4, OTHER_GRID)
    device = Puller(login(WEI), 2)
    device.page()
    early, late = make_household(app, GRID, number="0"), make_household(app, OTHER_GRID, number="ZZ")
    pages = device.all()
    assert pages[-1]["snapshot"] is False
    assert {str(early.id), str(late.id)} <= device.ids
    assert len(device.ids) == 6


def test_the_last_page_of_everything_says_when_changes_wait(app, mei):
    household = make_household(app)
    device = Puller(mei, 1)
    make_household(app)
    assert device.page()["more"]
    send(mei, visit_of(household.id))
    page = device.page()
    assert (page["snapshot"], page["more"]) == (True, True)
    page = device.page()
    assert (page["snapshot"], page["more"], len(page["rows"])) == (False, False, 1)


# --- cursors ----------------------------------------------------------------------------------------------


def test_a_forged_cursor_begins_anew(app, mei):
    """Also one signed with a secret that was changed since: refused otherwise, a phone would ask for ever."""
    cursor = Puller(mei).page()["cursor"]
    raw = bytearray(base64.urlsafe_b64decode(cursor))
    for place in (0, 15, 16, len(raw) - 2):
        changed = bytearray(raw)
        changed[place] ^= 1
        reply = mei.get(URL, query_string={"cursor": base64.urlsafe_b64encode(changed).decode()})
        assert gone(reply)
        assert reply.json["scope"] == GRID
    assert gone(mei.get(URL, query_string={"cursor": "x"}))


def test_a_cursor_of_another_listing_begins_anew(app, mei):
    fill(app, 2)
    other = mei.get("/api/v1/households?limit=1").json["next"]
    assert gone(mei.get(URL, query_string={"cursor": other}))


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor="])
def test_a_wrong_page_is_refused(mei, query):
    assert mei.get(f"{URL}?{query}").status_code == 422


def gone(reply):
    return reply.status_code == 410 and reply.json["code"] == "cursor_gone"


def test_a_cursor_of_another_user_begins_anew(app, login, mei):
    cursor = Puller(mei).page()["cursor"]
    colleague = login(make_user(app, "grid_member", GRID))
    reply = colleague.get(URL, query_string={"cursor": cursor})
    assert gone(reply)
    assert reply.json["scope"] == GRID


def test_a_cursor_of_another_epoch_begins_anew(app, mei):
    device = Puller(mei)
    device.page()
    with inside(app), transaction():
        state.ensure_epoch()
        epoch = state.epoch()
    reply = device.get()
    assert gone(reply)
    assert reply.json["epoch"] == epoch


def test_another_role_or_area_begins_anew_and_is_told_which(app, login):
    person = make_user(app, "grid_member", GRID)
    mine, theirs = fill(app, 2), fill(app, 2, OTHER_GRID)
    device = Puller(login(person))
    device.all()
    assert device.ids == mine
    reassign(app, person, region_code=OTHER_GRID)
    reply = device.get()
    assert gone(reply)
    assert reply.json["scope"] == OTHER_GRID
    device.begin_anew()
    device.all()
    assert device.ids == theirs
    reassign(app, person, role="first_secretary", region_code=GRID[:12])
    assert gone(device.get())


def test_a_cursor_within_everything_is_bound_to_the_scope_too(app, login):
    person = make_user(app, "grid_member", GRID)
    fill(app, 3)
    device = Puller(login(person), 1)
    device.page()
    reassign(app, person, region_code=OTHER_GRID)
    assert gone(device.get())


def reassign(app, person, **changes):
    from server.accounts.queries import user_by_id
    from server.core import audit

    with inside(app), transaction():
        user = user_by_id(person.id)
        for name, value in changes.items():
            setattr(user, name, value)
        audit.record("test.reassign", ("user", person.id), "0")


# --- a long log -------------------------------------------------------------------------------------------


def prune(app):
    from server.sync.jobs import prune_changes

    with inside(app):
        prune_changes()


def test_who_was_silent_longer_than_changes_are_kept_begins_anew(app, mei, clock, login):
    first = fill(app, 3)
    silent, listening = Puller(mei), Puller(mei)
    silent.all(), listening.all()
    second = fill(app, 2)
    clock.advance(days=100)
    listening = Puller(login(MEI))
    listening.all()
    clock.advance(days=81)
    prune(app)
    client = login(MEI)
    silent.client = listening.client = client
    assert gone(silent.get())
    silent.begin_anew()
    silent.all()
    assert silent.ids == first | second
    assert listening.get().status_code == 200


def test_the_newest_change_stays_so_that_no_number_is_given_twice(app, mei, clock, login):
    fill(app, 3)
    clock.advance(days=400)
    prune(app)
    device = Puller(login(MEI))
    device.all()
    new = fill(app, 1)
    assert {row["id"] for row in device.page()["rows"]} == new


def test_pruning_goes_on_until_nothing_old_is_left_and_is_written_down(app, clock, monkeypatch):
    from sqlalchemy import func, select

    from server.core.audit import AuditEntry
    from server.core.changes import Change
    from server.sync import jobs

    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    fill(app, 7)
    clock.advance(days=179)
    prune(app)
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Change)) == 7
    clock.now += timedelta(days=2)
    fill(app, 1)
    prune(app)
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Change)) == 1
        prunings = select(AuditEntry).where(AuditEntry.action == "changes.prune").order_by(AuditEntry.seq)
        told = db.session.scalars(prunings).all()
        assert [entry.details["rows"] for entry in told] == [2, 2, 2, 1]


def test_pruning_of_an_earlier_history_says_nothing_of_this_one(app, mei, clock, login):
    with inside(app), transaction():
        state.write("changes_pruned", "another:999999999999:5")
        from server.core import audit

        audit.record("test.state", ("server", 1), "0")
    device = Puller(mei)
    device.all()
    assert device.get().status_code == 200
