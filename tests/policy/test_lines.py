"""Lines of facts from outside: what is wrong is named by its field, the lines around it are answered."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal

import pytest
import yaml

from server.checklists.definition import definition
from server.policy.engine import Bench
from server.policy.eras import Benches, first_days
from server.policy.evaluation import as_json_line, evaluate
from server.policy.lines import MAX_BYTES, LineError, Reader
from server.policy.loader import PACKS, load_packs

TODAY = date(2026, 11, 23)
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))
READER = Reader(load_packs())
ILL = '{"who": "m1", "ill_type": "serious", "ill_selfpay": %s}'


def read(text):
    return READER.read(text.encode() if isinstance(text, str) else text)


def run(profile, *lines):
    answers, refusals = [], []
    raw = b"".join(line if isinstance(line, bytes) else f"{line}\n".encode() for line in lines)
    benches = Benches(load_packs(), profile)
    good = evaluate(io.BytesIO(raw), READER, benches, TODAY, answers.append, refusals.append)
    return good, answers, refusals


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('{"inc_wag": 1}', "inc_wag"),
        ('{"R-BAS-01": true}', "R-BAS-01"),
        ('{"house_state": "E"}', "house_state"),
        ('{"house_state": ["D"]}', "house_state"),
        ('{"house_state": true}', "house_state"),
        ('{"basic_lack": "grain"}', "basic_lack"),
        ('{"basic_lack": ["gold"]}', "basic_lack[0]"),
        ('{"basic_lack": ["grain", "none"]}', "basic_lack[1]"),
        ('{"basic_lack": ["grain", "grain"]}', "basic_lack"),
        ('{"basic_lack": [1]}', "basic_lack[0]"),
        ('{"lifted": 1}', "lifted"),
        ('{"lifted": "true"}', "lifted"),
        ('{"n_members": true}', "n_members"),
        ('{"n_members": 4.5}', "n_members"),
        ('{"n_members": -1}', "n_members"),
        ('{"n_members": "4"}', "n_members"),
        ('{"pcni": true}', "pcni"),
        ('{"pcni": [5000]}', "pcni"),
        ('{"pcni": {}}', "pcni"),
        ('{"pcni": NaN}', "pcni"),
        ('{"pcni": Infinity}', "pcni"),
        ('{"pcni": -Infinity}', "pcni"),
        ('{"pcni": "NaN"}', "pcni"),
        ('{"pcni": "5,000"}', "pcni"),
        ('{"pcni": "５０００"}', "pcni"),
        ('{"pcni": " 5000"}', "pcni"),
        ('{"pcni": 1e400}', "pcni"),
        ('{"pcni": 1e99999999999999999999}', "pcni"),
        ('{"pcni": 1e-400}', "pcni"),
        ('{"pcni": %s}' % ("9" * 6000), "pcni"),
        ('{"pcni": -0.01}', "pcni"),
        ('{"inc_wage": "-5.00"}', "inc_wage"),
        ('{"shock_date": "2026-02-30"}', "shock_date"),
        ('{"shock_date": "2026-2-3"}', "shock_date"),
        ('{"shock_date": 20260203}', "shock_date"),
        ('{"date": "2025-02-29"}', "date"),
        ('{"date": ["2026-01-01"]}', "date"),
        ('{"id": [1]}', "id"),
        ('{"id": 1.5}', "id"),
        ('{"ill": {"who": "m1"}}', "ill"),
        ('{"ill": ["m1"]}', "ill[0]"),
        ('{"ill": [%s]}' % (ILL % "-1"), "ill[0].ill_selfpay"),
        ('{"ill": [%s]}' % (ILL % "NaN"), "ill[0].ill_selfpay"),
        ('{"ill": [{"who": 3}]}', "ill[0].who"),
        ('{"ill": [{"who": "m1"}, {"stu_selfpay": 1}]}', "ill[1].stu_selfpay"),
        ('{"stu": [{"stage": "kindergarten"}]}', "stu[0].stage"),
        ('{"ins_gap": [true]}', "ins_gap[0]"),
        ('{"rules_any_red": "yes"}', "rules_any_red"),
        ('{"pcni": 1, "pcni": 2}', "pcni"),
        ('{"ill": [{"who": "m1", "who": "m2"}]}', "who"),
        ("[]", "line"),
        ("3", "line"),
        ('"facts"', "line"),
        ("{", "line"),
        ('{"id": 1} {"id": 2}', "line"),
        (b'{"id": "\xff"}', "line"),
        (b"\xff\xfe{\x00}\x00", "line"),
        ("[" * 100_000, "line"),
        ('{"id": "%s"}' % ("x" * MAX_BYTES), "line"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(line, field):
    with pytest.raises(LineError) as refused:
        read(line)
    assert str(refused.value).startswith(f"{field}: ")
    assert len(str(refused.value)) < 300


def test_several_wrong_fields_are_all_named_up_to_five():
    with pytest.raises(LineError) as refused:
        read(json.dumps({f"wrong{n}": n for n in range(8)} | {"pcni": "x"}))
    assert [f"wrong{n}" in str(refused.value) for n in range(6)] == [True] * 5 + [False]
    assert str(refused.value).endswith("; and 4 more")


def test_misspelt_identifier_is_told_its_neighbour():
    with pytest.raises(LineError, match=r"inc_wag: unknown identifier \(did you mean inc_wage\?\)"):
        read('{"inc_wag": 1}')


def test_amounts_come_as_numbers_or_text_and_stay_exact():
    line = read('{"pcni": 8000.01, "net_prev": "12000.10", "pcni_prev": 5333.333333333333, "inc_wage": 7}')
    assert line.facts == {
        "pcni": Decimal("8000.01"),
        "net_prev": Decimal("12000.10"),
        "pcni_prev": Decimal("5333.333333333333"),
        "inc_wage": Decimal(7),
    }


def test_none_is_the_empty_list_and_cannot_say_is_not_asked():
    line = read(
        '{"shock": ["none"], "ins_gap": "unknown", "stu_over": ["none"], "basic_lack": [], "pcni": null}'
    )
    assert line.facts == {"shock": [], "stu_over": [], "basic_lack": []}


def test_every_question_and_register_fact_is_an_identifier_in_every_profile():
    questions = set(definition("2026-1").questions)
    derived = {"pcni", "rigid_total", "pg_highrisk", "nx_cause2", "rules_any_red", "any_problem"}
    for name in questions | set(definition("2026-1").roster) | derived | {"ill", "stu"}:
        assert read(json.dumps({name: None})).facts == {}


def test_fact_of_another_county_is_taken_though_no_rule_reads_it():
    good, answers, _ = run("yangshuo", '{"id": "a", "college_burden": "yes", "ill_proper": ["ok"]}')
    assert good
    assert answers[0]["met"] == []


def test_bad_line_is_counted_and_the_others_are_answered():
    good, answers, refusals = run(
        "yangshuo", '{"id": 1, "basic_lack": ["grain"]}', "", '{"id": 2, "pcni": NaN}', '{"id": 3}'
    )
    assert not good
    assert [answer["id"] for answer in answers] == [1, 3]
    assert answers[0]["met"] == ["R-BAS-01"]
    assert [refusal["line"] for refusal in refusals] == [3]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"n_members": "2"}', 'n_members: expected a whole number, found "2" as text'),
        ('{"": 1}', '"": an identifier is empty'),
        ('{" ": 1}', '" ": an identifier is empty'),
        ('{"ill": [{"": 1}]}', 'ill[0]."": an identifier is empty'),
        ('{"": 1, "": 2}', '"": written twice'),
        ('{"pcni": 1,\n oops}', "line: not JSON: Expecting property name enclosed in double quotes at "),
        ('{"pcni": 1}\n{"pcni": 2}', "line: not JSON: Extra data at line 2 column 1"),
        ('{"pcni": 1} 2', "line: not JSON: Extra data at column 13"),
    ],
)
def test_message_says_what_was_found_and_where(line, error):
    with pytest.raises(LineError) as refused:
        read(line)
    assert str(refused.value).startswith(error)


def test_line_longer_than_the_limit_does_not_swallow_the_next():
    long = b'{"id": "' + b"x" * (3 * MAX_BYTES) + b'"}\n'
    _, answers, refusals = run("yangshuo", long, '{"id": "next"}')
    assert [refusal["line"] for refusal in refusals] == [1]
    assert [answer["id"] for answer in answers] == ["next"]


def test_last_line_needs_no_end_and_the_first_may_carry_a_mark():
    _, answers, refusals = run("yangshuo", b'\xef\xbb\xbf{"id": 1}\r\n', b'{"id": 2}')
    assert ([answer["id"] for answer in answers], refusals) == ([1, 2], [])


def test_half_character_goes_through_as_an_escape():
    assert as_json_line({"id": "\ud800"}) == b'{"id": "\\ud800"}\n'


@pytest.mark.parametrize("profile", sorted(load_packs().profiles))
def test_answers_are_those_of_the_engine(profile):
    cases = [
        CLEAN | case["facts"]
        for path in sorted(PACKS.glob("*/tests/examples.yaml"))
        for case in yaml.safe_load(path.read_text("utf-8"))
    ]
    _, answers, refusals = run(profile, *(json.dumps(facts, default=str) for facts in cases))
    assert refusals == []
    bench = Bench(load_packs(), profile, TODAY)
    for facts, answer in zip(cases, answers, strict=True):
        found = bench.judge(read(json.dumps(facts, default=str)).facts)
        assert answer["met"] == sorted(one.rule for one in found.met)
        assert answer["unknown"] == {one.rule: list(one.ask) for one in found.unknown}
        assert answer["kind"] == found.proposed_kind


def test_given_derived_value_wins_over_the_computed_one():
    parts = {"inc_wage": 40000, "inc_biz": 0, "inc_prop": 0, "inc_trans": 0, "exp_biz": 0, "n_members": 4}
    _, answers, _ = run("yangshuo", json.dumps(parts), json.dumps(parts | {"pcni": 4000}))
    assert ["R-INC-01" in answer["met"] for answer in answers] == [False, True]


def test_given_answer_about_the_other_rules_wins_too():
    clean = json.dumps(CLEAN | {"online_flag": True, "rules_any_red": True}, default=str)
    _, answers, _ = run("yangshuo", clean)
    assert answers[0]["met"] == []


def test_one_bench_serves_all_days_between_two_changes():
    benches = Benches(load_packs(), "all")
    days = first_days(load_packs(), "all")
    assert benches.on(date(2026, 1, 1)) is benches.on(date(2026, 11, 23))
    for day in days[1:]:
        before = benches.on(date.fromordinal(day.toordinal() - 1))
        assert before is not benches.on(day)
        assert benches.on(day).params == Bench(load_packs(), "all", day).params
