"""Who and what the fund pays for: the first condition that is answered with no, and those nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .claims import CHRONIC_OUTPATIENT, INPATIENT, OTHER_HOUSEHOLD, OUTPATIENT, STAGES_COVERED, Claim
from .scheme import ACCIDENT, DISASTER, ILLNESS, LISTED, OTHER, Cites, Scheme

TREATMENT = "treatment"  # the one condition of illness itself; its accident part does not depend on it


class Condition(NamedTuple):
    """``holds`` None means that nobody answered; ``reason`` says why nothing is paid when it is False."""

    name: str
    holds: bool | None
    reason: str
    cites: Cites


def conditions(claim: Claim, scheme: Scheme) -> list[Condition]:
    """All conditions that apply to the claim: the household's (N-TGT-1, N-TGT-2), then the kind's."""
    cites = scheme.kinds[claim.kind].cites["condition"]
    return [*_of_household(claim, scheme), *_of_kind(claim, cites)]


def _of_household(claim: Claim, scheme: Scheme) -> Iterator[Condition]:
    cites = scheme.household_cites[OTHER if claim.household == OTHER_HOUSEHOLD else LISTED]
    if claim.household is None:
        yield Condition(
            "household", None, "", (*scheme.household_cites[LISTED], *scheme.household_cites[OTHER])
        )
        return
    if claim.household != OTHER_HOUSEHOLD:
        yield Condition("income_unstable", claim.income_unstable, "income_not_unstable", cites)
        return
    for name, reason in (
        ("income_below_150_percent", "income_not_low"),
        ("fits_dibao", "not_dibao"),
        ("rural_registration", "not_rural"),
        ("extreme_hardship", "not_hardship"),
        ("approved_by_county", "not_approved"),
    ):
        yield Condition(name, getattr(claim, name), reason, cites)


def _of_kind(claim: Claim, cites: Cites) -> Iterator[Condition]:
    if claim.kind == ILLNESS:
        yield Condition(
            TREATMENT, _any_treatment(claim, INPATIENT, CHRONIC_OUTPATIENT), "treatment_not_counted", cites
        )
    elif claim.kind == ACCIDENT:
        hospital, certificate = cites[:1], cites[1:]  # N-FUND-ACC-1, N-FUND-ACC-2
        yield Condition("hospital", _any_treatment(claim, INPATIENT), "not_hospitalised", hospital)
        yield Condition("certificate", claim.certificate, "no_certificate", certificate)
        if claim.accident != "other":
            yield Condition("liability", _not_full(claim.liability), "full_liability", certificate)
    elif claim.kind == DISASTER:
        yield Condition("unforeseeable", claim.unforeseeable, "not_unforeseeable", cites)
    else:
        covered = None if claim.stage is None else claim.stage in STAGES_COVERED
        yield Condition("stage", covered, "stage_not_covered", cites)


def treatment_of(claim: Claim, own: str | None) -> str | None:
    """The treatment of a bill: its own, else what was said for the whole claim."""
    return own or claim.treatment


def _any_treatment(claim: Claim, *wanted: str) -> bool | None:
    """Whether any of the claim's treatments is one of those wanted; None while that is open."""
    seen = {treatment_of(claim, bill.treatment) for bill in claim.bills} or {claim.treatment}
    if seen & set(wanted):
        return True
    return None if None in seen else False


def counts(claim: Claim, own_treatment: str | None, item: str | None) -> bool:
    """Whether a bill is for something the kind's article lists."""
    if claim.kind == ILLNESS:
        return treatment_of(claim, own_treatment) != OUTPATIENT
    if claim.kind == DISASTER and item == "house":
        return claim.only_house is not False
    return item != OTHER


def _not_full(liability: str | None) -> bool | None:
    return None if liability is None else liability != "full"
