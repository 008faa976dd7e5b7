"""Random visits and random damage: a full walk is accepted, damage is named, nothing ever raises."""

import copy
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from server.checklists.facts import facts_from, facts_of
from server.checklists.validation import AnswerError, validate_answers, walk
from server.policy.engine import judge
from tests.checklists.forms import CURRENT, MEMBERS, visits

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from([*CURRENT.questions, *CURRENT.loops]) | st.text(max_size=8)


@settings(max_examples=80, deadline=None)
@given(visits())
def test_visit_that_answers_what_it_is_asked_is_accepted_whole(visit):
    answers, roster, day = visit
    run = walk(CURRENT, answers, roster, MEMBERS, day, photo_count=1)
    assert (run.errors, run.not_asked) == ([], [])


@settings(max_examples=80, deadline=None)
@given(visits())
def test_visit_that_answers_everything_leaves_no_rule_open(visit):
    answers, roster, day = visit
    facts = facts_of(walk(CURRENT, answers, roster, MEMBERS, day))
    assert judge(facts, profile="yangshuo", on=day).unknown == ()


DAMAGE = {
    "unknown_question": lambda answers: answers.update(colour="red"),
    "unknown_option": lambda answers: answers.update(house_state="E"),
    "wrong_type": lambda answers: answers.update(water_state=["ok"]),
    "unknown_member": lambda answers: answers.update(ins_gap=["m1", "m9"]),
    "duplicate": lambda answers: answers.update(policy_gap=["edu", "edu"]),
    "not_shown": lambda answers: answers.update(house_state="safe", house_cause="age"),
    "out_of_range": lambda answers: answers.update(biz_event="market", biz_loss="2000000.01"),
    "constraint": lambda answers: answers.update(shock=["death"], shock_date="2099-01-01"),
}


@settings(max_examples=80, deadline=None)
@given(visits(), st.sampled_from(sorted(DAMAGE)))
def test_one_piece_of_damage_is_refused_with_its_code(visit, code):
    answers, roster, day = visit
    damaged = copy.deepcopy(answers)
    DAMAGE[code](damaged)
    assert code in {error.code for error in validate_answers(CURRENT, damaged, roster, MEMBERS, day)}


@settings(max_examples=80, deadline=None)
@given(visits(), keys, anything)
def test_any_value_anywhere_is_answered_without_raising(visit, key, value):
    answers, roster, day = visit
    errors = validate_answers(CURRENT, answers | {key: value}, roster, MEMBERS, day)
    assert all(isinstance(error, AnswerError) for error in errors)
    facts_from(CURRENT, answers | {key: value}, roster, day)


@settings(max_examples=80, deadline=None)
@given(visits(), st.sampled_from(["ill", "stu", "roster_edit"]), st.lists(anything, max_size=3), anything)
def test_any_item_of_a_loop_is_answered_without_raising(visit, loop, items, value):
    answers, roster, day = visit
    shaped = [
        *items,
        {"who": "m1", "year": value, "stage": value, "op": "add", "member_id": value, "name": value},
    ]
    validate_answers(CURRENT, answers | {loop: shaped}, roster, MEMBERS, day)
    facts_from(CURRENT, answers | {loop: shaped}, roster, day)


@settings(max_examples=40, deadline=None)
@given(anything)
def test_answers_that_are_no_object_are_refused_as_a_whole(value):
    errors = validate_answers(CURRENT, value, {}, MEMBERS, date(2026, 11, 20))
    assert isinstance(value, dict) or ("answers", "wrong_type") in {
        (error.question, error.code) for error in errors
    }


@settings(max_examples=60, deadline=None)
@given(visits(), st.data())
def test_leaving_an_answer_out_is_never_an_error_of_its_own(visit, data):
    answers, roster, day = visit
    left_out = data.draw(st.sampled_from(sorted(set(answers) - {"consent"})))
    kept = {key: value for key, value in answers.items() if key != left_out}
    codes = {error.code for error in validate_answers(CURRENT, kept, roster, MEMBERS, day)}
    assert codes <= {"not_shown", "unknown_member"}
