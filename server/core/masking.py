"""How identity and telephone numbers look in lists: enough to tell people apart, not enough to use. Pure."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


def mask_id(number: str) -> str:
    """The six digits of the place and the last four characters: ``450321********123X``."""
    if len(number) < 11:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_name(name: str) -> str:
    """The family name, or the first character: ``韦**``."""
    return name[:1] + "*" * max(2, len(name) - 1) if name else ""


def mask_written(text: str) -> str:
    """A written text whose identity and mobile numbers are masked."""
    text = _WRITTEN.sub(lambda found: mask_id(found[0]), text)
    return _MOBILE.sub(lambda found: mask_phone(found[0]), text)


def mask_phone(number: str) -> str:
    """The first three and last four digits: ``138****0000``."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]
