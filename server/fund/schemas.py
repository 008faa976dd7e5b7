"""Wire forms of the fund's calculator. A claim may hold the same over HTTP and on a command's line."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from server.core.wire import Day, Flag, PlainText, TextSchema, Whole, Yuan
from server.fund.claims import (
    ACCIDENTS,
    BASES,
    HOUSEHOLDS,
    ITEMS,
    LIABILITIES,
    LOANS,
    PAYMENTS,
    SOURCES,
    STAGES,
    TREATMENTS,
    ZERO,
    Bill,
    Choices,
    Claim,
    ClaimError,
    check,
)
from server.fund.scheme import KINDS, PER, READINGS

MAX_BILLS = 200
_YEARS = validate.Range(2000, 2100)


class _ClaimPart(Schema):
    """A key that the calculator does not know is refused: left out in silence, it would change the figure."""

    class Meta:
        """Unknown keys are errors."""

        unknown = RAISE


class FundBillSchema(_ClaimPart):
    """One bill, fee or loss, with what others paid of it by source."""

    on = Day(required=True)
    cost = Yuan(required=True, data_key="cost_cny")
    paid_by = fields.Dict(
        keys=fields.String(validate=validate.OneOf(SOURCES)), values=Yuan(), load_default=dict
    )
    who = PlainText(load_default=None, allow_none=True, validate=validate.Length(1, 60))
    item = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(sorted({i for one in ITEMS.values() for i in one})),
    )
    treatment = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(TREATMENTS))

    @post_load
    def _to_bill(self, data: dict[str, Any], **_: object) -> Bill:
        return Bill(**data)


class FundChoicesSchema(_ClaimPart):
    """Figures and readings that the county has decided on and the document leaves open."""

    combined_cap = Yuan(load_default=None, allow_none=True, data_key="combined_cap_cny")
    loan_standard = Yuan(load_default=None, allow_none=True, data_key="loan_standard_cny")
    combine = fields.String(load_default=None, allow_none=True, validate=validate.OneOf((PAYMENTS, BASES)))
    per = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(PER))

    @post_load
    def _to_choices(self, data: dict[str, Any], **_: object) -> Choices:
        return Choices(**data)


def _text(*options: str) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.OneOf(options))


def _flag() -> Flag:
    return Flag(load_default=None, allow_none=True)


def _yuan(key: str, **given: Any) -> Yuan:
    return Yuan(data_key=key, **given)


class FundClaimSchema(_ClaimPart):
    """One account and one calendar year: a kind with an amount, or with bills; the rest when it was asked.

    ``amount_cny`` is what counts after all reimbursement and compensation. Nothing said about the case means
    that it is taken as entitled, and the answer lists what is still to be confirmed.
    """

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    amount = _yuan("amount_cny", load_default=None, allow_none=True)
    bills = fields.List(
        fields.Nested(FundBillSchema), load_default=list, validate=validate.Length(max=MAX_BILLS)
    )
    year = Whole(load_default=None, allow_none=True, validate=_YEARS)
    who = PlainText(load_default=None, allow_none=True, validate=validate.Length(1, 60))
    paid = _yuan("paid_cny", load_default=ZERO)
    paid_other = _yuan("paid_other_cny", load_default=ZERO)
    also_accident = _yuan("also_accident_cny", load_default=None, allow_none=True)
    household = _text(*HOUSEHOLDS)
    income_unstable = _flag()
    income_below_150_percent = _flag()
    fits_dibao = _flag()
    rural_registration = _flag()
    extreme_hardship = _flag()
    approved_by_county = _flag()
    treatment = _text(*TREATMENTS)
    accident = _text(*ACCIDENTS)
    certificate = _flag()
    liability = _text(*LIABILITIES)
    stage = _text(*STAGES)
    loan = _text(*LOANS)
    loan_amount = _yuan("loan_cny", load_default=None, allow_none=True)
    unforeseeable = _flag()
    only_house = _flag()
    choices = fields.Nested(FundChoicesSchema, load_default=Choices)

    @post_load
    def _to_claim(self, data: dict[str, Any], **_: object) -> Claim:
        data["bills"] = tuple(data["bills"])
        claim = Claim(**data)
        try:
            check(claim)
        except ClaimError as error:
            raise ValidationError(error.message, error.field) from error
        return claim


class FundCalculationRequestSchema(_ClaimPart):
    """A claim and the reading to use; the county's when none is named."""

    claim = fields.Nested(FundClaimSchema, required=True)
    reading = _text(*READINGS)


class FundArticleSchema(Schema):
    """An article with its sentence."""

    id = fields.String(required=True)
    document = fields.String(required=True)
    text = fields.String(required=True)


class FundStepSchema(Schema):
    """One step of the arithmetic; ``value_cny`` is exact and may have more than two decimals."""

    code = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)
    value_cny = fields.String(required=True, allow_none=True)
    cites = fields.List(fields.String(), required=True)


class FundReasonSchema(TextSchema):
    """Why nothing is paid."""

    code = fields.String(required=True)


class FundAlternativeSchema(Schema):
    """What another reading of the text would give."""

    reading = fields.String(required=True, validate=validate.OneOf(READINGS))
    label = fields.Nested(TextSchema, required=True)
    pay_cny = fields.String(required=True)
    chosen = fields.Boolean(required=True)


class FundCalculationSchema(Schema):
    """A finished calculation; nothing of it is stored."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    pay_cny = fields.String(required=True)
    reading = fields.String(required=True, validate=validate.OneOf(READINGS))
    per = fields.String(required=True, validate=validate.OneOf(PER))
    year = fields.Integer(required=True)
    steps = fields.List(fields.Nested(FundStepSchema), required=True)
    reason = fields.Nested(FundReasonSchema, required=True, allow_none=True)
    marks = fields.List(fields.String(), required=True)
    to_confirm = fields.List(fields.String(), required=True)
    alternatives = fields.List(fields.Nested(FundAlternativeSchema), required=True)
    articles = fields.List(fields.Nested(FundArticleSchema), required=True)
