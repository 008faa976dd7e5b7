"""A county judged again by other rules: what opens and closes, what stays, and what a killed run leaves."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import undefer

from server.core import audit, jobs
from server.core.audit import AuditEntry
from server.core.db import db, transaction
from server.flags import jobs as runs
from server.flags import rejudging
from server.flags.models import CLOSED, OPEN, Flag, HouseholdFacts, Rejudgement
from server.policy import engine
from server.policy.local import LocalPolicy
from server.visits.models import Visit
from tests.factories import (
    COUNTY,
    FANG,
    GONG,
    GRID_IN_OTHER_COUNTY,
    GRID_IN_OTHER_VILLAGE,
    LAN,
    MEI,
    QIN,
    WEI,
    inside,
    make_household,
)
from tests.visits.bodies import CLEAN, DRY, NOW, send, visit_of

RUNS = "/api/v1/policy/rejudgements"
# Income per head of DRY is 24,450: below this line R-INC-01 lights, and nothing else changes.
HIGHER = LocalPolicy(params={"LINE_GX": Decimal(25000)})
WITHOUT_WATER = LocalPolicy(off=frozenset({"R-WAT-01", "R-XCK-01"}))


@pytest.fixture
def rules(monkeypatch):
    """``rules(HIGHER)`` puts other rules in force, as a county's setting does."""
    in_force = {"local": LocalPolicy()}

    def bench_for(region_code, on):
        return engine.bench("yangshuo", on, in_force["local"])

    monkeypatch.setattr("server.flags.services.bench_for", bench_for)
    return lambda local: in_force.update(local=local)


@pytest.fixture
def homes(app, login, rules):
    """Three households of two grids, two of them without water; one of another county."""
    dry, clean = make_household(app), make_household(app)
    far = make_household(app, GRID_IN_OTHER_VILLAGE)
    foreign = make_household(app, GRID_IN_OTHER_COUNTY)
    for person, home, answers in (
        (MEI, dry, DRY),
        (MEI, clean, CLEAN),
        (LAN, far, DRY),
        (FANG, foreign, DRY),
    ):
        assert send(login(person), visit_of(home.id, answers)).status_code == 201
    return {"dry": dry.id, "clean": clean.id, "far": far.id, "foreign": foreign.id}


def ask(app, login, person=QIN):
    """Ask for a run and let the worker do it; its number."""
    reply = login(person).post(RUNS, json={"reason": "新标准开始执行"})
    assert reply.status_code == 201, reply.text
    jobs.run_pending(app)
    return reply.json["id"]


def read(login, run, person=QIN):
    return login(person).get(f"{RUNS}/{run}").json


def flags_of(app, household, state=OPEN):
    with inside(app):
        query = select(Flag.rule).where(Flag.household_id == household, Flag.state == state)
        return sorted(db.session.scalars(query))


def visit_row(app, household):
    with inside(app):
        query = select(Visit).where(Visit.household_id == household).options(undefer(Visit.result))
        return db.session.scalar(query)


def facts_row(app, household):
    with inside(app):
        return db.session.scalar(select(HouseholdFacts).where(HouseholdFacts.household_id == household))


def everything(app):
    with inside(app):
        flags = db.session.execute(select(Flag.visit_id, Flag.rule, Flag.state, Flag.severity)).all()
        facts = db.session.execute(select(HouseholdFacts.household_id, HouseholdFacts.met)).all()
        return sorted(map(str, flags)), sorted(map(str, facts))


def test_a_higher_line_opens_the_lights_it_brings_and_says_which(app, login, homes, rules):
    rules(HIGHER)
    run = ask(app, login)
    found = read(login, run)
    assert (found["state"], found["total"], found["done"]) == ("done", 3, 3)
    assert (found["opened"], found["closed"], found["households_changed"]) == (2, 0, 2)
    assert "R-INC-01" in flags_of(app, homes["dry"])
    assert flags_of(app, homes["clean"]) == []
    changes = login(QIN).get(f"{RUNS}/{run}/changes").json
    assert {each["household"]["id"] for each in changes["items"]} == {str(homes["dry"]), str(homes["far"])}
    assert {(each["rule"], each["direction"]) for each in changes["items"]} == {("R-INC-01", "opened")}
    assert changes["counts"][0] | {"label": None} == {
        "rule": "R-INC-01", "label": None, "severity": "yellow", "opened": 2, "closed": 0,
    }  # fmt: skip


