"""From bills to the amount that counts: what others pay, which year, whose account, and the student loan."""

from __future__ import annotations

from decimal import Decimal

from . import words
from .claims import LOAN_GOT, LOAN_NOT_APPLIED, ZERO, Bill, Claim
from .entitlement import counts
from .results import Journal
from .scheme import HOUSEHOLD, OTHER, KindScheme, Scheme


def counted(claim: Claim, scheme: Scheme, year: int, journal: Journal) -> Decimal | None:
    """The amount the tiers are used on; None when no bill of the account counts."""
    kind = scheme.kinds[claim.kind]
    cites = (*kind.cites["counted"], *scheme.period_cites)
    if claim.amount is not None:
        amount = claim.amount
    else:
        amounts = [_net(claim, kind, bill, year, journal) for bill in claim.bills]
        kept = [amount for amount in amounts if amount is not None]
        if not kept:
            return None
        amount = sum(kept, ZERO)
    journal.note("counted", cites, amount, counted=kind.counted, amount=amount)
    return _after_loan(claim, scheme, amount, journal)


def _net(claim: Claim, kind: KindScheme, bill: Bill, year: int, journal: Journal) -> Decimal | None:
    """What a bill adds to the account, None when it is not the account's or not covered."""
    taken = {name: paid for name, paid in bill.paid_by.items() if name in kind.deducts[claim.chain]}
    for name in bill.paid_by.keys() - taken.keys():
        journal.note("source_ignored", kind.cites[OTHER], source=words.SOURCES[name])
    net = bill.cost - sum(taken.values(), ZERO)
    if (outside := _outside(claim, kind, bill, year)) is not None:
        journal.note(outside, kind.cites["condition"], on=bill.on.isoformat(), net=net, year=year)
        return None
    sources = {side: "、".join(words.SOURCES[name][side] for name in taken) for side in ("zh", "en")}
    code = "bill" if taken else "bill_alone"
    journal.note(
        code, kind.cites["counted"], net, on=bill.on.isoformat(), cost=bill.cost, sources=sources, net=net
    )
    return net


def _outside(claim: Claim, kind: KindScheme, bill: Bill, year: int) -> str | None:
    if bill.on.year != year:
        return "bill_other_year"
    someone_else = bill.who is not None and claim.who is not None and bill.who != claim.who
    if kind.per != HOUSEHOLD and someone_else:
        return "bill_other_person"
    if not counts(claim, bill.treatment, bill.item):
        return "bill_not_covered"
    return None


def _after_loan(claim: Claim, scheme: Scheme, amount: Decimal, journal: Journal) -> Decimal:
    """The amount less a loan that was taken, or that could have been (N-FUND-STU-3)."""
    cites = scheme.loan.cites
    if claim.loan == LOAN_GOT and claim.loan_amount is not None:
        left = max(amount - claim.loan_amount, ZERO)
        journal.note("loan_got", cites, left, loan=claim.loan_amount, amount=left)
        return left
    if claim.loan != LOAN_NOT_APPLIED:
        return amount
    if claim.stage not in scheme.loan_stages:
        journal.note("loan_not_for_stage", cites)
        return amount
    if scheme.loan.value is None:
        journal.marks.append("loan_not_published")
        journal.note("loan_not_published", cites)
        return amount
    left = max(amount - scheme.loan.value, ZERO)
    journal.note("loan_imputed", cites, left, loan=scheme.loan.value, amount=left)
    return left
