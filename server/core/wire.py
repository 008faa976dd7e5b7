"""Fields that all wire forms share: identifiers in one spelling, instants in one form."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_YUAN = re.compile(r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?\Z")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_YEARS = range(1971, 2100)  # a phone's clock may be badly wrong; its work still counts


class WireSchema(Schema):
    """A form that a newer phone may send more fields of than this server knows."""

    class Meta:
        """Unknown fields are left out of the form."""

        unknown = EXCLUDE


class TextSchema(Schema):
    """A sentence in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class Pattern(validate.Regexp):
    """The whole text is of a form, written ``^…$`` as the phone's JavaScript reads it."""

    def __call__(self, value: Any) -> Any:
        """The text itself. Raises ValidationError, also where Python's ``$`` overlooks a last line break."""
        if value.endswith("\n"):
            raise ValidationError(self._format_error(value))
        return super().__call__(value)


class StrictUuid(fields.UUID):
    """A UUID in its one canonical spelling, because it is echoed and compared as text."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> UUID:
        if not isinstance(value, str) or not UUID_TEXT.match(value):
            raise self.make_error("invalid_uuid")
        return UUID(value)


class Instant(fields.AwareDateTime):
    """An ISO-8601 instant with its zone, of a year a device can sensibly show."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        instant: datetime = super()._deserialize(value, *args, **kwargs)
        if instant.year not in _YEARS:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return instant.astimezone(UTC)

    def _serialize(self, value: datetime | None, *_args: Any, **_kwargs: Any) -> str | None:
        return None if value is None else instant_text(value)


class PlainText(fields.String):
    """Text that people wrote: no control characters, which neither database nor screen can show."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, *args, **kwargs)
        if CONTROL.search(text):
            raise self.make_error("invalid")
        return text


class Words(PlainText):
    """Plain text that says something; spaces around it are not kept."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(least, most), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, *args, **kwargs).strip()


class Day(fields.Date):
    """A calendar date, written YYYY-MM-DD and nothing else."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> date:
        if not isinstance(value, str) or not _DAY.match(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class Yuan(fields.String):
    """An amount as digits, at most two decimals and never below zero; ``Decimal`` in the program."""

    NOT_YUAN = "Not an amount in yuan: digits as text, at most two decimals, below 10,000,000,000."

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {"pattern": "^(0|[1-9][0-9]{0,9})([.][0-9]{1,2})?$", "examples": ["20000.00"]}
        super().__init__(**kwargs)

    def _serialize(self, value: Decimal | None, *_args: Any, **_kwargs: Any) -> str | None:  # type: ignore[override]
        return None if value is None else f"{value:f}"

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Decimal:  # type: ignore[override]
        if not isinstance(value, str) or not _YUAN.match(value):
            raise ValidationError(self.NOT_YUAN)
        return Decimal(value)


class Flag(fields.Boolean):
    """true or false, and no word or number instead."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number as JSON writes it, not as text."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


def instant_text(value: datetime) -> str:
    """The wire form of an instant: UTC, milliseconds, Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
