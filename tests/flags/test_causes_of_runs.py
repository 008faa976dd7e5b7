"""Why a county was judged again: the words of whoever changed its rules, however the run came about."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from server.core.db import db
from server.flags import jobs as runs
from server.flags.rejudging import cause
from tests.factories import COUNTY, FANG, GONG, GRID_IN_OTHER_COUNTY, MEI, QIN, inside, make_household
from tests.local_policy.settings import TODAY, TOMORROW, parameter, signed
from tests.visits.bodies import DRY, send, visit_of

RUNS = "/api/v1/policy/rejudgements"
BY_ITSELF = ("the rules in force changed", "packs")


@pytest.fixture
def sweep(app, login):
    """A county with a judged household, and the look once a minute."""
    assert send(login(MEI), visit_of(make_household(app).id, DRY)).status_code == 201

    def look() -> list[tuple[str, str]]:
        with inside(app):
            runs.sweep()
        found = login(QIN).get(RUNS).json["items"]
        return [(run["reason"], run["trigger"]) for run in found]

    return look


def test_a_look_that_is_faster_than_the_job_of_a_setting_says_what_was_signed(login, sweep, clock):
    signed(login(QIN), parameter("25000", reason="会议纪要第 7 号"))
    assert sweep() == [("会议纪要第 7 号", "setting")]
    clock.advance(minutes=1)
    signed(login(QIN), parameter("26000", reason="会议纪要第 8 号"))
    clock.advance(minutes=1)
    assert sweep() == [("会议纪要第 8 号", "setting"), ("会议纪要第 7 号", "setting")]


def test_a_setting_that_begins_later_gives_its_words_on_the_day_it_begins(login, sweep, clock):
    signed(login(QIN), parameter("25000", reason="先定标准后施行", **{"from": TOMORROW}))
    clock.advance(minutes=1)
    login(QIN).post(RUNS, json={"reason": "今天再研判一次"})
    assert sweep() == [("今天再研判一次", "asked")]
    clock.advance(days=1)
    assert sweep()[0] == ("先定标准后施行", "setting")


def test_what_begins_later_is_no_cause_today(login, sweep, clock):
    signed(login(QIN), parameter("25000", reason="今天起就施行"))
    clock.advance(seconds=10)
    signed(login(QIN), parameter("26000", reason="明天起才施行", **{"from": TOMORROW}))
    assert sweep() == [("今天起就施行", "setting")]


def test_a_county_whose_settings_were_altered_keeps_no_other_one_waiting(app, login, sweep, clock):
    home = make_household(app, GRID_IN_OTHER_COUNTY)
    assert send(login(FANG), visit_of(home.id, DRY)).status_code == 201
    for person, reason in ((QIN, "本县的设定"), (GONG, "另一县的设定")):
        signed(login(person), parameter("25000", reason=reason))
        login(person).post(RUNS, json={"reason": f"{reason}研判"})
    with app.app_context(), db.engine.begin() as connection:
        change = "UPDATE local_setting SET reason = 'another' WHERE region_code = :county"
        connection.execute(text(change), {"county": COUNTY})
    clock.advance(minutes=2)
    with inside(app):
        runs.sweep()
    assert [run["state"] for run in login(GONG).get(RUNS).json["items"]] == ["done"]


def test_rules_that_change_without_anybody_signing_say_so(app, login, sweep, clock):
    signed(login(QIN), parameter("25000", reason="只到今天为止", until=TODAY))
    clock.advance(minutes=1)
    assert sweep() == [("只到今天为止", "setting")]
    clock.advance(days=1)
    assert sweep()[0] == BY_ITSELF
    with inside(app):
        assert cause("459999") == BY_ITSELF, "a county that signed nothing"
