"""Wire forms of simulations."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from server.core.wire import Instant, Pattern, TextSchema, WireSchema
from server.flags.schemas import HouseholdLineSchema
from server.policy.model import RISKS
from server.simulations.services import Curve, Look
from server.simulations.tally import KINDS, LIGHTS

DIRECTIONS = ("entering", "leaving", "now", "then")
_NAME = Pattern(r"^[A-Z][A-Z0-9_]{0,39}$")
_RULE = Pattern(r"^R-[A-Z]{2,4}-[0-9]{2}$")
_STEPS = "At most so many points: a range with fewer different values (whole months, fen) gives each once."
_NUMBER = validate.Length(1, 20)


class WhatIfSchema(WireSchema):
    """The question: other values of parameters, as text, and rules that are off."""

    parameters = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.String(validate=_NUMBER),
        load_default=dict,
        validate=validate.Length(max=20),
    )
    rules_off = fields.List(
        fields.String(validate=_RULE), load_default=list, validate=validate.Length(max=100)
    )


class LookSchema(WireSchema):
    """Which number of the simulation; none of the four: flagged at all."""

    rule = fields.String(validate=_RULE)
    kind = fields.String(validate=validate.OneOf(KINDS))
    township = fields.String(validate=Pattern(r"^[0-9]{9}$"))
    risk = fields.String(validate=validate.OneOf(RISKS))
    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))

    @validates_schema
    def _only_one(self, data: dict[str, Any], **_: object) -> None:
        if len(data.keys() & {"rule", "kind", "township", "risk"}) > 1:
            raise ValidationError("One of rule, kind, township and risk.")

    @post_load
    def _to_look(self, data: dict[str, Any], **_: object) -> Look:
        return Look(**data)


class ListQuestionSchema(WhatIfSchema):
    """The same question, and the number whose households are wanted."""

    look = fields.Nested(LookSchema, required=True, data_key="list")
    after = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))


class CurveQuestionSchema(WhatIfSchema):
    """One parameter over a range of values, evenly spaced and both ends included, on top of other changes."""

    parameter = fields.String(required=True, validate=_NAME)
    first = fields.String(required=True, validate=_NUMBER, data_key="from")
    last = fields.String(required=True, validate=_NUMBER, data_key="to")
    steps = fields.Integer(load_default=11, validate=validate.Range(2, 25), metadata={"description": _STEPS})

    @post_load
    def _to_curve(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        wish = Curve(**{name: data.pop(name) for name in ("parameter", "first", "last", "steps")})
        return data | {"wish": wish}


class TotalsSchema(Schema):
    """Households with any light, their persons, and households by their worst light."""

    flagged = fields.Integer(required=True)
    persons = fields.Integer(required=True)
    red = fields.Integer(required=True)
    yellow = fields.Integer(required=True)
    attention = fields.Integer(required=True)


class MovesSchema(Schema):
    """Households and persons that enter and leave."""

    entering = fields.Integer(required=True)
    leaving = fields.Integer(required=True)
    persons_entering = fields.Integer(required=True)
    persons_leaving = fields.Integer(required=True)


class FiguresSchema(MovesSchema):
    """Households now and then."""

    now = fields.Integer(required=True)
    then = fields.Integer(required=True)


class RuleFiguresSchema(FiguresSchema):
    """Of one rule; ``changed`` where the question may change its outcome."""

    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    changed = fields.Boolean(required=True)


class KindFiguresSchema(FiguresSchema):
    """Of one proposed kind."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class TownshipFiguresSchema(FiguresSchema):
    """Of one township: households flagged at all."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    households = fields.Integer(required=True)


class CauseFiguresSchema(FiguresSchema):
    """Of one risk behind the lights."""

    risk = fields.String(required=True, validate=validate.OneOf(RISKS))


class SimulationSchema(MovesSchema):
    """The figures of a simulation; what enters and leaves at the top is flagged at all."""

    profile = fields.String(required=True)
    day = fields.Date(required=True)
    households = fields.Integer(required=True)
    persons = fields.Integer(required=True)
    without_facts = fields.Integer(required=True)
    unreadable = fields.Integer(required=True)
    now = fields.Nested(TotalsSchema, required=True)
    then = fields.Nested(TotalsSchema, required=True)
    rules = fields.List(fields.Nested(RuleFiguresSchema), required=True)
    kinds = fields.List(fields.Nested(KindFiguresSchema), required=True)
    townships = fields.List(fields.Nested(TownshipFiguresSchema), required=True)
    causes = fields.List(fields.Nested(CauseFiguresSchema), required=True)


class SimulatedHouseholdSchema(Schema):
    """A household behind a number, with the rules it meets now and would meet then."""

    household = fields.Nested(HouseholdLineSchema, required=True)
    persons = fields.Integer(required=True)
    visit_id = fields.UUID(required=True)
    visited_at = Instant(required=True)
    now = fields.List(fields.String(), required=True)
    then = fields.List(fields.String(), required=True)
    kind_now = fields.String(required=True, allow_none=True)
    kind_then = fields.String(required=True, allow_none=True)


class SimulatedListSchema(Schema):
    """One page of the households behind a number, and how many there are."""

    items = fields.List(fields.Nested(SimulatedHouseholdSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)


class CurvePointSchema(Schema):
    """Households flagged at all, their persons, and those with a red light, at one value."""

    value = fields.String(required=True)
    households = fields.Integer(required=True)
    persons = fields.Integer(required=True)
    red = fields.Integer(required=True)


class CurveSchema(Schema):
    """A parameter's curve. ``current`` is its value today, null when it has none."""

    parameter = fields.String(required=True)
    current = fields.String(required=True, allow_none=True)
    points = fields.List(fields.Nested(CurvePointSchema), required=True)
