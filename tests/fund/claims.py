"""Short ways to write claims."""

from datetime import date
from decimal import Decimal

from server.fund.calculator import calculate
from server.fund.claims import Bill, Choices, Claim
from server.fund.scheme import scheme_for

YEAR = 2020


def money(text):
    """Decimal of a text, None of an empty cell."""
    return None if text in (None, "") else Decimal(str(text))


def claim(kind, amount=None, **given):
    """A claim; amounts may be written as text."""
    for name in ("paid", "paid_other", "also_accident", "loan_amount"):
        if name in given:
            given[name] = money(given[name])
    if "choices" in given:
        given["choices"] = choices(**given["choices"])
    if "bills" in given:
        given["bills"] = tuple(bill(**each) for each in given["bills"])
    return Claim(kind=kind, amount=money(amount), **given)


def bill(on="2020-06-01", cost="0", paid_by=None, **given):
    """A bill."""
    taken = {name: money(paid) for name, paid in (paid_by or {}).items()}
    return Bill(on=date.fromisoformat(on), cost=money(cost), paid_by=taken, **given)


def choices(**given):
    """A county's own figures."""
    amounts = {name: money(given.pop(name)) for name in ("combined_cap", "loan_standard") if name in given}
    return Choices(**amounts, **given)


def result_of(kind, amount=None, reading=None, **given):
    """The whole result."""
    return calculate(claim(kind, amount, **given), scheme_for(given.get("year") or YEAR), reading)


def pay_of(kind, amount=None, reading=None, **given):
    """Only the pay, as text with two decimals."""
    return str(result_of(kind, amount, reading, **given).pay)
