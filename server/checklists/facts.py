"""The facts rules read of a visit. Those of the register are made by the domain of households."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .definition import Definition
from .validation import Walk, walk

#: The five amounts that make the income of 12 months (policy digest B1.5).
INCOME_PARTS = frozenset({"inc_wage", "inc_biz", "inc_prop", "inc_trans", "exp_biz"})


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
