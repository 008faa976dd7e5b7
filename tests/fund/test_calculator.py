"""Whose amounts count, what is taken off, what stops a payment, and what must hold for any amount."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.fund import words
from server.fund.claims import ClaimError
from server.fund.results import Step
from server.fund.scheme import KINDS, READINGS, scheme_for
from server.policy.loader import load_packs
from tests.fund.claims import pay_of, result_of

AMOUNTS = st.integers(0, 20_000_000).map(lambda fen: Decimal(fen) / 100)
MARGINAL = st.sampled_from(["marginal_on_excess", "marginal_on_total"])
FEW = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def codes(result):
    return [step.code for step in result.steps]


def readings_of(kind):
    return scheme_for(2020).kinds[kind].readings


# --- entitlement ------------------------------------------------------------------------------------------

OTHERS = dict.fromkeys(
    (
        "income_below_150_percent",
        "fits_dibao",
        "rural_registration",
        "extreme_hardship",
        "approved_by_county",
    ),
    True,
)


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("income_below_150_percent", "income_not_low"),
        ("fits_dibao", "not_dibao"),
        ("rural_registration", "not_rural"),
        ("extreme_hardship", "not_hardship"),
        ("approved_by_county", "not_approved"),
    ],
)
def test_other_family_needs_each_condition_of_the_text(missing, reason):
    assert pay_of("illness", "20000", household="other", **OTHERS) == "6500.00"
    refused = result_of("illness", "20000", household="other", **(OTHERS | {missing: False}))
    assert (refused.pay, refused.reason) == (0, reason)
    assert [step.cites for step in refused.steps] == [("N-TGT-2",)]


@pytest.mark.parametrize("household", ["unstable_lifted", "marginal"])
def test_listed_household_whose_income_does_not_swing_is_not_paid(household):
    assert (
        result_of("study", "20000", household=household, income_unstable=False).reason
        == "income_not_unstable"
    )
    assert pay_of("study", "20000", household=household, income_unstable=True) == "10200.00"


def test_question_nobody_answered_is_not_a_no_but_is_to_be_confirmed():
    result = result_of("illness", "20000", household="other", treatment="inpatient", fits_dibao=True)
    assert str(result.pay) == "6500.00"
    assert set(result.to_confirm) == set(OTHERS) - {"fits_dibao"}
    assert codes(result)[0] == "to_confirm"


def test_liability_is_to_be_confirmed_after_a_traffic_accident_only():
    facts = {"household": "marginal", "income_unstable": True, "treatment": "inpatient", "certificate": True}
    assert result_of("accident", "20000", accident="traffic", **facts).to_confirm == ("liability",)
    assert result_of("accident", "20000", accident="other", **facts).to_confirm == ()


def test_fully_answered_case_leaves_nothing_to_confirm():
    facts = {"household": "marginal", "income_unstable": True, "treatment": "inpatient"}
    accident = {"accident": "traffic", "certificate": True, "liability": "minor"}
    assert result_of("accident", "20000", **facts, **accident).to_confirm == ()


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        ("illness", {"treatment": "other_outpatient"}, "treatment_not_counted"),
        ("accident", {"treatment": "chronic_outpatient"}, "not_hospitalised"),
        ("accident", {"certificate": False}, "no_certificate"),
        ("accident", {"accident": "other", "certificate": False}, "no_certificate"),
        ("study", {"stage": "primary"}, "stage_not_covered"),
        ("disaster", {"unforeseeable": False}, "not_unforeseeable"),
    ],
)
def test_condition_of_the_kind_that_is_not_fulfilled_stops_the_payment(kind, facts, reason):
    result = result_of(kind, "50000", **facts)
    assert (result.pay, result.reason) == (0, reason)


@pytest.mark.parametrize("liability", ["none", "minor", "equal", "main"])
def test_only_full_liability_is_excluded(liability):
    assert pay_of("accident", "20000", liability=liability) == "6500.00"


# --- what counts ------------------------------------------------------------------------------------------

CHAIN = {
    "basic_insurance": "10000",
    "second_reimbursement": "2000",
    "fiscal_backstop": "1000",
    "medical_aid": "500",
}


@pytest.mark.parametrize(
    ("household", "counted"), [("unstable_lifted", "16500"), ("marginal", "19500"), (None, "16500")]
)
def test_reimbursements_of_a_registered_household_are_more_than_those_of_another(household, counted):
    result = result_of("illness", household=household, bills=[{"cost": "30000", "paid_by": CHAIN}])
    assert [step.value for step in result.steps if step.code == "counted"] == [Decimal(counted)]
    assert codes(result).count("source_ignored") == (2 if household == "marginal" else 0)


def test_bills_outside_the_article_do_not_count():
    fees = [{"cost": "9000", "item": "tuition"}, {"cost": "5000", "item": "other"}]
    result = result_of("study", stage="college", bills=fees)
    assert str(result.pay) == "1000.00"
    assert "bill_not_covered" in codes(result)
    spells = [{"cost": "9000", "treatment": "inpatient"}, {"cost": "5000", "treatment": "other_outpatient"}]
    assert pay_of("illness", bills=spells) == "1200.00"


def test_second_house_does_not_count():
    house = [{"cost": "20000", "item": "house"}]
    assert pay_of("disaster", bills=house) == "9000.00"
    assert result_of("disaster", bills=house, only_house=False).reason == "nothing_counted"


def test_loan_nobody_applied_for_is_marked_while_its_standard_is_not_published():
    result = result_of("study", "20000", stage="college", loan="not_applied")
    assert str(result.pay) == "10200.00"
    assert result.marks == ("loan_not_published",)


def test_earlier_payments_of_the_year_are_taken_off():
    assert pay_of("illness", "20000", paid="6000") == "500.00"
    assert result_of("illness", "20000", paid="6500").reason == "already_paid"
    assert pay_of("disaster", "90000", paid="29000") == "1000.00"


def test_common_maximum_counts_what_either_kind_was_paid():
    cap = {"choices": {"combined_cap": "15000"}}
    assert pay_of("accident", "20000", paid_other="13500", **cap) == "1500.00"
    assert result_of("accident", "20000", paid_other="15000", **cap).reason == "cap_reached"
    assert pay_of("illness", "40000", paid="1000", paid_other="3000", **cap) == "11000.00"


def test_common_maximum_does_not_touch_the_other_kinds():
    result = result_of("disaster", "46250", choices={"combined_cap": "1"})
    assert (str(result.pay), result.marks) == ("30000.00", ())


@pytest.mark.parametrize("kind", ["illness", "accident"])
def test_unpublished_maximum_is_said_with_the_figure(kind):
    result = result_of(kind, "20000")
    assert result.marks == ("cap_not_published",)
    assert "限额未公布" in next(step for step in result.steps if step.code == "cap_not_published").text["zh"]


@pytest.mark.parametrize(("amount", "step"), [("4999.99", "below_line"), ("5000", "at_line")])
def test_reaching_the_warning_line_is_told_apart_from_staying_below_it(amount, step):
    result = result_of("illness", amount)
    assert (result.reason, codes(result)[-1]) == ("below_line", step)


def test_less_than_half_a_cent_is_named_as_the_reason():
    assert result_of("illness", "5000.01").reason == "rounds_to_zero"
    assert pay_of("illness", "5000.02") == "0.01"  # 0.006


# --- illness and accident ---------------------------------------------------------------------------------

UNPAID_ILLNESS = {
    "not treated in hospital": {"amount": "30000", "treatment": "other_outpatient"},
    "no bill in hospital": {"bills": [{"cost": "30000", "treatment": "other_outpatient"}]},
    "below the line": {"amount": "4999.99"},
    "at the line": {"amount": "5000"},
    "no bill of the year": {"bills": [{"on": "2021-05-01", "cost": "30000"}], "year": 2020},
    "no bill of the person": {"bills": [{"cost": "30000", "who": "wife"}], "who": "husband"},
}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("what", UNPAID_ILLNESS)
def test_accident_is_paid_as_if_alone_when_the_illness_is_not(what, reading):
    both = result_of("illness", reading=reading, also_accident="20000", **UNPAID_ILLNESS[what])
    alone = result_of("accident", "20000", reading)
    assert (both.pay, both.reason) == (alone.pay, None)
    assert alone.pay > 0


@pytest.mark.parametrize("what", ["not treated in hospital", "no bill of the year"])
def test_illness_that_does_not_count_adds_nothing_to_a_common_base(what):
    given = UNPAID_ILLNESS[what] | {"choices": {"combine": "bases"}}
    assert pay_of("illness", also_accident="20000", **given) == pay_of("accident", "20000")


def test_accident_below_its_own_line_says_so_when_the_illness_is_not_paid():
    result = result_of("illness", "30000", treatment="other_outpatient", also_accident="5000")
    assert (result.pay, result.reason) == (0, "below_line")
    assert codes(result)[0] == "not_entitled"


def test_accident_of_a_household_that_is_not_entitled_is_not_paid():
    result = result_of("illness", "30000", household="marginal", income_unstable=False, also_accident="20000")
    assert (result.pay, result.reason) == (0, "income_not_unstable")


# --- contradictions ---------------------------------------------------------------------------------------

TWO_YEARS = [{"on": "2020-12-20", "cost": "1"}, {"on": "2021-01-05", "cost": "1"}]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "illness"}, "amount_cny"),
        ({"kind": "illness", "amount": "1", "bills": [{"cost": "1"}]}, "amount_cny"),
        ({"kind": "illness", "bills": TWO_YEARS}, "year"),
        ({"kind": "illness", "bills": [{"who": "a"}, {"who": "b"}]}, "who"),
        ({"kind": "illness", "amount": "1", "stage": "college"}, "stage"),
        ({"kind": "study", "amount": "1", "liability": "full"}, "liability"),
        ({"kind": "study", "amount": "1", "loan": "got"}, "loan_cny"),
        ({"kind": "study", "amount": "1", "loan": "not_applied"}, "stage"),
        ({"kind": "accident", "amount": "1", "accident": "other", "liability": "full"}, "liability"),
        ({"kind": "illness", "amount": "1", "also_accident": "1", "paid_other": "1"}, "paid_other_cny"),
        ({"kind": "disaster", "bills": [{"item": "tuition"}]}, "bills.0.item"),
        ({"kind": "disaster", "bills": [{"treatment": "inpatient"}]}, "bills.0.treatment"),
        ({"kind": "disaster", "bills": [{"cost": "1", "paid_by": {"insurance": "2"}}]}, "bills.0.paid_by"),
        ({"kind": "study", "amount": "1", "reading": "whole_on_total"}, "reading"),
    ],
)
def test_claim_that_contradicts_itself_is_refused_by_the_name_of_its_field(wrong, field):
    with pytest.raises(ClaimError) as refused:
        result_of(**wrong)
    assert refused.value.field == field


def test_loss_of_a_household_may_be_that_of_several_people():
    losses = [{"cost": "30000", "who": "husband"}, {"cost": "30000", "who": "wife"}]
    assert pay_of("disaster", bills=losses) == pay_of("disaster", "60000")


# --- the data ---------------------------------------------------------------------------------------------


def test_every_article_of_the_scheme_has_its_sentence():
    known = load_packs().articles
    assert scheme_for(2020).cited() - set(known) == set()


def test_year_before_the_fund_has_no_scheme():
    assert scheme_for(2019) is None
    assert scheme_for(2026) is not None


def test_county_figure_replaces_that_of_the_pack():
    scheme = scheme_for(2020, lambda on: {"NN_ILL": Decimal(6000), "FUND_CAP": Decimal(9000)})
    assert scheme.kinds["illness"].line.amount.value == 6000
    assert scheme.combined_cap.value == 9000
    assert scheme.kinds["accident"].line.amount.value is None


def test_every_word_exists_in_both_languages():
    tables = [words.REASONS, words.CONDITIONS, words.SOURCES, words.READINGS]
    assert all(
        set(text) == {"zh", "en"} and all(text.values()) for table in tables for text in table.values()
    )
    assert all(len(pair) == 2 and all(pair) for pair in words.STEPS.values())


# --- what holds for any amount ----------------------------------------------------------------------------


@FEW
@given(st.sampled_from(KINDS), MARGINAL, AMOUNTS, AMOUNTS)
def test_larger_amount_is_never_paid_less_by_the_marginal_readings(kind, reading, one, other):
    if reading not in readings_of(kind):
        return
    low, high = sorted((one, other))
    assert result_of(kind, low, reading).pay <= result_of(kind, high, reading).pay


@FEW
@given(st.sampled_from(KINDS), st.sampled_from(READINGS), AMOUNTS)
def test_pay_is_never_negative_nor_above_the_amount_and_whole_cents(kind, reading, amount):
    if reading not in readings_of(kind):
        return
    result = result_of(kind, amount, reading)
    assert 0 <= result.pay <= amount
    assert result.pay == result.pay.quantize(Decimal("0.01"))
    assert (result.reason is None) == (result.pay > 0)


@FEW
@given(st.sampled_from(KINDS), st.sampled_from(READINGS), AMOUNTS)
def test_pay_is_the_sum_of_the_tiers_shown_cut_by_the_maximum(kind, reading, amount):
    if reading not in readings_of(kind):
        return
    result = result_of(kind, amount, reading)
    tiers = sum((step.value for step in result.steps if step.code in ("tier", "one_rate")), Decimal(0))
    most = Decimal(30000) if kind == "disaster" else tiers
    assert abs(result.pay - min(tiers, most)) <= Decimal("0.005")


@FEW
@given(
    st.sampled_from(KINDS), MARGINAL, st.lists(st.integers(1, 6_000_000), min_size=1, max_size=6), st.data()
)
def test_splitting_a_years_costs_into_bills_changes_nothing(kind, reading, fen, data):
    if reading not in readings_of(kind):
        return
    days = st.dates(date(2020, 1, 1), date(2020, 12, 31)).map(str)
    bills = [{"on": data.draw(days), "cost": Decimal(each) / 100} for each in fen]
    assert (
        result_of(kind, bills=bills, reading=reading).pay
        == result_of(kind, Decimal(sum(fen)) / 100, reading).pay
    )


@FEW
@given(st.sampled_from(KINDS), MARGINAL, st.lists(st.integers(1, 6_000_000), min_size=1, max_size=6))
def test_paying_after_each_bill_comes_to_the_same_as_paying_once(kind, reading, fen):
    if reading not in readings_of(kind):
        return
    paid = total = Decimal(0)
    for each in fen:
        total += Decimal(each) / 100
        paid += result_of(kind, total, reading, paid=paid).pay
    assert paid == result_of(kind, total, reading).pay


@FEW
@given(st.sampled_from(KINDS), AMOUNTS)
def test_every_step_with_a_figure_cites_an_article_but_the_rounding(kind, amount):
    steps: tuple[Step, ...] = result_of(kind, amount).steps
    assert [step.code for step in steps if not step.cites] in ([], ["rounded"])
