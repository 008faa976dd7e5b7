"""The demo county: the same for the same seed, valid throughout, and never over data that is there."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from sqlalchemy import func, select
from stdnum.cn import ric

from server.accounts import device_queries
from server.accounts.models import Device, User
from server.app import create_app
from server.core.crypto import unseal
from server.core.db import Base, db
from server.demo.users import PASSWORD
from server.flags import rejudging
from server.flags.models import Flag, HouseholdFacts
from server.households.models import Household, Member
from server.regions.models import Region
from server.visits.models import Visit
from tests.accounts.test_login import sign_in
from tests.conftest import empty
from tests.factories import inside

ARGUMENTS = ["demo", "seed", "--households", "60", "--seed", "7", "--until", "2026-11-20"]
ROLES = {"grid1", "first1", "town1", "county1", "dept1", "admin1", "auditor1"}


def run(app, *arguments):
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def seeded(settings, *arguments):
    app = create_app(settings)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    run(app, *arguments)
    return app


@pytest.fixture(scope="module")
def county(make_settings, engine):
    """A seeded county of 60 households, for tests that only read."""
    app = seeded(make_settings(engine), *ARGUMENTS)
    yield app
    with app.app_context():
        db.engine.dispose()


def content(app):
    """What two seedings are compared by: everything but sealed texts and what is signed with the time."""
    with inside(app):
        homes = db.session.execute(
            select(
                Household.id, Household.number, Household.head_name, Household.pcni_prev, Household.home_lat
            )
        ).all()
        people = db.session.execute(select(Member.id, Member.name, Member.birth_on, Member.id_index)).all()
        visits = db.session.execute(
            select(Visit.seq, Visit.id, Visit.sha256, Visit.state, Visit.severity)
        ).all()
        flags = db.session.execute(select(Flag.visit_id, Flag.rule, Flag.state)).all()
    return [sorted(map(str, rows)) for rows in (homes, people, flags)], [v[1:] for v in sorted(visits)]


def test_same_seed_gives_the_same_county_and_another_another(app):
    found = []
    for seed in ("7", "7", "8"):
        empty(app)
        run(app, "demo", "seed", "--households", "12", "--seed", seed, "--until", "2026-11-20")
        found.append(content(app))
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_second_seeding_changes_nothing(county):
    before = content(county)
    assert "nothing was changed" in run(county, *ARGUMENTS)
    assert content(county) == before


def test_data_that_is_there_is_left_alone(app):
    assert "nothing was changed" in run(app, *ARGUMENTS)
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0


def test_every_identity_number_is_valid_and_given_to_nobody(county):
    with inside(county):
        for member in db.session.scalars(select(Member)):
            number = unseal(member.id_sealed, f"member:{member.id}:id_number")
            assert number[-1] == ric.calc_check_digit(number)
            assert number[6:14] == f"{member.birth_on:%Y%m%d}"
            assert 990 <= int(number[14:17]) <= 999
            assert (int(number[16]) % 2 == 1) == (member.sex == "male")


def test_no_identity_number_occurs_twice(county):
    with inside(county):
        counts = Counter(db.session.scalars(select(Member.id_index)))
    assert set(counts.values()) == {1}


def test_telephones_come_from_the_made_up_range(county):
    with inside(county):
        for home in db.session.scalars(select(Household)):
            number = unseal(home.phone_sealed, f"household:{home.id}:phone")
            assert re.fullmatch(r"199000\d{5}", number)


def test_townships_are_the_real_nine(county):
    with inside(county):
        found = db.session.scalars(select(Region.code).where(Region.level == "township")).all()
        villages = db.session.scalars(select(Region.code).where(Region.level == "village")).all()
    numbers = ["100", "101", "102", "103", "104", "105", "200", "201", "202"]
    assert sorted(found) == [f"450321{number}" for number in numbers]
    per_township = Counter(code[:9] for code in villages)
    assert set(per_township.values()) == {4}
    assert all(int(code[9:]) >= 200 for code in villages)


def test_every_role_has_a_user_who_can_sign_in(county):
    with inside(county):
        assert set(db.session.scalars(select(User.username))) >= ROLES
    for username in sorted(ROLES):
        assert sign_in(county.test_client(), username, PASSWORD).status_code == 200


def test_first_users_form_one_chain(county):
    with inside(county):
        users = {user.username: user.region_code for user in db.session.scalars(select(User))}
    assert users["grid1"].startswith(users["first1"])
    assert users["first1"].startswith(users["town1"])
    assert users["town1"].startswith(users["county1"])


def test_every_grid_has_one_user_and_about_35_households(county):
    with inside(county):
        grids = Counter(db.session.scalars(select(Household.region_code)))
        workers = db.session.scalars(select(User.region_code).where(User.role == "grid_member")).all()
    assert sorted(workers) == sorted(grids)
    assert all(25 <= count <= 40 for count in grids.values())


def test_every_grid_has_visits_of_every_state(county):
    with inside(county):
        states = db.session.execute(select(Visit.region_code, Visit.state).distinct()).all()
        grids = set(db.session.scalars(select(Household.region_code)))
    found = {grid: {state for region, state in states if region == grid} for grid in grids}
    assert all(states >= {"submitted", "approved", "returned"} for states in found.values())


def test_visits_lie_in_the_months_before_the_last_day(county):
    with inside(county):
        first, last = db.session.execute(
            select(func.min(Visit.received_at), func.max(Visit.received_at))
        ).one()
    assert 60 < (last - first).days < 240
    assert last.isoformat() < "2026-11-20"


def test_most_visits_are_clean_and_some_are_red(county):
    with inside(county):
        found = Counter(db.session.scalars(select(Visit.severity)))
    assert found["none"] > found["red"] > 0
    assert found["none"] + found["attention"] > found["red"] + found["yellow"]


def test_every_grid_member_has_a_phone_and_every_desk_a_browser(county):
    with inside(county):
        owners = db.session.execute(
            select(User.role, func.count())
            .join(Device, Device.user_id == User.id)
            .where(Device.device_id.startswith("demo-"))
            .group_by(User.role)
        ).all()
        users = db.session.execute(select(User.role, func.count()).group_by(User.role)).all()
    everybody = {role: count for role, count in users if role not in ("department", "admin", "auditor")}
    assert dict(map(tuple, owners)) == everybody


def test_a_larger_county_shows_every_trouble_of_phones(app):
    empty(app)
    run(app, "demo", "seed", "--households", "400", "--seed", "7", "--until", "2026-11-23")
    with inside(app):
        found = device_queries.counts(device_queries.DeviceFilters())
        ordered = set(db.session.execute(select(Device.order, Device.wiped_at.is_not(None))).all())
        oldest = db.session.execute(select(Device.oldest_unsent_at, Device.last_contact_at)).all()
    assert all(found.values()), found
    assert {("active", False), ("drain", False), ("kill", True)} <= ordered
    assert all(saved is None or saved <= heard for saved, heard in oldest)


def test_users_are_listed_as_json_for_programs(county):
    listed = json.loads(run(county, "demo", "users", "--json"))
    grid1 = next(user for user in listed if user["username"] == "grid1")
    assert grid1["password"] == PASSWORD
    assert set(grid1) == {"username", "password", "role", "display_name", "region_code", "region_name"}
    assert grid1["region_name"].startswith("阳朔县（演示）阳朔镇")


def test_users_are_listed_for_people(county):
    text = run(county, "demo", "users")
    assert all(name in text for name in ROLES)
    assert PASSWORD in text


def test_every_visited_household_has_its_facts_and_no_run_is_needed(county):
    with inside(county):
        visited = select(Household.id).where(Household.last_visit_id.is_not(None))
        assert set(db.session.scalars(visited)) == set(
            db.session.scalars(select(HouseholdFacts.household_id))
        )
        assert not rejudging.outdated("450321")
