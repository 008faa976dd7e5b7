"""Wire form of the explanation of a light."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.core.wire import TextSchema
from server.flags.schemas import RunActSchema
from server.policy.lexicon import SOURCES

FORMS = ("all", "any", "not", "some", "every", "any_rule", "test")
STATES = ("met", "not_met", "unknown", "closed")
ORIGINS = ("document", "county_must_set", "county")


class ExplanationNodeSchema(Schema):
    """One place of the condition; a loop has a ``heading`` and one part for each member.

    ``item`` is the member's id where it is known, ``index`` the position in the loop's list, counted from 0.
    """

    form = fields.String(required=True, validate=validate.OneOf(FORMS))
    words = fields.Nested(TextSchema, required=True)
    heading = fields.Nested(TextSchema, required=True, allow_none=True)
    truth = fields.Boolean(required=True, allow_none=True)
    item = fields.String(required=True, allow_none=True)
    index = fields.Integer(required=True, allow_none=True)
    parts = fields.List(fields.Nested("ExplanationNodeSchema"), required=True)


class ExplanationInputSchema(Schema):
    """A value that went into a derived amount; ``item`` and ``index`` are null outside loops."""

    fact = fields.String(required=True)
    item = fields.String(required=True, allow_none=True)
    index = fields.Integer(required=True, allow_none=True)
    label = fields.Nested(TextSchema, required=True)
    value = fields.Raw(required=True, allow_none=True)
    text = fields.Nested(TextSchema, required=True)
    source = fields.String(required=True, validate=validate.OneOf((*SOURCES, "given")))


class ExplanationArithmeticSchema(Schema):
    """How a derived amount was reckoned: the formula, the same with figures, and what went in."""

    formula = fields.Nested(TextSchema, required=True)
    figures = fields.Nested(TextSchema, required=True)
    inputs = fields.List(fields.Nested(ExplanationInputSchema), required=True)


class ExplanationOperandSchema(ExplanationInputSchema):
    """A value the rule reads; ``steps`` only where it was computed."""

    steps = fields.Nested(ExplanationArithmeticSchema, required=True, allow_none=True)


class ExplanationArticleSchema(Schema):
    """The sentence of a policy document that the rule rests on."""

    id = fields.String(required=True)
    document = fields.String(required=True)
    text = fields.String(required=True)


class UsedParameterSchema(Schema):
    """A number of the policy that the rule uses; ``county`` = by the county's own signed setting."""

    name = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    value = fields.String(required=True, allow_none=True)
    text = fields.Nested(TextSchema, required=True)
    origin = fields.String(required=True, validate=validate.OneOf(ORIGINS))
    since = fields.String(required=True, allow_none=True)
    cites = fields.List(fields.String(), required=True)
    note = fields.String(required=True)


class ExplanationStepSchema(Schema):
    """One value that would have to be another; ``fixed`` = a register entry, no answer.

    ``any_value``: any answer clears, so ``after`` is null; otherwise ``after`` does; the words say more.
    ``index`` is the position in the list (``ill``, ``stu``) of the item to change, null outside loops.
    ``removed`` and ``added`` are entries of a list; ``instead`` are facts of the same effect.
    """

    fact = fields.String(required=True)
    item = fields.String(required=True, allow_none=True)
    index = fields.Integer(required=True, allow_none=True)
    label = fields.Nested(TextSchema, required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
    by = fields.Raw(required=True, allow_none=True)
    removed = fields.List(fields.String(), required=True)
    added = fields.List(fields.String(), required=True)
    instead = fields.List(fields.String(), required=True)
    fixed = fields.Boolean(required=True)
    any_value = fields.Boolean(required=True)
    distance = fields.Nested(TextSchema, required=True, allow_none=True)
    words = fields.Nested(TextSchema, required=True)


class ClearingChangeSchema(Schema):
    """A change of facts after which the rule is not met."""

    words = fields.Nested(TextSchema, required=True)
    steps = fields.List(fields.Nested(ExplanationStepSchema), required=True)


class JudgedBySchema(Schema):
    """The rules that lit the light: the pack, the version of all rules, and the day they were in force on.

    ``rules`` is null where the visit does not say; ``exact`` false where those rules cannot be had again and
    the light is explained by what is left of them.
    """

    pack = fields.String(required=True)
    pack_version = fields.String(required=True)
    rules = fields.String(required=True, allow_none=True)
    day = fields.Date(required=True)
    exact = fields.Boolean(required=True)


class ExplanationSchema(Schema):
    """Why a light is lit, and the smallest change that would clear it.

    ``basis`` is ``as_judged`` for the facts the visit was judged on, ``rebuilt`` where they had to be made
    again from its answers and the phone's register. ``state`` is what the rules of ``day`` say of them now,
    and ``closed`` for a light that a run of newer rules put out (``closed_by``): ``tree`` is why it was lit.
    A light that a run opened (``opened_by``) is explained by the rules of the run.
    """

    visit_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    basis = fields.String(required=True, validate=validate.OneOf(("as_judged", "rebuilt")))
    judged_by = fields.Nested(JudgedBySchema, required=True)
    opened_by = fields.Nested(RunActSchema, required=True, allow_none=True)
    closed_by = fields.Nested(RunActSchema, required=True, allow_none=True)
    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True, validate=validate.OneOf(("red", "yellow", "attention")))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    words = fields.Nested(TextSchema, required=True)
    tree = fields.Nested(ExplanationNodeSchema, required=True)
    operands = fields.List(fields.Nested(ExplanationOperandSchema), required=True)
    parameters = fields.List(fields.Nested(UsedParameterSchema), required=True)
    articles = fields.List(fields.Nested(ExplanationArticleSchema), required=True)
    ask = fields.List(fields.String(), required=True)
    change = fields.Nested(ClearingChangeSchema, required=True, allow_none=True)
    alternatives = fields.List(fields.Nested(ClearingChangeSchema), required=True)
    pack = fields.String(required=True)
    pack_version = fields.String(required=True)
