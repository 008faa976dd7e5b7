"""Names as people meant them, by one rule for a form and for a sheet: of people, departments, grids."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from marshmallow import ValidationError, validate

from server.core.masking import mask_written
from server.core.wire import PlainText

LONGEST = 40
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("•‧・∙⋅･●", "·"))
_NOT_CHINESE = re.compile("[^（），：；]+")
_FORMULA = ("=", "+", "-", "@", "#")


def tidied(text: str) -> str:
    """Full-width letters as plain ones, no signs that nobody sees, the dots of names as ``·``, single blanks.

    Chinese brackets and stops stay what they are.
    """
    plain = _NOT_CHINESE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _UNSEEN.sub("", text))
    return " ".join(_UNSEEN.sub("", plain).translate(_MIDDLE_DOTS).split())


def begins_a_formula(text: str) -> bool:
    """Whether a spreadsheet would take a tidied text for a formula or an error: names end up in sheets."""
    return text.startswith(_FORMULA)


def holds_a_number(text: str) -> bool:
    """Whether somebody's identity or telephone number stands in a text: names are shown to everybody."""
    return mask_written(text) != text


def _no_number(text: str) -> None:
    if holds_a_number(text):
        raise ValidationError("Must not hold an identity or telephone number.")


def _no_formula(text: str) -> None:
    if begins_a_formula(text):
        raise ValidationError("Must not begin like a formula.")


class NameText(PlainText):
    """A name of at most 40 signs, tidied; ``shortest`` 0 where it may be left blank."""

    def __init__(self, *, shortest: int = 1, **kwargs: Any) -> None:
        super().__init__(validate=[validate.Length(shortest, LONGEST), _no_formula, _no_number], **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return tidied(super()._deserialize(value, *args, **kwargs))
