"""What each field of the register takes, how it is read back, and what is refused by name."""

from datetime import date

import pytest

from server.core.problems import Problem
from server.households import queries
from server.households.models import HouseholdEdit
from server.households.services import present, values_of
from tests.factories import (
    GRID,
    GRID_IN_OTHER_COUNTY,
    LAN,
    MEI,
    OTHER_GRID,
    PING,
    VILLAGE,
    WEI,
    id_number,
    inside,
    make_household,
    make_member,
    writing,
)
from tests.proposals.edits import change, edit, form_of, names_of, values

NUMBER = id_number(date(1981, 3, 2), "male", 992)
FREE = [
    ("address", "大榕屯 9 号", "大榕屯 9 号"),
    ("address", "  with space  ", "with space"),
    ("address", "", ""),
    ("phone", "13800000000", "13800000000"),
    ("phone", "0773-8812345", "0773-8812345"),
    ("phone", "", None),
    ("phone", None, None),
    ("home", {"lat": "24.5", "lon": "110.123456789"}, {"lat": "24.500000", "lon": "110.123457"}),
    ("home", None, None),
]
FREE_OF_A_MEMBER = [
    ("stage", "college", "college"),
    ("labour", "half", "half"),
    ("labour", "none", "none"),
    ("main_labour", False, False),
    ("relation", "之父", "之父"),
]
GUARDED = [
    ("name", "韦大山", "韦大山"),
    ("id_number", NUMBER, NUMBER),
    ("id_number", "", None),
    ("sex", None, None),
    ("birth_on", "1981-03-02", "1981-03-02"),
    ("birth_on", None, None),
    ("disability_grade", 2, 2),
    ("removed", True, True),
]
WRONG = [
    ("address", 5), ("address", None), ("address", "x" * 121), ("address", "line\x00"),
    ("phone", "call me"), ("phone", 13800000000), ("phone", "1"),
    ("home", {"lat": "24.5"}), ("home", {"lat": "91", "lon": "1"}), ("home", {"lat": 24.5, "lon": "1"}),
    ("home", {"lat": "1", "lon": "1", "alt": "1"}), ("home", "24.5,110"),
    ("natural_village_id", "no uuid"), ("natural_village_id", "11111111-1111-1111-1111-111111111111"),
    ("grid", "1"), ("grid", "45032110020009"), ("grid", GRID_IN_OTHER_COUNTY), ("grid", None),
    ("removed", False), ("removed", "yes"), ("removed", None),
    ("revision", 9), ("head_name", "x"), ("region_code", OTHER_GRID), ("members", []), ("", "x"),
]  # fmt: skip
WRONG_OF_A_MEMBER = [
    ("stage", "phd"), ("stage", 1), ("labour", None), ("labour", "strong"), ("main_labour", 1),
    ("main_labour", None), ("relation", ""), ("relation", "x" * 11), ("name", ""), ("name", "   "),
    ("name", "x" * 41), ("id_number", NUMBER[:-1] + "0"), ("id_number", "123"), ("id_number", 5),
    ("sex", "other"), ("birth_on", "2026-13-01"), ("birth_on", "2027-01-01"), ("birth_on", "1700-01-01"),
    ("disability_grade", 0), ("disability_grade", 5), ("disability_grade", "2"), ("disability_grade", True),
    ("removed", False), ("address", "x"), ("household_id", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "sent", "kept"), FREE)
def test_a_field_of_a_household_is_written_at_once(app, field, sent, kept):
    household = make_household(app, phone="13700000000", address="before", home=("1.000000", "2.000000"))
    outcome = change(app, MEI, household, (field, sent))
    assert (names_of(outcome.applied), outcome.proposal_id, outcome.revision) == ({field}, None, 2)
    assert values(app, household.id, field) == [kept]


@pytest.mark.parametrize(("field", "sent", "kept"), FREE_OF_A_MEMBER)
def test_a_field_of_a_member_is_written_at_once(app, field, sent, kept):
    household = make_household(app, members=1)
    key = household.members[0].id
    outcome = change(app, MEI, household, (key, field, sent))
    assert (names_of(outcome.applied), outcome.proposal_id) == ({field}, None)
    assert values(app, household.id, (key, field)) == [kept]


