"""Facts of the register, and the day the next visit is due: pure, by table."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from server.households.due import Cadence, due_on
from server.households.models import Household, Member
from server.households.roster import age_on, roster_facts, wire_facts
from server.policy.loader import load_packs

DAY = date(2026, 11, 23)


def member(birth_on=date(1980, 5, 4), **given):
    return Member(
        **({"labour": "none", "stage": None, "disability_grade": None, "birth_on": birth_on} | given)
    )


def household(*members, **given):
    return Household(**({"kind": "none", "lifted": False} | given), members=list(members))


def test_names_are_those_of_the_policy():
    assert set(roster_facts(household(member()), DAY)) == set(load_packs().packs["common"].groups["roster"])


@pytest.mark.parametrize(
    ("birth_on", "age"),
    [
        (date(2020, 11, 23), 6),
        (date(2020, 11, 24), 5),
        (date(2010, 11, 23), 16),
        (date(2010, 11, 24), 15),
        (date(2026, 11, 23), 0),
        (date(2024, 2, 29), 2),
        (None, None),
    ],
)
def test_age_counts_full_years(birth_on, age):
    assert age_on(birth_on, DAY) == age


def test_compulsory_school_age_is_six_to_fifteen():
    births = [date(2020, 11, 24), date(2020, 11, 23), date(2010, 11, 24), date(2010, 11, 23)]
    assert roster_facts(household(*map(member, births)), DAY)["n_compulsory"] == 2


def test_sixtieth_birthday_counts():
    people = [member(date(1966, 11, 23)), member(date(1966, 11, 24))]
    assert roster_facts(household(*people), DAY)["n_60plus"] == 1


def test_one_unknown_birthday_makes_the_counts_by_age_unknown():
    facts = roster_facts(household(member(), member(None)), DAY)
    assert (facts["n_members"], facts["n_compulsory"], facts["n_60plus"]) == (2, None, None)


def test_students_and_workers_are_counted_by_what_the_register_says():
    people = [member(stage=stage) for stage in ("preschool", "primary", "junior", "senior", "college", None)]
    people += [member(labour=labour) for labour in ("full", "skilled", "half", "none")]
    facts = roster_facts(household(*people), DAY)
    assert (facts["n_student"], facts["n_college"]) == (3, 1)
    assert (facts["n_labour"], facts["n_half_labour"]) == (2, 1)


@pytest.mark.parametrize(("grade", "severe"), [(None, False), (1, True), (2, True), (3, False), (4, False)])
def test_grades_one_and_two_are_severe(grade, severe):
    assert roster_facts(household(member(disability_grade=grade)), DAY)["severe_disabled"] is severe


@pytest.mark.parametrize(
    ("kind", "since", "months"),
    [
        ("none", date(2020, 1, 1), 0),
        ("unstable", None, None),
        ("unstable", date(2026, 10, 23), 1),
        ("unstable", date(2026, 10, 24), 0),
        ("marginal", date(2025, 11, 23), 12),
        ("sudden", date(2027, 1, 1), 0),
    ],
)
def test_months_of_tracking_are_full_months_since_recognition(kind, since, months):
    found = roster_facts(household(member(), kind=kind, monitored_since=since), DAY)
    assert found["months_tracked"] == months


def test_flag_that_is_not_known_stays_not_known():
    facts = roster_facts(household(member(), dibao=None, tekun=False), DAY)
    assert (facts["dibao"], facts["tekun"]) == (None, False)


def test_facts_travel_as_json_with_money_as_text():
    facts = wire_facts(roster_facts(household(member(), pcni_prev=Decimal("8000.5")), DAY))
    assert json.loads(json.dumps(facts))["pcni_prev"] == "8000.50"


CADENCES = json.loads((Path(__file__).parent / "due_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CADENCES, ids=lambda case: "-".join(map(str, case.values())))
def test_next_visit_is_due_by_the_end_of_the_county_s_period_as_on_the_phone(case):
    visited = date.fromisoformat(case["last"]) if case["last"] else None
    cadence = Cadence(monitored=case["monitored"], others=case["others"])
    found = due_on(case["kind"], visited, date.fromisoformat(case["today"]), cadence)
    assert found.isoformat() == case["due"]


@pytest.mark.parametrize(
    ("kind", "last", "due"),
    [
        ("none", None, "2026-12-31"),
        ("none", "2026-11-01", "2027-03-31"),
        ("none", "2026-09-30", "2026-12-31"),
        ("none", "2026-02-10", "2026-06-30"),
        ("unstable", None, "2026-11-30"),
        ("unstable", "2026-11-01", "2026-12-31"),
        ("marginal", "2026-10-31", "2026-11-30"),
        ("sudden", "2026-01-15", "2026-02-28"),
        ("sudden", "2028-01-31", "2028-02-29"),
        ("unstable", "2026-12-05", "2027-01-31"),
    ],
)
def test_next_visit_is_due_by_the_end_of_the_following_month_or_quarter(kind, last, due):
    visited = date.fromisoformat(last) if last else None
    assert due_on(kind, visited, DAY) == date.fromisoformat(due)
