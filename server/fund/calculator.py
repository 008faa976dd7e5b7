"""The calculation. Decimal only; each kind's sum is rounded half-up to 0.01 yuan (no text says how)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from . import words
from .amounts import counted
from .claims import ZERO, Claim, ClaimError, check, check_people
from .entitlement import TREATMENT, conditions
from .results import Journal, Result
from .scheme import (
    ACCIDENT,
    BASES,
    ILLNESS,
    MARGINAL_ON_EXCESS,
    MARGINAL_ON_TOTAL,
    WHOLE_ON_EXCESS,
    KindScheme,
    Scheme,
    Tier,
)

FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of an amount that lies in one tier; ``n`` counts tiers from 1."""

    n: int
    part: Decimal
    rate: Decimal

    @property
    def value(self) -> Decimal:
        """What the part yields, not yet rounded."""
        return self.part * self.rate


def marginal(amount: Decimal, tiers: tuple[Tier, ...]) -> list[Slice]:
    """Each tier's rate on the part of the amount that lies in it."""
    slices, below = [], ZERO
    for n, tier in enumerate(tiers, 1):
        upper = amount if tier.to is None else min(amount, tier.to)
        if upper > below:
            slices.append(Slice(n, upper - below, tier.rate))
            below = upper
    return slices


def whole(amount: Decimal, tiers: tuple[Tier, ...]) -> list[Slice]:
    """One rate, that of the tier the amount reaches, on all of it."""
    n, tier = next((n, tier) for n, tier in enumerate(tiers, 1) if tier.holds(amount))
    return [Slice(n, amount, tier.rate)]


def calculate(
    claim: Claim, scheme: Scheme, reading: str | None = None, *, today: date | None = None
) -> Result:
    """What the fund pays on a claim.

    Args:
        claim: the account's amounts of one year and what is known of the case.
        scheme: the fund of that year, with the county's figures.
        reading: one of ``scheme.READINGS``; the scheme's when not given.
        today: the year asked about when neither the claim nor a bill names one.

    Raises:
        ClaimError: the claim contradicts itself, or the reading is not possible for its kind.
    """
    check(claim)
    scheme = _chosen(claim, scheme)
    kind = scheme.kinds[claim.kind]
    check_people(claim, kind.per)
    reading = reading or scheme.reading
    if reading not in kind.readings:
        raise ClaimError("reading", f"{reading} is possible for illness and accident only")
    year = claim.account_year() or (today.year if today else scheme.since.year)
    journal = Journal()
    pay, reason = ZERO, None
    to_confirm: tuple[str, ...] = ()
    asked = conditions(claim, scheme)
    failed = next((each for each in asked if each.holds is False), None)
    if failed is not None:
        reason = failed.reason
        journal.note("not_entitled", failed.cites, ZERO, why=words.REASONS[reason])
    if failed is None or (failed.name == TREATMENT and claim.also_accident is not None):
        to_confirm = tuple(each.name for each in asked if each.holds is None)
        _note_open(
            journal, to_confirm, tuple(cite for each in asked if each.holds is None for cite in each.cites)
        )
        pay, reason = _pay(claim, scheme, reading, year, journal, entitled=failed is None)
    return Result(
        kind=claim.kind,
        pay=pay.quantize(FEN),
        reading=reading,
        steps=tuple(journal.steps),
        reason=reason,
        marks=tuple(journal.marks),
        to_confirm=to_confirm,
        per=kind.per,
        year=year,
    )


def _chosen(claim: Claim, scheme: Scheme) -> Scheme:
    """The scheme with what the claim itself sets."""
    ours = claim.choices
    kind = scheme.kinds[claim.kind]
    if ours.per is not None:
        kind = replace(kind, per=ours.per)
    cap, loan = scheme.combined_cap, scheme.loan
    return replace(
        scheme,
        combine=ours.combine or scheme.combine,
        combined_cap=cap if ours.combined_cap is None else replace(cap, value=ours.combined_cap),
        loan=loan if ours.loan_standard is None else replace(loan, value=ours.loan_standard),
        kinds={**scheme.kinds, claim.kind: kind},
    )


def _note_open(journal: Journal, names: tuple[str, ...], cites: tuple[str, ...]) -> None:
    if names:
        items = {side: "、".join(words.CONDITIONS[name][side] for name in names) for side in ("zh", "en")}
        items["en"] = items["en"].replace("、", ", ")
        journal.note("to_confirm", tuple(dict.fromkeys(cites)), items=items)


