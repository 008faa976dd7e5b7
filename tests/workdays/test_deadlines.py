"""The clocks of C7 as data: when each ends, and what it says on the way."""

from dataclasses import replace
from datetime import date

import pytest

from server.policy.loader import load_packs
from server.workdays import deadlines, words
from server.workdays.calendar import Calendar

NATIONAL = Calendar({})
CLOCKS = {clock.id: clock for clock in load_packs().deadlines}


def due_of(clock, start, **given):
    return deadlines.due_of(CLOCKS[clock], date.fromisoformat(start), NATIONAL, **given)


@pytest.mark.parametrize(
    ("clock", "start", "due"),
    [
        ("CLK-1", "2026-09-28", "2026-10-08"),
        ("CLK-2", "2026-09-30", "2026-10-20"),
        ("CLK-3", "2026-02-13", "2026-02-25"),
        ("CLK-8", "2025-11-20", "2026-11-20"),
        ("CLK-8", "2025-10-03", "2026-10-08"),
        ("CLK-9a", "2026-03-02", "2026-03-17"),
        ("CLK-9b", "2026-03-02", "2026-03-09"),
    ],
)
def test_period_of_a_clock(clock, start, due):
    found = due_of(clock, start)
    assert (found.kind, str(found.due)) == ("period", due)


@pytest.mark.parametrize(
    ("clock", "start", "opens", "due"),
    [
        ("CLK-4a", "2026-02-15", "2026-02-01", "2026-02-28"),
        ("CLK-4c", "2026-02-10", "2026-02-01", "2026-02-10"),
        ("CLK-4c", "2026-02-11", "2026-03-01", "2026-03-10"),
        ("CLK-6", "2026-08-31", "2026-07-01", "2026-08-31"),
        ("CLK-7", "2026-07-02", "2026-09-01", "2026-09-30"),
        ("CLK-7", "2026-12-31", "2026-12-01", "2026-12-31"),
        ("CLK-10", "2026-05-31", "2026-05-01", "2026-05-31"),
        ("CLK-10", "2026-06-01", "2027-05-01", "2027-05-31"),
        ("CLK-11", "2026-12-31", "2027-01-01", "2027-01-31"),
    ],
)
def test_window_of_a_clock(clock, start, opens, due):
    found = due_of(clock, start)
    assert (found.kind, str(found.opens), str(found.due)) == ("window", opens, due)


def test_every_clock_of_every_profile_can_be_computed():
    assert len(CLOCKS) == 16
    for clock in CLOCKS.values():
        found = deadlines.due_of(clock, date(2026, 6, 15), NATIONAL)
        assert found.opens <= found.due
        assert found.steps


def test_steps_name_the_holiday_the_made_up_day_and_the_articles():
    found = due_of("CLK-2", "2026-09-28")
    assert [(step.code, str(step.on)) for step in found.steps] == [
        ("not_counted", "2026-09-28"),
        ("holiday", "2026-10-01"),
        ("make_up_day", "2026-10-10"),
        ("nth_day", "2026-10-16"),
    ]
    assert "国庆节" in found.steps[1].text["zh"]
    assert found.steps[0].cites == ("CIVIL-201",)


def test_last_day_off_is_moved_and_says_by_which_article():
    steps = {step.code: step for step in due_of("CLK-8", "2025-10-03").steps}
    assert steps["same_day"].on == date(2026, 10, 3)
    assert steps["moved"].cites == ("CIVIL-203",)


def test_estimate_is_said_in_words():
    found = due_of("CLK-8", "2026-06-15")
    assert found.estimated
    assert "暂按周末估算" in found.steps[-1].text["zh"]
    assert not due_of("CLK-1", "2026-06-15").estimated


def test_county_parameter_replaces_the_length():
    assert str(due_of("CLK-8", "2025-01-15", params={"TRACK_MONTHS": 6}).due) == "2025-07-15"


def test_period_of_quarters_can_be_written_too():
    clock = replace(CLOCKS["CLK-8"], limit=replace(CLOCKS["CLK-8"].limit, unit="quarters", count=2, param=""))
    assert str(deadlines.due_of(clock, date(2026, 1, 15), NATIONAL).due) == "2026-07-15"


def test_every_law_article_a_step_cites_has_its_sentence():
    cited = {
        cite
        for clock in CLOCKS.values()
        for step in deadlines.due_of(clock, date(2025, 10, 31), NATIONAL).steps
        for cite in step.cites
    }
    assert {cite for cite in cited if cite.startswith("CIVIL")} <= set(words.LAW)
