"""Registering households: sealed numbers, masks, search forms, and the form others show."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from server.core.audit import AuditEntry
from server.core.crypto import unseal
from server.core.db import db
from server.core.masking import mask_id, mask_phone
from server.core.problems import Problem
from server.households import queries, services
from server.households.forms import IdNumberRefused, check_id_number
from server.households.models import Household, Member
from server.households.names import search_forms
from tests.factories import (
    GRID,
    GRID_IN_OTHER_COUNTY,
    OTHER_GRID,
    VILLAGE,
    id_number,
    inside,
    make_household,
    make_member,
    writing,
)
from tests.support.files import sqlite_contents

NUMBER = id_number(date(1980, 5, 4), "male")


def test_sealed_numbers_open_for_their_own_record_only(app):
    make_household(app, members=2)
    with inside(app):
        first, second = db.session.scalars(select(Member).order_by(Member.position)).all()
        household = db.session.scalars(select(Household)).one()
        assert unseal(first.id_sealed, f"member:{first.id}:id_number") == NUMBER
        assert unseal(household.phone_sealed, f"household:{household.id}:phone") == "19900000000"
        with pytest.raises(InvalidTag):
            unseal(first.id_sealed, f"member:{second.id}:id_number")


def test_no_number_lies_in_the_database_in_clear(app, engine):
    make_household(app, members=3, phone="19912345678")
    with inside(app):
        rows = [
            str(row)
            for table in ("household", "member", "audit_entry")
            for row in db.session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()
        ]
    assert rows
    assert not [row for row in rows if NUMBER in row or "19912345678" in row or NUMBER[6:14] + "99" in row]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_sqlite_file_holds_no_number_in_clear(app, engine):
    """Not in the file, and not in the write-ahead log beside it."""
    make_household(app, phone="19912345678")
    content = sqlite_contents(app.extensions["settings"].data_dir)
    assert "大榕屯".encode() in content
    assert NUMBER.encode() not in content
    assert b"19912345678" not in content


def test_member_is_found_by_number_without_opening_any(app):
    household = make_household(app, members=1)
    with inside(app):
        assert [member.household_id for member in queries.members_with_id_number(NUMBER.lower())] == [
            household.id
        ]
        assert queries.members_with_id_number(id_number(date(1990, 1, 1), "male")) == []


def test_number_that_occurs_twice_is_kept_twice(app):
    make_household(app, members=1)
    make_household(app, OTHER_GRID, members=1)
    with inside(app):
        assert len(queries.members_with_id_number(NUMBER)) == 2


def test_number_of_another_county_is_not_found_from_here(app):
    make_household(app, GRID_IN_OTHER_COUNTY, members=1)
    with inside(app, VILLAGE):
        assert queries.members_with_id_number(NUMBER) == []


@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", " 440524188001010014 "])
def test_valid_number_is_kept_in_one_form(number):
    assert check_id_number(number) == number.strip().upper()


@pytest.mark.parametrize(
    "number",
    ["110105194912310021", "34052419800101001X0", "", "45032119800230991X", "４50321198005049914", "abc"],
)
def test_invalid_number_is_refused_without_repeating_it(number):
    with pytest.raises(IdNumberRefused) as refused:
        check_id_number(number)
    assert not number or number not in str(refused.value)


def test_number_older_than_its_county_code_is_valid():
    """450321 exists since 1981; whoever was born before got it with their first card."""
    assert check_id_number(id_number(date(1950, 1, 1), "female"))


@pytest.mark.parametrize(
    ("number", "masked"),
    [("45032119800504123X", "450321********123X"), ("", ""), ("12345", "*****")],
)
def test_identity_number_shows_place_and_tail(number, masked):
    assert mask_id(number) == masked


@pytest.mark.parametrize(("number", "masked"), [("13800000000", "138****0000"), ("1234567", "*******")])
def test_telephone_shows_head_and_tail(number, masked):
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("曾小明", ("zengxiaoming", "zxm")),
        ("单志强", ("shanzhiqiang", "szq")),
        ("覃文军", ("qinwenjun", "qwj")),
        ("区荣光", ("ourongguang", "org")),
        ("仇春花", ("qiuchunhua", "qch")),
        ("解丽娟", ("xielijuan", "xlj")),
        ("查良", ("zhaliang", "zl")),
        ("欧阳子轩", ("ouyangzixuan", "oyzx")),
        ("韦小山", ("weixiaoshan", "wxs")),
        ("陈单", ("chendan", "cd")),
    ],
)
def test_surname_is_read_as_a_surname(name, forms):
    assert search_forms(name) == forms


def test_registering_leaves_an_audit_entry_at_the_households_place(app):
    household = make_household(app)
    with inside(app):
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.register")).one()
        assert (entry.target_id, entry.region_code) == (str(household.id), GRID)
        assert entry.details == {"members": 2}


def present(app, household):
    with inside(app):
        return services.present([queries.get_household(household.id)])[0]


def test_others_see_the_household_as_the_contract_says(app):
    girl = {"relation": "之女", "sex": "female", "birth_on": date(2015, 12, 1), "stage": "primary"}
    girl |= {"labour": "none", "main_labour": False}
    members = [make_member(labour="skilled"), make_member(name="韦小水", **girl)]
    household = make_household(app, members=members, number="450321100200000001")
    shown = present(app, household)
    roster = shown.pop("roster")
    assert shown == {
        "id": str(household.id),
        "number": "450321100200000001",
        "head_name": "韦小山",
        "pinyin": "weixiaoshan",
        "initials": "wxs",
        "id_tail": NUMBER[-4:],
        "region_code": GRID,
        "township": "区域450321100",
        "village": f"区域{VILLAGE}",
        "grid": f"区域{GRID}",
        "natural_village": "",
        "address": "大榕屯3号",
        "phone_masked": "199****0000",
        "category": "ordinary",
        "revision": 1,
        "home": {"lat": "24.780000", "lon": "110.490000"},
        "last_visited_on": None,
        "due_on": "2026-11-30",
        "members": [
            {
                "id": str(members[0].id),
                "name": "韦小山",
                "relation": "户主",
                "sex": "male",
                "age": 46,
                "stage": None,
                "labour": "skilled",
                "id_masked": f"450321********{NUMBER[-4:]}",
                "main_labour": True,
                "disability_grade": None,
            },
            {
                "id": str(members[1].id),
                "name": "韦小水",
                "relation": "之女",
                "sex": "female",
                "age": 10,
                "stage": "primary",
                "labour": "none",
                "id_masked": shown["members"][1]["id_masked"],
                "main_labour": False,
                "disability_grade": None,
            },
        ],
    }
    assert (roster["n_members"], roster["n_compulsory"], roster["n_labour"]) == (2, 1, 1)
    assert roster["pcni_prev"] == "15000.00"


def test_no_whole_number_is_shown(app):
    shown = str(present(app, make_household(app, members=3)))
    assert NUMBER not in shown
    assert "19900000000" not in shown


@pytest.mark.parametrize(
    ("register", "category"),
    [
        ({}, "ordinary"),
        ({"lifted": True}, "lifted"),
        ({"lifted": True, "kind": "unstable"}, "unstable"),
        ({"kind": "marginal"}, "marginal"),
        ({"kind": "sudden"}, "sudden"),
    ],
)
def test_category_is_the_monitored_kind_before_anything_else(app, register, category):
    assert present(app, make_household(app, **register))["category"] == category


def test_unknown_income_is_shown_as_unknown(app):
    household = make_household(app, pcni_prev=None, net_prev=Decimal("0.00"))
    roster = present(app, household)["roster"]
    assert (roster["pcni_prev"], roster["net_prev"]) == (None, "0.00")


def test_household_out_of_scope_looks_absent(app):
    household = make_household(app, OTHER_GRID)
    with inside(app, GRID), pytest.raises(Problem) as missing:
        queries.get_household(household.id)
    assert missing.value.code == "household_not_found"


def test_number_is_given_to_one_household_only(app):
    from sqlalchemy.exc import IntegrityError

    make_household(app, number="1")
    with pytest.raises(IntegrityError):
        make_household(app, OTHER_GRID, number="1")


def test_newest_visit_is_remembered(app, clock):
    household = make_household(app)
    with writing(app):
        services.remember_visit(queries.get_household(household.id), household.id, clock.now)
    shown = present(app, household)
    assert (shown["last_visited_on"], shown["due_on"]) == ("2026-11-23", "2026-12-31")
