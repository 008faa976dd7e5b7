"""What a calculation is asked about: amounts of one account in one calendar year, and what is known of it.

None always means "not asked". A claim that only names a kind and an amount is about somebody who is entitled:
the amount is what counts after everything that others pay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .scheme import ACCIDENT, BASES, DISASTER, HOUSEHOLD, ILLNESS, LISTED, OTHER, PAYMENTS, PER, STUDY

UNSTABLE_LIFTED, MARGINAL, OTHER_HOUSEHOLD = "unstable_lifted", "marginal", "other"
HOUSEHOLDS = (UNSTABLE_LIFTED, MARGINAL, OTHER_HOUSEHOLD)
INPATIENT, CHRONIC_OUTPATIENT, OUTPATIENT = "inpatient", "chronic_outpatient", "other_outpatient"
TREATMENTS = (INPATIENT, CHRONIC_OUTPATIENT, OUTPATIENT)
LIABILITIES = ("none", "minor", "equal", "main", "full")
ACCIDENTS = ("traffic", "other")
STAGES = ("preschool", "primary", "junior", "senior", "college")
STAGES_COVERED = ("preschool", "senior", "college")
LOAN_GOT, LOAN_NOT_APPLIED, LOAN_NOT_POSSIBLE = "got", "not_applied", "not_possible"
LOANS = (LOAN_GOT, LOAN_NOT_APPLIED, LOAN_NOT_POSSIBLE)
ITEMS = {
    STUDY: ("tuition", "boarding", "textbooks", "other"),
    DISASTER: ("house", "farm_machine", "family_property", "other"),
}
"""What a bill may be for. ``other`` is what the article does not list."""
SOURCES = (
    "basic_insurance",
    "serious_illness_insurance",
    "second_reimbursement",
    "medical_aid",
    "fiscal_backstop",
    "education_aid",
    "fee_waiver",
    "insurance",
    "compensation",
)
ZERO = Decimal(0)


class ClaimError(ValueError):
    """A claim that contradicts itself. ``field`` is the key to correct."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(f"{field_name}: {message}")
        self.field, self.message = field_name, message


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """One bill, fee or loss with what others paid of it, in yuan."""

    on: date
    cost: Decimal
    paid_by: Mapping[str, Decimal] = field(default_factory=dict)
    who: str | None = None
    item: str | None = None
    treatment: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """Figures and readings of the county that replace those of the scheme for this one calculation."""

    combined_cap: Decimal | None = None
    loan_standard: Decimal | None = None
    combine: str | None = None
    per: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One account and one year. Either ``amount`` (after what others pay) or ``bills``.

    ``paid`` and ``paid_other`` are what the fund already paid in the year on this account: for this kind, and
    for the other one of illness and accident. ``also_accident`` is an accident's amount of the same person,
    all its conditions fulfilled, to be paid together with the illness, or alone where that is not paid.
    ``loan_amount`` is taken off the amount. ``who`` is whose account is asked for; bills that name nobody are
    theirs.
    """

    kind: str
    amount: Decimal | None = None
    bills: tuple[Bill, ...] = ()
    year: int | None = None
    who: str | None = None
    paid: Decimal = ZERO
    paid_other: Decimal = ZERO
    also_accident: Decimal | None = None
    household: str | None = None
    income_unstable: bool | None = None
    income_below_150_percent: bool | None = None
    fits_dibao: bool | None = None
    rural_registration: bool | None = None
    extreme_hardship: bool | None = None
    approved_by_county: bool | None = None
    treatment: str | None = None
    accident: str | None = None
    certificate: bool | None = None
    liability: str | None = None
    stage: str | None = None
    loan: str | None = None
    loan_amount: Decimal | None = None
    unforeseeable: bool | None = None
    only_house: bool | None = None
    choices: Choices = Choices()

    @property
    def chain(self) -> str:
        """Which reimbursements come before the fund: those of a registered household, or of any other."""
        return OTHER if self.household in (MARGINAL, OTHER_HOUSEHOLD) else LISTED

    def account_year(self) -> int | None:
        """The calendar year asked about: the one given, else the one of all bills. None: nothing says.

        Raises:
            ClaimError: bills of several years and no ``year``.
        """
        years = sorted({bill.on.year for bill in self.bills})
        if self.year is None and len(years) > 1:
            raise ClaimError("year", f"the bills are of {years}; say which calendar year is to be paid")
        return self.year if self.year is not None else next(iter(years), None)


_ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "treatment": (ILLNESS, ACCIDENT),
    "paid_other": (ILLNESS, ACCIDENT),
    "also_accident": (ILLNESS,),
    "accident": (ACCIDENT,),
    "certificate": (ACCIDENT,),
    "liability": (ACCIDENT,),
    "stage": (STUDY,),
    "loan": (STUDY,),
    "loan_amount": (STUDY,),
    "unforeseeable": (DISASTER,),
    "only_house": (DISASTER,),
}
WIRE_NAMES = {
    "paid_other": "paid_other_cny",
    "also_accident": "also_accident_cny",
    "loan_amount": "loan_cny",
}
"""Fields of a claim whose key on the wire is another."""


def check(claim: Claim) -> None:
    """Refuse what does not fit together. Raises ClaimError naming the key."""
    for name, kinds in _ONLY_FOR.items():
        if getattr(claim, name) not in (None, ZERO) and claim.kind not in kinds:
            raise ClaimError(WIRE_NAMES.get(name, name), f"does not belong to {claim.kind}")
    if (claim.amount is None) == (not claim.bills):
        raise ClaimError("amount_cny", "give either amount_cny or bills")
    if claim.also_accident is not None and claim.paid_other:
        raise ClaimError("paid_other_cny", "with also_accident_cny, paid_cny holds both payments")
    if claim.liability is not None and claim.accident == "other":
        raise ClaimError("liability", "only a traffic accident has it")
    _check_loan(claim)
    for n, bill in enumerate(claim.bills):
        _check_bill(claim, bill, f"bills.{n}")
    claim.account_year()


def _check_loan(claim: Claim) -> None:
    if (claim.loan == LOAN_GOT) != (claim.loan_amount is not None):
        raise ClaimError("loan_cny", "belongs to loan: got, and loan: got needs it")
    if claim.loan == LOAN_NOT_APPLIED and claim.stage is None:
        raise ClaimError("stage", "needed to know whether a loan is imputed")


def _check_bill(claim: Claim, bill: Bill, place: str) -> None:
    if bill.item is not None and bill.item not in ITEMS.get(claim.kind, ()):
        raise ClaimError(f"{place}.item", f"{bill.item} does not belong to {claim.kind}")
    if bill.treatment is not None and claim.kind not in _ONLY_FOR["treatment"]:
        raise ClaimError(f"{place}.treatment", f"does not belong to {claim.kind}")
    if sum(bill.paid_by.values(), ZERO) > bill.cost:
        raise ClaimError(f"{place}.paid_by", "others paid more than the bill")


def check_people(claim: Claim, per: str) -> None:
    """Refuse bills of several people where each has an account of their own and none is asked for.

    Raises:
        ClaimError: naming the key.
    """
    people = {bill.who for bill in claim.bills}
    if per != HOUSEHOLD and len(people) > 1 and claim.who is None:
        raise ClaimError("who", "the bills are of several people; say whose account is to be paid")


__all__ = ["BASES", "PAYMENTS", "PER", "Bill", "Choices", "Claim", "ClaimError", "check", "check_people"]
