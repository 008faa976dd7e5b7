"""What a phone hears of households that come, go, and are no more while it is away."""

import pytest

from server.core import jobs
from tests.factories import (
    GRID,
    GRID_IN_OTHER_TOWNSHIP,
    GRID_IN_OTHER_VILLAGE,
    HONG,
    LAN,
    MEI,
    OTHER_GRID,
    PING,
    QIN,
    TAN,
    WEI,
    ZHOU,
    make_household,
)
from tests.local_policy import settings
from tests.proposals.edits import change
from tests.proposals.test_deciding import decide, propose
from tests.sync.pulling import Puller
from tests.visits.bodies import DRY, NOW, send, visit_of


@pytest.fixture
def household(app):
    return make_household(app)


def puller(login, person, limit=200):
    device = Puller(login(person), limit)
    device.all()
    return device


def move(app, login, household, grid, person=MEI, base=1):
    decider = WEI if grid[:12] == person.region_code[:12] else ZHOU
    key = propose(app, household, ("grid", grid), person=person, base=base)
    assert decide(login(decider), key).status_code == 200


def heard(page):
    return [row["id"] for row in page["rows"]], page["gone"], page["left"]


@pytest.mark.parametrize("grid", [OTHER_GRID, GRID_IN_OTHER_VILLAGE, GRID_IN_OTHER_TOWNSHIP])
def test_a_household_that_moves_leaves_one_phone_and_comes_to_another(app, login, household, grid):
    mei = puller(login, MEI)
    new = puller(login, {OTHER_GRID: PING, GRID_IN_OTHER_VILLAGE: LAN, GRID_IN_OTHER_TOWNSHIP: HONG}[grid])
    stranger = puller(login, TAN if grid == OTHER_GRID else PING)
    move(app, login, household, grid)
    key = str(household.id)
    assert heard(mei.page()) == ([], [], [key])
    assert heard(new.page()) == ([key], [], [])
    assert heard(stranger.page()) == ([], [], [])
    assert (mei.ids, new.ids) == (set(), {key})


def test_the_row_that_comes_is_whole(app, login, household):
    send(login(MEI), visit_of(household.id, DRY))
    lan = puller(login, LAN)
    move(app, login, household, GRID_IN_OTHER_VILLAGE)
    (row,) = lan.page()["rows"]
    assert (row["region_code"], row["last_visit"]["severity"]) == (GRID_IN_OTHER_VILLAGE, "red")


def test_who_sees_both_grids_gets_the_household_anew_once(app, login, household):
    wei, zhou, qin = (puller(login, person) for person in (WEI, ZHOU, QIN))
    move(app, login, household, OTHER_GRID)
    for device in (wei, zhou, qin):
        (page,) = device.all()
        assert heard(page) == ([str(household.id)], [], [])
        assert device.rows[str(household.id)]["region_code"] == OTHER_GRID


def test_who_sees_one_of_them_only_loses_it(app, login, household):
    wei, zhou = puller(login, WEI), puller(login, ZHOU)
    move(app, login, household, GRID_IN_OTHER_VILLAGE)
    assert heard(wei.page()) == ([], [], [str(household.id)])
    assert heard(zhou.page()) == ([str(household.id)], [], [])


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_away_and_back_is_a_household_that_is_here(app, login, household, limit):
    mei, lan = puller(login, MEI, limit), puller(login, LAN, limit)
    move(app, login, household, GRID_IN_OTHER_VILLAGE)
    move(app, login, household, GRID, person=LAN, base=2)
    mei.all(), lan.all()
    assert (mei.ids, lan.ids) == ({str(household.id)}, set())
    assert mei.rows[str(household.id)]["revision"] == 3


def test_away_between_two_pages_and_back_before_the_last(app, login):
    """Whatever a page in between says, the last one says how it is."""
    homes = [make_household(app) for _ in range(3)]
    mei = puller(login, MEI, 1)
    for home in homes:
        change(app, MEI, home, ("address", "new"))
    mei.page()
    move(app, login, homes[2], GRID_IN_OTHER_VILLAGE, base=2)
    mei.page()
    assert heard(mei.page())[2] == [str(homes[2].id)]
    move(app, login, homes[2], GRID, person=LAN, base=3)
    mei.all()
    assert mei.ids == {str(home.id) for home in homes}


def test_a_household_that_moved_while_everything_was_pulled_is_in_its_new_place_only(app, login):
    homes = [make_household(app, grid) for grid in (GRID, GRID, OTHER_GRID, OTHER_GRID)]
    mei, ping, wei = (Puller(login(person), 1) for person in (MEI, PING, WEI))
    for device in (mei, ping, wei):
        device.page()
    move(app, login, homes[1], OTHER_GRID)
    key = propose(app, homes[3], ("grid", GRID), person=PING)
    decide(login(WEI), key)
    for device in (mei, ping, wei):
        device.all()
    assert mei.ids == {str(homes[0].id), str(homes[3].id)}
    assert ping.ids == {str(homes[1].id), str(homes[2].id)}
    assert wei.ids == {str(home.id) for home in homes}


def remove(app, login, household, base=1):
    assert decide(login(WEI), propose(app, household, ("removed", True), base=base)).status_code == 200


def test_a_household_that_is_removed_is_gone_from_every_phone(app, login, household):
    mei, wei, qin = (puller(login, person) for person in (MEI, WEI, QIN))
    remove(app, login, household)
    for device in (mei, wei, qin):
        assert heard(device.page()) == ([], [str(household.id)], [])
    assert Puller(login(MEI)).page()["rows"] == []


def test_a_late_visit_does_not_bring_it_back(app, login, household):
    mei = puller(login, MEI)
    remove(app, login, household)
    assert send(login(MEI), visit_of(household.id, DRY, at=NOW)).status_code == 201
    mei.all()
    assert mei.ids == set()
    assert send(login(MEI), visit_of(household.id, at=NOW)).status_code == 201
    change(app, MEI, household, ("address", "late"), base=1)
    assert heard(mei.page()) == ([], [str(household.id)], [])


def test_a_member_who_is_gone_leaves_the_row(app, login, household):
    mei = puller(login, MEI)
    decide(login(WEI), propose(app, household, (household.members[1].id, "removed", True)))
    (row,) = mei.page()["rows"]
    assert [member["id"] for member in row["members"]] == [str(household.members[0].id)]
    assert row["roster"]["n_members"] == 1


def test_a_correction_comes_with_its_revision(app, login, household):
    mei, wei = puller(login, MEI), puller(login, WEI)
    change(app, MEI, household, ("address", "new"), ("home", {"lat": "24.1", "lon": "110.2"}))
    for device in (mei, wei):
        (row,) = device.page()["rows"]
        assert (row["address"], row["revision"]) == ("new", 2)
        assert row["home"] == {"lat": "24.100000", "lon": "110.200000"}


def test_a_correction_that_waits_does_not_come(app, login, household):
    mei = puller(login, MEI)
    propose(app, household, (household.members[0].id, "name", "韦大山"))
    assert heard(mei.page()) == ([], [], [])


def test_lights_that_a_run_of_newer_rules_changed_come(app, login, household):
    """The last visit's severity is part of the row."""
    send(login(MEI), visit_of(household.id, DRY))
    mei = puller(login, MEI)
    settings.signed(login(QIN), settings.rule_off("R-WAT-01"))
    jobs.run_pending(app)
    (row,) = mei.page()["rows"]
    assert row["last_visit"]["severity"] != "red"
