"""Which facts of a visit are a hint, at the edges of each limit."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from server.evidence import signs
from server.evidence.signs import Neighbour, Sign
from tests.visits.bodies import CLEAN, DRY, instant, visit_of

HOME = UUID(int=1)
MEMBERS = [str(UUID(int=n)) for n in range(6)]
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FIGURES = frozenset({"inc_wage", "inc_biz", "inc_prop", "inc_trans", "exp_biz", "ill_selfpay"})


def lasting(seconds, answers=CLEAN, **changes):
    return visit_of(HOME, answers, started_at=instant(AT - timedelta(seconds=seconds)), at=AT, **changes)


def clocks(began_ms, ended_ms):
    return {"started_mono_ms": began_ms, "finished_mono_ms": ended_ms, "offset_ms": 0}


@pytest.mark.parametrize(
    ("seconds", "found"),
    [(0, Sign("quick", {"seconds": 0, "steps": 13})), (25, True), (26, None), (600, None)],
)
def test_thirteen_answers_take_twenty_six_seconds(seconds, found):
    sign = signs.quick(lasting(seconds))
    assert (sign is not None) is bool(found)
    if isinstance(found, Sign):
        assert sign == found


def test_answers_taken_over_with_one_tap_are_not_counted():
    same = dict.fromkeys(list(CLEAN)[:9], str(UUID(int=7)))
    assert signs.quick(lasting(5, since_last={"same": same, "changes": {}})) is None


def test_a_short_form_is_not_hurried():
    assert signs.quick(lasting(1, {"consent": "no"})) is None


def test_members_of_a_loop_are_answers_of_their_own():
    ill = [
        {"who": MEMBERS[0], "ill_type": "serious"},
        {"who": MEMBERS[1], "ill_type": None, "ill_setting": []},
    ]
    answers = {"consent": "yes", "ill_who": MEMBERS[:2], "ill": ill, "sign": None}
    assert signs.steps(lasting(60, answers)) == 4


def test_the_clock_that_nobody_sets_counts_where_it_ran_through():
    body = lasting(600, clock=clocks(1_000, 6_000))
    assert signs.duration(body) == 5
    assert signs.duration(body | {"clock": clocks(None, 6_000)}) == 600
    assert signs.duration(body | {"clock": clocks(9_000, 6_000)}) == 600


@pytest.mark.parametrize(("wall", "mono", "jump"), [(600, 480, None), (600, 479, 121), (0, 121, 121)])
def test_a_clock_that_was_set_while_the_form_was_open(wall, mono, jump):
    sign = signs.jumped(lasting(wall, clock=clocks(0, mono * 1000)), suspect=False, offset_ms=0)
    assert sign == (jump and Sign("clock", {"jump_seconds": jump}))


def test_a_clock_that_was_ten_minutes_off():
    body = lasting(600)
    assert signs.jumped(body, suspect=False, offset_ms=599_000) is None
    assert signs.jumped(body, suspect=True, offset_ms=-3_600_000) == Sign("clock", {"offset_seconds": -3600})
    assert signs.jumped(body, suspect=True, offset_ms=None) == Sign("clock", {})


@pytest.mark.parametrize(
    ("metres", "accuracy", "hint"),
    [(499, "5", False), (500, "5", True), (900, "451", False), (900, "450", True), (None, "5", False)],
)
def test_far_is_beyond_what_the_error_of_the_fix_explains(metres, accuracy, hint):
    location = {"lat": "24.7", "lon": "110.4", "accuracy_m": accuracy, "far_reason": "elsewhere"}
    sign = signs.far(lasting(600, location=location), metres)
    assert sign == (Sign("far", {"metres": metres, "reason": "elsewhere"}) if hint else None)
    assert signs.far(lasting(600), 5000) is None


@pytest.mark.parametrize(
    ("seconds", "metres", "hint"),
    [(59, None, True), (60, None, False), (60, 8.0, True), (61, 8.0, False), (600, 8000.0, True)],
)
def test_two_households_need_the_way_and_a_talk(seconds, metres, hint):
    near = Neighbour(UUID(int=5), AT - timedelta(seconds=seconds), metres)
    sign = signs.close(AT, [near])
    assert (sign is not None) is hint
    assert sign is None or sign.other == near.visit_id


def test_of_two_neighbours_the_nearer_in_time_is_named():
    ones = [Neighbour(UUID(int=n), AT + timedelta(seconds=n * 20), 5000.0) for n in (2, 1)]
    assert signs.close(AT, ones) == Sign("close", {"seconds": 20, "metres": 5000}, UUID(int=1))
    assert signs.close(AT, []) is None


def test_equal_answers_count_only_with_three_amounts():
    assert signs.answers_digest(CLEAN, FIGURES) is None
    assert signs.answers_digest(DRY, FIGURES) is not None
    few = {"inc_wage": "100.00", "inc_biz": "7.00", "inc_prop": "0.00", "inc_trans": "0", "exp_biz": None}
    assert signs.answers_digest(few, FIGURES) is None


def test_answers_are_alike_whoever_lives_there():
    def ill(*members):
        amounts = ("30000.00", "200.00", "5.00")
        loop = [{"who": who, "ill_selfpay": amount} for who, amount in zip(members, amounts, strict=True)]
        return signs.answers_digest({"ill_who": list(members), "ill": loop, "sign": None}, FIGURES)

    assert ill(*MEMBERS[:3]) == ill(*MEMBERS[3:]) is not None
    assert signs.answers_digest(DRY, FIGURES) != signs.answers_digest(DRY | {"inc_wage": "42000.01"}, FIGURES)
