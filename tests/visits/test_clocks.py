"""When a visit was really made, from what its phone's clock said and how far that was off. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from server.visits.clocks import clock_mark, true_moment

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY_MS = 86_400_000
YEARS = timedelta(days=2000)


@pytest.mark.parametrize(
    ("told", "said", "measured", "days_ago"),
    [
        (NOW - timedelta(days=3), None, None, 3),  # nothing is known: believed
        (NOW - timedelta(days=3), 0, 0, 3),
        (NOW - timedelta(days=3), 9_000, 599_000, 3),  # a clock nearly right is believed to the letter
        (NOW - YEARS - timedelta(days=3), 2000 * DAY_MS, 2000 * DAY_MS, 3),
        (NOW - YEARS - timedelta(days=3), None, 2000 * DAY_MS, 3),
        (NOW - YEARS - timedelta(days=3), 0, 2000 * DAY_MS, 3),  # went wrong after the last contact
        (NOW - YEARS - timedelta(days=3), 2000 * DAY_MS, 0, 3),  # was put right before it was sent
        (NOW - timedelta(days=3), 0, 2000 * DAY_MS, 3),  # went wrong after it was written
        (NOW + timedelta(days=397), -400 * DAY_MS, -400 * DAY_MS, 3),
        (NOW + timedelta(days=397), None, None, 0),
        (NOW + timedelta(days=397), 0, 0, 0),
    ],
)
def test_the_moment_of_a_visit(told, said, measured, days_ago):
    assert true_moment(told, clock_mark(said, measured), NOW) == NOW - timedelta(days=days_ago)


@pytest.mark.parametrize("offset", [-4_000_000_000_000, 4_000_000_000_000])
@pytest.mark.parametrize("year", [1971, 2099])
def test_no_offset_makes_a_moment_after_the_visit_was_received(year, offset):
    told = datetime(year, 1, 1, tzinfo=UTC)
    assert true_moment(told, clock_mark(offset, None), NOW) <= NOW


def test_a_moment_beyond_the_calendar_is_none():
    told = datetime(1, 1, 2, tzinfo=UTC)
    assert true_moment(told, clock_mark(-4_000_000_000_000, None), NOW) == NOW
