"""A phone whose register was out of date: what it did not ask is not asked, what it asked stays answered."""

from datetime import date

from hypothesis import given, settings

from server.checklists.facts import facts_of
from server.checklists.validation import walk, with_roster
from tests.checklists.forms import CURRENT, FORM, MEMBERS, rosters, visits

ON = date(2026, 11, 20)
ANSWERS, ROSTER = FORM["base"]["answers"], FORM["base"]["roster"]


def walked(answers=None, **roster):
    return walk(CURRENT, ANSWERS | (answers or {}), ROSTER | roster, MEMBERS, ON, photo_count=0)


def test_only_facts_of_the_register_that_decide_what_is_asked_are_compared():
    assert CURRENT.showing == (
        "kind",
        "n_60plus",
        "n_college",
        "n_compulsory",
        "n_student",
        "tekun_scattered",
    )


def test_equal_rosters_need_no_second_walk():
    run = walked()
    assert with_roster(run, ROSTER | {"poor10": True, "pcni_prev": "1.00"}) is run


def test_question_that_only_the_phone_hid_is_missing_and_not_asked():
    seen = with_roster(walked(), ROSTER | {"n_compulsory": 2})
    assert not {"edu_school", "edu_cannot", "any_problem"} & set(seen.facts)
    assert seen.not_asked == ["edu_school", "edu_cannot"]
    assert seen.facts["stu_over"] == []


def test_question_that_both_hide_keeps_its_neutral_value():
    seen = with_roster(walked(), ROSTER | {"n_60plus": 1})
    assert (seen.facts["edu_school"], seen.facts["biz_loss"]) == ("all", 0)
    assert seen.not_asked == ["elder_live"]


def test_question_that_is_hidden_by_an_unknown_of_the_register_is_missing():
    assert "edu_school" not in with_roster(walked(), ROSTER | {"n_compulsory": None}).facts


def test_question_the_phone_showed_without_an_answer_stays_not_asked():
    seen = with_roster(walked(n_60plus=1), ROSTER)
    assert "elder_live" not in seen.facts
    assert seen.not_asked == ["elder_live"]


def test_answer_to_a_question_the_register_would_hide_counts():
    run = walked({"elder_live": "alone", "support": "ok"}, n_60plus=1)
    assert with_roster(run, ROSTER).facts["elder_live"] == "alone"


def test_student_the_register_would_not_ask_about_counts():
    item = {"who": "m3", "stu_nature": "public", "stu_selfpay": "9000.00", "stu_aid": []}
    answers = {"stu_over": [], "edu_cannot": "no", "college_burden": "no", "stu": [item]}
    run = walked(answers, n_student=2, n_college=2)
    assert run.errors == []
    assert [each["stu_selfpay"] for each in with_roster(run, ROSTER).facts["stu"]] == [9000]


def test_second_college_student_the_phone_did_not_know_is_not_asked():
    run = walked({"stu_over": [], "edu_cannot": "no"}, n_student=2, n_college=1)
    seen = with_roster(run, ROSTER | {"n_student": 2, "n_college": 2})
    assert [each["who"] for each in seen.facts["stu"]] == ["m3"]
    assert {"stu_selfpay", "college_burden"} <= set(seen.not_asked)


def test_family_that_did_not_agree_is_asked_nothing_more():
    run = walk(CURRENT, {"consent": "no"}, ROSTER, MEMBERS, ON)
    assert with_roster(run, ROSTER | {"n_compulsory": 2}) is run


@settings(max_examples=80, deadline=None)
@given(visits(), rosters)
def test_every_answer_counts_and_neutral_is_only_what_both_hide(visit, register):
    answers, roster, day = visit
    run = walk(CURRENT, answers, roster, MEMBERS, day)
    seen = with_roster(run, register)
    assert run.shown <= seen.shown
    assert seen.skipped.isdisjoint(run.shown)
    given_answers = {key for key in run.shown & set(run.facts) if key in answers}
    assert all(seen.facts[key] == run.facts[key] for key in given_answers)
    assert facts_of(with_roster(run, roster)) == facts_of(run)
