"""Facts for the rules: neutral where hidden, missing where skipped."""

from datetime import date
from decimal import Decimal

import pytest
import yaml

from server.checklists.answers import is_id_number
from server.checklists.facts import facts_from
from server.policy.engine import judge
from server.policy.loader import PACKS
from tests.checklists.forms import CURRENT, FORM

ON = date(2026, 11, 20)
ANSWERS, ROSTER = FORM["base"]["answers"], FORM["base"]["roster"]
CLEAN = yaml.safe_load((PACKS / "common/tests/clean_household.yaml").read_text("utf-8"))


def facts(answers=None, on=ON, **roster):
    return facts_from(CURRENT, ANSWERS | (answers or {}), ROSTER | roster, on)


def test_thirteen_taps_give_the_clean_household():
    found = facts()
    for name, value in CLEAN.items():
        if value is not None and name != "pcni":
            assert found[name] == value, name
    judgement = judge(found, profile="yangshuo", on=ON)
    assert (judgement.met, judgement.unknown) == ((), ())


def test_amounts_are_exact_decimals_and_lists_are_lists():
    found = facts({"biz_event": "market", "biz_loss": "8000.01"}, pcni_prev="15000.00")
    assert (found["biz_loss"], found["pcni_prev"]) == (Decimal("8000.01"), Decimal("15000.00"))
    assert all(type(found[name]) is Decimal for name in ("biz_loss", "shock_loss", "rigid_exp", "net_prev"))


def test_follow_up_of_a_skipped_question_is_missing_not_neutral():
    found = facts({"shock": None})
    assert "labour_lost" not in found
    assert "rigid_exp" not in found
    assert "any_problem" not in found


def test_shown_question_without_an_answer_is_missing():
    found = facts({"house_state": "D"})
    assert "house_cause" not in found
    assert "hardship_src" not in found


def test_members_that_cannot_be_said_are_missing_and_count_as_a_problem():
    found = facts({"ins_gap": "unknown"})
    assert "ins_gap" not in found
    assert found["any_problem"] is True


def test_income_is_marked_as_hidden_only_when_the_form_hid_it():
    assert facts()["income_skipped"] is True
    assert "income_skipped" not in facts({"inc_band": "near"})
    assert "income_skipped" not in facts({"shock": None})


def test_patient_without_an_item_has_open_answers():
    found = facts(
        {"ill_who": ["m1", "m2"], "ill": [{"who": "m1", "ill_type": "serious", "ill_selfpay": "4999.99"}]}
    )
    first, second = found["ill"]
    assert first == {
        "who": "m1",
        "year": 2026,
        "ill_type": "serious",
        "ill_selfpay": Decimal("4999.99"),
        "ill_selffund": 0,
    }
    assert second == {"who": "m2", "year": 2026}


def test_students_are_unknown_while_nobody_can_say_who_paid():
    assert "stu" not in facts({"stu_over": "unknown", "edu_cannot": "no"}, n_student=1)
    assert facts({"stu_over": [], "edu_cannot": "no"}, n_student=1)["stu"] == []


def test_second_college_student_without_answers_keeps_the_loop_open():
    given = {"who": "m3", "stage": "college", "stu_nature": "public", "stu_selfpay": "1.00", "stu_aid": []}
    found = facts({"stu_over": [], "edu_cannot": "no", "stu": [given]}, n_student=2, n_college=2)
    assert [item["stage"] for item in found["stu"]] == ["college", "college"]
    assert "stu_selfpay" not in found["stu"][1]


def test_refused_consent_leaves_everything_unasked():
    found = facts_from(CURRENT, {"consent": "no"}, ROSTER, ON)
    assert found["consent"] == "no"
    assert not set(found) & {"house_state", "labour_lost", "ill", "stu", "any_problem", "income_skipped"}


def test_register_value_of_another_type_counts_as_missing():
    found = facts(n_members="4", lifted="yes", pcni_prev="much", net_prev="NaN", kind=3)
    assert not set(found) & {"n_members", "lifted", "pcni_prev", "net_prev", "kind"}


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("440524188001010014", True),
        ("34052419800101001X", True),
        ("110105194912310021", False),
        ("110105194913310021", False),
        ("1101051949123100", False),
        ("１1010519491231002X", False),
    ],
)
def test_identity_number_is_checked_by_date_and_check_digit(number, right):
    assert is_id_number(number) is right
