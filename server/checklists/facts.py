"""The facts rules read: from the answers of a visit, and from the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from .definition import Definition
from .validation import Walk, walk

#: The five amounts that make the income of 12 months (policy digest B1.5).
INCOME_PARTS = frozenset({"inc_wage", "inc_biz", "inc_prop", "inc_trans", "exp_biz"})
COMPULSORY_AGES = range(6, 16)
OLD_AGE = 60
SEVERE_GRADES = (1, 2)
_STUDENTS = frozenset({"preschool", "senior", "college"})
_COMPULSORY_STAGES = frozenset({"primary", "junior"})
_ABLE = frozenset({"full", "skilled"})


class HouseholdLike(Protocol):
    """What ``roster_facts`` reads of a household of the register; None is unknown. Amounts in yuan."""

    lifted: Any
    kind: Any
    released: Any
    monitored_since: Any
    dibao: Any
    tekun: Any
    tekun_scattered: Any
    orphan: Any
    highrisk_job: Any
    pcni_prev: Any
    net_prev: Any
    poor10: Any
    online_flag: Any


class MemberLike(Protocol):
    """What ``roster_facts`` reads of a member."""

    birth_on: Any
    stage: Any
    labour: Any
    disability_grade: Any


def facts_from(
    definition: Definition,
    answers: Mapping[str, Any],
    roster: Mapping[str, Any],
    visit_date: date,
    home: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The facts of one visit, by the names rules use.

    Args:
        definition: the version the visit was made with.
        answers: as on the wire; an answer that is not valid counts as missing.
        roster: the register's facts, money as text or Decimal.
        visit_date: the day of the visit, Asia/Shanghai.
        home: where the home is, when that is on record.

    Returns:
        Amounts as Decimal yuan, lists for list questions ([] = asked, none), loops as lists of items. A
        question hidden because nothing is wrong has its neutral value; one not answered, or answered with
        "cannot say" where members are asked, is absent.
    """
    return facts_of(walk(definition, answers, roster, None, visit_date), home)


def facts_of(run: Walk, home: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The facts of a walk that was made already, so that accepting a visit walks once."""
    facts = {name: value for name, value in run.facts.items() if name != "roster_edit"}
    if run.skipped >= INCOME_PARTS:
        facts["income_skipped"] = True
    facts["home_located"] = home is not None
    return facts


def roster_facts(household: HouseholdLike, members: Iterable[MemberLike], on: date) -> dict[str, Any]:
    """The register's facts of a household on a day, as they go over the wire (money as text, None = unknown).

    Ages count full years on ``on``. Children of compulsory age are 6 to 15, or in primary or junior school
    where the birthday is not known. Source: policy digest C1.
    """
    people = list(members)
    ages = [None if person.birth_on is None else age_on(person.birth_on, on) for person in people]
    stages = [person.stage for person in people]
    return {
        "lifted": household.lifted,
        "kind": household.kind,
        "released": household.released,
        "months_tracked": months_between(household.monitored_since, on),
        "n_members": len(people),
        "n_compulsory": sum(map(_compulsory, ages, stages)),
        "n_student": sum(stage in _STUDENTS for stage in stages),
        "n_college": stages.count("college"),
        "n_60plus": sum(age is not None and age >= OLD_AGE for age in ages),
        "n_labour": sum(person.labour in _ABLE for person in people),
        "n_half_labour": sum(person.labour == "half" for person in people),
        "dibao": household.dibao,
        "tekun": household.tekun,
        "tekun_scattered": household.tekun_scattered,
        "orphan": household.orphan,
        "severe_disabled": any(person.disability_grade in SEVERE_GRADES for person in people),
        "highrisk_job": household.highrisk_job,
        "pcni_prev": money_text(household.pcni_prev),
        "net_prev": money_text(household.net_prev),
        "poor10": household.poor10,
        "online_flag": household.online_flag,
    }


def age_on(born: date, on: date) -> int:
    """Full years of age on a day; a birthday on 29 February is kept on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def months_between(since: date | None, on: date) -> int:
    """Full months from ``since`` to ``on``; 0 when there is no start or it lies ahead."""
    if since is None:
        return 0
    months = (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
    return max(months, 0)


def money_text(amount: Decimal | None) -> str | None:
    """An amount as text with two decimals."""
    return None if amount is None else f"{amount:.2f}"


def _compulsory(age: int | None, stage: str | None) -> bool:
    return stage in _COMPULSORY_STAGES if age is None else age in COMPULSORY_AGES