@pytest.mark.parametrize(("field", "sent", "kept"), GUARDED)
def test_a_protected_field_waits_when_a_grid_member_wants_it(app, field, sent, kept):
    household = make_household(app, members=2)
    key = household.members[1].id
    before = values(app, household.id, (key, field))
    outcome = change(app, MEI, household, (key, field, sent))
    assert (outcome.applied, outcome.unchanged, outcome.revision) == ([], [], 1)
    assert outcome.proposal_id is not None
    assert values(app, household.id, (key, field)) == before


@pytest.mark.parametrize(("field", "sent", "kept"), GUARDED)
def test_the_first_secretary_writes_a_protected_field_at_once(app, field, sent, kept):
    household = make_household(app, members=2)
    key = household.members[1].id
    outcome = change(app, WEI, household, (key, field, sent))
    assert (names_of(outcome.applied), outcome.proposal_id) == ({field}, None)
    assert values(app, household.id, (key, field)) == [kept]


@pytest.mark.parametrize("person", [MEI, WEI])
def test_a_value_that_is_there_already_changes_nothing(app, person):
    household = make_household(app, members=1)
    key = household.members[0].id
    same = [("address", "大榕屯3号"), ("phone", "19900000000"), ("home", {"lat": "24.78", "lon": "110.49"})]
    outcome = change(app, person, household, *same, (key, "id_number", id_number(date(1980, 5, 4), "male")))
    assert (outcome.applied, outcome.proposal_id, outcome.revision) == ([], None, 1)
    assert names_of(outcome.unchanged) == {"address", "phone", "home", "id_number"}
    with inside(app):
        assert queries.edits_of(household.id) == {}


def refusal(app, *changes, **more):
    household = more.pop("household", None) or make_household(app, members=1)
    with pytest.raises(Problem) as refused:
        change(app, MEI, household, *changes, **more)
    return refused.value


@pytest.mark.parametrize(("field", "sent"), WRONG)
def test_a_wrong_field_of_a_household_is_refused_by_its_place(app, field, sent):
    problem = refusal(app, ("address", "fine"), (field, sent))
    assert (problem.code, list(problem.errors)) == ("invalid", ["set.1.value"])


@pytest.mark.parametrize(("field", "sent"), WRONG_OF_A_MEMBER)
def test_a_wrong_field_of_a_member_is_refused_by_its_place(app, field, sent):
    household = make_household(app, members=1)
    problem = refusal(app, (household.members[0].id, field, sent), household=household)
    assert (problem.code, list(problem.errors)) == ("invalid", ["set.0.value"])


def test_one_wrong_value_keeps_the_whole_correction_out(app):
    household = make_household(app)
    refusal(app, ("address", "new"), ("phone", "none"), household=household)
    assert values(app, household.id, "address") == ["大榕屯3号"]


def test_a_member_of_another_household_is_no_member_of_this_one(app):
    stranger = make_household(app, members=1).members[0].id
    assert list(refusal(app, (stranger, "stage", "college")).errors) == ["set.0.value"]


def test_a_field_named_twice_is_refused(app):
    assert list(refusal(app, ("address", "a"), ("address", "b")).errors) == ["set.1.value"]


def test_a_refusal_never_repeats_an_identity_number(app):
    household = make_household(app, members=1)
    wrong = NUMBER[:-1] + "0"
    problem = refusal(app, (household.members[0].id, "id_number", wrong), household=household)
    assert wrong not in str(problem.document())


def test_nothing_to_change_is_refused(app):
    assert refusal(app).code == "invalid"


@pytest.mark.parametrize("person", [PING, LAN])
def test_a_household_of_another_area_is_not_there(app, person):
    household = make_household(app)
    with pytest.raises(Problem, match="household_not_found"):
        change(app, person, household, ("address", "mine now"))


def test_a_natural_village_must_lie_in_the_village(app):
    from uuid import uuid4

    from server.regions.services import add_natural_village

    here, there = uuid4(), uuid4()
    with writing(app):
        add_natural_village(here, VILLAGE, "大榕屯")
        add_natural_village(there, LAN.region_code[:12], "小河屯")
    household = make_household(app)
    assert change(app, MEI, household, ("natural_village_id", str(here))).proposal_id is None
    assert list(refusal(app, ("natural_village_id", str(there)), household=household).errors) == [
        "set.0.value"
    ]
    moving = ("grid", LAN.region_code)
    outcome = change(app, MEI, household, moving, ("natural_village_id", str(there)), base=2)
    assert (outcome.applied, outcome.proposal_id is not None) == ([], True)


