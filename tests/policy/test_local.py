"""What a county may change in its profile, and what its settings come to on a day."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from server.policy.engine import Bench
from server.policy.eras import first_days
from server.policy.loader import load_packs
from server.policy.local import (
    NOT_CHANGED,
    PARAMETER,
    RULE_OFF,
    RULE_ON,
    LocalEntry,
    LocalPolicy,
    LocalRefused,
    check_entry,
    local_on,
    read_value,
    settings_days,
    value_text,
)

DAY = date(2026, 11, 23)
JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
LACKING = {"basic_lack": ["grain"], "lifted": False}


@pytest.fixture(scope="module")
def library():
    return load_packs()


def value(text, since, until=None, name="LINE_GX"):
    return LocalEntry(PARAMETER, name, Decimal(text), since, until)


def lights(bench, facts=LACKING):
    return {result.rule for result in bench.judge(facts).met}


def test_without_settings_nothing_changes():
    assert local_on([], DAY) == NOT_CHANGED


def test_a_value_counts_on_its_days_both_ends_included():
    entries = [value("6000", JULY, AUGUST)]
    days = [date(2026, 6, 30), JULY, AUGUST, date(2026, 8, 2)]
    assert [local_on(entries, day).params.get("LINE_GX") for day in days] == [None, 6000, 6000, None]


def test_of_two_values_the_one_signed_last_counts_and_the_first_comes_back_after_it():
    entries = [value("6000", JULY), value("6500", AUGUST, AUGUST)]
    assert [local_on(entries, day).params["LINE_GX"] for day in (JULY, AUGUST, SEPTEMBER)] == [
        6000,
        6500,
        6000,
    ]


def test_a_value_signed_later_for_earlier_days_wins_on_them():
    entries = [value("6500", AUGUST), value("6000", JULY)]
    assert local_on(entries, AUGUST).params["LINE_GX"] == 6000


def test_rules_go_off_and_on_by_their_own_entries():
    entries = [
        LocalEntry(RULE_OFF, "R-BAS-01", None, JULY, AUGUST),
        LocalEntry(RULE_ON, "R-WAT-01", None, JULY),
    ]
    found = local_on(entries, SEPTEMBER)
    assert (found.off, found.on) == (frozenset(), {"R-WAT-01"})
    assert local_on(entries, JULY).off == {"R-BAS-01"}


def test_settings_change_on_their_first_day_and_on_the_day_after_their_last():
    assert settings_days([value("1", JULY, AUGUST), value("2", AUGUST)]) == (JULY, AUGUST, date(2026, 8, 2))


def test_a_rule_switched_off_lights_nothing_and_is_not_unknown(library):
    off = Bench(library, "yangshuo", DAY, LocalPolicy(off=frozenset({"R-BAS-01"})))
    assert "R-BAS-01" in lights(Bench(library, "yangshuo", DAY))
    assert "R-BAS-01" not in lights(off)
    assert "R-BAS-01" not in {rule.rule for rule in off.judge({}).unknown}


def test_a_rule_switched_off_is_no_red_light_for_the_rule_about_red_lights(library):
    facts = LACKING | {"online_flag": False}
    off = LocalPolicy(off=frozenset({"R-BAS-01"}))
    assert "R-XCK-01" in lights(Bench(library, "yangshuo", DAY), facts)
    assert "R-XCK-01" not in lights(Bench(library, "yangshuo", DAY, off), facts)


def test_a_choosable_rule_judges_only_where_it_was_switched_on(library):
    dry = {"water_state": "seasonal", "water_fix": "cannot", "hardship_src": ["water"]}
    on = Bench(library, "ningxia", DAY, LocalPolicy(on=frozenset({"R-WAT-01"})))
    assert "R-WAT-01" not in lights(Bench(library, "ningxia", DAY), dry)
    assert "R-WAT-01" in lights(on, dry)


def test_another_value_moves_the_line(library):
    facts = {"pcni": Decimal(5500), "ill_who": []}
    moved = Bench(library, "yangshuo", DAY, LocalPolicy({"LINE_GX": Decimal(6000)}))
    assert Bench(library, "yangshuo", DAY).within.evaluate(facts, {"LINE_GX": 5000}) is False
    assert moved.within.evaluate(facts, moved.params) is True
    assert moved.income_line == 6000


@pytest.mark.parametrize(
    "local",
    [
        LocalPolicy({"LINE_PG": Decimal(1)}),
        LocalPolicy(off=frozenset({"R-NEG-01"})),
        LocalPolicy(on=frozenset({"R-BAS-01"})),
        LocalPolicy(off=frozenset({"R-ABC-99"})),
    ],
)
def test_a_bench_refuses_what_its_profile_does_not_have(library, local):
    with pytest.raises(LocalRefused):
        Bench(library, "yangshuo", DAY, local)


def entry(kind=PARAMETER, name="LINE_GX", since=JULY, until=None):
    return LocalEntry(kind, name, Decimal(1) if kind == PARAMETER else None, since, until)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (entry(name="LINE_NX"), "name"),
        (entry(name="R-BAS-01"), "name"),
        (entry(RULE_OFF, "LINE_GX"), "name"),
        (entry(RULE_OFF, "R-NEG-01"), "name"),
        (entry(RULE_ON, "R-WAT-01"), "name"),
        (entry(until=date(2026, 6, 30)), "until"),
        (entry(since=date(2000, 1, 1)), "from"),
    ],
)
def test_an_entry_that_the_profile_has_no_place_for_is_refused_by_its_field(library, wrong, field):
    with pytest.raises(LocalRefused) as refused:
        check_entry(library, "yangshuo", wrong)
    assert refused.value.field == field


def test_an_entry_that_fits_is_not_refused(library):
    check_entry(library, "yangshuo", entry())
    check_entry(library, "yangshuo", entry(RULE_OFF, "R-BAS-01"))
    check_entry(library, "ningxia", entry(RULE_ON, "R-WAT-01"))


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("CNY", "7000", Decimal("7000.00")),
        ("CNY_per_person_year", "0", Decimal("0.00")),
        ("CNY", "0.05", Decimal("0.05")),
        ("ratio", "1.25", Decimal("1.25")),
        ("months", "12", 12),
    ],
)
def test_a_value_is_read_in_its_unit(unit, text, expected):
    found = read_value(unit, text)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("unit", ["CNY", "ratio", "months"])
@pytest.mark.parametrize(
    "text",
    [
        None,
        7000,
        7.5,
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1e3",
        "NaN",
        "Infinity",
        "７０００",
        "1,000",
        "1.",
        ".5",
        "007",
    ],
)
def test_what_is_no_plain_number_is_refused(unit, text):
    with pytest.raises(LocalRefused):
        read_value(unit, text)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("CNY", "1.005"),
        ("CNY", "9999999999"),
        ("ratio", "0"),
        ("ratio", "101"),
        ("months", "0"),
        ("months", "1.5"),
    ],
)
def test_a_number_that_does_not_fit_its_unit_is_refused(unit, text):
    with pytest.raises(LocalRefused):
        read_value(unit, text)


def test_values_have_one_spelling():
    spelled = [
        value_text("CNY", Decimal(7000)),
        value_text("ratio", Decimal("1.10")),
        value_text("months", 12),
    ]
    assert spelled == ["7000.00", "1.1", "12"]
    assert value_text("CNY", None) is None


# --- the version ------------------------------------------------------------------------------------------


def version(library, day=DAY, profile="yangshuo", **local):
    return Bench(library, profile, day, LocalPolicy(**local)).version


def test_the_version_is_the_same_on_two_days_with_the_same_rules(library):
    assert version(library, day=JULY) == version(library, day=DAY)


def test_the_version_differs_with_anything_that_judges(library):
    found = [
        version(library),
        version(library, profile="heshan"),
        version(library, params={"LINE_GX": Decimal("6000.00")}),
        version(library, params={"LINE_GX": Decimal("6000.01")}),
        version(library, off=frozenset({"R-BAS-01"})),
        version(library, profile="ningxia"),
        version(library, profile="ningxia", on=frozenset({"R-WAT-01"})),
    ]
    assert len(set(found)) == len(found)


def test_a_setting_to_the_value_that_is_in_force_anyway_is_no_other_version(library):
    same = Bench(library, "yangshuo", DAY).params["LINE_GX"]
    assert version(library, params={"LINE_GX": Decimal(same).quantize(Decimal("0.01"))}) == version(library)


def test_all_days_between_two_changes_have_one_version(library):
    for profile in library.profiles:
        for first, following in pairwise([*first_days(library, profile)[1:], date(2030, 1, 1)]):
            last = date.fromordinal(following.toordinal() - 1)
            assert version(library, first, profile) == version(library, last, profile)