def test_a_rule_switched_off_closes_its_lights_and_lists_follow_while_the_judgement_stays(
    app, login, homes, rules
):
    before = visit_row(app, homes["dry"])
    rules(WITHOUT_WATER)
    ask(app, login)
    after = visit_row(app, homes["dry"])
    assert "R-WAT-01" not in flags_of(app, homes["dry"])
    assert "R-WAT-01" in flags_of(app, homes["dry"], CLOSED)
    assert (before.severity, after.severity, after.red_count) == ("red", "none", 0)
    assert after.risks == ""
    assert (after.judgement, after.result) == (before.judgement, before.result)


def test_a_rule_that_a_run_put_out_keeps_its_name_in_the_list_of_changes(app, login, homes, rules):
    rules(WITHOUT_WATER)
    run = ask(app, login)
    changes = login(QIN).get(f"{RUNS}/{run}/changes").json
    names = {each["label"]["zh"] for each in (*changes["items"], *changes["counts"])}
    assert names
    assert not any(name.startswith("R-") for name in names)


def test_a_light_closed_by_one_run_and_opened_by_the_next_leaves_both_rows(app, login, homes, rules, clock):
    rules(WITHOUT_WATER)
    ask(app, login)
    clock.advance(minutes=1)
    rules(LocalPolicy())
    run = ask(app, login)
    assert read(login, run)["opened"] == 4
    with inside(app):
        query = select(Flag).where(Flag.household_id == homes["dry"], Flag.rule == "R-WAT-01")
        first, second = db.session.scalars(query.order_by(Flag.seq)).all()
    assert (first.state, first.opened_run_id, second.state) == (CLOSED, None, OPEN)
    assert first.closed_run_id != second.opened_run_id == UUID(run)
    assert visit_row(app, homes["dry"]).severity == "red"


def test_flags_that_stay_keep_the_version_that_raised_them(app, login, homes, rules):
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        db.session.execute(update(Flag).values(pack_version="2019-old"))
    rules(HIGHER)
    ask(app, login)
    with inside(app):
        query = select(Flag.rule, Flag.pack_version).where(Flag.household_id == homes["dry"])
        versions = dict(db.session.execute(query).all())
    assert versions["R-WAT-01"] == "2019-old"
    assert versions["R-INC-01"] != "2019-old"


def test_the_same_rules_change_nothing_and_write_no_household(app, login, homes, rules):
    before, judged_at = everything(app), facts_row(app, homes["dry"]).judged_at
    found = read(login, ask(app, login))
    assert (found["done"], found["opened"], found["closed"], found["households_changed"]) == (3, 0, 0, 0)
    assert everything(app) == before
    assert facts_row(app, homes["dry"]).judged_at == judged_at


def test_another_county_is_neither_judged_nor_seen(app, login, homes, rules):
    rules(HIGHER)
    run = ask(app, login)
    assert "R-INC-01" not in flags_of(app, homes["foreign"])
    gong = login(GONG)
    assert gong.get(f"{RUNS}/{run}").status_code == 404
    assert gong.get(f"{RUNS}/{run}/changes").status_code == 404
    assert gong.get(RUNS).json["items"] == []


@pytest.mark.parametrize("person", [MEI, WEI])
def test_only_the_county_judges_again(login, person):
    assert login(person).post(RUNS, json={"reason": "新标准开始执行"}).status_code == 403