def test_a_new_number_is_sealed_and_its_mask_and_index_follow(app):
    household = make_household(app, members=1)
    key = household.members[0].id
    change(app, WEI, household, (key, "id_number", NUMBER), ("phone", "13812345678"))
    with inside(app):
        assert [member.id for member in queries.members_with_id_number(NUMBER)] == [key]
        shown = present([queries.get_household(household.id)])[0]
    assert (shown["phone_masked"], shown["id_tail"]) == ("138****5678", NUMBER[-4:])
    assert shown["members"][0]["id_masked"] == f"{NUMBER[:6]}********{NUMBER[-4:]}"


def test_lists_show_the_head_as_it_is_now(app):
    household = make_household(app, members=2)
    head, wife = household.members
    change(app, WEI, household, (head.id, "name", "曾大山"))
    with inside(app):
        shown = present([queries.get_household(household.id)])[0]
    assert (shown["head_name"], shown["pinyin"], shown["initials"]) == ("曾大山", "zengdashan", "zds")
    change(app, WEI, household, (head.id, "removed", True), (wife.id, "relation", "户主"), base=2)
    with inside(app):
        assert present([queries.get_household(household.id)])[0]["head_name"] == "莫小水"


def test_a_household_whose_last_member_is_gone_keeps_its_name(app):
    household = make_household(app, members=1)
    change(app, WEI, household, (household.members[0].id, "removed", True))
    with inside(app):
        shown = present([queries.get_household(household.id)])[0]
    assert (shown["head_name"], shown["members"]) == ("韦小山", [])


def test_every_edit_keeps_both_values_its_author_and_its_operation(app):
    household = make_household(app)
    form = form_of(household.id, 1, ("address", "first"))
    edit(app, MEI, form)
    edit(app, WEI, form_of(household.id, 2, ("address", "second")))
    with inside(app, GRID):
        (rows,) = queries.edits_of(household.id).values()
        assert [values_of(row) for row in rows] == [("大榕屯3号", "first"), ("first", "second")]
        assert [(row.author_name, row.revision) for row in rows] == [("Mei", 2), ("Wei", 3)]
        assert rows[0].op_id == form.op_id


def test_an_edit_moved_to_another_row_does_not_open(app):
    from cryptography.exceptions import InvalidTag

    household = make_household(app)
    change(app, MEI, household, ("address", "first"), ("phone", "13800000000"))
    with inside(app):
        rows = queries.edits_of(household.id)
        first, second = (found[0] for found in rows.values())
        swapped = HouseholdEdit(
            household_id=first.household_id,
            member_id=None,
            field=first.field,
            revision=first.revision,
            before=second.before,
            value=second.value,
        )
        with pytest.raises(InvalidTag):
            values_of(swapped)


def test_the_audit_names_the_edits_and_which_they_replaced_but_no_values(app):
    from sqlalchemy import select

    from server.core.audit import AuditEntry
    from server.core.db import db

    household = make_household(app)
    change(app, MEI, household, ("address", "first"))
    change(app, WEI, household, ("address", "second"), base=2)
    with inside(app):
        (rows,) = queries.edits_of(household.id).values()
        query = select(AuditEntry).where(AuditEntry.action == "household.edit").order_by(AuditEntry.seq)
        told = db.session.scalars(query).all()
        named = [entry.details["fields"] for entry in told]
    first, second = (row.seq for row in rows)
    of_address = {"member_id": None, "field": "address"}
    assert named == [
        [of_address | {"edit": first, "replaced": None}],
        [of_address | {"edit": second, "replaced": first}],
    ]
    assert "second" not in str([entry.details for entry in told])


def test_the_search_forms_of_a_very_long_name_fit_their_columns(app):
    household = make_household(app, members=[make_member()])
    key = household.members[0].id
    change(app, WEI, household, (key, "name", "欧" * 40))
    with inside(app):
        assert len(present([queries.get_household(household.id)])[0]["initials"]) <= 20
