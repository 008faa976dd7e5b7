"""A form made of a schema takes what the schema takes, and leaves everything else to it."""

from __future__ import annotations

import json
import random
from copy import deepcopy

import pytest
from marshmallow import Schema, ValidationError, fields, pre_load

from server.core.quickform import CannotCompile, QuickForm
from server.core.wire import WireSchema
from server.sync.push_schemas import AsSent, OpSchema, PushSchema
from server.visits.schemas import VisitBodySchema
from tests.sync.pushing import op_of, push_text, report_of
from tests.visits.bodies import DRY, new_id, visit_of

PHOTO = {"sha256": "ab" * 32, "length": 9, "kind": "water", "taken_at": "2026-11-23T01:00:00.000Z"}
LOCATION = {"lat": "24.7", "lon": "110.5", "accuracy_m": "12", "datum": "WGS-84"}
LOCATION |= {"fixed_at": "2026-11-23T01:00:00.000Z"}
PREVIEW = {"policy": "0" * 16, "met": ["R-WAT-01"], "unknown": []}
FULL = visit_of(new_id(), DRY, photos=[PHOTO], location=LOCATION, preview=PREVIEW, notes={"shock": "雨"})
PLAIN = visit_of(new_id())
OP = op_of({"id": new_id()}, needs=[new_id()])
PUSH = json.loads(push_text(OP, report=report_of(oldest_unsent="2026-11-23T01:00:00.000Z")))
SILENT = json.loads(push_text())
ODD = [
    None, True, 0, -1, 1, 10**30, 1.5, "", " ", "x", "\n", "\x00", "\ud800", "0", "91", "-180.5", "yes", [],
    [None], ["x"], {}, {"": ""}, {"a": None}, "2026-11-23T01:00:00Z", "2026-11-23T09:00:00.000+08:00",
    "2026-11-23", "2026-02-30T01:00:00.000Z", "1970-01-01T00:00:00.000Z", "2099-12-31T23:59:59.999Z",
    new_id(), new_id().upper(), "ab" * 32, "ab" * 32 + "\n", "R-WAT-01", ["R-WAT-01"] * 101, "y" * 501,
    {"n" * 41: "x"}, PHOTO, [PHOTO, PHOTO],
]  # fmt: skip


def places(value, path=()):
    """Every place inside a value, the value itself included."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def changed(body, path, how):
    """A copy of a body with what stands at a place put aside, replaced, or joined by something unknown."""
    copy = {"": deepcopy(body)}
    *way, last = ("", *path)
    around = copy
    for key in way:
        around = around[key]
    if how == "gone":
        del around[last]
    elif how == "more" and isinstance(around[last], dict):
        around[last]["later_version"] = 1
    else:
        around[last] = how
    return copy.get("")


def outcome(load, body):
    try:
        return load(body)
    except ValidationError as error:
        return error.normalized_messages()


def cases(*forms):
    for form in forms:
        for path in places(form):
            yield from (changed(form, path, how) for how in ("gone", "more", *ODD) if path or how != "gone")


@pytest.mark.parametrize(
    ("schema", "forms"),
    [(VisitBodySchema(), (PLAIN, FULL)), (OpSchema(), (OP,)), (PushSchema(), (PUSH, SILENT))],
)
def test_every_change_of_a_form_is_judged_as_the_schema_judges_it(schema, forms):
    quick = QuickForm(schema, taken_as_is=(AsSent,))
    taken = 0
    for body in cases(*forms):
        said = outcome(schema.load, deepcopy(body))
        assert outcome(quick.load, deepcopy(body)) == said
        found = quick.try_load(body)
        assert found is None or found == said
        taken += found is not None
    assert taken > 20


def test_several_changes_at_once_are_judged_as_the_schema_judges_them():
    dice, schema = random.Random(5), VisitBodySchema()
    quick = QuickForm(schema)
    for _ in range(2000):
        body = FULL
        for _ in range(3):
            path = dice.choice(list(places(body))[1:])
            body = changed(body, path, dice.choice(["gone", "more", *ODD]))
        assert outcome(quick.load, body) == outcome(schema.load, body)


@pytest.mark.parametrize("body", [PLAIN, FULL, FULL | {"later_version": 1}])
def test_a_right_form_never_needs_the_schema(body):
    assert QuickForm(VisitBodySchema()).try_load(body) is not None


class _Strict(Schema):
    name = fields.String()


class _Prepared(WireSchema):
    @pre_load
    def _prepare(self, data, **_):
        return data


class _Money(WireSchema):
    amount = fields.Decimal()


class _Loose(WireSchema):
    count = fields.Integer()


@pytest.mark.parametrize("schema", [_Strict, _Prepared, _Money, _Loose])
def test_a_schema_of_another_kind_is_refused_at_once(schema):
    with pytest.raises(CannotCompile):
        QuickForm(schema())
