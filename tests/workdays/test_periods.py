"""Working days and periods: the vectors of the digest (B3.7), the Civil Code, and a county's own days."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.workdays import calendar, periods
from server.workdays.calendar import Calendar, Entry

NATIONAL = Calendar({})
DAYS = st.dates(date(2019, 1, 1), date(2026, 11, 30))
FEW = settings(max_examples=100, deadline=None, derandomize=True, database=None)


def day(text):
    return date.fromisoformat(text)


def end(start, count, unit, days=NATIONAL):
    return str(periods.period(days, day(start), count, unit).end)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-02-13", 10, "2026-03-05"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 10, "2026-10-20"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2025-09-30", 10, "2025-10-21"),
        ("2026-11-20", 3, "2026-11-25"),
    ],
)
def test_working_days_of_the_digest(start, count, expected):
    assert end(start, count, "working_days") == expected


def test_make_up_saturday_is_worked_and_its_monday_is_not():
    saturday = NATIONAL.day(day("2026-10-10"))
    assert (saturday.working, saturday.name, saturday.origin) == (True, "国庆节", "library")
    assert not NATIONAL.working(day("2026-10-05"))


@pytest.mark.parametrize(
    ("start", "count", "unit", "expected"),
    [
        ("2026-03-10", 5, "days", "2026-03-16"),  # the 15th is a Sunday
        ("2026-03-09", 5, "days", "2026-03-16"),  # the 14th is a Saturday
        ("2026-03-11", 5, "days", "2026-03-16"),
        ("2026-05-12", 1, "months", "2026-06-12"),
        ("2026-01-31", 1, "months", "2026-02-28"),  # no 31 February; the 28th is a make-up Saturday
        ("2023-12-31", 2, "months", "2024-02-29"),
        ("2026-03-31", 1, "quarters", "2026-06-30"),
        ("2024-02-29", 1, "years", "2025-02-28"),
        ("2025-10-01", 1, "years", "2026-10-08"),  # the same day is National Day
    ],
)
def test_period_ends_by_the_civil_code(start, count, unit, expected):
    assert end(start, count, unit) == expected


def test_day_of_the_event_is_never_counted():
    assert end("2026-11-23", 1, "days") == "2026-11-24"
    assert end("2026-11-23", 1, "working_days") == "2026-11-24"


def test_countys_own_holiday_wins_over_the_library():
    own = Calendar({day("2026-04-20"): Entry(working=False, name="三月三")})
    assert end("2026-04-17", 1, "working_days") == "2026-04-20"
    assert end("2026-04-17", 1, "working_days", own) == "2026-04-21"
    assert end("2026-03-20", 1, "months", own) == "2026-04-21"


def test_countys_own_working_day_wins_over_the_weekend():
    own = Calendar({day("2026-11-28"): Entry(working=True, name="补班")})
    assert end("2026-11-27", 1, "working_days", own) == "2026-11-28"


def test_year_nobody_announced_is_estimated_by_weekends_and_says_so():
    after = calendar.LAST_YEAR + 1
    assert end(f"{after}-09-30", 1, "working_days") == f"{after}-10-01"
    assert periods.period(NATIONAL, date(after, 1, 4), 1, "working_days").estimated
    assert NATIONAL.day(date(after, 1, 1)).estimated
    own = Calendar({date(after, 1, 1): Entry(working=False, name="元旦")})
    assert not own.day(date(after, 1, 1)).estimated


def test_period_within_the_announced_years_is_not_estimated():
    last = calendar.LAST_YEAR
    assert not periods.period(NATIONAL, date(last, 11, 20), 3, "working_days").estimated
    assert periods.period(NATIONAL, date(last, 12, 28), 10, "working_days").estimated


def test_library_is_not_asked_about_a_year_it_does_not_know():
    assert NATIONAL.day(date(2003, 5, 1)).estimated
    assert NATIONAL.day(date(2099, 5, 1)).estimated


@pytest.mark.parametrize("count", [-1, periods.MAX_COUNT + 1])
def test_count_that_makes_no_sense_is_refused(count):
    with pytest.raises(ValueError, match="count"):
        periods.period(NATIONAL, day("2026-01-01"), count, "working_days")


@FEW
@given(DAYS, st.integers(1, 40))
def test_adding_and_counting_working_days_are_each_others_inverse(start, count):
    found = periods.add_working_days(NATIONAL, start, count)
    assert NATIONAL.working(found)
    assert periods.working_days_between(NATIONAL, start, found) == count


@FEW
@given(DAYS, st.sampled_from(periods.UNITS), st.integers(1, 24))
def test_period_always_ends_on_a_working_day_and_never_before_its_plain_end(start, unit, count):
    found = periods.period(NATIONAL, start, count, unit)
    assert NATIONAL.working(found.end)
    assert found.end >= found.plain_end > start
    assert all(
        not NATIONAL.working(found.plain_end + timedelta(n))
        for n in range((found.end - found.plain_end).days)
    )
