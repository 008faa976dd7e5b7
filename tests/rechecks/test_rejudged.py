"""A light that new rules find on a visit that the village had let through is the township's, too."""

from __future__ import annotations

import pytest

from server.core import jobs
from server.policy import engine
from server.policy.local import LocalPolicy
from tests.factories import GRID_IN_OTHER_TOWNSHIP, HONG, LU, MEI, QIN, WEI, ZHOU, make_household, make_user
from tests.rechecks.acting import URL, approved, conclude, review
from tests.visits.bodies import DRY, send, visit_of

WITHOUT_WATER = LocalPolicy(off=frozenset({"R-WAT-01", "R-XCK-01"}))


@pytest.fixture
def rules(monkeypatch):
    """The rules of a county, in which water is no matter; ``rules(LocalPolicy())`` puts others in force."""
    in_force = {"local": WITHOUT_WATER}
    bench = lambda _region, on: engine.bench("yangshuo", on, in_force["local"])  # noqa: E731
    monkeypatch.setattr("server.flags.services.bench_for", bench)
    return lambda local: in_force.update(local=local)


def judged_again(app, login):
    reply = login(QIN).post("/api/v1/policy/rejudgements", json={"reason": "水质标准开始执行"})
    assert reply.status_code == 201, reply.text
    jobs.run_pending(app)


def due(login, officer=ZHOU):
    return login(officer).get(URL).json


def test_a_visit_is_due_from_the_day_its_light_was_found(app, login, rules, clock):
    body = approved(app, login)
    assert due(login)["items"] == []
    clock.advance(days=40)
    rules(LocalPolicy())
    judged_again(app, login)
    (row,) = due(login)["items"]
    assert (row["visit_id"], row["severity"], row["decided_on"]) == (body["id"], "red", "2027-01-02")
    assert (row["month"], row["starts_on"]) == ("2027-01", "2027-01-31")
    assert conclude(login, body).status_code == 201


def test_visits_of_several_townships_are_due_at_each(app, login, rules):
    first = make_user(app, "first_secretary", GRID_IN_OTHER_TOWNSHIP[:12])
    mine = approved(app, login)
    theirs = approved(app, login, sender=HONG, reviewer=first)
    rules(LocalPolicy())
    judged_again(app, login)
    assert [row["visit_id"] for row in due(login)["items"]] == [mine["id"]]
    assert [row["visit_id"] for row in due(login, LU)["items"]] == [theirs["id"]]


def test_a_second_run_makes_it_due_no_second_time(app, login, rules):
    approved(app, login)
    for local in (LocalPolicy(), WITHOUT_WATER, LocalPolicy()):
        rules(local)
        judged_again(app, login)
    assert len(due(login)["items"]) == 1


def test_one_whose_light_went_out_and_on_again_has_its_time_anew(app, login, rules, clock):
    rules(LocalPolicy())
    approved(app, login)
    rules(WITHOUT_WATER)
    judged_again(app, login)
    clock.advance(days=40)
    rules(LocalPolicy())
    judged_again(app, login)
    (row,) = due(login)["items"]
    assert (row["month"], row["decided_on"], row["starts_on"]) == ("2027-01", "2027-01-02", "2027-01-31")
    assert row["overdue"] is False


def test_what_the_village_has_not_decided_is_not_due(app, login, rules):
    body = visit_of(make_household(app).id, DRY)
    assert send(login(MEI), body).status_code == 201
    rules(LocalPolicy())
    judged_again(app, login)
    assert due(login)["items"] == []
    review(login(WEI), body["id"])
    assert len(due(login)["items"]) == 1


def test_one_that_was_due_all_along_keeps_its_day(app, login, rules, clock):
    rules(LocalPolicy())
    approved(app, login)
    (before,) = due(login)["items"]
    clock.advance(days=1)
    rules(LocalPolicy(off=frozenset({"R-XCK-01"})))
    judged_again(app, login)
    (after,) = due(login)["items"]
    assert (after["starts_on"], after["decided_on"]) == (before["starts_on"], before["decided_on"])