def test_asking_twice_gives_the_run_that_waits(login, homes):
    first = login(QIN).post(RUNS, json={"reason": "新标准开始执行"})
    second = login(QIN).post(RUNS, json={"reason": "再来一次看看"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["id"] == second.json["id"]


def test_numbers_of_people_in_a_reason_are_masked(login, homes):
    reply = login(QIN).post(RUNS, json={"reason": "450321198005049912 本人反映，138-1234-5678"})
    run = reply.json
    assert run["reason"] == "450321********9912 本人反映，138****5678"
    assert login(QIN).get(f"{RUNS}/{run['id']}").json["reason"] == run["reason"]


def test_a_run_without_a_reason_is_refused_by_name(login):
    reply = login(QIN).post(RUNS, json={"reason": "hm"})
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["reason"])


def killed_after(monkeypatch, steps):
    """The process dies in the middle: after so many steps nothing more is written."""
    real = rejudging.apply
    done = []

    def apply(*args):
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(args)
        real(*args)

    monkeypatch.setattr(rejudging, "apply", apply)
    return lambda: monkeypatch.setattr(rejudging, "apply", real)


@pytest.mark.parametrize("steps", [0, 1])
def test_a_killed_run_is_taken_up_where_it_stood_and_ends_as_if_nothing_had_happened(
    app, login, homes, rules, clock, monkeypatch, steps
):
    monkeypatch.setattr(runs, "RANGE", 1)  # a range for each grid, so that there is a middle
    monkeypatch.setattr("server.core.processes.how_many", lambda _tasks: 0)
    rules(HIGHER)
    run = login(QIN).post(RUNS, json={"reason": "新标准开始执行"}).json["id"]
    revive = killed_after(monkeypatch, steps)
    with inside(app), pytest.raises(KeyboardInterrupt):
        runs.rejudge(run)
    left = read(login, run)
    assert (left["state"], left["done"], left["opened"]) == ("running", 2 * steps, steps)
    revive()
    with inside(app):
        runs.rejudge(run)
    assert read(login, run)["state"] == "running", "whoever may still live is left alone"
    clock.advance(seconds=100)
    with inside(app):
        runs.sweep()
    found = read(login, run)
    assert (found["state"], found["done"], found["opened"]) == ("done", 3, 2)
    assert "R-INC-01" in flags_of(app, homes["far"])


def test_rules_that_change_while_a_run_is_down_make_it_start_over(
    app, login, homes, rules, clock, monkeypatch
):
    monkeypatch.setattr(runs, "RANGE", 1)
    monkeypatch.setattr("server.core.processes.how_many", lambda _tasks: 0)
    rules(HIGHER)
    run = login(QIN).post(RUNS, json={"reason": "新标准开始执行"}).json["id"]
    revive = killed_after(monkeypatch, 1)
    with inside(app), pytest.raises(KeyboardInterrupt):
        runs.rejudge(run)
    revive()
    rules(WITHOUT_WATER)
    clock.advance(seconds=100)
    with inside(app):
        runs.rejudge(run)
    found = read(login, run)
    assert (found["state"], found["done"]) == ("done", 3)
    assert flags_of(app, homes["dry"]) == flags_of(app, homes["far"]) == []


def test_worker_processes_find_what_one_process_finds(app, login, homes, rules, monkeypatch):
    monkeypatch.setattr(runs, "RANGE", 1)
    monkeypatch.setattr("server.core.processes.how_many", lambda _tasks: 2)
    rules(HIGHER)
    found = read(login, ask(app, login))
    assert (found["state"], found["done"], found["opened"]) == ("done", 3, 2)
    assert found["unreadable"] == 0


def test_rules_that_cannot_be_generated_are_judged_the_slow_way(app, login, homes, rules, monkeypatch):
    monkeypatch.setattr(rejudging, "program_of", lambda _bench: None)
    rules(HIGHER)
    assert read(login, ask(app, login))["opened"] == 2


def test_facts_that_cannot_be_opened_are_counted_and_stop_nobody(app, login, homes, rules):
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        db.session.execute(
            update(HouseholdFacts).where(HouseholdFacts.household_id == homes["far"]).values(facts=b"x" * 40)
        )
    rules(HIGHER)
    found = read(login, ask(app, login))
    assert (found["done"], found["unreadable"], found["opened"]) == (3, 1, 1)


def test_visited_households_without_facts_get_them_in_a_run(app, login, homes, rules):
    with inside(app), transaction():
        audit.record("test.arrange", ("test", "world"), "0")
        db.session.execute(delete(HouseholdFacts).where(HouseholdFacts.household_id == homes["dry"]))
    rules(HIGHER)
    assert read(login, ask(app, login))["total"] == 3
    assert "R-INC-01" in facts_row(app, homes["dry"]).met


def test_a_setting_starts_a_run_of_its_county(app, homes, rules):
    rules(HIGHER)
    with app.app_context():
        jobs.enqueue("flags.rejudge_when_rules_changed", COUNTY, "监测线改为25000元")
    jobs.run_pending(app)
    with inside(app):
        [run] = db.session.scalars(select(Rejudgement)).all()
    assert (run.trigger, run.state, run.opened) == ("setting", "done", 2)


def test_the_look_once_a_minute_finds_new_rules_once(app, login, homes, rules, clock):
    ask(app, login)
    with inside(app):
        runs.sweep()
    assert len(login(QIN).get(RUNS).json["items"]) == 1
    rules(HIGHER)
    for _ in range(2):
        clock.advance(minutes=1)
        with inside(app):
            runs.sweep()
    newest, _ = login(QIN).get(RUNS).json["items"]
    assert (newest["trigger"], newest["state"], newest["opened"]) == ("packs", "done", 2)


def test_a_county_without_a_run_is_looked_at_when_its_facts_are_of_other_rules(app, login, homes, rules):
    with inside(app):
        assert not rejudging.outdated(COUNTY)
        rules(HIGHER)
        assert rejudging.outdated(COUNTY)


def test_a_visit_after_the_run_is_judged_as_always(app, login, homes, rules):
    rules(HIGHER)
    ask(app, login)
    assert send(login(MEI), visit_of(homes["dry"], CLEAN, at=NOW + timedelta(minutes=5))).status_code == 201
    assert facts_row(app, homes["dry"]).met == ""


def test_runs_and_changes_come_in_pages(app, login, homes, rules, clock):
    rules(HIGHER)
    run = ask(app, login)
    clock.advance(minutes=1)
    rules(LocalPolicy())
    ask(app, login)
    page = login(QIN).get(f"{RUNS}?limit=1").json
    rest = login(QIN).get(f"{RUNS}?limit=1&after={page['next']}").json
    assert [page["items"][0]["id"] == run, rest["items"][0]["id"] == run, rest["next"]] == [False, True, None]
    first = login(QIN).get(f"{RUNS}/{run}/changes?limit=1").json
    second = login(QIN).get(f"{RUNS}/{run}/changes?limit=1&after={first['next']}").json
    assert first["items"][0]["household"] != second["items"][0]["household"]
    assert login(QIN).get(f"{RUNS}/{run}/changes?direction=closed").json["items"] == []
    assert login(QIN).get(f"{RUNS}/{run}/changes?after=nonsense").status_code == 400


def test_every_step_of_a_run_is_on_record(app, login, homes, rules):
    rules(HIGHER)
    run = ask(app, login)
    with inside(app):
        query = select(AuditEntry.action, func.count()).where(AuditEntry.target_id == run)
        found = dict(db.session.execute(query.group_by(AuditEntry.action)).all())
    names = ("ask", "begin", "step", "finish")
    assert found == {f"policy.rejudge_{name}": 1 for name in names}


def test_the_command_goes_through_a_county_and_prints_the_run(app, homes, rules):
    rules(HIGHER)
    done = app.test_cli_runner().invoke(args=["policy", "rejudge", "--county", COUNTY])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["state"], found["trigger"], found["opened"]) == ("done", "command", 2)


def test_the_command_names_a_county_that_is_not_there(app):
    done = app.test_cli_runner().invoke(args=["policy", "rejudge", "--county", "999999"])
    assert (done.exit_code, "999999" in done.output) == (2, True)
