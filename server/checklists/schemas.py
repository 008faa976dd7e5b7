"""Wire form of a checklist definition; its inner parts are described where they are read."""

from __future__ import annotations

from marshmallow import Schema, fields


class ChecklistTextSchema(Schema):
    """A sentence in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class SectionSchema(Schema):
    """A group of questions on one screen."""

    id = fields.String(required=True)
    title = fields.Nested(ChecklistTextSchema, required=True)


class ChecklistSchema(Schema):
    """One version of the checklist."""

    version = fields.String(required=True)
    released_on = fields.Date(required=True)
    title = fields.Nested(ChecklistTextSchema, required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True)
    questions = fields.List(fields.Dict(), required=True)
    loops = fields.List(fields.Dict(), required=True)
