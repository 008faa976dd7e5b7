"""The cast that the tests play with."""

from tests.factories import CAST


def test_cast_has_no_two_people_with_one_name():
    assert len({person.username for person in CAST}) == len(CAST)