def _pay(
    claim: Claim, scheme: Scheme, reading: str, year: int, journal: Journal, *, entitled: bool
) -> tuple[Decimal, str | None]:
    """The pay and, when it is nothing, why. Not ``entitled``: only the accident beside the illness is."""
    amount = counted(claim, scheme, year, journal) if entitled else None
    if amount is None and entitled:
        journal.note("not_entitled", scheme.period_cites, ZERO, why=words.REASONS["nothing_counted"])
    accident = claim.also_accident
    if accident is None:
        if amount is None:
            return ZERO, "nothing_counted"
        due, reason = _due(scheme.kinds[claim.kind], amount, reading, journal)
    elif amount is None:
        due, reason = _accident(scheme, accident, reading, journal)
    else:
        due, reason = _due_with_accident(scheme, amount, accident, reading, journal)
    if due == 0:
        return due, reason
    return _left_to_pay(claim, scheme, due, journal)


def _due_with_accident(
    scheme: Scheme, amount: Decimal, accident: Decimal, reading: str, journal: Journal
) -> tuple[Decimal, str | None]:
    """Illness and accident of one person: two payments added, or by the other reading of 并项 one base."""
    kind, cites = scheme.kinds[ILLNESS], scheme.combined_cap.cites
    if scheme.combine == BASES:
        parts, total = f"{words.shown(amount)} + {words.shown(accident)}", amount + accident
        journal.note("bases_added", cites, total, parts=parts)
        return _due(kind, total, reading, journal)
    first, reason = _due(kind, amount, reading, journal)
    second, _ = _accident(scheme, accident, reading, journal)
    total = first + second
    journal.note("kinds_added", cites, total, first=first, second=second)
    return total, None if total else reason


def _accident(scheme: Scheme, amount: Decimal, reading: str, journal: Journal) -> tuple[Decimal, str | None]:
    """What the accident of a claim for illness comes to by itself."""
    kind = scheme.kinds[ACCIDENT]
    journal.note("accident_added", kind.cites["counted"], amount, amount=amount)
    return _due(kind, amount, reading, journal)


def _due(kind: KindScheme, amount: Decimal, reading: str, journal: Journal) -> tuple[Decimal, str | None]:
    """What one kind's line, tiers and own cap make of an amount, rounded; and why it is nothing."""
    base = _base(kind, amount, reading, journal)
    if base is None:
        return ZERO, "below_line"
    use = marginal if reading in (MARGINAL_ON_EXCESS, MARGINAL_ON_TOTAL) else whole
    slices = use(base, kind.tiers)
    for each in slices:
        journal.note(
            "tier" if use is marginal else "one_rate",
            kind.cites["rates"],
            each.value,
            n=each.n,
            part=each.part,
            rate=words.percent(each.rate),
        )
    exact = sum((each.value for each in slices), ZERO)
    if len(slices) > 1:
        parts = " + ".join(words.shown(each.value) for each in slices)
        journal.note("sum", kind.cites["rates"], exact, parts=parts)
    due = _rounded(exact, kind, journal)
    return (due, None) if due else (due, "rounds_to_zero")


def _base(kind: KindScheme, amount: Decimal, reading: str, journal: Journal) -> Decimal | None:
    """The amount the rates are used on, None when the line is not passed."""
    line, cites = kind.line.amount.value, kind.line.amount.cites
    if line is None:
        raise ClaimError("kind", f"the line of {kind.kind} has no value in this year")
    on_excess = reading in (MARGINAL_ON_EXCESS, WHOLE_ON_EXCESS)
    if amount < line or (amount == line and (on_excess or not kind.line.from_line)):
        journal.note("at_line" if amount == line else "below_line", cites, ZERO, amount=amount, line=line)
        return None
    if on_excess:
        journal.note("excess", cites, amount - line, amount=amount, line=line, excess=amount - line)
        return amount - line
    journal.note("whole_amount", cites, amount, line=line, amount=amount)
    return amount


def _rounded(exact: Decimal, kind: KindScheme, journal: Journal) -> Decimal:
    due = exact.quantize(FEN, ROUND_HALF_UP)
    if due != exact:
        journal.note("rounded", (), due)
    if kind.cap is None or kind.cap.value is None or due <= kind.cap.value:
        return due
    journal.note("cap", kind.cap.cites, kind.cap.value, cap=kind.cap.value)
    return kind.cap.value


def _left_to_pay(claim: Claim, scheme: Scheme, due: Decimal, journal: Journal) -> tuple[Decimal, str | None]:
    """What remains after earlier payments of the year and the common maximum of illness and accident."""
    pay = max(due - claim.paid, ZERO)
    if claim.paid:
        journal.note("paid", scheme.period_cites, pay, paid=claim.paid)
    if not pay:
        return pay, "already_paid"
    if claim.kind not in scheme.combined_kinds:
        return pay, None
    cap = scheme.combined_cap
    if cap.value is None:
        journal.marks.append("cap_not_published")
        journal.note("cap_not_published", cap.cites)
        return pay, None
    room = max(cap.value - claim.paid - claim.paid_other, ZERO)
    pay = min(pay, room)
    journal.note("combined_cap", cap.cites, pay, cap=cap.value, room=room)
    return pay, None if pay else "cap_reached"
