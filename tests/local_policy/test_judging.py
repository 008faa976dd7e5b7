"""A county's settings at work: its own visits are judged by them on their days, whoever signed where."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import event, select

from server.app import create_app
from server.core.db import db
from server.local_policy.services import bench_for, policy_version
from server.policy.engine import Bench
from server.policy.loader import load_packs
from server.visits.models import Visit
from tests.factories import (
    COUNTY,
    FANG,
    GONG,
    GRID,
    GRID_IN_OTHER_COUNTY,
    MEI,
    QIN,
    inside,
    make_household,
    make_session,
)
from tests.local_policy.settings import TOMORROW, parameter, revoke, rule_off, signed
from tests.visits.bodies import CLEAN, send, send_batch, visit_of

HUNGRY = CLEAN | {"basic_lack": ["grain"], "hardship_src": ["work"], "neg_items": [], "sign": "signed"}
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def line(region_code, on=MONDAY):
    return bench_for(region_code, on).params["LINE_GX"]


def test_a_county_without_settings_is_judged_by_its_profile(app):
    with inside(app):
        assert (bench_for(GRID, MONDAY).profile, line(GRID)) == ("yangshuo", 5000)


def test_every_place_of_the_county_is_judged_by_its_settings_and_no_other_place(app, qin):
    signed(qin, parameter("7000"))
    with inside(app, GRID):
        assert line(GRID) == 7000
    with inside(app):
        assert (line(COUNTY), line(GRID_IN_OTHER_COUNTY)) == (7000, 5000)


def test_a_setting_counts_on_its_days_only(app, qin):
    signed(qin, parameter("7000", **{"from": "2026-11-24", "until": "2026-11-26"}))
    with inside(app):
        found = [line(GRID, date(2026, 11, day)) for day in (23, 24, 26, 27)]
    assert found == [5000, 7000, 7000, 5000]


def test_a_revoked_setting_still_judges_the_days_before(app, qin):
    setting = signed(qin, parameter("7000", **{"from": "2026-11-01"}))
    revoke(qin, setting["id"])
    with inside(app):
        assert (line(GRID, date(2026, 11, 22)), line(GRID)) == (7000, 5000)


def test_a_setting_revoked_from_its_first_day_never_was(app, qin):
    setting = signed(qin, parameter("7000", **{"from": "2026-11-01"}))
    revoke(qin, setting["id"], **{"from": "2026-11-01"})
    with inside(app):
        assert line(GRID, date(2026, 11, 10)) == 5000


def test_a_setting_to_come_changes_the_phones_rules_today_and_the_benchs_version_on_its_day(app, qin):
    with inside(app):
        before = policy_version(GRID), bench_for(GRID, MONDAY).version, bench_for(GRID, FRIDAY).version
    signed(qin, parameter(**{"from": TOMORROW}))
    with inside(app):
        after = policy_version(GRID), bench_for(GRID, MONDAY).version, bench_for(GRID, FRIDAY).version
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, False]


def test_what_another_process_signs_counts_from_the_next_transaction_on(app, qin):
    """The other process is a second app on the same database, with connections of its own."""
    other = create_app(app.extensions["settings"])
    with inside(other):
        assert line(GRID) == 5000
        signed(qin, parameter("7000"))
        db.session.rollback()
        assert line(GRID) == 7000
    with other.app_context():
        db.engine.dispose()


def statements_of(app, work):
    """How many SELECTs of settings ``work`` sends."""
    found = []

    def note(_connection, _cursor, statement, *_):
        if "FROM local_setting" in statement:
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(found)


def test_the_settings_are_read_once_in_a_transaction(app, qin):
    signed(qin, parameter())

    def judge():
        with inside(app):
            for day in range(1, 21):
                bench_for(GRID, date(2026, 11, day))

    assert statements_of(app, judge) == 1


def test_benches_are_compiled_once_for_days_with_the_same_rules(app, qin):
    signed(qin, parameter(**{"from": "2026-11-10"}))
    with inside(app):
        benches = {id(bench_for(GRID, date(2026, 11, day))) for day in range(1, 29)}
        again = {id(bench_for(GRID, MONDAY))}
    assert len(benches) == 2
    assert again <= benches


# --- visits -----------------------------------------------------------------------------------------------


@pytest.fixture
def mei(login):
    return login(MEI)


def lit(reply):
    return {light["rule"] for light in reply.json["lights"]}


def test_a_rule_switched_off_lights_no_visit_of_the_county(app, qin, mei, login):
    other = make_household(app, GRID_IN_OTHER_COUNTY)
    assert "R-BAS-01" in lit(send(mei, visit_of(make_household(app).id, HUNGRY)))
    signed(qin, rule_off("R-BAS-01"))
    assert "R-BAS-01" not in lit(send(mei, visit_of(make_household(app).id, HUNGRY)))
    assert "R-BAS-01" in lit(send(login(FANG), visit_of(other.id, HUNGRY)))


def test_lights_given_before_stay_as_they_were(app, qin, mei):
    household = make_household(app)
    body = visit_of(household.id, HUNGRY)
    before = send(mei, body).json
    signed(qin, rule_off("R-BAS-01", **{"from": "2026-11-01"}))
    assert send(mei, body).json["lights"] == before["lights"]


def test_a_visit_names_the_rules_that_judged_it(app, qin, mei):
    bodies = [visit_of(make_household(app).id, HUNGRY) for _ in range(2)]
    send(mei, bodies[0])
    signed(qin, parameter("7000"))
    send(mei, bodies[1])
    with inside(app):
        named = [
            db.session.scalar(select(Visit).where(Visit.id == UUID(body["id"]))).judgement["rules"]
            for body in bodies
        ]
        plain, now = Bench(load_packs(), "yangshuo", MONDAY).version, bench_for(GRID, MONDAY).version
    assert (named, plain == now) == ([plain, now], False)


def test_a_batch_reads_the_settings_once(app, qin, mei):
    signed(qin, rule_off("R-BAS-01"))
    bodies = [visit_of(make_household(app).id, HUNGRY) for _ in range(8)]
    replies = []
    assert statements_of(app, lambda: replies.append(send_batch(mei, *bodies))) == 1
    results = replies[0].json["results"]
    assert [result["state"] for result in results] == ["accepted"] * 8
    assert "R-BAS-01" not in {light["rule"] for result in results for light in result["lights"]}


def test_a_phone_is_told_the_line_of_its_own_county(app, qin, mei, login):
    signed(qin, parameter("7000"))
    make_session(app, GONG)
    lines = [
        client.get("/api/v1/households").json["income_line"] for client in (mei, login(FANG), login(QIN))
    ]
    assert lines == ["7000.00", "5000.00", "7000.00"]
