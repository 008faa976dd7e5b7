"""Calculations as callers see them: in the other readings too, with the sentences they rest on."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.core.problems import Problem
from server.fund import words
from server.fund.calculator import calculate
from server.fund.claims import Claim, ClaimError
from server.fund.results import Result, Step
from server.fund.scheme import Scheme, Values, ValuesOn, pack_values, scheme_for
from server.local_policy.services import bench_for
from server.policy.loader import load_packs


def result_of(claim: Claim, reading: str | None, today: date, values: ValuesOn | None = None) -> Result:
    """What the fund pays on a claim, by the scheme of its year (the present one when nothing names a year).

    Args:
        claim: the claim.
        reading: how the tiers are read; the scheme's own way when not given.
        today: names the year when nothing else does.
        values: a county's parameters by day; the documents' when not given.

    Raises:
        ClaimError: the claim contradicts itself, or there was no fund in its year.
    """
    return calculate(claim, _scheme_of(claim, today, values), reading, today=today)


def values_of(region_code: str) -> ValuesOn:
    """The fund's parameters as the county of a region has set them: its line, its common maximum."""

    def on(day: date) -> Values:
        own = bench_for(region_code, day).params
        return {name: own.get(name, value) for name, value in pack_values(day).items()}

    return on


def _scheme_of(claim: Claim, today: date, values: ValuesOn | None) -> Scheme:
    year = claim.account_year() or today.year
    scheme = scheme_for(year, values)
    if scheme is None:
        raise ClaimError("year", f"the fund's rules of {year} are not known")
    return scheme


def calculation(claim: Claim, reading: str | None, today: date, values: ValuesOn) -> dict[str, Any]:
    """The whole answer, with what the other readings would give.

    Raises:
        Problem: invalid, naming the field.
    """
    try:
        result = result_of(claim, reading, today, values)
        others = _scheme_of(claim, today, values).kinds[claim.kind].readings
        pays = {each: result_of(claim, each, today, values).pay for each in others}
    except ClaimError as error:
        wrong = [{"code": "invalid", "message": error.message}]
        raise Problem("invalid", errors={error.field: wrong}) from error
    return {
        "kind": result.kind,
        "pay_cny": f"{result.pay:f}",
        "reading": result.reading,
        "per": result.per,
        "year": result.year,
        "steps": [step_wire(step) for step in result.steps],
        "reason": reason_wire(result),
        "marks": list(result.marks),
        "to_confirm": list(result.to_confirm),
        "alternatives": [
            {
                "reading": each,
                "label": words.READINGS[each],
                "pay_cny": f"{pay:f}",
                "chosen": each == result.reading,
            }
            for each, pay in pays.items()
        ],
        "articles": _articles(result),
    }


def step_wire(step: Step) -> dict[str, Any]:
    """A step as JSON."""
    value = None if step.value is None else words.exact(step.value)
    return {"code": step.code, "text": dict(step.text), "value_cny": value, "cites": list(step.cites)}


def reason_wire(result: Result) -> dict[str, str] | None:
    """Why nothing is paid, as JSON; None when something is."""
    return None if result.reason is None else {"code": result.reason, **words.REASONS[result.reason]}


def _articles(result: Result) -> list[dict[str, str]]:
    """The articles the steps cite, each once, in the order they are needed."""
    known = load_packs().articles
    cited = dict.fromkeys(cite for step in result.steps for cite in step.cites)
    return [
        {"id": name, "document": known[name].document, "text": known[name].text}
        for name in cited
        if name in known
    ]
