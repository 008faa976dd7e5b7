"""What if: the figures against judging every household twice, the list behind each, the curve, refusals."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.db import db
from server.flags import facts as keeping
from server.flags.models import Flag, HouseholdFacts, Rejudgement
from server.policy import engine
from server.policy.local import LocalPolicy
from server.simulations import services
from tests.factories import (
    COUNTY,
    FANG,
    GRID_IN_OTHER_COUNTY,
    GRID_IN_OTHER_TOWNSHIP,
    GRID_IN_OTHER_VILLAGE,
    HONG,
    LAN,
    MEI,
    QIN,
    WEI,
    inside,
    make_household,
)
from tests.visits.bodies import CLEAN, DRY, send, visit_of

ASK = "/api/v1/policy/simulations"
# Income per head of DRY is 24,450.
LINE = {"parameters": {"LINE_GX": "25000"}}
POOR = DRY | {"inc_wage": "4000.00", "inc_biz": "0.00", "inc_trans": "0.00", "exp_biz": "0.00"}


@pytest.fixture(autouse=True)
def homes(app, login):
    """Households of two townships with water or without, poor or not; one of another county."""
    made = {}
    for name, person, grid, answers in (
        ("dry", MEI, None, DRY),
        ("clean", MEI, None, CLEAN),
        ("poor", LAN, GRID_IN_OTHER_VILLAGE, POOR),
        ("far", HONG, GRID_IN_OTHER_TOWNSHIP, DRY),
        ("foreign", FANG, GRID_IN_OTHER_COUNTY, DRY),
    ):
        home = make_household(app, grid) if grid else make_household(app)
        made[name] = home.id
        assert send(login(person), visit_of(home.id, answers)).status_code == 201
    make_household(app)  # never visited
    return made


def ask(login, body, address=ASK, person=QIN):
    reply = login(person).post(address, json=body)
    assert reply.status_code == 200, reply.text
    return reply.json


def rule(found, name):
    return next(line for line in found["rules"] if line["rule"] == name)


def figures(line):
    names = ("now", "then", "entering", "leaving", "persons_entering", "persons_leaving")
    return tuple(line[name] for name in names)


def stored(app):
    with inside(app):
        counts = [
            db.session.scalar(select(func.count()).select_from(model))
            for model in (AuditEntry, Flag, HouseholdFacts, Rejudgement)
        ]
        return counts, sorted(db.session.execute(select(HouseholdFacts.household_id, HouseholdFacts.met)))


def test_a_higher_line_brings_households_into_its_rule_by_township_and_cause(login):
    found = ask(login, LINE)
    assert (found["households"], found["persons"], found["without_facts"]) == (4, 8, 1)
    assert figures(rule(found, "R-INC-01")) == (1, 3, 2, 0, 4, 0)
    assert rule(found, "R-INC-01")["changed"] is True
    assert rule(found, "R-WAT-01")["changed"] is False
    assert figures(rule(found, "R-WAT-01")) == (3, 3, 0, 0, 0, 0)
    assert [(line["code"], line["now"]) for line in found["townships"]] == [
        ("450321100", 2),
        ("450321101", 1),
    ]
    causes = {line["risk"]: figures(line) for line in found["causes"]}
    assert causes["unsafe_water"] == (3, 3, 0, 0, 0, 0)
    assert causes["other"] == (1, 3, 2, 0, 4, 0)


def test_the_proposed_kind_follows_the_income_test(login):
    kinds = {line["kind"]: figures(line) for line in ask(login, LINE)["kinds"]}
    assert kinds["village_deliberation"] == (2, 0, 0, 2, 0, 4)
    assert sum(line[2] for line in kinds.values()) == 2


def test_a_rule_off_takes_its_households_out_and_what_asks_for_it(login):
    off = {"rules_off": ["R-WAT-01"]}
    found = ask(login, off)
    assert figures(rule(found, "R-WAT-01")) == (3, 0, 0, 3, 0, 6)
    assert figures(rule(found, "R-XCK-01")) == (3, 0, 0, 3, 0, 6)
    assert (found["entering"], found["leaving"], found["persons_leaving"]) == (0, 2, 4)
    assert (found["now"]["red"], found["then"]["red"], found["then"]["yellow"]) == (3, 0, 1)


def test_no_change_changes_nothing(login):
    found = ask(login, {})
    assert found["now"] == found["then"]
    assert all(line["now"] == line["then"] for line in found["rules"])


def test_nothing_is_stored(app, login):
    qin = login(QIN)
    before = stored(app)
    look = {"list": {"rule": "R-INC-01", "direction": "entering"}}
    curve = {"parameter": "LINE_GX", "from": "4000", "to": "30000", "steps": 3}
    for address, question in (("", LINE), ("/households", LINE | look), ("/curve", curve)):
        assert qin.post(f"{ASK}{address}", json=question).status_code == 200
    assert stored(app) == before


@pytest.mark.parametrize(
    ("look", "names"),
    [
        ({"rule": "R-INC-01", "direction": "entering"}, {"dry", "far"}),
        ({"rule": "R-INC-01", "direction": "now"}, {"poor"}),
        ({"rule": "R-INC-01", "direction": "then"}, {"dry", "far", "poor"}),
        ({"rule": "R-INC-01", "direction": "leaving"}, set()),
        ({"kind": "village_deliberation", "direction": "leaving"}, {"dry", "far"}),
        ({"township": "450321101", "direction": "now"}, {"far"}),
        ({"risk": "unsafe_water", "direction": "then"}, {"dry", "far", "poor"}),
        ({"risk": "other", "direction": "entering"}, {"dry", "far"}),
        ({"direction": "now"}, {"dry", "far", "poor"}),
    ],
)
def test_behind_each_number_stand_its_households(login, homes, look, names):
    found = ask(login, LINE | {"list": look}, f"{ASK}/households")
    assert {line["household"]["id"] for line in found["items"]} == {str(homes[name]) for name in names}
    assert found["total"] == len(names)


def test_a_line_says_what_is_now_and_then_and_the_next_page_goes_on(login):
    question = LINE | {"list": {"rule": "R-INC-01", "direction": "then"}, "limit": 2}
    first = ask(login, question, f"{ASK}/households")
    rest = ask(login, question | {"after": first["next"]}, f"{ASK}/households")
    assert (len(first["items"]), len(rest["items"]), rest["next"], rest["total"]) == (2, 1, None, 3)
    line = first["items"][0]
    assert "R-INC-01" not in line["now"]
    assert "R-INC-01" in line["then"]
    assert (line["kind_now"], line["persons"]) == ("village_deliberation", 2)


def test_the_curve_counts_flagged_households_at_each_value(login):
    question = {"parameter": "LINE_GX", "from": "1000", "to": "25000", "steps": 3, "rules_off": ["R-WAT-01"]}
    found = ask(login, question, f"{ASK}/curve")
    assert found["current"] == "5000"
    assert [(p["value"], p["households"], p["red"]) for p in found["points"]] == [
        ("1000.00", 0, 0), ("13000.00", 1, 0), ("25000.00", 3, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "ends", "steps", "values"),
    [
        ("TRACK_MONTHS", ("6", "8"), 25, ["6", "7", "8"]),
        ("LINE_GX", ("5000", "5000.02"), 11, ["5000.00", "5000.01", "5000.02"]),
    ],
)
def test_a_range_with_fewer_values_than_steps_gives_each_once(login, name, ends, steps, values):
    question = {"parameter": name, "from": ends[0], "to": ends[1], "steps": steps}
    assert [point["value"] for point in ask(login, question, f"{ASK}/curve")["points"]] == values


def test_worker_processes_count_what_one_process_counts(login, monkeypatch):
    alone = ask(login, LINE)
    monkeypatch.setattr(services, "RANGE", 1)
    monkeypatch.setattr("server.core.processes.how_many", lambda _tasks: 2)
    assert ask(login, LINE) == alone


@pytest.mark.parametrize("changed", [{"LINE_GX": "25000"}, {"LINE_YEAR": "20000"}, {"MED_HIGH": "1"}])
@pytest.mark.parametrize("off", [[], ["R-WAT-01"], ["R-INC-01", "R-SPC-01"]])
def test_the_figures_are_those_of_judging_every_household_twice(app, login, changed, off):
    found = ask(login, {"parameters": changed, "rules_off": off})
    values = {name: Decimal(text) for name, text in changed.items()}
    with inside(app, COUNTY):
        now = engine.bench("yangshuo", services.clock.today())
        then = engine.bench("yangshuo", services.clock.today(), LocalPolicy(values, frozenset(off)))
        facts = [keeping.facts_in(row) for row in db.session.scalars(select(HouseholdFacts))]
    for line in found["rules"]:
        met = [
            [line["rule"] in {r.rule for r in bench.judge(one).met} for one in facts] for bench in (now, then)
        ]
        assert (line["now"], line["then"]) == (sum(met[0]), sum(met[1])), line["rule"]
        assert line["entering"] == sum(b and not a for a, b in zip(*met, strict=True))


def test_households_last_judged_by_other_rules_are_counted_by_todays(app, login, monkeypatch):
    before = ask(login, {"rules_off": ["R-SPC-01"]})
    monkeypatch.setattr(
        "server.flags.services.bench_for",
        lambda _code, on: engine.bench("yangshuo", on, LocalPolicy({"LINE_GX": Decimal(25000)})),
    )
    after = ask(login, {"rules_off": ["R-SPC-01"]})
    assert (rule(before, "R-INC-01")["now"], rule(after, "R-INC-01")["now"]) == (1, 3)


@pytest.mark.parametrize("value", ["NaN", "1e400", "-5", "viel", "", "5000.001", "99999999999"])
def test_a_wrong_value_is_named(login, value):
    reply = login(QIN).post(ASK, json={"parameters": {"LINE_GX": value}})
    assert reply.status_code == 422
    assert [key.split(".")[:2] for key in reply.json["errors"]] == [["parameters", "LINE_GX"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"parameters": {"NEAR": "0.99"}}, "parameters.NEAR"),
        ({"parameters": {"LINE_XX": "7000"}}, "parameters.LINE_XX"),
        ({"rules_off": ["R-INC-01", "R-ABC-99"]}, "rules_off.1"),
        ({"parameters": [5]}, "parameters"),
    ],
)
def test_an_unknown_name_is_named(login, body, field):
    reply = login(QIN).post(ASK, json=body)
    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parameter": "LINE_XX"}, "parameter"),
        ({"from": "NaN"}, "from"),
        ({"to": "3000"}, "to"),
        ({"steps": 1}, "steps"),
        ({"parameters": {"LINE_GX": "7000"}}, "parameters.LINE_GX"),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused_by_name(login, change, field):
    question = {"parameter": "LINE_GX", "from": "4000", "to": "9000", "steps": 3} | change
    reply = login(QIN).post(f"{ASK}/curve", json=question)
    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])


@pytest.mark.parametrize("person", [MEI, WEI])
def test_only_the_county_may_ask(login, person):
    assert login(person).post(ASK, json=LINE).status_code == 403


def command(app, *words):
    return app.test_cli_runner().invoke(args=["policy", "simulate", *words])


def test_the_command_prints_the_figures_of_the_database(app):
    done = command(app, "--profile", "yangshuo", "--set", "LINE_GX=25000", "--county", COUNTY)
    assert done.exit_code == 0, done.output
    assert figures(rule(json.loads(done.output), "R-INC-01")) == (1, 3, 2, 0, 4, 0)


def test_the_command_counts_every_county_by_another_profile(app):
    done = command(app, "--profile", "pinggui", "--set", "LINE_PG=7000")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["households"] == 5


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--profile", "nowhere"], "nowhere"),
        (["--profile", "yangshuo", "--set", "LINE_XX=1"], "LINE_XX"),
        (["--profile", "yangshuo", "--set", "LINE_GX=NaN"], "LINE_GX"),
        (["--profile", "yangshuo", "--set", "LINE_GX=1e400"], "LINE_GX"),
        (["--profile", "yangshuo", "--set", "LINE_GX=-1"], "LINE_GX"),
        (["--profile", "yangshuo", "--set", "LINE_GX"], "LINE_GX"),
        (["--profile", "yangshuo", "--set", "LINE_GX=1", "--set", "LINE_GX=2"], "LINE_GX is set twice"),
        (["--profile", "yangshuo", "--off", "R-ABC-99"], "R-ABC-99"),
        (["--profile", "yangshuo", "--county", "999999"], "999999"),
    ],
)
def test_the_command_names_what_is_wrong(app, words, named):
    done = command(app, *words)
    assert done.exit_code == 2
    assert named in done.output
