"""Facts about a household that need not be asked, because the register holds them. Pure.

Names are those of the policy digest, part C1. None is "not known": a count of people by age is unknown as
long as one birth date is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from server.households.snapshots import Home, Person

COMPULSORY_AGES = range(6, 16)  # GX-2-ART7-1-1a
ELDER_AGE = 60  # NX-8-5-4
SEVERE_GRADES = (1, 2)  # YS-1-1a, PG-7STEP-1b


def age_on(birth_on: date | None, day: date) -> int | None:
    """Full years on a day."""
    if birth_on is None:
        return None
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def roster_facts(household: Home, day: date) -> dict[str, Any]:
    """Facts of the register and of those who live there, on a day.

    Money is Decimal yuan, counts are integers, flags bool or None.
    """
    return _register_facts(household, day) | _member_facts(household.living, day)


def wire_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as a phone gets and returns them: money as text with two decimals."""
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in facts.items()}


def _register_facts(household: Home, day: date) -> dict[str, Any]:
    return {
        "lifted": household.lifted,
        "kind": household.kind,
        "released": household.released,
        "months_tracked": _months_tracked(household, day),
        "dibao": household.dibao,
        "tekun": household.tekun,
        "tekun_scattered": household.tekun_scattered,
        "orphan": household.orphan,
        "highrisk_job": household.highrisk_job,
        "pcni_prev": household.pcni_prev,
        "net_prev": household.net_prev,
        "poor10": household.poor10,
        "online_flag": household.online_flag,
    }


def _member_facts(members: Sequence[Person], day: date) -> dict[str, Any]:
    stages = [member.stage for member in members]
    labour = [member.labour for member in members]
    grades = [member.disability_grade for member in members]
    return {
        "n_members": len(members),
        "n_compulsory": _count_by_age(members, day, lambda age: age in COMPULSORY_AGES),
        "n_student": sum(stage in ("preschool", "senior", "college") for stage in stages),
        "n_college": stages.count("college"),
        "n_60plus": _count_by_age(members, day, lambda age: age >= ELDER_AGE),
        "n_labour": labour.count("full") + labour.count("skilled"),
        "n_half_labour": labour.count("half"),
        "severe_disabled": any(grade in SEVERE_GRADES for grade in grades),
    }


def _count_by_age(members: Sequence[Person], day: date, fits: Callable[[int], bool]) -> int | None:
    ages = [age_on(member.birth_on, day) for member in members]
    return None if None in ages else sum(fits(age) for age in ages if age is not None)


def _months_tracked(household: Home, day: date) -> int | None:
    if household.kind == "none":
        return 0
    since = household.monitored_since
    if since is None:
        return None
    return max(0, (day.year - since.year) * 12 + day.month - since.month - (day.day < since.day))
